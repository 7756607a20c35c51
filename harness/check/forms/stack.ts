/** The closed form of a stack whose values are all different: peel off, from the bottom, what nothing lies under (Lee and Mathur). */

import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { EMPTY, type Items, itemsOf, LOST, PENDING, PUT, readItems, restOf, TAKE, withLost } from "./items.ts";
import { decidedByTrying, type Obstacle, settlements } from "./lost.ts";
import { notEmpty } from "./queue.ts";
import { inStackOrder } from "./stack-order.ts";
import { lastSegment, peel, type Segments, segmentsOf } from "./stack-peeling.ts";

/** True when each moment of an answer "empty" has something inside. */
function isHollow(columns: Columns, segments: Segments, i: number): boolean {
  return columns.kind[i] === EMPTY && segments.vacant[lastSegment(columns, segments, i)]! < segments.of[columns.inv[i]!]!;
}

function judge(columns: Columns, items: Items): Finding {
  const { size, kind, inv, ret } = columns;
  const { put, take, count, empties } = items;
  const segments = segmentsOf(columns, items);
  if (empties > 0) {
    let first = -1;
    for (let i = 0; i < size; i++) {
      if (isHollow(columns, segments, i) && (first < 0 || ret[i]! < ret[first]!)) first = i;
    }
    if (first >= 0) return notEmpty(first, inv[first]!, ret[first]!, items, count);
  }
  const isStuck = peel(columns, items, segments);
  const stuck: number[] = [];
  for (let item = 0; item < count; item++) if (isStuck[item] === 1) stuck.push(put[item]!, take[item]!);
  if (stuck.length === 0) return VALID;
  const pops = stuck.filter((i) => i >= 0 && kind[i] !== PUT);
  const example = pops.length === 0 ? stuck[0]! : pops.reduce((one, other) => (ret[other]! < ret[one]! ? other : one));
  return invalid(
    stuck,
    (say) => `${say(example)}, but whatever the order, something that must come out first still lies above it`,
  );
}

/**
 * When crashed pops may have helped, only what cannot be peeled off matters: all else lies below that, or apart, and stays so
 * when something is taken out sooner. And what is inside around an answer "empty", or around a crashed pop that may help it.
 */
function restOfAll(columns: Columns, items: Items): readonly number[] {
  const { size, kind, inv, ret, end } = columns;
  const { take, er, di } = items;
  const segments = segmentsOf(columns, items);
  const stuck = peel(columns, items, segments);
  const hollow: number[] = [];
  let since = end;
  let until = 0;
  for (let i = 0; i < size; i++) {
    if (kind[i] === LOST) since = Math.min(since, inv[i]!);
    if (!isHollow(columns, segments, i)) continue;
    hollow.push(i);
    since = Math.min(since, inv[i]!);
    until = Math.max(until, ret[i]!);
  }
  const crossed = until;
  for (let item = 0; item < items.count; item++) {
    const out = take[item]!;
    if (stuck[item] === 1 && out >= 0) until = Math.max(until, ret[out]!);
  }
  const among = (item: number): boolean => stuck[item] === 1 || (er[item]! < crossed && di[item]! > since);
  return [...restOf(columns, among, until), ...hollow].sort((one, other) => one - other);
}

/** What never came out and is in the way: of an answer "empty", or of what cannot be peeled off. */
function obstructed(columns: Columns): Obstacle | undefined {
  const { size, ret, end } = columns;
  const items = itemsOf(columns);
  if ("verdict" in items) return { items: [], before: 0 };
  const { put, take, er, count } = items;
  const segments = segmentsOf(columns, items);
  const left = (item: number): boolean => put[item]! >= 0 && take[item]! < 0 && er[item]! < end;
  let first = -1;
  for (let i = 0; i < size; i++) if (isHollow(columns, segments, i) && (first < 0 || ret[i]! < ret[first]!)) first = i;
  const all = Array.from({ length: count }, (_, item) => item);
  if (first >= 0) return { items: all.filter((item) => left(item) && er[item]! < ret[first]!), before: ret[first]! };
  const stuck = peel(columns, items, segments);
  let before = -1;
  for (const item of all) if (stuck[item] === 1 && take[item]! >= 0) before = Math.max(before, Math.min(ret[take[item]!]!, end));
  if (!stuck.includes(1)) return undefined;
  return { items: all.filter((item) => stuck[item] === 1 && left(item)), before };
}

const HELPED = "a pop crashed, and may have taken what is in the way";

function decide(columns: Columns): Finding {
  return withLost(columns, judge, (_, items) => decidedByTrying(columns, restOfAll(columns, items), obstructed, HELPED));
}

function settle(columns: Columns): Iterable<Columns> {
  return settlements(columns, obstructed, (whole) => {
    const items = itemsOf(whole);
    return "verdict" in items ? undefined : restOfAll(whole, items);
  });
}

function replay({ kind, a }: Columns, order: Int32Array): boolean {
  const inside: number[] = [];
  let height = 0;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (kind[i] === PUT) inside[height++] = a[i]!;
    else if (kind[i] === TAKE) {
      if (height === 0 || inside[--height] !== a[i]) return false;
    } else if (kind[i] === EMPTY && height > 0) return false;
  }
  return true;
}

export const stackForm: Form = {
  name: "stack peeling",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "push", false),
  decide,
  settle,
  order: inStackOrder,
  replay,
};
