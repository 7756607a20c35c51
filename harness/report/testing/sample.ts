/**
 * A small run made by hand, for the tests of this room: three nodes, two clients, a leader that is cut off and answers a stale
 * read, a follower that crashes meanwhile. Long enough that every kind of record occurs.
 */

import type { Campaign, Failure, RecordedOperation, Suite, TracedRun, Violation } from "../../run/run.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import type { Op } from "../../workloads/workload.ts";
import { noPage, noPaint, type Setting, type Words } from "../reporter.ts";

/** Distributes over the union, which the built-in Omit does not. */
type Bare<T> = T extends unknown ? Omit<T, "n" | "atUs" | "node" | "cause"> : never;

/** Numbers the records of a trace made by hand: [time in us, node, what happened, cause]. */
export function traceOf(records: readonly (readonly [number, string, Bare<TraceRecord>, number?])[]): TraceRecord[] {
  return records.map(([atUs, node, own, cause = 0], index) => ({ n: index + 1, atUs, node, cause, ...own }) as TraceRecord);
}

/** A register with a key, as its workload would put it. */
export const words: Words = {
  history(op, result) {
    const { key, value } = op as Op & { key: string; value?: unknown };
    if (op.f === "read") return { f: "read", key, value: result ?? null, ok: true };
    return { f: op.f, key, value, ok: op.f !== "cas" || result !== false };
  },
  describe(op, result) {
    const { key, value } = op as Op & { key: string; value?: unknown };
    if (op.f === "read") return result === undefined ? `read ${key}` : `read ${key} -> ${result}`;
    return result === undefined ? `${op.f} ${key} = ${value}` : `${op.f} ${key} = ${value} -> ok`;
  },
};

const write1: Op = { f: "write", key: "x", value: 1 };
const write2: Op = { f: "write", key: "x", value: 2 };
const read: Op = { f: "read", key: "x" };
const request = (op: Op, serial: number): object => ({ id: `c1-${serial}`, client: "c1", serial, op });
const heartbeat = { type: "Heartbeat", term: 1n };
const lonely = ["lonely-leader"];

