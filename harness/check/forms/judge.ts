/** Judges one part of a history by its closed form, and finds where an invalid one goes wrong first. */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";
import { only, prefix } from "./columns.ts";
import type { Columns, Finding, Form, Invalid, Searching } from "./form.ts";
import { narrowed } from "./narrow.ts";
import { isOrder, Schedule } from "./schedule.ts";

/** Where an invalid history goes wrong first. */
export interface Site {
  /** What contradicts itself by then. */
  readonly finding: Invalid;
  /** The operation whose return makes the history invalid. */
  readonly culprit: number;
  /** An order of all that happened before; undefined when an earlier return may be the first already, for no order was found. */
  readonly order: Int32Array | undefined;
}

/** Searches some operations, as far as they had come in these columns. */
export type SearchIn = (columns: Columns) => Searching;

export interface Closed {
  readonly finding: Finding;
  readonly columns: Columns | undefined;
}

export function judgeClosed(operations: readonly Operation[], model: Model, form: Form): Closed {
  const columns = form.read(operations, model);
  if (typeof columns === "string") return { finding: { verdict: "uncovered", why: columns }, columns: undefined };
  return { finding: form.decide(columns), columns };
}

/** An order that explains everything, checked step by step; undefined when none was found. */
export function explained(form: Form, columns: Columns, search: Searching): Int32Array | undefined {
  for (const settled of form.settle?.(columns) ?? [columns]) {
    const order = form.order(settled);
    if (order !== undefined && isOrder(settled, order) && form.replay(settled, order)) return order;
  }
  if (form.part === undefined) return undefined;
  const found = form.decide(columns);
  if (found.verdict !== "uncovered" || found.rest === undefined) return undefined;
  return withSearched(form, columns, found.rest, search);
}

/** The independent parts that a form leaves over are searched one by one, and their orders put into that of the others. */
function withSearched(form: Form, columns: Columns, rest: readonly number[], search: Searching): Int32Array | undefined {
  const { a, inv, end } = columns;
  const groups = grouped(rest, (i) => a[i]!);
  const kind = columns.kind.slice();
  const ret = columns.ret.slice();
  for (const i of rest) {
    kind[i] = 0;
    ret[i] = end;
  }
  const others = { ...columns, kind, ret };
  const order = form.order(others);
  if (order === undefined || !isOrder(others, order) || !form.replay(others, order)) return undefined;
  const schedule = new Schedule(columns);
  const orders: ArrayLike<number>[] = [order];
  for (const group of groups) {
    const searched = search(group);
    if (searched.verdict !== "valid") return undefined;
    orders.push(searched.order);
  }
  for (const part of orders) {
    let latest = 0;
    for (let n = 0; n < part.length; n++) {
      latest = Math.max(latest, inv[part[n]!]!);
      schedule.put(part[n]!, latest);
    }
  }
  return schedule.order();
}

/** After so many witnesses that did not lead to the first return that makes the history invalid, halves do. */
const WITNESSES = 3;

/**
 * What contradicts itself in a history ends somewhere, so it is invalid up to there. If all before can be explained, that is
 * where it goes wrong. Else something before contradicts itself, and that ends earlier.
 *
 * @param searched true when it was a search that found it, so that it is not known what it takes to be a contradiction
 */
export function locate(form: Form, columns: Columns, found: Invalid, searchIn: SearchIn, searched = false): Site {
  let finding = searched ? found : narrowed(form, columns, found);
  let high = searched ? lastReturn(columns, columns.events.length - 1) : momentOf(form, columns, finding, searchIn);
  let low = -1;
  for (let tries = searched ? WITNESSES : 0; high > low; tries++) {
    const half = low + Math.ceil((high - 1 - low) / 2);
    const at = tries < WITNESSES ? high - 1 : half;
    const before = prefix(columns, at, form);
    const search = searchIn(before);
    const order = explained(form, before, search);
    if (order !== undefined) {
      if (at === high - 1) return { finding, culprit: -1 - columns.events[high]!, order };
      low = at;
      continue;
    }
    const judged = form.decide(before);
    if (judged.verdict === "invalid") {
      finding = narrowed(form, before, judged);
      high = momentOf(form, before, finding, searchIn);
      continue;
    }
    const sooner = judged.verdict === "uncovered" ? contradicted(form, before, judged.rest, search) : undefined;
    if (sooner === undefined) return { finding, culprit: -1 - columns.events[high]!, order: undefined };
    finding = sooner;
    high = lastReturn(before, at);
    tries = WITNESSES;
  }
  throw new Error(
    `The closed form "${form.name}" found an order for a history that it calls invalid. This is a bug; please report it.`,
  );
}

