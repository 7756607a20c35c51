/** Cuts a history into windows, one before each return: what was open then, and what must be explained by then. */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** At most this many entries in the lists of open operations (256 MB); more is refused as too wide to search. */
const MOST_OPEN = 1 << 26;

/**
 * The tables of one part of a history. Operations are numbered 0, 1, ... in the order of invocation.
 *
 * An operation that returns has a *slot*: a bit of the mask of what is linearized already, its own from invocation to
 * return, free for another afterwards. So a mask needs no more bits than operations are ever open at once. A crashed
 * operation never returns and keeps a bit of its own, in the words after those of the slots.
 *
 * An instance is scratch: `cut` overwrites everything, and arrays only grow.
 */
export class Windows {
  /** How many windows, that is, returns. */
  count = 0;
  /** Words of a mask that hold slots, and words in all. */
  liveWords = 0;
  words = 0;
  /** How many operations crashed, and which, in order of invocation. */
  crashes = 0;
  crashed = new Int32Array(64);

  /** By window: the operation that returns at its end. */
  blocking = new Int32Array(64);
  /** By window: where in `open` stand the operations that return and are open, soonest return first (the blocking one). */
  openFrom = new Int32Array(64);
  openTo = new Int32Array(64);
  open = new Int32Array(256);
  /** By window: how many operations, and how many crashed ones, were invoked before its end. */
  invoked = new Int32Array(64);
  invokedCrashed = new Int32Array(64);

  /** By operation: its bit in the mask. */
  bit = new Int32Array(64);
  /** By operation: 1 when it returned and can never have changed the state, so that it may go as soon as it fits (R1). */
  observer = new Uint8Array(64);
  /** By operation that returns: the position of its return. */
  returned = new Float64Array(64);
  #free = new Int32Array(64);

  /** Builds the tables for `operations`, in order of invocation and without failed ones. False when it is too wide. */
  cut(operations: readonly Operation[], model: Model): boolean {
    const total = operations.length;
    this.count = 0;
    this.crashes = 0;
    this.#reserve(total);
    const returned = this.returned;
    let slots = 0;
    let free = 0;
    // The operations open now stand in open[from..to), soonest return first. A window shares the list until it changes.
    let from = 0;
    let to = 0;
    let shared = false;
    for (let i = 0; i <= total; i++) {
      const operation = operations[i];
      const now = operation === undefined ? Infinity : operation.invoked;
      while (from < to && returned[this.open[from]!]! < now) {
        const window = this.count++;
        const first = this.open[from]!;
        this.blocking[window] = first;
        this.openFrom[window] = from++;
        this.openTo[window] = to;
        this.invoked[window] = i;
        this.invokedCrashed[window] = this.crashes;
        this.#free[free++] = this.bit[first]!;
        shared = true;
      }
      if (operation === undefined) break;
      if (operation.outcome === "info") {
        this.bit[i] = this.crashes;
        this.observer[i] = 0;
        this.crashed[this.crashes++] = i;
        continue;
      }
      this.bit[i] = free > 0 ? this.#free[--free]! : slots++;
      this.observer[i] = model.readOnly?.(operation.input, operation.output) ? 1 : 0;
      returned[i] = operation.returned;
      const length = to - from;
      if (to + length + 1 > MOST_OPEN) return false;
      if (this.open.length < to + length + 1) this.open = grown(this.open, to + length + 1);
      if (shared) {
        this.open.copyWithin(to, from, to);
        from = to;
        to += length;
        shared = false;
      }
      let place = to++;
      while (place > from && returned[this.open[place - 1]!]! > operation.returned) {
        this.open[place] = this.open[place - 1]!;
        place--;
      }
      this.open[place] = i;
    }
    this.liveWords = (slots + 31) >>> 5;
    this.words = this.liveWords + ((this.crashes + 31) >>> 5);
    for (let i = 0; i < this.crashes; i++) this.bit[this.crashed[i]!] = this.liveWords * 32 + i;
    return true;
  }

  #reserve(total: number): void {
    if (this.bit.length >= total) return;
    const size = 2 ** (32 - Math.clz32(total - 1));
    this.crashed = new Int32Array(size);
    this.blocking = new Int32Array(size);
    this.openFrom = new Int32Array(size);
    this.openTo = new Int32Array(size);
    this.invoked = new Int32Array(size);
    this.invokedCrashed = new Int32Array(size);
    this.bit = new Int32Array(size);
    this.observer = new Uint8Array(size);
    this.returned = new Float64Array(size);
    this.#free = new Int32Array(size);
  }
}

/** A copy with room for at least `size` entries, and for twice as many as before. */
export function grown(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(size, 2 * array.length));
  larger.set(array);
  return larger;
}
