/** The digest: the same for the same run wherever it runs, another one for anything that differs. */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Context } from "../protocol.ts";
import { Digest } from "./digest.ts";
import { stormy } from "./testing/stormy.ts";
import { at, boot, type Handlers, ms, type Nodes, type Setup } from "./testing/world.ts";

/** The digests of a stormy run with these seeds. Whoever changes one changes what is folded in, or what a run does: say so. */
const golden: Readonly<Record<number, string>> = { 1: "3a5f54e32004dd1e", 2: "d75303d9b53a14e1", 3: "956876edd808ba18" };

describe("the digest of a run", () => {
  it.each(Object.entries(golden))("of seed %s is pinned, with the trace kept or not", (seed, digest) => {
    const [bare, traced] = [stormy(Number(seed), false), stormy(Number(seed), true)];
    expect([bare.digestText(), traced.digestText()]).toEqual([digest, digest]);
    expect([bare.events, bare.messages, [...bare.effectCounts]]).toEqual([
      traced.events,
      traced.messages,
      [...traced.effectCounts],
    ]);
  });

  it("is the same in another process", ({ skip }) => {
    const built = fileURLToPath(new URL("../../dist/harness/sim/testing/stormy.js", import.meta.url));
    if (!existsSync(built) || newest(new URL(".", import.meta.url), ".ts") > statSync(built).mtimeMs) {
      return skip("dist/ is older than the sources; npm test builds it first");
    }
    const script = `import { stormy } from ${JSON.stringify(built)}; console.log([1, 2, 3].map((seed) => stormy(seed, false).digestText()).join());`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(said.trim()).toBe(Object.values(golden).join());
  });

  it("does not depend on what ran before it in the same process", () => {
    const digests = [3, 1, 2, 1].map((seed) => stormy(seed, seed === 2).digestText());
    expect(digests).toEqual([golden[3], golden[1], golden[2], golden[1]]);
  });
});

