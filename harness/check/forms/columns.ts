/** Turns operations into columns: dense ranks of their events, small numbers for their values. */

import { fingerprint } from "../fingerprint.ts";
import type { Operation } from "../history.ts";
import type { Columns, Form } from "./form.ts";

export type Ranks = Pick<Columns, "inv" | "ret" | "end" | "events">;

/** Ranks of all events, for operations in order of invocation. What crashed returns at `end`. */
export function ranked(operations: readonly Operation[]): Ranks {
  const size = operations.length;
  const inv = new Int32Array(size);
  const ret = new Int32Array(size);
  const events = new Int32Array(2 * size);
  const end = 2 * size;
  // What is open, soonest return at the root of a heap.
  let heap = new Int32Array(64);
  let due = new Float64Array(64);
  let open = 0;
  let rank = 0;
  for (let i = 0; i <= size; i++) {
    const operation = operations[i];
    const now = operation === undefined ? Infinity : operation.invoked;
    while (open > 0 && due[0]! < now) {
      const first = heap[0]!;
      ret[first] = rank;
      events[rank++] = -1 - first;
      const last = heap[--open]!;
      const lastDue = due[open]!;
      let at = 0;
      for (let child = 1; child < open; child = 2 * at + 1) {
        if (child + 1 < open && due[child + 1]! < due[child]!) child++;
        if (due[child]! >= lastDue) break;
        heap[at] = heap[child]!;
        due[at] = due[child]!;
        at = child;
      }
      heap[at] = last;
      due[at] = lastDue;
    }
    if (operation === undefined) break;
    inv[i] = rank;
    events[rank++] = i;
    if (operation.outcome === "info") {
      ret[i] = end;
      continue;
    }
    if (open === heap.length) {
      const wider = new Int32Array(2 * open);
      wider.set(heap);
      heap = wider;
      const widerDue = new Float64Array(2 * open);
      widerDue.set(due);
      due = widerDue;
    }
    const { returned } = operation;
    let at = open++;
    for (let parent = (at - 1) >> 1; at > 0 && due[parent]! > returned; parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!;
      due[at] = due[parent]!;
      at = parent;
    }
    heap[at] = i;
    due[at] = returned;
  }
  return { inv, ret, end, events: rank === end ? events : events.subarray(0, rank) };
}

/** Numbers values: equal plain data, equal numbers. Small whole numbers go the quick way. */
export class Numbers {
  count = 0;
  readonly #small: Int32Array;
  readonly #others = new Map<unknown, number>();
  readonly #contents = new Map<string, number>();

  constructor(operations: number) {
    this.#small = new Int32Array(Math.min(4 * operations + 64, 1 << 23));
  }

  of(value: unknown): number {
    if (typeof value === "number" && value >= 0 && value < this.#small.length && Number.isInteger(value)) {
      const known = this.#small[value]!;
      if (known !== 0) return known - 1;
      this.#small[value] = ++this.count;
      return this.count - 1;
    }
    const contents = typeof value === "object" && value !== null ? fingerprint(value) : undefined;
    const known = contents === undefined ? this.#others.get(value) : this.#contents.get(contents);
    if (known !== undefined) return known;
    if (contents === undefined) this.#others.set(value, this.count);
    else this.#contents.set(contents, this.count);
    return this.count++;
  }
}

/**
 * The history up to an event: what was invoked later is not there, what returned later is pending.
 *
 * @param last the rank of the last event that happened
 */
export function prefix(columns: Columns, last: number, form: Form): Columns {
  const { inv, ret, end, events } = columns;
  let size = 0;
  // Operations come in order of invocation.
  for (let step = 2 ** (31 - Math.clz32(columns.size || 1)); step >= 1; step /= 2) {
    if (size + step <= columns.size && inv[size + step - 1]! <= last) size += step;
  }
  const kind = columns.kind.slice(0, size);
  const returned = ret.slice(0, size);
  for (let i = 0; i < size; i++) {
    if (ret[i]! <= last) continue;
    if (ret[i] !== end) kind[i] = form.pending[kind[i]!]!;
    returned[i] = last + 1;
  }
  return {
    ...columns,
    size,
    kind,
    a: columns.a.subarray(0, size),
    b: columns.b.subarray(0, size),
    inv: inv.subarray(0, size),
    ret: returned,
    end: last + 1,
    events: events.subarray(0, last + 1),
    ...(columns.x && { x: columns.x.subarray(0, size) }),
    ...(columns.from && { from: columns.from.subarray(0, size + 1) }),
  };
}

/** Only these operations, with values and ranks numbered anew. */
export function only(columns: Columns, some: readonly number[]): Columns {
  const size = some.length;
  const pick = <T extends Uint8Array | Int32Array | Float64Array>(to: T, from: T): T => {
    for (let n = 0; n < size; n++) to[n] = from[some[n]!]!;
    return to;
  };
  const inv = new Int32Array(size);
  const ret = new Int32Array(size);
  const end = 2 * size;
  const keys = new Float64Array(end);
  let count = 0;
  for (let n = 0; n < size; n++) {
    keys[count++] = columns.inv[some[n]!]! * 2 ** 21 + n;
    if (columns.ret[some[n]!] !== columns.end) keys[count++] = columns.ret[some[n]!]! * 2 ** 21 + n;
  }
  const at = keys.subarray(0, count).sort();
  ret.fill(end);
  const events = new Int32Array(at.length);
  const begun = new Uint8Array(size);
  at.forEach((key, rank) => {
    const n = key % 2 ** 21;
    if (begun[n] === 0) {
      begun[n] = 1;
      inv[n] = rank;
      events[rank] = n;
    } else {
      ret[n] = rank;
      events[rank] = -1 - n;
    }
  });
  const a = new Int32Array(size);
  const numbers = new Map<number, number>();
  for (let n = 0; n < size; n++) {
    const value = columns.a[some[n]!]!;
    if (value >= 0 && !numbers.has(value)) numbers.set(value, numbers.size);
    a[n] = numbers.get(value) ?? -1;
  }
  return {
    size,
    kind: pick(new Uint8Array(size), columns.kind),
    a,
    b: a,
    ids: numbers.size,
    inv,
    ret,
    end,
    events,
    ...(columns.x && { x: pick(new Float64Array(size), columns.x) }),
  };
}
