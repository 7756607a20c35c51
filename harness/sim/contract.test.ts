/** The contract of protocol.ts: whoever breaks it is told where, and what to do. */

import { describe, expect, it } from "vitest";
import type { Context, Node, Request } from "../protocol.ts";
import { ContractError } from "./breach.ts";
import type { Cluster } from "./cluster.ts";
import { at, boot, build, buildWith, type Handlers, ms, records, type Setup, told } from "./testing/world.ts";

/** How the run of n1 (with n2 beside it) ended. */
function sentenceOf(n1: Handlers, setup: Setup = {}, n2: Handlers = {}): string | undefined {
  const cluster = boot({ n1, n2 }, setup);
  cluster.runUntil(ms(50));
  expect(cluster.stop?.family ?? "contract").toBe("contract");
  return cluster.stop?.sentence;
}

const never = (): never => {
  throw new Error("unreachable");
};

describe("a handler that returns something", () => {
  const promised = "n1 returned a Promise from start; a handler runs to completion, synchronously, and returns nothing";

  it("as every async handler does, ends the run", () => {
    const handlers = { onStart: async () => undefined } as Handlers;
    expect(returning(handlers.onStart!)).toBe(promised);
    expect(returning(() => Promise.resolve(1))).toBe(promised);
  });

  it.each([
    [0, "a number"],
    [false, "a boolean"],
    ["ok", "a string"],
    [null, "a object"],
  ])("such as %s ends it too", (value, kind) => {
    expect(returning(() => value)).toBe(
      `n1 returned ${kind} from start; a handler runs to completion, synchronously, and returns nothing`,
    );
  });

  it("applies none of its effects, and its rejection is nobody's", async () => {
    const rejections: unknown[] = [];
    const note = (error: unknown): void => void rejections.push(error);
    process.on("unhandledRejection", note);
    const cluster = returningCluster(async (ctx: Context) => {
      ctx.send("n2", { type: "early" });
      await Promise.resolve();
      ctx.send("n2", { type: "late" });
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    expect(cluster.stop?.sentence).toBe(promised);
    expect(records(cluster, "send")).toEqual([]);
    expect(rejections).toEqual([]);
  });

  function returning(onStart: (ctx: Context) => unknown): string | undefined {
    return returningCluster(onStart).stop?.sentence;
  }
  function returningCluster(onStart: (ctx: Context) => unknown): Cluster {
    const cluster = buildWith((ctx) => ({ onStart: () => onStart(ctx) as undefined, onMessage: never }), ["n1", "n2"]);
    cluster.boot();
    return cluster;
  }
});

describe("ctx outside its handler", () => {
  /** Runs until n1 has kept its ctx, then lets `use` try it; the error it got. */
  function refusal(use: () => void): string {
    try {
      use();
    } catch (error) {
      expect(error).toBeInstanceOf(ContractError);
      return (error as Error).message;
    }
    return "nothing";
  }
  const only = "ctx may only be used inside the handler it was given to, before it returns";

  it("in the constructor", () => {
    const cluster = buildWith(
      (ctx): Node => {
        ctx.setTimer("too early", 1);
        return { onMessage: never };
      },
      ["n1"],
    );
    cluster.boot();
    expect(cluster.stop?.sentence).toBe(
      `n1 used ctx.setTimer outside a handler (in the constructor, in a promise or in a callback); ${only}`,
    );
  });

  it("in a promise that nobody waits for", async () => {
    let said = "nothing";
    const cluster = boot({
      n1: {
        onStart: (ctx) => {
          void Promise.resolve().then(() => {
            said = refusal(() => ctx.send("n2", { type: "late" }));
          });
        },
      },
      n2: {},
    });
    cluster.runUntil(ms(5));
    await Promise.resolve();
    expect(said).toBe(`n1 used ctx.send outside a handler (in the constructor, in a promise or in a callback); ${only}`);
    expect(cluster.stop?.sentence).toBe(said);
  });

  it("in a closure that is called later", () => {
    let kept: Context | undefined;
    const cluster = boot({
      n1: {
        onStart: (ctx) => {
          kept = ctx;
        },
      },
    });
    for (const [name, use] of [
      ["now", () => kept!.now()],
      ["elapsed", () => kept!.elapsed()],
      ["nodes", () => kept!.nodes()],
      ["random", () => kept!.random.real()],
      ["disk.read", () => kept!.disk.read("x")],
      ["disk.write", () => kept!.disk.write("x", 1)],
      ["disk.sync", () => kept!.disk.sync()],
      ["disk.log.append", () => kept!.disk.log("x").append(1)],
      ["disk.log.truncate", () => kept!.disk.log("x").truncate(0)],
      ["disk.log.length", () => kept!.disk.log("x").length],
      ["disk.log.get", () => kept!.disk.log("x").get(0)],
      ["disk.log.entries", () => kept!.disk.log("x").entries()],
      ["broadcast", () => kept!.broadcast({})],
      ["reply", () => kept!.reply({} as Request, 1)],
      ["fail", () => kept!.fail({} as Request, "x")],
      ["redirect", () => kept!.redirect({} as Request)],
      ["cancelTimer", () => kept!.cancelTimer("x")],
      ["log", () => kept!.log("x")],
      ["fact", () => kept!.fact("x")],
      ["sometimes", () => kept!.sometimes("x")],
    ] as const) {
      expect(refusal(() => void use())).toContain(`n1 used ctx.${name} outside a handler`);
    }
    expect(cluster.stop?.sentence).toContain("n1 used ctx.now outside a handler");
    expect([kept!.id, kept!.role, kept!.peers]).toEqual(["n1", "server", []]);
  });

  it("by an incarnation that has crashed", () => {
    const kept: Context[] = [];
    const cluster = boot({ n1: { onStart: (ctx) => void [kept.push(ctx), kept[0]!.now()] } });
    cluster.crash("f", "n1");
    cluster.restart("f", "n1");
    expect(cluster.stop?.sentence).toBe(`n1 used ctx.now by an incarnation that has crashed; ${only}`);
  });

  it("inside a handler of another node", () => {
    let kept: Context | undefined;
    const sentence = sentenceOf(
      {
        onStart: (ctx) => {
          kept = ctx;
        },
      },
      {},
      { onStart: () => kept!.send("n2", { type: "as n1" }) },
    );
    expect(sentence).toBe(`n1 used ctx.send inside a handler of n2; ${only}`);
  });
});

describe("a handler that throws", () => {
  const fails = (): never => {
    throw new RangeError("no such index");
  };
  it.each<[string, Handlers]>([
    ["start", { onStart: fails }],
    ["timer tick", { onStart: (ctx) => ctx.setTimer("tick", 1), onTimer: fails }],
    ["message hello", { onStart: (ctx) => ctx.send("n1", { type: "hello" }), onMessage: fails }],
  ])("in %s", (handler, handlers) => {
    expect(sentenceOf(handlers)).toBe(`n1 threw in ${handler}: RangeError: no such index`);
  });

  it("in a request, or what is no Error", () => {
    const cluster = boot(
      {
        n1: {
          onRequest: () => {
            throw "no error at all";
          },
        },
      },
      { clients: 1 },
    );
    cluster.offer(ms(1), "c1", "o1", "read");
    cluster.runUntil(ms(5));
    expect(cluster.stop?.sentence).toBe("n1 threw in request: no error at all");
    expect(cluster.stop?.atUs).toBe(ms(2));
  });

  it("in its constructor, at a restart", () => {
    let lives = 0;
    const cluster = buildWith(() => {
      if (lives++ > 0) throw new Error("cannot recover");
      return { onMessage: never };
    }, ["n1"]);
    cluster.boot();
    cluster.crash("f", "n1");
    cluster.restart("f", "n1");
    expect(cluster.stop?.sentence).toBe("n1 threw in start: Error: cannot recover");
  });

  it("ends the run there and then", () => {
    const cluster = boot({
      n1: {
        onStart: (ctx) => [1, 2, 3].forEach((n) => void ctx.setTimer(String(n), n)),
        onTimer: (_, name) => (name === "2" ? fails() : undefined),
      },
    });
    cluster.runUntil(ms(50));
    expect([cluster.nowUs, told(cluster, "n1")]).toEqual([ms(2), ["start", "timer 1", "timer 2"]]);
    expect(cluster.trace.at(-1)).toMatchObject({ kind: "violation", check: "contract", cause: cluster.trace.length - 1 });
  });
});

describe("a node without a handler that is needed", () => {
  it("such as onTimer", () => {
    const cluster = buildWith((ctx) => ({ onStart: () => ctx.setTimer("tick", 1), onMessage: never }), ["n1"]);
    cluster.boot();
    cluster.runUntil(ms(5));
    expect(cluster.stop?.sentence).toBe('n1 set the timer "tick", but its node has no onTimer');
  });
  it("such as onRequest", () => {
    const cluster = boot({ n1: {} }, { clients: 1, roles: { n1: "replica" } });
    cluster.offer(0, "c1", "o1", "read");
    cluster.runUntil(ms(5));
    expect(cluster.stop?.sentence).toBe(
      "n1 got a request, but its node has no onRequest; a replica that clients talk to must have one",
    );
  });
  it("but a node needs no more than onMessage", () => {
    const cluster = buildWith(() => ({ onMessage: never }), ["n1"]);
    cluster.boot();
    expect(cluster.stop).toBeUndefined();
  });
});

describe("data that is not plain is refused with its path", () => {
  class Vote {
    readonly term = 1;
  }
  const expected = "expected plain data (null, booleans, finite numbers, strings, bigints, arrays, plain objects)";
  it.each<[string, (ctx: Context) => void, string]>([
    ["a Map in a message", (ctx) => ctx.send("n2", { type: "x", acks: new Map() }), "a Map to ctx.send, at message.acks"],
    [
      "a class instance in a broadcast",
      (ctx) => ctx.broadcast({ votes: [new Vote()] }),
      "a Vote to ctx.broadcast, at message.votes[0]",
    ],
    [
      "a typed array on disk",
      (ctx) => ctx.disk.write("b", { bytes: new Uint8Array(1) }),
      'a Uint8Array to ctx.disk.write("b"), at value.bytes',
    ],
    [
      "a function in a log",
      (ctx) => ctx.disk.log("l").append({ apply: () => 1 }),
      'a function to ctx.disk.log("l").append, at entry.apply',
    ],
    ["NaN in a fact", (ctx) => ctx.fact("leader", { term: Number.NaN }), 'the number NaN to ctx.fact("leader"), at data.term'],
    ["a Set with a timer", (ctx) => ctx.setTimer("t", 1, [new Set()]), "a Set to ctx.setTimer, at data[0]"],
    ["a Promise in the log", (ctx) => ctx.log("x", { p: Promise.resolve() }), "a Promise to ctx.log, at data.p"],
    ["nothing at all", (ctx) => ctx.send("n2", undefined), "undefined to ctx.send, at message"],
  ])("%s", (_, use, what) => {
    expect(sentenceOf({ onStart: use })).toBe(`n1 passed ${what}; ${expected}, in start`);
  });

  it("a Date in an answer", () => {
    const cluster = boot({ n1: { onRequest: (ctx, request) => ctx.reply(request, { at: new Date(0) }) } }, { clients: 1 });
    cluster.offer(0, "c1", "o1", "read");
    cluster.runUntil(ms(5));
    expect(cluster.stop?.sentence).toBe(`n1 passed a Date to ctx.reply, at answer.result.at; ${expected}, in request`);
  });

  it("a circular value", () => {
    const circle: { me?: unknown } = {};
    circle.me = circle;
    expect(sentenceOf({ onStart: (ctx) => ctx.send("n2", circle) })).toMatch(
      /^n1 passed something nested more than 64 deep, or circular to ctx.send, at message\.me\.me/,
    );
  });
});

describe("data that was handed over cannot be changed", () => {
  const copy = "such data is frozen: send a copy";

  it("by the sender, in the same handler or later", () => {
    const log = [1];
    expect(
      sentenceOf({
        onStart: (ctx) => {
          ctx.send("n2", { type: "append", log });
          log.push(2);
        },
      }),
    ).toBe(
      `n1 changed data that it had sent, received, written or stated before, in start (Cannot add property 1, object is not extensible); ${copy}`,
    );
  });

  it.each<[string, (list: number[], object: { a?: number }) => void]>([
    ["assigning", (_, object) => void Object.assign(object, { a: 2 })],
    ["adding", (_, object) => void Object.assign(object, { b: 2 })],
    ["deleting", (_, object) => void delete object.a],
    ["defining", (_, object) => void Object.defineProperty(object, "a", { value: 3 })],
    ["pop", (list) => void list.pop()],
    ["shift", (list) => void list.shift()],
    ["unshift", (list) => void list.unshift(0)],
    ["splice", (list) => void list.splice(0, 1)],
    ["sort", (list) => void list.sort()],
    ["reverse", (list) => void list.reverse()],
    ["fill", (list) => void list.fill(0)],
    ["cutting short", (list) => void Object.assign(list, { length: 0 })],
  ])("by the receiver: %s", (_, change) => {
    const sentence = sentenceOf(
      { onStart: (ctx) => ctx.send("n2", { type: "x", list: [3, 1, 2], object: { a: 1 } }) },
      {},
      {
        onMessage: (__, _from, message) => change(message["list"] as number[], message["object"] as { a?: number }),
      },
    );
    expect(sentence).toMatch(
      /^n2 changed data that it had sent, received, written or stated before, in message x \(.*\); such data is frozen: send a copy$/,
    );
  });

  it("nor what was read from the disk", () => {
    expect(
      sentenceOf({
        onStart: (ctx) => {
          ctx.disk.write("votes", { yes: [] });
          ctx.disk.read<{ yes: string[] }>("votes")!.yes.push("n2");
        },
      }),
    ).toContain(copy);
  });
});

describe("names", () => {
  it("of nodes must be there", () => {
    const there = "but there is no such node; there are n1, n2, c1";
    expect(sentenceOf({ onStart: (ctx) => ctx.send("n3", { type: "x" }) }, { clients: 1 })).toBe(
      `n1 named "n3" in ctx.send, ${there}`,
    );
    expect(sentenceOf({ onStart: (ctx) => ctx.broadcast({ type: "x" }, ["n2", "n4"]) }, { clients: 1 })).toMatch(
      /^n1 named "n4" in ctx.broadcast/,
    );
    const cluster = boot({ n1: { onRequest: (ctx, request) => ctx.redirect(request, "n7") }, n2: {} }, { clients: 1 });
    cluster.offer(0, "c1", "o1", "x");
    cluster.runUntil(ms(900));
    if (cluster.stop === undefined) expect(records(cluster, "deliver", "n1")).toEqual([]);
    else expect(cluster.stop.sentence).toBe(`n1 named "n7" in ctx.redirect, ${there}`);
  });

  it("of clients are not for messages", () => {
    const hears = "clients hear ctx.reply, ctx.fail and ctx.redirect";
    expect(sentenceOf({ onStart: (ctx) => ctx.send("c1", null) }, { clients: 1 })).toBe(
      `n1 sent a message to the client c1 with ctx.send; ${hears}, in start`,
    );
    expect(sentenceOf({ onStart: (ctx) => ctx.broadcast({ type: "x" }, ["c1"]) }, { clients: 1 })).toBe(
      `n1 sent a message to the client c1 with ctx.broadcast; ${hears}, in start`,
    );
  });

  it("of goals must be among the protocol's", () => {
    expect(sentenceOf({ onStart: (ctx) => ctx.sometimes("second leeder") }, { goals: ["second leader", "third"] })).toBe(
      'n1 called ctx.sometimes("second leeder"), which is not among the protocol\'s goals (second leader, third)',
    );
    expect(sentenceOf({ onStart: (ctx) => ctx.sometimes("x") })).toContain("(it has none)");
  });

  it("of roles and nodes are as declared", () => {
    const seen: unknown[] = [];
    boot(
      {
        k: { onStart: (ctx) => void seen.push(ctx.role, ctx.peers, ctx.nodes(), ctx.nodes("worker"), ctx.nodes("nobody")) },
        w2: {},
        w1: {},
      },
      { roles: { k: "coordinator", w1: "worker", w2: "worker" }, clients: 1 },
    );
    expect(seen).toEqual(["coordinator", ["w2", "w1"], ["k", "w2", "w1"], ["w2", "w1"], []]);
  });

  it("a length to truncate to must be one", () => {
    expect(sentenceOf({ onStart: (ctx) => ctx.disk.log("l").truncate(-1) })).toBe(
      'n1 called ctx.disk.log("l").truncate(-1); expected how many entries to keep, 0 or more, in start',
    );
  });
});

describe("a protocol that never ends", () => {
  it("in its effects", () => {
    const sentence = sentenceOf(
      {
        onStart: (ctx) => {
          for (;;) ctx.send("n2", { type: "more" });
        },
      },
      { budgets: { effects: 100 } },
    );
    expect(sentence).toBe("n1 recorded more than 100 effects in one handler (start); it seems to loop");
  });

  it("may use up its effects to the last", () => {
    const setup: Setup = { budgets: { effects: 3 } };
    const logs = (count: number): Handlers => ({
      onStart: (ctx) => {
        for (let i = 0; i < count; i++) ctx.log(`line ${i}`);
      },
    });
    expect(sentenceOf(logs(3), setup)).toBeUndefined();
    expect(sentenceOf(logs(4), setup)).toContain("more than 3 effects");
  });

  it("in its events", () => {
    const cluster = build(
      { n1: { onStart: (ctx) => ctx.setTimer("again", 0), onTimer: (ctx) => ctx.setTimer("again", 0) } },
      { budgets: { events: 500 } },
    );
    cluster.boot();
    cluster.runUntil(ms(1));
    expect(cluster.stop).toEqual({
      family: "budget",
      check: "events",
      sentence: "the run did not end within 500 events; the last one was at n1",
      atUs: 0,
    });
  });

  it("in what is under way", () => {
    const twice: Handlers = {
      onStart: (ctx) => ctx.send("n1", { type: "x" }),
      onMessage: (ctx) => void [ctx.send("n1", { type: "x" }), ctx.send("n2", { type: "x" })],
    };
    const cluster = boot({ n1: twice, n2: twice }, { budgets: { pending: 1_000 } });
    cluster.runUntil(ms(1_000));
    expect(cluster.stop?.family).toBe("budget");
    expect(cluster.stop?.sentence).toMatch(
      /^more than 1000 messages and timers were under way at once; the last event was at n[12]$/,
    );
  });
});

describe("the cluster's faults", () => {
  it("name nodes that there are", () => {
    const cluster = boot({ n1: {} });
    expect(() => cluster.crash("f", "n9")).toThrow('somebody named "n9" in a fault, but there is no such node; there are n1');
  });

  it("crash and restart once", () => {
    const cluster = boot({ n1: {} });
    expect([cluster.crash("f", "n1"), cluster.crash("f", "n1"), cluster.isUp("n1")]).toEqual([true, false, false]);
    expect([cluster.restart("f", "n1"), cluster.restart("f", "n1"), cluster.isUp("n1")]).toEqual([true, false, true]);
    expect(cluster.effectCounts.get("f")).toBe(1);
  });

  it("are called back after a while, unless the world has healed", () => {
    const cluster = boot({ n1: {} });
    const called: string[] = [];
    cluster.later(ms(5), () => void called.push("soon"));
    cluster.later(ms(15), () => void called.push("too late"));
    at(cluster, 10, () => cluster.heal());
    cluster.runUntil(ms(50));
    expect(called).toEqual(["soon"]);
  });
});
