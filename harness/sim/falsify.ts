/** Plain data with one field changed: a number off by a bit, a boolean turned round, a text with another letter. */

import { below, finish, mix } from "./chance.ts";
import { freezeAndHash } from "./plain.ts";

type Path = readonly (string | number)[];
type Leaf = number | bigint | boolean | string;

/** A changed copy, frozen, and its hash. */
export interface Falsified {
  readonly message: unknown;
  readonly hash: number;
}

/**
 * Another message, that differs in one field: one of this name, wherever it stands, or a drawn one, but then never the `type` by which
 * handlers tell messages apart. The same draw changes the same contents alike. Undefined where there is nothing to change.
 */
export function falsified(message: unknown, draw: number, bits: number, field?: string): Falsified | undefined {
  const all = leaves(message, []);
  const fit = all.filter(({ path }) => (field === undefined ? path.length !== 1 || path[0] !== "type" : path.includes(field)));
  if (fit.length === 0) return undefined;
  const { path, leaf } = fit[below(draw, fit.length)]!;
  const copy = put(message, path, changed(leaf, finish(mix(draw, 1)), bits));
  return { message: copy, hash: freezeAndHash(copy) };
}

/** In an order that does not hang on how the message was built. */
function leaves(value: unknown, path: Path): readonly { readonly path: Path; readonly leaf: Leaf }[] {
  if (typeof value !== "object") return value === undefined ? [] : [{ path, leaf: value as Leaf }];
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, [...path, i]));
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(fields)
    .sort()
    .flatMap((key) => leaves(fields[key], [...path, key]));
}

function changed(leaf: Leaf, draw: number, bits: number): Leaf {
  switch (typeof leaf) {
    case "boolean":
      return !leaf;
    case "bigint":
      return leaf ^ 1n;
    case "number":
      return (leaf | 0) === leaf ? leaf ^ (1 << below(draw, bits)) : leaf + 1;
    case "string": {
      const at = below(draw, leaf.length);
      return leaf === "" ? "?" : leaf.slice(0, at) + String.fromCharCode(leaf.charCodeAt(at) ^ 1) + leaf.slice(at + 1);
    }
  }
}

function put(value: unknown, [key, ...rest]: Path, leaf: Leaf): unknown {
  if (key === undefined) return leaf;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? put(item, rest, leaf) : item));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: put(fields[key], rest, leaf) };
}
