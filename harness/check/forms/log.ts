/** The closed form of an append-only log whose values are all different: every position has its place in the one order. */

import type { Operation } from "../history.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";
import { Schedule } from "./schedule.ts";

const APPEND = 1;
const READ = 2;
/** An append that was told its offset. */
const TOLD = 3;

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
      kind[i] = typeof output === "number" ? TOLD : APPEND;
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

function decide(columns: Columns): Finding {
  const { size, kind, a, ids, inv, ret, end, events, x, from, list } = columns;
  const append = new Int32Array(ids).fill(-1);
  let appends = 0;
  let told = 0;
  let untold = 0;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== APPEND && kind[i] !== TOLD) continue;
    if (append[a[i]!] !== -1) return uncovered("values repeat");
    append[a[i]!] = i;
    appends++;
    if (kind[i] === TOLD) told++;
    else if (ret[i] !== end) untold++;
  }
  // By rank: how many appends had begun by then.
  const begun = new Int32Array(events.length + 1);
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    begun[rank + 1] = begun[rank]! + (event >= 0 && (kind[event] === APPEND || kind[event] === TOLD) ? 1 : 0);
  }
  // By position: the value there, and who says so. By value: its position.
  const valueAt = new Int32Array(appends).fill(-1);
  const saidBy = new Int32Array(appends).fill(-1);
  const place = new Int32Array(ids).fill(-1);
  let top = 0;
  const put = (position: number, value: number, by: number): Finding | undefined => {
    const source = append[value]!;
    if (source < 0) return invalid([by], (say) => `${say(by)} shows a value that nothing appended`, true);
    if (inv[source]! > ret[by]!) {
      const late = (say: (one: number) => string) =>
        `${say(by)} shows what ${say(source)} appended, which was not even invoked when it returned`;
      return invalid([by], late, true);
    }
    if (!(position >= 0 && position < begun[ret[by]!]! && Number.isInteger(position))) {
      return tooLong(by);
    }
    if (valueAt[position] === value) return undefined;
    const twice = place[value] !== -1 ? saidBy[place[value]!]! : -1;
    const other = twice >= 0 ? twice : valueAt[position] !== -1 ? saidBy[position]! : -1;
    if (other >= 0) {
      return invalid(
        twice >= 0 ? [by, twice, source] : [by, other, source, append[valueAt[position]!]!],
        (say) =>
          `${say(by)} and ${say(other)} put ${twice >= 0 ? "one value into two positions" : "different values into one position"}`,
        true,
      );
    }
    valueAt[position] = value;
    saidBy[position] = by;
    place[value] = position;
    top = Math.max(top, position + 1);
    return undefined;
  };
  // What an append was told needs no other evidence.
  for (let i = 0; i < size; i++) {
    const wrong = kind[i] === TOLD ? put(x![i]!, a[i]!, i) : undefined;
    if (wrong !== undefined) return wrong;
  }
  for (let i = 0; i < size; i++) {
    if (kind[i] !== READ) continue;
    const length = x![i]! + from![i + 1]! - from![i]!;
    if (length > x![i]! && length > begun[ret[i]!]!) return tooLong(i);
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
        return crowded(columns, hurry, place, saidBy);
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

function tooLong(one: number): Finding {
  return invalid([one], (say) => `${say(one)}, but fewer appends than that had begun when it returned`, true);
}

/** Enough appends had begun when it returned, but some of them stand after it. */
function crowded({ size, kind, a, x, inv, ret, from }: Columns, one: number, place: Int32Array, saidBy: Int32Array): Finding {
  const needed = kind[one] === READ ? x![one]! + from![one + 1]! - from![one]! : place[a[one]!]!;
  const others: number[] = [];
  let begun = 0;
  for (let i = 0; i < size && inv[i]! < ret[one]!; i++) {
    if (i === one || kind[i] === READ || kind[i] === 0) continue;
    begun++;
    if (place[a[i]!]! >= needed) others.push(i);
  }
  const some = others.slice(0, begun - needed + 1);
  return invalid(
    [one, ...some, ...some.map((i) => (kind[i] === TOLD ? -1 : saidBy[place[a[i]!]!]!))],
    (say) => `${say(one)}, but of the appends that had begun when it returned, too many stand after it`,
    true,
  );
}

/** Position by position: the reads that show just so much, then what was appended there; what nobody read comes last. */
function order(columns: Columns): Int32Array | undefined {
  const { size, kind, a, ids, inv, ret, end, x, from, list } = columns;
  const append = new Int32Array(ids).fill(-1);
  let appends = 0;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== APPEND && kind[i] !== TOLD) continue;
    append[a[i]!] = i;
    appends++;
  }
  const at = new Int32Array(appends).fill(-1);
  const placed = new Uint8Array(size);
  let top = 0;
  const put = (position: number, value: number): void => {
    if (!(position >= 0 && position < appends) || append[value]! < 0) return;
    at[position] = append[value]!;
    placed[append[value]!] = 1;
    top = Math.max(top, position + 1);
  };
  for (let i = 0; i < size; i++) {
    if (kind[i] === TOLD) put(x![i]!, a[i]!);
    else if (kind[i] === READ) {
      for (let n = from![i]!; n < from![i + 1]!; n++) put(x![i]! + n - from![i]!, list![n]!);
    }
  }
  // By length: the reads that show just so much, as a linked list; and when the last that begins there began and found nothing.
  const reader = new Int32Array(top + 1).fill(-1);
  const following = new Int32Array(size);
  const barred = new Int32Array(top + 1).fill(-1);
  const schedule = new Schedule(columns);
  for (let i = size - 1; i >= 0; i--) {
    if (kind[i] !== READ) continue;
    const shown = from![i + 1]! - from![i]!;
    if (shown === 0 && x![i]! > 0) {
      if (x![i]! < top) barred[x![i]!] = Math.max(barred[x![i]!]!, inv[i]!);
      schedule.put(i, inv[i]!);
      continue;
    }
    const length = x![i]! + shown;
    if (length > top) return undefined;
    following[i] = reader[length]!;
    reader[length] = i;
  }
  let latest = 0;
  let crashed = 0;
  for (let length = 0; length <= top; length++) {
    const base = latest;
    for (let one = reader[length]!; one >= 0; one = following[one]!) {
      schedule.put(one, Math.max(base, inv[one]!));
      latest = Math.max(latest, inv[one]!);
    }
    if (length === top) break;
    let one = at[length]!;
    if (one < 0) {
      while (crashed < size && !(kind[crashed] === APPEND && ret[crashed] === end && placed[crashed] === 0)) crashed++;
      if (crashed === size) return undefined;
      one = crashed++;
    }
    placed[one] = 2;
    latest = Math.max(latest, inv[one]!, barred[length]!);
    schedule.put(one, latest);
  }
  for (let i = 0; i < size; i++) {
    if (kind[i] === APPEND && ret[i] !== end && placed[i] === 0) schedule.put(i, Math.max(latest, inv[i]!));
  }
  schedule.putIdle(columns);
  return schedule.order();
}

function replay({ kind, a, x, from, list }: Columns, sequence: Int32Array): boolean {
  const values = new Int32Array(sequence.length);
  let length = 0;
  for (let n = 0; n < sequence.length; n++) {
    const i = sequence[n]!;
    if (kind[i] === APPEND || kind[i] === TOLD) {
      if (kind[i] === TOLD && x![i] !== length) return false;
      values[length++] = a[i]!;
    } else if (kind[i] === READ) {
      const shown = from![i + 1]! - from![i]!;
      if (shown === 0 ? length > x![i]! : x![i]! + shown !== length) return false;
      for (let at = 0; at < shown; at++) if (values[x![i]! + at] !== list![from![i]! + at]) return false;
    }
  }
  return true;
}

export const logForm: Form = { name: "log positions", pending: [0, APPEND, 0, APPEND], read, decide, order, replay };
