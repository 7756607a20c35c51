/** An order of a valid stack: items in the sequence in which they are peeled off, each within the gaps that the earlier ones left. */

import type { Columns } from "./form.ts";
import { EMPTY, type Items, itemsOf, PUT, TAKE } from "./items.ts";
import { lastSegment, peel, type Segments, segmentsOf } from "./stack-peeling.ts";

/**
 * Each item is pushed at the last vacant segment before it must be inside, and popped at the first one after. No item that was
 * peeled off before has its push or pop in between, for those were vacant too. So items lie within one another, or apart.
 */
function placed(columns: Columns, items: Items, segments: Segments) {
  const { er, di, count } = items;
  const { end } = columns;
  const pushed = new Int32Array(count).fill(-1);
  const popped = new Int32Array(count);
  const sequence = new Int32Array(count);
  let length = 0;
  const vacant = new Ascending(segments.count);
  peel(
    columns,
    items,
    segments,
    (segment) => vacant.add(segment),
    (item) => {
      pushed[item] = vacant.upTo(segments.of[er[item]!]! - 1);
      popped[item] = di[item] === end ? segments.count : vacant.from(segments.of[di[item]!]!);
      sequence[length++] = item;
    },
  );
  return { pushed, popped, sequence: sequence.subarray(0, length) };
}

/** Within a segment: first the pops, upper items before lower ones; then answers "empty"; then the pushes, lower ones first. */
export function inStackOrder(columns: Columns): Int32Array | undefined {
  const { size, kind, a, inv, ret, end, events } = columns;
  const items = itemsOf(columns);
  if ("verdict" in items) return undefined;
  const { put, take, er, di, empties } = items;
  const segments = segmentsOf(columns, items);
  const { pushed, popped, sequence } = placed(columns, items, segments);
  for (let n = 0; n < sequence.length; n++) if (pushed[sequence[n]!] === -1 || popped[sequence[n]!] === -1) return undefined;
  const sorted = sorting(segments.count, Math.max(sequence.length, empties));
  // Of what is popped at once, the last pushed comes first; of what is pushed at once, the last popped; else as they are peeled.
  const pops = sorted(sorted(sequence.slice(), pushed).reverse(), popped);
  const pushes = sorted(sorted(sequence.reverse(), popped).reverse(), pushed);
  const found = new Int32Array(empties);
  const foundAt = new Int32Array(empties > 0 ? size : 0);
  for (let i = 0, n = 0; n < empties; i++) {
    if (kind[i] !== EMPTY) continue;
    foundAt[i] = Math.max(0, segments.vacant[lastSegment(columns, segments, i)]!);
    found[n++] = i;
  }
  const answers = sorted(found, foundAt);

  const order = new Int32Array(size);
  let length = 0;
  let now = 0;
  // What need never be inside is pushed and popped at once, when both have begun; what is of no kind changes nothing.
  const until = (moment: number): void => {
    for (; now < moment; now++) {
      const i = events[now]!;
      if (i < 0) continue;
      if (kind[i] === 0) {
        if (ret[i] !== end) order[length++] = i;
        continue;
      }
      const item = a[i]!;
      if ((kind[i] !== PUT && kind[i] !== TAKE) || put[item]! < 0 || er[item]! < di[item]!) continue;
      if (take[item]! < 0 || Math.max(inv[put[item]!]!, di[item]!) !== now) continue;
      order[length++] = put[item]!;
      order[length++] = take[item]!;
    }
  };
  const next = (i: number): void => {
    until(inv[i]!);
    order[length++] = i;
  };
  let [pushing, popping, answering] = [0, 0, 0];
  for (let segment = 0; segment < segments.count; segment++) {
    for (; popping < pops.length && popped[pops[popping]!] === segment; popping++) next(take[pops[popping]!]!);
    for (; answering < answers.length && foundAt[answers[answering]!] === segment; answering++) next(answers[answering]!);
    for (; pushing < pushes.length && pushed[pushes[pushing]!] === segment; pushing++) next(put[pushes[pushing]!]!);
  }
  until(events.length);
  return order.subarray(0, length);
}

/** Sorts in place, by keys from 0 to `keys`; stable. */
function sorting(keys: number, most: number): (items: Int32Array, key: Int32Array) => Int32Array {
  const starts = new Int32Array(keys + 2);
  const scratch = new Int32Array(most);
  return (items, key) => {
    starts.fill(0);
    for (let n = 0; n < items.length; n++) starts[key[items[n]!]! + 1]!++;
    for (let n = 0; n <= keys; n++) starts[n + 1]! += starts[n]!;
    for (let n = 0; n < items.length; n++) scratch[starts[key[items[n]!]!]!++] = items[n]!;
    items.set(scratch.subarray(0, items.length));
    return items;
  };
}

/** A growing set of small whole numbers that knows its neighbours: a bit for each, and bits for words that are not empty. */
class Ascending {
  readonly #levels: Int32Array[] = [];

  constructor(size: number) {
    for (let width = size; ; width = (width + 31) >>> 5) {
      this.#levels.push(new Int32Array((width + 31) >>> 5));
      if (width <= 32) return;
    }
  }

  add(number: number): void {
    let at = number;
    for (const level of this.#levels) {
      level[at >>> 5]! |= 1 << (at & 31);
      at >>>= 5;
    }
  }

  /** The largest member that is no more than `most`; -1 for none. */
  upTo(most: number): number {
    let at = most + 1;
    for (let depth = 0; depth < this.#levels.length; depth++) {
      const rest = this.#levels[depth]![at >>> 5]! & ((1 << (at & 31)) - 1);
      if (rest !== 0) return this.#down(depth, ((at >>> 5) << 5) | (31 - Math.clz32(rest)), true);
      at >>>= 5;
    }
    return -1;
  }

  /** The smallest member that is at least `least`; -1 for none. */
  from(least: number): number {
    let at = least;
    for (let depth = 0; depth < this.#levels.length; depth++) {
      const rest = this.#levels[depth]![at >>> 5]! & ~((1 << (at & 31)) - 1);
      if (rest !== 0) return this.#down(depth, ((at >>> 5) << 5) | (31 - Math.clz32(rest & -rest)), false);
      at = (at >>> 5) + 1;
    }
    return -1;
  }

  #down(depth: number, at: number, highest: boolean): number {
    let found = at;
    for (let level = depth - 1; level >= 0; level--) {
      const word = this.#levels[level]![found]!;
      found = (found << 5) | (highest ? 31 - Math.clz32(word) : 31 - Math.clz32(word & -word));
    }
    return found;
  }
}
