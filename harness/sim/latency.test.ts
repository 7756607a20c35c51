/** Latencies: within their bounds, with about the right mean, and pinned in a few places. */

import { describe, expect, it } from "vitest";
import { finish, mix } from "./chance.ts";
import { delayUs } from "./latency.ts";
import type { Latency } from "./world.ts";

const lowest = 0;
const highest = 2 ** 32 - 1;

function sample(latency: Latency, count = 50_000): number[] {
  return Array.from({ length: count }, (_, i) => delayUs(latency, finish(mix(7, i)))).sort((a, b) => a - b);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function share(values: readonly number[], least: number): number {
  return values.filter((value) => value >= least).length / values.length;
}

describe("a constant latency", () => {
  it("is constant", () => {
    expect(new Set(sample({ kind: "constant", us: 700 }, 100))).toEqual(new Set([700]));
  });
});

describe("a uniform latency", () => {
  const latency: Latency = { kind: "uniform", minUs: 1_000, maxUs: 5_000 };
  it("reaches both ends and goes no further", () => {
    expect([delayUs(latency, lowest), delayUs(latency, highest)]).toEqual([1_000, 5_000]);
    expect(delayUs({ kind: "uniform", minUs: 0, maxUs: 1e9 }, highest)).toBe(1e9);
    expect(delayUs({ kind: "uniform", minUs: 9, maxUs: 9 }, highest)).toBe(9);
  });
  it("has its mean in the middle, and every value about as often", () => {
    const values = sample(latency);
    expect(Math.abs(mean(values) - 3_000)).toBeLessThan(20);
    const few = sample({ kind: "uniform", minUs: 1, maxUs: 3 });
    for (const value of [1, 2, 3]) expect(few.filter((one) => one === value).length / few.length).toBeCloseTo(1 / 3, 2);
  });
});

describe("an exponential latency", () => {
  const latency: Latency = { kind: "exponential", minUs: 500, meanUs: 2_000 };
  it("is never below its minimum, and has the mean and the tail of its kind", () => {
    const values = sample(latency);
    expect(values[0]).toBeGreaterThanOrEqual(500);
    expect(Math.abs(mean(values) - 2_500)).toBeLessThan(40);
    for (const times of [1, 2, 3, 4]) expect(share(values, 500 + times * 2_000)).toBeCloseTo(Math.exp(-times), 1.8);
  });
});

describe("a heavy-tailed latency", () => {
  const latency: Latency = { kind: "heavy-tail", minUs: 1_000, medianUs: 3_000, maxUs: 60_000 };
  it("has its median where it says, and never leaves its bounds", () => {
    const values = sample(latency);
    expect(values[0]).toBeGreaterThanOrEqual(1_000);
    expect(values.at(-1)).toBeLessThanOrEqual(60_000);
    expect(Math.abs(values[25_000]! - 3_000)).toBeLessThan(40);
    expect(delayUs({ ...latency, maxUs: 10_000 }, highest)).toBe(10_000);
  });
  it("has the tail of a Pareto distribution of shape 2: ten times as far is a hundred times as rare", () => {
    const values = sample(latency);
    const scale = 2_000 / (Math.SQRT2 - 1);
    for (const times of [2, 5, 10]) expect(share(values, 1_000 + (times - 1) * scale) * times ** 2).toBeCloseTo(1, 0.7);
  });
});

describe("all latencies", () => {
  it("are whole microseconds, and never less than their least", () => {
    const all: Latency[] = [
      { kind: "constant", us: 3 },
      { kind: "uniform", minUs: 3, maxUs: 11 },
      { kind: "exponential", minUs: 3, meanUs: 10 },
      { kind: "heavy-tail", minUs: 3, medianUs: 10, maxUs: 100 },
    ];
    for (const latency of all) {
      const values = sample(latency, 2_000);
      expect(values.every(Number.isInteger)).toBe(true);
      expect(values[0]).toBe(3);
    }
  });

  it("are pinned: a change here changes what every seed means", () => {
    const draws = [0, 1, 2 ** 30, 2 ** 31, 3 * 2 ** 30, highest - 2 ** 23, highest];
    const of = (latency: Latency): number[] => draws.map((draw) => delayUs(latency, draw));
    expect(of({ kind: "uniform", minUs: 1_000, maxUs: 5_000 })).toMatchInlineSnapshot(`
      [
        1000,
        1000,
        2000,
        3000,
        4000,
        4993,
        5000,
      ]
    `);
    expect(of({ kind: "exponential", minUs: 0, meanUs: 1_000_000 })).toMatchInlineSnapshot(`
      [
        488,
        488,
        288330,
        694122,
        1388244,
        6015182,
        7624618,
      ]
    `);
    expect(of({ kind: "heavy-tail", minUs: 0, medianUs: 1_000_000, maxUs: 1e9 })).toMatchInlineSnapshot(`
      [
        588,
        588,
        373763,
        1000000,
        2414916,
        46368982,
        106663418,
      ]
    `);
  });
});
