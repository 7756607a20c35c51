/** The closed form of a first-in-first-out queue whose values are all different (Henzinger, Sezgin, Vafeiadis; Bouajjani et al.). */

import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";
import { EMPTY, type Items, itemsOf, LOST, PENDING, PUT, readItems, TAKE, takenOnly } from "./items.ts";
import { coverOf } from "./sweep.ts";

function decide(columns: Columns): Finding {
  const items = itemsOf(columns);
  if ("verdict" in items) return items;
  const plain = judge(columns, items);
  if (items.lost === 0 || plain.verdict !== "invalid") return plain;
  const restricted = takenOnly(columns, items);
  const without = itemsOf(restricted);
  if ("verdict" in without) return without;
  const bare = judge(restricted, without);
  if (bare.verdict === "invalid") return bare;
  return items.empties > 0 ? uncovered("dequeues crashed, and others found the queue empty") : matched(columns, items);
}

/** As if no dequeue had crashed. */
function judge({ kind, a, inv, ret, events }: Columns, items: Items): Finding {
  const { put, take, er, di, count } = items;
  // What went in first and came out last, of all that was inside before now.
  let slowest = -1;
  let inside = 0;
  let vacant = 0;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === PUT && put[item] === i) {
        const out = take[item]!;
        if (out >= 0 && slowest >= 0 && di[slowest]! > ret[out]!) return overtaken(items, slowest, item);
      } else if (what === TAKE && er[item]! < rank) inside--;
    } else if (what === PUT && put[item] === i && rank === er[item]) {
      if (rank < di[item]!) inside++;
      if (slowest < 0 || di[item]! > di[slowest]!) slowest = item;
    } else if (what === EMPTY && rank === ret[i] && inside > 0 && vacant < inv[i]!) {
      return notEmpty(i, inv[i]!, rank, items, count);
    }
    if (inside === 0) vacant = rank;
  }
  return VALID;
}

function overtaken({ put, take }: Items, first: number, second: number): Finding {
  const [into, out, later, sooner] = [put[first]!, take[first]!, put[second]!, take[second]!];
  return invalid([into, out, later, sooner], (say) =>
    out < 0
      ? `${say(sooner)}, but ${say(into)} had completed before ${say(later)} began, and its value never came out`
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

/**
 * Without answers "empty": each item that never came out, although a later one did, was taken by a crashed dequeue of its own,
 * invoked before the later one was out. Soonest deadlines get the earliest crashed ones.
 */
function matched({ kind, a, size, inv, ret, events }: Columns, { put, take, er }: Items): Finding {
  // Backwards: of all items that go in after now, the one that is out soonest.
  const stuck: { readonly item: number; readonly by: number; readonly deadline: number }[] = [];
  let soonest = -1;
  for (let rank = events.length - 1; rank >= 0; rank--) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    if (kind[i] !== PUT || put[item] !== i) continue;
    if (event >= 0) {
      const out = take[item]!;
      if (out >= 0 && (soonest < 0 || ret[out]! < ret[take[soonest]!]!)) soonest = item;
    } else if (rank === er[item] && take[item]! < 0 && soonest >= 0) {
      stuck.push({ item, by: soonest, deadline: ret[take[soonest]!]! });
    }
  }
  stuck.sort((one, other) => one.deadline - other.deadline);
  const lost: number[] = [];
  for (let i = 0; i < size; i++) if (kind[i] === LOST) lost.push(i);
  for (let n = 0; n < stuck.length; n++) {
    const { item, by, deadline } = stuck[n]!;
    if (n < lost.length && inv[lost[n]!]! < deadline) continue;
    const involved = stuck.slice(0, n + 1).flatMap((one) => [put[one.item]!, put[one.by]!, take[one.by]!]);
    return invalid(
      [...involved, ...lost.filter((one) => inv[one]! < deadline)],
      (say) =>
        `${say(take[by]!)}, but ${say(put[item]!)} had completed before ${say(put[by]!)} began, its value never came out, and there are not enough crashed dequeues that could have taken it`,
      true,
    );
  }
  return VALID;
}

export const queueForm: Form = {
  name: "queue rules",
  pending: PENDING,
  byValue: true,
  read: (operations) => readItems(operations, "enqueue", false),
  decide,
};
