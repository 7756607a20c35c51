import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crash as typed } from "./crash.ts";
import type { Cluster, Fault, Params } from "./fault.ts";
import { FakeWorld } from "./testing/fake-world.ts";

const crash: Fault = typed;

const cluster: Cluster = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  selectors: ["leader"],
};

function plan(item: object): Params {
  expect(crash.check(crash.schema.parse(item), cluster)).toEqual([]);
  return fc.sample(crash.draw(item, cluster), { numRuns: 1, seed: 1 })[0]!;
}

describe("a crash at once", () => {
  test("is over after its down time, by itself", () => {
    const world = new FakeWorld(cluster);
    crash.begin(world, "a", plan({ crash: "n1" }), 300_000);
    world.pass(299_999);
    expect(world.isUp("n1")).toBe(false);
    world.pass(1);
    expect(world.isUp("n1")).toBe(true);
  });

  test("without an end lasts until its undo", () => {
    const world = new FakeWorld(cluster);
    const undo = crash.begin(world, "a", plan({ crash: "n1" }));
    world.pass(100_000_000);
    expect(world.isUp("n1")).toBe(false);
    undo();
    expect(world.isUp("n1")).toBe(true);
  });

  test("wipes the disk only when asked to", () => {
    const world = new FakeWorld(cluster);
    crash.begin(world, "a", plan({ crash: "n1" }));
    crash.begin(world, "b", plan({ crash: "n2", disk: "wipe" }));
    expect(world.calls).toEqual(["crash n1", "crash n2", "wipe n2"]);
  });

  test("of a node that is down has no effect, wipes nothing, and does not bring it back early", () => {
    const world = new FakeWorld(cluster);
    crash.begin(world, "a", plan({ crash: "n1" }), 1_000_000);
    world.pass(100_000);
    const undo = crash.begin(world, "b", plan({ crash: "n1", disk: "wipe" }), 50_000);
    world.pass(500_000);
    undo();
    expect(world.isUp("n1")).toBe(false);
    expect(world.calls).toEqual(["crash n1"]);
    world.pass(400_000);
    expect(world.isUp("n1")).toBe(true);
  });

  test("is not over when a later crash of the same node is not: each ends its own only", () => {
    const world = new FakeWorld(cluster);
    const first = crash.begin(world, "a", plan({ crash: "n1" }), 100_000);
    world.pass(200_000);
    crash.begin(world, "b", plan({ crash: "n1" }), 1_000_000);
    first();
    world.pass(500_000);
    expect(world.isUp("n1")).toBe(false);
  });
});

describe("a crash between effects", () => {
  test("waits for its handler; the down time counts from the crash", () => {
    const world = new FakeWorld(cluster);
    crash.begin(world, "a", plan({ crash: "n1", between: "persists" }), 20_000);
    expect(world.calls).toEqual(['armCrash n1 "persists"']);
    world.pass(600_000);
    world.handle("n1");
    expect(world.isUp("n1")).toBe(false);
    world.pass(19_999);
    expect(world.isUp("n1")).toBe(false);
    world.pass(1);
    expect(world.isUp("n1")).toBe(true);
  });

  test("is called off after a second in which nothing fitted, or after the down time when that is longer", () => {
    for (const [forUs, patienceUs] of [
      [20_000, 1_000_000],
      [3_000_000, 3_000_000],
    ] as const) {
      const world = new FakeWorld(cluster);
      crash.begin(world, "a", plan({ crash: "n1", between: "effects" }), forUs);
      world.pass(patienceUs - 1);
      expect(world.calls).toEqual(['armCrash n1 "two-effects"']);
      world.pass(1);
      expect(world.calls).toEqual(['armCrash n1 "two-effects"', "disarmCrash n1"]);
    }
  });

  test("names its handler and place in an explicit scenario", () => {
    const item = { crash: "n2", cut: { handler: "message AppendEntries", after: 2 } };
    const world = new FakeWorld(cluster);
    crash.begin(world, "a", plan(item));
    expect(world.calls).toEqual(['armCrash n2 {"handler":"message AppendEntries","after":2}']);
    expect(crash.explicit(plan(item))).toEqual(item);
  });

  test("cannot be placed twice, or in a handler that nobody has", () => {
    const both = { crash: "n1", between: "sends", cut: { handler: "start", after: 1 } };
    expect(crash.check(both, cluster).map((problem) => problem.message)).toEqual([
      '"between" and "cut" both say where the crash falls; take one of them away',
    ]);
    const wrong = crash.schema.safeParse({ crash: "n1", cut: { handler: "AppendEntries", after: 1 } });
    expect(wrong.error?.issues[0]?.message).toContain("expected start, request, answer");
  });
});

describe("down times", () => {
  test("are short as often as long when nothing is said", () => {
    const drawn = fc.sample(crash.usualForUs!({ crash: "any" }), { numRuns: 3_000, seed: 1, unbiased: true });
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(3_000_000);
    const share = (from: number, to: number): number => drawn.filter((us) => us >= from && us < to).length / drawn.length;
    expect(share(5_000, 50_000)).toBeGreaterThan(0.25);
    expect(share(50_000, 500_000)).toBeGreaterThan(0.25);
    expect(share(500_000, 3_000_001)).toBeGreaterThan(0.25);
  });

  test("are back-after's when that is given", () => {
    for (const us of fc.sample(crash.usualForUs!({ crash: "any", "back-after": "3s..6s" }), { numRuns: 50, seed: 1 })) {
      expect(us).toBeGreaterThanOrEqual(3_000_000);
      expect(us).toBeLessThanOrEqual(6_000_000);
    }
    expect(crash.check({ crash: "any", "back-after": "6s..3s" }, cluster)).toEqual([
      { path: ["back-after"], message: "the range 6s..3s is upside down; did you mean 3s..6s?" },
    ]);
  });
});

test("shrinking keeps where a crash falls while it takes targets away, and tries a plain crash and a kept disk", () => {
  const params = { nodes: ["n1", "n2"], disk: "wipe", where: "sends" };
  expect(crash.simpler(params, cluster).map((variant) => variant.params)).toEqual([
    { nodes: ["n1"], disk: "wipe", where: "sends" },
    { nodes: ["n2"], disk: "wipe", where: "sends" },
    { nodes: ["n1", "n2"], disk: "wipe" },
    { nodes: ["n1", "n2"], disk: "keep", where: "sends" },
  ]);
});
