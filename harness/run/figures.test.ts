/** Figures of runs made by hand, and what limits make of them. */

import { describe, expect, it } from "vitest";
import { FigureTally, figuresOf, type Timed } from "./figures.ts";

const s = 1_000_000;
const ok = (from: number, to: number): Timed => ({ outcome: "ok", invokedAtUs: from * s, returnedAtUs: to * s });
const fail = (from: number, to: number): Timed => ({ ...ok(from, to), outcome: "fail" });
const info = (from: number, to: number): Timed => ({ ...ok(from, to), outcome: "info" });
const open = (from: number): Timed => ({ ...ok(from, Number.POSITIVE_INFINITY), outcome: "open" });
const figures = (operations: readonly Timed[], effects: readonly number[] = [], end = 100) =>
  figuresOf(
    operations,
    30,
    effects.map((at) => at * s),
    end * s,
  );

describe("figures of a run", () => {
  it("failover: from a fault's first effect to the next answer, for each fault that one followed", () => {
    expect(figures([ok(0, 1), ok(4, 6), info(2, 5), fail(6, 7)], [2, 6, 6.5, 8]).failover).toEqual([4 * s, 0, 0.5 * s]);
  });

  it("unavailable: the longest time in which something was open and nothing was answered", () => {
    expect(figures([ok(0, 1), ok(3, 5), ok(4, 9)]).unavailable).toEqual([4 * s]);
    // Nothing is asked for 20 s: that is no outage. Nor does a client that gives up and asks again end one.
    expect(figures([ok(0, 1), ok(21, 22)]).unavailable).toEqual([1 * s]);
    expect(figures([info(0, 3), info(4, 7), ok(7, 8)]).unavailable).toEqual([7 * s]);
    expect(figures([ok(0, 1), open(2)], [], 12).unavailable).toEqual([10 * s]);
    expect(figures([]).unavailable).toEqual([0]);
  });

  it("latency: of what succeeded; messages: for each answer", () => {
    const { latency, messages } = figures([ok(0, 1), fail(1, 9), info(1, 9), ok(3, 5)]);
    expect([latency, messages]).toEqual([[1 * s, 2 * s], [10]]);
    expect(figures([info(0, 1)]).messages).toEqual([]);
  });
});

describe("limits", () => {
  const tally = (quantile: "p50" | "p95" | "max", most: number): FigureTally => {
    const sum = new FigureTally([{ figure: "latency", quantile, most: most * s }]);
    for (let seed = 1; seed <= 50; seed++) sum.add(seed, figures([ok(0, seed), ok(0, seed + 50)]));
    return sum;
  };

  it("are over all values of all runs: 1 s to 100 s here", () => {
    expect(tally("p50", 50).figures()).toEqual({ "latency.p50": 50 * s });
    expect(tally("p95", 95).figures()).toEqual({ "latency.p95": 95 * s });
    expect(tally("max", 100).figures()).toEqual({ latency: 100 * s });
    for (const sum of [tally("p50", 50), tally("p95", 95), tally("max", 100)]) expect(sum.exceeded()).toBeUndefined();
  });

  it("as quantiles take a value that was there: of three the second is the median, and the last the 95th", () => {
    const sum = (quantile: "p50" | "p95") => {
      const three = new FigureTally([{ figure: "latency", quantile, most: s }]);
      three.add(1, figures([ok(0, 1), ok(0, 3), ok(0, 2)]));
      return Object.values(three.figures());
    };
    expect([sum("p50"), sum("p95")]).toEqual([[2 * s], [3 * s]]);
  });

  it("are told when they are exceeded, with the worst value and its seed", () => {
    expect(tally("p95", 94).exceeded()).toBe(
      "latency.p95 was 95s (of 100 values; the worst was 100s, at seed 50), and the limit is 94s",
    );
    expect(tally("max", 99).exceeded()).toBe("latency was 100s (of 100 values; at seed 50), and the limit is 99s");
  });

  it("without a value say nothing", () => {
    const sum = new FigureTally([{ figure: "failover", quantile: "p95", most: 1 }]);
    sum.add(1, figures([ok(0, 1)]));
    expect([sum.figures(), sum.exceeded()]).toEqual([{}, undefined]);
  });
});
