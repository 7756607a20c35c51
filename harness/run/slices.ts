/** Which runs of a campaign are left to do: those of a shard, less what a journal holds, none beyond the one that ended it. */

import type { PartData } from "./part.ts";

/** One of several machines that share a campaign. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** What came of some runs of a campaign, all of one slice. Indexes count from the campaign's first run. */
export interface Entry {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** The campaign ends with the last of these runs: it failed and the campaign bails out, or an enumeration is exhausted. */
  readonly ends: boolean;
  /** The digest of the first of them: whoever takes the entry up can see whether the code is still the same. */
  readonly digest: string;
  readonly part: PartData;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Whether the slice is this shard's. `turn`: the campaign's place in its suite, so that short campaigns do not all fall to the first. */
export function owns({ index, of }: Shard, slice: number, turn: number): boolean {
  return (slice + turn) % of === index - 1;
}

/** The stretches of runs below `most` that are still to be done, in order, none longer than `size`, each within one slice. */
export function* stretches(
  most: number,
  size: number,
  mine: (slice: number) => boolean,
  done: readonly Entry[],
): Generator<Stretch, undefined> {
  const end = Math.min(most, lastOf(done));
  const taken = done.toSorted((a, b) => a.from - b.from);
  let next = 0;
  let at = 0;
  while (at < end) {
    const { number, to } = sliceOf(at);
    if (!mine(number)) {
      at = to;
      continue;
    }
    while (taken[next] !== undefined && taken[next]!.to <= at) next++;
    const entry = taken[next];
    if (entry !== undefined && entry.from <= at) {
      at = entry.to;
      continue;
    }
    const upTo = Math.min(end, to, at + size, entry?.from ?? end);
    yield { from: at, to: upTo };
    at = upTo;
  }
  return undefined;
}

/** The index behind the run that ends the campaign; infinite when none does. */
export function lastOf(entries: readonly Entry[]): number {
  return entries.reduce((least, { ends, to }) => (ends ? Math.min(least, to) : least), Number.POSITIVE_INFINITY);
}

/** What counts: nothing that lies behind the run which ends the campaign. */
export function counting(entries: readonly Entry[]): readonly Entry[] {
  const end = lastOf(entries);
  return entries.filter(({ from }) => from < end).sort((a, b) => a.from - b.from);
}

/** Runs whose first index is a multiple of this belong together: shards share them out, and a journal has them as its lines. */
const sliceSizes = [
  [0, 50],
  [5_000, 500],
  [50_000, 5_000],
] as const;

/** The fixed slice that a run's index in its campaign lies in. Long campaigns have longer ones. */
export function sliceOf(index: number): { readonly from: number; readonly to: number; readonly number: number } {
  let number = 0;
  for (const [i, [from, size]] of sliceSizes.entries()) {
    const end = sliceSizes[i + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    if (index >= end) {
      number += (end - from) / size;
      continue;
    }
    const within = Math.floor((index - from) / size);
    return { from: from + within * size, to: from + (within + 1) * size, number: number + within };
  }
  throw new Error(`there is no slice of run ${index}`);
}
