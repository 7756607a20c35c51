/** Numbers along fast-check's own shrink streams, and rounded ones. */

import * as fc from "fast-check";
import type { Run } from "../run.ts";
import type { Candidate, Search } from "./search.ts";

/** Moves a number towards `min` for as long as it fails, in whole `step`s. */
export function least(
  search: Search,
  value: number,
  min: number,
  make: (value: number) => Candidate,
  step = 1_000,
  pleases: (run: Run) => boolean = () => true,
): void {
  const floor = Math.floor(min / step);
  const arbitrary = fc.integer({ min: floor, max: Math.max(floor, Math.floor(value / step)) });
  let now = Math.floor(value / step);
  for (let moved = true; moved; ) {
    moved = false;
    for (const { value: next } of arbitrary.shrink(now, undefined)) {
      if (next * step >= value || next * step < min) continue;
      if (!search.accepts(make(next * step), pleases)) continue;
      now = next;
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
    if (rounded.some((value) => value === us || search.accepts(make(value), (run) => run.events <= events))) return;
  }
}
