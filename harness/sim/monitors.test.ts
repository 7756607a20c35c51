/** Monitors, selectors and goals: what they hear, in which order, and how they end a run. */

import { describe, expect, it } from "vitest";
import type { ClusterView, Invariant, Monitor, NodeId, Returned, Selector } from "../protocol.ts";
import { at, boot, build, type Handlers, listener, ms, records, type Setup, told } from "./testing/world.ts";

function invariant(name: string, monitor: (fail: (sentence: string) => void, cluster: ClusterView) => Monitor): Invariant {
  return { name, states: "", monitor: (cluster, fail) => monitor(fail, cluster) };
}

/** States the fact "tick" each millisecond. */
const ticking: Handlers = {
  onStart: (ctx) => ctx.setTimer("tick", 1),
  onTimer: (ctx) => {
    ctx.fact("tick", { n: ctx.elapsed() });
    ctx.log("after the fact");
    ctx.setTimer("tick", 1);
  },
};

describe("a monitor", () => {
  it("hears facts, starts, crashes, wipes, restarts (of clients apart), the heal and the end, in order", () => {
    const lines: string[] = [];
    const cluster = boot(
      { n1: { onStart: (ctx) => void [ctx.disk.write("x", 1), ctx.disk.sync(), ctx.fact("up")] }, n2: {} },
      { invariants: [listener(["up"], lines)], clients: 1 },
    );
    at(cluster, 1, () => cluster.crash("f", "n1"));
    at(cluster, 2, () => cluster.wipe("f", "n1"));
    at(cluster, 3, () => cluster.restart("f", "n1"));
    at(cluster, 4, () => cluster.crash("f", "c1"));
    at(cluster, 5, () => cluster.wipe("f", "c1"));
    at(cluster, 5, () => cluster.crash("f", "n2"));
    cluster.runUntil(ms(6));
    cluster.heal();
    cluster.end();
    expect(lines).toEqual([
      "start n1",
      "fact up of n1 at 0",
      "start n2",
      "crash n1",
      "wipe n1",
      "restart n1",
      "fact up of n1 at 3",
      "client crash c1",
      "crash n2",
      "restart n2",
      "client restart c1",
      "heal at 6",
      "end at 6",
    ]);
  });

  it("hears each fact with its data, frozen, and an empty object when there is none", () => {
    const heard: unknown[] = [];
    boot(
      { n1: { onStart: (ctx) => void [ctx.fact("a", { term: 1 }), ctx.fact("a"), ctx.fact("unheard", { x: 1 })] } },
      {
        invariants: [
          invariant("hears", () => ({ facts: { a: (data: object) => void heard.push(data, Object.isFrozen(data)) } })),
        ],
      },
    );
    expect(heard).toEqual([{ term: 1 }, true, {}, true]);
  });

  it("hears what clients were told, with what they had asked: an answer outlives the crash of its server, a fact need not", () => {
    const heard: Returned[] = [];
    const hears = invariant("hears", (fail) => ({
      onReturn: (returned) => {
        heard.push(returned);
        if (Object.is(returned.output, "no")) fail(`${returned.client} was told no`);
      },
    }));
    const server: Handlers = {
      onRequest: (ctx, request) => {
        if (request.op === "fail") ctx.fail(request, "would not");
        else if (request.op !== "nothing") ctx.reply(request, request.op);
      },
    };
    const cluster = boot({ n1: server }, { clients: 1, invariants: [hears] });
    for (const [i, op] of ["yes", "fail", "nothing", "no", "never"].entries()) cluster.offer(ms(1 + i), "c1", `o${i + 1}`, op);
    at(cluster, 100, () => cluster.crash("f", "c1"));
    at(cluster, 200, () => cluster.restart("f", "c1"));
    cluster.runUntil(ms(1_000));
    const of = (request: string, op: string, outcome: string, output: unknown, atMs: number) => ({
      ...{ client: "c1", request, op, outcome, output, atMs },
    });
    expect(heard).toEqual([
      of("c1#1", "yes", "ok", "yes", 3),
      of("c1#2", "fail", "fail", undefined, 5),
      of("c1#3", "nothing", "info", undefined, 100),
      of("c1#4", "no", "ok", "no", 202),
    ]);
    expect(cluster.stop).toMatchObject({ check: "hears", sentence: "c1 was told no", atUs: ms(202) });
  });

  it("sees the cluster: servers and their roles, no clients", () => {
    let seen: ClusterView | undefined;
    const looks = invariant("looks", (_, cluster) => {
      seen = cluster;
      return {};
    });
    build({ k: {}, w: {} }, { clients: 2, roles: { k: "coordinator", w: "worker" }, invariants: [looks] });
    expect([seen!.nodes, seen!.role("k"), seen!.role("w")]).toEqual([["k", "w"], "coordinator", "worker"]);
  });

  it("ends the run with its sentence, there and then", () => {
    const failing = invariant("no third tick", (fail) => ({
      facts: {
        tick: ({ n }: { n: number }, { node, atMs }) => {
          if (n === 3) fail(`${node} ticked for the third time at ${atMs} ms`);
        },
      },
    }));
    const cluster = boot({ n1: ticking, n2: { ...ticking, onTimer: () => undefined } }, { invariants: [failing] });
    cluster.runUntil(ms(50));
    expect(cluster.stop).toEqual({
      family: "invariant",
      check: "no third tick",
      sentence: "n1 ticked for the third time at 3 ms",
      atUs: ms(3),
    });
    expect(cluster.nowUs).toBe(ms(3));
    // The log line that stood after the fact never came.
    expect(told(cluster, "n1").slice(-2)).toEqual(["timer tick", "fact tick"]);
    expect(cluster.trace.at(-1)).toMatchObject({ kind: "violation", check: "no third tick", node: "" });
  });

  it("that fails first wins, and `end` is not asked after a violation", () => {
    const lines: string[] = [];
    const both = (name: string): Invariant =>
      invariant(name, (fail) => ({ facts: { tick: () => fail(`${name} failed`) }, end: () => void lines.push("end") }));
    const cluster = boot({ n1: ticking }, { invariants: [both("first"), both("second")] });
    cluster.runUntil(ms(50));
    cluster.end();
    expect([cluster.stop?.sentence, lines]).toEqual(["first failed", []]);
  });

  it("may fail at a crash, at the heal, at the end, or before anything has happened", () => {
    const failsAt = (part: Partial<Record<keyof Monitor, unknown>>, fail: (sentence: string) => void): Monitor =>
      Object.fromEntries(Object.keys(part).map((key) => [key, () => fail(key)]));
    for (const part of ["onStart", "onCrash", "onRestart", "onClientCrash", "onClientRestart", "onHeal", "end"] as const) {
      const invariants = [invariant("x", (fail) => failsAt({ [part]: true }, fail))];
      const cluster = boot({ n1: {} }, { clients: 1, invariants });
      cluster.crash("f", "n1");
      cluster.crash("f", "c1");
      cluster.heal();
      cluster.end();
      expect(cluster.stop?.sentence).toBe(part);
    }
    const failsAtOnce = invariant("x", (fail) => {
      fail("at once");
      return {};
    });
    const early = build({ n1: {} }, { invariants: [failsAtOnce] });
    expect(early.stop?.sentence).toBe("at once");
  });

  it("that throws is told as what it is, not as a violation of what it states", () => {
    const thrown = (monitor: Monitor, setup: Setup = {}): unknown => {
      const cluster = boot({ n1: ticking }, { invariants: [invariant("election safety", () => monitor)], ...setup });
      cluster.runUntil(ms(1));
      cluster.end();
      return cluster.stop;
    };
    const oh = (): never => {
      throw new TypeError("no such term");
    };
    expect(thrown({ facts: { tick: oh } })).toEqual({
      family: "contract",
      check: "contract",
      sentence: 'the monitor of "election safety" threw at the fact "tick" of n1: TypeError: no such term',
      atUs: ms(1),
    });
    expect(thrown({ end: oh })).toMatchObject({
      sentence: 'the monitor of "election safety" threw at end: TypeError: no such term',
    });
    expect(thrown({ onStart: oh })).toMatchObject({
      sentence: 'the monitor of "election safety" threw at onStart of n1: TypeError: no such term',
    });
    const leader: Selector = { states: "", track: () => ({ facts: { tick: oh }, current: () => undefined }) };
    expect(thrown({}, { selectors: { leader } })).toMatchObject({
      sentence: 'the selector "leader" threw at the fact "tick" of n1: TypeError: no such term',
    });
  });
});

