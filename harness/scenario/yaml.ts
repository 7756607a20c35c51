/** YAML text in, plain data and the place of every part of it out; or what is wrong with the text. */

import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit } from "yaml";
import type { Flaw, Path, Position } from "./problems.ts";
import { syntaxFlaws } from "./syntax.ts";

export interface Yaml {
  /** Null, booleans, finite numbers, strings, arrays and plain objects; undefined when the text is empty. */
  readonly data: unknown;
  /** Where the value at a path (or its key) stands; for what is missing, the nearest part around it that is there. */
  position(path: Path, at: "key" | "value"): Position;
}

// Generous for people and for counterexamples; what is larger or deeper is no scenario, and must not cost minutes.
const mostCharacters = 1_000_000;
const mostLevels = 50;
const mostAliases = 100;

export function readYaml(text: string): Yaml | readonly Flaw[] {
  const noText = unreadable(text);
  if (noText !== undefined) return [noText];

  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // Duplicate keys are found below, where the first one's line can be told.
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    schema: "core",
    resolveKnownTags: false,
  };
  const document = parseDocument(text, { ...options, logLevel: "error" });
  const bad = syntaxFlaws(text, [...document.errors, ...document.warnings], at);
  if (bad.length > 0) return bad;

  const { flaws, aliases } = contents(document, at);
  if (flaws.length > 0) return flaws;
  try {
    const data: unknown = document.contents === null ? undefined : document.toJS({ maxAliasCount: mostAliases });
    return { data, position: (path, part) => at(offsetOf(document, aliases, path, part)) };
  } catch (error) {
    // An alias bomb: the library counts what the aliases would unfold to.
    if (!(error instanceof ReferenceError)) throw error;
    const last = [...aliases.keys()].at(-1);
    const message = "the aliases up to here unfold to far more than a scenario holds; write out what you mean";
    return [{ ...at(last?.range?.[0] ?? 0), message }];
  }
}

/** Text that no person wrote: too much of it, or with a character that no editor shows. */
function unreadable(text: string): Flaw | undefined {
  if (text.length > mostCharacters) {
    const message = `this is no scenario: it has ${text.length} characters, where ${mostCharacters} are the most`;
    return { line: 1, column: 1, message };
  }
  // Control characters, halves of surrogate pairs, and what a decoder puts where the bytes were not UTF-8.
  const odd = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffd]/u.exec(text);
  if (odd === null) return undefined;
  const before = text.slice(0, odd.index).split("\n");
  const name = `U+${odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const message = `this is no plain text: expected YAML in UTF-8, found the character ${name}; save the file as text`;
  return { line: before.length, column: before.at(-1)!.length + 1, message };
}

/** What is wrong although it is YAML, and what each alias stands for. */
function contents(document: Document.Parsed, at: (offset: number) => Position): { flaws: Flaw[]; aliases: Map<Alias, unknown> } {
  const flaws: Flaw[] = [];
  const anchors = new Map<string, unknown>();
  const aliases = new Map<Alias, unknown>();
  const flaw = (node: { range?: readonly number[] | null | undefined }, message: string): void => {
    flaws.push({ ...at(node.range?.[0] ?? 0), message });
  };
  visit(document, {
    Node(_key, node, ancestors) {
      if (ancestors.length > 2 * mostLevels) {
        flaw(node, `this is nested more than ${mostLevels} levels deep; a scenario needs five`);
        return visit.BREAK;
      }
      if (isAlias(node)) {
        const meant = anchors.get(node.source);
        const wrong = badAlias(node.source, meant, ancestors, aliases.size);
        if (wrong === undefined) {
          aliases.set(node, meant);
          return undefined;
        }
        flaw(node, wrong);
        return visit.BREAK;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) for (const message of badKeys(node.items, at)) flaws.push(message);
      if (isScalar(node) && typeof node.value === "number" && !Number.isFinite(node.value)) {
        flaw(node, `expected a number with an end, found ${node.source}`);
      }
      return undefined;
    },
  });
  return { flaws, aliases };
}

function badAlias(name: string, meant: unknown, ancestors: readonly unknown[], before: number): string | undefined {
  if (meant === undefined) return `the alias *${name} stands for nothing: no anchor &${name} stands before it`;
  if (ancestors.includes(meant)) return `the alias *${name} stands inside of what it stands for; write it out`;
  return before < mostAliases ? undefined : `this is one alias too many: ${mostAliases} are the most; write out what you mean`;
}

function* badKeys(pairs: readonly Pair[], at: (offset: number) => Position): Generator<Flaw> {
  const first = new Map<string, Position>();
  for (const { key } of pairs) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const position = at(key.range?.[0] ?? 0);
    const before = first.get(name);
    const message = `${name}: this key stands on line ${before?.line} already; keep one of the two`;
    if (before === undefined) first.set(name, position);
    else yield { ...position, message };
    if (name === "__proto__") yield { ...position, message: `${name}: no key of a scenario has this name; take it out` };
  }
}

function offsetOf(document: Document.Parsed, aliases: ReadonlyMap<Alias, unknown>, path: Path, part: "key" | "value"): number {
  let node: unknown = document.contents;
  let key = document.contents?.range[0] ?? 0;
  let value = key;
  for (const step of path) {
    if (isAlias(node)) node = aliases.get(node);
    let next: { key: unknown; value: unknown } | undefined;
    if (isMap(node)) next = node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step));
    const item = isSeq(node) ? node.items[Number(step)] : undefined;
    if (item !== undefined) next = { key: item, value: item };
    if (next === undefined) return key;
    node = next.value;
    key = start(next.key) ?? key;
    value = start(next.value) ?? key;
  }
  return part === "key" ? key : value;
}

/** Where a node begins; undefined for one without text (the value of "nodes:"). */
function start(node: unknown): number | undefined {
  if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) || !node.range) return undefined;
  return node.range[1] > node.range[0] ? node.range[0] : undefined;
}
