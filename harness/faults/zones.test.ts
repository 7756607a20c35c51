/** Zones: nodes that stand in one place, and fail as a whole. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster, Params } from "./fault.ts";
import { faults } from "./index.ts";
import { FakeWorld } from "./testing/fake-world.ts";

const cluster: Cluster = {
  servers: ["n1", "n2", "n3", "n4"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  zones: { east: ["n1", "n2", "c1"], west: ["n3"] },
  selectors: [],
};

function drawn(item: Readonly<Record<string, unknown>>, of = cluster): readonly Params[] {
  const fault = faults.find(({ word }) => word in item)!;
  expect(fault.check(fault.schema.parse(item), of)).toEqual([]);
  return fc.sample(fault.draw(item, of), { numRuns: 40, seed: 1, unbiased: true });
}

const complaints = (item: Readonly<Record<string, unknown>>, of: Cluster): string =>
  faults
    .find(({ word }) => word in item)!
    .check(item, of)
    .map(({ message }) => message)
    .join();

describe("as a target", () => {
  test("a zone is all of its nodes; zone is one of them as a whole", () => {
    for (const params of drawn({ pause: "east" })) expect(params).toEqual({ nodes: ["n1", "n2", "c1"] });
    const wholes = new Set(drawn({ crash: "zone" }).map(({ nodes }) => String(nodes)));
    expect(wholes).toEqual(new Set(["n1,n2,c1", "n3"]));
  });

  test("of a fault of links, all links of its nodes", () => {
    const hold = faults.find(({ word }) => word === "hold")!;
    const world = new FakeWorld(cluster);
    hold.begin(world, "h", drawn({ hold: "west", direction: "out" })[0]!);
    expect(world.calls).toEqual(["hold n3 -> n1", "hold n3 -> n2", "hold n3 -> n4", "hold n3 -> c1"]);
  });

  test("a cluster without zones has none", () => {
    const { zones: _zones, ...bare } = cluster;
    expect(complaints({ crash: "zone" }, bare)).toContain("this cluster has no zones; write them beside its nodes");
    expect(complaints({ crash: "east" }, bare)).toContain('"east" is no node');
    expect(complaints({ partition: "zones" }, { ...cluster, zones: { east: ["n1"] } })).toContain("no two zones to cut apart");
  });
});

describe("partitions", () => {
  /** What a partition cuts. */
  function cuts(params: Params): readonly string[] {
    const world = new FakeWorld(cluster);
    faults.find(({ word }) => word === "partition")!.begin(world, "p", params);
    return world.calls.map((call) => call.replace("cut ", ""));
  }

  test("into zones: each on a side of its own, with its clients; who is in none keeps all links", () => {
    const all = cuts(drawn({ partition: "zones" })[0]!).toSorted();
    expect(all).toEqual(["c1 -> n3", "n1 -> n3", "n2 -> n3", "n3 -> c1", "n3 -> n1", "n3 -> n2"]);
  });

  test("partial: some links, each one way, never all of them", () => {
    const some = drawn({ partition: "partial" }).map(cuts);
    expect(new Set(some.map((links) => links.length)).size).toBeGreaterThan(4);
    for (const links of some) expect(links.length > 0 && links.length < 12).toBe(true);
    const oneWay = some.filter((links) => links.includes("n1 -> n2") !== links.includes("n2 -> n1"));
    expect(oneWay.length).toBeGreaterThan(5);
  });
});
