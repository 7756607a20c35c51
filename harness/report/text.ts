/** Small words that all reports share: times, counts, shares, and plain data on one line. */

/** Microseconds as milliseconds with three digits behind the point: "812.345". */
export function ms(us: number): string {
  if (!Number.isFinite(us)) return "never";
  return `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, "0")}`;
}

/** Microseconds as seconds with three digits behind the point: more of them is what Jenkins' schema of JUnit refuses. */
export function seconds(us: number): string {
  return `${Math.floor(us / 1_000_000)}.${String(Math.floor(us / 1000) % 1000).padStart(3, "0")}`;
}

/** "1 run", "12 runs". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** `part` of `whole` in percent, rounded down, so that "100%" means all of them. */
export function percent(part: number, whole: number): string {
  const tenths = Math.floor((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}${tenths % 10 === 0 ? "" : `.${tenths % 10}`}%`;
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
}

/** One line that no terminal acts upon: control characters are written as \u001b. A protocol's texts reach people through this. */
export function visible(text: string): string {
  let clean = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    clean += isControl(code) ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  }
  return clean;
}

/** At most `width` characters; a "~" at the end says that something was cut off. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}~`;
}

/** The words of a text, numbers and ids among them, without what stands around them: "x, [n1]: c1#2." has x, n1 and c1#2. */
export function wordsOf(text: string): Set<string> {
  const words = text.split(/[\s,;=()[\]{}"'`]+/).map((word) => word.replace(/^[.:!?]+|[.:!?]+$/g, ""));
  return new Set(words.filter((word) => word !== ""));
}

/** Plain data on one line, without the quotes that nobody needs: {term: 2, to: n1}. */
export function inWords(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(visible(value));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(inWords).join(", ")}]`;
  return `{${fields(value)
    .map(([key, field]) => `${visible(key)}: ${inWords(field)}`)
    .join(", ")}}`;
}

/** The fields of a plain object; those that are undefined count as absent. */
export function fields(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

/** JSON that knows bigints, as {"$bigint":"12"}; with `indent` on several lines. */
export function json(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) => (typeof field === "bigint" ? { $bigint: field.toString() } : field),
    indent,
  );
}
