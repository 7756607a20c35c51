/** Chance for the making of a plan: one stream for each seed and strategy, of the few draws that are made once a run. */

import { stream } from "../../sim/index.ts";

export class Chance {
  /** Whole numbers in 0..2^32-1. */
  readonly next: () => number;

  constructor(...name: readonly (string | number)[]) {
    this.next = stream("strategy", ...name);
  }

  /** Both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor((this.next() * (max - min + 1)) / 4294967296);
  }

  /** True in so many of a hundred cases. */
  odds(percent: number): boolean {
    return this.between(0, 99) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }

  /** So many of them, in the order of the list. */
  some<T>(list: readonly T[], count: number): T[] {
    let left = Math.min(count, list.length);
    return list.filter((_, i) => {
      const take = this.between(1, list.length - i) <= left;
      if (take) left--;
      return take;
    });
  }

  shuffled<T>(list: readonly T[]): T[] {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const other = this.between(0, i);
      [all[i], all[other]] = [all[other]!, all[i]!];
    }
    return all;
  }
}
