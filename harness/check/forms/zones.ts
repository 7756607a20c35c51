/** The closed form of registers, with and without compare-and-set, whose values are all different: zones (Gibbons and Korach). */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";
import { missed } from "./misses.ts";
import { clash } from "./sweep.ts";

const READ = 1;
const WRITE = 2;
/** A compare-and-set that succeeded, or crashed: from `a` to `b`. */
const CAS = 3;
/** One that answered false: it found something else than `a`. */
const MISS = 4;

interface RegisterLike {
  readonly f: string;
  readonly value?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Value 0 is the initial one. */
function read(operations: readonly Operation[], model: Model): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const b = new Int32Array(size);
  const numbers = new Numbers(size);
  numbers.of(model.init);
  for (let i = 0; i < size; i++) {
    const { input, output, outcome } = operations[i]!;
    const { f, value, from, to } = input as RegisterLike;
    switch (f) {
      case "read":
      case "get":
        // An answer that nobody knows fits anything.
        if (output === undefined) continue;
        kind[i] = READ;
        a[i] = numbers.of(output);
        continue;
      case "write":
      case "put":
        kind[i] = WRITE;
        a[i] = numbers.of(value);
        continue;
      case "cas":
        if (outcome === "ok" && typeof output !== "boolean") return "a compare-and-set has no answer";
        kind[i] = output === false ? MISS : CAS;
        a[i] = numbers.of(from);
        b[i] = numbers.of(to);
        continue;
      default:
        return `"${f}" makes values of values`;
    }
  }
  return { size, kind, a, b, ids: numbers.count, ...ranked(operations) };
}

/** The operations that surround a value: who wrote it, the reads of it that say most, who replaced it. -1 for nobody. */
interface Values {
  readonly writer: Int32Array;
  readonly firstRead: Int32Array;
  readonly lastRead: Int32Array;
  readonly next: Int32Array;
  /** By value: an operation that shows that it was there. */
  readonly asked: Int32Array;
}

