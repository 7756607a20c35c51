/** What queue, stack and priority queue have in common: items that are put in once and taken out at most once. */

import type { Operation } from "../history.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, invalid, uncovered } from "./form.ts";

export const PUT = 1;
export const TAKE = 2;
/** A take that found nothing. */
export const EMPTY = 3;
/** A take that did not return: it may have taken anything, or nothing. */
export const LOST = 4;

/** By kind, when it did not return. */
export const PENDING = [0, PUT, LOST, LOST, LOST] as const;

/** No item: of a take that found nothing, or of which nothing is known. */
const NOTHING = -1;

/** Numbers of items are numbers of values; `x` holds the values themselves when they are to be ordered. */
export function readItems(operations: readonly Operation[], put: string, ordered: boolean): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const x = ordered ? new Float64Array(size) : undefined;
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    const { input, output, outcome } = operations[i]!;
    const { f, value } = input as { readonly f: string; readonly value?: unknown };
    if (f === put) {
      kind[i] = PUT;
      a[i] = numbers.of(value);
      if (value === null) return "a value is null, which also stands for nothing";
      if (x === undefined) continue;
      if (typeof value !== "number" || Number.isNaN(value)) return "values are no numbers";
      x[i] = value;
    } else if (outcome === "info") {
      kind[i] = LOST;
      a[i] = NOTHING;
    } else if (output === undefined) {
      return "an answer is not known";
    } else if (output === null) {
      kind[i] = EMPTY;
      a[i] = NOTHING;
    } else {
      kind[i] = TAKE;
      a[i] = numbers.of(output);
    }
  }
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations), ...(x && { x }) };
}

/** Who put an item in, and who took it out; -1 for nobody. */
export interface Items {
  readonly put: Int32Array;
  readonly take: Int32Array;
  readonly count: number;
  /** From when to when it must have been inside: its put's return, its take's invocation (`end` for never). */
  readonly er: Int32Array;
  readonly di: Int32Array;
  readonly empties: number;
  readonly lost: number;
}

/** The items, or what is wrong with one of them by itself. What crashed going in and never came out is no item (put -1). */
export function itemsOf({ size, kind, a, ids, inv, ret, end }: Columns): Items | Finding {
  const put = new Int32Array(ids).fill(-1);
  const take = new Int32Array(ids).fill(-1);
  let empties = 0;
  let lost = 0;
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    if (what === PUT) {
      if (put[a[i]!] !== -1) return uncovered("values repeat");
      put[a[i]!] = i;
    } else if (what === EMPTY) empties++;
    else if (what === LOST) lost++;
  }
  // Of all that is wrong with items by themselves, what goes wrong first.
  let wrong = -1;
  let since = end + 1;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== TAKE) continue;
    const item = a[i]!;
    const source = put[item]!;
    const other = take[item]!;
    if (other < 0 || ret[i]! < ret[other]!) take[item] = i;
    const when = source < 0 || ret[i]! < inv[source]! ? ret[i]! : other < 0 ? since : Math.max(ret[i]!, ret[other]!);
    if (when >= since) continue;
    since = when;
    wrong = i;
  }
  if (wrong >= 0) return impossible({ kind, a, inv, ret }, wrong, put[a[wrong]!]!);
  const er = new Int32Array(ids).fill(end);
  const di = new Int32Array(ids).fill(end);
  for (let item = 0; item < ids; item++) {
    if (take[item]! >= 0) di[item] = inv[take[item]!]!;
    else if (put[item]! >= 0 && ret[put[item]!] === end) put[item] = -1;
    if (put[item]! >= 0) er[item] = ret[put[item]!]!;
  }
  return { put, take, count: ids, er, di, empties, lost };
}

function impossible({ kind, a, inv, ret }: Pick<Columns, "kind" | "a" | "inv" | "ret">, taker: number, source: number): Finding {
  if (source < 0) return invalid([taker], (say) => `${say(taker)}, but nothing put that in`);
  if (ret[taker]! < inv[source]!) {
    return invalid([taker, source], (say) => `${say(taker)}, but ${say(source)} was not even invoked when it returned`);
  }
  let other = -1;
  for (let i = 0; i < kind.length; i++) {
    if (kind[i] === TAKE && a[i] === a[taker] && i !== taker && (other < 0 || ret[i]! < ret[other]!)) other = i;
  }
  return invalid([source, other, taker], (say) => `${say(taker)}, but ${say(other)} took it out too, and it went in once`);
}

/** Without what never came out: crashed takes may have taken that, so it is no witness. */
function takenOnly(columns: Columns, { take }: Items): Columns {
  const kind = columns.kind.map((what, i) => (what === LOST || (what === PUT && take[columns.a[i]!]! < 0) ? 0 : what));
  return { ...columns, kind };
}

/**
 * A judgement that crashed takes have no part in, made exact for those that do: what is invalid only because something never
 * came out is for `helped` to judge.
 */
export function withLost(
  columns: Columns,
  judge: (columns: Columns, items: Items) => Finding,
  helped: (columns: Columns, items: Items, found: Extract<Finding, { verdict: "invalid" }>) => Finding,
): Finding {
  const items = itemsOf(columns);
  if ("verdict" in items) return items;
  const plain = judge(columns, items);
  if (items.lost === 0 || plain.verdict !== "invalid") return plain;
  const restricted = takenOnly(columns, items);
  const without = itemsOf(restricted);
  if ("verdict" in without) return without;
  const bare = judge(restricted, without);
  return bare.verdict === "invalid" ? bare : helped(columns, items, plain);
}

/** The operations that put these items in and took them out, and the crashed takes that began before `deadline`. */
export function restOf({ size, kind, a, inv }: Columns, among: (item: number) => boolean, deadline: number): readonly number[] {
  const rest: number[] = [];
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    if (what === LOST ? inv[i]! < deadline : what !== 0 && a[i]! >= 0 && among(a[i]!)) rest.push(i);
  }
  return rest;
}

/** The columns with each crashed take told what it took: pairs of a take and an item. The others took nothing. */
export function told(columns: Columns, pairs: Iterable<readonly [take: number, item: number]>): Columns {
  const kind = columns.kind.slice();
  for (let i = kind.indexOf(LOST); i >= 0; i = kind.indexOf(LOST, i + 1)) kind[i] = 0;
  const a = columns.a.slice();
  for (const [take, item] of pairs) {
    kind[take] = TAKE;
    a[take] = item;
  }
  return { ...columns, kind, a, b: a };
}
