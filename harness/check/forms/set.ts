/** The closed form of a set: element by element, or, when it is read whole, as the chain that its reads must be. */

import type { Operation } from "../history.ts";
import { nameOf } from "../models/sets.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";
import { chained, inChain } from "./grow-only-set.ts";
import { Schedule } from "./schedule.ts";

/** An add of which nobody knows whether it was the first; one that was. */
const ADD = 1;
const ADDED = 2;
/** A removal that took the element; one of which nobody knows that. */
const REMOVED = 3;
const REMOVE = 4;
/** An add that found the element there, a removal that did not. */
const HELD = 5;
const MISSED = 6;
const READ = 7;
/** Answers of `contains`. */
const THERE = 8;
const ABSENT = 9;
const PENDING = [0, ADD, ADD, REMOVE, REMOVE, ADD, REMOVE, 0, 0, 0] as const;

function read(operations: readonly Operation[]): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const from = new Int32Array(size + 1);
  let list = new Int32Array(64);
  let length = 0;
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    from[i] = length;
    const { input, output } = operations[i]!;
    const { f, value } = input as { readonly f: string; readonly value?: unknown };
    if (f !== "read") a[i] = numbers.of(value);
    switch (f) {
      case "add":
        kind[i] = output === true ? ADDED : output === false ? HELD : ADD;
        break;
      case "remove":
        kind[i] = output === true ? REMOVED : output === false ? MISSED : REMOVE;
        break;
      case "contains":
        if (typeof output === "boolean") kind[i] = output ? THERE : ABSENT;
        break;
      case "read": {
        if (output === undefined) break;
        if (!Array.isArray(output)) return "a read answered no list";
        kind[i] = READ;
        if (list.length < length + output.length) {
          const wider = new Int32Array(Math.max(2 * list.length, length + output.length));
          wider.set(list);
          list = wider;
        }
        for (let n = 0; n < output.length; n++) list[length++] = numbers.of(output[n]);
        break;
      }
      default:
        return `"${f}" is not known`;
    }
  }
  from[size] = length;
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations), from, list };
}

function decide(columns: Columns): Finding {
  const { kind, size } = columns;
  let reads = 0;
  for (let i = 0; i < size; i++) if (kind[i] === READ) reads++;
  if (reads === 0) return elements(columns);
  const whole = readWhole(columns);
  if (whole === undefined) return uncovered("whole reads stand beside removals or answers about single elements");
  return chained(whole, ADD, READ);
}

/** As a set that only grows and is read whole: an add that was the first says nothing when it is the only one. */
function readWhole(columns: Columns): Columns | undefined {
  const { size, a, ids } = columns;
  const kind = columns.kind.slice();
  const adds = new Uint8Array(ids);
  for (let i = 0; i < size; i++) {
    if (kind[i] !== ADD && kind[i] !== ADDED) continue;
    if (adds[a[i]!] === 0) adds[a[i]!] = 1;
    else adds[a[i]!] = 2;
  }
  for (let i = 0; i < size; i++) {
    if (kind[i] === ADDED && adds[a[i]!] === 1) kind[i] = ADD;
    else if (kind[i] !== 0 && kind[i] !== ADD && kind[i] !== READ) return undefined;
  }
  return { ...columns, kind };
}

/** By element, the operations that say most about it (-1 for none), and 1 when it is for the search to judge. */
interface Elements {
  /** The add that can have been the first, and whether its answer says so. */
  readonly add: Int32Array;
  readonly remove: Int32Array;
  /** The first crashed removal: it is always a help once the element is there. */
  readonly maybe: Int32Array;
  /** Of those that say that it was there: the first to return, the last to be invoked. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly hard: Uint8Array;
  /** How many are hard. */
  readonly rest: number;
}

function elementsOf({ size, kind, a, ids, ret, end }: Columns): Elements {
  const adds = new Int32Array(ids);
  const add = new Int32Array(ids).fill(-1);
  const remove = new Int32Array(ids).fill(-1);
  const maybe = new Int32Array(ids).fill(-1);
  const first = new Int32Array(ids).fill(-1);
  const last = new Int32Array(ids).fill(-1);
  const hard = new Uint8Array(ids);
  let rest = 0;
  const witnessing = (i: number): void => {
    const element = a[i]!;
    if (first[element] === -1 || ret[i]! < ret[first[element]!]!) first[element] = i;
  };
  for (let i = 0; i < size; i++) {
    const element = a[i]!;
    switch (kind[i]) {
      case ADD:
      case ADDED:
        if (kind[i] === ADDED && add[element] !== -1 && kind[add[element]!] === ADDED) hard[element] = 1;
        if (add[element] === -1 || (kind[i] === ADDED && kind[add[element]!] !== ADDED)) add[element] = i;
        adds[element]!++;
        if (ret[i] !== end) witnessing(i);
        break;
      case HELD:
      case THERE:
        witnessing(i);
        last[element] = i;
        break;
      case REMOVED:
        if (remove[element] !== -1) hard[element] = 1;
        remove[element] = i;
        witnessing(i);
        break;
      case REMOVE:
        if (ret[i] !== end) hard[element] = 1;
        else if (maybe[element] === -1) maybe[element] = i;
        break;
    }
  }
  for (let element = 0; element < ids; element++) {
    if (adds[element]! > 1 && (remove[element] !== -1 || maybe[element] !== -1)) hard[element] = 1;
    if (hard[element] === 1) rest++;
  }
  return { add, remove, maybe, first, last, hard, rest };
}

