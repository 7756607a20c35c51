/** The closed forms of locks: nobody asks who holds it (mutex), or owners and fencing tokens (lock). */

import type { Operation } from "../history.ts";
import { counted } from "../sentences.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, uncovered, VALID } from "./form.ts";
import { Schedule } from "./schedule.ts";
import { clash, Heap } from "./sweep.ts";

const ACQUIRE = 1;
const RELEASE = 2;
const PENDING = [0, ACQUIRE, RELEASE] as const;

/** `a` is the owner, `x` the fencing token (NaN for none). */
function read(operations: readonly Operation[]): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const x = new Float64Array(size).fill(Number.NaN);
  const numbers = new Numbers(size);
  for (let i = 0; i < size; i++) {
    const { input, output } = operations[i]!;
    const { f, owner } = input as { readonly f: string; readonly owner?: unknown };
    kind[i] = f === "acquire" ? ACQUIRE : RELEASE;
    a[i] = numbers.of(owner);
    if (f === "acquire" && typeof output === "number") x[i] = output;
  }
  return { size, kind, a, b: a, ids: numbers.count, ...ranked(operations), x };
}

/**
 * Acquires and releases must alternate, whoever's they are. Lazily: an operation happens when it returns, and one of the other
 * kind goes before it when the lock is in the wrong state; those that return soonest go first, crashed ones last.
 */
function decideMutex(columns: Columns): Finding {
  const { size, kind, ret, end, events } = columns;
  const open = [new Heap(ret), new Heap(ret)] as const;
  const done = new Uint8Array(size);
  let held = 0;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    if (kind[i] === 0) continue;
    if (event >= 0) {
      open[kind[i]! - ACQUIRE]!.push(i);
    } else if (ret[i] !== end && done[i] === 0) {
      const acquires = kind[i] === ACQUIRE;
      if (held === (acquires ? 1 : 0)) {
        const others = open[acquires ? 1 : 0]!;
        if (others.size === 0) return surplus(columns, i, done);
        done[others.pop()] = 1;
      }
      // It returns first of all that are open and of its kind.
      open[acquires ? 0 : 1]!.pop();
      done[i] = 1;
      held = acquires ? 1 : 0;
    }
  }
  return VALID;
}

/**
 * Between any two acquires lies a release of its own, and the other way round. So when this one returns, too many of its kind have:
 * of those that began after some moment, more than those of the other kind that were open then or began afterwards can part. The
 * latest such moment makes for the fewest. Before all that there was, nobody held it.
 */
function surplus({ size, kind, inv, ret, events }: Columns, one: number, done: Uint8Array): Finding {
  const own = kind[one]!;
  const now = ret[one]!;
  const [these, those] = own === ACQUIRE ? ["acquires", "releases"] : ["releases", "acquires"];
  const others: number[] = [];
  let apart = 0;
  for (let i = 0; i < size && inv[i]! < now; i++) if (kind[i] !== own && kind[i] !== 0 && ret[i]! > now) apart++;
  let enough = false;
  for (let rank = now - 1; rank >= 0 && !enough; rank--) {
    const event = events[rank]!;
    if (event < 0) apart += kind[-1 - event] === own || kind[-1 - event] === 0 ? 0 : 1;
    else if (event !== one && kind[event] === own && ret[event]! < now) others.push(event);
    enough = inv[one]! >= rank && others.length >= apart + 1;
  }
  if (!enough && own === RELEASE && others.length >= apart) enough = true;
  if (!enough) for (let i = 0; i < size; i++) if (done[i] === 1 && kind[i] !== own) others.push(i);
  return invalid(
    [...others, one],
    (say) =>
      others.length === 0
        ? `${say(one)}, but it was free, and nobody had begun to acquire it`
        : apart === 0
          ? `${say(one)}, but ${say(others[0]!)} had completed, and no ${those.slice(0, -1)} that may lie between them had begun`
          : `${say(one)}, but by then ${others.length} other ${these} had completed that began after all but ${counted(apart, those.slice(0, -1))}, which is too few to lie between them`,
    enough,
  );
}

/** What `decideMutex` does, told. */
function orderMutex({ size, kind, ret, end, events }: Columns): Int32Array | undefined {
  const open = [new Heap(ret), new Heap(ret)] as const;
  const done = new Uint8Array(size);
  const order = new Int32Array(size);
  let length = 0;
  let held = 0;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank]!;
    const i = event >= 0 ? event : -1 - event;
    if (event >= 0) {
      if (kind[i] !== 0) open[kind[i]! - ACQUIRE]!.push(i);
    } else if (ret[i] !== end && kind[i] !== 0 && done[i] === 0) {
      const acquires = kind[i] === ACQUIRE ? 1 : 0;
      if (held === acquires) {
        const others = open[acquires]!;
        if (others.size === 0) return undefined;
        const other = others.pop();
        done[other] = 1;
        order[length++] = other;
      }
      open[1 - acquires]!.pop();
      done[i] = 1;
      order[length++] = i;
      held = acquires;
    }
  }
  return order.subarray(0, length);
}

