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
/** How deep the walk has come so far. */
let reached = 0;

/**
 * The hashes of values that arrived frozen (log entries that are sent again and again), and, above the 32 bits of the hash, how many
 * levels they have: too deep is too deep, known or not. A cache of a pure function: it never changes a result. It is emptied
 * rather than let grow.
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
    if (known !== undefined) {
      const bottom = depth + Math.floor(known / 4294967296);
      if (bottom > deepest) throw tooDeep();
      if (bottom > reached) reached = bottom;
      return known | 0;
    }
  }
  if (depth > deepest) throw tooDeep();
  const before = reached;
  reached = depth;
  let hash: number;
  if (Array.isArray(value)) {
    if (Object.getPrototypeOf(value) !== Array.prototype) throw new NotPlain("", instanceOf(value));
    hash = mix(0x54, value.length);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      hash = mix(hash, typeof item === "number" && (item | 0) === item ? mix(0x51, item) : inside(item, depth, i));
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw new NotPlain("", instanceOf(value));
    hash = 0x55;
    for (const key in value) {
      const field = (value as Record<string, unknown>)[key];
      if (field === undefined) continue;
      let contents: number;
      // The usual kinds first: most fields are small integers, names, or nothing.
      if (typeof field === "number" && (field | 0) === field) contents = mix(0x51, field);
      else if (field === null) contents = 0x2545f491;
      else contents = typeof field === "object" ? inside(field, depth, key) : leaf(field, key);
      hash = (hash + scattered(hashText(key), contents)) | 0;
    }
    hash = mix(0x56, hash);
  }
  if (frozen) {
    if (seen.size >= seenMost) seen.clear();
    seen.set(value, (hash >>> 0) + (reached - depth) * 4294967296);
  } else Object.freeze(value);
  if (before > reached) reached = before;
  return hash;
}

/** One field of a sum in any order. Scattered well, or else two values that have changed places would hardly change the sum. */
function scattered(key: number, value: number): number {
  let h = key ^ Math.imul(value, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

function tooDeep(): NotPlain {
  return new NotPlain("", `something nested more than ${deepest} deep, or circular`);
}

/** "a Map", "an Entry". */
function instanceOf(value: object): string {
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } }).constructor?.name;
  return name ? `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}` : "an object with a prototype of its own";
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