export const trace: readonly TraceRecord[] = traceOf([
  [0, "n1", { kind: "start" }],
  [0, "n2", { kind: "start" }],
  [0, "n3", { kind: "start" }],
  [12_000, "n1", { kind: "timer", name: "election" }],
  [12_000, "n1", { kind: "write", record: "term", value: 1 }, 4],
  [12_000, "n1", { kind: "sync" }, 4],
  [12_000, "n1", { kind: "send", channel: "message", to: "n2", message: heartbeat, fate: "sent" }, 4],
  [12_000, "n1", { kind: "send", channel: "message", to: "n3", message: heartbeat, fate: "doubled" }, 4],
  [13_500, "n2", { kind: "deliver", channel: "message", from: "n1", message: heartbeat }, 7],
  [13_700, "n3", { kind: "deliver", channel: "message", from: "n1", message: heartbeat }, 8],
  [13_700, "n1", { kind: "fact", name: "leader", data: { term: 1 } }],
  [13_700, "n1", { kind: "goal", name: "leader elected" }],
  [20_000, "c1", { kind: "invoke", op: "o1", process: 0, input: write1 }],
  [20_000, "c1", { kind: "send", channel: "request", to: "n1", message: request(write1, 1), fate: "sent" }, 13],
  [21_000, "n1", { kind: "deliver", channel: "request", from: "c1", message: request(write1, 1) }, 14],
  [21_000, "n1", { kind: "append", log: "log", index: 0, value: { term: 1, op: write1 } }, 15],
  [
    22_000,
    "n1",
    { kind: "send", channel: "answer", to: "c1", message: { kind: "ok", request: "c1-1", result: null }, fate: "sent" },
    15,
  ],
  [23_250, "c1", { kind: "deliver", channel: "answer", from: "n1", message: { kind: "ok", request: "c1-1", result: null } }, 17],
  [23_250, "c1", { kind: "return", op: "o1", process: 0, outcome: "ok", output: null }, 18],
  [100_000, "", { kind: "fault", id: "lonely-leader", phase: "begin", what: "partition n1 | n2 n3" }],
  [110_000, "n1", { kind: "send", channel: "message", to: "n2", message: heartbeat, fate: "cut", by: lonely }],
  [110_000, "n1", { kind: "send", channel: "message", to: "n3", message: heartbeat, fate: "held", by: lonely }],
  [120_000, "n1", { kind: "send", channel: "message", to: "n2", message: heartbeat, fate: "cut", by: lonely }],
  [130_000, "", { kind: "fault", id: "crash-1", phase: "begin", what: "crash n3" }],
  [130_000, "n3", { kind: "crash", lost: 1, torn: 0, cut: { handler: "message Append", after: 1, of: 3 }, by: "crash-1" }],
  [131_000, "n3", { kind: "drop", channel: "message", from: "n2", message: heartbeat, why: "down" }],
  [140_000, "c2", { kind: "invoke", op: "o2", process: 1, input: write2 }],
  [150_000, "", { kind: "fault", id: "crash-1", phase: "end", what: "restart n3" }],
  [150_000, "n3", { kind: "restart" }],
  [160_000, "n2", { kind: "pause" }],
  [165_000, "n2", { kind: "resume" }],
  [170_000, "n2", { kind: "fact", name: "leader", data: { term: 2 } }],
  [171_000, "n2", { kind: "log", message: "won with 2 votes", data: { term: 2n } }],
  [180_000, "c2", { kind: "return", op: "o2", process: 1, outcome: "ok", output: null }],
  [190_000, "c2", { kind: "invoke", op: "o3", process: 1, input: { f: "write", key: "x", value: 3 } }],
  [200_000, "c1", { kind: "invoke", op: "o4", process: 0, input: read }],
  [203_000, "c1", { kind: "return", op: "o4", process: 0, outcome: "ok", output: 1 }],
  [240_000, "c2", { kind: "return", op: "o3", process: 1, outcome: "info" }],
  [300_000, "", { kind: "fault", id: "lonely-leader", phase: "end", what: "healed" }],
  [300_000, "", { kind: "heal" }],
  [300_000, "n3", { kind: "deliver", channel: "message", from: "n1", message: heartbeat }, 22],
]);

const asked = (id: string, client: string, process: number, input: Op, invoked: number, invokedAtUs: number) =>
  ({ id, client, process, input, invoked, invokedAtUs }) as const;

export const history: readonly RecordedOperation[] = [
  { ...asked("o1", "c1", 0, write1, 0, 20_000), outcome: "ok", output: null, returned: 1, returnedAtUs: 23_250 },
  { ...asked("o2", "c2", 1, write2, 2, 140_000), outcome: "ok", output: null, returned: 3, returnedAtUs: 180_000 },
  {
    ...asked("o3", "c2", 1, { f: "write", key: "x", value: 3 }, 4, 190_000),
    outcome: "info",
    output: undefined,
    returned: Number.POSITIVE_INFINITY,
    returnedAtUs: Number.POSITIVE_INFINITY,
    infoAtUs: 240_000,
    infoAt: 7,
    reason: "no answer within 50 ms",
  },
  { ...asked("o4", "c1", 0, read, 5, 200_000), outcome: "ok", output: 1, returned: 6, returnedAtUs: 203_000 },
];

export const violation: Violation = {
  family: "linearizable",
  check: "linearizable",
  sentence: "c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so.",
  atUs: 203_000,
};

