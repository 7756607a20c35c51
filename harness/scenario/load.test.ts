/** Wrong files, each beside a right one: the sentence, its line and its column. */

import { expect, test } from "vitest";
import { loadScenario } from "./load.ts";
import { ScenarioError } from "./problems.ts";
import { catalogue } from "./testing/catalogue.ts";

const minimal = `protocol: paxos
workload:
  key-value: { within: 8s }
`;

/** The minimal scenario with these lines after it. */
const and = (...lines: string[]): string => `${minimal}${lines.join("\n")}\n`;
/** The minimal scenario with this fault. */
const fault = (item: string): string => and("faults:", `  - ${item}`);
const load = (text: string) => loadScenario(text, "x.yaml", catalogue);

/** Everything that is said about each text: "line:column: sentence". */
function complaints(...texts: string[]): string {
  return `\n${texts.map(complaint).join("\n")}\n`;
}

function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ScenarioError)
      return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n");
    throw error;
  }
  return `loaded:\n${text}`;
}

test("an unknown key is told from the one that was meant, and from one that stands in the wrong place", () => {
  load(and("nodes: 5"));
  expect(
    complaints(
      and("nodse: 5"),
      and("colour: red"),
      and("latency: 5ms"),
      and("answered: 80%"),
      and("crash: any"),
      and("operations: 5"),
      and("window: 3"),
      and("heartbeat: 50ms"),
      and("<<: { nodes: 3 }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:1: nodse: there is no such key here; did you mean "nodes"?
    4:1: colour: there is no such key here; expected one of description, claim, protocol, mutant, mutation, options, nodes, spare, clients, zones, workload, network, faults, settle, check, expect, require, reach, limits, runs, strategy, format, seed, heal, plan, cases, matrix.
    4:1: latency: there is no such key here; it belongs to "network".
    4:1: answered: there is no such key here; it belongs to "require".
    4:1: crash: there is no such key here; it belongs to "faults", as an item of that list.
    4:1: operations: there is no such key here; it belongs to "workload", as a setting of key-value.
    4:1: window: there is no such key here; it belongs to "options".
    4:1: heartbeat: there is no such key here; it belongs to "options".
    4:1: <<: there is no such key here; expected one of description, claim, protocol, mutant, mutation, options, nodes, spare, clients, zones, workload, network, faults, settle, check, expect, require, reach, limits, runs, strategy, format, seed, heal, plan, cases, matrix.
    "
  `);
});

test("a key inside of another", () => {
  load(and("clients: { count: 4, try: 100ms }"));
  expect(
    complaints(
      and("clients: { cuont: 4 }"),
      and("clients: { nodes: 4 }"),
      minimal.replace("within: 8s", "within: 8s, opertions: 4"),
      and("network: { latency: { constnat: 5ms } }"),
      and("require: { answred: 80% }"),
      and("expect: { violation: linearizable, withn: 10 runs }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:12: clients.cuont: there is no such key here; did you mean "count"?
    4:12: clients.nodes: there is no such key here; it belongs to the scenario itself, at the left margin.
    3:28: workload.key-value.opertions: there is no such key here; did you mean "operations"?
    4:23: network.latency.constnat: there is no such key here; did you mean "constant"?
    4:12: require.answred: there is no such key here; did you mean "answered"?
    4:36: expect.withn: there is no such key here; did you mean "within"?
    "
  `);
});

test("a missing key is told where it should stand", () => {
  expect(
    complaints(
      "workload:\n  key-value: { within: 8s }\n",
      "protocol: paxos\n",
      "protocol: paxos\nworkload:\n  key-value:\n    keys: 2\n",
      "protocol: paxos\nworkload:\n  key-value:\n",
      and("network: { latency: { exponential: { min: 3ms } } }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    1:1: protocol: this is missing; expected one of paxos, commit.
    1:1: workload: this is missing; expected a workload (one of key-value, log) with its settings.
    3:3: workload.key-value.within: this is missing; expected a duration such as 500ms or 2s.
    3:3: workload.key-value: expected a map, found nothing.
    4:23: network.latency.exponential.mean: this is missing; expected a duration such as 500ms or 2s.
    "
  `);
});

test("names are looked up", () => {
  load(and("mutant: R02"));
  const other = (from: string, to: string) => minimal.replace(from, to);
  expect(
    complaints(
      other("paxos", "paxso"),
      other("paxos", "raft"),
      other("key-value", "key-vlaue"),
      other("paxos", "commit"),
      and("mutant: R03"),
      and("mutant: vote-not-persistd"),
      and("mutant: 5"),
      and("check: linearizible"),
      and("check: [invariants, safety]"),
      and("network: wann"),
    ),
  ).toMatchInlineSnapshot(`
    "
    1:11: protocol: expected one of paxos, commit, found the text "paxso"; did you mean "paxos"?
    1:11: protocol: expected one of paxos, commit, found the text "raft".
    3:3: workload.key-vlaue: there is no such key here; did you mean "key-value"?
    3:3: workload.key-value: commit does not serve the workload key-value; expected one of log.
    4:9: mutant: paxos has no mutant "R03"; did you mean "R02"?
    4:9: mutant: paxos has no mutant "vote-not-persistd"; did you mean "vote-not-persisted"?
    4:9: mutant: expected text, found the number 5.
    4:8: check: there is no check "linearizible"; did you mean "linearizable"?
    4:21: check[1]: there is no check "safety"; expected one of linearizable, invariants, election safety.
    4:10: network: expected one of lan, wan, mobile, found the text "wann"; did you mean "wan"?
    "
  `);
});

test("a workload is one, with its settings", () => {
  expect(
    complaints(
      "protocol: paxos\nworkload: key-value\n",
      "protocol: paxos\nworkload: {}\n",
      "protocol: paxos\nworkload:\n  key-value: { within: 8s }\n  log: { within: 8s }\n",
      minimal.replace("8s", "8"),
      minimal.replace("8s", "8s, operations: 0"),
      minimal.replace("8s", "8s, mix: { read: 0, write: 0 }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    2:11: workload: expected a workload (one of key-value, log) with its settings, found the text "key-value".
    2:11: workload: expected a workload (one of key-value, log) with its settings, found an empty map.
    4:3: workload.log: a scenario has one workload, found key-value and log; take one of them out.
    3:24: workload.key-value.within: expected a duration such as 500ms or 2s, found the number 8; write 8s or 8ms.
    3:40: workload.key-value.operations: expected a whole number of at least 1, found the number 0.
    3:33: workload.key-value.mix: nothing is in the mix; give read or write a share.
    "
  `);
});

test("a value of the wrong kind", () => {
  load(and("runs: 5", "settle: 3s"));
  expect(
    complaints(
      and("runs: many"),
      and('runs: "5"'),
      and("runs: 1.5"),
      and("runs:"),
      and("runs: [5]"),
      and("settle: 3"),
      and("settle: 3 seconds"),
      and("settle: -3s"),
      and("require: { answered: 80 }"),
      and("require: { answered: 180% }"),
      and("description: [a, b]"),
      and("nodes: five"),
      and("nodes: -1"),
      and("clients: many"),
      and("clients: { retry: yes }"),
      and("clients: { target: leadr }"),
      and("network: 5"),
      and("network: { latency: 5 }"),
      and("network: { loss: 1 }"),
      and("expect: invalid"),
      and("faults: crash"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:7: runs: expected a whole number such as 500, found the text "many".
    4:7: runs: expected a whole number such as 500, found the text "5"; write it without quotes.
    4:7: runs: expected a whole number such as 500, found the number 1.5.
    4:1: runs: expected a whole number such as 500, found nothing.
    4:7: runs: expected a whole number such as 500, found a list.
    4:9: settle: expected a duration such as 500ms or 2s, found the number 3; write 3s or 3ms.
    4:9: settle: expected a duration such as 500ms or 2s, found the text "3 seconds".
    4:9: settle: expected a duration such as 500ms or 2s, found the text "-3s".
    4:22: require.answered: expected a percentage such as 20% (0% to 100%), found the number 80; write 80%.
    4:22: require.answered: expected a percentage such as 20% (0% to 100%), found the text "180%".
    4:14: description: expected text, found a list.
    4:8: nodes: expected how many servers, such as 5, or how many of each role, such as { coordinator: 1, participant: 3 }, found the text "five".
    4:8: nodes: expected a whole number of at least 1, found the number -1.
    4:10: clients: expected how many clients, such as 4, or also how they behave, such as { count: 4, timeout: 1500ms }, found the text "many".
    4:19: clients.retry: expected true or false, found the text "yes".
    4:20: clients.target: expected one of any, sticky, leader, found the text "leadr"; did you mean "leader"?
    4:10: network: expected one of lan, wan, mobile, or the weather's parts, such as { latency: 1ms..15ms, loss: 1% }, found the number 5.
    4:21: network.latency: expected a duration such as 5ms, a range such as 1ms..15ms, or a distribution such as { exponential: { min: 20ms, mean: 30ms } }, found the number 5; write 5s or 5ms.
    4:18: network.loss: expected a percentage such as 20% (0% to 100%), found the number 1; write 1%.
    4:9: expect: expected valid, or a violation such as { violation: linearizable, within: 100 runs }, found the text "invalid"; did you mean "valid"?
    4:9: faults: expected a list of faults, found the text "crash".
    "
  `);
});

test("a value that cannot be", () => {
  load(and("nodes: 9", "clients: 100", "network: { latency: 1ms..15ms }"));
  expect(
    complaints(
      and("runs: 0"),
      and("nodes: 2"),
      and("nodes: 10"),
      and("nodes: { server: 2 }"),
      and("nodes: { sever: 3 }"),
      and("nodes: 1000000000"),
      and("clients: 0"),
      and("clients: 101"),
      and("clients: { try: 2s, timeout: 1s }"),
      and("clients: { try: 0s }"),
      and("network: { latency: 15ms..1ms }"),
      and("network: { latency: { constant: 1ms, exponential: { min: 1ms, mean: 2ms } } }"),
      and("network: { latency: {} }"),
      and("network: { latency: { heavy-tail: { min: 3ms, median: 2ms, max: 1ms } } }"),
      and("settle: 0s"),
      and("check: []"),
      and("check: [invariants, invariants]"),
      and("check: [invariants, election safety]"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:7: runs: expected a whole number of at least 1 such as 500, found the number 0.
    4:8: nodes: paxos needs at least 3 nodes, found 2.
    4:8: nodes: paxos takes at most 9 nodes, found 10.
    4:18: nodes.server: paxos needs at least 3 nodes, found 2.
    4:10: nodes.sever: paxos has no such role; did you mean "server"?
    4:8: nodes: paxos takes at most 9 nodes, found 1000000000.
    4:10: clients: expected a whole number of at least 1, found the number 0.
    4:10: clients: expected at most 100 clients, found 101.
    4:17: clients.try: one try may not take longer than the whole operation, 1s, found 2s; write a shorter one, or a longer timeout.
    4:17: clients.try: expected a duration above 0, found 0s.
    4:21: network.latency: the range 15ms..1ms is upside down; did you mean 1ms..15ms?
    4:21: network.latency: expected exactly one of constant, exponential, heavy-tail, found constant and exponential.
    4:21: network.latency: expected exactly one of constant, exponential, heavy-tail, found none.
    4:55: network.latency.heavy-tail.median: 2ms is less than the min, 3ms; expected something in between min and max.
    4:65: network.latency.heavy-tail.max: 1ms is less than the median, 2ms; expected something longer.
    4:9: settle: expected a duration above 0, found 0s.
    4:8: check: expected a list of at least 1 item, found an empty list.
    4:21: check[1]: "invariants" stands here twice; name it once.
    4:21: check[1]: "election safety" is one of the invariants, which all stand here; take one of the two out.
    "
  `);
});

test("nodes of several roles, and checks that the protocol does not offer", () => {
  const commit = "protocol: commit\nworkload:\n  log: { within: 8s }\n";
  load(`${commit}nodes: { coordinator: 1, participant: 2 }\n`);
  expect(
    complaints(
      `${commit}nodes: 5\n`,
      `${commit}nodes: { coordinator: 2 }\n`,
      `${commit}nodes: { participant: 1 }\n`,
      `${commit}nodes: { particpant: 3 }\n`,
      `${commit}check: linearizable\n`,
      `${commit}check: [invariants]\n`,
      `${commit}options: { window: 3 }\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    4:8: nodes: commit has several roles: expected a number for each, found the number 5; write { coordinator: 1, participant: 3 }.
    4:23: nodes.coordinator: commit takes at most 1 of the role coordinator, found 2.
    4:23: nodes.participant: commit needs at least 2 of the role participant, found 1.
    4:10: nodes.particpant: commit has no such role; did you mean "participant"?
    4:8: check: "linearizable" cannot judge this scenario: the workload log has no sequential model; take it out.
    4:9: check[0]: "invariants" cannot judge this scenario: commit states no invariants; take it out.
    4:12: options.window: commit has no options; take it out.
    "
  `);
});

test("options are what the protocol says that they are", () => {
  load(and("options: { window: 1, election: 1s..2s }"));
  expect(
    complaints(
      and("options: { windw: 3 }"),
      and("options: { window: 0 }"),
      and("options: { window: 3s }"),
      and("options: { batching: 1 }"),
      and("options: { heartbeat: 50 }"),
      and("options: { heartbeat: 50ms..60ms }"),
      and("options: { election: 600ms..300ms }"),
      and("options: { reads: leese }"),
      and("options: { reads: never }"),
      and("options: { window: [3] }"),
      and("options: 5"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:12: options.windw: paxos has no such option; did you mean "window"?
    4:20: options.window: expected a whole number of at least 1, found the number 0.
    4:20: options.window: expected a whole number of at least 1, found the text "3s".
    4:22: options.batching: expected true or false, found the number 1.
    4:23: options.heartbeat: expected a duration such as 100ms, found the number 50; write 50s or 50ms.
    4:23: options.heartbeat: expected a duration such as 100ms, found the text "50ms..60ms".
    4:22: options.election: the range 600ms..300ms is upside down; did you mean 300ms..600ms?
    4:19: options.reads: expected one of log, lease, found the text "leese"; did you mean "lease"?
    4:19: options.reads: expected one of log, lease, found the text "never".
    4:20: options.window: expected true or false or a number or text, found a list.
    4:10: options: expected a map, found the number 5.
    "
  `);
});

test("what is expected must be judged", () => {
  for (const check of ["election safety", "invariants", "any", "contract"])
    load(and(`expect: { violation: ${check}, within: 1 run }`));
  load(and("check: election safety", "expect: { violation: invariants }"));
  expect(
    complaints(
      and("expect: { violation: linearizible }"),
      and("check: linearizable", "expect: { violation: invariants }"),
      and("check: invariants", "expect: { violation: linearizable }"),
      and("expect: { violation: linearizable, within: 100 }"),
      and("expect: { violation: linearizable, within: 0 runs }"),
      and("runs: 50", "expect: { violation: linearizable, within: 100 runs }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:22: expect.violation: there is no check "linearizible"; did you mean "linearizable"?
    5:22: expect.violation: "invariants" does not judge this scenario; add it to "check".
    5:22: expect.violation: "linearizable" does not judge this scenario; add it to "check".
    4:44: expect.within: expected a number of runs such as 100 runs, found the number 100; write 100 runs.
    4:44: expect.within: expected a number of runs such as 100 runs, found the text "0 runs".
    5:44: expect.within: the violation cannot be waited for over 100 runs where there are only 50; write a larger "runs", or "within: 50 runs".
    "
  `);
});

test("a fault item has exactly one fault word", () => {
  load(fault("crash: any"));
  load(fault("{ crash: any, loss: 5% }"));
  expect(
    complaints(
      fault("crsh: any"),
      fault("explode: any"),
      fault("{ name: nap, at: 1s }"),
      fault("{}"),
      fault("crash"),
      fault("7"),
      fault("{ clock-jump: n1, loss: 5%, by: 3s }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    5:5: faults[0].crsh: there is no fault "crsh"; did you mean "crash"?
    5:5: faults[0].explode: there is no fault "explode"; expected one of crash, loss, clock-jump.
    5:5: faults[0]: expected one of crash, loss, clock-jump with its target, found only name and at.
    5:5: faults[0]: expected one of crash, loss, clock-jump with its target, found an empty map.
    5:5: faults[0]: expected a fault with its target, found the text "crash"; write "- crash: " and whom it hits.
    5:5: faults[0]: expected a fault with its target, found the number 7.
    5:23: faults[0].loss: an item is one fault, found clock-jump and loss; make an item of each.
    "
  `);
});

test("a fault item's other keys", () => {
  load(fault("{ name: nap, crash: any, at: 1s, for: 2s }"));
  expect(
    complaints(
      fault("{ crash: any, att: 1s }"),
      fault("{ crash: any, settle: 1s }"),
      fault("{ crash: any, at: 1s, every: 2s }"),
      fault("{ crash: any, at: 1s, before: every effect }"),
      fault("{ crash: any, at: 3s..1s }"),
      fault("{ crash: any, at: 3 }"),
      fault("{ crash: any, at: 1s, for: 0s }"),
      fault("{ crash: any, for: 4s..2s }"),
      fault("{ clock-jump: n1, by: 3s, for: 1s }"),
      fault("{ clock-jump: n1 }"),
      fault("{ crash: any, name: 7 up }"),
      fault("{ crash: any, name: nap.1 }"),
      fault("{ crash: any, every: 1us }"),
      fault("{ crash: any, every: 0s..1s }"),
      fault("{ crash: any, at: 8s }"),
      fault("{ clock-jump: n1, by: 1s, at: 7s..9s }"),
    ),
  ).toMatchInlineSnapshot(`
    "
    5:19: faults[0].att: there is no such key here; did you mean "at"?
    5:19: faults[0].settle: there is no such key here; it belongs to the scenario itself, at the left margin.
    5:27: faults[0].every: an item has one word that says when it happens, found at and every; take one of them out.
    5:27: faults[0].before: an item has one word that says when it happens, found at and before; take one of them out.
    5:23: faults[0].at: the range 3s..1s is upside down; did you mean 1s..3s?
    5:23: faults[0].at: expected a duration such as 500ms, or a range such as 1s..3s, found the number 3; write 3s or 3ms.
    5:32: faults[0].for: expected a duration above 0, found 0s.
    5:24: faults[0].for: the range 4s..2s is upside down; did you mean 2s..4s?
    5:31: faults[0].for: clock-jump happens at one moment and lasts for nothing; take the key out.
    5:5: faults[0].by: this is missing; expected a duration such as 500ms, or a range such as 1s..3s.
    5:25: faults[0].name: expected a name of letters, digits and dashes that begins with a letter, found the text "7 up".
    5:25: faults[0].name: expected a name without a dot, found "nap.1"; a dot and a number mark one of many in an explicit scenario.
    5:26: faults[0].every: gaps of 1us are too short: in 8s they may be 8ms at the least.
    5:26: faults[0].every: gaps of 0s are too short: in 8s they may be 8ms at the least.
    5:23: faults[0].at: 8s is not before 8s, when the clients are done and everything heals; let it come earlier, or say with "for" how long it lasts.
    5:35: faults[0].at: 7s..9s is not before 8s, when the clients are done and everything heals; let it come earlier.
    "
  `);
});

test("a fault's target is checked against the cluster", () => {
  load(fault("crash: 3"));
  expect(
    complaints(fault("crash: 4"), fault("crash: n4"), fault("crash: 0"), fault("crash: { node: n1 }"), fault("crash:")),
  ).toMatchInlineSnapshot(`
    "
    5:12: faults[0].crash: 4 nodes cannot crash in a cluster of 3; write a smaller number.
    5:12: faults[0].crash: there is no node "n4".
    5:12: faults[0].crash: expected a whole number of at least 1, found the number 0.
    5:12: faults[0].crash: expected text or a whole number or a list, found a map.
    5:5: faults[0].crash: expected text or a whole number or a list, found nothing.
    "
  `);
});

test("two faults of one name", () => {
  expect(
    complaints(
      and("faults:", "  - { name: nap, crash: any }", "  - { name: nap, crash: n1 }"),
      and("faults:", "  - crash: any", "  - { name: crash-1, crash: n1 }"),
      and("faults:", "  - { name: crash-1, crash: n1 }", "  - crash: any"),
    ),
  ).toMatchInlineSnapshot(`
    "
    6:13: faults[1].name: the fault on line 5 is called "nap" too; give this one a name of its own.
    6:13: faults[1].name: the fault on line 5 is called "crash-1" too; give this one a name of its own.
    6:5: faults[1]: the fault on line 5 is called "crash-1" too; give this one a name of its own.
    "
  `);
});

test("keys of another kind of file say so", () => {
  expect(complaints(and("suite: {}"))).toMatchInlineSnapshot(`
    "
    4:1: suite: a suite names scenarios and is none itself; \`seedquake run\` and \`list\` read it.
    "
  `);
});

test("what only an explicit scenario has", () => {
  const explicit = (...lines: string[]) => and("format: 1", "seed: 4", "clients: 2", ...lines);
  const plan = (item: string) => explicit("plan:", `  - ${item}`);
  load(plan("{ id: o1, client: c1, at: 5ms, f: read, key: x }"));
  expect(
    complaints(
      and("seed: 4"),
      and("plan: []", "heal: 8s"),
      and("format: 2"),
      and("format: 1"),
      and("nodes: [n1, n2, n3]"),
      explicit("plan: []", "runs: 5"),
      explicit("plan: []", "faults: [{ crash: any, every: 3s }]"),
      explicit("plan: []", "faults: [{ crash: any, at: 1s..3s, for: 2s..4s }]"),
      plan("{ id: o1, client: c9, at: 5ms, f: read }"),
      plan("{ id: o1, client: c1, at: 5, f: read }"),
      plan("{ id: o1, client: c1, at: 5ms }"),
      plan("{ id: o1, client: c1, at: 5ms, f: read, op: { f: read } }"),
      explicit("plan:", "  - { id: o1, client: c1, at: 5ms, f: read }", "  - { id: o1, client: c1, at: 6ms, f: read }"),
      explicit("plan: []", "nodes: [n1, n2, c1]"),
      explicit("plan: []", "faults: [{ crash: 2, at: 1s }]"),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:1: seed: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
    4:1: plan: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
    5:1: heal: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
    4:9: format: expected 1, found the number 2.
    4:1: format: an explicit scenario (format: 1) also has "seed"; write it beside this, or take this out.
    4:1: format: an explicit scenario (format: 1) also has "plan"; write it beside this, or take this out.
    4:8: nodes: expected a number, found a list of names, which only an explicit scenario (format: 1) has.
    8:7: runs: an explicit scenario (format: 1) is one run, found 5; take the key out.
    8:24: faults[0].every: nothing is drawn in an explicit scenario; give each occurrence an item with its own at.
    8:28: faults[0].at: nothing is drawn in an explicit scenario; write one duration such as 1s.
    8:41: faults[0].for: nothing is drawn in an explicit scenario; write one duration such as 2s.
    8:23: plan[0].client: there is no client "c9"; expected one of c1, c2.
    8:31: plan[0].at: expected a duration such as 500ms or 2s, found the number 5; write 5s or 5ms.
    8:5: plan[0].f: expected what is asked, such as "f: write", found nothing.
    8:36: plan[0].f: expected all of the operation under "op", found "f" beside it.
    9:11: plan[1].id: another operation is called "o1" too; give each an id of its own.
    6:10: clients: two nodes of this cluster are called "c1"; give each a name of its own.
    8:10: faults[0]: nothing is drawn in an explicit scenario; write one of all that this may mean, such as { crash: [n1, n2] }.
    "
  `);
});

test("all mistakes of a kind are told at once, in order", () => {
  expect(
    complaints(`colour: red\n${and("runs: 0", "faults:", "  - crsh: any", "  - { crash: any, at: 5 }")}`),
  ).toMatchInlineSnapshot(`
    "
    1:1: colour: there is no such key here; expected one of description, claim, protocol, mutant, mutation, options, nodes, spare, clients, zones, workload, network, faults, settle, check, expect, require, reach, limits, runs, strategy, format, seed, heal, plan, cases, matrix.
    5:7: runs: expected a whole number of at least 1 such as 500, found the number 0.
    7:5: faults[0].crsh: there is no fault "crsh"; did you mean "crash"?
    8:23: faults[1].at: expected a duration such as 500ms, or a range such as 1s..3s, found the number 5; write 5s or 5ms.
    "
  `);
});

test("text that is no YAML", () => {
  expect(
    complaints(
      "protocol: paxos\n  workload: x\n",
      "a:\n\tb: 2\n",
      "protocol: paxos: raft\n",
      "faults:\n  - crash: any\n - crash: n1\n",
      "a: [1, 2\nb: 3\n",
      'a: "x\nb: 3\n',
      "require: { answered: >= 80% }\n",
      "a: @b\n",
      "- a\nb: 3\n",
      "nodes: 3\n---\nnodes: 5\n",
      "nodes: !many 3\n",
      "nodes: !!binary aGVsbG8=\n",
      "? [a]\n: 3\n",
      "a: b\nc\n",
      "%FOO\n---\na: b\n",
    ),
  ).toMatchInlineSnapshot(`
    "
    2:3: the indentation of this line does not fit: keys of one map begin in the same column, what belongs to a key stands two spaces deeper.
    2:1: this line is indented with a tab, where YAML takes only spaces; put two spaces in its place.
    1:11: this line holds a second "key:" after the first; put it on a line of its own, or in quotes when it is text.
    3:1: the indentation of this line does not fit: keys of one map begin in the same column, what belongs to a key stands two spaces deeper.
    2:1: a bracket that was opened above is not closed before this line; close it with ].
    3:1: a text that began with a quote above never ends; close it with ".
    1:22: this is not YAML: plain value cannot start with block scalar indicator >; put the text in quotes.
    1:4: this is not YAML: plain value cannot start with reserved character @; put the text in quotes.
    2:1: this is not YAML: unexpected scalar at node end; look at the indentation, the colons and the quotes around here.
    2:1: a second document begins here, where a file holds one scenario; put it into a file of its own, or take the line "---" out.
    1:8: the tag !many means nothing here; take it out, a scenario needs no tags.
    1:8: the tag !!binary means nothing here; take it out, a scenario needs no tags.
    1:3: expected a word as the key, found a list or a map.
    2:1: this line has no colon; write "key: value".
    1:1: this is not YAML: unknown directive %FOO; look at the indentation, the colons and the quotes around here.
    "
  `);
});

test("YAML that is no data", () => {
  load(and("faults: [{ crash: &who any, at: 1s }, { crash: *who, at: 2s }]"));
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
  expect(
    complaints(
      and("protocol: paxos"),
      and("nodes: 3", "runs: 5", "nodes: 5"),
      and("nodes: *many"),
      and("faults: &all [*all]"),
      ["a0: &a0 [x]", ...bomb].join("\n"),
      and("runs: &a 5", `faults: [${"*a, ".repeat(101)}]`),
      and("__proto__: 3"),
      and("faults: [{ crash: any, __proto__: { at: 1s } }]"),
      and("constructor: 3"),
      and("nodes: .inf"),
      and(`faults: ${"[".repeat(400)}${"]".repeat(400)}`),
    ),
  ).toMatchInlineSnapshot(`
    "
    4:1: protocol: this key stands on line 1 already; keep one of the two.
    6:1: nodes: this key stands on line 4 already; keep one of the two.
    4:8: the alias *many stands for nothing: no anchor &many stands before it.
    4:15: the alias *all stands inside of what it stands for; write it out.
    10:50: the aliases up to here unfold to far more than a scenario holds; write out what you mean.
    5:410: this is one alias too many: 100 are the most; write out what you mean.
    4:1: __proto__: no key of a scenario has this name; take it out.
    4:24: __proto__: no key of a scenario has this name; take it out.
    4:1: constructor: there is no such key here; expected one of description, claim, protocol, mutant, mutation, options, nodes, spare, clients, zones, workload, network, faults, settle, check, expect, require, reach, limits, runs, strategy, format, seed, heal, plan, cases, matrix.
    4:8: expected a number with an end, found .inf.
    4:107: this is nested more than 50 levels deep; a scenario needs five.
    "
  `);
});

test("nesting so deep that the parser itself gives up", () => {
  // At which column depends on the stack of the machine.
  expect(complaints("[".repeat(20_000))).toMatch(/^\n1:\d+: this is nested too deeply to be a scenario\.\n$/);
});

test("a file that is no scenario at all", () => {
  expect(
    complaints(
      "",
      "# nothing yet\n",
      "null\n",
      "- a\n- b\n",
      "hello\n",
      "42",
      "protocol: \0",
      "\x89PNG\r\n",
      "a\ufffdb",
      "x".repeat(1_000_001),
    ),
  ).toMatchInlineSnapshot(`
    "
    1:1: this file is empty; a scenario has at least "protocol" and "workload".
    1:1: this file is empty; a scenario has at least "protocol" and "workload".
    1:1: this file is empty; a scenario has at least "protocol" and "workload".
    1:1: expected the keys of a scenario, such as "protocol" and "workload", found a list.
    1:1: expected the keys of a scenario, such as "protocol" and "workload", found the text "hello".
    1:1: expected the keys of a scenario, such as "protocol" and "workload", found the number 42.
    1:11: this is no plain text: expected YAML in UTF-8, found the character U+0000; save the file as text.
    1:1: this is no plain text: expected YAML in UTF-8, found the character U+0089; save the file as text.
    1:2: this is no plain text: expected YAML in UTF-8, found the character U+FFFD; save the file as text.
    1:1: this is no scenario: it has 1000001 characters, where 1000000 are the most.
    "
  `);
});
