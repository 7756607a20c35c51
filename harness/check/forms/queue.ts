/** The closed form of a first-in-first-out queue whose values are all different (Henzinger, Sezgin, Vafeiadis; Bouajjani et al.). */

import { counted } from "../sentences.ts";
import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { EMPTY, type Items, itemsOf, LOST, PENDING, PUT, readItems, TAKE, told, withLost } from "./items.ts";
import { inQueueOrder } from "./queue-order.ts";
import { coverOf } from "./sweep.ts";

/** As if no dequeue had crashed: of all that is wrong, what goes wrong first. */
function judge({ kind, a, inv, ret, end, events }: Columns, items: Items): Finding {
  const { put, take, er, di, count } = items;
  // What went in first and came out last, of all that was inside before now.
  let slowest = -1;
  let inside = 0;
  let vacant = 0;
  let since = end;
  let passed = -1;
  let passer = -1;
  let hollow = -1;
  for (let rank = 0; rank < since; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === PUT && put[item] === i) {
        const out = take[item]!;
        if (out >= 0 && slowest >= 0 && di[slowest]! > ret[out]! && ret[out]! < since) {
          since = ret[out]!;
          passed = slowest;
          passer = item;
        }
      } else if (what === TAKE && er[item]! < rank) inside--;
    } else if (what === PUT && put[item] === i && rank === er[item]) {
      if (rank < di[item]!) inside++;
      if (slowest < 0 || di[item]! > di[slowest]!) slowest = item;
    } else if (what === EMPTY && rank === ret[i] && inside > 0 && vacant < inv[i]!) {
      hollow = i;
      since = rank;
    }
    if (inside === 0) vacant = rank;
  }
  if (hollow >= 0 && since === ret[hollow]) return notEmpty(hollow, inv[hollow]!, since, items, count);
  return passed < 0 ? VALID : overtaken(items, passed, passer);
}

function overtaken({ put, take }: Items, first: number, second: number): Finding {
  const [into, out, later, sooner] = [put[first]!, take[first]!, put[second]!, take[second]!];
  return invalid([into, out, later, sooner], (say) =>
    out < 0
      ? `${say(sooner)}, but ${say(into)} had completed before ${say(later)} began, and its value had not come out`
      : `${say(sooner)} had completed before ${say(out)} began, but ${say(into)} had completed before ${say(later)} began`,
  );
}

/** An answer "empty" although something was inside all the time. */
export function notEmpty(empty: number, from: number, to: number, { put, take, er, di }: Items, count: number): Finding {
  const chain = coverOf(from, to, er, di, count);
  const first = chain[0]!;
  return invalid([empty, ...chain.flatMap((item) => [put[item]!, take[item]!])], (say) =>
    chain.length === 1
      ? `${say(empty)} found nothing, but what ${say(put[first]!)} put in was inside all that time`
      : `${say(empty)} found nothing, but at each moment something was inside, first what ${say(put[first]!)} put in`,
  );
}

/** An item that a crashed dequeue must have taken: one that began before `deadline`. */
interface Stuck {
  readonly item: number;
  readonly deadline: number;
  /** The later item that was out by the deadline; -1 when an answer "empty" asks for it. */
  readonly overtaker: number;
}

/**
 * What crashed dequeues must have taken: each item that never came out, although a later one did, and each one that was in
 * before a moment at which some answer "empty" finds the queue empty. Of the moments at which nothing else was inside, the first
 * by which at least as many dequeues that crashed had begun as such items were in is as good as any: a later one asks for more.
 */
