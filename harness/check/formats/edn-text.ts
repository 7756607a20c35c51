/** A small reader of EDN text, as much of it as Jepsen writes: one form from a string. */

import { FormatError } from "./event.ts";

/**
 * Keywords and symbols are read as strings without their colon, lists, vectors and sets as arrays, maps as EdnMap; tags are
 * dropped. Whole numbers too large for a double stay text, so that two of them are never taken for one.
 */
export type Edn = null | boolean | number | string | readonly Edn[] | EdnMap;

/** A map that knows its line. Entries stand as written: the maps of a history are small, and seldom asked. */
export class EdnMap {
  readonly line: number;
  readonly entries: readonly Edn[];

  /** @param entries key, value, key, value */
  constructor(line: number, entries: readonly Edn[]) {
    this.line = line;
    this.entries = entries;
  }

  get(key: string): Edn | undefined {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1];
    return undefined;
  }

  /** As JSON, for sentences. */
  toJSON(): Readonly<Record<string, Edn>> {
    const pairs: [string, Edn][] = [];
    for (let i = 0; i < this.entries.length; i += 2) pairs.push([String(this.entries[i]), this.entries[i + 1]!]);
    return Object.fromEntries(pairs);
  }
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** The first form of `text`, which begins at `line` of its file. */
export function readForm(text: string, line: number): Edn {
  const reader = new FormReader(text, line);
  const form = reader.form();
  if (form === undefined) throw new FormatError(line, "an EDN form", "nothing");
  return form;
}

class FormReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #line: number;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  /** The next form, or undefined at the end or before a closing bracket. */
  form(): Edn | undefined {
    for (;;) {
      this.#skipBlank();
      const code = this.#text.charCodeAt(this.#at);
      switch (code) {
        case CLOSE_LIST:
        case CLOSE_VECTOR:
        case CLOSE_MAP:
          return undefined;
        case OPEN_LIST:
          return this.#collection("(", ")");
        case OPEN_VECTOR:
          return this.#collection("[", "]");
        case OPEN_MAP:
          return this.#collection("{", "}");
        case QUOTE:
          return this.#string();
      }
      if (Number.isNaN(code)) return undefined;
      if (code !== HASH) return this.#atom();
      const next = this.#text[this.#at + 1];
      if (next === "{") {
        this.#at++;
        return this.#collection("#{", "}");
      }
      this.#at++;
      if (next === "_") {
        this.#at++;
        this.form();
      } else if (next === "#") {
        return this.#atom();
      } else if (next !== '"') {
        this.#atom(); // a tag, such as #inst: what follows stands for itself
      }
    }
  }

  #collection(opening: string, closing: string): Edn {
    const line = this.#line;
    if (++this.#depth > DEEPEST) throw new FormatError(line, `values nested at most ${DEEPEST} deep`, "more");
    this.#at++;
    const items: Edn[] = [];
    for (let item = this.form(); item !== undefined; item = this.form()) items.push(item);
    const found = this.#text[this.#at];
    if (found !== closing) {
      throw new FormatError(this.#line, `"${closing}" to end the "${opening}" of line ${line}`, found ?? "the end of the file");
    }
    this.#at++;
    this.#depth--;
    if (opening !== "{") return items;
    if (items.length % 2 === 1) throw new FormatError(line, "a map of keys and values", "a key without a value");
    return new EdnMap(line, items);
  }

  #string(): string {
    STRING.lastIndex = this.#at;
    const match = STRING.exec(this.#text);
    if (match === null) throw new FormatError(this.#line, "a closing quotation mark", "the end of the file");
    const [text] = match;
    this.#at += text.length;
    const inside = text.slice(1, -1);
    for (let at = inside.indexOf("\n"); at !== -1; at = inside.indexOf("\n", at + 1)) this.#line++;
    if (!inside.includes("\\")) return inside;
    return inside.replace(/\\u([\dA-Fa-f]{4})|\\([\s\S])/g, (_, code: string | undefined, char: string) =>
      code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }

  #atom(): Edn {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    // A character literal may be a bracket.
    let end = first === BACKSLASH ? start + 2 : start;
    while (end < text.length && !endsAtom(text.charCodeAt(end))) end++;
    if (end === start) throw new FormatError(this.#line, "a form", text[start] ?? "the end of the file");
    this.#at = end;
    if (first === COLON) return text.slice(start + 1, end);
    const signed = first === PLUS || first === MINUS ? text.charCodeAt(start + 1) : first;
    const token = text.slice(start, end);
    if (signed >= ZERO && signed <= NINE) return numeral(token);
    if (token === "nil") return null;
    if (token === "true") return true;
    return token === "false" ? false : token;
  }

  #skipBlank(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === NEWLINE) this.#line++;
      if (code <= SPACE || code === COMMA) {
        this.#at++;
      } else if (code === SEMICOLON) {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else {
        return;
      }
    }
  }
}

const DEEPEST = 500;

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const OPEN_LIST = 40;
const CLOSE_LIST = 41;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const SEMICOLON = 59;
const OPEN_VECTOR = 91;
const BACKSLASH = 92;
const CLOSE_VECTOR = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;

function endsAtom(code: number): boolean {
  if (code > COLON) {
    return code === CLOSE_MAP || code === CLOSE_VECTOR || code === OPEN_VECTOR || code === OPEN_MAP || code === SEMICOLON;
  }
  return code <= SPACE || code === COMMA || code === QUOTE || code === OPEN_LIST || code === CLOSE_LIST;
}

function numeral(token: string): number | string {
  const number = Number(token.endsWith("N") || token.endsWith("M") ? token.slice(0, -1) : token);
  return Number.isNaN(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)) ? token : number;
}
