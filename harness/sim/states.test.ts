/** What a trace keeps of the nodes' states: after each handler what has changed, as plain data, at no price for the run. */

import { describe, expect, it } from "vitest";
import type { Context, Node } from "../protocol.ts";
import { roots } from "./chance.ts";
import { Cluster } from "./cluster.ts";
import type { Scout } from "./setup.ts";
import { shown } from "./shown.ts";
import { stormy } from "./testing/stormy.ts";
import { records } from "./testing/world.ts";

/** Counts its ticks, and shows what `inspect` says. */
class Counter implements Node {
  ticks = 0;
  private readonly ctx: Context;
  private readonly look: (node: Counter) => unknown;

  constructor(ctx: Context, look: (node: Counter) => unknown) {
    this.ctx = ctx;
    this.look = look;
  }

  onStart(): void {
    this.ctx.setTimer("tick", 10);
  }

  onTimer(): void {
    this.ticks++;
    if (this.ticks < 3) this.ctx.setTimer("tick", 10);
  }

  onMessage(): void {}

  inspect(): unknown {
    return this.look(this);
  }

  get context(): Context {
    return this.ctx;
  }
}

function counting(
  look: (node: Counter) => unknown,
  options: { readonly trace?: boolean; readonly states?: boolean; readonly scout?: Scout } = {},
): Cluster {
  const cluster = new Cluster({
    roots: roots(1),
    servers: [{ id: "n1", role: "server" }],
    clients: [],
    weather: { latency: { kind: "constant", us: 1000 }, lossPpm: 0, duplicatePpm: 0 },
    policy: { target: "any", tryMs: 10, timeoutMs: 10, retry: false },
    create: (ctx) => new Counter(ctx, look),
    invariants: [],
    selectors: {},
    goals: [],
    trace: true,
    ...options,
  });
  cluster.boot();
  return cluster;
}

describe("the states in a trace", () => {
  it("are the fields that a handler changed, each at the record of what it was called for", () => {
    const cluster = counting(({ ticks }) => ({ ticks, even: ticks % 2 === 0, steady: "yes" }));
    cluster.runUntil(25_000);
    const [first, second] = records(cluster, "timer").map(({ n }) => n);
    expect(cluster.nodeStates).toEqual([
      { n: 1, node: "n1", first: true, changed: { ticks: 0, even: true, steady: "yes" } },
      { n: first, node: "n1", first: false, changed: { ticks: 1, even: false } },
      { n: second, node: "n1", first: false, changed: { ticks: 2, even: true } },
    ]);
  });

  it("begin anew with each incarnation, and say which fields are gone", () => {
    const cluster = counting(({ ticks }) => (ticks === 0 ? { ticks, young: true } : { ticks }));
    cluster.runUntil(15_000);
    cluster.crash("f", "n1");
    cluster.restart("f", "n1");
    expect(cluster.nodeStates.map(({ first, gone }) => [first, gone])).toEqual([
      [true, undefined],
      [false, ["young"]],
      [true, undefined],
    ]);
  });

  it("are not asked for where nobody looks", () => {
    let asked = 0;
    for (const options of [{ trace: false }, { states: false }]) {
      const cluster = counting(() => ({ asked: ++asked }), options);
      cluster.runUntil(50_000);
      expect([cluster.nodeStates, asked]).toEqual([[], 0]);
    }
  });

  it("survive an inspect() that cannot be asked: it throws, reaches for ctx, or for the clock on the wall", () => {
    for (const [look, why] of [
      [() => Number.parseFloat("x").toFixed(1000), /toFixed/],
      [(node: Counter) => node.context.now(), /ctx.now was used in inspect/],
      [(node: Counter) => node.context.disk.read("term"), /ctx.disk.read was used in inspect/],
    ] as const) {
      const cluster = counting(look);
      cluster.runUntil(50_000);
      expect(cluster.stop).toBeUndefined();
      expect(cluster.nodeStates).toEqual([
        { n: 1, node: "n1", first: true, changed: { "inspect() failed": expect.stringMatching(why) } },
      ]);
    }
  });

  it("change nothing: the digest of a storm is the same with and without them", () => {
    expect(stormy(3, true).nodeStates.length).toBeGreaterThan(20);
    expect(stormy(3, true).digestText()).toBe(stormy(3, false).digestText());
  });
});

describe("a scout", () => {
  const heard = (look: (node: Counter) => unknown, read: (state: unknown) => unknown, trace = false) => {
    const states: unknown[] = [];
    const scout: Scout = (_node, handler, _effects, { inspected }) => {
      try {
        states.push([handler, inspected(read)]);
      } catch (error) {
        states.push([handler, (error as Error).message]);
      }
    };
    const cluster = counting(look, { trace, scout });
    cluster.runUntil(15_000);
    return { cluster, states };
  };

  it("sees the state as the handler has left it, without a trace", () => {
    const { states } = heard(({ ticks }) => ({ ticks }), structuredClone);
    expect(states).toEqual([
      ["start", { ticks: 0 }],
      ["timer tick", { ticks: 1 }],
    ]);
  });

  it("is told why a state cannot be seen, and the run goes on: in inspect() itself, and in what it returns", () => {
    const lazy = (node: Counter): unknown => ({
      get late(): number {
        return node.context.elapsed();
      },
    });
    for (const look of [({ context }: Counter) => ({ now: context.now() }), lazy, () => ({ now: Date.now() })]) {
      const { cluster, states } = heard(look, shown, look === lazy);
      expect(cluster.stop).toBeUndefined();
      expect(states).toHaveLength(2);
    }
    expect(heard(({ context }) => context.now(), shown).states[1]).toEqual([
      "timer tick",
      "ctx.now was used in inspect(), where only fields are at hand",
    ]);
    expect(heard(lazy, shown).states[1]).toEqual([
      "timer tick",
      "ctx.elapsed was used in inspect(), where only fields are at hand",
    ]);
  });
});

describe("what is shown of a value", () => {
  it("is plain data, whatever it was", () => {
    const circle: Record<string, unknown> = { name: "c" };
    circle["self"] = circle;
    expect(
      shown({
        map: new Map([["a", 1]]),
        set: new Set([1n]),
        nan: Number.NaN,
        f: () => 1,
        gone: undefined,
        circle,
        list: [() => 1],
      }),
    ).toEqual({ map: { a: 1 }, set: [1n], nan: "NaN", circle: { name: "c", self: "(again)" }, list: ["(function)"] });
  });

  it("ends somewhere", () => {
    let deep: unknown = 0;
    for (let i = 0; i < 50; i++) deep = [deep];
    expect(JSON.stringify(shown(deep)).length).toBeLessThan(40);
    expect(shown(Array.from({ length: 1000 }, (_, i) => i))).toHaveLength(201);
  });
});

describe("a clock that a fault moves", () => {
  it("stands in the trace, with how wrong it is", () => {
    const cluster = counting(({ ticks }) => ({ ticks }));
    cluster.jumpClock("jump", "n1", 250_000);
    cluster.drift("drift", "n1", 5_000);
    cluster.heal();
    expect(records(cluster, "clock")).toMatchObject([
      { node: "n1", offsetUs: 250_000, ppm: 0, by: "jump" },
      { node: "n1", offsetUs: 250_000, ppm: 5_000, by: "drift" },
      { node: "n1", offsetUs: 250_000, ppm: 0 },
    ]);
  });
});