/** Each element by itself, when it is added at most once or never removed. */
function elements(columns: Columns): Finding {
  const { size, kind, a, ids, inv, ret } = columns;
  const facts = elementsOf(columns);
  const { add, remove, maybe, first, last, hard, rest } = facts;
  for (let element = 0; element < ids; element++) {
    if (hard[element] === 1) continue;
    const seen = first[element]!;
    if (seen === -1) continue;
    const source = add[element]!;
    if (source === -1) return invalid([seen], (say) => `${say(seen)}, but nothing ever added that element`);
    if (inv[source]! > ret[seen]!) {
      return invalid([seen, source], (say) =>
        kind[seen] === ADD
          ? `${say(source)}, but ${say(seen)} had added it before`
          : `${say(seen)}, but ${say(source)} was not even invoked when it returned`,
      );
    }
    const gone = remove[element]!;
    if (gone === -1) continue;
    const after = last[element]!;
    if (after !== -1 && inv[after]! > ret[gone]!) {
      return invalid(
        [source, gone, after],
        (say) => `${say(after)}, but ${say(gone)} had removed it before, and nothing added it again`,
      );
    }
  }
  // What was absent must have been so before the element came (as late as may be) or after it went (as early as may be).
  for (let i = 0; i < size; i++) {
    if (kind[i] !== ABSENT && kind[i] !== MISSED) continue;
    const element = a[i]!;
    const seen = first[element]!;
    if (hard[element] === 1 || seen === -1 || ret[seen]! >= inv[i]!) continue;
    const gone = remove[element] !== -1 ? remove[element]! : maybe[element]!;
    const after = last[element]!;
    const source = add[element]!;
    const until =
      gone === -1 ? -1 : [gone, after, source].reduce((one, other) => (other >= 0 && inv[other]! > inv[one]! ? other : one));
    if (until !== -1 && ret[i]! >= inv[until]!) continue;
    return invalid([i, seen, source, until, gone, after], (say) =>
      until === -1
        ? `${say(i)}, but it was there since ${say(seen)}, and nothing removed it`
        : `${say(i)}, but it was there since ${say(seen)} at the latest, up to ${say(until)}`,
    );
  }
  if (rest === 0) return VALID;
  const left: number[] = [];
  for (let i = 0; i < size; i++) if (kind[i] !== 0 && hard[a[i]!] === 1) left.push(i);
  return uncovered("some elements are added again, or removed blindly", left);
}

/** What an element's operations do within one moment, in this sequence. */
const BEFORE = 0;
const COMES = 1;
const WITHIN = 2;
const GOES = 3;
const AFTER = 4;
const PHASES = 5;

/** An element comes as late as it may, and goes as soon as it may. */
function order(columns: Columns): Int32Array | undefined {
  const { size, kind, a, inv, ret, end, events } = columns;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== READ) continue;
    const whole = readWhole(columns);
    return whole && inChain(whole, ADD, READ);
  }
  const { add, remove, maybe, first, last } = elementsOf(columns);
  const schedule = new Schedule(columns, PHASES * events.length);
  const put = (i: number, moment: number, phase: number): void => schedule.put(i, PHASES * moment + phase);
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    const element = a[i]!;
    const seen = what === 0 ? -1 : first[element]!;
    const present = what === ADD || what === ADDED || what === HELD || what === THERE;
    if (seen === -1) {
      // Nobody says that the element was ever there.
      if (ret[i] !== end) put(i, inv[i]!, BEFORE);
      continue;
    }
    const source = add[element]!;
    const comes = Math.max(ret[seen]! - 1, inv[source]!);
    const gone = remove[element] !== -1 ? remove[element]! : maybe[element]!;
    const after = last[element]!;
    const goes = gone === -1 ? -1 : Math.max(inv[gone]!, after === -1 ? -1 : inv[after]!, comes);
    if (i === source) put(i, comes, COMES);
    else if (i === gone) put(i, goes, GOES);
    else if (ret[i] === end) continue;
    else if (present) put(i, Math.max(inv[i]!, comes), WITHIN);
    else if (inv[i]! <= comes) put(i, inv[i]!, BEFORE);
    else put(i, Math.max(inv[i]!, goes), AFTER);
  }
  return schedule.order();
}

function replay(columns: Columns, sequence: Int32Array): boolean {
  const { kind, a, ids, from, list } = columns;
  const there = new Uint8Array(ids);
  let count = 0;
  for (let n = 0; n < sequence.length; n++) {
    const i = sequence[n]!;
    const what = kind[i]!;
    const present = there[a[i]!] === 1;
    if (what === 0) continue;
    if (what === READ) {
      if (from![i + 1]! - from![i]! !== count) return false;
      for (let at = from![i]!; at < from![i + 1]!; at++) if (there[list![at]!] === 0) return false;
    } else if (what === ADDED || what === MISSED || what === ABSENT) {
      if (present) return false;
    } else if ((what === REMOVED || what === HELD || what === THERE) && !present) return false;
    if ((what === ADD || what === ADDED) && !present) {
      there[a[i]!] = 1;
      count++;
    } else if ((what === REMOVE || what === REMOVED) && present) {
      there[a[i]!] = 0;
      count--;
    }
  }
  return true;
}

export const setForm: Form = {
  name: "set rules",
  pending: PENDING,
  read,
  decide,
  order,
  replay,
  whole: READ,
  part: (input) => nameOf((input as { readonly value?: unknown }).value),
};