export const run: TracedRun = {
  seed: 408,
  digest: "0123456789abcdef",
  verdict: "invalid",
  violation,
  events: 41,
  messages: 9,
  post: { sent: 9, delivered: 6, lost: 0, cut: 1 },
  figures: { failover: [], unavailable: [30_000], latency: [3_250, 3_000], messages: [3] },
  samples: [],
  states: [],
  virtualUs: 300_000,
  operations: { asked: 4, ok: 3, fail: 0, info: 1 },
  effects: { "lonely-leader": 3, "crash-1": 1 },
  goals: ["leader elected"],
  plan: {
    operations: [
      { id: "o1", client: "c1", atUs: 20_000, op: write1 },
      { id: "o2", client: "c2", atUs: 140_000, op: write2 },
      { id: "o3", client: "c2", atUs: 190_000, op: { f: "write", key: "x", value: 3 } },
      { id: "o4", client: "c1", atUs: 200_000, op: read },
    ],
    faults: [
      { id: "lonely-leader", fault: "partition", atUs: 100_000, forUs: 200_000, params: {} },
      { id: "crash-1", fault: "crash", atUs: 130_000, forUs: 20_000, params: {} },
    ],
    healAtUs: 300_000,
  },
  history,
  trace,
};

export const scenario: Scenario = {
  file: "scenarios/mutants/raft-local-reads.yaml",
  name: "mutants/raft-local-reads",
  description: "the old leader must not answer a stale read",
  protocol: "raft",
  mutant: "local-reads",
  options: { heartbeat: 100, election: { min: 300, max: 600 } },
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "node" })),
  clients: ["c1", "c2"],
  policy: { target: "leader", tryMs: 50, timeoutMs: 50, retry: false },
  workload: { name: "register", settings: { operations: 4 } },
  weather: { latency: { kind: "constant", us: 1000 }, lossPpm: 0, duplicatePpm: 0 },
  faults: [],
  settleUs: 1_000_000,
  check: ["linearizable", "invariants"],
  expect: { kind: "valid" },
  require: { answeredPpm: 800_000 },
  reach: [],
  limits: [],
  runs: 500,
  line: 2,
};

export const failure: Failure = {
  seed: 408,
  foundDigest: "aaaaaaaaaaaaaaaa",
  violation,
  scenario: { ...scenario, explicit: { seed: 408, plan: run.plan } },
  run,
  before: { nodes: 5, clients: 4, operations: 47, faults: 9, events: 12_000 },
  after: { nodes: 3, clients: 2, operations: 4, faults: 2, events: 41 },
  shrinkRuns: 212,
  minimal: true,
  signature: "linearizable; without a crash; led to by client return < client answer ok < server request",
  necessity: [
    { part: "fault lonely-leader", what: "partition: leader", needed: true, without: "no violation" },
    { part: "length of lonely-leader", what: "200ms; tried with 100ms", needed: false, without: "still fails" },
    {
      part: "operation o2",
      what: "c2: write x = 2",
      needed: true,
      without: "another violation, of liveness: c1 was not answered",
    },
  ],
  noReturn: {
    prefixes: [
      { handlers: 0, atUs: 0, failed: 3, of: 20 },
      { handlers: 4, atUs: 102_000, failed: 12, of: 100 },
      { handlers: 5, atUs: 180_000, failed: 100, of: 100 },
      { handlers: 9, atUs: 203_000, failed: 20, of: 20 },
    ],
    jump: { n: 34, atUs: 180_000, before: { failed: 12, of: 100 }, after: { failed: 100, of: 100 } },
    runs: 240,
  },
  otherSeeds: [412, 433],
};

export const violated: Campaign = {
  scenario,
  baseSeed: 401,
  verdict: "violation",
  reason: violation.sentence,
  runs: 500,
  valid: 497,
  invalid: 3,
  unknown: 0,
  events: 1_000_000,
  virtualUs: 5_000_000_000,
  operations: { asked: 23_500, ok: 21_000, fail: 880, info: 1620 },
  effects: {
    "lonely-leader": { planned: 500, effective: 497, effects: 12_345 },
    "crash-1": { planned: 800, effective: 790, effects: 1500 },
  },
  goals: { "leader elected": 500, "second leader elected": 0 },
  figures: {},
  metrics: {
    messages: { sent: 250_000, delivered: 240_000, lost: 2_500, cut: 7_500 },
    latency: { count: 21_000, p50: 11_200, p95: 58_000, p99: 410_000, max: 1_310_000 },
    failover: { count: 990, p50: 310_000, p95: 900_000, p99: 1_400_000, max: 2_400_000 },
    unavailable: { count: 500, p50: 120_000, p95: 800_000, p99: 1_200_000, max: 2_400_000 },
  },
  failures: [failure],
  distinct: { count: 498, exact: true },
  digest: "fedcba9876543210",
  timing: { wallMs: 3210, workers: 2 },
};

