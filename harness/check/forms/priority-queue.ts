/** The closed form of a priority queue whose values are all different numbers. */

import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { EMPTY, type Items, PENDING, PUT, readItems, TAKE, withLost } from "./items.ts";
import { notEmpty } from "./queue.ts";
import { Heap } from "./sweep.ts";

/**
 * A value can come out at a moment when nothing smaller must be inside. So one sweep keeps the least value that must be inside
 * at each moment; the take of x needs a moment, after its invocation and x's insertion began, at which that is more than x.
 * Those moments are kept as a falling staircase: only one that is higher than all after it can serve a later question.
 */
function judge(columns: Columns, items: Items): Finding {
  const { kind, a, inv, ret, events } = columns;
  const { put, di, count } = items;
  const value = new Float64Array(count);
  for (let item = 0; item < count; item++) if (put[item]! >= 0) value[item] = columns.x![put[item]!]!;
  const inside = new Heap(value);
  const out = new Uint8Array(count);
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
        if (highest(from) < value[item]!) return smaller(i, item, from, rank, items, value);
      } else if (what === EMPTY && highest(inv[i]!) < Infinity) return notEmpty(i, inv[i]!, rank, items, count);
    }
    while (inside.size > 0 && out[inside.top] === 1) inside.pop();
    const now = inside.size === 0 ? Infinity : value[inside.top]!;
    // A moment stands at the last rank it is known to last to, so that the search above finds it.
    while (steps > 0 && least[steps - 1]! <= now) steps--;
    moments[steps] = rank;
    least[steps++] = now;
  }
  return VALID;
}

function smaller(taker: number, item: number, from: number, to: number, items: Items, value: Float64Array): Finding {
  const { put, take, er, di, count } = items;
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

export const priorityQueueForm: Form = {
  name: "priority-queue rules",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "insert", true),
  decide: (columns) => withLost(columns, judge, "a delete-min crashed, and may have taken what is in the way"),
};
