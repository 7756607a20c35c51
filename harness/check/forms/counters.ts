/** The closed forms of counters: blind additions with reads, additions that answer the sum before, and identifiers. */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { Schedule } from "./schedule.ts";
import { Heap } from "./sweep.ts";

const ADD = 1;
/** A read; for fetch-add, one that answered. */
const READ = 2;

/** `x` is an amount, or what was read; divided by the one amount that is added, and from 0. */
function readCounter(operations: readonly Operation[], model: Model): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const x = new Float64Array(size);
  let amount = 0;
  for (let i = 0; i < size; i++) {
    const { input, output } = operations[i]!;
    const { f, value } = input as { readonly f: string; readonly value?: unknown };
    if (f === "add") {
      if (!Number.isSafeInteger(value)) return "an amount is no whole number";
      if (value === 0) continue;
      if (amount !== 0 && value !== amount) return "different amounts are added";
      amount = value as number;
      kind[i] = ADD;
    } else if (output !== undefined) {
      kind[i] = READ;
      x[i] = typeof output === "number" ? output - (model.init as number) : Number.NaN;
    }
  }
  const a = new Int32Array(0);
  if (amount !== 0) for (let i = 0; i < size; i++) x[i]! /= amount;
  return { size, kind, a, b: a, ids: 0, ...ranked(operations), x };
}

/**
 * Lazily: an addition happens only when it must, for it returns, or for a read returns that shows more than there is. Those
 * that are due soonest go first. `sum` at the invocation of a read is the least it can have seen.
 */
function decideCounter(columns: Columns): Finding {
  const { size, kind, x, ret, end, events } = columns;
  const open = new Heap(ret);
  const done = new Uint8Array(size);
  const least = new Int32Array(size);
  let sum = 0;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    if (event >= 0) {
      if (kind[i] === ADD) open.push(i);
      else least[i] = sum;
    } else if (ret[i] !== end && kind[i] === ADD) {
      while (done[i] === 0) {
        done[open.pop()] = 1;
        sum++;
      }
    } else if (ret[i] !== end && kind[i] === READ) {
      const shown = x![i]!;
      if (!(shown >= 0 && Number.isInteger(shown))) return noSum(i);
      if (shown < least[i]!) return tooLittle(i, columns);
      while (sum < shown && open.size > 0) {
        done[open.pop()] = 1;
        sum++;
      }
      if (sum < shown) return tooMuch(i);
    }
  }
  return VALID;
}

function noSum(one: number): Finding {
  return invalid([one], (say) => `${say(one)}, but no number of the additions makes that sum`, true);
}

function tooMuch(one: number): Finding {
  return invalid([one], (say) => `${say(one)}, but all additions that had begun by then make less`, true);
}

/** A sum that had been passed: by what a read before it showed, and the additions that began after that read and completed. */
function tooLittle(one: number, { size, kind, x, inv, ret, events }: Columns): Finding {
  const shown = x![one]!;
  const now = inv[one]!;
  let after = 0;
  let since = -1;
  for (let rank = now - 1; rank >= 0 && since < 0; rank--) {
    const event = events[rank]!;
    if (event >= 0 && kind[event] === ADD && ret[event]! < now) after++;
    if (event >= 0 || kind[-1 - event] !== READ) continue;
    const seen = x![-1 - event]!;
    if (seen > 0 && seen + after > shown) since = -1 - event;
  }
  const start = since < 0 ? -1 : ret[since]!;
  const needed = Math.floor(shown - (since < 0 ? 0 : x![since]!)) + 1;
  const adds: number[] = [];
  for (let i = 0; i < size && adds.length < needed; i++) {
    if (kind[i] === ADD && inv[i]! > start && ret[i]! < now) adds.push(i);
  }
  return invalid(
    [one, since, ...adds],
    (say) =>
      since < 0
        ? `${say(one)}, but more had been added when it began, last by ${say(adds.at(-1) ?? one)}`
        : `${say(one)}, but ${say(since)} had completed before it began, and nothing was taken away since`,
    true,
  );
}

