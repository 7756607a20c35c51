/** The closed form of an append-only log whose values are all different: every position has its place in the one order. */

import type { Operation } from "../history.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";

const APPEND = 1;
const READ = 2;

/** `x` is the offset that an append got (NaN when not told), or that a read starts from. */
function read(operations: readonly Operation[]): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const x = new Float64Array(size).fill(Number.NaN);
  const from = new Int32Array(size + 1);
  let list = new Int32Array(64);
  let length = 0;
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    from[i] = length;
    const { input, output } = operations[i]!;
    const { f, value, offset } = input as { readonly f: string; readonly value?: unknown; readonly offset?: number };
    if (f === "append") {
      kind[i] = APPEND;
      a[i] = numbers.of(value);
      if (typeof output === "number") x[i] = output;
      continue;
    }
    if (output === undefined) continue;
    if (!Array.isArray(output)) return "a read answered no list";
    x[i] = offset ?? 0;
    if (!Number.isSafeInteger(x[i]) || x[i]! < 0) return "an offset is no whole number";
    kind[i] = READ;
    if (list.length < length + output.length) {
      const wider = new Int32Array(Math.max(2 * list.length, length + output.length));
      wider.set(list);
      list = wider;
    }
    for (let n = 0; n < output.length; n++) list[length++] = numbers.of(output[n]);
  }
  from[size] = length;
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations), x, from, list };
}

