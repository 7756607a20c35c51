/** A small catalogue for the tests of this room: it has one of everything, and nothing in it ever runs. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../../check/model.ts";
import type { Cluster, Fault, Params, Problem } from "../../faults/fault.ts";
import type { Invariant, Protocol } from "../../protocol.ts";
import { formatUs, parseDuration, parseRange } from "../../sim/units.ts";
import { duration, durations } from "../../sim/units-schema.ts";
import type { Op, PlannedOperation, Workload } from "../../workloads/workload.ts";
import type { Catalogue } from "../catalogue.ts";

function never(): never {
  throw new Error("nothing of the test catalogue runs");
}

const safety: Invariant = { name: "election safety", states: "at most one leader a term", monitor: never };

const paxos: Protocol = {
  name: "paxos",
  description: "one role, options of every kind",
  paper: "none",
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 3, max: 9, spares: true }],
  workloads: ["key-value", "log"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1_500, retry: true },
  options: {
    batching: { default: false, doc: "several at once" },
    window: { default: 8, doc: "how many are open", min: 1 },
    heartbeat: { default: "100ms", doc: "how often" },
    election: { default: "300ms..600ms", doc: "how long to wait" },
    reads: { default: "log", doc: "how reads are served", choices: ["log", "lease"] },
  },
  tolerates: () => ({ wiped: 0 }),
  create: never,
  invariants: [safety],
  selectors: { leader: { states: "who leads", track: never } },
  goals: ["second leader elected", "request redirected"],
  orders: { "add-server": { doc: "a spare becomes a member" }, "hand-over": { doc: "the leader makes room for another" } },
  mutants: [
    { name: "vote-not-persisted", id: "R02", breaks: "forgets its vote", create: never },
    { name: "local-reads", breaks: "answers reads by itself", create: never },
  ],
};

const commit: Protocol = {
  ...paxos,
  name: "commit",
  description: "two roles, no invariants",
  roles: [
    { name: "coordinator", default: 1, min: 1, max: 1 },
    { name: "participant", default: 3, min: 2 },
  ],
  workloads: ["log"],
  options: {},
  invariants: [],
  selectors: {},
  orders: {},
  goals: [],
  mutants: [],
};

const settings = z.strictObject({
  operations: z.int().min(1).default(60).describe("how many"),
  within: duration.describe("in how long"),
  keys: z.int().min(1).default(3).describe("on how many keys"),
  mix: z
    .strictObject({ read: z.int().min(0), write: z.int().min(0) })
    .default({ read: 1, write: 1 })
    .describe("in which proportion"),
});
type Settings = z.infer<typeof settings>;

/** Operations as a workload makes them: the count as stated, sorted by time, without bias. */
function operations(
  { operations, within, keys }: Settings,
  clients: readonly string[],
): fc.Arbitrary<readonly PlannedOperation[]> {
  const one = fc.tuple(
    fc.integer({ min: 0, max: parseDuration(within)! }),
    fc.constantFrom(...clients),
    fc.constantFrom("read", "write"),
    fc.integer({ min: 1, max: keys }),
  );
  return fc.array(one, { minLength: operations, maxLength: operations, size: "max" }).map((drawn) =>
    drawn
      .sort(([a], [b]) => a - b)
      .map(([atUs, client, f, key], i): PlannedOperation => {
        const op: Op = f === "read" ? { f, key: `k${key}` } : { f, key: `k${key}`, value: i };
        return { id: `o${i + 1}`, client, atUs, op };
      }),
  );
}

const register: Model<unknown, Op, unknown> = { name: "register", init: 0, step: never };

const keyValue: Workload<Settings> = {
  name: "key-value",
  doc: "reads and writes",
  schema: settings,
  withinUs: ({ within }) => parseDuration(within)!,
  check: ({ mix }) =>
    mix.read + mix.write > 0 ? [] : [{ path: ["mix"], message: "nothing is in the mix; give read or write a share" }],
  draw: operations,
  probes: () => [],
  model: register,
  simpler: () => [],
  history: never,
  describe: never,
};

const { model: _none, ...unjudged } = keyValue;
const log: Workload<Settings> = { ...unjudged, name: "log", doc: "appends; has no model" };

const unknownNode = (node: string, cluster: Cluster): Problem[] =>
  ["any", ...cluster.selectors, ...cluster.servers.map(({ id }) => id)].includes(node)
    ? []
    : [{ path: ["crash"], message: `there is no node "${node}"` }];

type Crash = { crash: string | number | string[]; loss?: string | undefined };
type CrashParams = { readonly nodes: readonly string[]; readonly loss?: string };

