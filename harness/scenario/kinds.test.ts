/** Every kind of thing that may stand in a scenario: one right file and three wrong ones each, with all that is said about them. */

import { describe, expect, test } from "vitest";
import { faults } from "../faults/index.ts";
import type { Protocol } from "../protocol.ts";
import { workloads } from "../workloads/index.ts";
import { caseKeys } from "./cases.ts";
import type { Catalogue } from "./catalogue.ts";
import { loadScenarios } from "./load.ts";
import { type OwnModules, withOwn } from "./own.ts";
import { ScenarioError } from "./problems.ts";
import { topLevelKeys } from "./schema.ts";
import { catalogue as small } from "./testing/catalogue.ts";
import { whenWords } from "./words.ts";

const [paxos] = small.protocols;
const all: Protocol = { ...paxos!, name: "all" };
/** As paxos, on streams. */
const piped: Protocol = { ...all, name: "piped", transport: "stream" };
const catalogue: Catalogue = { protocols: [all, piped, small.protocols[1]!], workloads: small.workloads, faults };

const work = "workload: { key-value: { operations: 9, within: 8s } }";
/** A scenario of the protocol with these lines. */
const of = (protocol: string, ...lines: string[]): string =>
  `protocol: ${protocol}\n${lines.some((line) => line.startsWith("workload")) ? "" : `${work}\n`}${lines.join("\n")}\n`;

function complaints(text: string, given = catalogue): string {
  try {
    loadScenarios(text, "x.yaml", given);
  } catch (error) {
    if (error instanceof ScenarioError)
      return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n");
    throw error;
  }
  return `loaded: ${text}`;
}

/** A right text, and wrong ones. */
type Kind = readonly [right: string, ...wrong: [string, string, string, ...string[]]];

/** That each kind loads when it is right, and what is said when it is not. */
function said(kinds: Readonly<Record<string, Kind>>, given = catalogue): string {
  return `\n${Object.entries(kinds)
    .map(([kind, [right, ...wrong]]) => {
      expect([kind, complaints(right, given)]).toEqual([kind, `loaded: ${right}`]);
      return `${kind}\n${wrong.map((text) => complaints(text, given).replaceAll(/^/gm, "  ")).join("\n")}`;
    })
    .join("\n")}\n`;
}

const explicit = ["format: 1", "seed: 1", "plan: []"];
const lines = (...texts: string[]): string => of("all", ...texts);

const keys: Readonly<Record<string, Kind>> = {
  format: [lines(...explicit), lines("format: 2", "seed: 1", "plan: []"), lines("format: 1"), lines("format: yes")],
  description: [lines("description: of leaders"), lines("description: 5"), lines("description: [a]"), lines("descripton: a")],
  claim: [
    lines("claim: { says: it holds, source: folklore, because: it must }"),
    lines("claim: it holds"),
    lines("claim: { says: it holds, source: folklore }"),
    lines("claim: { says: it holds, source: folklore, because: it must, only-if: never }"),
  ],
  protocol: [lines(), of("alll"), `${work}\n`, of("[all]")],
  mutant: [lines("mutant: R02"), lines("mutant: R2"), lines("mutant: never-votes"), lines("mutant: 2")],
  mutation: [
    lines("mutation: no-sync@mine/queue.ts:88"),
    lines("mutation: no-sink@mine/queue.ts:88"),
    lines("mutation: 3"),
    lines("cases: { a: { mutation: no-sync@mine/queue.ts:88 } }"),
  ],
  options: [
    lines("options: { window: 2, heartbeat: 50ms }"),
    lines("options: { windw: 2 }"),
    lines("options: { window: 0 }"),
    lines("options: { heartbeat: 50 }"),
  ],
  nodes: [lines("nodes: 5"), lines("nodes: 2"), lines("nodes: many"), lines("nodes: { sever: 3 }")],
  spare: [
    lines("spare: 2"),
    lines("spare: 0"),
    lines("spare: { sever: 1 }"),
    of("commit", "spare: 1", "workload: { log: { within: 1s } }"),
  ],
  clients: [
    lines("clients: { count: 2, target: any, role: server, try: 50ms, timeout: 1s, retry: false }"),
    lines("clients: 0"),
    lines("clients: { try: 2s, timeout: 1s }"),
    lines("clients: { target: nobody }"),
    lines("clients: { role: sever }"),
  ],
  zones: [
    lines("zones: { a: [n1, n2], b: [n3, c1] }", "faults: [{ crash: zone }, { pause: b }, { partition: zones }]"),
    lines("zones: { a: [n1, n9] }"),
    lines("zones: { a: [n1, n2], b: [n2] }"),
    lines("zones: { leader: [n1] }"),
    lines("zones: { a: n1 }"),
    lines("faults: [{ crash: zone }]"),
    lines("zones: { a: [n1] }", "faults: [{ partition: zones }]"),
  ],
  workload: [lines(), lines("workload: key-value"), lines("workload: { key-valu: { within: 8s } }"), lines("workload: {}")],
  network: [
    lines("network: { latency: 1ms..5ms, loss: 1%, duplicate: 1%, links: { n1 -> n2: 50ms } }"),
    lines("network: lna"),
    lines("network: { loss: 1 }"),
    lines("network: { links: { n1 -> n9: 50ms } }"),
    lines("network: { stream-timeout: 1s }"),
  ],
  faults: [
    lines("faults: [{ crash: any }]"),
    lines("faults: { crash: any }"),
    lines("faults: [crash]"),
    lines("faults: [{ crsh: any }]"),
  ],
  settle: [lines("settle: 4s"), lines("settle: 4"), lines("settle: 0s"), lines("settle: 1s..2s")],
  check: [
    lines("check: [linearizable, election safety]"),
    lines("check: linearisable"),
    lines("check: []"),
    lines("check: [liveness]"),
  ],
  expect: [
    lines("expect: { violation: linearizable, within: 10 runs }"),
    lines("expect: invalid"),
    lines("expect: { violation: linearisable }"),
    lines("expect: { violation: any, within: 10 }"),
  ],
  reach: [
    lines("reach: [second leader elected]"),
    lines("reach: [second leadr elected]"),
    lines("reach: second leader elected"),
    lines("reach: [second leader elected, second leader elected]"),
  ],
  require: [
    lines("require: { answered: 80% }"),
    lines("require: { answered: 80 }"),
    lines("require: 80%"),
    lines("require: { answered: 180% }"),
  ],
  limits: [
    lines("limits: { failover.p95: 2s, messages: 40 }"),
    lines("limits: { failover.p9: 2s }"),
    lines("limits: { messages: 2s }"),
    lines("limits: { latency: 2 }"),
  ],
  runs: [lines("runs: 5"), lines("runs: 0"), lines("runs: 5 runs"), lines("runs: 1.5")],
  strategy: [lines("strategy: places"), lines("strategy: plases"), lines("strategy: [pct]"), lines("strategy: { name: pct }")],
  cases: [
    lines("cases: { a: { runs: 2 }, b: { mutant: R02 } }"),
    lines("cases: [a, b]"),
    lines("cases: { a: { protocol: all } }"),
    lines("cases: { a: { faults: { nap: { at: 1s } } } }"),
  ],
  matrix: [
    lines("matrix: { nodes: [3, 5], network: [lan, wan] }"),
    lines("matrix: { nodes: 3 }"),
    lines("matrix: { seed: [1, 2] }"),
    lines("matrix: { network: [{ loss: 1% }] }"),
  ],
  seed: [
    lines(...explicit),
    lines("seed: 1"),
    lines("format: 1", "seed: -1", "plan: []"),
    lines("format: 1", "seed: one", "plan: []"),
  ],
  heal: [lines(...explicit, "heal: 3s"), lines("heal: 3s"), lines(...explicit, "heal: 3"), lines(...explicit, "heal: soon")],
  plan: [
    lines("format: 1", "seed: 1", "plan: [{ id: o1, client: c1, at: 1ms, f: read }]"),
    lines("plan: []"),
    lines("format: 1", "seed: 1", "plan: [{ id: o1, client: c9, at: 1ms, f: read }]"),
    lines("format: 1", "seed: 1", "plan: [{ id: o1, client: c1, at: 1ms }]"),
  ],
};