describe("a selector", () => {
  const last: Selector = {
    states: "the node that ticked last",
    track: () => {
      let node: NodeId | undefined;
      return {
        facts: {
          tick: (_: never, source) => {
            node = source.node;
          },
        },
        onCrash: () => {
          node = undefined;
        },
        current: () => node,
      };
    },
  };

  it("points where the facts say, and nowhere when nothing fits", () => {
    const cluster = boot({ n1: ticking, n2: {} }, { selectors: { last } });
    expect(cluster.select("last")).toBeUndefined();
    cluster.runUntil(ms(1));
    expect([cluster.select("last"), cluster.select("lost")]).toEqual(["n1", undefined]);
    cluster.crash("f", "n2");
    expect(cluster.select("last")).toBeUndefined();
  });

  it("hears before the invariants do, so that they never disagree", () => {
    let cluster: ReturnType<typeof build> | undefined;
    const pointed: unknown[] = [];
    const asks = invariant("asks", () => ({ facts: { tick: () => void pointed.push(cluster!.select("last")) } }));
    cluster = boot({ n1: ticking }, { selectors: { last }, invariants: [asks] });
    cluster.runUntil(ms(1));
    expect(pointed).toEqual(["n1"]);
  });
});

describe("a goal", () => {
  it("is reached once, however often it is marked", () => {
    const cluster = boot(
      { n1: { onStart: (ctx) => void [ctx.sometimes("first"), ctx.sometimes("first")] } },
      { goals: ["first", "second"] },
    );
    expect([...cluster.goals]).toEqual(["first"]);
    expect(records(cluster, "goal").map(({ name }) => name)).toEqual(["first"]);
  });
});

describe("what inspect shows", () => {
  it("is the node's own word, or nothing while it is down", () => {
    const cluster = boot({ n1: {}, n2: {} }, { clients: 1 });
    cluster.crash("f", "n2");
    expect(Object.keys(cluster.inspect())).toEqual(["n1", "n2"]);
    expect(cluster.inspect()["n2"]).toBeNull();
  });
});
