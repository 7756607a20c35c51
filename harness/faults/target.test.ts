import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster } from "./fault.ts";
import { type Choice, drawTarget, understand } from "./target.ts";

function cluster(count: number): Cluster {
  const servers = Array.from({ length: count }, (_, i) => ({ id: `n${i + 1}`, role: "server" }));
  return { servers, clients: ["c1", "c2"], selectors: ["leader"] };
}

const mixed: Cluster = {
  servers: [
    { id: "coordinator", role: "coordinator" },
    { id: "participant1", role: "participant" },
    { id: "participant2", role: "participant" },
  ],
  clients: [],
  selectors: ["leader"],
};

function sizes(value: string | number, count: number): [number, number] {
  const { min, max } = understand(value, cluster(count)) as Extract<Choice, { min: number }>;
  return [min, max];
}

describe("what a target means", () => {
  test("a name is that node, server or client", () => {
    expect(understand("n2", cluster(3))).toEqual({ pool: ["n2"], min: 1, max: 1 });
    expect(understand("c1", cluster(3))).toEqual({ pool: ["c1"], min: 1, max: 1 });
  });

  test("a role is one of its nodes, but a node of that name goes first", () => {
    expect(understand("participant", mixed)).toEqual({ pool: ["participant1", "participant2"], min: 1, max: 1 });
    expect(understand("coordinator", mixed)).toEqual({ pool: ["coordinator"], min: 1, max: 1 });
  });

  test("a selector stays what it is: only the run can resolve it", () => {
    expect(understand("leader", cluster(3))).toEqual({ select: "leader" });
  });

  test.each([
    [3, [1, 1], [2, 2]],
    [4, [1, 1], [3, 3]],
    [5, [1, 2], [3, 4]],
    [7, [1, 3], [4, 6]],
  ])("of %i servers a minority is %j, a majority %j", (count, minority, majority) => {
    expect(sizes("minority", count)).toEqual(minority);
    expect(sizes("majority", count)).toEqual(majority);
    expect(minority[1]! * 2).toBeLessThan(count);
    expect(majority[0]! * 2).toBeGreaterThan(count);
  });

  test("any never is a client, and everybody's turn comes", () => {
    const drawn = fc.sample(drawTarget("any", cluster(3)), { numRuns: 100, seed: 1 });
    expect(new Set(drawn.map((chosen) => JSON.stringify(chosen)))).toEqual(
      new Set(['{"nodes":["n1"]}', '{"nodes":["n2"]}', '{"nodes":["n3"]}']),
    );
  });

  test("a number is that many servers", () => {
    for (const chosen of fc.sample(drawTarget(2, cluster(5)), { numRuns: 50, seed: 1 })) {
      expect("nodes" in chosen && new Set(chosen.nodes).size).toBe(2);
    }
  });
});

describe("what cannot be a target is told in a sentence", () => {
  test.each([
    ["leadr", '"leadr" is no node, role or selector of this cluster; did you mean "leader"?'],
    ["n9", '"n9" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, leader, server, any'],
    [4, "4 servers cannot be chosen: this cluster has only 3; write 3 or less"],
    [["n1", "n1"], 'the node "n1" stands here twice; name it once'],
    [["n1", "c9"], 'there is no node "c9" in this cluster'],
  ] as const)("%j", (value, sentence) => {
    expect(understand(value, cluster(3))).toContain(sentence);
  });

  test("a minority of one or two servers", () => {
    expect(understand("minority", cluster(1))).toContain("a minority of 1 server is nobody");
    expect(understand("minority", cluster(2))).toContain("a minority of 2 servers is nobody");
  });

  test("a client where there is none", () => {
    expect(understand("one client", mixed)).toBe("there is no client in this cluster");
  });
});
