/** The closed form of a set that only grows and is read whole: its reads must be a chain, each within the next. */

import { type Columns, type Finding, invalid, VALID } from "./form.ts";
import { Schedule } from "./schedule.ts";

/** Elements and reads in the one order that the reads force: what a read is the first to show stands before it. */
export function chained({ size, kind, a, ids, inv, ret, end, from, list }: Columns, ADD: number, READ: number): Finding {
  // An element comes with any of its adds: not before the first is invoked, not after the first has returned.
  const source = new Int32Array(ids).fill(-1);
  const added = new Int32Array(ids).fill(-1);
  const reads: number[] = [];
  for (let i = 0; i < size; i++) {
    if (kind[i] === READ) reads.push(i);
    if (kind[i] !== ADD) continue;
    const element = a[i]!;
    if (source[element] === -1) source[element] = i;
    if (ret[i] !== end && (added[element] === -1 || ret[i]! < ret[added[element]!]!)) added[element] = i;
  }
  const sizeOf = (one: number) => from![one + 1]! - from![one]!;
  reads.sort((one, other) => sizeOf(one) - sizeOf(other));
  // By element: the first read in the chain that shows it; the last read that was looked at and shows it.
  const shown = new Int32Array(ids).fill(-1);
  const stamp = new Int32Array(ids).fill(-1);
  // The latest to be invoked of all so far; of what is smaller than the read at hand; and of that and what it is first to show.
  let latest = -1;
  let before = -1;
  let base = -1;
  let previous = -1;
  const later = (one: number, other: number) => (one < 0 || (other >= 0 && inv[other]! > inv[one]!) ? other : one);
  const reader = (one: number): number => (kind[one] === READ ? one : shown[a[one]!]!);
  const late = (one: number, cause: number): Finding =>
    invalid(
      kind[one] === ADD ? [one, cause, reader(cause)] : kind[cause] === ADD ? [one] : [one, cause],
      (say) => tooLate(say(one), say(cause), kind[one] === READ, kind[cause] === READ),
      true,
    );
  for (const one of reads) {
    let known = 0;
    const begin = from![one]!;
    const stop = from![one + 1]!;
    if (previous >= 0 && sizeOf(previous) < stop - begin) {
      before = latest;
      base = latest;
    }
    for (let at = begin; at < stop; at++) {
      const element = list![at]!;
      if (stamp[element] === one) return invalid([one], (say) => `${say(one)} shows an element twice`, true);
      stamp[element] = one;
      if (shown[element] !== -1) {
        known++;
        continue;
      }
      if (source[element] === -1) return invalid([one], (say) => `${say(one)} shows an element that nothing added`, true);
    }
    if (previous >= 0 && known < sizeOf(previous)) return apart({ from: from!, list: list!, source }, previous, one, stamp);
    for (let at = begin; at < stop; at++) {
      const element = list![at]!;
      if (shown[element] !== -1) continue;
      shown[element] = one;
      const first = source[element]!;
      const done = added[element]!;
      // New elements come after all smaller reads, and the reads that show them come after them.
      if (done >= 0 && before >= 0 && ret[done]! < inv[before]!) return late(done, before);
      base = later(base, first);
    }
    if (base >= 0 && ret[one]! < inv[base]!) return late(one, base);
    latest = later(later(latest, base), one);
    previous = one;
  }
  for (let element = 0; element < ids; element++) {
    const done = added[element]!;
    if (shown[element] !== -1 || done < 0 || latest < 0 || ret[done]! >= inv[latest]!) continue;
    const without = reader(latest);
    return invalid(
      [done, latest, without],
      (say) =>
        latest === without
          ? `${say(done)} had completed before ${say(latest)} began, which does not show it`
          : `${say(done)} had completed before ${say(latest)} began, but ${say(without)}, which shows that, does not show it`,
      true,
    );
  }
  return VALID;
}

function tooLate(one: string, cause: string, isRead: boolean, causeIsRead: boolean): string {
  if (isRead && !causeIsRead) return `${one} shows what ${cause} added, which was not even invoked when it returned`;
  if (isRead) return `${one} shows more than ${cause}, which was invoked only when it had returned`;
  return `${one} had completed before ${cause} began, which does not show it`;
}

/** Two reads of which neither holds the other. */
function apart(
  { from, list, source }: { readonly from: Int32Array; readonly list: Int32Array; readonly source: Int32Array },
  one: number,
  other: number,
  stamp: Int32Array,
): Finding {
  let missing = -1;
  const inOne = new Uint8Array(source.length);
  for (let at = from[one]!; at < from[one + 1]!; at++) {
    inOne[list[at]!] = 1;
    if (stamp[list[at]!] !== other) missing = list[at]!;
  }
  let at = from[other]!;
  while (inOne[list[at]!] === 1) at++;
  const extra = list[at]!;
  return invalid(
    [one, other, source[missing]!, source[extra]!],
    (say) =>
      `${say(one)} shows what ${say(source[missing]!)} added and not what ${say(source[extra]!)} added, and ${say(other)} the other way round`,
    true,
  );
}

/** An order of what `chained` calls valid: each read after what it is the first to show; what no read shows last. */
export function inChain(columns: Columns, ADD: number, READ: number): Int32Array {
  const { size, kind, a, ids, inv, ret, end, from, list } = columns;
  const reads: number[] = [];
  const source = new Int32Array(ids).fill(-1);
  for (let i = 0; i < size; i++) {
    if (kind[i] === READ) reads.push(i);
    else if (kind[i] === ADD && source[a[i]!] === -1) source[a[i]!] = i;
  }
  reads.sort((one, other) => from![one + 1]! - from![one]! - (from![other + 1]! - from![other]!));
  const schedule = new Schedule(columns);
  // By element: from when on it is there.
  const since = new Int32Array(ids).fill(-1);
  let latest = 0;
  let shown = 0;
  for (let n = 0; n < reads.length; ) {
    const length = from![reads[n]! + 1]! - from![reads[n]!]!;
    if (length > shown) {
      const base = latest;
      for (let at = from![reads[n]!]!; at < from![reads[n]! + 1]!; at++) {
        const element = list![at]!;
        const first = source[element]!;
        if (first < 0 || since[element] !== -1) continue;
        since[element] = Math.max(base, inv[first]!);
        latest = Math.max(latest, since[element]!);
        schedule.put(first, since[element]!);
      }
      shown = length;
    }
    const base = latest;
    for (; n < reads.length && from![reads[n]! + 1]! - from![reads[n]!]! === length; n++) {
      const moment = Math.max(base, inv[reads[n]!]!);
      latest = Math.max(latest, moment);
      schedule.put(reads[n]!, moment);
    }
  }
  for (let i = 0; i < size; i++) {
    if (kind[i] !== ADD || i === (since[a[i]!] === -1 ? -1 : source[a[i]!])) continue;
    if (ret[i] !== end) schedule.put(i, Math.max(inv[i]!, since[a[i]!] === -1 ? latest : since[a[i]!]!));
  }
  schedule.putIdle(columns);
  return schedule.order();
}
