/** Cases, matrices, moments, goals and limits: what right files become, and what is said about wrong ones. */

import { expect, test } from "vitest";
import { asExplicit } from "./explicit.ts";
import { loadScenario, loadScenarios } from "./load.ts";
import { planDrawer } from "./plan.ts";
import { ScenarioError } from "./problems.ts";
import { fullName, type Scenario } from "./scenario.ts";
import { catalogue } from "./testing/catalogue.ts";
import { source } from "./testing/source.ts";
import { writeExplicit } from "./write.ts";

const minimal = `protocol: paxos
workload:
  key-value: { within: 8s }
`;
const and = (...lines: string[]): string => `${minimal}${lines.join("\n")}\n`;
const load = (...lines: string[]): readonly Scenario[] => loadScenarios(and(...lines), "x.yaml", catalogue);
const fault = (item: string): readonly string[] => ["faults:", `  - ${item}`];

/** Everything that is said about the minimal scenario with each of these after it. */
function complaints(...texts: (readonly string[])[]): string {
  const told = texts.map((lines) => {
    try {
      return `loaded: ${load(...lines)
        .map(fullName)
        .join(", ")}`;
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n");
    }
  });
  return `\n${told.join("\n")}\n`;
}

const nap = "faults: [{ name: nap, crash: any, at: 1s..3s, for: 2s }]";

test("a case is the file with its own fields laid over it", () => {
  const [right, wrong, slow] = load(
    nap,
    "options: { window: 4, batching: true }",
    "runs: 500",
    "cases:",
    "  right: { expect: valid }",
    "  wrong: { mutant: R02, options: { window: 2 }, expect: { violation: election safety, within: 50 runs } }",
    "  slow: { network: wan, faults: { nap: { every: 2s, for: 1s } }, workload: { key-value: { keys: 9 } }, runs: 5 }",
  );
  expect([right, wrong, slow].map((scenario) => [scenario!.name, scenario!.case, fullName(scenario!), scenario!.line])).toEqual([
    ["x", "right", "x.right", 8],
    ["x", "wrong", "x.wrong", 9],
    ["x", "slow", "x.slow", 10],
  ]);
  const [plain] = load(nap, "options: { window: 4, batching: true }", "runs: 500");
  expect({ ...right, line: 1 }).toEqual({ ...plain, case: "right", description: "x.right" });
  expect(wrong).toMatchObject({
    mutant: "vote-not-persisted",
    options: { window: 2, batching: true },
    expect: { kind: "violation", check: "election safety", within: 50 },
    runs: 500,
  });
  expect(slow).toMatchObject({
    runs: 5,
    weather: { latency: { kind: "exponential" } },
    workload: { settings: { keys: 9, within: "8s" } },
  });
  expect(slow!.faults).toEqual([
    {
      id: "nap",
      fault: "crash",
      item: { crash: "any" },
      when: { every: { minUs: 2_000_000, maxUs: 2_000_000 } },
      for: { minUs: 1_000_000, maxUs: 1_000_000 },
      line: 4,
    },
  ]);
});

test("a case may have other faults altogether, or go back to the right protocol", () => {
  const [calm] = load(nap, "mutant: R02", "cases: { calm: { mutant: none, faults: [] } }");
  expect(calm).toMatchObject({ case: "calm", faults: [] });
  expect(calm).not.toHaveProperty("mutant");
});

