/** The closed form of a stack whose values are all different: peel off, from the bottom, what nothing lies under (Lee and Mathur). */

import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { EMPTY, type Items, PENDING, readItems, withLost } from "./items.ts";
import { notEmpty } from "./queue.ts";

/**
 * An item must be inside from its push's return to its pop's invocation. An item can lie under all others that are left when
 * its push has a moment at which none of the others must be inside, and so has its pop. Such items are taken away until none
 * is left (linearizable) or all that are left are in each other's way.
 *
 * Moments between the same two of those bounds are alike; they are one segment.
 */
function judge(columns: Columns, items: Items): Finding {
  const { size, kind, inv, ret, end, events } = columns;
  const { put, take, er, di, count, empties } = items;
  const segment = new Int32Array(events.length + 1);
  const cover: number[] | Int32Array = new Int32Array(events.length + 1);
  const bound = new Int8Array(events.length + 1);
  let left = 0;
  for (let item = 0; item < count; item++) {
    if (put[item]! < 0 || er[item]! >= di[item]!) continue;
    bound[er[item]!] = 1;
    if (di[item]! < end) bound[di[item]!] = -1;
    left++;
  }
  let segments = 0;
  for (let rank = 0; rank < events.length; rank++) {
    if (bound[rank] !== 0) cover[++segments] = cover[segments - 1]! + bound[rank]!;
    segment[rank] = segments;
  }
  segments++;
  const last = (i: number): number => (ret[i] === end ? segments - 1 : segment[ret[i]! - 1]!);

  if (empties > 0) {
    // The last segment so far in which nothing must be inside.
    const vacant = new Int32Array(segments);
    for (let at = 0, latest = -1; at < segments; at++) {
      if (cover[at] === 0) latest = at;
      vacant[at] = latest;
    }
    for (let i = 0; i < size; i++) {
      if (kind[i] !== EMPTY || vacant[last(i)]! >= segment[inv[i]!]!) continue;
      return notEmpty(i, inv[i]!, ret[i]!, items, count);
    }
  }

  const waiting = new Waiting(size, segments);
  const lacking = new Uint8Array(count);
  const itemOf = new Int32Array(size).fill(-1);
  for (let item = 0; item < count; item++) {
    if (put[item]! < 0 || er[item]! >= di[item]!) continue;
    for (const i of [put[item]!, take[item]!]) {
      if (i < 0) continue;
      itemOf[i] = item;
      lacking[item]!++;
      waiting.add(i, segment[inv[i]!]!, last(i));
    }
  }
  waiting.build();
  const covers = new Covers(cover, segments);
  const peeled: number[] = [];
  for (let at = covers.takeVacant(); at >= 0; at = covers.takeVacant()) {
    waiting.release(at, (i) => {
      const item = itemOf[i]!;
      if (--lacking[item]! === 0) peeled.push(item);
    });
    for (let item = peeled.pop(); item !== undefined; item = peeled.pop()) {
      left--;
      covers.lower(segment[er[item]!]!, di[item] === end ? segments : segment[di[item]!]!);
    }
  }
  if (left === 0) return VALID;
  const stuck: number[] = [];
  for (let item = 0; item < count; item++) if (lacking[item]! > 0) stuck.push(put[item]!, take[item]!);
  const pops = stuck.filter((i) => i >= 0 && kind[i] !== 1);
  const example = pops.length === 0 ? stuck[0]! : pops.reduce((one, other) => (ret[other]! < ret[one]! ? other : one));
  return invalid(
    stuck,
    (say) => `${say(example)}, but whatever the order, something that must come out first still lies above it`,
  );
}

/** How many items must be inside, by segment; a segment at which none must is taken once. */
class Covers {
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
class Waiting {
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #node: Int32Array;
  readonly #nodes: number;
  readonly #levels: number;
  readonly #there: number[] = [];
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
    this.#levels = 32 - Math.clz32(2 * segments + 1);
    this.#nodes = 2 ** this.#levels + 1;
    this.#gone = new Uint8Array(size);
  }

  add(i: number, first: number, last: number): void {
    // Twice as fine, so that the two ends differ and have a node between them.
    const low = 2 * first;
    const high = 2 * last + 1;
    const level = 31 - Math.clz32(low ^ high);
    this.#low[i] = low;
    this.#high[i] = high;
    this.#node[i] = (high >> level) << level;
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
    for (let level = 0; level <= this.#levels; level++) {
      const node = ((point >> (level + 1)) << (level + 1)) | (1 << level);
      if (node >= this.#nodes) break;
      const stop = this.#begin[node + 1]!;
      const [at, list, key] = point < node ? [this.#atLow, this.#byLow, this.#low] : [this.#atHigh, this.#byHigh, this.#high];
      while (at[node]! < stop) {
        const i = list[at[node]!]!;
        if (point < node ? key[i]! > point : key[i]! < point) break;
        at[node]!++;
        if (this.#gone[i] === 1) continue;
        this.#gone[i] = 1;
        each(i);
      }
    }
  }
}

export const stackForm: Form = {
  name: "stack peeling",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "push", false),
  decide: (columns) => withLost(columns, judge, "a pop crashed, and may have taken what is in the way"),
};
