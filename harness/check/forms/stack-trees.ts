/** What the stack's closed form peels by: how many items lie over each segment of time, and which operations wait for one. */

import type { Columns } from "./form.ts";

/** How many items must be inside, by segment; a segment at which none must is taken once. */
export interface Covers {
  /** One less in segments from `from` to before `to`. */
  lower(from: number, to: number): void;
  /** A segment at which nothing must be inside and that was not taken yet, or -1. */
  takeVacant(): number;
}

/** When on average at most so many items must be inside, to go through all segments of an item is quicker than a tree. */
const SHALLOW = 64;

export function coversOf(cover: Int32Array): Covers {
  let total = 0;
  for (let i = 0; i < cover.length; i++) total += cover[i]!;
  return total <= SHALLOW * cover.length ? new ShallowCovers(cover) : new DeepCovers(cover);
}

/** One number a segment. All items together are gone through once. */
export class ShallowCovers implements Covers {
  readonly #cover: Int32Array;
  readonly #vacant: Int32Array;
  #vacants = 0;

  constructor(cover: Int32Array) {
    this.#cover = cover.slice();
    this.#vacant = new Int32Array(cover.length);
    for (let i = cover.length - 1; i >= 0; i--) if (cover[i] === 0) this.#vacant[this.#vacants++] = i;
  }

  lower(from: number, to: number): void {
    const cover = this.#cover;
    for (let i = from; i < to; i++) if (--cover[i]! === 0) this.#vacant[this.#vacants++] = i;
  }

  takeVacant(): number {
    return this.#vacants === 0 ? -1 : this.#vacant[--this.#vacants]!;
  }
}

/** A tree of what is least, and of what was added to all below. */
export class DeepCovers implements Covers {
  readonly #leaves: number;
  readonly #least: Int32Array;
  readonly #added: Int32Array;

  constructor(cover: Int32Array) {
    const segments = cover.length;
    this.#leaves = 2 ** (32 - Math.clz32(Math.max(2, segments) - 1));
    this.#least = new Int32Array(2 * this.#leaves).fill(TAKEN);
    this.#added = new Int32Array(this.#leaves);
    for (let i = 0; i < segments; i++) this.#least[this.#leaves + i] = cover[i]!;
    for (let node = this.#leaves - 1; node > 0; node--) {
      this.#least[node] = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!);
    }
  }

  lower(from: number, to: number): void {
    const least = this.#least;
    const added = this.#added;
    const leaves = this.#leaves;
    let left = from + leaves;
    let right = to + leaves;
    let first = left;
    let last = right - 1;
    for (; left < right; left >>= 1, right >>= 1) {
      if (left & 1) {
        least[left]!--;
        if (left < leaves) added[left]!--;
        left++;
      }
      if (right & 1) {
        right--;
        least[right]!--;
        if (right < leaves) added[right]!--;
      }
    }
    // Up both sides to where they meet; above that, no further than something changes.
    for (first >>= 1, last >>= 1; first !== last; first >>= 1, last >>= 1) {
      this.#mend(first);
      this.#mend(last);
    }
    this.#mend(first);
    this.#repair(first);
  }

  takeVacant(): number {
    const least = this.#least;
    if (least[1] !== 0) return -1;
    let node = 1;
    while (node < this.#leaves) {
      const needed = least[node]! - this.#added[node]!;
      node *= 2;
      if (least[node] !== needed) node++;
    }
    least[node] = TAKEN;
    this.#repair(node);
    return node - this.#leaves;
  }

  #repair(below: number): void {
    for (let node = below >> 1; node > 0 && this.#mend(node); node >>= 1);
  }

  /** True when that changes something. */
  #mend(node: number): boolean {
    const least = this.#least;
    const a = least[2 * node]!;
    const b = least[2 * node + 1]!;
    const now = (a < b ? a : b) + this.#added[node]!;
    if (least[node] === now) return false;
    least[node] = now;
    return true;
  }
}

const TAKEN = 1 << 30;

/**
 * Operations that wait for a vacant segment of theirs: an interval tree. Each operation hangs at the number, of those that its
 * interval spans, that more halvings leave whole than any other (at the odd one beside it when it spans but one), in two lists: by
 * first segment, and by last one backwards. So whatever a segment releases stands at the heads of lists.
 */
