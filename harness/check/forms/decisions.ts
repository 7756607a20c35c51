/** The closed forms of what is decided once: consensus, and a register that is written once. */

import type { Operation } from "../history.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { Schedule } from "./schedule.ts";

const PROPOSE = 1;

function readConsensus(operations: readonly Operation[], model: { readonly init: unknown }): Columns | string {
  const size = operations.length;
  if (model.init !== null) return "something is decided from the start";
  const kind = new Uint8Array(size).fill(PROPOSE);
  const a = new Int32Array(size);
  const b = new Int32Array(size).fill(-1);
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    const { input, output } = operations[i]!;
    a[i] = numbers.of((input as { readonly value: unknown }).value);
    if (output !== undefined) b[i] = numbers.of(output);
    else if (operations[i]!.outcome === "ok") return "an answer is not known";
  }
  return { size, kind, a, b, ids: numbers.count, ...ranked(operations) };
}

/** All answers are equal, and that value was proposed before any of them was given. */
function decideConsensus({ size, kind, a, b, inv, ret, end }: Columns): Finding {
  let first = -1;
  for (let i = 0; i < size; i++) {
    if (kind[i] === 0 || ret[i] === end) continue;
    if (first < 0 || ret[i]! < ret[first]!) first = i;
  }
  if (first < 0) return VALID;
  // The answer that is the first to differ.
  let other = -1;
  let proposal = -1;
  for (let i = 0; i < size; i++) {
    if (kind[i] === 0) continue;
    if (proposal < 0 && a[i] === b[first]) proposal = i;
    if (ret[i] !== end && b[i] !== b[first] && (other < 0 || ret[i]! < ret[other]!)) other = i;
  }
  if (proposal < 0 || inv[proposal]! > ret[first]!) {
    return invalid([first, proposal], (say) => `${say(first)}, but nobody had proposed that by then`);
  }
  if (other < 0) return VALID;
  const own = (value: number) => a.findIndex((one, i) => kind[i] !== 0 && one === value);
  return invalid([first, other, proposal, own(b[other]!)], (say) => `${say(other)}, but ${say(first)} was told another decision`);
}

/** `winner` first (none when it is -1), `before` it what it must not have happened for yet, then the rest of what returned. */
function around(columns: Columns, winner: number, before: (i: number) => boolean): Int32Array {
  const { size, inv, ret, end } = columns;
  const schedule = new Schedule(columns);
  let latest = 0;
  for (let i = 0; i < size; i++) {
    if (ret[i] === end || i === winner || !before(i)) continue;
    latest = inv[i]!;
    schedule.put(i, latest);
  }
  if (winner >= 0) {
    latest = Math.max(latest, inv[winner]!);
    schedule.put(winner, latest);
  }
  for (let i = 0; i < size; i++) {
    if (ret[i] !== end && i !== winner && !before(i)) schedule.put(i, Math.max(latest, inv[i]!));
  }
  return schedule.order();
}

function orderConsensus(columns: Columns): Int32Array {
  const { size, a, b, ret, end } = columns;
  let decided = -1;
  for (let i = 0; i < size && decided < 0; i++) if (ret[i] !== end) decided = b[i]!;
  return around(columns, a.indexOf(decided), () => false);
}

function replayConsensus({ a, b, ret, end }: Columns, order: Int32Array): boolean {
  if (order.length === 0) return true;
  const decided = a[order[0]!]!;
  for (let n = 0; n < order.length; n++) if (ret[order[n]!] !== end && b[order[n]!] !== decided) return false;
  return true;
}

export const consensusForm: Form = {
  name: "one decision",
  pending: [0, PROPOSE],
  read: readConsensus,
  decide: decideConsensus,
  order: orderConsensus,
  replay: replayConsensus,
};

/** A write of which nobody knows whether it was the first; one that was; one that was not. */
const WRITE = 1;
const FIRST = 2;
const SECOND = 3;
const READ = 4;
const UNSET = 5;