test("every key of a file", () => {
  expect(Object.keys(keys).sort()).toEqual([...topLevelKeys].sort());
  expect(caseKeys.every((key) => Object.hasOwn(keys, key))).toBe(true);
  expect(said(keys)).toMatchInlineSnapshot(`
    "
    format
      3:9: format: expected 1, found the number 2.
      3:1: format: an explicit scenario (format: 1) also has "seed"; write it beside this, or take this out.
      3:1: format: an explicit scenario (format: 1) also has "plan"; write it beside this, or take this out.
      3:9: format: expected 1, found the text "yes".
    description
      3:14: description: expected text, found the number 5.
      3:14: description: expected text, found a list.
      3:1: descripton: there is no such key here; did you mean "description"?
    claim
      3:8: claim: expected a map such as { says: "Raft's local reads are linearizable", source: folklore, because: a leader that was cut off has not heard of it }, found the text "it holds".
      3:1: claim.because: this is missing; expected text such as a client that sleeps past its lease does not know it.
      3:62: claim.only-if: every case expects valid, so the claim has no condition; take the key out, or add the other case.
    protocol
      1:11: protocol: expected one of all, piped, commit, found the text "alll"; did you mean "all"?
      1:1: protocol: this is missing; expected one of all, piped, commit.
      1:11: protocol: expected one of all, piped, commit, found a list.
    mutant
      3:9: mutant: all has no mutant "R2"; expected one of vote-not-persisted, R02, local-reads.
      3:9: mutant: all has no mutant "never-votes"; expected one of vote-not-persisted, R02, local-reads.
      3:9: mutant: expected text, found the number 2.
    mutation
      3:11: mutation: expected a mutation as \`seedquake mutate\` names it, such as no-sync@mine/queue.ts:88 (no-sync, late-sync, no-write, late-write, no-send, no-reply, no-timer, no-cancel, older, twice).
      3:11: mutation: expected text such as "no-sync@mine/queue.ts:88", found the number 3.
      3:15: cases.a.mutation: a case cannot change "mutation"; write a file of its own for that.
    options
      3:12: options.windw: all has no such option; did you mean "window"?
      3:20: options.window: expected a whole number of at least 1, found the number 0.
      3:23: options.heartbeat: expected a duration such as 100ms, found the number 50; write 50s or 50ms.
    nodes
      3:8: nodes: all needs at least 3 nodes, found 2.
      3:8: nodes: expected how many servers, such as 5, or how many of each role, such as { coordinator: 1, participant: 3 }, found the text "many".
      3:10: nodes.sever: all has no such role; did you mean "server"?
    spare
      3:8: spare: expected a whole number of at least 1, found the number 0.
      3:10: spare.sever: all has no such role; did you mean "server"?
      2:1: spare: commit takes no spares: its members are the same from start to end; take the key out.
    clients
      3:10: clients: expected a whole number of at least 1, found the number 0.
      3:17: clients.try: one try may not take longer than the whole operation, 1s, found 2s; write a shorter one, or a longer timeout.
      3:20: clients.target: expected one of any, sticky, leader, found the text "nobody".
      3:18: clients.role: all has no role "sever"; did you mean "server"?
    zones
      3:18: zones.a[1]: there is no node "n9" in this cluster; expected one of n1, n2, n3, c1, c2, c3.
      3:27: zones.b[0]: n2 stands in the zone a too; take it out of one.
      3:10: zones.leader: "leader" means something else to faults already; call the zone otherwise.
      3:13: zones.a: expected a list, found the text "n1".
      3:19: faults[0].crash: this cluster has no zones; write them beside its nodes, as in "zones: { a: [n1, n2], b: [n3] }".
      4:23: faults[0].partition: this cluster has no two zones to cut apart; write them beside its nodes, as in "zones: { a: [n1, n2], b: [n3] }".
    workload
      2:11: workload: expected a workload (one of key-value, log) with its settings, found the text "key-value".
      2:13: workload.key-valu: there is no such key here; did you mean "key-value"?
      2:11: workload: expected a workload (one of key-value, log) with its settings, found an empty map.
    network
      3:10: network: expected one of lan, wan, mobile, found the text "lna"; did you mean "lan"?
      3:18: network.loss: expected a percentage such as 20% (0% to 100%), found the number 1; write 1%.
      3:21: network.links.n1 -> n9: there is no node "n9" in this cluster; expected one of n1, n2, n3, c1, c2, c3, server.
      3:12: network.stream-timeout: this protocol stands on datagrams, which have no connections that could time out; take it out.
    faults
      3:9: faults: expected a list of faults, found a map.
      3:10: faults[0]: expected a fault with its target, found the text "crash"; write "- crash: " and whom it hits.
      3:12: faults[0].crsh: there is no fault "crsh"; did you mean "crash"?
    settle
      3:9: settle: expected a duration such as 500ms or 2s, found the number 4; write 4s or 4ms.
      3:9: settle: expected a duration above 0, found 0s.
      3:9: settle: expected a duration such as 500ms or 2s, found the text "1s..2s".
    check
      3:8: check: there is no check "linearisable"; did you mean "linearizable"?
      3:8: check: expected a list of at least 1 item, found an empty list.
      3:9: check[0]: there is no check "liveness"; expected one of linearizable, invariants, election safety.
    expect
      3:9: expect: expected valid, or a violation such as { violation: linearizable, within: 100 runs }, found the text "invalid"; did you mean "valid"?
      3:22: expect.violation: there is no check "linearisable"; did you mean "linearizable"?
      3:35: expect.within: expected a number of runs such as 100 runs, found the number 10; write 10 runs.
    reach
      3:9: reach[0]: all has no goal "second leadr elected"; did you mean "second leader elected"?
      3:8: reach: expected a list such as [second leader elected], found the text "second leader elected".
      3:32: reach[1]: "second leader elected" stands here twice; name it once.
    require
      3:22: require.answered: expected a percentage such as 20% (0% to 100%), found the number 80; write 80%.
      3:10: require: expected a map such as { answered: 80% }, found the text "80%".
      3:22: require.answered: expected a percentage such as 20% (0% to 100%), found the text "180%".
    limits
      3:11: limits.failover.p9: there is no such key here; did you mean "failover.p95"?
      3:21: limits.messages: expected a number such as 40, found the text "2s".
      3:20: limits.latency: expected a duration such as 500ms or 2s, found the number 2; write 2s or 2ms.
    runs
      3:7: runs: expected a whole number of at least 1 such as 500, found the number 0.
      3:7: runs: expected a whole number such as 500, found the text "5 runs".
      3:7: runs: expected a whole number such as 500, found the number 1.5.
    strategy
      3:11: strategy: there is no strategy "plases"; did you mean "places"?
      3:11: strategy: expected one of mixture, random, swarm, places, fates, pct, pos, coverage, crash-points, exhaustive, found a list.
      3:11: strategy: expected one of mixture, random, swarm, places, fates, pct, pos, coverage, crash-points, exhaustive, found a map.
    cases
      3:8: cases: expected the cases by their names, such as { right: { expect: valid } }, found a list.
      3:15: cases.a.protocol: a case cannot change "protocol"; write a file of its own for that.
      3:25: cases.a.faults.nap: there is no fault called "nap" in this file; no fault of this file has a "name"; give it one.
    matrix
      3:18: matrix.nodes: expected a list of values such as [3, 5], or values by their names, found the number 3.
      3:11: matrix.seed: a matrix varies what a case may change; expected one of description, mutant, options, nodes, spare, clients, zones, workload, network, faults, settle, check, expect, require, reach, limits, runs, strategy.
      3:21: matrix.network[0]: expected a word or a number, found a map; give each value a name instead, such as { one: ..., two: ... }.
    seed
      3:1: seed: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
      4:7: seed: expected a whole number of at least 0 such as 408, found the number -1.
      4:7: seed: expected a whole number such as 408, found the text "one".
    heal
      3:1: heal: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
      6:7: heal: expected a duration such as 500ms or 2s, found the number 3; write 3s or 3ms.
      6:7: heal: expected a duration such as 500ms or 2s, found the text "soon".
    plan
      3:1: plan: only an explicit scenario has this key; write "format: 1" beside it, or take it out.
      5:26: plan[0].client: there is no client "c9"; expected one of c1, c2, c3.
      5:8: plan[0].f: expected what is asked, such as "f: write", found nothing.
    "
  `);
});

