/** The closed form of a priority queue whose values are all different numbers. */

import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { EMPTY, type Items, itemsOf, LOST, PENDING, PUT, readItems, restOf, TAKE, withLost } from "./items.ts";
import { decidedByTrying, type Obstacle, settlements } from "./lost.ts";
import { notEmpty } from "./queue.ts";
import { Heap } from "./sweep.ts";

/**
 * A value can come out at a moment when nothing smaller must be inside. So one sweep keeps the least value that must be inside
 * at each moment; the take of x needs a moment, after its invocation and x's insertion began, at which that is more than x.
 * Those moments are kept as a falling staircase: only one that is higher than all after it can serve a later question.
 *
 * @param wrong is told of every answer that no moment allows; true ends the sweep
 */
function sweep(columns: Columns, items: Items, wrong: (operation: number, from: number, at: number) => boolean): void {
  const { kind, a, inv, ret, events } = columns;
  const { put, di } = items;
  const value = valuesOf(columns, items);
  const inside = new Heap(value);
  const out = new Uint8Array(items.count);
  // Moments (the rank of the event before each), and the least value inside.
  const moments = new Int32Array(events.length + 1);
  const least = new Float64Array(events.length + 1);
  let steps = 0;
  const highest = (from: number): number => {
    let low = 0;
    let high = steps - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (moments[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return least[low]!;
  };
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === TAKE) out[item] = 1;
    } else if (rank === ret[i]) {
      if (what === PUT && put[item] === i && rank < di[item]!) inside.push(item);
      else if (what === TAKE) {
        const from = Math.max(inv[i]!, inv[put[item]!]!);
        if (highest(from) < value[item]! && wrong(i, from, rank)) return;
      } else if (what === EMPTY && highest(inv[i]!) < Infinity && wrong(i, inv[i]!, rank)) return;
    }
    while (inside.size > 0 && out[inside.top] === 1) inside.pop();
    const now = inside.size === 0 ? Infinity : value[inside.top]!;
    // A moment stands at the last rank it is known to last to, so that the search above finds it.
    while (steps > 0 && least[steps - 1]! <= now) steps--;
    moments[steps] = rank;
    least[steps++] = now;
  }
}

function valuesOf({ x }: Columns, { put, count }: Items): Float64Array {
  const value = new Float64Array(count);
  for (let item = 0; item < count; item++) if (put[item]! >= 0) value[item] = x![put[item]!]!;
  return value;
}

function judge(columns: Columns, items: Items): Finding {
  let finding: Finding = VALID;
  sweep(columns, items, (i, from, at) => {
    const item = columns.a[i]!;
    finding = columns.kind[i] === EMPTY ? notEmpty(i, from, at, items, items.count) : smaller(columns, items, i, item, from, at);
    return true;
  });
  return finding;
}

function smaller(columns: Columns, items: Items, taker: number, item: number, from: number, to: number): Finding {
  const { put, take, er, di, count } = items;
  const value = valuesOf(columns, items);
  const less = (other: number) => put[other]! >= 0 && value[other]! < value[item]!;
  const starts = er.map((start, other) => (less(other) ? start : to + 1));
  const chain: number[] = [];
  for (let at = from; at < to; ) {
    let best = -1;
    for (let other = 0; other < count; other++) {
      if (starts[other]! <= at && di[other]! > at && (best < 0 || di[other]! > di[best]!)) best = other;
    }
    if (best < 0) break;
    chain.push(best);
    at = di[best]!;
  }
  const first = chain[0]!;
  const involved = chain.flatMap((other) => [put[other]!, take[other]!]);
  return invalid([taker, put[item]!, ...involved], (say) =>
    chain.length === 1
      ? `${say(taker)}, but the smaller value of ${say(put[first]!)} was inside all that time`
      : `${say(taker)}, but at each moment something smaller was inside, first what ${say(put[first]!)} put in`,
  );
}

const HELPED = "a delete-min crashed, and may have taken what is in the way";

/**
 * When crashed takes may have helped, only the answers that are wrong without them matter, and what may be in the way of those,
 * or of the crashed takes: smaller items that were inside since the first crashed take began.
 */