function readWriteOnce(operations: readonly Operation[], model: { readonly init: unknown }): Columns | string {
  const size = operations.length;
  if (model.init !== null) return "something is written from the start";
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    const { input, output } = operations[i]!;
    const { f, value } = input as { readonly f: string; readonly value?: unknown };
    if (f === "write") {
      if (value === null) return "a value is null, which also stands for none";
      kind[i] = output === true ? FIRST : output === false ? SECOND : WRITE;
      a[i] = numbers.of(value);
    } else if (output !== undefined) {
      kind[i] = output === null ? UNSET : READ;
      a[i] = numbers.of(output);
    }
  }
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations) };
}

/** Reads of nothing, then the one write that counts, then all the others. */
function decideWriteOnce({ size, kind, a, inv, ret, end }: Columns): Finding {
  let winner = -1;
  let reader = -1;
  let unset = -1;
  let after = -1;
  for (let i = 0; i < size; i++) {
    const what = kind[i]!;
    if (what === FIRST) {
      if (winner >= 0) {
        const rival = winner;
        return invalid([rival, i], (say) => `${say(i)}, but ${say(rival)} was the first too`);
      }
      winner = i;
    }
    if (what === READ) {
      if (reader >= 0 && a[reader] !== a[i]) {
        const other = reader;
        const sources = [a[i]!, a[other]!].map((value) =>
          a.findIndex((one, n) => one === value && kind[n]! >= WRITE && kind[n]! <= SECOND),
        );
        return invalid([other, i, ...sources], (say) => `${say(i)}, but ${say(other)} found another value`);
      }
      reader = i;
    }
    if (what === UNSET) unset = i;
    else if (what !== 0 && ret[i] !== end && (after < 0 || ret[i]! < ret[after]!)) after = i;
  }
  if (after < 0) return VALID;
  if (winner < 0) {
    // Any write that may have been the first; the earliest can do whatever the others can.
    for (let i = 0; i < size && winner < 0; i++) if (kind[i] === WRITE && (reader < 0 || a[i] === a[reader])) winner = i;
    if (winner < 0)
      return invalid(
        [after, reader],
        (say) => `${say(reader < 0 ? after : reader)}, but no write can have been the one that counts`,
      );
  } else if (reader >= 0 && a[winner] !== a[reader]) {
    const source = a.findIndex((one, n) => one === a[reader] && (kind[n] === WRITE || kind[n] === SECOND));
    return invalid([winner, reader, source], (say) => `${say(reader)}, but ${say(winner)} was the first`);
  }
  const [first, last] = [winner, unset];
  if (inv[first]! > ret[after]!) {
    return invalid(
      [first, after, reader],
      (say) => `${say(after)} says that something was written, but ${say(first)}, the one that counts, began only afterwards`,
    );
  }
  if (last >= 0 && inv[last]! > ret[after]!) {
    return invalid([first, after, last], (say) => `${say(last)}, but ${say(after)} had completed before`);
  }
  return VALID;
}

function orderWriteOnce(columns: Columns): Int32Array {
  const { size, kind, a, ret, end } = columns;
  let written = -1;
  let winner = -1;
  let needed = false;
  for (let i = 0; i < size; i++) {
    if (kind[i] === FIRST) winner = i;
    if (kind[i] === READ) written = a[i]!;
    if (kind[i] !== UNSET && kind[i] !== 0 && ret[i] !== end) needed = true;
  }
  for (let i = 0; i < size && winner < 0 && needed; i++) if (kind[i] === WRITE && (written < 0 || a[i] === written)) winner = i;
  return around(columns, winner, (i) => kind[i] === UNSET || kind[i] === 0);
}

function replayWriteOnce({ kind, a }: Columns, order: Int32Array): boolean {
  let value = -1;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    const what = kind[i]!;
    if (what === READ && a[i] !== value) return false;
    if ((what === UNSET || what === FIRST) && value !== -1) return false;
    if (what === SECOND && value === -1) return false;
    if (value === -1 && (what === WRITE || what === FIRST)) value = a[i]!;
  }
  return true;
}

export const writeOnceForm: Form = {
  name: "one write",
  pending: [0, WRITE, WRITE, WRITE, 0, 0],
  read: readWriteOnce,
  decide: decideWriteOnce,
  order: orderWriteOnce,
  replay: replayWriteOnce,
};
