/**
 * Chance without a stream: every draw is a hash of what it is for, so that removing one event leaves the others' fate in place.
 *
 * The root of all keys comes from seedrandom (tychei), seeded with a sha256 of the whole name, because raw and consecutive seeds
 * correlate. Below the root there are only integer mixes (the steps and the finalizer of murmur3), the same on every machine.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import seedrandom from "seedrandom";

/** Adds one number to a running hash. Order matters. */
export function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Spreads a running hash over all 32 bits; unsigned. */
export function finish(hash: number): number {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 units: names and texts into hashes. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** A stream of unsigned 32-bit numbers for the few draws that are made once a run. `path` is hashed whole. */
export function stream(...path: readonly (string | number)[]): () => number {
  // JSON keeps ("a", "b/c") and ("a/b", "c") apart.
  const next = seedrandom.tychei(bytesToHex(sha256(utf8ToBytes(JSON.stringify(path)))).slice(0, 32));
  return () => next.int32() >>> 0;
}

/** The root of a run's keys. */
export interface Roots {
  /** For the plan: fast-check draws from it. */
  readonly plan: () => number;
  /** For the network's weather. */
  readonly weather: number;
  /** For ctx.random. */
  readonly nodes: number;
  /** For what a crash leaves on a disk. */
  readonly disks: number;
  /** For what faults draw while they run. */
  readonly faults: number;
}

export function roots(seed: number): Roots {
  const root = stream("seedquake", 1, seed);
  const weather = root();
  const nodes = root();
  const disks = root();
  const faults = root();
  return { plan: root, weather, nodes, disks, faults };
}

/** Uniform in 0..n-1 from one unsigned 32-bit draw. The bias of at most n / 2^32 is accepted: one draw stays one draw. */
export function below(draw: number, n: number): number {
  return Math.floor((draw * n) / 4294967296);
}