export class Waiting {
  readonly #nodes: number;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #waits: Uint8Array;
  /** By node, the head of each list, and its key, so that most nodes need one look; by operation, the next in each. */
  readonly #headLow: Int32Array;
  readonly #headHigh: Int32Array;
  readonly #lowest: Int32Array;
  readonly #highest: Int32Array;
  readonly #nextLow: Int32Array;
  readonly #nextHigh: Int32Array;
  /** The longest interval, and a power of two that is more than twice as long. */
  #span = 0;
  #stride = 2;

  constructor(size: number, segments: number) {
    this.#nodes = segments + 1;
    this.#low = new Int32Array(size);
    this.#high = new Int32Array(size);
    this.#waits = new Uint8Array(size);
    this.#headLow = new Int32Array(this.#nodes).fill(-1);
    this.#headHigh = new Int32Array(this.#nodes).fill(-1);
    this.#lowest = new Int32Array(this.#nodes).fill(TAKEN);
    this.#highest = new Int32Array(this.#nodes).fill(-1);
    this.#nextLow = new Int32Array(size);
    this.#nextHigh = new Int32Array(size);
  }

  add(i: number, first: number, last: number): void {
    this.#low[i] = first;
    this.#high[i] = last;
    this.#waits[i] = 1;
    if (last - first > this.#span) this.#span = last - first;
  }

  /** Operations come in order of invocation, so that their first segments ascend; and the last ones as they return. */
  build({ size, ret, end, events }: Pick<Columns, "size" | "ret" | "end" | "events">): void {
    for (let i = size - 1; i >= 0; i--) {
      if (this.#waits[i] === 0) continue;
      const node = this.#node(i);
      this.#nextLow[i] = this.#headLow[node]!;
      this.#headLow[node] = i;
      this.#lowest[node] = this.#low[i]!;
    }
    for (let rank = 0; rank < events.length; rank++) {
      const i = -1 - events[rank]!;
      if (i >= 0 && ret[i] === rank && this.#waits[i] === 1) this.#last(i);
    }
    for (let i = 0; i < size; i++) if (ret[i] === end && this.#waits[i] === 1) this.#last(i);
    while (this.#stride <= 2 * this.#span) this.#stride *= 2;
  }

  #last(i: number): void {
    const node = this.#node(i);
    this.#nextHigh[i] = this.#headHigh[node]!;
    this.#headHigh[node] = i;
    this.#highest[node] = this.#high[i]!;
  }

  #node(i: number): number {
    const low = this.#low[i]!;
    const high = this.#high[i]!;
    if (low === high) return low | 1;
    const level = 31 - Math.clz32(low ^ high);
    return (high >> level) << level;
  }

  /** Lets go of every operation that spans a segment. */
  release(segment: number, each: (i: number) => void): void {
    const nodes = this.#nodes;
    const stride = this.#stride;
    const span = this.#span;
    const lowest = this.#lowest;
    const highest = this.#highest;
    // Nodes of higher levels are multiples of the stride. Mostly none is near enough.
    const near = segment & (stride - 1);
    const most = near > span && stride - near > span ? stride : nodes;
    for (let bit = 1; bit < most; bit *= 2) {
      const node = (segment & -(2 * bit)) | bit;
      if (node >= nodes) continue;
      if (segment < node) {
        if (lowest[node]! <= segment) this.#releaseLow(node, segment, each);
      } else if (highest[node]! >= segment) this.#releaseHigh(node, segment, each);
    }
  }

  #releaseLow(node: number, segment: number, each: (i: number) => void): void {
    let i = this.#headLow[node]!;
    for (; i >= 0 && this.#low[i]! <= segment; i = this.#nextLow[i]!) this.#release(i, each);
    this.#headLow[node] = i;
    this.#lowest[node] = i < 0 ? TAKEN : this.#low[i]!;
  }

  #releaseHigh(node: number, segment: number, each: (i: number) => void): void {
    let i = this.#headHigh[node]!;
    for (; i >= 0 && this.#high[i]! >= segment; i = this.#nextHigh[i]!) this.#release(i, each);
    this.#headHigh[node] = i;
    this.#highest[node] = i < 0 ? -1 : this.#high[i]!;
  }

  #release(i: number, each: (i: number) => void): void {
    if (this.#waits[i] === 0) return;
    this.#waits[i] = 0;
    each(i);
  }
}