/** What `decideCounter` does, told: an addition stands where it is done; a read where the sum is first what it shows. */
function orderCounter(columns: Columns): Int32Array {
  const { size, kind, x, ret, end, events } = columns;
  const open = new Heap(ret);
  const done = new Uint8Array(size);
  const order = new Int32Array(size);
  // By sum that is yet to come: the reads that wait for it.
  const waiting = new Map<number, number[]>();
  let length = 0;
  let sum = 0;
  const take = (i: number): void => {
    done[i] = 1;
    order[length++] = i;
  };
  const add = (): void => {
    take(open.pop());
    for (const reader of waiting.get(++sum) ?? []) if (done[reader] === 0) take(reader);
    waiting.delete(sum);
  };
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    if (event >= 0) {
      if (kind[i] === ADD) open.push(i);
      else if (kind[i] === 0) {
        if (ret[i] !== end) take(i);
      } else if (x![i] === sum) take(i);
      else {
        const others = waiting.get(x![i]!);
        if (others === undefined) waiting.set(x![i]!, [i]);
        else others.push(i);
      }
    } else if (rank === ret[i] && done[i] === 0) {
      if (kind[i] === ADD) while (done[i] === 0 && open.size > 0) add();
      else while (done[i] === 0 && open.size > 0 && sum < x![i]!) add();
    }
  }
  return order.subarray(0, length);
}

function replayCounter({ kind, x }: Columns, order: Int32Array): boolean {
  let sum = 0;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (kind[i] === ADD) sum++;
    else if (kind[i] === READ && x![i] !== sum) return false;
  }
  return true;
}

export const counterForm: Form = {
  name: "lazy counting",
  pending: [0, ADD, 0],
  read: readCounter,
  decide: decideCounter,
  order: orderCounter,
  replay: replayCounter,
};

const FETCH = 1;
const ANSWERED = 2;

function readFetchAdd(operations: readonly Operation[], model: Model): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const x = new Float64Array(size);
  let amount = 0;
  for (let i = 0; i < size; i++) {
    const { input, output, outcome } = operations[i]!;
    const { value } = input as { readonly value?: unknown };
    if (!Number.isSafeInteger(value) || value === 0) return "an amount is 0 or no whole number";
    if (amount !== 0 && value !== amount) return "different amounts are added";
    amount = value as number;
    kind[i] = outcome === "ok" ? ANSWERED : FETCH;
    if (outcome !== "ok") continue;
    if (output === undefined) return "an answer is not known";
    x[i] = typeof output === "number" ? output - (model.init as number) : Number.NaN;
  }
  const a = new Int32Array(0);
  for (let i = 0; i < size; i++) x[i]! /= amount;
  return { size, kind, a, b: a, ids: 0, ...ranked(operations), x };
}

/** Each answer is a place in the one order; places that nobody answered are for crashed ones, the earliest first. */
function decideFetchAdd(columns: Columns): Finding {
  const { size, kind, x, inv, ret, end, events } = columns;
  const at = new Int32Array(size).fill(-1);
  let last = -1;
  let begun = 0;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    if (event >= 0) begun++;
    const i = -1 - event;
    if (event >= 0 || ret[i] === end || kind[i] !== ANSWERED) continue;
    const place = x![i]!;
    if (!(place >= 0 && Number.isInteger(place))) return noSum(i);
    if (place >= begun) return tooFew(i);
    const other = at[place]!;
    if (other !== -1) {
      return invalid([other, i], (say) => `${say(i)}, but ${say(other)} was told the same, and it added to it`, true);
    }
    at[place] = i;
    last = Math.max(last, place);
  }
  // By place: of all that stand there or later, what returns first.
  const soonest = new Int32Array(last + 2).fill(-1);
  for (let place = last; place >= 0; place--) {
    const one = at[place]!;
    const after = soonest[place + 1]!;
    soonest[place] = one >= 0 && (after < 0 || ret[one]! < ret[after]!) ? one : after;
  }
  let crashed = 0;
  let latest = -1;
  for (let place = 0; place <= last; place++) {
    let one = at[place]!;
    if (one < 0) {
      while (crashed < size && (kind[crashed] !== FETCH || ret[crashed] !== end)) crashed++;
      const hurry = soonest[place]!;
      if (crashed === size || inv[crashed]! > ret[hurry]!) {
        return crowded(columns, hurry);
      }
      one = crashed++;
    } else if (latest >= 0 && ret[one]! < inv[latest]!) {
      const cause = latest;
      return invalid(
        [one, cause],
        (say) => `${say(one)}, but ${say(cause)} was told less, and was invoked only when the other had returned`,
        true,
      );
    }
    if (latest < 0 || inv[one]! > inv[latest]!) latest = one;
  }
  return VALID;
}