/** The rank of the last return up to an event. */
function lastReturn({ events }: Columns, rank: number): number {
  let last = rank;
  while (last >= 0 && events[last]! >= 0) last--;
  return last;
}

/** What a search finds wrong with what a form leaves over, part by part, if anything. */
function contradicted(form: Form, { a }: Columns, rest: readonly number[] | undefined, search: Searching): Invalid | undefined {
  if (rest === undefined) return undefined;
  const groups = form.part === undefined ? [rest] : grouped(rest, (i) => a[i]!);
  for (const group of groups) {
    const searched = search(group);
    if (searched.verdict === "invalid") return searched.finding();
  }
  return undefined;
}

/** Those with the same key together. */
export function grouped<T>(items: readonly T[], key: (item: T) => unknown): readonly (readonly T[])[] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** The rank of the last return that a witness needs. */
function lastOf({ ret, end }: Columns, { witness }: Invalid): number {
  let last = -1;
  for (const i of witness) if (ret[i] !== end && ret[i]! > last) last = ret[i]!;
  return last;
}

/**
 * The rank of the return from which on what a witness says is a contradiction. What was open by then may have done something
 * else than it answered later, and so explain it: then it takes its return, too. Where values are independent (as elements are unless
 * they are read together), only those of the witness matter; where they are only removable, also those that the open operations dealt with.
 */
function momentOf(form: Form, columns: Columns, finding: Invalid, searchIn: SearchIn): number {
  const last = lastOf(columns, finding);
  const { a, inv, ret, end, size } = columns;
  const open = openAt(form, columns, last, last);
  if (open.length === 0 || (form.byValue === true && isComplete(columns, finding))) return last;
  const apart = form.byValue === true || (form.whole !== undefined && !columns.kind.includes(form.whole));
  const moments = [last, ...open.map((i) => ret[i]!)].sort((one, other) => one - other);
  // What begins later cannot help the witness, but it can help those that do.
  const later = moments.at(-1)!;
  const some = new Set([...finding.witness, ...(form.byValue === true ? openAt(form, columns, last, later) : [])]);
  const values = new Set([...some].map((i) => a[i]!).filter((value) => value >= 0));
  const among: number[] = [];
  for (let i = 0; i < size; i++) {
    if (!apart || some.has(i) || values.has(a[i]!) || (ret[i] === end && inv[i]! < later)) among.push(i);
  }
  const part = apart ? only(columns, among) : columns;
  let low = 0;
  let high = moments.length - 1;
  for (let middle = 0; low < high; middle = (low + high) >>> 1) {
    const moment = moments[middle]!;
    const then = prefix(part, apart ? rankIn(part, among, ret, moment) : moment, form);
    const search: Searching = (rest) => searchIn(prefix(columns, moment, form))(rest.map((i) => among[i]!));
    if (isInvalid(form, then, search)) high = middle;
    else low = middle + 1;
  }
  return moments[low]!;
}

/** The operations that began before `until`, and may have been something else at `moment`, for they returned only afterwards. */
function openAt(form: Form, { size, kind, inv, ret, end }: Columns, moment: number, until: number): readonly number[] {
  const open: number[] = [];
  for (let i = 0; i < size && inv[i]! < until; i++) {
    if (ret[i]! < moment || ret[i] === end) continue;
    const then = form.pending[kind[i]!]!;
    if (then !== 0 && then !== kind[i]) open.push(i);
  }
  return open;
}

/** True when every value of a witness was put in and taken out by operations of the witness. */
function isComplete({ a }: Columns, { witness }: Invalid): boolean {
  return witness.every((i) => a[i] === -1 || witness.some((other) => other !== i && a[other] === a[i]));
}

/** The rank that a return has among some of the operations. */
function rankIn(part: Columns, among: readonly number[], ret: Int32Array, moment: number): number {
  return part.events.findIndex((event) => event < 0 && ret[among[-1 - event]!] === moment);
}

function isInvalid(form: Form, columns: Columns, search: Searching): boolean {
  const found = form.decide(columns);
  if (found.verdict !== "uncovered") return found.verdict === "invalid";
  // What cannot be decided is not said to be a contradiction before its last moment.
  return found.rest !== undefined && search(found.rest).verdict === "invalid";
}
