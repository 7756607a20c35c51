/** The operator's orders: an event of their own at the node, in the trace, and the begin of a handler like others. */

import { expect, it } from "vitest";
import { boot, build, type Handlers, ms, records } from "./testing/world.ts";

const obeys: Handlers = {
  onOrder: (ctx, order) => {
    ctx.disk.write("last order", order);
    ctx.fact("told", { order });
  },
};

it("an order is handled when it is given, and is what its effects come from", () => {
  const cluster = boot({ n1: obeys, n2: obeys });
  cluster.at(ms(5), () => cluster.operate("f", "n2", "add-server"));
  cluster.runUntil(ms(10));
  expect(records(cluster, "order")).toMatchObject([{ node: "n2", atUs: 5_000, order: "add-server", by: "f" }]);
  const [order] = records(cluster, "order");
  expect(records(cluster, "fact")).toMatchObject([{ node: "n2", data: { order: "add-server" }, cause: order!.n }]);
  expect(cluster.effectCounts.get("f")).toBe(1);
});

it("a crash may fall between two effects of its handler, whose place has a name", () => {
  const cluster = boot({ n1: obeys });
  cluster.armCrash("f", "n1", { handler: "order add-server", after: 1 }, () => {});
  cluster.at(ms(5), () => cluster.operate("o", "n1", "add-server"));
  cluster.runUntil(ms(10));
  expect(records(cluster, "crash")).toMatchObject([{ cut: { handler: "order add-server", after: 1, of: 2 } }]);
  expect(records(cluster, "fact")).toEqual([]);
});

it("waits for its turn at a busy node", () => {
  const heard: string[] = [];
  const slow: Handlers = {
    onMessage: (ctx, _from, { type }) => void heard.push(`${ctx.elapsed()} ${type}`),
    onOrder: (ctx, order) => void heard.push(`${ctx.elapsed()} ${order}`),
  };
  const cluster = boot({ n1: slow, n2: { onStart: (ctx) => ctx.send("n1", { type: "hello" }) } });
  cluster.slow("s", "n1", 4_000);
  cluster.at(ms(2), () => cluster.operate("f", "n1", "hand-over"));
  cluster.runUntil(ms(20));
  const [hello, order] = heard.map((line) => Number(line.split(" ")[0]));
  expect(heard.map((line) => line.split(" ")[1])).toEqual(["hello", "hand-over"]);
  expect(order! - hello!).toBe(4);
});

it("a node without onOrder breaks the contract", () => {
  const cluster = build({ n1: {} });
  cluster.boot();
  cluster.operate("f", "n1", "dance");
  cluster.runUntil(ms(1));
  expect(cluster.stop).toMatchObject({
    family: "contract",
    sentence: 'n1 got the order "dance", but its node has no onOrder; give it one, or aim the order at another role',
  });
});

it("an order changes the digest", () => {
  const run = (order: string): string => {
    const cluster = boot({ n1: { onOrder: () => undefined } });
    cluster.operate("f", "n1", order);
    cluster.runUntil(ms(1));
    return cluster.digestText();
  };
  expect(run("a")).toBe(run("a"));
  expect(run("a")).not.toBe(run("b"));
});
