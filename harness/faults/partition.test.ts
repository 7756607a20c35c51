import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster, Fault, Params } from "./fault.ts";
import { partition as typed } from "./partition.ts";
import { FakeWorld } from "./testing/fake-world.ts";

const partition: Fault = typed;

function cluster(count: number): Cluster {
  const servers = Array.from({ length: count }, (_, i) => ({ id: `n${i + 1}`, role: "server" }));
  return { servers, clients: ["c1", "c2"], selectors: ["leader"] };
}

function draws(item: object, of: Cluster, count = 30): readonly Params[] {
  expect(partition.check(partition.schema.parse(item), of)).toEqual([]);
  return fc.sample(partition.draw(item, of), { numRuns: count, seed: 1, unbiased: true });
}

/** The directed links that a plan cuts. */
function cuts(params: Params, of: Cluster, leader?: string): Set<string> {
  const world = new FakeWorld(of);
  if (leader !== undefined) world.selected.set("leader", leader);
  const undo = partition.begin(world, "p", params);
  const cut = new Set(world.calls.map((call) => call.replace("cut ", "")));
  expect(cut.size).toBe(world.calls.length);
  undo();
  expect(world.unfinished()).toEqual([]);
  return cut;
}

/** Whom each server hears, itself included. */
function hears(params: Params, of: Cluster): Map<string, string[]> {
  const cut = cuts(params, of);
  const ids = of.servers.map((server) => server.id);
  return new Map(ids.map((to) => [to, ids.filter((from) => !cut.has(`${from} -> ${to}`))]));
}

describe("shapes", () => {
  test("one: a server alone, each in its turn; clients keep their links", () => {
    const alone = draws({ partition: "one" }, cluster(3)).map((params) => {
      const cut = cuts(params, cluster(3));
      expect(cut.size).toBe(4);
      expect([...cut].some((link) => link.includes("c"))).toBe(false);
      return (params as { groups: string[][] }).groups[0]!.join();
    });
    expect(new Set(alone)).toEqual(new Set(["n1", "n2", "n3"]));
  });

  test("halves follow the names, random halves do not", () => {
    expect(new Set(draws({ partition: "halves" }, cluster(5)).map((params) => JSON.stringify(params))).size).toBe(1);
    expect(draws({ partition: "halves" }, cluster(5))[0]).toEqual({
      groups: [
        ["n1", "n2"],
        ["n3", "n4", "n5"],
      ],
      direction: "both",
    });
    const random = draws({ partition: "random-halves" }, cluster(5)).map((params) => (params as { groups: string[][] }).groups);
    expect(new Set(random.map((groups) => JSON.stringify(groups))).size).toBeGreaterThan(5);
    for (const groups of random) expect(groups.map((group) => group.length)).toEqual([2, 3]);
  });

  test.each([3, 4, 5, 6, 7, 8])("ring of %i: everybody hears a majority, no two the same one", (count) => {
    for (const params of draws({ partition: "ring" }, cluster(count), 10)) {
      const heard = [...hears(params, cluster(count)).values()];
      for (const one of heard) expect(one.length).toBe(Math.floor(count / 2) + 1);
      expect(new Set(heard.map((one) => one.join())).size).toBe(count);
      // An odd majority has a middle, so a link is cut both ways or not at all.
      const cut = cuts(params, cluster(count));
      const backwards = [...cut].map((link) => link.split(" -> ").reverse().join(" -> "));
      if ((Math.floor(count / 2) + 1) % 2 === 1) expect(new Set(backwards)).toEqual(cut);
    }
  });

  test.each([3, 4, 5, 6, 7])("bridge of %i: one node hears everybody, the others only their side and the bridge", (count) => {
    for (const params of draws({ partition: "bridge" }, cluster(count), 10)) {
      const heard = [...hears(params, cluster(count)).values()].map((one) => one.length).sort((a, b) => a - b);
      expect(heard.filter((one) => one === count)).toHaveLength(1);
      const sides = [count >> 1, count - (count >> 1) - 1];
      expect(heard.slice(0, -1)).toEqual(sides.flatMap((side) => Array(side).fill(side + 1)).sort((a, b) => a - b));
    }
  });

  test("explicit groups cut each from each; a node in none keeps its links", () => {
    const [params] = draws({ partition: [["n1"], ["n2"], ["n3", "c1"]] }, cluster(4), 1);
    expect(cuts(params!, cluster(4))).toEqual(
      new Set([
        "n1 -> n2",
        "n2 -> n1",
        "n1 -> n3",
        "n3 -> n1",
        "n1 -> c1",
        "c1 -> n1",
        "n2 -> n3",
        "n3 -> n2",
        "n2 -> c1",
        "c1 -> n2",
      ]),
    );
  });
});

describe("one way", () => {
  test("out cuts what the side sends, in what it would receive", () => {
    const [out] = draws({ partition: "n1", direction: "out" }, cluster(3), 1);
    expect(cuts(out!, cluster(3))).toEqual(new Set(["n1 -> n2", "n1 -> n3"]));
    const [into] = draws({ partition: "n1", direction: "in" }, cluster(3), 1);
    expect(cuts(into!, cluster(3))).toEqual(new Set(["n2 -> n1", "n3 -> n1"]));
  });

  test("a link is cut in its own direction only", () => {
    const [params] = draws({ partition: ["n1 -> n2", "c1 -> n3"] }, cluster(3), 1);
    expect(cuts(params!, cluster(3))).toEqual(new Set(["n1 -> n2", "c1 -> n3"]));
  });
});

