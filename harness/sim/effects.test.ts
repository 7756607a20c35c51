/** Effects: what a handler asked for takes effect in the order written, once it has returned, and a crash may fall between any two. */

import { describe, expect, it } from "vitest";
import type { Context } from "../protocol.ts";
import type { Cluster } from "./cluster.ts";
import { Effects } from "./effects.ts";
import { at, boot, build, type Handlers, listener, ms, records, type Setup, told } from "./testing/world.ts";
import type { CutCondition, CutPlace } from "./world.ts";

const silent: Handlers = {};

/** One of each kind of effect. */
function everything(ctx: Context): void {
  ctx.disk.write("vote", 1);
  ctx.disk.sync();
  ctx.send("n2", { type: "first" });
  ctx.fact("voted");
  ctx.setTimer("soon", 5);
  ctx.log("said so");
  ctx.disk.log("log").append({ n: 1 });
  ctx.send("n2", { type: "second" });
  ctx.sometimes("was here");
}
const everythingTold = [
  "write vote",
  "sync",
  "send n2 first",
  "fact voted",
  "log said so",
  "append log",
  "send n2 second",
  "goal was here",
];

/** n1 does everything when it hears "go" at 2 ms. */
function goes(setup: Setup = {}, go: (ctx: Context) => void = everything): Cluster {
  return build(
    {
      n1: { onMessage: (ctx, _, message) => message.type === "go" && go(ctx) },
      n2: { onStart: (ctx) => ctx.setTimer("send", 1), onTimer: (ctx) => ctx.send("n1", { type: "go" }) },
    } as Record<string, Handlers>,
    { goals: ["was here"], ...setup },
  );
}

/** What n1 did once it had heard "go". */
function done(cluster: Cluster): string[] {
  const all = told(cluster, "n1");
  return all.slice(all.indexOf("deliver n2 go") + 1).filter((line) => line !== "timer soon");
}

function runCut(
  where: CutCondition | CutPlace,
  setup: Setup = {},
  go: (ctx: Context) => void = everything,
): { cluster: Cluster; cut: boolean } {
  const cluster = goes(setup, go);
  let cut = false;
  cluster.boot();
  cluster.armCrash("cutter", "n1", where, () => {
    cut = true;
  });
  cluster.runUntil(ms(20));
  return { cluster, cut };
}

describe("effects of a handler", () => {
  it("take effect in the order written", () => {
    const cluster = goes();
    cluster.boot();
    cluster.runUntil(ms(20));
    expect(done(cluster)).toEqual(everythingTold);
  });

  it("wait until the handler has returned", () => {
    const heard: string[] = [];
    let heardInside = -1;
    const cluster = goes({ invariants: [listener(["early"], heard)] }, (ctx) => {
      const before = heard.length;
      ctx.fact("early");
      ctx.sometimes("was here");
      heardInside = heard.length - before;
    });
    cluster.boot();
    cluster.runUntil(ms(20));
    expect(heardInside).toBe(0);
    expect(heard).toContain("fact early of n1 at 2");
  });

  it("are none at all when the handler throws", () => {
    const cluster = goes({}, (ctx) => {
      everything(ctx);
      throw new Error("too late");
    });
    cluster.boot();
    cluster.runUntil(ms(20));
    expect(done(cluster)).toEqual([]);
    expect(cluster.stop?.sentence).toBe("n1 threw in message go: Error: too late");
  });

  it("are copied for a busy node, so that the next handler does not overwrite them", () => {
    const effects = new Effects();
    effects.add(1, "a", "detail", 7, 8);
    effects.add(2, "b", undefined, 0, 0);
    const rest = effects.rest(1);
    effects.count = 0;
    effects.add(3, "c", undefined, 0, 0);
    expect([rest.count, rest.kinds[0], rest.subjects[0]]).toEqual([1, 2, "b"]);
  });
});

