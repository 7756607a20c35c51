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
  return laidOut(value, (leaf) => (typeof leaf === "string" && isPlain(leaf) ? leaf : quoted(leaf)));
}

/** `partition: [[n1], [n2, n3]]`: a map's fields for the eye, with no quotes at all. */
export function inWords(fields: object): string {
  return fieldsOf(fields, String);
}

type Write = (leaf: unknown) => string;

function laidOut(value: unknown, write: Write): string {
  if (Array.isArray(value)) return `[${value.map((item) => laidOut(item, write)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return write(value);
  const fields = fieldsOf(value, write);
  return fields === "" ? "{}" : `{ ${fields} }`;
}

function fieldsOf(map: object, write: Write): string {
  return Object.entries(map)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => `${write(key)}: ${laidOut(field, write)}`)
    .join(", ");
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
