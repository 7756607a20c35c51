/** Finds in source text what a tool says: the sentences that are handed to the calls and put into the fields that tell the user something. */

/** Where something of a sentence is filled in. */
export const blank = "…";

export interface Token {
  readonly kind: "word" | "mark" | "text" | "regex";
  readonly text: string;
  readonly line: number;
  /** Of a template: what is filled in at each blank. */
  readonly fills?: readonly string[];
}

/** A place where a sentence is made; `as`: what it becomes there, with _ for what stands in the source. */
export type Place = { readonly as?: string } /** The argument, counted from 0, of a call. */ & (
  | { readonly call: string; readonly argument: number }
  /** The value of a property. */
  | { readonly property: string }
  /** What a name is set to. */
  | { readonly name: string }
  /** Any text of this form. */
  | { readonly form: RegExp }
  /** What a function of this name returns. */
  | { readonly made: string }
);

export interface Said {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
}

/** A place whose sentence could not be read off the source. */
export interface Unread {
  readonly file: string;
  readonly line: number;
  readonly expression: string;
}

const beforeRegex = new Set([..."(,=:[!&|?{};", "=>", "return"]);

export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  let line = 1;
  const take = (kind: Token["kind"], text: string, raw: string, fills?: readonly string[]): void => {
    found.push({ kind, text, line, ...(fills === undefined ? {} : { fills }) });
    line += raw.split("\n").length - 1;
    at += raw.length;
  };
  while (at < source.length) {
    const rest = source.slice(at, at + 4_000);
    const skip = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest)?.[0];
    if (skip !== undefined) {
      line += skip.split("\n").length - 1;
      at += skip.length;
      continue;
    }
    const last = found.at(-1);
    const text = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/.exec(rest)?.[0];
    const word = /^[\p{L}_$#][\p{L}\p{N}_$]*/u.exec(rest)?.[0];
    const regex =
      last === undefined || beforeRegex.has(last.text)
        ? /^\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/\w*/.exec(rest)?.[0]
        : undefined;
    if (text !== undefined) take("text", unescaped(text.slice(1, -1)), text);
    else if (rest[0] === "`") {
      const { raw, said, fills } = template(source, at);
      take("text", said, raw, fills);
    } else if (word !== undefined) take("word", word, word);
    else if (regex !== undefined) take("regex", regex, regex);
    else {
      const mark = /^(?:=>|\?\?=|\?\?|\?\.|===|!==|==|\.\.\.|\d[\w.]*|.)/su.exec(rest)![0];
      take("mark", mark, mark);
    }
  }
  return found;
}

function unescaped(text: string): string {
  return text.replace(/\\n/g, "\n").replace(/\\(.)/g, "$1");
}

/** A template literal, with a blank for each thing that is filled in. */
function template(source: string, from: number): { readonly raw: string; readonly said: string; readonly fills: string[] } {
  const fills: string[] = [];
  let said = "";
  let at = from + 1;
  while (source[at] !== "`") {
    if (source[at] === "\\") {
      said += source[at + 1];
      at += 2;
    } else if (source.startsWith("${", at)) {
      said += blank;
      at += 2;
      const begin = at;
      for (let depth = 1; depth > 0; ) {
        if (source[at] === "`") {
          at += template(source, at).raw.length;
          continue;
        }
        const quoted = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/.exec(source.slice(at, at + 500))?.[0];
        if (quoted !== undefined) {
          at += quoted.length;
          continue;
        }
        if (source[at] === "{") depth++;
        if (source[at] === "}") depth--;
        at++;
      }
      fills.push(source.slice(begin, at - 1));
    } else said += source[at++];
  }
  return { raw: source.slice(from, at + 1), said, fills };
}

const opens = new Set(["(", "[", "{"]);
const closes = new Set([")", "]", "}"]);