test("a case that is wrong is told where it stands, and what is wrong in the file only once", () => {
  expect(
    complaints(
      ["cases: 5"],
      ["cases: {}"],
      ["cases: { right: }"],
      ["cases: { the right one: { runs: 5 } }"],
      ["cases: { wrong: { mutnat: R02 } }"],
      ["cases: { wrong: { mutant: R03 }, other: { mutant: R02 } }"],
      ["cases: { other: { protocol: commit } }"],
      ["cases: { one: { cases: {} } }"],
      [nap, "cases: { one: { faults: { npa: { for: 1s } } } }"],
      ["faults: [crash: any]", "cases: { one: { faults: { crash: { for: 1s } } } }"],
      [nap, "cases: { one: { faults: { nap: 3s } } }"],
      [nap, "cases: { one: { faults: { nap: { for: 3s..1s } } } }"],
      [nap, "cases: { one: { faults: { nap: { at: 1s, every: 2s } } } }"],
      ["options: { window: 2 }", "cases: { one: { options: { window: many } } }"],
      ["cases: { one: { workload: { key-value: { keys: 0 } } } }"],
      ["matrix: { options: { window: [1] } }", "cases: { one: { options: { window: many } } }"],
      ["nodes: 2", "cases: { one: { runs: 5 }, two: { runs: 6 } }"],
      ["format: 1", "seed: 1", "plan: []", "cases: { one: { runs: 5 } }"],
    ),
  ).toMatchInlineSnapshot(`
    "
    4:8: cases: expected the cases by their names, such as { right: { expect: valid } }, found the number 5.
    4:8: cases: expected at least one case, found an empty map.
    4:10: cases.right: expected what this case changes, such as { expect: valid }, found nothing.
    4:10: cases.the right one: expected a name of letters, digits and dashes, found "the right one".
    4:19: cases.wrong.mutnat: there is no such key here; did you mean "mutant"?
    4:27: cases.wrong.mutant: paxos has no mutant "R03"; did you mean "R02"?
    4:19: cases.other.protocol: a case cannot change "protocol"; write a file of its own for that.
    4:17: cases.one.cases: a case cannot change "cases"; write a file of its own for that.
    5:27: cases.one.faults.npa: there is no fault called "npa" in this file; did you mean "nap"?
    5:27: cases.one.faults.crash: there is no fault called "crash" in this file; no fault of this file has a "name"; give it one.
    5:32: cases.one.faults.nap: expected what changes of this fault, such as { for: 2s }, found the text "3s".
    5:39: cases.one.faults.nap.for: the range 3s..1s is upside down; did you mean 1s..3s?
    5:42: cases.one.faults.nap.every: an item has one word that says when it happens, found at and every; take one of them out.
    5:36: cases.one.options.window: expected a whole number of at least 1, found the text "many".
    4:48: cases.one.workload.key-value.keys: expected a whole number of at least 1, found the number 0.
    5:36: cases.one.options.window: expected a whole number of at least 1, found the text "many".
    4:8: nodes: paxos needs at least 3 nodes, found 2.
    7:1: cases: an explicit scenario (format: 1) is one run and has no cases; take the key out.
    "
  `);
});

test("a matrix is the product of its values, with every case", () => {
  const names = (...lines: string[]) => load(...lines).map(fullName);
  expect(names("matrix: { nodes: [3, 5], network: [lan, wan] }")).toEqual([
    "x.nodes-3.lan",
    "x.nodes-3.wan",
    "x.nodes-5.lan",
    "x.nodes-5.wan",
  ]);
  expect(names("matrix: { options: { batching: [true, false], heartbeat: [50ms] }, mutant: [none, local-reads] }")).toEqual([
    "x.batching-true.heartbeat-50ms.none",
    "x.batching-true.heartbeat-50ms.local-reads",
    "x.batching-false.heartbeat-50ms.none",
    "x.batching-false.heartbeat-50ms.local-reads",
  ]);
  expect(names("cases: { right: { expect: valid }, wrong: { mutant: R02 } }", "matrix: { nodes: [3, 5] }")).toEqual([
    "x.right.nodes-3",
    "x.right.nodes-5",
    "x.wrong.nodes-3",
    "x.wrong.nodes-5",
  ]);
  const [calm, bad] = load(nap, "matrix: { faults: { calm: [], short: { nap: { for: 1s } } } }");
  expect([calm!.faults, bad!.faults[0]!.for]).toEqual([[], { minUs: 1_000_000, maxUs: 1_000_000 }]);
  expect(bad!.faults[0]!.when).toEqual({ at: { minUs: 1_000_000, maxUs: 3_000_000 } });
  expect(load("matrix: { nodes: [3, 5] }", "cases: { one: { nodes: 7 } }").map(({ servers }) => servers.length)).toEqual([7, 7]);
});

test("a matrix that is wrong", () => {
  const numbers = [...Array(15).keys()].map((i) => i + 1).join(", ");
  expect(
    complaints(
      ["matrix: [3, 5]"],
      ["matrix: {}"],
      ["matrix: { nodse: [3, 5] }"],
      ["matrix: { nodes: 3 }"],
      ["matrix: { nodes: [] }"],
      ["matrix: { nodes: [2, 3] }"],
      ["matrix: { network: [{ loss: 1% }] }"],
      ["matrix: { network: { bad: { lss: 1% } } }"],
      ["matrix: { options: [batching] }"],
      ["matrix: { options: { window: [1, none] } }"],
      ["matrix: { runs: [5, 5] }"],
      [`matrix: { runs: [${numbers}], clients: [${numbers}] }`],
    ),
  ).toMatchInlineSnapshot(`
    "
    4:9: matrix: expected what varies, such as { nodes: [3, 5], network: [lan, wan] }, found a list.
    4:9: matrix: expected at least one key with its values, found an empty map.
    4:11: matrix.nodse: a matrix varies what a case may change; did you mean "nodes"?
    4:18: matrix.nodes: expected a list of values such as [3, 5], or values by their names, found the number 3.
    4:18: matrix.nodes: expected a list of values such as [3, 5], or values by their names, found an empty list.
    4:19: matrix.nodes[0]: paxos needs at least 3 nodes, found 2.
    4:21: matrix.network[0]: expected a word or a number, found a map; give each value a name instead, such as { one: ..., two: ... }.
    4:29: matrix.network.bad.lss: there is no such key here; did you mean "loss"?
    4:20: matrix.options: expected options with their values, such as { batching: [true, false] }, found a list.
    4:34: matrix.options.window[1]: expected a whole number of at least 1, found the text "none".
    4:21: matrix.runs[1]: two scenarios of this file would be called "runs-5"; give one of them another name.
    4:1: matrix: this makes 225 scenarios, where 200 are the most.
    "
  `);
});

