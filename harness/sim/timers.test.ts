/** Timers: one a name, on the node's own stop-watch, in the order set; and equal to the dumbest queue there is. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context } from "../protocol.ts";
import { NodeClock } from "./clock.ts";
import type { Cluster } from "./cluster.ts";
import { at, boot, ms } from "./testing/world.ts";

/** n1 does `start` at 0, and `steps` at their true times (in ms, by a message that takes no part in the story). */
function timers(
  start: (ctx: Context) => void,
  steps: readonly (readonly [number, (ctx: Context) => void])[] = [],
): { cluster: Cluster; fired: string[] } {
  const fired: string[] = [];
  let atMs = (): number => 0;
  const cluster = boot({
    n1: {
      onStart: start,
      onMessage: (ctx, _, { step }) => steps[step as number]![1](ctx),
      onTimer: (_, name, data) => void fired.push(`${name}${data === undefined ? "" : ` ${JSON.stringify(data)}`} at ${atMs()}`),
    },
    driver: {
      onStart: (ctx) => steps.forEach(([when], step) => void ctx.setTimer(`step ${step}`, when - 1, step)),
      onTimer: (ctx, _, step) => ctx.send("n1", { type: "step", step }),
    },
  });
  atMs = () => cluster.nowUs / 1000;
  return { cluster, fired };
}

function run(
  start: (ctx: Context) => void,
  steps: readonly (readonly [number, (ctx: Context) => void])[] = [],
  untilMs = 100,
): string[] {
  const { cluster, fired } = timers(start, steps);
  cluster.runUntil(ms(untilMs));
  return fired;
}

