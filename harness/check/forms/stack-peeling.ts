/** Peeling a stack from the bottom, over segments of time: what can lie under all others that are left goes first (Lee and Mathur). */

import type { Columns } from "./form.ts";
import type { Items } from "./items.ts";
import { coversOf, Waiting } from "./stack-trees.ts";

/** Time in segments: moments between the same two bounds, at which something begins or ends to be inside for sure, are alike. */
export interface Segments {
  /** By rank: the segment just after that event. */
  readonly of: Int32Array;
  readonly count: number;
  /** By segment: how many items must be inside. */
  readonly cover: Int32Array;
  /** By segment: the last one so far in which nothing must be inside, -1 for none. */
  readonly vacant: Int32Array;
}

export function segmentsOf({ end, events }: Columns, { put, er, di, count }: Items): Segments {
  // First what the number of items changes by at a rank.
  const of = new Int32Array(events.length + 1);
  let bounds = 0;
  for (let item = 0; item < count; item++) {
    if (put[item]! < 0 || er[item]! >= di[item]!) continue;
    of[er[item]!] = 1;
    bounds++;
    if (di[item]! === end) continue;
    of[di[item]!] = -1;
    bounds++;
  }
  const cover = new Int32Array(bounds + 1);
  let segments = 0;
  for (let rank = 0; rank < events.length; rank++) {
    if (of[rank] !== 0) cover[++segments] = cover[segments - 1]! + of[rank]!;
    of[rank] = segments;
  }
  segments++;
  const vacant = new Int32Array(segments);
  for (let at = 0, latest = -1; at < segments; at++) {
    if (cover[at] === 0) latest = at;
    vacant[at] = latest;
  }
  return { of, count: segments, cover, vacant };
}

/** The last segment that an operation reaches into. */
export function lastSegment({ ret, end }: Columns, segments: Segments, i: number): number {
  return ret[i] === end ? segments.count - 1 : segments.of[ret[i]! - 1]!;
}

/**
 * An item must be inside from its push's return to its pop's invocation. An item can lie under all others that are left when
 * its push has a moment at which none of the others must be inside, and so has its pop. Such items are taken away until none
 * is left (linearizable) or all that are left are in each other's way.
 *
 * @param taken is told of each segment at which, from now on, nothing that is left must be inside
 * @param peeled is told of each item that is taken away, when all such segments are known
 * @returns by item: 1 when it is in the way
 */
export function peel(
  columns: Columns,
  { put, take, er, di, count }: Items,
  segments: Segments,
  taken?: (segment: number) => void,
  peeled?: (item: number) => void,
): Uint8Array {
  const { size, a, inv, end } = columns;
  const waiting = new Waiting(size, segments.count);
  const lacking = new Uint8Array(count);
  const wait = (i: number, item: number): void => {
    lacking[item]!++;
    waiting.add(i, segments.of[inv[i]!]!, lastSegment(columns, segments, i));
  };
  for (let item = 0; item < count; item++) {
    if (put[item]! < 0 || er[item]! >= di[item]!) continue;
    wait(put[item]!, item);
    if (take[item]! >= 0) wait(take[item]!, item);
  }
  waiting.build(columns);
  const covers = coversOf(segments.cover);
  const free: number[] = [];
  const release = (i: number): void => {
    if (--lacking[a[i]!]! === 0) free.push(a[i]!);
  };
  for (;;) {
    for (let at = covers.takeVacant(); at >= 0; at = covers.takeVacant()) {
      taken?.(at);
      waiting.release(at, release);
    }
    const item = free.pop();
    if (item === undefined) break;
    peeled?.(item);
    covers.lower(segments.of[er[item]!]!, di[item] === end ? segments.count : segments.of[di[item]!]!);
  }
  for (let item = 0; item < count; item++) if (lacking[item]! > 0) lacking[item] = 1;
  return lacking;
}
