/** The two tests that most closed forms come down to: zones that must not clash, and points that must not be covered. */

/**
 * A cluster of operations that must be linearized in one block. `f` is its first return, `s` its last invocation. When f < s,
 * the block must reach from f to s (a forward zone); else it may be any one moment of [s, f] (a backward zone). Blocks exist
 * exactly when no two forward zones overlap and no backward zone lies within a forward one (Gibbons and Korach).
 *
 * @param f first return by cluster, -1 when it was there from the start
 * @param s last invocation by cluster, -2 for a cluster that does not count
 * @param ranks how many ranks of events there are (`f` and `s` may be that much, "never")
 * @returns two clusters that clash, the one with the forward zone first
 */
export function clash(f: Int32Array, s: Int32Array, count: number, ranks: number): readonly [number, number] | undefined {
  const forward = new Int32Array(ranks + 1).fill(-1);
  const backward = new Int32Array(ranks + 1).fill(-1);
  let zone = -1;
  for (let cluster = 0; cluster < count; cluster++) {
    if (s[cluster] === -2) continue;
    if (f[cluster]! >= s[cluster]!) backward[s[cluster]!] = cluster;
    else if (f[cluster] === -1) zone = cluster;
    else forward[f[cluster]!] = cluster;
  }
  for (let rank = 0; rank < ranks; rank++) {
    const next = forward[rank]!;
    if (next >= 0) {
      if (zone >= 0 && s[zone]! > rank) return [zone, next];
      zone = next;
    }
    const within = backward[rank]!;
    if (within >= 0 && zone >= 0 && s[zone]! > f[within]!) return [zone, within];
  }
  return undefined;
}

/** Intervals that together cover all of [from, to], as few as the greedy choice takes; `starts` and `stops` by interval, open. */
export function coverOf(from: number, to: number, starts: Int32Array, stops: Int32Array, count: number): readonly number[] {
  const chain: number[] = [];
  for (let at = from; at < to; ) {
    let best = -1;
    for (let i = 0; i < count; i++) {
      if (starts[i]! <= at && stops[i]! > at && (best < 0 || stops[i]! > stops[best]!)) best = i;
    }
    if (best < 0) return chain;
    chain.push(best);
    at = stops[best]!;
  }
  return chain;
}

/** A heap of whole numbers by a key, smallest key first. */
export class Heap {
  size = 0;
  #items = new Int32Array(64);
  readonly #keys: Int32Array | Float64Array;

  constructor(keys: Int32Array | Float64Array) {
    this.#keys = keys;
  }

  /** The item with the smallest key, -1 when there is none. */
  get top(): number {
    return this.size === 0 ? -1 : this.#items[0]!;
  }

  push(item: number): void {
    if (this.size === this.#items.length) {
      const wider = new Int32Array(2 * this.size);
      wider.set(this.#items);
      this.#items = wider;
    }
    const items = this.#items;
    const keys = this.#keys;
    const key = keys[item]!;
    let at = this.size++;
    for (let parent = (at - 1) >> 1; at > 0 && keys[items[parent]!]! > key; parent = (at - 1) >> 1) {
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number {
    const items = this.#items;
    const keys = this.#keys;
    const first = items[0]!;
    const last = items[--this.size]!;
    const key = keys[last]!;
    let at = 0;
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (child + 1 < this.size && keys[items[child + 1]!]! < keys[items[child]!]!) child++;
      if (keys[items[child]!]! >= key) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
