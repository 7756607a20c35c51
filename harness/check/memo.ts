/** The configurations that the search has visited, and the question whether a new one can still lead anywhere new. */

import { grown } from "./windows.ts";

const NEXT = 0;
const PARENT = 1;
const VIA = 2;
const WINDOW = 3;
const STATE = 4;
const MASK = 5;
const FIRST_BUCKETS = 64;

/**
 * A hash table in two Int32Arrays: buckets, and entries of a fixed width that are chained and compared in full (a
 * comparison by hash alone could call a linearizable history wrong).
 *
 * The hash leaves the crashed operations out, so that all configurations that differ only in them share a chain. One that
 * has used a subset of the crashed operations of another *dominates* it: whatever follows the other can follow it too (R4).
 *
 * An entry also knows its parent and the operation that led from there to here, so that the order can be told afterwards.
 */
export class Memo {
  /** Entries made since `clear`. */
  size = 0;
  /** Entries looked at since `clear`: the work that was done here. */
  looked = 0;
  #entries = new Int32Array(1024);
  #end = 1;
  #heads = new Int32Array(FIRST_BUCKETS);
  #buckets = FIRST_BUCKETS;
  #liveWords = 0;
  #words = 0;

  /** Forgets everything. Masks will have `words` words, the first `liveWords` of them for operations that returned. */
  clear(liveWords: number, words: number): void {
    this.size = 0;
    this.looked = 0;
    this.#end = 1;
    this.#buckets = FIRST_BUCKETS;
    this.#heads.fill(0, 0, FIRST_BUCKETS);
    this.#liveWords = liveWords;
    this.#words = words;
  }

  /** How many words are kept alive. */
  get capacity(): number {
    return this.#entries.length + this.#heads.length;
  }

  /** The new entry of this configuration, or 0 when it is already there or dominated by one that is. */
  add(window: number, state: number, mask: Int32Array, parent: number, via: number): number {
    if (2 * this.size >= this.#buckets) this.#spread();
    let entries = this.#entries;
    const live = this.#liveWords;
    const words = this.#words;
    const bucket = this.#bucket(window, state, mask, 0);
    search: for (let entry = this.#heads[bucket]!; entry !== 0; entry = entries[entry + NEXT]!) {
      this.looked++;
      if (entries[entry + WINDOW] !== window || entries[entry + STATE] !== state) continue;
      const base = entry + MASK;
      for (let i = 0; i < live; i++) if (entries[base + i] !== mask[i]) continue search;
      for (let i = live; i < words; i++) if ((entries[base + i]! & ~mask[i]!) !== 0) continue search;
      return 0;
    }
    const entry = this.#end;
    this.#end += MASK + words;
    if (entries.length < this.#end) entries = this.#entries = grown(entries, this.#end);
    entries[entry + NEXT] = this.#heads[bucket]!;
    entries[entry + PARENT] = parent;
    entries[entry + VIA] = via;
    entries[entry + WINDOW] = window;
    entries[entry + STATE] = state;
    for (let i = 0; i < words; i++) entries[entry + MASK + i] = mask[i]!;
    this.#heads[bucket] = entry;
    this.size++;
    return entry;
  }

  parent(entry: number): number {
    return this.#entries[entry + PARENT]!;
  }

  /** The operation that led from the parent to this entry. */
  via(entry: number): number {
    return this.#entries[entry + VIA]!;
  }

  window(entry: number): number {
    return this.#entries[entry + WINDOW]!;
  }

  state(entry: number): number {
    return this.#entries[entry + STATE]!;
  }

  /** Copies the mask of an entry into `mask`. */
  readMask(entry: number, mask: Int32Array): void {
    for (let i = 0; i < this.#words; i++) mask[i] = this.#entries[entry + MASK + i]!;
  }

  #bucket(window: number, state: number, words: Int32Array, at: number): number {
    let hash = Math.imul(window, 0x9e3779b1) ^ Math.imul(state, 0x85ebca6b);
    for (let i = 0; i < this.#liveWords; i++) {
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + i]!, 0xc2b2ae35);
    }
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x27d4eb2f);
    return (hash ^ (hash >>> 15)) & (this.#buckets - 1);
  }

  #spread(): void {
    this.#buckets *= 4;
    if (this.#heads.length < this.#buckets) this.#heads = new Int32Array(this.#buckets);
    else this.#heads.fill(0, 0, this.#buckets);
    const entries = this.#entries;
    for (let entry = 1; entry < this.#end; entry += MASK + this.#words) {
      const bucket = this.#bucket(entries[entry + WINDOW]!, entries[entry + STATE]!, entries, entry + MASK);
      entries[entry + NEXT] = this.#heads[bucket]!;
      this.#heads[bucket] = entry;
    }
  }
}
