/** Who takes part: spares and their names, and whom clients ask. */

import { expect, test } from "vitest";
import type { Protocol } from "../protocol.ts";
import { asExplicit } from "./explicit.ts";
import { loadScenario } from "./load.ts";
import { drawPlan } from "./plan.ts";
import { ScenarioError } from "./problems.ts";
import { catalogue as small } from "./testing/catalogue.ts";
import { source } from "./testing/source.ts";
import { why } from "./why.ts";
import { writeExplicit } from "./write.ts";

const [paxos] = small.protocols;
/** As paxos, with one role that takes spares behind one that does not. */
const group: Protocol = {
  ...paxos!,
  name: "group",
  roles: [
    { name: "proposer", default: 1, min: 1 },
    { name: "acceptor", default: 3, min: 1, spares: true },
  ],
};
/** Whose clients ask a role of which there may be none. */
const idle: Protocol = {
  ...paxos!,
  name: "idle",
  roles: [
    { name: "worker", default: 1, min: 0 },
    { name: "watcher", default: 1, min: 0 },
  ],
};
const catalogue = { ...small, protocols: [...small.protocols, group, idle] };

const and = (protocol: string, ...lines: string[]): string =>
  `protocol: ${protocol}\nworkload: { ${protocol === "commit" ? "log" : "key-value"}: { within: 8s } }\n${lines.join("\n")}\n`;
const load = (text: string) => loadScenario(text, "x.yaml", catalogue);
const spares = (text: string): string[] =>
  load(text)
    .servers.filter(({ spare }) => spare === true)
    .map(({ id, role }) => `${id} (${role})`);

function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return `loaded:\n${text}`;
}

test("spares are named on after the members of their role", () => {
  expect(spares(and("paxos", "nodes: 5", "spare: 2"))).toEqual(["n6 (server)", "n7 (server)"]);
  expect(spares(and("paxos", "spare: { server: 1 }"))).toEqual(["n4 (server)"]);
  expect(spares(and("group", "spare: 2"))).toEqual(["acceptor4 (acceptor)", "acceptor5 (acceptor)"]);
  expect(spares(and("group", "nodes: { acceptor: 1 }", "spare: { acceptor: 1 }"))).toEqual(["acceptor2 (acceptor)"]);
  expect(load(and("group", "nodes: { acceptor: 1 }", "spare: 1")).servers.map(({ id }) => id)).toEqual([
    "proposer",
    "acceptor",
    "acceptor2",
  ]);
  expect(spares(and("paxos", "nodes: 5"))).toEqual([]);
});

test("a fault counts them, and may name them", () => {
  load(and("paxos", "spare: 2", "faults: [{ crash: n5 }, { crash: 5 }]"));
  expect(complaint(and("paxos", "faults: [{ crash: n5 }]"))).toContain('there is no node "n5"');
});

test("spares that cannot be", () => {
  expect(
    `\n${[
      and("commit", "spare: 2"),
      and("paxos", "spare: 0"),
      and("paxos", "spare: many"),
      and("paxos", "spare: [n4]"),
      and("paxos", "spare: 101"),
      and("group", "spare: { acceptr: 1 }"),
      and("group", "spare: { proposer: 1 }"),
      and("paxos", "spares: 1"),
    ]
      .map(complaint)
      .join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    x.yaml:3:1: spare: commit takes no spares: its members are the same from start to end; take the key out.
    x.yaml:3:8: spare: expected a whole number of at least 1, found the number 0.
    x.yaml:3:8: spare: expected how many spares, such as 2, or how many of each role, such as { acceptor: 2 }, found the text "many".
    x.yaml:3:8: spare: expected a number, found a list of names, which only an explicit scenario (format: 1) has.
    x.yaml:3:8: spare: expected at most 100 spares, found 101.
    x.yaml:3:10: spare.acceptr: group has no such role; did you mean "acceptor"?
    x.yaml:3:10: spare.proposer: group takes no spares in this role; expected acceptor.
    x.yaml:3:1: spares: there is no such key here; did you mean "spare"?
    "
  `);
});