const crash: Fault<Crash, CrashParams> = {
  word: "crash",
  doc: "A node stops, and forgets what it had not synced.",
  effect: "a node was really up",
  lasts: "for",
  schema: z.strictObject({
    crash: z.union([z.string(), z.int().min(1), z.array(z.string()).min(1)]).describe("who"),
    loss: z.string().optional().describe("how much of its disk is lost; called like another fault, on purpose"),
  }),
  check: ({ crash }, cluster) => {
    if (typeof crash === "string") return unknownNode(crash, cluster);
    if (typeof crash === "object" || crash <= cluster.servers.length) return [];
    return [
      {
        path: ["crash"],
        message: `${crash} nodes cannot crash in a cluster of ${cluster.servers.length}; write a smaller number`,
      },
    ];
  },
  draw: ({ crash, loss }, cluster) => {
    const servers = cluster.servers.map(({ id }) => id);
    const extra = loss === undefined ? {} : { loss };
    if (typeof crash === "number")
      return fc.subarray(servers, { minLength: crash, maxLength: crash }).map((nodes) => ({ nodes, ...extra }));
    if (typeof crash === "object") return fc.constant({ nodes: crash, ...extra });
    return (crash === "any" ? fc.constantFrom(...servers) : fc.constant(crash)).map((node) => ({ nodes: [node], ...extra }));
  },
  explicit: ({ nodes, loss }) => ({ crash: [...nodes], ...(loss === undefined ? {} : { loss }) }),
  simpler: () => [],
  without: (params) => params,
  begin: never,
};

type Loss = { loss: string; on: string };
const loss: Fault<Loss, Loss> = {
  ...(crash as unknown as Fault<Loss, Loss>),
  word: "loss",
  doc: "Messages are lost.",
  schema: z.strictObject({ loss: z.string().describe("how many"), on: z.string().default("every link").describe("which links") }),
  check: () => [],
  draw: (item) => fc.constant(item),
  explicit: (params) => params,
};

type Jump = { "clock-jump": string; by: string };
type JumpParams = { readonly node: string; readonly byUs: number };

const jump: Fault<Jump, JumpParams> = {
  ...(crash as unknown as Fault<Jump, JumpParams>),
  word: "clock-jump",
  doc: "The wall clock of a node jumps.",
  lasts: "moment",
  schema: z.strictObject({ "clock-jump": z.string().describe("whose"), by: durations.describe("how far") }),
  check: () => [],
  draw: ({ "clock-jump": node, by }) => {
    const { minUs: min, maxUs: max } = parseRange(by)!;
    return fc.integer({ min, max }).map((byUs) => ({ node, byUs }));
  },
  explicit: ({ node, byUs }) => ({ "clock-jump": node, by: formatUs(byUs) }),
};

/** A registry holds many kinds of one thing; each came through its own types once. */
const asFault = <Item, P extends Params>(fault: Fault<Item, P>): Fault => fault as unknown as Fault;
const asWorkload = <S>(workload: Workload<S>): Workload => workload as unknown as Workload;

export const catalogue: Catalogue = {
  protocols: [paxos, commit],
  workloads: [asWorkload(keyValue), asWorkload(log)],
  faults: [asFault(crash), asFault(loss), asFault(jump)],
};

/** A scenario with something under every key. */
export const good = `# a comment
description: the old leader must not answer
protocol: paxos
mutant: R02
options: { batching: true, window: 4, heartbeat: 50ms, election: 200ms..400ms, reads: lease }
nodes: 5
clients: { count: 4, target: any, try: 200ms, timeout: 1s, retry: false }
workload:
  key-value: { operations: 60, within: 8s, keys: 2 }
network:
  latency: 1ms..15ms
  loss: 1%
  duplicate: 0.1%
faults:
  - name: nap
    crash: any
    at: 1s..3s
    for: 2s..4s
  - { crash: 2, every: 2s..4s, for: 500ms..2s }
  - { loss: 5%, at: 2s }
  - { clock-jump: n1, by: 200ms, every: 1s }
settle: 4s
check: [linearizable, invariants]
expect: { violation: election safety, within: 100 runs }
require: { answered: 80% }
runs: 500
`;

/** Several scenarios in one file, with moments, goals and limits. */
export const several = `protocol: paxos
workload: { key-value: { within: 8s, keys: 2 } }
faults:
  - { name: nap, crash: leader, before: { send: commit, nth: 1..3, by: n2 }, for: 1s }
  - { name: gone, crash: n1, after: every effect }
reach: [request redirected]
limits: { failover.p95: 2s, messages: 40 }
runs: 50
matrix: { nodes: [3, 5], options: { batching: [true, false] } }
cases:
  right: { expect: valid, faults: { nap: { at: 1s..2s } } }
  wrong: { mutant: R02, check: [election safety], expect: { violation: invariants, within: 20 runs } }
`;