test("a file with several cases is no single scenario", () => {
  expect(() => loadScenario(and("cases: { one: { runs: 1 }, two: { runs: 2 } }"), "x.yaml", catalogue)).toThrow(
    "x.yaml:4:1: expected one scenario, found the cases one, two; say which of them, with --case.",
  );
  expect(loadScenario(and("cases: { one: { runs: 1 } }"), "x.yaml", catalogue).case).toBe("one");
});

test("a moment is named in the contract's words", () => {
  const when = (item: string) => load(...fault(item))[0]!.faults[0]!.when;
  expect(when("{ crash: n1, before: { send: commit, nth: 2 } }")).toEqual({
    moment: { place: "before", what: "send", name: "commit", nth: { min: 2, max: 2 } },
  });
  expect(when("{ crash: n1, when: { fact: acquired, nth: 1..5, by: leader } }")).toEqual({
    moment: { place: "when", what: "fact", name: "acquired", by: "leader", nth: { min: 1, max: 5 } },
  });
  expect(when("{ crash: n1, after: { sync: any } }")).toEqual({
    moment: { place: "after", what: "sync", nth: { min: 1, max: 1 } },
  });
  expect(when("{ crash: n1, before: every effect }")).toEqual({ enumerate: { place: "before" } });
});

test("a moment that is wrong", () => {
  expect(
    complaints(
      fault("{ crash: n1, before: commit }"),
      fault("{ crash: n1, before: { nth: 2 } }"),
      fault("{ crash: n1, before: { sned: commit } }"),
      fault("{ crash: n1, before: { send: commit, reply: ok } }"),
      fault("{ crash: n1, before: { send: commit, nth: 0 } }"),
      fault("{ crash: n1, before: { send: commit, nth: 5..2 } }"),
      fault("{ crash: n1, before: { send: commit, nth: many } }"),
      fault("{ crash: n1, before: { send: commit, by: leadr } }"),
      fault("{ crash: n1, after: { sync: log } }"),
      fault("{ crash: n1, when: every effect }"),
      fault("{ crash: n1, after: every efect }"),
      fault("{ crash: n1, at: 1s, before: { send: commit } }"),
      ["faults: [{ crash: n1, before: every effect }, { crash: n2, after: every effect }]"],
      ["send: commit"],
      ["format: 1", "seed: 1", "plan: []", "faults: [{ crash: [n1], before: { send: commit, nth: 1..3 } }]"],
      ["format: 1", "seed: 1", "plan: []", "faults: [{ crash: [n1], before: every effect }]"],
    ),
  ).toMatchInlineSnapshot(`
    "
    5:26: faults[0].before: expected a moment such as { send: commit, nth: 2 }, or every effect, found the text "commit".
    5:26: faults[0].before: expected a moment (one of send, receive, write, sync, reply, timer, fact, effect) with its name, such as { send: commit, nth: 2 }, found none.
    5:28: faults[0].before.sned: there is no such key here; did you mean "send"?
    5:42: faults[0].before.reply: a moment is one thing, found send and reply; take one of them out.
    5:47: faults[0].before.nth: expected a whole number of at least 1, found the number 0.
    5:47: faults[0].before.nth: the range 5..2 is upside down; did you mean 2..5?
    5:47: faults[0].before.nth: expected a number such as 2, or a range such as 1..5, found the text "many".
    5:46: faults[0].before.by: "leadr" is no node, role or selector of this cluster; did you mean "leader"?
    5:33: faults[0].after.sync: expected any, as a sync has no name, found the text "log".
    5:24: faults[0].when: expected a map such as { fact: acquired, nth: 2 }, found the text "every effect".
    5:25: faults[0].after: expected a moment such as { send: commit, nth: 2 }, or every effect, found the text "every efect"; did you mean "every effect"?
    5:26: faults[0].before: an item has one word that says when it happens, found at and before; take one of them out.
    4:60: faults[1].after: the fault on line 4 goes through every effect already; only one can.
    4:1: send: there is no such key here; it belongs to "when", "before" or "after", in a fault.
    7:54: faults[0].before.nth: nothing is drawn in an explicit scenario; write one number such as 1.
    7:33: faults[0].before: nothing is drawn in an explicit scenario; write which effect it is, such as { effect: any, nth: 3 }.
    "
  `);
});

