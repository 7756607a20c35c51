/** Compare-and-sets that failed: is there a moment at which the register surely held something else, or surely did not? */

import { type Columns, type Finding, invalid, uncovered, VALID } from "./form.ts";
import { MISS, seen, type Values } from "./zones-values.ts";

/**
 * Each value is there for one period, and periods have a forced order where one is seen before the other. A failed
 * compare-and-set fits when, in *every* order, its time meets a moment without its value; it does not when its value is seen
 * before it and after it. What lies between is left to the search. Crashed writes that nobody saw do not matter: without them
 * the first kind fits already, and into a period that is seen on both sides none of them fits.
 */
export function missed(columns: Columns, values: Values): Finding {
  const { writer, firstRead, lastRead, next, happened } = values;
  const { size, kind, a, ids, inv, ret, end } = columns;
  // From when, and until when, each value is seen: f is -1 for the initial value, s is -2 when nobody saw it.
  const f = new Int32Array(ids).fill(end);
  const s = new Int32Array(ids).fill(-2);
  for (let value = 0; value < ids; value++) {
    if (happened[value] === 0) continue;
    if (value === 0) f[0] = -1;
    for (const one of [writer[value]!, firstRead[value]!, lastRead[value]!, next[value]!]) {
      if (one < 0) continue;
      f[value] = Math.min(f[value]!, ret[one]!);
      s[value] = Math.max(s[value]!, inv[one]!);
    }
  }
  const begun = extremes(f, s, ids, end, happened, true);
  const ended = extremes(s, f, ids, end, happened, false);
  const forward = new Int32Array(end + 1).fill(-1);
  for (let value = 0; value < ids; value++) {
    if (happened[value] === 1 && f[value]! < s[value]! && f[value]! >= 0) forward[f[value]!] = value;
  }
  // At each rank, the last two values that are seen over some time from there or earlier on.
  const zone = new Int32Array(end + 1);
  const zoneBefore = new Int32Array(end + 1);
  let now = s[0]! > -1 ? 0 : -1;
  let before = -1;
  for (let rank = 0; rank <= end; rank++) {
    if (forward[rank]! >= 0 && forward[rank] !== now) {
      before = now;
      now = forward[rank]!;
    }
    zone[rank] = now;
    zoneBefore[rank] = before;
  }
  let doubtful = -1;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== MISS) continue;
    const value = a[i]!;
    if (happened[value] === 0) continue;
    const from = inv[i]!;
    const to = ret[i]!;
    if (value !== 0 && from < inv[writer[value]!]!) continue;
    // Another value that must come later has been seen already, or one that must come before is yet to be seen.
    const latest = begun.first[from] === value ? begun.second[from]! : begun.first[from]!;
    if (latest >= 0 && s[latest]! > f[value]!) continue;
    const soonest = ended.first[to] === value ? ended.second[to]! : ended.first[to]!;
    if (soonest >= 0 && f[soonest]! < s[value]!) continue;
    const held = zone[to] === value ? zoneBefore[to]! : zone[to]!;
    if (held >= 0 && held !== value && s[held]! > from) continue;
    if (f[value]! < from && to < s[value]!) {
      const around = [writer[value]!, firstRead[value]!, lastRead[value]!, next[value]!];
      const after = around.find((one) => one >= 0 && inv[one] === s[value])!;
      return invalid(
        seen(columns, values, [i, after, ...around]),
        (say) => `${say(i)}, but ${say(after)} says that this value was there all that time`,
      );
    }
    doubtful = i;
  }
  return doubtful < 0 ? VALID : uncovered("a failed compare-and-set may or may not have found its value");
}

/**
 * By rank: of the values whose `at` lies before it (or, backwards, after it), the two with the largest (smallest) `by`; -1 for none.
 */
function extremes(at: Int32Array, by: Int32Array, ids: number, end: number, happened: Uint8Array, upwards: boolean) {
  const there = new Int32Array(end + 2).fill(-1);
  const first = new Int32Array(end + 1).fill(-1);
  const second = new Int32Array(end + 1).fill(-1);
  let best = -1;
  let next = -1;
  const better = (one: number, other: number) => other < 0 || (upwards ? by[one]! > by[other]! : by[one]! < by[other]!);
  const take = (value: number) => {
    if (better(value, best)) {
      next = best;
      best = value;
    } else if (better(value, next)) next = value;
  };
  for (let value = 0; value < ids; value++) {
    if (happened[value] === 0) continue;
    if (at[value] === -1 && upwards) take(value);
    else if (at[value]! >= 0 && at[value]! < end) there[at[value]!] = value;
  }
  for (let step = 0; step < end; step++) {
    const rank = upwards ? step : end - 1 - step;
    first[rank] = best;
    second[rank] = next;
    if (there[rank]! >= 0) take(there[rank]!);
  }
  return { first, second };
}
