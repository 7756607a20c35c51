/** Numbers along fast-check's own shrink streams, and rounded ones. */

import * as fc from "fast-check";
import type { Candidate, Search } from "./search.ts";

/** A number that would become less by no larger a share of it is small enough. */
const finest = 1 / 10;

/** Moves a number towards `min` for as long as it fails, in whole `step`s: between what fails and what does not, by halves. */
export function least(
  search: Search,
  value: number,
  min: number,
  make: (value: number) => Candidate,
  step = 1_000,
  most = Number.POSITIVE_INFINITY,
): void {
  const floor = Math.floor(min / step);
  const arbitrary = fc.integer({ min: floor, max: Math.max(floor, Math.floor(value / step)) });
  let [now, refused]: [number, unknown] = [Math.floor(value / step), undefined];
  for (let moved = true; moved; ) {
    moved = false;
    for (const { value: next, context } of arbitrary.shrink(now, refused)) {
      if (next * step >= value || next * step < min) continue;
      if (now - next < (now - floor) * finest) break;
      if (!search.accepts(make(next * step), most)) continue;
      [now, refused] = [next, context];
      moved = true;
      break;
    }
  }
}

/** Round times read better: whole seconds, else tenths, else whole milliseconds. A story does not grow by it. */
export function round(search: Search, us: number, make: (us: number) => Candidate): void {
  const { events } = search.run;
  for (const step of [1_000_000, 100_000, 10_000, 1_000]) {
    const rounded = [Math.round(us / step) * step, Math.ceil(us / step) * step].filter((value) => value > 0);
    if (rounded.some((value) => value === us || search.accepts(make(value), events))) return;
  }
}