/** The same find in a scenario that expected it. */
export const expected: Campaign = {
  ...violated,
  scenario: { ...scenario, expect: { kind: "violation", check: "linearizable", within: 100 } },
  verdict: "as expected",
  reason: "the violation was found",
  runs: 8,
};

/** A campaign in which nothing went wrong. */
export const valid: Campaign = {
  ...violated,
  scenario: { ...scenario, file: "scenarios/abd.yaml", name: "abd", protocol: "abd-register", description: "ABD" },
  verdict: "as expected",
  reason: "all 500 runs are valid",
  valid: 500,
  invalid: 0,
  effects: {},
  goals: {},
  operations: { asked: 1000, ok: 1000, fail: 0, info: 0 },
  failures: [],
  timing: { wallMs: 990, workers: 2 },
};

/** A scenario of another name, and what came of it. */
function other(name: string, own: Partial<Campaign>): Campaign {
  const { expect = violated.scenario.expect, ...rest } = own.scenario ?? violated.scenario;
  const failures = (own.failures ?? []).map((one) => ({ ...one }));
  return { ...valid, ...own, failures, scenario: { ...rest, expect, file: `scenarios/${name}.yaml`, name, line: 3 } };
}

const findIt = { ...scenario, expect: { kind: "violation", check: "linearizable", within: 500 } } as const;

/** A failure that the baseline knows. */
const knownFailure: Campaign = other("raft-known", { ...violated });

/** Every verdict, a known failure, one that is fixed, and a scenario that did not get its turn; with the characters that formats trip over. */
export const everything: Suite = {
  campaigns: [
    valid,
    { ...expected, failures: [{ ...failure }], scenario: { ...expected.scenario, case: "expects, it: 50% #1" } },
    violated,
    knownFailure,
    other("never|found", {
      scenario: findIt,
      verdict: "not found",
      reason: "expected a violation of linearizable within 500 runs, but 500 runs found none",
    }),
    other("raft-idle", {
      verdict: "inconclusive",
      reason: "only 10 of 1000 operations (1%) were answered, and the scenario requires 80%",
    }),
    other("raft-long", {
      verdict: "unknown",
      valid: 499,
      unknown: 1,
      reason: "1 of 500 runs could not be judged; the first is seed 7: the budget of <events> ran out",
    }),
    other("raft-cut", {
      verdict: "interrupted",
      runs: 3,
      valid: 3,
      reason: "interrupted after 3 of 500 runs, without a violation until then",
    }),
  ],
  baseSeed: 401,
  interrupted: true,
  notRun: [{ ...scenario, file: "scenarios/zab.yaml", name: "zab", description: "ZAB" }],
};

export const suite: Suite = { campaigns: [valid, violated], baseSeed: 401, interrupted: false };

export const setting: Setting = {
  words: () => words,
  yaml: ({ name, explicit }) => `# ${name}\nformat: 1\nseed: ${explicit?.seed}\n`,
  demands: () => undefined,
  breaks: () => undefined,
  page: noPage,
  out: "reports",
  paint: noPaint,
};

/** As a user's who has a baseline. */
export const withBaseline: Setting = {
  ...setting,
  baseline: {
    file: "scenarios/baseline.json",
    known: new Set([knownFailure]),
    fixed: [{ scenario: "abd", verdict: "violation", check: "invariant/election safety" }],
  },
};