function decide({ size, kind, a, ids, inv, ret, end, x, from, list }: Columns): Finding {
  const append = new Int32Array(ids).fill(-1);
  let appends = 0;
  let told = 0;
  let untold = 0;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== APPEND) continue;
    if (append[a[i]!] !== -1) return uncovered("values repeat");
    append[a[i]!] = i;
    appends++;
    if (ret[i] === end) continue;
    if (Number.isNaN(x![i]!)) untold++;
    else told++;
  }
  // By position: the value there, and who says so. By value: its position.
  const valueAt = new Int32Array(appends).fill(-1);
  const saidBy = new Int32Array(appends).fill(-1);
  const place = new Int32Array(ids).fill(-1);
  let top = 0;
  const put = (position: number, value: number, by: number): Finding | undefined => {
    const source = append[value]!;
    if (source < 0) return invalid([by], (say) => `${say(by)} shows a value that nothing appended`, true);
    if (!(position >= 0 && position < appends && Number.isInteger(position))) {
      return invalid([by], (say) => `${say(by)}, but not so much was ever appended`, true);
    }
    if (valueAt[position] === value) return undefined;
    const other = valueAt[position] !== -1 ? saidBy[position]! : place[value] !== -1 ? saidBy[place[value]!]! : -1;
    if (other >= 0) {
      return invalid(
        [by, other, source],
        (say) => `${say(by)} and ${say(other)} put different values into one position, or one into two`,
        true,
      );
    }
    valueAt[position] = value;
    saidBy[position] = by;
    place[value] = position;
    top = Math.max(top, position + 1);
    return undefined;
  };
  for (let i = 0; i < size; i++) {
    if (kind[i] === APPEND && ret[i] !== end && !Number.isNaN(x![i]!)) {
      const wrong = put(x![i]!, a[i]!, i);
      if (wrong !== undefined) return wrong;
    }
    if (kind[i] !== READ) continue;
    for (let at = from![i]!; at < from![i + 1]!; at++) {
      const wrong = put(x![i]! + at - from![i]!, list![at]!, i);
      if (wrong !== undefined) return wrong;
    }
  }
  if (told > 0 && untold > 0) return uncovered("some appends have offsets and others have none");

  // By length of the log: of the reads that show just that much, the first to return and the last to be invoked.
  const firstRead = new Int32Array(top + 1).fill(-1);
  const lastRead = new Int32Array(top + 1).fill(-1);
  const empty: number[] = [];
  for (let i = 0; i < size; i++) {
    if (kind[i] !== READ) continue;
    const shown = from![i + 1]! - from![i]!;
    if (shown === 0 && x![i]! > 0) {
      // It starts at or beyond the end, whatever the end is.
      if (x![i]! < top) empty.push(i);
      else if (untold > 0 && x![i]! < appends) return uncovered("a read starts beyond all that is known");
      continue;
    }
    const length = x![i]! + shown;
    if (firstRead[length] === -1 || ret[i]! < ret[firstRead[length]!]!) firstRead[length] = i;
    lastRead[length] = i;
  }

  // By position: of all that stands there or later, what returns first.
  const soonest = new Int32Array(top + 1).fill(-1);
  const sooner = (one: number, other: number) => (other >= 0 && (one < 0 || ret[other]! < ret[one]!) ? other : one);
  for (let position = top; position >= 0; position--) {
    const here = position < top && valueAt[position] !== -1 ? append[valueAt[position]!]! : -1;
    const after = position < top ? soonest[position + 1]! : -1;
    soonest[position] = sooner(sooner(sooner(after, position === top ? firstRead[top]! : -1), here), -1);
    if (position < top) soonest[position] = sooner(soonest[position]!, firstRead[position + 1]!);
  }
  // A read that shows where an append stands, unless its own answer does.
  const proof = (one: number): number => (kind[one] === READ || place[a[one]!] === -1 ? -1 : saidBy[place[a[one]!]!]!);
  const late = (one: number, cause: number): Finding =>
    invalid(
      [one, cause, proof(one), proof(cause)],
      (say) => `${say(one)} stands after ${say(cause)} in the log, but had completed before that one began`,
      true,
    );
  let latest = -1;
  const later = (one: number) => {
    if (one >= 0 && (latest < 0 || inv[one]! > inv[latest]!)) latest = one;
  };
  let crashed = 0;
  for (let length = 0; length <= top; length++) {
    const reader = firstRead[length]!;
    if (reader >= 0 && latest >= 0 && ret[reader]! < inv[latest]!) return late(reader, latest);
    later(lastRead[length]!);
    if (length === top) break;
    let one = valueAt[length] === -1 ? -1 : append[valueAt[length]!]!;
    if (one < 0) {
      // Nobody read this position: a crashed append got it, or, without offsets, any.
      if (untold > 0) return uncovered("nobody read some positions, and appends have no offsets");
      while (crashed < size && !(kind[crashed] === APPEND && ret[crashed] === end && place[a[crashed]!] === -1)) crashed++;
      const hurry = soonest[length]!;
      if (crashed === size || (hurry >= 0 && inv[crashed]! > ret[hurry]!)) {
        return invalid([hurry], (say) => `${say(hurry)}, but fewer appends than that had begun when it returned`, true);
      }
      one = crashed++;
    } else if (latest >= 0 && ret[one]! < inv[latest]!) return late(one, latest);
    later(one);
  }
  for (const one of empty) {
    const after = soonest[x![one]!]!;
    if (after >= 0 && ret[after]! < inv[one]!) {
      const evidence = kind[after] === READ ? after : saidBy[place[a[after]!]!]!;
      return invalid(
        [one, after, evidence],
        (say) => `${say(one)} shows nothing, but ${say(after)} had completed before, and stands there or later`,
        true,
      );
    }
  }
  if (untold === 0) return VALID;
  // Without offsets: what returned and was never read comes last.
  for (let i = 0; i < size; i++) {
    if (kind[i] !== APPEND || ret[i] === end || place[a[i]!] !== -1 || latest < 0 || ret[i]! >= inv[latest]!) continue;
    const cause = latest;
    return invalid(
      [i, cause, proof(cause)],
      (say) => `${say(i)} had completed before ${say(cause)} began, but is not before it in the log`,
      true,
    );
  }
  return VALID;
}

export const logForm: Form = { name: "log positions", pending: [0, APPEND, 0], read, decide };