const item = (text: string, protocol = "all"): string => of(protocol, `faults: [{ ${text} }]`);

const words: Readonly<Record<string, Kind>> = {
  bandwidth: [
    item("bandwidth: any, rate: 20/s..200/s, queue: 5"),
    item("bandwidth: any, rate: 20"),
    item("bandwidth: any, rate: 0/s"),
    item("bandwidth: any, queue: 5", "piped"),
  ],
  bias: [
    item("bias: n1 -> n2, toward: early"),
    item("bias: n1 -> n1"),
    item("bias: any, toward: slow"),
    item("bias: [n1 -> n2], direction: in"),
  ],
  "bit-rot": [
    item("bit-rot: any, record: log, beyond: true"),
    item("bit-rot: any, record: log"),
    item("bit-rot: any, record: 5, beyond: true"),
    item("bit-rot: n1, for: 1s, beyond: true"),
  ],
  "clock-drift": [
    item("clock-drift: any, by: 5%"),
    item("clock-drift: nobody"),
    item("clock-drift: any, by: 5ms"),
    item("clock-drift: { n1: 5% }, by: 5%"),
  ],
  "clock-freeze": [
    item("clock-freeze: { n1: wall, n2: both }, for: 1s"),
    item("clock-freeze: { n1: wal }"),
    item("clock-freeze: { n1: wall }, clock: both"),
    item("clock-freeze: n1, clock: elapsed"),
  ],
  "clock-jump": [
    item("clock-jump: any, by: -200ms"),
    item("clock-jump: n1, for: 1s"),
    item("clock-jump: n1, by: 5%"),
    item("clock-jump: {}"),
  ],
  "clock-offset": [
    item("clock-offset: { n1: 1s, n2: -1s }, for: 1s"),
    item("clock-offset: n1, by: 2s..1s"),
    item("clock-offset: { n9: 1s }"),
    item("clock-offset: n1, to: 1s"),
  ],
  corrupt: [
    item("corrupt: any, share: 5%, field: value, beyond: true"),
    item("corrupt: any, share: 5%"),
    item("corrupt: c1, beyond: true"),
    item("corrupt: any, share: 5, beyond: true"),
  ],
  crash: [
    item("crash: any, back-after: 1s, between: effects"),
    item("crash: any, back-after: 1s, for: 1s"),
    item("crash: any, between: lines"),
    item("crash: any, between: effects, cut: { handler: start, after: 1 }"),
  ],
  "crash-loop": [
    item("crash-loop: any, times: 2..5, up: 1ms..5ms, back-off: 50ms..2s"),
    item("crash-loop: any, times: 5..2"),
    item("crash-loop: any, times: 0"),
    item("crash-loop: any, back-off: 5"),
  ],
  disconnect: [
    item("disconnect: n1 <-> n2, heard: one", "piped"),
    item("disconnect: n1 <-> n2"),
    item("disconnect: n1 <-> n1", "piped"),
    item("disconnect: any, heard: all", "piped"),
  ],
  duplicate: [
    item("duplicate: any, share: 5%"),
    item("duplicate: any", "piped"),
    item("duplicate: any, share: 5"),
    item("duplicate: n1 -> n2, direction: in"),
  ],
  equivocate: [
    item("equivocate: n1, to: [n2], field: value, beyond: true"),
    item("equivocate: any"),
    item("equivocate: n1, to: c1, beyond: true"),
    item("equivocate: n1, to: n9, beyond: true"),
  ],
  "full-disk": [
    item("full-disk: leader, for: 1s..2s"),
    item("full-disk: ledaer"),
    item("full-disk: n1, beyond: true"),
    item("full-disk: 4"),
  ],
  "half-open": [
    item("half-open: leader", "piped"),
    item("half-open: leader"),
    item("half-open: c1", "piped"),
    item("half-open: leader, for: 1s", "piped"),
  ],
  hold: [item("hold: server -> c1"), item("hold: n1 -> n1"), item("hold: [n1 -> n2, n3]"), item("hold: any, clients: split")],
  jam: [
    item("jam: n1 -> n2, keeps: 1..5, drops: any"),
    item("jam: any", "piped"),
    item("jam: any, keeps: none"),
    item("jam: any, drops: all"),
  ],
  loss: [
    item("loss: all, share: 5%..20%"),
    item("loss: all, share: 120%"),
    item("loss: n1 -> sever"),
    item("loss: all, shar: 5%"),
  ],
  "lost-sync": [
    item("lost-sync: any, beyond: true, for: 1s"),
    item("lost-sync: any, for: 1s"),
    item("lost-sync: any, beyond: yes"),
    item("lost-sync: n9, beyond: true"),
  ],
  "old-disk": [
    item("old-disk: leader, age: 1s, back-after: 5ms..50ms, beyond: true"),
    item("old-disk: leader, age: 1s"),
    item("old-disk: leader, age: 2s..1s, beyond: true"),
    item("old-disk: leader, back-after: 1s, for: 1s, beyond: true"),
  ],
  operate: [
    item("operate: leader, order: add-server"),
    item("operate: leader"),
    item("operate: leader, order: add-sever"),
    item("operate: c1, order: hand-over"),
  ],
  partition: [
    item("partition: leader, with: one client, direction: out"),
    item("partition: [[n1, n2]]"),
    item("partition: all"),
    item("partition: leader, with: n2"),
  ],
  pause: [item("pause: one client"), item("pause: 4"), item("pause: [n1, n1]"), item("pause: any, for: 0s")],
  "read-error": [
    item("read-error: minority, for: 1s"),
    item("read-error: nobody"),
    item("read-error: [n1, n1]"),
    item("read-error: n1, record: log"),
  ],
  reorder: [
    item("reorder: all, burst: 2..6, within: 5ms..50ms"),
    item("reorder: all", "piped"),
    item("reorder: all, burst: 6..2"),
    item("reorder: n1 -> n1"),
  ],
  replay: [
    item("replay: leader, share: 5%, later: 1s, beyond: true"),
    item("replay: leader"),
    item("replay: leader, later: 2s..1s, beyond: true"),
    item("replay: leader, beyond: maybe"),
  ],
  resubmit: [
    item("resubmit: any, which: answered, every: 1s"),
    item("resubmit: n1"),
    item("resubmit: any, which: both"),
    item("resubmit: any, for: 1s"),
  ],
  "rolling-restart": [
    item("rolling-restart: all, down: 5ms..50ms, pace: 1s"),
    item("rolling-restart: [n1, n1]"),
    item("rolling-restart: all, down: 5"),
    item("rolling-restart: all, every: 1s, at: 1s"),
  ],
  slow: [item("slow: any, extra: 5ms"), item("slow: any, extra: 5"), item("slow: minoriti"), item("slow: any, extra: 9ms..5ms")],
  "slow-lane": [
    item("slow-lane: server -> server, share: 1%..5%, extra: 1s"),
    item("slow-lane: all, share: 120%"),
    item("slow-lane: all, extra: 2s..1s"),
    item("slow-lane: all, by: 1s"),
  ],
  "slow-link": [
    item("slow-link: server -> server, extra: 5ms..9ms"),
    item("slow-link: n1 - n2"),
    item("slow-link: any, extra: 5%"),
    item("slow-link: [n1 -> n2, n1 -> n2]"),
  ],
  "slow-sync": [
    item("slow-sync: any, extra: 5ms..50ms"),
    item("slow-sync: any, extra: 5"),
    item("slow-sync: any, extra: 9ms..5ms"),
    item("slow-sync: sever"),
  ],
  swizzle: [
    item("swizzle: [n1, n2], release: [n2, n1], for: 2s"),
    item("swizzle: [n1, n2], release: [n2, n3]"),
    item("swizzle: any, release: [n2]"),
    item("swizzle: minoriti"),
  ],
  "torn-write": [
    item("torn-write: any, for: 1s"),
    item("torn-write: nobody"),
    item("torn-write: any, beyond: 1"),
    item("torn-write: any, between: effects"),
  ],
};