test("which of the moments is drawn, evenly; every effect comes with the number of the run", () => {
  const [drawn] = load(...fault("{ crash: n1, when: { fact: acquired, nth: 1..5 }, for: 1s }"));
  const draw = planDrawer(drawn!, catalogue);
  const nths = Array.from({ length: 500 }, (_, seed) => draw(source(seed)).faults[0]!.moment!.nth);
  for (const nth of [1, 2, 3, 4, 5]) expect(nths.filter((other) => other === nth).length).toBeGreaterThan(60);
  expect(draw(source(1)).faults[0]).toMatchObject({
    atUs: 0,
    forUs: 1_000_000,
    moment: { place: "when", what: "fact", name: "acquired" },
  });

  const [every] = load(...fault("{ crash: leader, before: every effect }"));
  const at = (index?: number) => planDrawer(every!, catalogue)(source(1), index).faults[0]!.moment;
  expect(at(17)).toEqual({ place: "before", what: "effect", nth: 17 });
  expect(at()).toMatchObject({ nth: 1 });
});

test("a moment is written back, and read again", () => {
  const [scenario] = load(
    "faults: [{ name: nap, crash: [n1], before: { send: commit, nth: 1..5, by: leader }, for: 1s }, { crash: n2, after: every effect }]",
    "cases: { one: { reach: [request redirected], limits: { messages: 40 } } }",
  );
  const explicit = asExplicit(scenario!, 408, planDrawer(scenario!, catalogue)(source(3), 7), catalogue);
  const text = writeExplicit(explicit, catalogue);
  expect(text).toMatch(/\{ name: nap, crash: \[n1\], before: \{ send: commit, by: leader, nth: [1-5] \}, for: 1s \}/);
  expect(text).toContain("{ name: crash-1, crash: [n2], after: { effect: any, nth: 7 } }");
  expect(text).not.toMatch(/cases|reach|limits/);
  const again = loadScenario(text, "x.yaml", catalogue);
  expect(again.explicit).toEqual(explicit.explicit);
  expect(again.faults.map(({ when }) => when)).toEqual(explicit.faults.map(({ when }) => when));
});

test("goals are the protocol's, limits are over the declared figures", () => {
  const [scenario] = load(
    "reach: [request redirected]",
    "limits: { failover.p95: 2s, unavailable: 3s, latency.p99: 800ms, messages: 40 }",
  );
  expect(scenario!.reach).toEqual(["request redirected"]);
  expect(scenario!.limits).toEqual([
    { figure: "failover", quantile: "p95", most: 2_000_000 },
    { figure: "unavailable", quantile: "max", most: 3_000_000 },
    { figure: "latency", quantile: "p99", most: 800_000 },
    { figure: "messages", quantile: "max", most: 40 },
  ]);
  expect(
    complaints(
      ["reach: [second leadr elected]"],
      ["reach: [lost my way]"],
      ["reach: request redirected"],
      ["reach: [request redirected, request redirected]"],
      ["limits: { failovr: 2s }"],
      ["limits: { failover.p90: 2s }"],
      ["limits: { latency: 800 }"],
      ["limits: { messages: 40ms }"],
      ["limits: { messages: 0 }"],
      ["limits: 3s"],
    ),
  ).toMatchInlineSnapshot(`
    "
    4:9: reach[0]: paxos has no goal "second leadr elected"; did you mean "second leader elected"?
    4:9: reach[0]: paxos has no goal "lost my way"; expected one of second leader elected, request redirected.
    4:8: reach: expected a list such as [second leader elected], found the text "request redirected".
    4:29: reach[1]: "request redirected" stands here twice; name it once.
    4:11: limits.failovr: there is no such key here; did you mean "failover"?
    4:11: limits.failover.p90: there is no such key here; did you mean "failover.p50"?
    4:20: limits.latency: expected a duration such as 500ms or 2s, found the number 800; write 800s or 800ms.
    4:21: limits.messages: expected a number such as 40, found the text "40ms".
    4:21: limits.messages: expected a number above 0, found the number 0.
    4:9: limits: expected a map such as { failover.p95: 2s, unavailable: 3s, messages: 40 }, found the text "3s".
    "
  `);
});
