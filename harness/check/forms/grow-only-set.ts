/** The closed form of a set that only grows and is read whole: its reads must be a chain, each within the next. */

import { type Columns, type Finding, invalid, VALID } from "./form.ts";

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
  const late = (one: number, cause: number, because: readonly number[]): Finding =>
    invalid(
      [one, cause, reader(cause), ...because],
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
      if (done >= 0 && before >= 0 && ret[done]! < inv[before]!) return late(done, before, [one, first]);
      base = later(base, first);
    }
    if (base >= 0 && ret[one]! < inv[base]!) return late(one, base, []);
    latest = later(later(latest, base), one);
    previous = one;
  }
  for (let element = 0; element < ids; element++) {
    const done = added[element]!;
    if (shown[element] !== -1 || done < 0 || latest < 0 || ret[done]! >= inv[latest]!) continue;
    const without = reader(latest);
    return invalid(
      [done, latest, without],
      (say) => `${say(done)} had completed before ${say(latest)} began, but ${say(without)} does not show it`,
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
  for (let at = from[one]!; at < from[one + 1]!; at++) if (stamp[list[at]!] !== other) missing = list[at]!;
  const inOne = new Set(list.subarray(from[one]!, from[one + 1]!));
  const extra = list.subarray(from[other]!, from[other + 1]!).find((element) => !inOne.has(element))!;
  return invalid(
    [one, other, source[missing]!, source[extra]!],
    (say) =>
      `${say(one)} shows what ${say(source[missing]!)} added and not what ${say(source[extra]!)} added, and ${say(other)} the other way round`,
    true,
  );
}
