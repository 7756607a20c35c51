/** Parts of a campaign: that they add up to the whole however it was divided, and that a campaign's room does not grow with its runs. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DistinctCount } from "./distinct.ts";
import { mostSeeds, Part, type PartData } from "./part.ts";
import type { Run } from "./run.ts";
import { counting, type Entry, lastOf, owns, sliceOf, stretches } from "./slices.ts";

const limits = [
  { figure: "latency", quantile: "p95", most: 5_000 },
  { figure: "messages", quantile: "max", most: 9 },
] as const;

/** A number that looks drawn, the same for the same seed. */
function drawn(seed: number, salt: number): number {
  let x = Math.imul(seed ^ (salt * 0x9e3779b1), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

function run(seed: number, most = 10_000): Run {
  const hex = (salt: number): string => drawn(seed, salt).toString(16).padStart(8, "0");
  const kind = drawn(seed, 1) % 10;
  const verdict = kind === 0 ? "invalid" : kind === 1 ? "unknown" : "valid";
  return {
    seed,
    digest: hex(2) + hex(3),
    verdict,
    ...(verdict === "invalid"
      ? {
          violation: {
            family: "invariant",
            check: kind + (drawn(seed, 4) % 2) === 0 ? "a" : "b",
            sentence: "it broke.",
            atUs: 1,
          },
        }
      : {}),
    ...(verdict === "unknown" ? { unknown: "nobody knows" } : {}),
    events: seed % 7,
    messages: 3,
    post: { sent: 3, delivered: 2, lost: 1, cut: 0 },
    virtualUs: 1_000,
    operations: { asked: 3, ok: 2, fail: 0, info: 1 },
    effects: { "nap.1": seed % 2, other: 1 },
    goals: seed % 3 === 0 ? ["g"] : [],
    figures: {
      failover: [],
      unavailable: [7],
      latency: [drawn(seed, 5) % most, drawn(seed, 6) % most],
      messages: [3 + (seed % 4) / 3],
    },
  };
}

const empty = (): Part => new Part(limits, ["nap", "other"], ["g", "h"]);
function of(seeds: readonly number[]): Part {
  const part = empty();
  for (const seed of seeds) part.add(run(seed));
  return part;
}
/** As it comes back out of a journal. */
const stored = (part: Part): PartData => JSON.parse(JSON.stringify(part.data())) as PartData;
function merged(parts: readonly Part[]): Part {
  const whole = empty();
  for (const part of parts) whole.merge(stored(part));
  return whole;
}

describe("parts of a campaign", () => {
  it("add up to the same as all runs in a row, in whatever pieces and order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 120 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        (piece, order) => {
          const pieces = order.map((i) => of(piece.flatMap((own, at) => (own === i ? [at + 1] : []))));
          const whole = of(piece.map((_own, at) => at + 1));
          const sum = merged(pieces);
          expect(sum.told()).toEqual(whole.told());
          expect(sum.figures.exceeded()).toEqual(whole.figures.exceeded());
          expect([...sum.kinds].sort()).toEqual([...whole.kinds].sort());
          expect(sum.unjudged).toEqual(whole.unjudged);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it("have another digest when two runs swap their seeds, or one is missing", () => {
    const digests = [of([1, 2, 3]), of([1, 2]), of([1, 2, 4])].map(({ digest }) => digest);
    const swapped = empty();
    for (const [seed, other] of [
      [1, 2],
      [2, 1],
      [3, 3],
    ] as const)
      swapped.add({ ...run(seed), digest: run(other).digest });
    expect(new Set([...digests, swapped.digest]).size).toBe(4);
  });

  it("take no more room for 40,000 runs than for 20,000, whatever came of them", () => {
    const part = empty();
    const sizes = [1, 2].map((round) => {
      for (let i = 0; i < 20_000; i++) part.add(run(round * 20_000 + i, 2 ** 30));
      return JSON.stringify(part.data()).length;
    });
    expect(sizes[1]! / sizes[0]!).toBeLessThan(1.15);
    expect(sizes[1]).toBeLessThan(200_000);
    // And yet they know how many there were of what.
    const kinds = [...part.kinds.values()];
    expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(part.counts.invalid);
    for (const { others } of kinds) expect(others.length).toBe(mostSeeds);
    expect(part.counts.unknown).toBeGreaterThan(3_000);
    expect(part.told().metrics.latency.count).toBe(80_000);
    expect(part.told().distinct.exact).toBe(false);
    expect(Math.abs(part.told().distinct.count / 40_000 - 1)).toBeLessThan(0.05);
    // Too many different values to keep: the quantile is rounded up by at most one part in 128, the verdict is exact.
    expect(part.figures.exceeded()).toMatch(/^latency\.p95 was .* \(of 80000 values; the worst was/);
    expect(part.told().figures["latency.p95"]! / (2 ** 30 * 0.95)).toBeCloseTo(1, 1);
  });

  it("keep the lowest seeds of each kind, however many there are and whoever comes first", () => {
    const seeds = (from: number): number[] => Array.from({ length: 15_000 }, (_, i) => from + i);
    const [early, late] = [of(seeds(1)), of(seeds(15_001))];
    const sum = merged([late, early]);
    expect([...sum.kinds].sort()).toEqual([...merged([early, late]).kinds].sort());
    for (const [name, { first, others, count }] of sum.kinds) {
      expect([others.length, others.every((seed, i) => seed > (others[i - 1] ?? first.seed))]).toEqual([mostSeeds, true]);
      expect(count).toBe(early.kinds.get(name)!.count + late.kinds.get(name)!.count);
    }
  });

  it("know how many different digests there were, exactly while there are few", () => {
    const count = new DistinctCount();
    for (let i = 0; i < 9_000; i++) count.add(run(i % 3_000).digest);
    expect(count.told()).toEqual({ count: 3_000, exact: true });
  });
});

describe("slices", () => {
  it("are fixed, follow each other without gaps, and grow with the campaign", () => {
    let at = 0;
    let number = 0;
    while (at < 120_000) {
      const slice = sliceOf(at);
      expect(slice).toMatchObject({ from: at, number });
      expect(sliceOf(slice.to - 1)).toEqual(slice);
      at = slice.to;
      number++;
    }
    expect(number).toBeLessThan(250);
  });

  const all = (most: number, size: number, mine: (slice: number) => boolean, done: readonly Entry[] = []) => [
    ...stretches(most, size, mine, done),
  ];
  const entry = (from: number, to: number, ends = false): Entry => ({ from, to, ends, digest: "", part: of([]).data() });

  it("are shared out so that each run is one machine's, and short campaigns are not all the first one's", () => {
    for (const of of [1, 2, 3, 7]) {
      const runs = Array.from({ length: of }, (_, i) => all(400, 20, (slice) => owns({ index: i + 1, of }, slice, 5)));
      const indexes = runs.flat().flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
      expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    }
    const first = [0, 1, 2].map((turn) => all(30, 50, (slice) => owns({ index: 1, of: 3 }, slice, turn)).length);
    expect(first.reduce((sum, n) => sum + n)).toBe(1);
  });

  it("are gone on with where a journal ends, and in its gaps", () => {
    const left = all(180, 50, () => true, [entry(0, 30), entry(60, 100), entry(100, 120)]);
    expect(left).toEqual([
      { from: 30, to: 50 },
      { from: 50, to: 60 },
      { from: 120, to: 150 },
      { from: 150, to: 180 },
    ]);
  });

  it("end where the lowest run ended the campaign; what others did behind that does not count", () => {
    const done = [entry(50, 100), entry(100, 137, true), entry(150, 163, true), entry(200, 250)];
    expect(lastOf(done)).toBe(137);
    expect(all(1_000, 50, () => true, done)).toEqual([{ from: 0, to: 50 }]);
    expect(counting(done).map(({ from }) => from)).toEqual([50, 100]);
  });
});