test("every fault", () => {
  expect(Object.keys(words)).toEqual(faults.map(({ word }) => word));
  expect(said(words)).toMatchInlineSnapshot(`
    "
    bandwidth
      3:34: faults[0].rate: expected messages a second such as 50/s, or a range such as 20/s..200/s, found the number 20.
      3:34: faults[0].rate: at 0/s nothing would ever get through; expected 1/s or more, or the fault hold.
      3:35: faults[0].queue: this protocol stands on streams, which lose nothing in a queue; take "queue" out, and what is sent waits as long as it must.
    bias
      3:18: faults[0].bias: a link from "n1" to itself is never cut; name two nodes.
      3:31: faults[0].toward: expected late, early or either, found the text "slow".
      3:41: faults[0].direction: "direction" goes with a target, not with written links; take it away.
    bit-rot
      3:21: faults[0].bit-rot: this protocol states that it bears no server whose disk is damaged, so this would never happen; write "beyond: true" beside it, or take it out.
      3:34: faults[0].record: expected the name of a record or log, such as ballot, found the number 5.
      3:25: faults[0].for: bit-rot happens at one moment and lasts for nothing; take the key out.
    clock-drift
      3:25: faults[0].clock-drift: "nobody" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, server, any, one, minority, majority, all, one client, zone.
      3:34: faults[0].by: expected a percentage or parts per million such as 2% or -300ppm, or a range such as -5%..5%, found the text "5ms".
      3:41: faults[0].by: "by" goes with a target; here every node has its own amount, take one of the two away.
    clock-freeze
      3:32: faults[0].clock-freeze.n1: expected wall, stop-watch or both, found the text "wal"; did you mean "wall"?
      3:47: faults[0].clock: "clock" goes with a target; here every node has its own, take one of the two away.
      3:37: faults[0].clock: expected wall, stop-watch or both, found the text "elapsed".
    clock-jump
      3:28: faults[0].for: clock-jump happens at one moment and lasts for nothing; take the key out.
      3:32: faults[0].by: expected a duration such as -1.5s, or a range such as -200ms..200ms, found the text "5%".
      3:24: faults[0].clock-jump: no node is named; write one, as in { n1: ... }.
    clock-offset
      3:34: faults[0].by: the range 2s..1s is upside down; did you mean 1s..2s?
      3:26: faults[0].clock-offset: there is no node "n9" in this cluster; expected one of n1, n2, n3, c1, c2, c3.
      3:30: faults[0].to: there is no such key here; expected one of clock-offset, by, name, at, every, when, before, after, for.
    corrupt
      3:21: faults[0].corrupt: this protocol does not claim to bear corrupt (it bears no lies at all); take the item out, or write "beyond: true" to see what becomes of it then.
      3:21: faults[0].corrupt: c1 is a client, and what clients ask is the workload's; name a server.
      3:33: faults[0].share: expected a percentage such as 20% (0% to 100%), or a range such as 5%..40%, found the number 5; write 5%.
    crash
      3:40: faults[0].for: "back-after" says already how long it lasts; take one of the two out.
      3:33: faults[0].between: expected effects, persists or sends, found the text "lines".
      3:33: faults[0].between: "between" and "cut" both say where the crash falls; take one of them away.
    crash-loop
      3:36: faults[0].times: the range 5..2 is upside down; did you mean 2..5?
      3:36: faults[0].times: expected a whole number of at least 1, found the number 0.
      3:39: faults[0].back-off: expected a duration such as 500ms, or a range such as 1s..3s, found the number 5; write 5s or 5ms.
    disconnect
      3:24: faults[0].disconnect: this protocol stands on datagrams, which have no connections: disconnect means nothing to it; cut or hold links instead, with partition or hold.
      3:24: faults[0].disconnect: "n1" has no connection to itself; name two servers.
      3:36: faults[0].heard: expected both, one or none, found the text "all".
    duplicate
      3:23: faults[0].duplicate: this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out.
      3:35: faults[0].share: expected a percentage such as 20% (0% to 100%), or a range such as 5%..40%, found the number 5; write 5%.
      3:44: faults[0].direction: "direction" goes with a target, not with written links; take it away.
    equivocate
      3:24: faults[0].equivocate: this protocol does not claim to bear equivocate (it bears no lies at all); take the item out, or write "beyond: true" to see what becomes of it then.
      3:32: faults[0].to: c1 is a client, and servers are told something else; name a server.
      3:32: faults[0].to: there is no node "n9" in this cluster; expected one of n1, n2, n3, c1, c2, c3.
    full-disk
      3:23: faults[0].full-disk: "ledaer" is no node, role or selector of this cluster; did you mean "leader"?
      3:27: faults[0].beyond: there is no such key here; expected one of full-disk, name, at, every, when, before, after, for.
      3:23: faults[0].full-disk: 4 servers cannot be chosen: this cluster has only 3; write 3 or less.
    half-open
      3:23: faults[0].half-open: this protocol stands on datagrams, which have no connections: half-open means nothing to it; cut or hold links instead, with partition or hold.
      3:23: faults[0].half-open: c1 is a client, and connections are between servers; name a server.
      3:31: faults[0].for: half-open happens at one moment and lasts for nothing; take the key out.
    hold
      3:18: faults[0].hold: a link from "n1" to itself is never cut; name two nodes.
      3:18: faults[0].hold: "n3" is not a link; write all of them as n1 -> n2.
      3:32: faults[0].clients: expected keep or include, found the text "split".
    jam
      3:17: faults[0].jam: this protocol stands on streams, which lose nothing in a queue: jam means nothing to it; write hold, or bandwidth.
      3:29: faults[0].keeps: expected a whole number of at least 1, or a range such as 2..5, found the text "none".
      3:29: faults[0].drops: expected oldest, newest or any, found the text "all".
    loss
      3:30: faults[0].share: expected a percentage such as 20% (0% to 100%), or a range such as 5%..40%, found the text "120%".
      3:18: faults[0].loss: there is no node "sever" in this cluster; did you mean "server"?
      3:23: faults[0].shar: there is no such key here; did you mean "share"?
    lost-sync
      3:23: faults[0].lost-sync: this protocol states that it bears no server that forgets what was durable, so this would never happen; write "beyond: true" beside it, or take it out.
      3:36: faults[0].beyond: expected true or false, found the text "yes".
      3:23: faults[0].lost-sync: "n9" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, server, any, one, minority, majority, all, one client, zone.
    old-disk
      3:22: faults[0].old-disk: this protocol states that it bears no server that forgets what was durable, so this would never happen; write "beyond: true" beside it, or take it out.
      3:35: faults[0].age: the range 2s..1s is upside down; did you mean 1s..2s?
      3:46: faults[0].for: "back-after" says already how long it lasts; take one of the two out.
    operate
      3:21: faults[0].operate: there are several orders; say which under "order": any, or one of add-server, hand-over.
      3:36: faults[0].order: this protocol has no order "add-sever"; did you mean "add-server"?
      3:21: faults[0].operate: c1 is a client, and orders are for servers; name a server.
    partition
      3:23: faults[0].partition: a single group is cut off from nobody; write two or more, as in [[n1, n2], [n3]].
      3:23: faults[0].partition: this puts every server on one side, so nobody would be cut off; choose fewer.
      3:37: faults[0].with: n2 is a server, and "with" places clients; write the sides as groups instead, as in [[n1, n2], [n3]].
    pause
      3:19: faults[0].pause: 4 servers cannot be chosen: this cluster has only 3; write 3 or less.
      3:19: faults[0].pause: the node "n1" stands here twice; name it once.
      3:29: faults[0].for: expected a duration above 0, found 0s.
    read-error
      3:24: faults[0].read-error: "nobody" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, server, any, one, minority, majority, all, one client, zone.
      3:24: faults[0].read-error: the node "n1" stands here twice; name it once.
      3:28: faults[0].record: there is no such key here; expected one of read-error, name, at, every, when, before, after, for.
    reorder
      3:21: faults[0].reorder: this protocol stands on streams, which keep their order: reorder means nothing to it; take it out.
      3:33: faults[0].burst: the range 6..2 is upside down; did you mean 2..6?
      3:21: faults[0].reorder: a link from "n1" to itself is never cut; name two nodes.
    replay
      3:20: faults[0].replay: this protocol does not claim to bear replay (it bears no lies at all); take the item out, or write "beyond: true" to see what becomes of it then.
      3:35: faults[0].later: the range 2s..1s is upside down; did you mean 1s..2s?
      3:36: faults[0].beyond: expected true or false, found the text "maybe".
    resubmit
      3:22: faults[0].resubmit: n1 is a server, and requests are sent by clients; name a client.
      3:34: faults[0].which: expected open, answered or any, found the text "both".
      3:27: faults[0].for: resubmit happens at one moment and lasts for nothing; take the key out.
    rolling-restart
      3:29: faults[0].rolling-restart: the node "n1" stands here twice; name it once.
      3:40: faults[0].down: expected a duration such as 500ms, or a range such as 1s..3s, found the number 5; write 5s or 5ms.
      3:45: faults[0].at: an item has one word that says when it happens, found every and at; take one of them out.
    slow
      3:30: faults[0].extra: expected a duration such as 500ms, or a range such as 1s..3s, found the number 5; write 5s or 5ms.
      3:18: faults[0].slow: "minoriti" is no node, role or selector of this cluster; did you mean "minority"?
      3:30: faults[0].extra: the range 9ms..5ms is upside down; did you mean 5ms..9ms?
    slow-lane
      3:35: faults[0].share: expected a percentage such as 20% (0% to 100%), or a range such as 5%..40%, found the text "120%".
      3:35: faults[0].extra: the range 2s..1s is upside down; did you mean 1s..2s?
      3:28: faults[0].by: there is no such key here; it belongs to "when", "before" or "after", in a fault.
    slow-link
      3:23: faults[0].slow-link: "n1 - n2" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, server, any, one, minority, majority, all, one client, zone.
      3:35: faults[0].extra: expected a duration such as 500ms, or a range such as 1s..3s, found the text "5%".
      3:23: faults[0].slow-link: the link "n1 -> n2" stands here twice; write it once.
    slow-sync
      3:35: faults[0].extra: expected a duration such as 500ms, or a range such as 1s..3s, found the number 5; write 5s or 5ms.
      3:35: faults[0].extra: the range 9ms..5ms is upside down; did you mean 5ms..9ms?
      3:23: faults[0].slow-sync: "sever" is no node, role or selector of this cluster; did you mean "server"?
    swizzle
      3:40: faults[0].release: expected the same nodes as under swizzle in another order, found n2, n3; write all of n1, n2.
      3:35: faults[0].release: "release" goes with a list of nodes, whose order it changes; write the nodes under swizzle, or take it out.
      3:21: faults[0].swizzle: "minoriti" is no node, role or selector of this cluster; did you mean "minority"?
    torn-write
      3:24: faults[0].torn-write: "nobody" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, server, any, one, minority, majority, all, one client, zone.
      3:37: faults[0].beyond: expected true or false, found the number 1.
      3:29: faults[0].between: there is no such key here; expected one of torn-write, beyond, name, at, every, when, before, after, for.
    "
  `);
});