function stuckItems(columns: Columns, items: Items): readonly Stuck[] | Finding {
  const { size, kind, a, inv, ret, end, events } = columns;
  const { put, take, er, di, count } = items;
  // Before the first item that never came out all is as if nothing were lost.
  let since = events.length;
  for (let item = 0; item < count; item++) {
    if (put[item]! >= 0 && take[item]! < 0) since = Math.min(since, inv[put[item]!]!);
  }
  // By item that never came out: of those that went in later, the one that is out soonest.
  const overtaker = new Map<number, number>();
  let soonest = -1;
  for (let rank = events.length - 1; rank >= since; rank--) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    if (kind[i] !== PUT || put[item] !== i) continue;
    if (event < 0) {
      if (rank === er[item] && take[item]! < 0) overtaker.set(item, soonest);
    } else if (take[item]! >= 0 && (soonest < 0 || ret[take[item]!]! < ret[take[soonest]!]!)) soonest = item;
  }
  const stuck: Stuck[] = [];
  const demand = (item: number, moment: number): void => {
    const later = overtaker.get(item)!;
    const out = later < 0 ? end : ret[take[later]!]!;
    if (out < moment) stuck.push({ item, deadline: out, overtaker: later });
    else if (moment < end) stuck.push({ item, deadline: moment, overtaker: -1 });
  };
  const left: number[] = [];
  let asked = 0;
  let inside = 0;
  let lost = 0;
  const waiting = new Set<number>();
  let from = since;
  for (let i = 0; i < size; i++) if (kind[i] === EMPTY && inv[i]! < from && ret[i]! > since) from = inv[i]!;
  for (let i = 0; i < size && inv[i]! < from; i++) if (kind[i] === LOST) lost++;
  for (let item = 0; item < count; item++) if (er[item]! < from && di[item]! >= from) inside++;
  for (let rank = from; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === TAKE && er[item]! < rank) inside--;
      else if (what === LOST) lost++;
      else if (what === EMPTY) waiting.add(i);
    } else if (what === PUT && put[item] === i && rank === er[item]) {
      if (take[item]! < 0) left.push(item);
      else if (rank < di[item]!) inside++;
    } else if (waiting.has(i)) {
      return neverEmpty(columns, items, i, left);
    }
    if (inside > 0 || left.length > lost || waiting.size === 0) continue;
    while (asked < left.length) demand(left[asked++]!, rank + 1);
    waiting.clear();
  }
  while (asked < left.length) demand(left[asked++]!, end);
  return stuck.sort((one, other) => one.deadline - other.deadline);
}

/** An answer "empty" although more items were inside than dequeues that crashed could have taken. */
function neverEmpty({ size, kind, inv, ret }: Columns, items: Items, empty: number, left: readonly number[]): Finding {
  const { put, take, er, di, count } = items;
  const involved: number[] = [empty];
  for (let item = 0; item < count; item++) {
    if (take[item]! >= 0 && er[item]! < ret[empty]! && di[item]! > inv[empty]!) involved.push(put[item]!, take[item]!);
  }
  for (let i = 0; i < size; i++) if (kind[i] === LOST && inv[i]! < ret[empty]!) involved.push(i);
  for (const item of left) involved.push(put[item]!);
  return invalid(
    involved,
    (say) =>
      `${say(empty)} found nothing, but at each moment more was inside than dequeues whose answer is not known can have taken`,
  );
}

/** Which crashed dequeue took what: soonest deadlines get the earliest ones. */
function matched(columns: Columns, items: Items): readonly (readonly [take: number, item: number])[] | Finding {
  const { size, kind, inv } = columns;
  const stuck = stuckItems(columns, items);
  if ("verdict" in stuck) return stuck;
  const lost: number[] = [];
  for (let i = 0; i < size; i++) if (kind[i] === LOST) lost.push(i);
  const { put, take } = items;
  for (let n = 0; n < stuck.length; n++) {
    const { item, overtaker, deadline } = stuck[n]!;
    if (n < lost.length && inv[lost[n]!]! < deadline) continue;
    const [later, out] = [put[overtaker]!, take[overtaker]!];
    const helpers = n === 0 ? "" : `, and only ${counted(n, "dequeue")} had begun that could have taken it or others like it`;
    return invalid(
      [...stuck.slice(0, n + 1).map((one) => put[one.item]!), later, out, ...lost.slice(0, n)],
      (say) =>
        `${say(out)}, but ${say(put[item]!)} had completed before ${say(later)} began, and its value had not come out${helpers}`,
      true,
    );
  }
  return stuck.map(({ item }, n) => [lost[n]!, item]);
}

function decide(columns: Columns): Finding {
  return withLost(columns, judge, (_, items) => {
    const pairs = matched(columns, items);
    return "verdict" in pairs ? pairs : VALID;
  });
}

function settle(columns: Columns): readonly Columns[] {
  const items = itemsOf(columns);
  if ("verdict" in items) return [];
  if (items.lost === 0) return [columns];
  const pairs = matched(columns, items);
  return "verdict" in pairs ? [] : [told(columns, pairs)];
}

function replay({ kind, a, ids }: Columns, order: Int32Array): boolean {
  const inside = new Int32Array(ids);
  let head = 0;
  let tail = 0;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (kind[i] === PUT) inside[tail++] = a[i]!;
    else if (kind[i] === TAKE) {
      if (head === tail || inside[head++] !== a[i]) return false;
    } else if (kind[i] === EMPTY && head < tail) return false;
  }
  return true;
}

export const queueForm: Form = {
  name: "queue rules",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "enqueue", false),
  decide,
  settle,
  order: inQueueOrder,
  replay,
};