/** From a token to where its expression ends: a comma, a semicolon or a bracket that was not opened in it. */
function expression(all: readonly Token[], from: number): Token[] {
  let depth = 0;
  let to = from;
  for (; to < all.length; to++) {
    const { kind, text } = all[to]!;
    if (kind !== "mark") continue;
    if (depth === 0 && (text === "," || text === ";" || closes.has(text))) break;
    if (opens.has(text)) depth++;
    if (closes.has(text)) depth--;
  }
  return all.slice(from, to);
}

function argumentsOf(all: readonly Token[], open: number): Token[][] {
  const found: Token[][] = [];
  let at = open + 1;
  while (at < all.length) {
    const one = expression(all, at);
    if (one.length > 0) found.push(one);
    at += one.length + 1;
    if (all[at - 1]?.text !== ",") break;
  }
  return found;
}

/** Two words at least: anything shorter is a key, a mark or a unit. */
function isSentence({ text }: Pick<Token, "text">): boolean {
  return /\S\s+\S/.test(text) && text.replace(/[^a-z]/gi, "").length > 3;
}

/** What an expression may be: its own text outside of the brackets of calls, lists and maps. */
function own(all: readonly Token[]): Token[] {
  const found: Token[] = [];
  const stack: boolean[] = [];
  for (const [i, token] of all.entries()) {
    const { kind, text } = token;
    const before = all[i - 1];
    if (kind === "mark" && opens.has(text)) {
      // Brackets around a part of the expression hide nothing; those of a call do.
      const groups = text === "(" && !(before?.kind === "word" || before?.text === ")" || before?.text === "]");
      stack.push(!groups);
    } else if (kind === "mark" && closes.has(text)) stack.pop();
    else if (!stack.includes(true) && kind === "text") found.push(token);
  }
  return found;
}

/** What a name stands for: the sentences of its declaration, be it a value or a function, or of the functions that it is made by. */
function declared(look: Look, name: string, left = 3): readonly Token[] {
  for (const all of look(name)) {
    const found: Token[] = [];
    for (const [i, { kind, text }] of all.entries()) {
      if (kind !== "word" || !["const", "let", "function"].includes(text)) continue;
      const names = all[i + 1]?.text === "{" ? namesIn(all, i + 1) : [all[i + 1]?.text];
      if (!names.includes(name)) continue;
      const value = text === "function" ? functionBody(all, i + 2) : initial(all, i);
      const said = text === "function" ? returned(value) : value.filter((one) => one.kind === "text" && isSentence(one));
      found.push(...(said.length > 0 || left === 0 ? said : called(value).flatMap((other) => declared(look, other, left - 1))));
    }
    if (found.length > 0) return found;
  }
  return [];
}

/** The files in which to look for a name: its own first. */
type Look = (name: string) => readonly (readonly Token[])[];

function namesIn(all: readonly Token[], open: number): string[] {
  const close = all.findIndex(({ text, kind }, at) => at > open && kind === "mark" && text === "}");
  return all.slice(open, close).map(({ text }) => text);
}

function initial(all: readonly Token[], from: number): Token[] {
  const equals = all.findIndex(({ text, kind }, at) => at > from && kind === "mark" && (text === "=" || text === ";"));
  return expression(all, equals + 1);
}

function called(all: readonly Token[]): string[] {
  return all.filter(({ kind }, i) => kind === "word" && all[i + 1]?.text === "(").map(({ text }) => text);
}

function returned(body: readonly Token[]): Token[] {
  return body.flatMap(({ kind, text }, i) =>
    kind === "word" && text === "return" ? own(expression(body, i + 1)).filter(isSentence) : [],
  );
}

function functionBody(all: readonly Token[], from: number): Token[] {
  let at = from;
  for (let depth = 0; at < all.length; at++) {
    const { kind, text } = all[at]!;
    if (kind !== "mark") continue;
    if (text === "{" && depth === 0 && all[at - 1]?.text !== ":") break;
    if (opens.has(text)) depth++;
    if (closes.has(text)) depth--;
  }
  const inside = all.slice(at + 1);
  let depth = 1;
  const end = inside.findIndex(({ kind, text }) => {
    if (kind === "mark" && opens.has(text)) depth++;
    if (kind === "mark" && closes.has(text)) depth--;
    return depth === 0;
  });
  return inside.slice(0, end);
}