const moments: Readonly<Record<string, Kind>> = {
  at: [item("crash: any, at: 1s..2s"), item("crash: any, at: 2s..1s"), item("pause: any, at: 9s"), item("crash: any, at: noon")],
  every: [
    item("crash: any, every: 1s"),
    item("crash: any, every: 1us"),
    item("crash: any, every: 1s, at: 2s"),
    item("crash: any, every: [1s]"),
  ],
  when: [
    item("crash: any, when: { fact: leader, nth: 1..3 }"),
    item("crash: any, when: leader"),
    item("crash: any, when: { fcat: leader }"),
    item("crash: any, when: { fact: leader, nth: 0 }"),
  ],
  before: [
    item("crash: n1, before: every effect"),
    item("crash: n1, before: { send: commit, sync: any }"),
    item("crash: n1, before: { sync: log }"),
    item("crash: n1, before: { send: commit, by: nobody }"),
  ],
  after: [
    item("crash: n1, after: { receive: any }"),
    item("crash: n1, after: every efect"),
    item("crash: n1, after: { reply: ok, nth: 3..1 }"),
    item("crash: n1, after: { reply: ok }, before: { reply: ok }"),
  ],
  for: [
    item("pause: any, for: 1s..2s"),
    item("pause: any, for: 2s..1s"),
    item("pause: any, for: ever"),
    item("operate: any, order: hand-over, for: 1s"),
  ],
  name: [
    item("name: nap, pause: any"),
    item("name: 1st, pause: any"),
    item("name: nap.2, pause: any"),
    lines("faults: [{ name: nap, pause: any }, { name: nap, pause: any }]"),
  ],
};