describe("a timer", () => {
  it("fires once, with its data, after its time", () => {
    expect(run((ctx) => ctx.setTimer("x", 10, { n: 1 }))).toEqual(['x {"n":1} at 10']);
    expect(run((ctx) => ctx.setTimer("x", 0.25))).toEqual(["x at 0.25"]);
  });

  it("set with 0 fires at once, but after the handler", () => {
    const order: string[] = [];
    boot({
      n1: {
        onStart: (ctx) => {
          ctx.setTimer("x", 0);
          order.push("handler done");
        },
        onTimer: () => void order.push("fired"),
      },
    }).runUntil(0);
    expect(order).toEqual(["handler done", "fired"]);
  });

  it("is replaced when set again: later, earlier, to the same moment, with other data", () => {
    expect(run((ctx) => ctx.setTimer("x", 10, 1), [[5, (ctx) => ctx.setTimer("x", 20, 2)]])).toEqual(["x 2 at 25"]);
    expect(run((ctx) => ctx.setTimer("x", 50, 1), [[5, (ctx) => ctx.setTimer("x", 10, 2)]])).toEqual(["x 2 at 15"]);
    expect(run((ctx) => ctx.setTimer("x", 10, 1), [[5, (ctx) => ctx.setTimer("x", 5, 2)]])).toEqual(["x 2 at 10"]);
    expect(
      run(
        (ctx) => ctx.setTimer("x", 10, 1),
        [
          [4, (ctx) => ctx.setTimer("x", 50)],
          [8, (ctx) => ctx.setTimer("x", 1)],
          [9, (ctx) => ctx.setTimer("x", 30)],
        ],
      ),
    ).toEqual(["x at 39"]);
  });

  it("is gone when cancelled, and back when set after that", () => {
    expect(run((ctx) => ctx.setTimer("x", 10), [[5, (ctx) => ctx.cancelTimer("x")]])).toEqual([]);
    expect(
      run(
        (ctx) => {
          ctx.setTimer("x", 10);
          ctx.cancelTimer("x");
          ctx.setTimer("x", 20);
          ctx.cancelTimer("never set");
        },
        [[3, (ctx) => ctx.cancelTimer("y")]],
      ),
    ).toEqual(["x at 20"]);
    expect(
      run(
        (ctx) => ctx.setTimer("x", 10),
        [
          [5, (ctx) => ctx.cancelTimer("x")],
          [6, (ctx) => ctx.setTimer("x", 2)],
          [20, (ctx) => ctx.setTimer("x", 2)],
        ],
      ),
    ).toEqual(["x at 8", "x at 22"]);
  });

  it("comes in the order set when several are due at once: setting again goes to the back", () => {
    expect(run((ctx) => ["a", "b", "c"].forEach((name) => void ctx.setTimer(name, 10)))).toEqual([
      "a at 10",
      "b at 10",
      "c at 10",
    ]);
    expect(
      run((ctx) => {
        ctx.setTimer("a", 10);
        ctx.setTimer("b", 10);
        ctx.setTimer("a", 10);
      }),
    ).toEqual(["b at 10", "a at 10"]);
    expect(
      run(
        (ctx) => {
          ctx.setTimer("a", 10);
          ctx.setTimer("b", 15);
        },
        [[5, (ctx) => ctx.setTimer("a", 10)]],
      ),
    ).toEqual(["b at 15", "a at 15"]);
  });

  it("does not outlive a crash, nor come back with the next incarnation", () => {
    const { cluster, fired } = timers((ctx) => ctx.disk.read("booted") === undefined && ctx.setTimer("x", 10));
    at(cluster, 3, () => cluster.crash("f", "n1"));
    at(cluster, 4, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    expect(fired).toEqual(["x at 14"]);
  });

  it("of a dead incarnation does not fire the next one's timer of the same name", () => {
    let first = true;
    const { cluster, fired } = timers((ctx) => {
      ctx.setTimer("x", first ? 10 : 30);
      first = false;
    });
    at(cluster, 3, () => cluster.crash("f", "n1"));
    at(cluster, 4, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    expect(fired).toEqual(["x at 34"]);
  });

  it.each([-1, Number.NaN, 1e10, Number.POSITIVE_INFINITY])("is refused with %d ms", (afterMs) => {
    const { cluster } = timers((ctx) => ctx.setTimer("x", afterMs));
    expect(cluster.stop?.sentence).toBe(`n1 called ctx.setTimer("x", ${afterMs}); expected a number of ms, 0 or more, in start`);
  });
});

describe("a change of rate re-queues pending timers exactly", () => {
  const start = (ctx: Context): void => ctx.setTimer("x", 1_000);
  const half = -500_000;
  const double = 1_000_000;

  function changed(
    changes: readonly (readonly [number, number])[],
    steps: Parameters<typeof timers>[1] = [],
    begin = start,
  ): string[] {
    const { cluster, fired } = timers(begin, steps);
    for (const [when, ppm] of changes)
      at(cluster, when, () => (ppm === 0 ? cluster.undrift("f", "n1") : cluster.drift("f", "n1", ppm)));
    cluster.runUntil(ms(5_000));
    return fired;
  }

  it("to later, when the clock slows down half-way", () => {
    expect(changed([[500, half]])).toEqual(["x at 1500"]);
  });
  it("to earlier, when it speeds up", () => {
    expect(changed([[500, double]])).toEqual(["x at 750"]);
  });
  it("with two changes, back and forth", () => {
    expect(
      changed([
        [500, half],
        [700, 0],
      ]),
    ).toEqual(["x at 1100"]);
    expect(
      changed([
        [200, double],
        [400, half],
      ]),
    ).toEqual(["x at 1200"]);
    expect(
      changed([
        [200, double],
        [200, 0],
        [300, half],
        [300, 0],
      ]),
    ).toEqual(["x at 1000"]);
  });
  it("while the timer stands lazily at an older place", () => {
    // At 300 it is set to 1300, but still stands in the queue at 1000.
    const again: Parameters<typeof timers>[1] = [[300, start]];
    expect(changed([[400, half]], again)).toEqual(["x at 2200"]);
    expect(changed([[400, double]], again)).toEqual(["x at 850"]);
    expect(
      changed(
        [
          [400, double],
          [500, 0],
        ],
        again,
      ),
    ).toEqual(["x at 1200"]);
    expect(changed([[1_100, half]], again)).toEqual(["x at 1500"]);
  });
  it("and leaves cancelled ones alone", () => {
    expect(changed([[500, double]], [[300, (ctx) => ctx.cancelTimer("x")]])).toEqual([]);
  });
  it("and keeps the order of those that were due at once", () => {
    const both = (ctx: Context): void => {
      ctx.setTimer("b", 1_000);
      ctx.setTimer("a", 1_000);
    };
    expect(changed([[500, double]], [], both)).toEqual(["b at 750", "a at 750"]);
  });
  it("for timers that are set while it lasts, too", () => {
    expect(changed([[100, half]], [[200, (ctx) => ctx.setTimer("x", 100)]])).toEqual(["x at 400"]);
  });
});

describe("the lazy queue of timers", () => {
  type Step = { readonly atMs: number } & (
    | { readonly do: "set"; readonly name: string; readonly afterMs: number }
    | { readonly do: "cancel"; readonly name: string }
  );
  const name = fc.constantFrom("a", "b", "c");
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ atMs: fc.integer({ min: 1, max: 40 }), do: fc.constant("set" as const), name, afterMs: fc.nat(25) }),
    },
    { weight: 1, arbitrary: fc.record({ atMs: fc.integer({ min: 1, max: 40 }), do: fc.constant("cancel" as const), name }) },
  );
  const change = fc.record({ atMs: fc.nat(50), ppm: fc.constantFrom(0, -500_000, 1_000_000, 3_000_000, 123_456) });

  /**
   * The dumb twin: nothing is ever queued. Each round looks through everything that is to come (the driver's timers, its messages, the
   * changes of rate, the timers as they stand now) for the first one, by time and then by when it was asked for.
   */
  function dumb(steps: readonly Step[], changes: readonly { readonly atMs: number; readonly ppm: number }[]): string[] {
    interface Coming {
      readonly atUs: number;
      readonly order: number;
      readonly happen: () => void;
    }
    const clock = new NodeClock();
    const fired: string[] = [];
    const set = new Map<string, { dueElapsedUs: number; order: number; data: number }>();
    let coming: Coming[] = [];
    let order = 0;
    let now = 0;
    const meet = (atUs: number, happen: () => void): void => void coming.push({ atUs, order: order++, happen });
    steps.forEach((step, i) => {
      meet(ms(step.atMs - 1), () => {
        meet(now + 1_000, () => {
          if (step.do === "cancel") set.delete(step.name);
          else set.set(step.name, { dueElapsedUs: clock.elapsedUs(now) + ms(step.afterMs), order: order++, data: i });
        });
      });
    });
    for (const { atMs, ppm } of changes) meet(ms(atMs), () => clock.setRate(now, ppm));
    for (;;) {
      const timers = [...set].map(([name, { dueElapsedUs, order, data }]) => ({
        atUs: Math.max(now, clock.trueAt(dueElapsedUs)),
        order,
        happen: () => {
          set.delete(name);
          fired.push(`${name} ${data} at ${now / 1000}`);
        },
      }));
      const [first] = [...coming, ...timers].sort((a, b) => a.atUs - b.atUs || a.order - b.order);
      if (first === undefined) return fired;
      now = first.atUs;
      coming = coming.filter((other) => other !== first);
      first.happen();
    }
  }

  function lazy(steps: readonly Step[], changes: readonly { readonly atMs: number; readonly ppm: number }[]): string[] {
    const { cluster, fired } = timers(
      () => undefined,
      steps.map((step, i) => [
        step.atMs,
        (ctx) => (step.do === "set" ? ctx.setTimer(step.name, step.afterMs, i) : ctx.cancelTimer(step.name)),
      ]),
    );
    for (const { atMs, ppm } of changes) at(cluster, atMs, () => cluster.drift("f", "n1", ppm));
    cluster.runUntil(ms(1_000));
    expect(cluster.pending()).toBe(0);
    return fired;
  }

  it("fires what a naive queue fires, when and in the order it does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        expect(lazy(steps, [])).toEqual(dumb(steps, []));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("does so under changing rates", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(change, { maxLength: 6 }), (steps, changes) => {
        expect(lazy(steps, changes)).toEqual(dumb(steps, changes));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
