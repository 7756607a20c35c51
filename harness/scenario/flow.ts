/** Plain data as one line of YAML, quoted only where it must be. */

// Words and amounts that YAML (1.2, and 1.1 in other tools) reads as the text they are.
const word = /^[A-Za-z][\w./%>-]*(?: [\w./%>-]+)*$/;
const runs = /^\d+ runs?$/;
const amount = /^-?\d+(?:\.\d+)?(?:us|ms|s|m|%|ppm)(?:\.\.-?\d+(?:\.\d+)?(?:us|ms|s|m|%|ppm))?$/;
const notText = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** What JSON leaves as it is, but no editor shows or no file keeps: to be written as \uXXXX. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu;

/** `{ id: o17, client: c1, at: 812.345ms, f: write, value: 7 }` */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return fields.length === 0 ? "{}" : `{ ${fields.map(([key, field]) => `${flow(key)}: ${flow(field)}`).join(", ")} }`;
  }
  return typeof value === "string" && isPlain(value) ? value : quoted(value);
}

function isPlain(text: string): boolean {
  return amount.test(text) || runs.test(text) || (word.test(text) && !notText.test(text));
}

function quoted(value: unknown): string {
  // -0 is the one number that JSON does not keep.
  if (Object.is(value, -0)) return "-0";
  return JSON.stringify(value).replace(unseen, (character) =>
    [...Array(character.length).keys()].map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