test("every word about time, and the name", () => {
  expect(Object.keys(moments)).toEqual([...whenWords, "for", "name"]);
  expect(said(moments)).toMatchInlineSnapshot(`
    "
    at
      3:28: faults[0].at: the range 2s..1s is upside down; did you mean 1s..2s?
      3:28: faults[0].at: 9s is not before 8s, when the clients are done and everything heals; let it come earlier, or say with "for" how long it lasts.
      3:28: faults[0].at: expected a duration such as 500ms, or a range such as 1s..3s, found the text "noon".
    every
      3:31: faults[0].every: gaps of 1us are too short: in 8s they may be 8ms at the least.
      3:35: faults[0].at: an item has one word that says when it happens, found every and at; take one of them out.
      3:31: faults[0].every: expected a duration such as 500ms, or a range such as 1s..3s, found a list.
    when
      3:30: faults[0].when: expected a map such as { fact: acquired, nth: 2 }, found the text "leader".
      3:32: faults[0].when.fcat: there is no such key here; did you mean "fact"?
      3:51: faults[0].when.nth: expected a whole number of at least 1, found the number 0.
    before
      3:47: faults[0].before.sync: a moment is one thing, found send and sync; take one of them out.
      3:39: faults[0].before.sync: expected any, as a sync has no name, found the text "log".
      3:51: faults[0].before.by: "nobody" is no node, role or selector of this cluster; expected one of n1, server, n2, n3, c1, c2, c3, leader, any.
    after
      3:30: faults[0].after: expected a moment such as { send: commit, nth: 2 }, or every effect, found the text "every efect"; did you mean "every effect"?
      3:48: faults[0].after.nth: the range 3..1 is upside down; did you mean 1..3?
      3:45: faults[0].before: an item has one word that says when it happens, found after and before; take one of them out.
    for
      3:29: faults[0].for: the range 2s..1s is upside down; did you mean 1s..2s?
      3:29: faults[0].for: expected a duration such as 500ms, or a range such as 1s..3s, found the text "ever".
      3:44: faults[0].for: operate happens at one moment and lasts for nothing; take the key out.
    name
      3:18: faults[0].name: expected a name of letters, digits and dashes that begins with a letter, found the text "1st".
      3:18: faults[0].name: expected a name without a dot, found "nap.2"; a dot and a number mark one of many in an explicit scenario.
      3:45: faults[1].name: the fault on line 3 is called "nap" too; give this one a name of its own.
    "
  `);
});

