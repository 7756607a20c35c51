/** Written links and connections: of nodes, and of roles, which stand for all their nodes. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cluster, Params } from "./fault.ts";
import { faults } from "./index.ts";

const cluster: Cluster = {
  servers: [{ id: "coordinator", role: "coordinator" }, ...[1, 2, 3].map((i) => ({ id: `worker${i}`, role: "worker" }))],
  clients: ["c1"],
  selectors: [],
};

function of(word: string, value: string | string[]): Params | string {
  const fault = faults.find((one) => one.word === word)!;
  const item = fault.schema.parse({ [word]: value });
  const [problem] = fault.check(item, cluster);
  return problem === undefined ? fc.sample(fault.draw(item, cluster), { numRuns: 1, seed: 1 })[0]! : problem.message;
}

test.each(["hold", "slow-link", "loss", "duplicate", "partition"])("%s takes all links between two roles", (word) => {
  expect(of(word, "worker -> coordinator")).toMatchObject({
    links: ["worker1 -> coordinator", "worker2 -> coordinator", "worker3 -> coordinator"],
  });
  expect(of(word, ["coordinator -> worker2", "worker -> c1"])).toMatchObject({
    links: ["coordinator -> worker2", "worker1 -> c1", "worker2 -> c1", "worker3 -> c1"],
  });
  expect(of(word, "worker -> worker")).toMatchObject({ links: { length: 6 } });
  expect(
    [
      of(word, "workr -> coordinator"),
      of(word, "coordinator -> coordinator"),
      of(word, ["worker -> coordinator", "worker2 -> coordinator"]),
    ].join("\n"),
  ).toBe(
    'there is no node "workr" in this cluster; did you mean "worker"?\n' +
      'a link from "coordinator" to itself is never cut; name two nodes\n' +
      'the link "worker2 -> coordinator" stands here twice; write it once',
  );
});

test.each(["disconnect", "half-open"])("%s takes all connections between two roles", (word) => {
  expect(of(word, "coordinator <-> worker")).toMatchObject({
    connections: ["coordinator <-> worker1", "coordinator <-> worker2", "coordinator <-> worker3"],
  });
  expect(of(word, "worker <-> worker")).toMatchObject({
    connections: ["worker1 <-> worker2", "worker1 <-> worker3", "worker2 <-> worker3"],
  });
  expect(of(word, ["worker1 <-> worker2", "worker <-> worker"])).toBe(
    'the connection "worker1 <-> worker2" stands here twice; write it once',
  );
  expect(of(word, "worker1 -> worker2")).toBe(
    '"worker1 -> worker2" is a link, and a connection has no direction; write it as worker1 <-> worker2',
  );
  expect(of(word, ["worker1", "worker1 -> worker2"])).toMatch(/^"worker1 -> worker2" is a link, /);
  expect(of(word, "worker <-> boss")).toContain('there is no node "boss" in this cluster');
});
