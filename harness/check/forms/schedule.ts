/** Orders over columns: operations are put at moments of real time, and whatever comes out is checked. */

import type { Columns } from "./form.ts";

/**
 * Operations at moments. A moment is the time just after the event of that rank; within one, operations stand as they were put.
 * An operation that is put at a moment from its invocation to just before its return can never be against real time.
 */
export class Schedule {
  readonly #what: Int32Array;
  readonly #when: Int32Array;
  readonly #moments: number;
  #count = 0;
  #sorted = true;

  /** @param moments how many there are; more than events when each is divided further */
  constructor({ size, events }: Columns, moments: number = events.length) {
    this.#what = new Int32Array(size);
    this.#when = new Int32Array(size);
    this.#moments = moments;
  }

  put(operation: number, moment: number): void {
    const at = this.#count++;
    if (at > 0 && moment < this.#when[at - 1]!) this.#sorted = false;
    this.#what[at] = operation;
    this.#when[at] = moment;
  }

  /** Puts at its invocation whatever returned and is of no kind: it changes nothing, and may have answered anything. */
  putIdle({ size, kind, inv, ret, end }: Columns): void {
    for (let i = 0; i < size; i++) if (kind[i] === 0 && ret[i] !== end) this.put(i, inv[i]!);
  }

  order(): Int32Array {
    const count = this.#count;
    const what = this.#what.subarray(0, count);
    if (this.#sorted) return what;
    const when = this.#when.subarray(0, count);
    // By the lower half of a moment's digits, then by the upper: two short rows of counts stay in the cache, one long one does not.
    const half = Math.ceil((32 - Math.clz32(this.#moments)) / 2);
    const byLower = sorted(when, 0, half);
    const byMoment = sorted(when, half, half, byLower);
    for (let n = 0; n < count; n++) byMoment[n] = what[byMoment[n]!]!;
    return byMoment;
  }
}

/** Indexes of `keys`, stable, by so many bits of a key from `shift` on; those of `among`, in its order, when it is given. */
function sorted(keys: Int32Array, shift: number, bits: number, among?: Int32Array): Int32Array {
  const { length } = keys;
  const mask = (1 << bits) - 1;
  const starts = new Int32Array(mask + 2);
  for (let n = 0; n < length; n++) starts[((keys[n]! >>> shift) & mask) + 1]!++;
  for (let digit = 1; digit <= mask; digit++) starts[digit]! += starts[digit - 1]!;
  const order = new Int32Array(length);
  for (let n = 0; n < length; n++) {
    const i = among === undefined ? n : among[n]!;
    order[starts[(keys[i]! >>> shift) & mask]!++] = i;
  }
  return order;
}

/** True when every operation that returned stands in `order` once, no other one twice, and all within real time. */
export function isOrder({ size, inv, ret, end }: Columns, order: Int32Array): boolean {
  const placed = new Uint8Array(size);
  let latest = -1;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (i < 0 || i >= size || placed[i] === 1 || ret[i]! < latest) return false;
    placed[i] = 1;
    if (inv[i]! > latest) latest = inv[i]!;
  }
  for (let i = 0; i < size; i++) if (placed[i] === 0 && ret[i] !== end) return false;
  return true;
}