function replayMutex({ kind }: Columns, order: Int32Array): boolean {
  for (let n = 0; n < order.length; n++) if (kind[order[n]!] !== (n % 2 === 0 ? ACQUIRE : RELEASE)) return false;
  return true;
}

export const mutexForm: Form = {
  name: "alternation",
  pending: PENDING,
  read,
  decide: decideMutex,
  order: orderMutex,
  replay: replayMutex,
};

/** Who held the lock from which acquire to which release (-1 for never): by holding, with its zone (see `clash`). */
interface Holdings {
  readonly acquire: readonly number[];
  readonly release: readonly number[];
  readonly f: Int32Array;
  readonly s: Int32Array;
  /** True when crashes leave it open what belongs together. */
  readonly guessed: boolean;
}

function holdingsOf(columns: Columns): Holdings | Finding {
  const { size, kind, a, ids, inv, ret, end } = columns;
  // Holdings, in order of invocation; by owner the last one, and whether crashes leave it open what belongs together.
  const acquire: number[] = [];
  const release: number[] = [];
  const latest = new Int32Array(ids).fill(-1);
  const acquires = new Int32Array(ids);
  const crashes = new Uint8Array(ids);
  const busyUntil = new Int32Array(ids).fill(-1);
  for (let i = 0; i < size; i++) {
    if (kind[i] === 0) continue;
    if (kind[i] === ACQUIRE) acquires[a[i]!]!++;
    if (ret[i] === end) crashes[a[i]!] = 1;
    else {
      // One owner's operations overlap: which release is whose is left open too.
      if (busyUntil[a[i]!]! > inv[i]!) crashes[a[i]!] = 1;
      busyUntil[a[i]!] = Math.max(busyUntil[a[i]!]!, ret[i]!);
    }
  }
  let guessed = false;
  for (let i = 0; i < size; i++) {
    if (kind[i] === 0) continue;
    const owner = a[i]!;
    const single = acquires[owner] === 1;
    if (crashes[owner] === 1 && acquires[owner]! > 1) guessed = true;
    if (single && crashes[owner] === 1) continue;
    const holding = latest[owner]!;
    if (kind[i] === ACQUIRE) {
      if (ret[i] === end) continue;
      if (holding >= 0 && release[holding] === -1) {
        if (guessed) return uncovered(GUESSED);
        return invalid(
          [acquire[holding]!, i],
          (say) => `${say(i)}, but ${say(acquire[holding]!)} had it already, and had not given it back`,
        );
      }
      latest[owner] = acquire.length;
      acquire.push(i);
      release.push(-1);
    } else if (holding < 0 || (release[holding] !== -1 && ret[i] !== end)) {
      if (ret[i] === end) continue;
      if (guessed) return uncovered(GUESSED);
      return invalid(holding < 0 ? [i] : [acquire[holding]!, release[holding]!, i], (say) =>
        holding < 0 ? `${say(i)}, but it had never acquired it` : `${say(i)}, but ${say(release[holding]!)} had given it back`,
      );
    } else if (release[holding] === -1) release[holding] = i;
  }
  const single = singles(columns, acquires, crashes);
  if ("verdict" in single) return single;
  for (const [one, other] of single) {
    acquire.push(one);
    release.push(other);
  }

  const count = acquire.length;
  const f = new Int32Array(count);
  const s = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const [from, to] = [acquire[n]!, release[n]!];
    f[n] = to < 0 ? ret[from]! : Math.min(ret[from]!, ret[to]!);
    s[n] = to < 0 ? end : Math.max(inv[from]!, inv[to]!);
    // A crashed acquire that nobody gave back need not have happened.
    if (to < 0 && ret[from] === end) s[n] = -2;
  }
  return { acquire, release, f, s, guessed };
}

/** Pairs each acquire with its owner's release; a pair is a block, and blocks must not clash (see sweep.ts). */
function decideLock(columns: Columns): Finding {
  const holdings = holdingsOf(columns);
  if ("verdict" in holdings) return holdings;
  const { acquire, release, f, s, guessed } = holdings;
  const clashing = clash(f, s, acquire.length, columns.end);
  if (clashing !== undefined) {
    if (guessed) return uncovered(GUESSED);
    const [one, other] = clashing;
    return invalid([acquire[one]!, release[one]!, acquire[other]!, release[other]!], (say) =>
      release[one]! < 0
        ? `${say(acquire[other]!)}, but ${say(acquire[one]!)} had it, and had not given it back`
        : `${say(acquire[other]!)}, but ${say(acquire[one]!)} still had it: ${say(release[one]!)} only gave it back afterwards`,
    );
  }
  const fenced = tokens(columns, acquire, release, s);
  return fenced.verdict === "invalid" && guessed ? uncovered(GUESSED) : fenced;
}

const GUESSED = "an owner acquires again, and some of its operations crashed or overlap";

