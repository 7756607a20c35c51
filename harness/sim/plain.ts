/** Plain data: refuses what is not, freezes it deeply, and hashes its contents, in one walk. */

import { hashText, mix } from "./chance.ts";

/** Somebody passed what is no plain data; `path` is where, inside the value. */
export class NotPlain extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const deepest = 64;

/**
 * The hashes of values that arrived frozen (log entries that are sent again and again). A cache of a pure function: it
 * never changes a result. It is emptied rather than let grow.
 */
const seen = new Map<object, number>();
const seenMost = 200_000;

/** Forgets every cached value, so that nothing of a run stays alive after it. */
export function forgetHashes(): void {
  seen.clear();
}

/**
 * Freezes `value` deeply and returns a 32-bit hash of its contents. Fields of an object count in any order, since two nodes
 * may build the same message differently; fields that are undefined count as absent.
 * @throws NotPlain when there is something other than null, booleans, finite numbers, strings, bigints, arrays and plain objects.
 */
export function freezeAndHash(value: unknown): number {
  return walk(value, 0);
}

function walk(value: unknown, depth: number): number {
  switch (typeof value) {
    case "string":
      return hashText(value);
    case "number":
      if ((value | 0) === value) return mix(0x51, value);
      if (!Number.isFinite(value)) throw new NotPlain("", `the number ${value}`);
      float[0] = value === 0 ? 0 : value;
      return mix(mix(0x52, words[0]!), words[1]!);
    case "boolean":
      return value ? 0x3c6ef372 : 0x1b873593;
    case "bigint":
      return mix(0x53, hashText(value.toString(36)));
    case "object":
      return value === null ? 0x2545f491 : walkObject(value, depth);
    case "undefined":
      throw new NotPlain("", "undefined");
    default:
      throw new NotPlain("", `a ${typeof value}`);
  }
}

function walkObject(value: object, depth: number): number {
  const frozen = Object.isFrozen(value);
  if (frozen) {
    const known = seen.get(value);
    if (known !== undefined) return known;
  }
  if (depth > deepest) throw new NotPlain("", `something nested more than ${deepest} deep, or circular`);
  let hash: number;
  if (Array.isArray(value)) {
    hash = mix(0x54, value.length);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      hash = mix(hash, typeof item === "number" && (item | 0) === item ? mix(0x51, item) : inside(item, depth, i));
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      const name = (prototype as { constructor?: { name?: string } }).constructor?.name;
      throw new NotPlain("", name ? `a ${name}` : "an object with a prototype of its own");
    }
    hash = 0x55;
    for (const key in value) {
      const field = (value as Record<string, unknown>)[key];
      if (field === undefined) continue;
      hash = (hash + mix(hashText(key), typeof field === "object" ? inside(field, depth, key) : leaf(field, key))) | 0;
    }
    hash = mix(0x56, hash);
  }
  if (frozen) {
    if (seen.size >= seenMost) seen.clear();
    seen.set(value, hash);
  } else Object.freeze(value);
  return hash;
}

/** As `walk`, but the path is put together only when something is wrong: the usual case builds no text. */
function inside(value: unknown, depth: number, key: string | number): number {
  try {
    return walk(value, depth + 1);
  } catch (error) {
    if (error instanceof NotPlain) throw new NotPlain(join(key, error.path), error.message);
    throw error;
  }
}

function leaf(value: unknown, key: string): number {
  switch (typeof value) {
    case "string":
      return hashText(value);
    case "number":
      if ((value | 0) === value) return mix(0x51, value);
      return inside(value, 0, key);
    case "boolean":
      return value ? 0x3c6ef372 : 0x1b873593;
    default:
      return inside(value, 0, key);
  }
}

function join(key: string | number, rest: string): string {
  const step = typeof key === "number" ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return step + rest;
}