describe("a crash between two effects", () => {
  // setTimer is an effect that leaves no record; so effect i + 1 stands in the trace at i + 1, less one after the timer.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("at an explicit place applies exactly the first %i", (after) => {
    const { cluster, cut } = runCut({ handler: "message go", after });
    expect(cut).toBe(true);
    expect(done(cluster)).toEqual([...everythingTold.slice(0, after > 4 ? after - 1 : after), "crash"]);
    expect(records(cluster, "crash", "n1")[0]!.cut).toEqual({ handler: "message go", after, of: 9 });
    expect(cluster.effectCounts.get("cutter")).toBe(1);
  });

  it("does not happen behind the last effect, nor in another handler", () => {
    expect(runCut({ handler: "message go", after: 9 }).cut).toBe(false);
    expect(runCut({ handler: "message gone", after: 1 }).cut).toBe(false);
    expect(runCut({ handler: "timer go", after: 1 }).cut).toBe(false);
  });

  it("loses the timer that came after it, and keeps none that came before", () => {
    for (const after of [4, 5, 8]) expect(records(runCut({ handler: "message go", after }).cluster, "timer", "n1")).toEqual([]);
    const whole = goes();
    whole.boot();
    whole.runUntil(ms(20));
    expect(records(whole, "timer", "n1").map(({ atUs }) => atUs)).toEqual([ms(7)]);
  });

  it.each([
    "persists",
    "sends",
    "two-effects",
  ] as const)("armed for a handler that %s falls strictly inside, everywhere in the end", (where) => {
    const places = new Set<number>();
    for (let seed = 1; seed <= 150; seed++) {
      const { cluster } = runCut(where, { seed });
      const [crash] = records(cluster, "crash", "n1");
      places.add(crash!.cut!.after);
    }
    expect([...places].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("waits for a handler that fits", () => {
    const onlySends = (ctx: Context): void => ctx.broadcast({ type: "x" }, ["n2", "n2"]);
    const onlyWrites = (ctx: Context): void => {
      ctx.disk.write("a", 1);
      ctx.disk.sync();
    };
    const oneEffect = (ctx: Context): void => ctx.send("n2", { type: "x" });
    const noEffect = (): void => undefined;
    expect(runCut("persists", {}, onlySends).cut).toBe(false);
    expect(runCut("sends", {}, onlySends).cut).toBe(true);
    expect(runCut("persists", {}, onlyWrites).cut).toBe(true);
    expect(runCut("sends", {}, onlyWrites).cut).toBe(false);
    expect(runCut("two-effects", {}, onlyWrites).cut).toBe(true);
    expect(runCut("two-effects", {}, oneEffect).cut).toBe(false);
    expect(runCut({ handler: "message go", after: 0 }, {}, noEffect).cut).toBe(false);
  });

  it("is called off, happens once, and is over at the heal", () => {
    const twice: Handlers = {
      onStart: (ctx) => {
        ctx.setTimer("a", 1);
        ctx.setTimer("b", 2);
      },
      onTimer: (ctx, name) => {
        ctx.log(`${name} one`);
        ctx.log(`${name} two`);
      },
    };
    const run = (before: (cluster: Cluster) => void): string[] => {
      const cluster = boot({ n1: twice });
      before(cluster);
      cluster.runUntil(ms(10));
      return told(cluster, "n1").filter((line) => line.startsWith("log"));
    };
    const whole = ["log a one", "log a two", "log b one", "log b two"];
    expect(run((cluster) => cluster.armCrash("f", "n1", "two-effects", () => cluster.restart("f", "n1")))).toEqual([
      "log a one",
      ...whole,
    ]);
    expect(
      run((cluster) => {
        cluster.armCrash("f", "n1", "two-effects", () => undefined);
        cluster.disarmCrash("f", "n1");
      }),
    ).toEqual(whole);
    expect(
      run((cluster) => {
        cluster.armCrash("f", "n1", "two-effects", () => undefined);
        cluster.heal();
      }),
    ).toEqual(whole);
  });

  it("in onStart is possible too", () => {
    const cluster = build({ n1: { onStart: everything }, n2: silent }, { goals: ["was here"] });
    cluster.armCrash("f", "n1", { handler: "start", after: 2 }, () => undefined);
    cluster.boot();
    expect(told(cluster, "n1")).toEqual(["start", "write vote", "sync", "crash"]);
    expect(cluster.isUp("n1")).toBe(false);
  });

  it("swallows the facts after it: no monitor hears them", () => {
    const heard = (after: number): string[] => {
      const lines: string[] = [];
      runCut({ handler: "message go", after }, { invariants: [listener(["voted"], lines)] });
      return lines.filter((line) => !line.startsWith("start"));
    };
    expect(heard(3)).toEqual(["crash n1"]);
    expect(heard(4)).toEqual(["fact voted of n1 at 2", "crash n1"]);
  });
});

describe("a broadcast", () => {
  const peers = ["n2", "n3", "n4"];
  const quiet = { n2: silent, n3: silent, n4: silent };

  it("is one send per peer, in an order drawn for each broadcast, fairly", () => {
    const cluster = boot({
      n1: {
        onStart: (ctx) => ctx.setTimer("again", 1),
        onTimer: (ctx) => {
          ctx.broadcast({ type: "one" });
          ctx.broadcast({ type: "two" });
          ctx.setTimer("again", 1);
        },
      },
      ...quiet,
    });
    cluster.runUntil(ms(1_200));
    const sends = records(cluster, "send", "n1").map(({ to }) => to);
    const orders = new Map<string, number>();
    for (let i = 0; i < sends.length; i += 3) {
      const order = sends.slice(i, i + 3);
      expect([...order].sort()).toEqual(peers);
      orders.set(order.join(), (orders.get(order.join()) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    // 2400 broadcasts, 400 of each order; 60 is more than three standard deviations.
    for (const count of orders.values()) expect(Math.abs(count - 400)).toBeLessThan(60);
  });

  it("may be cut inside: some peers hear it, the others never do", () => {
    const reached = (seed: number, after?: number): string[] => {
      const cluster = build({ n1: { onStart: (ctx) => ctx.broadcast({ type: "commit" }) }, ...quiet }, { seed });
      if (after !== undefined) cluster.armCrash("f", "n1", { handler: "start", after }, () => undefined);
      cluster.boot();
      cluster.runUntil(ms(10));
      return records(cluster, "deliver").map(({ node }) => node);
    };
    const firsts = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const order = reached(seed);
      expect(order).toHaveLength(3);
      for (const after of [0, 1, 2]) expect(reached(seed, after)).toEqual(order.slice(0, after));
      firsts.add(order[0]!);
    }
    expect([...firsts].sort()).toEqual(peers);
  });

  it("goes to whom it names, oneself included", () => {
    const cluster = boot({ n1: { onStart: (ctx) => ctx.broadcast({ type: "hi" }, ctx.nodes()) }, n2: silent });
    expect(
      records(cluster, "send")
        .map(({ to }) => to)
        .sort(),
    ).toEqual(["n1", "n2"]);
  });
});

describe("persist before you tell", () => {
  /** What the client knows and what the disk holds when the handler was cut after `after` effects. */
  function told(order: "tells first" | "writes first", after: number, seed: number): { knows: boolean; holds: boolean } {
    let holds = false;
    const cluster = boot(
      {
        n1: {
          onStart: (ctx) => {
            holds = ctx.disk.read("value") !== undefined;
          },
          onRequest: (ctx, request) => {
            if (order === "tells first") ctx.reply(request, "done");
            ctx.disk.write("value", 1);
            ctx.disk.sync();
            if (order === "writes first") ctx.reply(request, "done");
          },
        },
      },
      { clients: 1, seed },
    );
    cluster.armCrash("f", "n1", { handler: "request", after }, () => undefined);
    cluster.offer(ms(1), "c1", "o1", "write");
    at(cluster, 40, () => cluster.crash("g", "n1"));
    at(cluster, 50, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    return { knows: cluster.operations[0]!.outcome === "ok", holds };
  }

  it("told first and cut: the client knows, and the disk does not", () => {
    expect(told("tells first", 1, 1)).toEqual({ knows: true, holds: false });
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) outcomes.add(JSON.stringify(told("tells first", 2, seed)));
    // Written but not synced: chance decides what is left.
    expect([...outcomes].sort()).toEqual(['{"knows":true,"holds":false}', '{"knows":true,"holds":true}']);
  });

  it("written first: whoever is told can rely on it, wherever the crash falls", () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const after of [0, 1, 2]) expect(told("writes first", after, seed).knows).toBe(false);
      expect(told("writes first", 3, seed)).toEqual({ knows: true, holds: true });
    }
  });
});