function decide(columns: Columns): Finding {
  const { size, kind, a, b, ids, inv, ret, end } = columns;
  const writer = new Int32Array(ids).fill(-1);
  const firstRead = new Int32Array(ids).fill(-1);
  const lastRead = new Int32Array(ids).fill(-1);
  const next = new Int32Array(ids).fill(-1);
  const asked = new Int32Array(ids).fill(-1);
  const values: Values = { writer, firstRead, lastRead, next, asked };
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

  // What happened: all that returned, and what crashed and is seen. Nobody can tell whether the others did (see misses.ts).
  const happened = new Uint8Array(ids);
  happened[0] = 1;
  const need = (value: number, by: number): Finding | undefined => {
    for (let at = value, asking = by; happened[at] === 0; ) {
      const source = writer[at]!;
      if (source < 0) return invalid(seen(columns, values, [asking]), (say) => `${say(asking)}, but nothing wrote that value`);
      happened[at] = 1;
      asked[at] = asking;
      if (kind[source] === WRITE) return undefined;
      asking = source;
      at = a[source]!;
    }
    return undefined;
  };
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    const phantom =
      what === READ
        ? need(a[i]!, i)
        : ret[i] === end
          ? undefined
          : what === WRITE
            ? need(a[i]!, i)
            : what === CAS
              ? need(b[i]!, i)
              : undefined;
    if (phantom !== undefined) return phantom;
  }
  let links = 0;
  let rivals: readonly [number, number] | undefined;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== CAS || happened[b[i]!] === 0) continue;
    if (next[a[i]!] !== -1) {
      rivals ??= [next[a[i]!]!, i];
      continue;
    }
    next[a[i]!] = i;
    links++;
  }
  if (rivals !== undefined) {
    const [one, other] = rivals;
    return invalid(
      seen(columns, values, [one, other, writer[a[one]!]!]),
      (say) => `${say(other)} and ${say(one)} both found the same value and replaced it, but it was written only once`,
    );
  }

  // Chains: a value written (or the initial one), and what compare-and-sets made of it, one after the other.
  const f = new Int32Array(ids).fill(end);
  const s = new Int32Array(ids).fill(-2);
  const earliest = new Int32Array(ids).fill(-1);
  const latest = new Int32Array(ids).fill(-1);
  for (let root = 0; root < ids; root++) {
    if (happened[root] === 0 || (root > 0 && kind[writer[root]!] !== WRITE)) continue;
    let first = -1;
    let last = -1;
    for (let value = root; ; ) {
      const source = writer[value]!;
      const reader = firstRead[value]!;
      if (source >= 0) {
        if (last >= 0 && ret[source]! < inv[last]!) return backwards(columns, values, source, root);
        if (first < 0 || ret[source]! < ret[first]!) first = source;
        if (last < 0 || inv[source]! > inv[last]!) last = source;
      }
      if (reader >= 0) {
        if (last >= 0 && ret[reader]! < inv[last]!) return backwards(columns, values, reader, root);
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
  if (links > 0) return circle(columns, values, happened);

  const clashing = clash(f, s, ids, end);
  if (clashing !== undefined) {
    const [zone, other] = clashing;
    const carriers = [zone, other].flatMap((root) => [writer[root]!, earliest[root]!, latest[root]!]);
    const segment = [...between(columns, values, zone, latest[zone]!), ...between(columns, values, other, latest[other]!)];
    const before = zone === 0 ? "at the start" : "";
    return invalid(seen(columns, values, [...carriers, ...segment]), (say) => {
      const since = zone === 0 ? before : `since ${say(earliest[zone]!)}`;
      const overtaken = [earliest[other]!, latest[other]!, writer[other]!].filter((one) => one >= 0);
      const within = overtaken.find((one) => ret[one]! < s[zone]! && one !== latest[zone]) ?? overtaken[0]!;
      return `${say(latest[zone]!)} needs a value that was there ${since}, but ${say(within)} says that another value was there in between, and nothing wrote the old one again`;
    });
  }
  return misses === 0 ? VALID : missed(columns, { ...values, happened });
}

/** `late` comes after all before it in its chain, but returned before one of them was even invoked. */
function backwards(columns: Columns, values: Values, late: number, root: number): Finding {
  const { writer, lastRead, next } = values;
  const { kind, a, b, inv, ret } = columns;
  const target = kind[late] === READ ? a[late]! : kind[late] === WRITE ? a[late]! : b[late]!;
  let cause = -1;
  let since: number[] = [];
  for (let value = root; ; value = b[next[value]!]!) {
    since.push(writer[value]!);
    for (const one of [writer[value]!, lastRead[value]!]) {
      if (one < 0 || one === late || inv[one]! < ret[late]!) continue;
      cause = one;
      since = [writer[value]!];
    }
    if (value === target) break;
  }
  const cut = since.length > 12 ? since.slice(-12) : since;
  return invalid(seen(columns, values, [late, cause, ...cut]), (say) =>
    kind[late] === READ && writer[target] === cause
      ? `${say(late)}, but ${say(cause)}, which alone wrote that value, was not even invoked when it returned`
      : `${say(late)}, but ${say(cause)} found a value that had been replaced by then, and was invoked only afterwards`,
  );
}

/** With what shows that the crashed ones among these operations happened: a read of what they set, or of what came of that. */
function seen({ kind, a, b, ret, end }: Columns, { asked }: Values, operations: readonly number[]): readonly number[] {
  const all = new Set(operations);
  for (const i of all) if (i >= 0 && ret[i] === end) all.add(asked[kind[i] === CAS ? b[i]! : a[i]!]!);
  return [...all];
}

/** The compare-and-sets of a chain from its root to where `last` stands, no more than a dozen of them. */
function between({ kind, a, b }: Columns, { writer, next }: Values, root: number, last: number): readonly number[] {
  const target = kind[last] === CAS ? b[last]! : a[last]!;
  const links: number[] = [];
  for (let value = root; value !== target && next[value]! >= 0 && links.length <= 12; ) {
    const link = next[value]!;
    links.push(link);
    value = b[link]!;
  }
  return links.length > 12 ? [writer[root]!] : links;
}

/** Compare-and-sets that only have their values from each other. */
function circle(columns: Columns, values: Values, happened: Uint8Array): Finding {
  const { size, kind, a, b, ids } = columns;
  const { writer } = values;
  const reached = new Uint8Array(ids);
  for (let i = 0; i < size; i++) {
    if (kind[i] !== CAS || happened[b[i]!] === 0) continue;
    const path: number[] = [];
    let at = b[i]!;
    while (at !== 0 && reached[at] === 0 && kind[writer[at]!] === CAS) {
      reached[at] = 2;
      path.push(writer[at]!);
      at = a[writer[at]!]!;
    }
    if (at !== 0 && reached[at] === 2) {
      return invalid(
        seen(columns, values, path),
        (say) => `${say(path[0]!)} found a value that only came from what it set itself`,
      );
    }
    for (const link of path) reached[b[link]!] = 1;
  }
  return VALID;
}

export const zones: Form = { name: "zones", pending: [0, 0, WRITE, CAS, CAS], read, decide };
