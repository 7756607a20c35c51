/** What a history of a register says about each of its values, when they are all different: who wrote it, who saw it, what came next. */

import { type Columns, type Finding, invalid, uncovered } from "./form.ts";

export const READ = 1;
export const WRITE = 2;
/** A compare-and-set that succeeded, or crashed: from `a` to `b`. */
export const CAS = 3;
/** One that answered false: it found something else than `a`. */
export const MISS = 4;

/** The operations that surround a value: who wrote it, the reads of it that say most, who replaced it. -1 for nobody. */
export interface Values {
  readonly writer: Int32Array;
  readonly firstRead: Int32Array;
  readonly lastRead: Int32Array;
  readonly next: Int32Array;
  /** By value: an operation that shows that it was there. */
  readonly asked: Int32Array;
  /** By value: 1 when it surely was there: it is seen, or its write returned. Nobody can tell about the others. */
  readonly happened: Uint8Array;
  /** How many compare-and-sets failed, and how many happened. */
  readonly misses: number;
  readonly links: number;
}

/** What the operations say of each value, or what is wrong with one by itself. */
export function valuesOf(columns: Columns): Values | Finding {
  const { size, kind, a, b, ids, ret, end } = columns;
  const writer = new Int32Array(ids).fill(-1);
  const firstRead = new Int32Array(ids).fill(-1);
  const lastRead = new Int32Array(ids).fill(-1);
  const next = new Int32Array(ids).fill(-1);
  const asked = new Int32Array(ids).fill(-1);
  const happened = new Uint8Array(ids);
  let misses = 0;
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    if (what === READ) {
      const value = a[i]!;
      if (firstRead[value] === -1 || ret[i]! < ret[firstRead[value]!]!) firstRead[value] = i;
      // Operations come in order of invocation.
      lastRead[value] = i;
    } else if (what === WRITE || what === CAS) {
      const value = what === WRITE ? a[i]! : b[i]!;
      if (value === 0 || writer[value] !== -1) return uncovered("values repeat");
      writer[value] = i;
    } else if (what === MISS) misses++;
  }

  happened[0] = 1;
  // The answer that nothing can have brought about, and that returned first.
  let phantom = -1;
  let source = -1;
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    if (what === 0 || what === MISS || (what !== READ && ret[i] === end)) continue;
    let asking = i;
    for (let value = what === CAS ? b[i]! : a[i]!; happened[value] === 0; ) {
      const by = writer[value]!;
      if (by < 0) {
        if (phantom < 0 || ret[i]! < ret[phantom]!) {
          phantom = i;
          source = asking;
        }
        break;
      }
      happened[value] = 1;
      asked[value] = asking;
      if (kind[by] === WRITE) break;
      asking = by;
      value = a[by]!;
    }
  }
  const values: Values = { writer, firstRead, lastRead, next, asked, happened, misses, links: 0 };
  if (phantom >= 0) {
    return invalid(seen(columns, values, [source]), (say) => `${say(source)}, but nothing wrote that value`);
  }
  let links = 0;
  let rivals: readonly [number, number] | undefined;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== CAS || happened[b[i]!] === 0) continue;
    if (next[a[i]!] === -1) {
      next[a[i]!] = i;
      links++;
    } else rivals ??= [next[a[i]!]!, i];
  }
  if (rivals === undefined) return { ...values, links };
  const [one, other] = rivals;
  return invalid(
    seen(columns, values, [one, other, writer[a[one]!]!]),
    (say) => `${say(other)} and ${say(one)} both found the same value and replaced it, but it was written only once`,
  );
}

/** By value that was written (or the initial one): when it, and what compare-and-sets made of it one after the other, was there. */
export interface Chains {
  /** The first return, and the last invocation, of all that is in the chain; see `clash`. */
  readonly f: Int32Array;
  readonly s: Int32Array;
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
  /** How many compare-and-sets are in no chain. */
  readonly links: number;
  /** An operation that comes after one in its chain that was invoked only when it had returned (-1 for none), and its chain. */
  readonly late: number;
  readonly root: number;
}

export function chainsOf({ kind, b, ids, inv, ret, end }: Columns, values: Values): Chains {
  const { writer, firstRead, lastRead, next, happened } = values;
  const f = new Int32Array(ids).fill(end);
  const s = new Int32Array(ids).fill(-2);
  const earliest = new Int32Array(ids).fill(-1);
  const latest = new Int32Array(ids).fill(-1);
  let { links } = values;
  let late = -1;
  let lateRoot = -1;
  for (let root = 0; root < ids; root++) {
    if (happened[root] === 0 || (root > 0 && kind[writer[root]!] !== WRITE)) continue;
    let first = -1;
    let last = -1;
    for (let value = root; ; ) {
      const source = writer[value]!;
      const reader = firstRead[value]!;
      if (source >= 0) {
        if (last >= 0 && ret[source]! < inv[last]! && (late < 0 || ret[source]! < ret[late]!)) {
          late = source;
          lateRoot = root;
        }
        if (first < 0 || ret[source]! < ret[first]!) first = source;
        if (last < 0 || inv[source]! > inv[last]!) last = source;
      }
      if (reader >= 0) {
        if (last >= 0 && ret[reader]! < inv[last]! && (late < 0 || ret[reader]! < ret[late]!)) {
          late = reader;
          lateRoot = root;
        }
        if (first < 0 || ret[reader]! < ret[first]!) first = reader;
        if (last < 0 || inv[lastRead[value]!]! > inv[last]!) last = lastRead[value]!;
      }
      const link = next[value]!;
      if (link < 0) break;
      links--;
      value = b[link]!;
    }
    if (last < 0) continue;
    f[root] = root === 0 ? -1 : ret[first]!;
    s[root] = inv[last]!;
    earliest[root] = first;
    latest[root] = last;
  }
  return { f, s, earliest, latest, links, late, root: lateRoot };
}

/** With what shows that the crashed ones among these operations happened: a read of what they set, or of what came of that. */
export function seen({ kind, a, b, ret, end }: Columns, { asked }: Values, operations: readonly number[]): readonly number[] {
  const all = new Set(operations);
  for (const i of all) if (i >= 0 && ret[i] === end) all.add(asked[kind[i] === CAS ? b[i]! : a[i]!]!);
  return [...all];
}