const module: OwnModules = {
  "./my/protocol.ts": { protocol: { ...all, workloads: ["mine", "key-value"], selectors: {} } },
  "./my/workload.ts": { workload: { ...small.workloads[0]!, name: "mine" } },
  "./my/fault.ts": { fault: faults.find(({ word }) => word === "slow")! },
  "./my/selector.ts": { selector: { states: "who writes", track: () => expect.fail() } },
  "./my/check.ts": { invariant: { name: "few", states: "few writes", monitor: () => expect.fail() } },
};
/** As it stands in the file; the module is named from the working directory. */
const mine = (kind: string): string => `../my/${kind}.ts`;

const own: Readonly<Record<string, Kind>> = {
  protocol: [of(mine("protocol")), of(mine("protocl")), of(mine("workload")), of(mine("protocol"), "nodes: 2")],
  workload: [
    of(mine("protocol"), `workload: { ${mine("workload")}: { within: 8s } }`),
    of("all", `workload: { ${mine("workload")}: { within: 8s } }`),
    of(mine("protocol"), `workload: { ${mine("fault")}: { within: 8s } }`),
    of(mine("protocol"), `workload: { ${mine("workload")}: { wihtin: 8s } }`),
  ],
  fault: [
    item(`${mine("fault")}: any, extra: 5ms`),
    item(`${mine("selector")}: any`),
    item(`${mine("fault")}: n9`),
    item(`${mine("fault")}: any, exrta: 5ms`),
  ],
  selector: [
    item(`pause: ${mine("selector")}`),
    item(`pause: ${mine("check")}`),
    item(`pause: ${mine("selectr")}`),
    item(`hold: ${mine("selector")} -> n1`),
  ],
  check: [
    lines(`check: [${mine("check")}]`, `expect: { violation: ${mine("check")} }`),
    lines(`check: [${mine("selector")}]`),
    lines(`check: linearizable`, `expect: { violation: ${mine("check")} }`),
    lines(`check: [${mine("check")}, ${mine("check")}]`),
  ],
};

