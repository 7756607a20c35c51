/** An order of a valid queue: first which item goes in before which, then each operation as late as it may be, or as soon as it can. */

import type { Columns } from "./form.ts";
import { EMPTY, type Items, itemsOf, PUT, TAKE } from "./items.ts";
import { Heap } from "./sweep.ts";

/**
 * One item comes before another when its enqueue returned before the other's began, or its dequeue did. Of the items that
 * nothing comes before, the one whose dequeue begins first is next: so whatever must be out at a moment at which the queue is
 * found empty stands before what need not be in by then. (An item is in when it is out, and out only when it has begun to go in.)
 */
function sequence({ kind, a, inv, ret, events }: Columns, { put, di, count }: Items): Int32Array | undefined {
  const entering = new Int32Array(count);
  // In the order in which they must have been in.
  const entered = new Int32Array(count);
  let enterings = 0;
  let entries = 0;
  // A return cannot be the first event of all.
  const since = new Int32Array(count);
  const out = di.slice();
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    if (kind[i] !== PUT && kind[i] !== TAKE) continue;
    if (event >= 0) {
      if (kind[i] === TAKE || put[item] !== i) continue;
      entering[enterings++] = item;
      if (out[item]! < rank) out[item] = rank;
    } else if (rank === ret[i] && put[item]! >= 0 && since[item] === 0) {
      since[item] = rank;
      entered[entries++] = item;
    }
  }
  const chosen = new Uint8Array(count);
  const ready = new Heap(out);
  const order = new Int32Array(enterings);
  let begun = 0;
  let first = 0;
  for (let n = 0; n < order.length; n++) {
    while (first < entries && chosen[entered[first]!] === 1) first++;
    const deadline = first < entries ? since[entered[first]!]! : Infinity;
    while (begun < enterings && inv[put[entering[begun]!]!]! < deadline) ready.push(entering[begun++]!);
    if (ready.size === 0) return undefined;
    const item = ready.pop();
    chosen[item] = 1;
    order[n] = item;
  }
  return order;
}

/** Puts in what must be in, in that sequence; takes out as soon as both ends of the first item have begun. */
export function inQueueOrder(columns: Columns): Int32Array | undefined {
  const { size, kind, a, ret, end, events } = columns;
  const items = itemsOf(columns);
  if ("verdict" in items) return undefined;
  const { put, take, count } = items;
  const inTurn = sequence(columns, items);
  if (inTurn === undefined) return undefined;
  const turn = new Int32Array(count);
  for (let n = 0; n < inTurn.length; n++) turn[inTurn[n]!] = n;
  const putBegun = new Uint8Array(count);
  const takeBegun = new Uint8Array(count);
  const order = new Int32Array(size);
  const waiting: number[] = [];
  let length = 0;
  let entered = 0;
  let left = 0;
  const enter = (): void => {
    order[length++] = put[inTurn[entered++]!]!;
  };
  const leave = (): void => {
    if (entered === left) enter();
    order[length++] = take[inTurn[left++]!]!;
    while (entered === left && waiting.length > 0) order[length++] = waiting.pop()!;
  };
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    const item = a[i]!;
    const what = kind[i]!;
    if (event >= 0) {
      if (what === PUT) putBegun[item] = 1;
      else if (what === TAKE) takeBegun[item] = 1;
      else if (what === EMPTY) {
        if (entered === left) order[length++] = i;
        else waiting.push(i);
      } else if (what === 0 && ret[i] !== end) order[length++] = i;
      while (left < inTurn.length && takeBegun[inTurn[left]!] === 1 && putBegun[inTurn[left]!] === 1) leave();
    } else if (ret[i] === rank && put[item] === i && what === PUT) {
      while (entered <= turn[item]!) enter();
    } else if (ret[i] === rank && what === TAKE) {
      while (left <= turn[item]!) leave();
    }
  }
  return order.subarray(0, length);
}
