/** The two trees of the stack's closed form: how many items lie over each segment of time, and which operations wait for one. */

/** How many items must be inside, by segment; a segment at which none must is taken once. */
export class Covers {
  readonly #leaves: number;
  readonly #least: Int32Array;
  readonly #added: Int32Array;

  constructor(cover: ArrayLike<number>, segments: number) {
    this.#leaves = 2 ** (32 - Math.clz32(Math.max(2, segments) - 1));
    this.#least = new Int32Array(2 * this.#leaves).fill(TAKEN);
    this.#added = new Int32Array(this.#leaves);
    for (let i = 0; i < segments; i++) this.#least[this.#leaves + i] = cover[i]!;
    for (let node = this.#leaves - 1; node > 0; node--) {
      this.#least[node] = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!);
    }
  }

  /** One less in segments from `from` to before `to`. */
  lower(from: number, to: number): void {
    const least = this.#least;
    const added = this.#added;
    const leaves = this.#leaves;
    let left = from + leaves;
    let right = to + leaves;
    const first = left;
    const last = right - 1;
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
    this.#repair(first);
    this.#repair(last);
  }

  /** A segment at which nothing must be inside and that was not taken yet, or -1. */
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

  #repair(leaf: number): void {
    const least = this.#least;
    for (let node = leaf >> 1; node > 0; node >>= 1) {
      const a = least[2 * node]!;
      const b = least[2 * node + 1]!;
      least[node] = (a < b ? a : b) + this.#added[node]!;
    }
  }
}

const TAKEN = 1 << 30;

/**
 * Operations that wait for a vacant segment of theirs: an interval tree. Each operation hangs at the node in the middle of all
 * that its interval spans, in two lists: by first segment, and by last one backwards. So whatever a segment releases stands at
 * the heads of lists.
 */
export class Waiting {
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #node: Int32Array;
  readonly #nodes: number;
  readonly #there: number[] = [];
  /** By node: the first key of what is left in each of its lists, so that most nodes need one look. */
  readonly #lowest: Int32Array;
  readonly #highest: Int32Array;
  #begin = new Int32Array(0);
  #byLow = new Int32Array(0);
  #byHigh = new Int32Array(0);
  #atLow = new Int32Array(0);
  #atHigh = new Int32Array(0);
  readonly #gone: Uint8Array;

  constructor(size: number, segments: number) {
    this.#low = new Int32Array(size);
    this.#high = new Int32Array(size);
    this.#node = new Int32Array(size);
    this.#nodes = 2 ** (32 - Math.clz32(2 * segments + 1)) + 1;
    this.#gone = new Uint8Array(size);
    this.#lowest = new Int32Array(this.#nodes).fill(TAKEN);
    this.#highest = new Int32Array(this.#nodes).fill(-1);
  }

  add(i: number, first: number, last: number): void {
    // Twice as fine, so that the two ends differ and have a node between them.
    const low = 2 * first;
    const high = 2 * last + 1;
    const level = 31 - Math.clz32(low ^ high);
    this.#low[i] = low;
    this.#high[i] = high;
    const node = (high >> level) << level;
    this.#node[i] = node;
    if (low < this.#lowest[node]!) this.#lowest[node] = low;
    if (high > this.#highest[node]!) this.#highest[node] = high;
    this.#there.push(i);
  }

  build(): void {
    const node = this.#node;
    const begin = new Int32Array(this.#nodes + 1);
    for (const i of this.#there) begin[node[i]! + 1]!++;
    for (let n = 0; n < this.#nodes; n++) begin[n + 1]! += begin[n]!;
    this.#begin = begin;
    this.#byLow = this.#listed(this.#low, false);
    this.#byHigh = this.#listed(this.#high, true);
    this.#atLow = begin.slice();
    this.#atHigh = begin.slice();
  }

  /** All operations by node, and in each by a key, ascending or descending: two rounds of counting. */
  #listed(key: Int32Array, descending: boolean): Int32Array<ArrayBuffer> {
    const count = this.#there.length;
    const starts = new Int32Array(this.#nodes + 1);
    for (const i of this.#there) starts[key[i]! + 1]!++;
    for (let n = 0; n < this.#nodes; n++) starts[n + 1]! += starts[n]!;
    const sorted = new Int32Array(count);
    for (const i of this.#there) sorted[starts[key[i]!]!++] = i;
    const at = this.#begin.slice();
    const listed = new Int32Array(count);
    for (let n = 0; n < count; n++) {
      const i = sorted[descending ? count - 1 - n : n]!;
      listed[at[this.#node[i]!]!++] = i;
    }
    return listed;
  }

  /** Lets go of every operation that spans a segment. */
  release(segment: number, each: (i: number) => void): void {
    const point = 2 * segment;
    const nodes = this.#nodes;
    const lowest = this.#lowest;
    const highest = this.#highest;
    for (let bit = 1; ; bit *= 2) {
      const node = (point & -(2 * bit)) | bit;
      if (node >= nodes) return;
      if (point < node) {
        if (lowest[node]! > point) continue;
        lowest[node] = this.#release(node, point, this.#atLow, this.#byLow, this.#low, true, each);
      } else {
        if (highest[node]! < point) continue;
        highest[node] = this.#release(node, point, this.#atHigh, this.#byHigh, this.#high, false, each);
      }
    }
  }

  /** Takes from the head of a node's list until one does not span the point; the key of that one, or one beyond all. */
  #release(
    node: number,
    point: number,
    at: Int32Array,
    list: Int32Array,
    key: Int32Array,
    ascending: boolean,
    each: (i: number) => void,
  ): number {
    const stop = this.#begin[node + 1]!;
    let n = at[node]!;
    for (; n < stop; n++) {
      const i = list[n]!;
      if (ascending ? key[i]! > point : key[i]! < point) break;
      if (this.#gone[i] === 1) continue;
      this.#gone[i] = 1;
      each(i);
    }
    at[node] = n;
    return n < stop ? key[list[n]!]! : ascending ? TAKEN : -1;
  }
}
