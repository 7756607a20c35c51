/** XML, as much as a JUnit file needs. */

/** An element; attributes that are undefined are left out. Text and attributes are escaped here and nowhere else. */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly children?: readonly Element[];
  readonly text?: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** What XML 1.0 may hold at all, be it escaped or not: most control characters and halves of surrogate pairs may not. */
function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code < 0xd800 || (code >= 0xe000 && code < 0xfffe) || code >= 0x10000;
}

function escaped(text: string, lineBreaks: "kept" | "escaped"): string {
  let safe = "";
  for (const character of text) {
    if (!isAllowed(character.codePointAt(0)!)) continue;
    safe += character === "\n" && lineBreaks === "kept" ? character : (entities[character] ?? character);
  }
  return safe;
}

function write({ name, attributes = {}, children = [], text }: Element, indent: string): string {
  const own = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value), "escaped")}"`)
    .join("");
  if (text !== undefined) return `${indent}<${name}${own}>${escaped(text, "kept")}</${name}>\n`;
  if (children.length === 0) return `${indent}<${name}${own}/>\n`;
  return `${indent}<${name}${own}>\n${children.map((child) => write(child, `${indent}  `)).join("")}${indent}</${name}>\n`;
}

export function xml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, "")}`;
}