describe("two runs that differ", () => {
  function digestOf(
    nodes: Nodes,
    setup: Setup = {},
    meddle: (cluster: ReturnType<typeof boot>) => void = () => undefined,
  ): string {
    const cluster = boot(nodes, { trace: false, goals: ["g", "h"], ...setup });
    meddle(cluster);
    cluster.runUntil(ms(20));
    return cluster.digestText();
  }
  const starting = (onStart: (ctx: Context) => void, more: Handlers = {}): string =>
    digestOf({ n1: { ...more, onStart }, n2: {} });

  it("in one field of one message have other digests; the order of its fields does not count", () => {
    const sending = (message: object): string => starting((ctx) => ctx.send("n2", message));
    const digest = sending({ type: "vote", term: 3, from: "n1", log: [{ term: 1 }, { term: 2 }] });
    expect(sending({ log: [{ term: 1 }, { term: 2 }], from: "n1", term: 3, type: "vote" })).toBe(digest);
    for (const other of [
      { type: "vote", term: 4, from: "n1", log: [{ term: 1 }, { term: 2 }] },
      { type: "vote", term: 3, from: "n2", log: [{ term: 1 }, { term: 2 }] },
      { type: "vote", term: 3, from: "n1", log: [{ term: 2 }, { term: 1 }] },
      { type: "vote", term: 3, from: "n1", log: [{ term: 1 }, { term: 3 }] },
      { type: "vote", term: 3, from: "n1", log: [{ term: 1 }] },
      { type: "vote", term: 3, from: "n1", log: [{ term: 1 }, { term: 2 }], extra: null },
    ]) {
      expect(sending(other)).not.toBe(digest);
    }
  });

  it.each<[string, (ctx: Context) => void, (ctx: Context) => void]>([
    ["the value of a record", (ctx) => ctx.disk.write("a", 1), (ctx) => ctx.disk.write("a", 2)],
    ["the name of a record", (ctx) => ctx.disk.write("a", 1), (ctx) => ctx.disk.write("b", 1)],
    ["an append for a write", (ctx) => ctx.disk.write("a", 1), (ctx) => ctx.disk.log("a").append(1)],
    ["a length", (ctx) => ctx.disk.log("a").truncate(0), (ctx) => ctx.disk.log("a").truncate(1)],
    ["a sync", (ctx) => ctx.disk.sync(), () => undefined],
    [
      "two effects in the other order",
      (ctx) => void [ctx.disk.write("a", 1), ctx.disk.sync()],
      (ctx) => void [ctx.disk.sync(), ctx.disk.write("a", 1)],
    ],
    ["a fact", (ctx) => ctx.fact("a"), (ctx) => ctx.fact("b")],
    ["what a fact says", (ctx) => ctx.fact("a", { n: 1 }), (ctx) => ctx.fact("a", { n: 2 })],
    ["a goal", (ctx) => ctx.sometimes("g"), (ctx) => ctx.sometimes("h")],
    ["a line of the log", (ctx) => ctx.log("a"), (ctx) => ctx.log("b")],
    ["the data of a line", (ctx) => ctx.log("a", 1), (ctx) => ctx.log("a", 2)],
    ["when a timer fires", (ctx) => ctx.setTimer("t", 1), (ctx) => ctx.setTimer("t", 1.001)],
    ["the name of a timer", (ctx) => ctx.setTimer("t", 1), (ctx) => ctx.setTimer("u", 1)],
    ["the data of a timer", (ctx) => ctx.setTimer("t", 1, "x"), (ctx) => ctx.setTimer("t", 1, "y")],
    ["a message to oneself for one to another", (ctx) => ctx.send("n2", { type: "x" }), (ctx) => ctx.send("n1", { type: "x" })],
  ])("in %s have other digests", (_, one, other) => {
    expect(starting(one)).toBe(starting(one));
    expect(starting(one)).not.toBe(starting(other));
  });

  it("in who sends to whom have other digests", () => {
    const greet = (from: string, to: string): string => {
      const greets: Handlers = { onStart: (ctx) => ctx.id === from && ctx.send(to, { type: "hello" }) } as Handlers;
      return digestOf({ n1: greets, n2: greets, n3: greets });
    };
    const all = ["n1", "n2", "n3"].flatMap((from) => ["n1", "n2", "n3"].map((to) => greet(from, to)));
    expect(new Set(all).size).toBe(9);
  });

  it("in a fault that was at work have other digests", () => {
    const gossiping: Handlers = { onStart: (ctx) => ctx.setTimer("x", 2), onTimer: (ctx) => ctx.broadcast({ type: "x" }) };
    const nodes: Nodes = { n1: gossiping, n2: gossiping };
    const link = { from: "n1", to: "n2" };
    const faults: Readonly<Record<string, (cluster: ReturnType<typeof boot>) => void>> = {
      none: () => undefined,
      "cut at sending": (cluster) => cluster.cut("f", link),
      "cut on the way": (cluster) => at(cluster, 2.5, () => cluster.cut("f", link)),
      lost: (cluster) => cluster.worsen("f", link, { lossPpm: 1_000_000 }),
      late: (cluster) => cluster.worsen("f", link, { extraLatency: { kind: "constant", us: 1 } }),
      doubled: (cluster) => cluster.worsen("f", link, { duplicatePpm: 1_000_000 }),
      held: (cluster) => cluster.hold("f", link),
      "crash of one": (cluster) => cluster.crash("f", "n1"),
      "crash of the other": (cluster) => cluster.crash("f", "n2"),
      paused: (cluster) => cluster.pause("f", "n2"),
      slow: (cluster) => cluster.slow("f", "n2", 100),
      jump: (cluster) => cluster.jumpClock("f", "n2", 5),
      drift: (cluster) => cluster.drift("f", "n2", 5),
      healed: (cluster) => cluster.heal(),
      told: (cluster) => cluster.faultRecord("f", "begin", ""),
    };
    const seen = new Map<string, string>();
    for (const [name, meddle] of Object.entries(faults)) {
      const digest = digestOf(nodes, {}, meddle);
      expect({ name, sameAs: seen.get(digest) }).toEqual({ name, sameAs: undefined });
      seen.set(digest, name);
    }
  });

  it("in what a client is told have other digests", () => {
    const answering = (onRequest: NonNullable<Handlers["onRequest"]>): string =>
      digestOf({ n1: { onRequest } }, { clients: 1 }, (cluster) => cluster.offer(0, "c1", "o1", { f: "read" }));
    const digests = [
      answering((ctx, request) => ctx.reply(request, 1)),
      answering((ctx, request) => ctx.reply(request, 2)),
      answering((ctx, request) => ctx.fail(request, "1")),
      answering((ctx, request) => ctx.redirect(request)),
      answering(() => undefined),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe("the digest itself", () => {
  it("counts what, where, when and which contents, in order, in both of its halves", () => {
    const fold = (...folds: readonly (readonly [number, number, number, number])[]): string => {
      const digest = new Digest();
      for (const one of folds) digest.fold(...one);
      return digest.text();
    };
    const one = [1, 2, 3, 4] as const;
    const all = [
      fold(),
      fold(one),
      fold(one, one),
      fold([2, 2, 3, 4]),
      fold([1, 3, 3, 4]),
      fold([1, 2, 4, 4]),
      fold([1, 2, 3, 5]),
    ];
    all.push(fold(one, [5, 6, 7, 8]), fold([5, 6, 7, 8], one));
    for (const half of [0, 8]) expect(new Set(all.map((text) => text.slice(half, half + 8))).size).toBe(all.length);
    for (const text of all) expect(text).toMatch(/^[0-9a-f]{16}$/);
  });
});

function newest(folder: URL, extension: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(extension) && !name.endsWith(`.test${extension}`))
      .map((name) => statSync(new URL(name, folder)).mtimeMs),
  );
}
