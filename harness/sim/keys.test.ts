/** The keys of chance: what is taken out of a run moves nothing else. */

import { describe, expect, it } from "vitest";
import type { Cluster } from "./cluster.ts";
import { boot, type Handlers, ms, records, type Setup } from "./testing/world.ts";
import type { Weather } from "./world.ts";

const weather: Partial<Weather> = {
  lossPpm: 200_000,
  duplicatePpm: 100_000,
  latency: { kind: "heavy-tail", minUs: 500, medianUs: 2_000, maxUs: 50_000 },
};

/** Sends "<own name> <n>" to each of `to`, every `everyMs`. */
function talker(to: readonly string[], everyMs: number): () => Handlers {
  return () => {
    let n = 0;
    return {
      onStart: (ctx) => ctx.setTimer("talk", everyMs),
      onTimer: (ctx) => {
        n++;
        for (const other of to) ctx.send(other, { type: `${ctx.id} ${n}` });
        ctx.setTimer("talk", everyMs);
      },
      onRequest: (ctx, request) => ctx.reply(request, "done"),
    };
  };
}

/** All that became of the messages on one link: what, when sent, its fate, when it arrived. */
function fatesOn(cluster: Cluster, from: string, to: string): unknown[] {
  const arrivals = records(cluster, "deliver", to).filter((record) => record.from === from);
  return records(cluster, "send", from)
    .filter((record) => record.to === to)
    .map(({ n, atUs, fate, message }) => [
      message,
      atUs,
      fate,
      arrivals.filter(({ cause }) => cause === n).map((arrival) => arrival.atUs),
    ]);
}

function run(nodes: Parameters<typeof boot>[0], setup: Setup = {}, with_: (cluster: Cluster) => void = () => undefined): Cluster {
  const cluster = boot(nodes, { weather, ...setup });
  with_(cluster);
  cluster.runUntil(ms(500));
  return cluster;
}

describe("a message keeps its fate", () => {
  const whole = run({ n1: talker(["n2", "n3"], 1), n2: talker(["n1", "n3"], 1), n3: talker(["n1", "n2"], 1) });
  const fates = fatesOn(whole, "n1", "n2");

  it("(which is a lively one, or this would show nothing)", () => {
    expect(fates.length).toBe(500);
    expect(new Set(records(whole, "send").map(({ fate }) => fate))).toEqual(new Set(["sent", "lost", "doubled"]));
    expect(fates).not.toEqual(fatesOn(whole, "n2", "n1"));
    expect(fates).not.toEqual(fatesOn(run({ n1: talker(["n2"], 1), n2: {} }, { seed: 2 }), "n1", "n2"));
  });

  it("when another link is silent", () => {
    const other = run({ n1: talker(["n2"], 1), n2: {}, n3: {} });
    expect(fatesOn(other, "n1", "n2")).toEqual(fates);
  });

  it("when another node is taken away, or one is put before it", () => {
    expect(fatesOn(run({ n1: talker(["n2"], 1), n2: talker(["n1"], 1) }), "n1", "n2")).toEqual(fates);
    expect(fatesOn(run({ n0: {}, n2: talker(["n1"], 1), n1: talker(["n2"], 1) }), "n1", "n2")).toEqual(fates);
  });

  it("when the faults of another link come and go", () => {
    const other = run({ n1: talker(["n2", "n3"], 1), n2: {}, n3: {} }, {}, (cluster) => {
      cluster.cut("f", { from: "n1", to: "n3" });
      cluster.worsen("g", { from: "n1", to: "n3" }, { lossPpm: 500_000, duplicatePpm: 500_000 });
    });
    expect(fatesOn(other, "n1", "n2")).toEqual(fates);
  });

  it("when other messages of its own link are taken away, unless they left in the same millisecond", () => {
    const every2 = fatesOn(run({ n1: talker(["n2"], 2), n2: {} }), "n1", "n2");
    const strip = ([, ...fate]: unknown[]): unknown[] => fate;
    expect(every2.map((fate) => strip(fate as unknown[]))).toEqual(
      fates.filter((_, i) => i % 2 === 1).map((fate) => strip(fate as unknown[])),
    );
  });

  it("when a cut has swallowed an earlier one of the same millisecond", () => {
    const pair = (cut: boolean): unknown => {
      const cluster = boot(
        {
          n1: {
            onStart: (ctx) => ["10.1", "10.7"].forEach((at) => void ctx.setTimer(at, Number(at))),
            onTimer: (ctx, name) => ctx.send("n2", { type: name }),
          },
          n2: {},
        },
        { weather: { ...weather, lossPpm: 0 } },
      );
      if (cut) cluster.at(ms(10), () => cluster.cut("f", { from: "n1", to: "n2" }));
      cluster.at(ms(10.5), () => cluster.uncut("f", { from: "n1", to: "n2" }));
      cluster.runUntil(ms(100));
      const [first, second] = fatesOn(cluster, "n1", "n2") as [unknown[], unknown[]];
      expect(first[2] === "cut").toBe(cut);
      return second;
    };
    expect(pair(true)).toEqual(pair(false));
  });

  it("when another client, with its operations, is taken away", () => {
    const clients = (count: number): Cluster =>
      run(
        { n1: talker([], 1_000), n2: talker(["n1"], 1) },
        { clients: count, policy: { target: "any", retry: true, tryMs: 10, timeoutMs: 100 } },
        (cluster) => {
          for (let i = 0; i < 40; i++) {
            cluster.offer(ms(i * 10), "c1", `o${i}`, i);
            if (count > 1) cluster.offer(ms(i * 10), "c2", `p${i}`, i);
          }
        },
      );
    const [both, alone] = [clients(2), clients(1)];
    for (const [from, to] of [
      ["c1", "n1"],
      ["c1", "n2"],
      ["n1", "c1"],
      ["n2", "n1"],
    ] as const) {
      expect(fatesOn(both, from, to).length).toBeGreaterThan(5);
      expect(fatesOn(both, from, to)).toEqual(fatesOn(alone, from, to));
    }
  });
});