function restOfAll(columns: Columns, items: Items): readonly number[] {
  const { size, kind, a, inv, ret } = columns;
  const { put, er, di } = items;
  const value = valuesOf(columns, items);
  const wronged = new Set<number>();
  const empties: number[] = [];
  let most = Number.NEGATIVE_INFINITY;
  let since = Infinity;
  let until = 0;
  sweep(columns, items, (i, from) => {
    since = Math.min(since, from);
    until = Math.max(until, ret[i]!);
    if (kind[i] === EMPTY) empties.push(i);
    else wronged.add(a[i]!);
    most = Math.max(most, kind[i] === EMPTY ? Infinity : value[a[i]!]!);
    return false;
  });
  let first = 0;
  while (first < size && kind[first] !== LOST) first++;
  since = Math.min(since, inv[first] ?? Infinity);
  const among = (item: number): boolean =>
    wronged.has(item) || (put[item]! >= 0 && value[item]! < most && er[item]! < until && di[item]! > since);
  return [...restOf(columns, among, until), ...empties].sort((one, other) => one - other);
}

/** What never came out, and is smaller than the first answer that is wrong. */
function obstructed(columns: Columns): Obstacle | undefined {
  const items = itemsOf(columns);
  if ("verdict" in items) return { items: [], before: 0 };
  const { put, take, er, count } = items;
  const value = valuesOf(columns, items);
  let obstacle: Obstacle | undefined;
  sweep(columns, items, (i, _, before) => {
    const limit = columns.kind[i] === EMPTY ? Infinity : value[columns.a[i]!]!;
    const left: number[] = [];
    for (let item = 0; item < count; item++) {
      if (put[item]! >= 0 && take[item]! < 0 && er[item]! < before && value[item]! < limit) left.push(item);
    }
    obstacle = { items: left, before };
    return true;
  });
  return obstacle;
}

function decide(columns: Columns): Finding {
  return withLost(columns, judge, (_, items) => decidedByTrying(columns, restOfAll(columns, items), obstructed, HELPED));
}

function settle(columns: Columns): Iterable<Columns> {
  return settlements(columns, obstructed, (whole) => {
    const items = itemsOf(whole);
    return "verdict" in items ? undefined : restOfAll(whole, items);
  });
}

/** Everything comes out at the first moment at which nothing smaller must be inside, and goes in as late as it may. */
function order(columns: Columns): Int32Array | undefined {
  const { size, kind, a, ret, end, events } = columns;
  const items = itemsOf(columns);
  if ("verdict" in items) return undefined;
  const { put, take, di, count } = items;
  const value = valuesOf(columns, items);
  const inside = new Heap(value);
  const taking = new Heap(value);
  const out = new Uint8Array(count);
  const begun = new Uint8Array(count);
  const entered = new Uint8Array(count);
  const sequence = new Int32Array(size);
  const waiting: number[] = [];
  let length = 0;
  const enter = (item: number): void => {
    if (entered[item] === 1) return;
    entered[item] = 1;
    sequence[length++] = put[item]!;
  };
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === EMPTY) waiting.push(i);
      else if (what === 0 && ret[i] !== end) sequence[length++] = i;
      else if ((what === PUT || what === TAKE) && put[item]! >= 0 && ++begun[item]! === (take[item]! < 0 ? 3 : 2))
        taking.push(item);
      if (what === TAKE) out[item] = 1;
    } else if (rank === ret[i] && what === PUT && put[item] === i) {
      enter(item);
      if (rank < di[item]!) inside.push(item);
    }
    while (inside.size > 0 && out[inside.top] === 1) inside.pop();
    const least = inside.size === 0 ? Infinity : value[inside.top]!;
    while (taking.size > 0 && value[taking.top]! < least) {
      const next = taking.pop();
      enter(next);
      sequence[length++] = take[next]!;
    }
    while (least === Infinity && waiting.length > 0) sequence[length++] = waiting.pop()!;
  }
  return sequence.subarray(0, length);
}

function replay({ size, kind, a, ids, x }: Columns, sequence: Int32Array): boolean {
  const value = new Float64Array(ids);
  for (let i = 0; i < size; i++) if (kind[i] === PUT) value[a[i]!] = x![i]!;
  const inside = new Heap(value);
  for (let n = 0; n < sequence.length; n++) {
    const i = sequence[n]!;
    if (kind[i] === PUT) inside.push(a[i]!);
    else if (kind[i] === TAKE) {
      if (inside.size === 0 || inside.pop() !== a[i]) return false;
    } else if (kind[i] === EMPTY && inside.size > 0) return false;
  }
  return true;
}

export const priorityQueueForm: Form = {
  name: "priority-queue rules",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "insert", true),
  decide,
  settle,
  order,
  replay,
};
