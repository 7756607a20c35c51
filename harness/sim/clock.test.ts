/** The two clocks: the wall clock has an offset, drifts and jumps; the stop-watch drifts but never jumps. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NodeClock } from "./clock.ts";
import { at, boot, type Handlers, ms } from "./testing/world.ts";

describe("a clock", () => {
  it("runs with the truth until somebody meddles", () => {
    const clock = new NodeClock();
    expect([clock.elapsedUs(0), clock.elapsedUs(12_345), clock.offsetUs(12_345), clock.skewed]).toEqual([0, 12_345, 0, false]);
    expect(clock.wallUs(7) - clock.wallUs(0)).toBe(7);
    expect(clock.wallUs(0)).toBeGreaterThan(1e9);
  });

  it("drifts on both faces alike", () => {
    const clock = new NodeClock();
    clock.setRate(1_000, 500_000);
    expect([clock.elapsedUs(1_000), clock.elapsedUs(3_000), clock.offsetUs(3_000)]).toEqual([1_000, 4_000, 1_000]);
    clock.setRate(3_000, -500_000);
    expect([clock.elapsedUs(5_000), clock.offsetUs(5_000), clock.skewed]).toEqual([5_000, 0, true]);
  });

  it("jumps on the wall and never on the stop-watch", () => {
    const clock = new NodeClock();
    const before = clock.elapsedUs(500);
    clock.jump(-90_000_000);
    expect(clock.elapsedUs(500)).toBe(before);
    expect(clock.offsetUs(500)).toBe(-90_000_000);
  });

  it("starts its stop-watch again at boot, and leaves the wall clock where it is", () => {
    const clock = new NodeClock();
    clock.setRate(0, 250_000);
    clock.jump(77);
    const wall = clock.wallUs(8_000);
    clock.boot(8_000);
    expect([clock.elapsedUs(8_000), clock.wallUs(8_000)]).toEqual([0, wall]);
    expect(clock.elapsedUs(12_000)).toBe(5_000);
  });

  const change = fc.record({
    afterUs: fc.nat(2_000_000),
    ppm: fc.integer({ min: -900_000, max: 9_000_000 }),
    jump: fc.integer({ min: -1e9, max: 1e9 }),
  });

  it("never runs backwards on the stop-watch, whatever the rates and jumps, and loses less than a microsecond a change", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const clock = new NodeClock();
        let now = 0;
        let exact = 0;
        let rate = 0;
        let last = 0;
        for (const { afterUs, ppm, jump } of changes) {
          exact += (afterUs * (1_000_000 + rate)) / 1_000_000;
          now += afterUs;
          const before = clock.elapsedUs(now);
          clock.setRate(now, ppm);
          clock.jump(jump);
          rate = ppm;
          expect(before).toBeGreaterThanOrEqual(last);
          expect(clock.elapsedUs(now)).toBe(before);
          last = before;
        }
        expect(Math.abs(clock.elapsedUs(now) - exact)).toBeLessThan(changes.length + 1);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("says when it will show a moment: then it does, and a microsecond before it does not", () => {
    fc.assert(
      fc.property(change, fc.integer({ min: 1, max: 100_000_000 }), ({ afterUs, ppm }, ahead) => {
        const clock = new NodeClock();
        clock.setRate(afterUs, ppm);
        const due = clock.elapsedUs(afterUs) + ahead;
        const at = clock.trueAt(due);
        expect(clock.elapsedUs(at)).toBeGreaterThanOrEqual(due);
        expect(clock.elapsedUs(at - 1)).toBeLessThan(due);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("a node's clocks", () => {
  /** Reads both clocks of n1 every 10 ms of its own time: [true, wall less the first wall, elapsed]. */
  function reading(meddle: (cluster: ReturnType<typeof boot>) => void, untilMs: number): [number, number, number][] {
    const seen: [number, number, number][] = [];
    let first: number | undefined;
    let trueMs = (): number => 0;
    const cluster = boot({
      n1: {
        onStart: (ctx) => ctx.setTimer("look", 10),
        onTimer: (ctx) => {
          first ??= ctx.now() - ctx.elapsed();
          seen.push([trueMs(), ctx.now() - first, ctx.elapsed()]);
          ctx.setTimer("look", 10);
        },
      },
    });
    trueMs = () => cluster.nowUs / 1000;
    meddle(cluster);
    cluster.runUntil(ms(untilMs));
    return seen;
  }

  it("agree when nobody meddles", () => {
    expect(reading(() => undefined, 30)).toEqual([
      [10, 10, 10],
      [20, 20, 20],
      [30, 30, 30],
    ]);
  });

  it("show a jump on the wall only, and count it when the wall clock is read", () => {
    let cluster: ReturnType<typeof boot> | undefined;
    const seen = reading((it) => {
      cluster = it;
      at(it, 15, () => it.jumpClock("f", "n1", ms(-500)));
      at(it, 25, () => it.jumpClock("f", "n1", ms(500)));
    }, 40);
    expect(seen).toEqual([
      [10, 10, 10],
      [20, -480, 20],
      [30, 30, 30],
      [40, 40, 40],
    ]);
    // Only at 20 ms was the wall clock read while it was off.
    expect(cluster!.effectCounts.get("f")).toBe(1);
  });

  it("drift together; drifts of several faults add up, and end one by one", () => {
    const seen = reading((cluster) => {
      at(cluster, 10, () => cluster.drift("f", "n1", 500_000));
      at(cluster, 10, () => cluster.drift("g", "n1", 500_000));
      at(cluster, 20, () => cluster.undrift("f", "n1"));
      at(cluster, 20, () => cluster.undrift("f", "n1"));
      at(cluster, 40, () => cluster.undrift("g", "n1"));
    }, 61);
    // 10 ms at rate 1, then 20 ms in 10 at rate 2, then 30 ms in 20 at rate 1.5, then rate 1.
    for (const [, wall, elapsed] of seen) expect(wall).toBeCloseTo(elapsed, 5);
    expect(seen.map(([at]) => Math.round(at * 10) / 10)).toEqual([10, 15, 20, 26.7, 33.3, 40, 50, 60]);
  });

  it("are right again after the heal", () => {
    const seen = reading((cluster) => {
      at(cluster, 10, () => cluster.drift("f", "n1", 1_000_000));
      at(cluster, 20, () => cluster.heal());
    }, 40);
    expect(seen.map(([at]) => at)).toEqual([10, 15, 20, 30, 40]);
  });

  it("go on through a restart: the stop-watch from 0, the wall clock from where it was", () => {
    const seen: [number, number][] = [];
    let first: number | undefined;
    const cluster = boot({
      n1: {
        onStart: (ctx) => {
          first ??= ctx.now();
          seen.push([ctx.now() - first, ctx.elapsed()]);
        },
      },
    });
    at(cluster, 30, () => cluster.crash("f", "n1"));
    at(cluster, 40, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(50));
    expect(seen).toEqual([
      [0, 0],
      [40, 0],
    ]);
  });

  it("are each node's own", () => {
    const seen: string[] = [];
    const node: Handlers = {
      onStart: (ctx) => ctx.setTimer("x", 10),
      onTimer: (ctx) => seen.push(`${ctx.id} at ${ctx.elapsed()}`),
    };
    const cluster = boot({ n1: node, n2: node });
    cluster.drift("f", "n1", 1_000_000);
    cluster.runUntil(ms(6));
    expect(seen).toEqual(["n1 at 10"]);
    cluster.runUntil(ms(10));
    expect(seen).toEqual(["n1 at 10", "n2 at 10"]);
  });

  it("that are skewed count as an effect when they are read, or a timer is set on them, and not before", () => {
    const effects = (use: Handlers["onStart"]): (number | undefined)[] => {
      const cluster = boot({ n1: { onStart: (ctx) => ctx.setTimer("x", 10), onTimer: (ctx) => use!(ctx) } });
      cluster.drift("drift", "n1", 100);
      cluster.jumpClock("jump", "n1", 5);
      cluster.runUntil(ms(50));
      return ["drift", "jump"].map((id) => cluster.effectCounts.get(id));
    };
    expect(effects(() => undefined)).toEqual([undefined, undefined]);
    expect(effects((ctx) => void ctx.now())).toEqual([1, 1]);
    expect(effects((ctx) => void ctx.elapsed())).toEqual([1, undefined]);
    expect(effects((ctx) => ctx.setTimer("y", 1_000))).toEqual([1, undefined]);
  });
});