test("everything of the user's own, by path", () => {
  const names = Object.fromEntries(Object.keys(module).map((name) => [`.${name}`, name]));
  const files = { url: "", sha256: "", names: { "x.yaml": names } };
  expect(said(own, withOwn(catalogue, files, module))).toMatchInlineSnapshot(`
    "
    protocol
      1:11: protocol: expected one of all, piped, commit, ./my/protocol.ts, found the text "../my/protocl.ts"; did you mean "./my/protocol.ts"?
      1:11: protocol: expected one of all, piped, commit, ./my/protocol.ts, found the text "./my/workload.ts".
      3:8: nodes: ./my/protocol.ts needs at least 3 nodes, found 2.
    workload
      2:13: workload[../my/workload.ts]: all does not serve the workload ./my/workload.ts; expected one of key-value, log.
      2:13: workload[../my/fault.ts]: there is no such key here; it belongs to "faults", as an item of that list.
      2:34: workload[../my/workload.ts].wihtin: there is no such key here; did you mean "within"?
    fault
      3:12: faults[0][../my/selector.ts]: there is no fault "./my/selector.ts"; expected one of bandwidth, bias, bit-rot, clock-drift, clock-freeze, clock-jump, clock-offset, corrupt, crash, crash-loop, disconnect, duplicate, equivocate, full-disk, half-open, hold, jam, loss, lost-sync, old-disk, operate, partition, pause, read-error, reorder, replay, resubmit, rolling-restart, slow, slow-lane, slow-link, slow-sync, swizzle, torn-write, ./my/fault.ts.
      3:28: faults[0][../my/fault.ts]: "n9" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, ./my/selector.ts, server, any, one, minority, majority, all, one client, zone.
      3:33: faults[0].exrta: there is no such key here; did you mean "extra"?
    selector
      3:19: faults[0].pause: "./my/check.ts" is no node, role or selector of this cluster; expected one of n1, n2, n3, c1, c2, c3, leader, ./my/selector.ts, server, any, one, minority, majority, all, one client, zone.
      3:19: faults[0].pause: "../my/selectr.ts" is no node, role or selector of this cluster; did you mean "./my/selector.ts"?
      3:18: faults[0].hold: there is no node "../my/selector.ts" in this cluster; expected one of n1, n2, n3, c1, c2, c3, server.
    check
      3:9: check[0]: there is no check "./my/selector.ts"; expected one of linearizable, invariants, election safety, ./my/check.ts.
      4:22: expect.violation: "./my/check.ts" does not judge this scenario; add it to "check".
      3:25: check[1]: "./my/check.ts" stands here twice; name it once.
    "
  `);
});

describe("every workload", () => {
  const wrong = ["{ within: 0s, operations: 5 }", "{ within: 5 }", "{ within: 5s, operatoins: 5 }", "many"];
  const given = { ...catalogue, workloads, protocols: [{ ...all, workloads: workloads.map(({ name }) => name) }] };
  test.each(workloads.map(({ name }) => name))("%s", (name) => {
    const count = name === "bank" ? "transfers" : "operations";
    expect(complaints(lines(`workload: { ${name}: { ${count}: 5, within: 5s } }`), given)).toContain("loaded: ");
    for (const settings of wrong) {
      const told = complaints(lines(`workload: { ${name}: ${settings} }`), given);
      for (const line of told.split("\n"))
        expect(line).toMatch(new RegExp(`^2:\\d+: workload\\.${name}.*\\.$|did you mean .*\\?$`));
    }
  });
});