/** The sentence with the names that stand for text of this file written out; what is only sometimes there stays a blank. */
function filled({ text, fills = [] }: Token, look: Look, left = 2): readonly string[] {
  let ways = [""];
  for (const [i, piece] of text.split(blank).entries()) {
    if (i > 0) {
      const name = fills[i - 1];
      const value = name === undefined || left === 0 || !/^\w+$/.test(name) ? [] : constant(look, name);
      const plain = value.some((token) => token.kind === "text" && !isSentence(token));
      const texts = plain ? [] : own(value).flatMap((token) => filled(token, look, left - 1));
      ways = ways.flatMap((way) => (texts.length === 0 ? [way + blank] : texts.map((one) => way + one)));
    }
    ways = ways.map((way) => way + piece);
  }
  return ways;
}

function constant(look: Look, name: string): readonly Token[] {
  for (const all of look(name)) {
    const at = all.findIndex(({ text }, i) => text === "const" && all[i + 1]?.text === name);
    if (at >= 0) return initial(all, at);
  }
  return [];
}

function framed(text: string, as: string | undefined): string {
  return as === undefined ? text : as.replace("_", () => text);
}

/** Where a property has a type and no value. */
const types = new Set(["string", "unknown"]);

/** Everything that is said in these places of one file. `others`: other files in which to look for a name; `elsewhere`: whether an
 * expression holds what is made elsewhere, and is not to be followed. */
export function harvest(
  file: string,
  all: readonly Token[],
  places: readonly Place[],
  others: Look,
  elsewhere: (expression: string) => boolean,
): { readonly said: Said[]; readonly unread: Unread[] } {
  const said: Said[] = [];
  const unread: Unread[] = [];
  const look: Look = (name) => [all, ...others(name)];
  const read = (given: readonly Token[], { as }: Place): void => {
    // What another part of the program has made is told there.
    if (given.length > 2 && given.at(-1)!.kind === "word" && given.at(-2)!.text === ".") return;
    if (given.length === 1 && types.has(given[0]!.text)) return;
    const line = given[0]?.line ?? 0;
    const expression = given.map(({ text }) => text).join(" ");
    if (elsewhere(expression)) {
      unread.push({ file, line, expression });
      return;
    }
    const direct = own(given).filter((token) => filled(token, look).some((text) => isSentence({ text })));
    const names = given.filter(({ kind, text }, i) => kind === "word" && text !== "undefined" && given[i - 1]?.text !== ".");
    const found = direct.length > 0 ? direct : names.flatMap(({ text }) => declared(look, text));
    for (const token of new Set(found))
      for (const text of filled(token, look))
        said.push({ file, line: direct.length > 0 ? token.line : line, sentence: framed(text, as) });
    if (found.length === 0) unread.push({ file, line, expression });
  };
  for (const [i, token] of all.entries()) {
    const { kind, text } = token;
    if (kind === "text" && places.some((place) => "form" in place && place.form.test(text)))
      said.push({ file, line: token.line, sentence: text });
    if (kind !== "word") continue;
    const next = all[i + 1]?.text;
    const before = all[i - 1]?.text;
    for (const place of places) {
      if ("call" in place && text === place.call && next === "(" && before !== "function") {
        const given = argumentsOf(all, i + 1)[place.argument];
        // A declaration of a method has types, not arguments.
        if (given !== undefined && given[1]?.text !== ":" && given[2]?.text !== ":") read(given, place);
      } else if ("property" in place && text === place.property && next === ":" && (before === "{" || before === ",")) {
        read(expression(all, i + 2), place);
      } else if ("name" in place && text === place.name && (next === "=" || next === "??=")) read(expression(all, i + 2), place);
      else if ("made" in place && text === place.made && next === "(" && (before === "function" || before === "private")) {
        for (const token of returned(functionBody(all, i + 1)))
          said.push({ file, line: token.line, sentence: framed(token.text, place.as) });
      }
    }
  }
  return { said, unread };
}