function tooFew(one: number): Finding {
  return invalid([one], (say) => `${say(one)}, but fewer additions than that had begun when it returned`, true);
}

/** Enough additions had begun when it returned, but some of them were told more than it was. */
function crowded({ size, kind, x, inv, ret }: Columns, one: number): Finding {
  const others: number[] = [];
  let begun = 0;
  for (let i = 0; i < size && inv[i]! < ret[one]!; i++) {
    if (i === one) continue;
    begun++;
    if (kind[i] === ANSWERED && x![i]! > x![one]!) others.push(i);
  }
  return invalid(
    [one, ...others.slice(0, begun - x![one]! + 1)],
    (say) => `${say(one)}, but of the additions that had begun when it returned, too many were told more`,
    true,
  );
}

/** By answer; places that nobody answered are for the crashed ones, the earliest first. */
function orderFetchAdd(columns: Columns): Int32Array {
  const { size, kind, x, inv, ret, end } = columns;
  const at = new Int32Array(size).fill(-1);
  let last = -1;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== ANSWERED) continue;
    at[x![i]!] = i;
    last = Math.max(last, x![i]!);
  }
  const schedule = new Schedule(columns);
  let crashed = 0;
  let latest = 0;
  for (let place = 0; place <= last && place < size; place++) {
    let one = at[place]!;
    if (one < 0) {
      while (crashed < size && (kind[crashed] !== FETCH || ret[crashed] !== end)) crashed++;
      if (crashed === size) break;
      one = crashed++;
    }
    latest = Math.max(latest, inv[one]!);
    schedule.put(one, latest);
  }
  return schedule.order();
}

function replayFetchAdd({ kind, x }: Columns, order: Int32Array): boolean {
  for (let n = 0; n < order.length; n++) if (kind[order[n]!] === ANSWERED && x![order[n]!] !== n) return false;
  return true;
}

export const fetchAddForm: Form = {
  name: "one order",
  pending: [0, FETCH, FETCH],
  read: readFetchAdd,
  decide: decideFetchAdd,
  order: orderFetchAdd,
  replay: replayFetchAdd,
};

const GIVEN = 1;

function readIds(operations: readonly Operation[]): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    const { output } = operations[i]!;
    if (output === undefined) continue;
    kind[i] = GIVEN;
    a[i] = numbers.of(output);
  }
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations) };
}

function decideIds({ size, kind, a, ids, ret }: Columns): Finding {
  const given = new Int32Array(ids).fill(-1);
  let worst: readonly [number, number] | undefined;
  for (let i = 0; i < size; i++) {
    if (kind[i] === 0) continue;
    const other = given[a[i]!]!;
    if (other < 0 || ret[i]! < ret[other]!) given[a[i]!] = i;
    if (other < 0) continue;
    if (worst === undefined || Math.max(ret[i]!, ret[other]!) < Math.max(ret[worst[0]]!, ret[worst[1]]!)) worst = [other, i];
  }
  if (worst === undefined) return VALID;
  const [one, other] = worst;
  return invalid([one, other], (say) => `${say(other)}, but ${say(one)} was given the same`);
}

/** Whatever the order: all that returned, as it was invoked. */
function orderIds({ size, ret, end }: Columns): Int32Array {
  const order = new Int32Array(size);
  let length = 0;
  for (let i = 0; i < size; i++) if (ret[i] !== end) order[length++] = i;
  return order.subarray(0, length);
}

function replayIds({ kind, a, ids }: Columns, order: Int32Array): boolean {
  const given = new Uint8Array(ids);
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (kind[i] === 0) continue;
    if (given[a[i]!] === 1) return false;
    given[a[i]!] = 1;
  }
  return true;
}

export const uniqueIdsForm: Form = {
  name: "no duplicates",
  pending: [0, 0],
  read: readIds,
  decide: decideIds,
  order: orderIds,
  replay: replayIds,
};