describe("ctx.random", () => {
  /** What n1 draws at each of these moments, as many as asked. */
  function drawn(
    plan: Readonly<Record<number, number>>,
    setup: Setup & { readonly others?: Readonly<Record<string, Handlers>> } = {},
  ): Record<string, number[]> {
    const seen: Record<string, number[]> = {};
    const cluster = boot(
      {
        n1: {
          onStart: (ctx) => Object.keys(plan).forEach((atMs) => void ctx.setTimer(atMs, Number(atMs))),
          onTimer: (ctx, name) => {
            seen[name] = Array.from({ length: plan[Number(name)]! }, () => ctx.random.integer(0, 1_000_000));
          },
        },
        ...setup.others,
      },
      setup,
    );
    cluster.runUntil(ms(100));
    return seen;
  }

  it("depends on the seed, the node, the millisecond and how-manieth draw in it, and on nothing else", () => {
    const all = drawn({ 10: 3, 20: 2, 30: 4 });
    expect(drawn({ 20: 2 })).toEqual({ 20: all[20] });
    expect(drawn({ 10: 1, 30: 2 })).toEqual({ 10: all[10]!.slice(0, 1), 30: all[30]!.slice(0, 2) });
    const busy: Handlers = {
      onStart: (ctx) => ctx.setTimer("x", 10),
      onTimer: (ctx) => void [ctx.random.integer(0, 9), ctx.broadcast({ type: "x" }), ctx.random.shuffle([1, 2, 3])],
    };
    expect(drawn({ 10: 3, 20: 2, 30: 4 }, { others: { n0: busy, n2: busy }, clients: 2 })).toEqual(all);
    expect(drawn({ 10: 3, 20: 2, 30: 4 }, { seed: 2 })).not.toEqual(all);
    expect(new Set(Object.values(all).flat()).size).toBe(9);
  });

  it("differs from node to node", () => {
    const seen: number[] = [];
    const node: Handlers = { onStart: (ctx) => void seen.push(ctx.random.integer(0, 1_000_000)) };
    boot(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`n${i + 1}`, node])));
    expect(new Set(seen).size).toBe(50);
  });

  it("is fair, within its bounds, and repeatable", () => {
    const draws = (seed: number): number[] => {
      const seen: number[] = [];
      boot(
        {
          n1: {
            onStart: (ctx) => {
              for (let i = 0; i < 6_000; i++) seen.push(ctx.random.integer(-2, 3));
              for (let i = 0; i < 1_000; i++) {
                const real = ctx.random.real();
                expect(real >= 0 && real < 1).toBe(true);
                expect(["a", "b"]).toContain(ctx.random.pick(["a", "b"]));
              }
            },
          },
        },
        { seed },
      );
      return seen;
    };
    const seen = draws(1);
    expect(seen).toEqual(draws(1));
    for (const value of [-2, -1, 0, 1, 2, 3])
      expect(Math.abs(seen.filter((one) => one === value).length - 1_000)).toBeLessThan(120);
    expect(new Set(seen).size).toBe(6);
  });

  it("shuffles a copy, and every order about as often", () => {
    const orders = new Map<string, number>();
    boot({
      n1: {
        onStart: (ctx) => {
          const list = Object.freeze(["a", "b", "c"]);
          for (let i = 0; i < 3_000; i++) {
            const order = ctx.random.shuffle(list).join("");
            orders.set(order, (orders.get(order) ?? 0) + 1);
          }
        },
      },
    });
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 500)).toBeLessThan(90);
  });

  it.each([
    ["integer(3, 2)", "ctx.random.integer(3, 2); expected two integers, the smaller one first"],
    ["integer(0.5, 2)", "ctx.random.integer(0.5, 2); expected two integers, the smaller one first"],
    ["pick([])", "ctx.random.pick with an empty list"],
  ])("refuses %s", (call, sentence) => {
    const calls: Readonly<Record<string, Handlers["onStart"]>> = {
      "integer(3, 2)": (ctx) => void ctx.random.integer(3, 2),
      "integer(0.5, 2)": (ctx) => void ctx.random.integer(0.5, 2),
      "pick([])": (ctx) => void ctx.random.pick([]),
    };
    expect(boot({ n1: { onStart: calls[call]! } }).stop?.sentence).toBe(`n1 called ${sentence}, in start`);
  });
});

describe("what a fault draws while it runs", () => {
  it("depends on the seed, the fault and the purpose alone", () => {
    const cluster = boot({ n1: {} });
    const first = cluster.draw("crash-1", "victim");
    cluster.draw("crash-2", "victim");
    expect(cluster.draw("crash-1", "victim")).toBe(first);
    expect(boot({ n1: {}, n2: {} }).draw("crash-1", "victim")).toBe(first);
    expect(
      new Set([
        first,
        cluster.draw("crash-1", "place"),
        cluster.draw("crash-2", "victim"),
        boot({ n1: {} }, { seed: 2 }).draw("crash-1", "victim"),
      ]).size,
    ).toBe(4);
  });
});