test("they stand in an explicit scenario by their names, and are told", () => {
  const scenario = load(and("group", "nodes: { acceptor: 2 }", "spare: 2"));
  const explicit = asExplicit(scenario, 7, drawPlan(scenario, catalogue, source(7)), catalogue);
  const text = writeExplicit(explicit, catalogue);
  expect(text).toContain(
    "nodes: { proposer: [proposer], acceptor: [acceptor1, acceptor2] }\nspare: { acceptor: [acceptor3, acceptor4] }\n",
  );
  expect(load(text).servers).toEqual(scenario.servers);
  const [first] = load(and("paxos", "spare: 1")).servers.slice(-1);
  expect(first).toEqual({ id: "n4", role: "server", spare: true });
  expect(why(scenario, catalogue)).toMatch(/^1 proposer and 2 acceptors, with 2 spares beside them, run group\./);
});

test("whom clients ask", () => {
  expect(load(and("group", "clients: { count: 1, role: acceptor }")).policy.role).toBe("acceptor");
  const explicit = (text: string) => {
    const scenario = load(text);
    return writeExplicit(asExplicit(scenario, 7, drawPlan(scenario, catalogue, source(7)), catalogue), catalogue);
  };
  const text = explicit(and("group", "clients: { count: 1, role: acceptor }"));
  expect(text).toContain("clients: { names: [c1], target: leader, role: acceptor, try: 300ms");
  expect(load(text).policy).toEqual(load(and("group", "clients: { count: 1, role: acceptor }")).policy);
  expect(explicit(and("group", "clients: 1"))).not.toContain("role:");
  expect(
    `\n${[
      and("group", "clients: { role: acceptr }"),
      and("group", "clients: { role: learner }"),
      and("group", "clients: { rol: acceptor }"),
      and("group", "clients: { role: 3 }"),
      and("idle", "nodes: { worker: 0 }"),
    ]
      .map(complaint)
      .join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    x.yaml:3:18: clients.role: group has no role "acceptr"; did you mean "acceptor"?
    x.yaml:3:18: clients.role: group has no role "learner"; expected one of proposer, acceptor.
    x.yaml:3:12: clients.rol: there is no such key here; did you mean "role"?
    x.yaml:3:18: clients.role: expected text such as coordinator, found the number 3.
    x.yaml:3:8: nodes: clients ask the role worker, and there is no node of it; give it one, or write clients: { role: ... }.
    "
  `);
});

test("the latency of all links between two roles", () => {
  const links = (text: string) => load(and("group", `network: { links: ${text} }`)).weather.links;
  expect(links("{ acceptor -> proposer: 50ms, proposer -> acceptor1: 1ms..2ms }")).toEqual([
    ...[1, 2, 3].map((i) => ({ from: `acceptor${i}`, to: "proposer", latency: { kind: "constant", us: 50_000 } })),
    { from: "proposer", to: "acceptor1", latency: { kind: "uniform", minUs: 1_000, maxUs: 2_000 } },
  ]);
  expect(
    `\n${[
      "{ acceptr -> proposer: 50ms }",
      "{ proposer -> proposer: 50ms }",
      "{ acceptor -> proposer: 50ms, acceptor2 -> proposer: 5ms }",
    ]
      .map((text) => complaint(and("group", `network: { links: ${text} }`)))
      .join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    x.yaml:3:21: network.links.acceptr -> proposer: there is no node "acceptr" in this cluster; did you mean "acceptor"?
    x.yaml:3:21: network.links.proposer -> proposer: a link from "proposer" to itself is never cut; name two nodes.
    x.yaml:3:49: network.links.acceptor2 -> proposer: the link "acceptor2 -> proposer" stands here twice; write it once.
    "
  `);
});