describe("clients", () => {
  test("a client that is taken along reaches only the cut-off side", () => {
    const [params] = draws({ partition: "n1", with: "c1" }, cluster(3), 1);
    const cut = cuts(params!, cluster(3));
    for (const lost of ["c1 -> n2", "n2 -> c1", "c1 -> n3", "n3 -> c1"]) expect(cut).toContain(lost);
    expect(cut.has("c1 -> n1")).toBe(false);
    expect([...cut].some((link) => link.includes("c2"))).toBe(false);
  });

  test("with one client takes each in its turn", () => {
    const taken = draws({ partition: "n1", with: "one client" }, cluster(3)).map((params) =>
      (params as { groups: string[][] }).groups[0]!.join(),
    );
    expect(new Set(taken)).toEqual(new Set(["n1,c1", "n1,c2"]));
  });

  test("split puts every client on exactly one side", () => {
    const seats = draws({ partition: "minority", clients: "split" }, cluster(5)).map((params) => {
      const { groups } = params as { groups: string[][] };
      for (const client of ["c1", "c2"]) expect(groups.filter((group) => group.includes(client))).toHaveLength(1);
      return groups.findIndex((group) => group.includes("c1"));
    });
    expect(new Set(seats)).toEqual(new Set([0, 1]));
  });
});

describe("the leader, whoever it is then", () => {
  test("is cut off from all others, with the clients that were placed", () => {
    const [params] = draws({ partition: "leader", with: "c1", against: "c2" }, cluster(3), 1);
    expect(params).toEqual({ select: "leader", direction: "both", with: ["c1"], against: ["c2"] });
    const cut = cuts(params!, cluster(3), "n2");
    expect(cut).toContain("n2 -> n1");
    expect(cut).toContain("c1 -> n3");
    expect(cut).toContain("c2 -> n2");
    expect(cut.has("c1 -> n2") || cut.has("c2 -> n1")).toBe(false);
  });

  test("a leader that is down is no leader: the partition waits for the next one", () => {
    const of = cluster(3);
    const world = new FakeWorld(of);
    world.selected.set("leader", "n2");
    world.crash("crash", "n2");
    const before = world.calls.length;
    const undo = partition.begin(world, "p", draws({ partition: "leader" }, of, 1)[0]!);
    world.pass(100_000);
    expect(world.calls.length).toBe(before);
    world.selected.set("leader", "n3");
    world.pass(100_000);
    expect(world.calls).toContain("cut n3 -> n1");
    undo();
  });
});

describe("what cannot be cut is told in a sentence", () => {
  test.each([
    [{ partition: [["n1", "n2"]] }, ["partition"], "a single group is cut off from nobody"],
    [{ partition: [["n1"], ["n2", "n1"]] }, ["partition"], 'the node "n1" stands here twice'],
    [{ partition: [["n1"], ["n8"]] }, ["partition"], 'there is no node "n8" in this cluster'],
    [{ partition: "all" }, ["partition"], "this puts every server on one side"],
    [{ partition: 3 }, ["partition"], "this puts every server on one side"],
    [{ partition: "brdge" }, ["partition"], 'did you mean "bridge"?'],
    [{ partition: "n1 -> n1" }, ["partition"], "name two nodes"],
    [{ partition: ["n1 -> n2", "n3"] }, ["partition"], '"n3" is not a link'],
    [{ partition: "n1", with: "c7" }, ["with"], 'there is no client "c7" in this cluster'],
    [{ partition: "n1", with: "n2" }, ["with"], 'n2 is a server, and "with" places clients'],
    [{ partition: "n1", with: "c1", against: "c1" }, ["against"], "c1 cannot stand on both sides"],
    [{ partition: "ring", direction: "in" }, ["direction"], "a ring has none"],
    [{ partition: "n1 -> n2", with: "c1" }, ["with"], "a link has none"],
    [{ partition: [["n1"], ["n2"], ["n3"]], direction: "in" }, ["direction"], "there are 3"],
    [{ partition: [["n1"], ["n2"]], with: "c1" }, ["with"], "write the client into its group"],
  ])("%j", (item, path, sentence) => {
    const problems = partition.check(partition.schema.parse(item), cluster(3));
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]!.message).toContain(sentence);
  });

  test("shapes that need more servers", () => {
    expect(partition.check({ partition: "bridge" }, cluster(2))[0]?.message).toBe(
      "a partition into bridge needs 3 servers or more, this cluster has 2",
    );
    expect(partition.check({ partition: "halves" }, cluster(1))[0]?.message).toContain("needs 2 servers or more");
    expect(partition.check({ partition: "any" }, cluster(1))[0]?.message).toContain("every server on one side");
  });
});

describe("simpler variants", () => {
  test("a hold of a single link comes first, then of all of them, then less of a partition", () => {
    const simpler = partition.simpler({ groups: [["n1"], ["n2", "n3"]], direction: "both" }, cluster(3));
    expect(simpler.slice(0, 5)).toEqual([
      { fault: "hold", params: { links: ["n1 -> n2"] } },
      { fault: "hold", params: { links: ["n2 -> n1"] } },
      { fault: "hold", params: { links: ["n1 -> n3"] } },
      { fault: "hold", params: { links: ["n3 -> n1"] } },
      { fault: "hold", params: { links: ["n1 -> n2", "n2 -> n1", "n1 -> n3", "n3 -> n1"] } },
    ]);
    expect(simpler.slice(5).map((variant) => variant.params)).toEqual([
      { groups: [["n1"], ["n2", "n3"]], direction: "out" },
      { groups: [["n1"], ["n2", "n3"]], direction: "in" },
      { groups: [["n1"], ["n3"]], direction: "both" },
      { groups: [["n1"], ["n2"]], direction: "both" },
    ]);
  });
});