/** Owners with one acquire, some of whose operations crashed or overlap: their acquire, and their release or -1. */
function singles(
  { size, kind, a, ids, inv, ret, end }: Columns,
  acquires: Int32Array,
  crashes: Uint8Array,
): readonly (readonly [number, number])[] | Finding {
  const acquire = new Int32Array(ids).fill(-1);
  const release = new Int32Array(ids).fill(-1);
  const owners: number[] = [];
  for (let i = 0; i < size; i++) {
    const owner = a[i]!;
    if (kind[i] === 0 || acquires[owner] !== 1 || crashes[owner] !== 1) continue;
    if (kind[i] === ACQUIRE) {
      acquire[owner] = i;
      owners.push(owner);
      continue;
    }
    const other = release[owner]!;
    if (other >= 0 && ret[other] !== end && ret[i] !== end) {
      return invalid(
        [acquire[owner]!, other, i],
        (say) => `${say(i)}, but ${say(other)} gave it back too, and it was acquired once`,
      );
    }
    // One that returned happened; of crashed ones the first can do whatever the others can.
    if (other < 0 || ret[i] !== end) release[owner] = i;
  }
  for (const owner of owners) {
    const [from, to] = [acquire[owner]!, release[owner]!];
    if (to >= 0 && ret[to]! < inv[from]!) {
      return invalid([from, to], (say) => `${say(to)}, but ${say(from)} was not even invoked when it returned`);
    }
  }
  return owners.flatMap((owner): [number, number][] => {
    const [from, to] = [acquire[owner]!, release[owner]!];
    return ret[from] === end && (to < 0 || ret[to] === end) ? [] : [[from, to]];
  });
}

/** Tokens grow with each acquire, so they are the order in which the lock was held. */
function tokens({ x, inv, ret, end }: Columns, acquire: readonly number[], release: readonly number[], s: Int32Array): Finding {
  const order: number[] = [];
  let without = 0;
  for (let n = 0; n < acquire.length; n++) {
    if (s[n] === -2) continue;
    if (Number.isNaN(x![acquire[n]!]!) || ret[acquire[n]!] === end) without++;
    else order.push(n);
  }
  if (order.length === 0) return VALID;
  order.sort((one, other) => x![acquire[one]!]! - x![acquire[other]!]!);
  let latest = -1;
  let holder = -1;
  let previous = -1;
  for (const n of order) {
    const [from, to] = [acquire[n]!, release[n]!];
    if (previous >= 0 && x![from] === x![acquire[previous]!]) {
      return invalid(
        [acquire[previous]!, from],
        (say) => `${say(from)}, but ${say(acquire[previous]!)} got the same token`,
        true,
      );
    }
    if (previous >= 0 && s[previous] === end) {
      return invalid(
        [acquire[previous]!, from],
        (say) => `${say(from)}, but ${say(acquire[previous]!)} got a smaller token, and had not given it back`,
      );
    }
    for (const one of to < 0 ? [from] : [from, to]) {
      if (latest >= 0 && ret[one]! < inv[latest]!) {
        const [before, mine] = [acquire[holder]!, from];
        const cause = latest;
        return invalid(
          [before, release[holder]!, mine, to],
          (say) =>
            `${say(mine)} got a greater token than ${say(before)}, but ${say(one)} had completed before ${say(cause)} began`,
        );
      }
      if (latest < 0 || inv[one]! > inv[latest]!) {
        latest = one;
        holder = n;
      }
    }
    previous = n;
  }
  return without > 0 ? uncovered("some acquires have fencing tokens and others have none") : VALID;
}

/** One holding after the other: by token where there are tokens, else as zones stand. */
function orderLock(columns: Columns): Int32Array | undefined {
  const { inv, events } = columns;
  const holdings = holdingsOf(columns);
  if ("verdict" in holdings) return undefined;
  const { acquire, release, f, s } = holdings;
  const sequence: number[] = [];
  const standing = new Int32Array(events.length).fill(-1);
  for (let n = 0; n < acquire.length; n++) if (s[n] !== -2) standing[Math.min(f[n]!, s[n]!)] = n;
  for (let rank = 0; rank < events.length; rank++) if (standing[rank]! >= 0) sequence.push(standing[rank]!);
  const token = (n: number): number => tokenOf(columns, acquire[n]!);
  if (sequence.some((n) => !Number.isNaN(token(n)))) sequence.sort((one, other) => token(one) - token(other));
  const schedule = new Schedule(columns);
  let latest = 0;
  for (const n of sequence) {
    for (const i of [acquire[n]!, release[n]!]) {
      if (i < 0) continue;
      latest = Math.max(latest, inv[i]!);
      schedule.put(i, latest);
    }
  }
  return schedule.order();
}

/** The fencing token that an acquire was told; NaN for none. */
function tokenOf({ x, ret, end }: Columns, i: number): number {
  return ret[i] === end ? Number.NaN : x![i]!;
}

function replayLock(columns: Columns, order: Int32Array): boolean {
  const { kind, a } = columns;
  let owner = -1;
  let last = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (kind[i] === RELEASE) {
      if (owner !== a[i]) return false;
      owner = -1;
      continue;
    }
    const token = tokenOf(columns, i);
    if (owner !== -1 || token <= last) return false;
    owner = a[i]!;
    if (!Number.isNaN(token)) last = token;
  }
  return true;
}

export const lockForm: Form = {
  name: "zones of holders",
  pending: PENDING,
  read,
  decide: decideLock,
  order: orderLock,
  replay: replayLock,
};
