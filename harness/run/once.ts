/** One run: scenario + seed (+ plan) -> Run. Pure: start, chaos, heal, settle, judge. */

import { checkLinearizable } from "../check/index.ts";
import type { Fault, Params, PlannedMoment } from "../faults/fault.ts";
import type { Invariant, Mutant, NodeId, Protocol, Tolerance } from "../protocol.ts";
import type { Catalogue } from "../scenario/index.ts";
import { inWords, planDrawer, planSource, protocolOf, type StrategyName, usualStrategy, workloadOf } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import {
  type Budgets,
  type ClientOperation,
  Cluster,
  type Mutation,
  type MutationSeen,
  parseMutation,
  roots,
  type Scout,
  type Survey,
  setGuards,
} from "../sim/index.ts";
import { formatUs } from "../sim/units.ts";
import type { Op, Workload } from "../workloads/workload.ts";
import { figuresOf } from "./figures.ts";
import type { RecordedOperation, Run, TracedRun, Violation } from "./run.ts";
import { type Planner, planner, strategyRoot } from "./strategies/index.ts";
import { Census, type Profile } from "./strategies/profile.ts";
import type { Site } from "./strategies/strategy.ts";

/** A scenario with everything looked up, ready for many runs. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly protocol: Protocol;
  readonly mutant: Mutant | undefined;
  /** The scenario's, if it names one. */
  readonly mutation: Mutation | undefined;
  readonly workload: Workload;
  readonly faults: ReadonlyMap<string, Fault>;
  readonly invariants: readonly Invariant[];
  readonly linearizable: boolean;
  /** The plan of a seed: drawn, or the explicit one. */
  plan(seed: number): Plan;
  /** How much of all schedules these runs are, where the strategy knows. */
  covered(baseSeed: number, runs: number): string | undefined;
}

export interface RunOptions {
  /** Instead of the seed's own. */
  readonly plan?: Plan;
  readonly budgets?: Budgets;
  /** Whether a trace names the lines of protocol code that its effects come from; default true. */
  readonly sites?: boolean;
  /** Whether a trace keeps what nodes show of their state; default true. */
  readonly states?: boolean;
  readonly beat?: Beat;
  /** Told before each handler, with the world: for whoever changes its chance from there on, or counts what has happened. */
  readonly step?: (event: number, world: Cluster) => void;
  /** Told of every handler, in a bare run too. */
  readonly scout?: Scout;
  /** Takes stock of the nodes' outside acts. */
  readonly survey?: Survey;
  /** The bug that is planted in the nodes, instead of the scenario's own, if any. */
  readonly mutation?: Mutation;
}

/** Told before each event, for the watchdog in another thread. */
export type Beat = (event: number, node: number, atUs: number) => void;
export type Beating = Pick<RunOptions, "beat">;

/** Steps that the checkers may take for one run. */
const checkingSteps = 2_000_000;

export function prepare(scenario: Scenario, catalogue: Catalogue): Prepared {
  const protocol = protocolOf(scenario, catalogue);
  const workload = workloadOf(scenario, catalogue);
  const mutant =
    scenario.mutant === undefined ? undefined : need(protocol.mutants, scenario.mutant, `mutant of ${protocol.name}`);
  const draw = planDrawer(scenario, catalogue);
  const drawn = (seed: number): Plan => draw(roots(rootSeed(scenario, seed)).plan, enumerated(seed));
  const prepared: Prepared = {
    scenario,
    protocol,
    mutant,
    mutation: scenario.mutation === undefined ? undefined : parseMutation(scenario.mutation),
    workload,
    faults: new Map(catalogue.faults.map((fault) => [fault.word, fault])),
    invariants: [
      ...protocol.invariants.filter(({ name }) => scenario.check.includes("invariants") || scenario.check.includes(name)),
      ...(catalogue.invariants ?? []).filter(({ name }) => scenario.check.includes(name)),
    ],
    linearizable: scenario.check.includes("linearizable") && workload.model !== undefined,
    plan: (seed) => scenario.explicit?.plan ?? plans.plan(seed),
    covered: (baseSeed, runs) => plans.covered?.(baseSeed, runs),
  };
  let profile: Profile | undefined;
  const site: Site = {
    scenario,
    source: planSource(scenario, catalogue),
    profile: () => {
      // What a planted bug does has no part in how runs are planned: they are compared with those without it.
      profile ??= takeStock(unplanted(prepared), drawn);
      return profile;
    },
    dry: (seed, plan, scout) => void runOnce(prepared, seed, { plan, scout }),
  };
  const plans: Planner = planner(strategyOf(scenario), site, drawn);
  return prepared;
}

/** The protocol without the bug that was planted in it. */
export function unplanted(prepared: Prepared): Prepared {
  return { ...prepared, mutant: undefined, mutation: undefined };
}

/**
 * How schedules of a scenario are searched. What is written out, or goes through all effects in turn, leaves nothing to be searched; and
 * limits are about what the scenario itself draws, so where they are judged nothing else is drawn, unless the scenario says so.
 */
export function strategyOf(scenario: Scenario): StrategyName {
  if (scenario.explicit !== undefined || enumerates(scenario)) return "random";
  const measured = scenario.limits.length > 0 && scenario.expect.kind === "valid";
  return scenario.strategy ?? (measured ? "random" : usualStrategy);
}

/** Dry runs that a profile is made of: few, as each costs as much as a run that may find something. Their seeds are nobody else's. */
const dryRuns = 4;
const drySeed = -1_000;

function takeStock(prepared: Prepared, drawn: (seed: number) => Plan): Profile {
  const census = new Census();
  for (let i = 0; i < dryRuns; i++) {
    const seed = drySeed - i;
    runOnce(prepared, seed, { plan: drawn(seed), scout: census.begin() });
  }
  return census.profile();
}

/** Seeds of one enumeration: they share their plan and their weather, and each tries another effect. */
const enumeration = 1_000;

/** Whether a fault of the scenario is tried at every effect, one run each. */
export function enumerates(scenario: Scenario): boolean {
  return scenario.faults.some(({ when }) => "enumerate" in when);
}

/** The seed that chance is rooted in. An enumeration counts effects along its seeds, so a thousand of them have one root. */
export function rootSeed(scenario: Scenario, seed: number): number {
  if (scenario.explicit !== undefined) return scenario.from === undefined ? scenario.explicit.seed : seed;
  return enumerates(scenario) ? Math.floor((seed - 1) / enumeration) + 1 : strategyRoot(strategyOf(scenario), seed);
}

/** Which effect this seed of an enumeration tries, from 1. */
function enumerated(seed: number): number {
  return ((((seed - 1) % enumeration) + enumeration) % enumeration) + 1;
}

function need<T extends { readonly name: string }>(list: readonly T[], name: string, kind: string): T {
  const found = list.find((item) => item.name === name);
  if (found === undefined)
    throw new Error(`no ${kind} is called "${name}"; a scenario must be loaded with the catalogue that it is run with`);
  return found;
}

/** The bare run: fast, keeps no trace. */
export function runOnce(prepared: Prepared, seed: number, options: RunOptions = {}): Run {
  return play(prepared, seed, options, false).run;
}

/** The bare run of a planted bug, and what became of it there. */
export function runMutated(prepared: Prepared, seed: number, mutation: Mutation, options: RunOptions = {}): MutatedRun {
  const { run, cluster } = play(prepared, seed, { ...options, mutation }, false);
  return { run, seen: cluster.mutationSeen! };
}

export interface MutatedRun {
  readonly run: Run;
  readonly seen: MutationSeen;
}

/** The same run with everything kept; its digest equals the bare one's. */
export function runTraced(prepared: Prepared, seed: number, options: RunOptions = {}): TracedRun {
  const { run, cluster, plan } = play(prepared, seed, options, true);
  const { trace, samples, nodeStates: states } = cluster;
  return { ...run, plan, history: cluster.operations.map(recorded), trace, samples, states };
}

function play(prepared: Prepared, seed: number, options: RunOptions, trace: boolean): { run: Run; cluster: Cluster; plan: Plan } {
  const { scenario, protocol, mutant } = prepared;
  const mutation = options.mutation ?? prepared.mutation;
  const plan = options.plan ?? prepared.plan(seed);
  const maker = mutant ?? protocol;
  // A mutant of the servers keeps the protocol's own clients.
  const clientMaker = mutant?.createClient === undefined ? protocol : mutant;
  const { step } = options;
  const beat =
    step === undefined
      ? options.beat
      : (event: number, node: number, atUs: number): void => {
          options.beat?.(event, node, atUs);
          step(event, cluster);
        };
  const cluster: Cluster = new Cluster({
    roots: roots(rootSeed(scenario, seed)),
    servers: scenario.servers,
    clients: scenario.clients,
    weather: scenario.weather,
    ...(scenario.streamTimeoutUs === undefined ? {} : { streamTimeoutUs: scenario.streamTimeoutUs }),
    policy: scenario.policy,
    transport: protocol.transport,
    create: (ctx) => maker.create(ctx, scenario.options),
    ...(clientMaker.createClient !== undefined && {
      createClient: (ctx) => clientMaker.createClient!(ctx, scenario.options, scenario.workload.settings, scenario.policy),
    }),
    invariants: prepared.invariants,
    selectors: protocol.selectors ?? {},
    goals: protocol.goals ?? [],
    bears: bearsOf(prepared, plan),
    trace,
    ...(options.sites === undefined ? {} : { sites: options.sites }),
    ...(options.states === undefined ? {} : { states: options.states }),
    ...(options.budgets === undefined ? {} : { budgets: options.budgets }),
    ...(beat === undefined ? {} : { beat }),
    ...(options.scout === undefined ? {} : { scout: options.scout }),
    ...(options.survey === undefined ? {} : { survey: options.survey }),
    ...(mutation === undefined ? {} : { mutation }),
  });
  const release = setGuards();
  try {
    cluster.boot();
    for (const { id, client, atUs, op } of plan.operations) cluster.offer(atUs, client, id, op);
    const endAll = scheduleFaults(prepared, cluster, plan);
    cluster.runUntil(plan.healAtUs);
    let settled: Settled = { unanswered: [] };
    if (cluster.stop === undefined) {
      endAll();
      cluster.heal();
      cluster.dropBacklog();
      settled = settle(prepared, cluster);
      cluster.end();
    }
    return { run: judge(prepared, seed, plan, cluster, settled), cluster, plan };
  } finally {
    cluster.close();
    release();
  }
}

/** Plans each fault's begin and end; returns what ends those that are still on. */
function scheduleFaults(prepared: Prepared, cluster: Cluster, plan: Plan): () => void {
  const on = new Map<string, () => void>();
  for (const { id, fault: word, atUs, forUs, moment, params } of plan.faults) {
    const fault = prepared.faults.get(word);
    if (fault === undefined) throw new Error(`no fault is called "${word}"`);
    const item = fault.explicit(params);
    const end = (): void => {
      const undo = on.get(id);
      if (undo === undefined) return;
      on.delete(id);
      undo();
      cluster.faultRecord(id, "end", word);
    };
    const begin = (): void => {
      if (cluster.healed) return;
      cluster.faultRecord(id, "begin", inWords(item as object));
      on.set(id, fault.begin(cluster, id, params, forUs));
      if (fault.lasts === "moment") on.delete(id);
      else if (forUs !== undefined && fault.forFrom !== "effect") cluster.at(cluster.nowUs + forUs, end);
    };
    fault.prepare?.(cluster, params);
    if (moment === undefined) cluster.at(atUs, begin);
    else cluster.watch(id, moment, whoseMoment(cluster, moment, params), begin);
  }
  return () => {
    for (const { id } of plan.faults) {
      const undo = on.get(id);
      if (undo === undefined) continue;
      on.delete(id);
      undo();
      cluster.faultRecord(id, "end", "");
    }
  };
}

/** Whose doings count for a moment: see PlannedMoment. */
function whoseMoment(cluster: Cluster, { place, by }: PlannedMoment, params: Params): (node: NodeId) => boolean {
  if (by !== undefined) return (node) => node === by || cluster.role(node) === by || node === cluster.select(by);
  const { nodes, select } = params;
  if (place !== "when" && Array.isArray(nodes)) return (node) => nodes.includes(node);
  if (place !== "when" && typeof select === "string") return (node) => node === cluster.select(select);
  return () => true;
}

interface Settled {
  /** From the heal until the last client was answered. */
  readonly tookUs?: number;
  /** Clients that were not, and what they were asking. */
  readonly unanswered: readonly Unanswered[];
}

interface Unanswered {
  readonly client: NodeId;
  readonly asking: string;
  /** When it asked its first fresh operation; undefined when it still waited for an old one. */
  readonly sinceUs: number | undefined;
}

/**
 * Every client asks fresh operations one after the other; one that comes back without an answer is asked again, as a fresh
 * operation, until the time is up. Each of the client's probes must have been answered by then. A run whose end is judged goes on until
 * then in any case, as what must have happened by the end has the same time as the clients.
 */
function settle(prepared: Prepared, cluster: Cluster): Settled {
  const { scenario, workload } = prepared;
  const healUs = cluster.nowUs;
  const { settings } = scenario.workload;
  const left = new Map<NodeId, { round: number; at: number; ops: readonly Op[] }>();
  let tookUs = 0;
  const ask = (client: NodeId): void => {
    const state = left.get(client)!;
    cluster.offer(cluster.nowUs, client, `probe-${client}-${state.round}-${state.at}`, state.ops[state.at]);
  };
  for (const client of scenario.clients) {
    const ops = workload.probes(settings, client, 0);
    if (ops.length === 0) continue;
    left.set(client, { round: 0, at: 0, ops });
  }
  cluster.onReturn = (operation) => {
    const client = operation.client.id;
    const state = left.get(client);
    if (state === undefined || !operation.id.startsWith("probe-")) return;
    if (operation.outcome === "ok") {
      state.at++;
      if (state.at === state.ops.length) {
        left.delete(client);
        tookUs = cluster.nowUs - healUs;
        if (left.size === 0 && !cluster.judgesEnd) cluster.finish();
        return;
      }
    } else {
      state.round++;
      state.ops = workload.probes(settings, client, state.round);
    }
    ask(client);
  };
  for (const client of left.keys()) ask(client);
  if (left.size > 0 || cluster.judgesEnd) cluster.runUntil(healUs + scenario.settleUs);
  if (left.size === 0) return { tookUs, unanswered: [] };
  const since = (client: NodeId): number | undefined =>
    cluster.operations.find(({ id }) => id === `probe-${client}-0-0`)?.invokedAtUs;
  return {
    unanswered: [...left].map(([client, { at, ops }]) => ({
      client,
      asking: workload.describe(ops[at]!, undefined),
      sinceUs: since(client),
    })),
  };
}

function judge(prepared: Prepared, seed: number, plan: Plan, cluster: Cluster, settled: Settled): Run {
  const { scenario, protocol } = prepared;
  const operations = { asked: plan.operations.length, ok: 0, fail: 0, info: 0 };
  let answered = 0;
  for (const { id, outcome } of cluster.operations) {
    if (outcome === "ok") answered++;
    if (id.startsWith("probe-")) continue;
    operations[outcome === "open" ? "info" : outcome]++;
  }
  let violation: Violation | undefined;
  let unknown: string | undefined;
  const destroyed = cluster.destroyedBeyond(bearsOf(prepared, plan));
  const exceeded =
    destroyed === undefined
      ? undefined
      : `more durable state was destroyed than ${protocol.name} states that it bears: of ${members(scenario)} member${members(scenario) === 1 ? "" : "s"}, ${destroyed}`;
  const { stop } = cluster;
  if (stop !== undefined && stop.family !== "budget") {
    const { family, check, sentence, where, atUs } = stop;
    violation = { family, check, sentence: where === undefined ? sentence : `${sentence} (${where})`, atUs };
  } else if (stop !== undefined) unknown = stop.sentence;
  if (violation === undefined && prepared.linearizable) {
    const result = checkLinearizable(cluster.operations.map(judged), prepared.workload.model!, { steps: checkingSteps });
    if (result.verdict === "invalid") {
      const atUs = result.culprit?.returnedAtUs ?? cluster.nowUs;
      violation = {
        family: "linearizable",
        check: "linearizable",
        sentence: result.reason,
        atUs: Number.isFinite(atUs) ? atUs : cluster.nowUs,
      };
    } else if (result.verdict === "unknown") unknown ??= result.reason;
  }
  if (violation === undefined && unknown === undefined && settled.unanswered.length > 0) {
    const sentence = unansweredSentence(settled, scenario, plan);
    if (exceeded !== undefined) unknown = `${sentence}; but ${exceeded}: nothing can be said about liveness`;
    else violation = { family: "liveness", check: "liveness", sentence, atUs: cluster.nowUs };
  }
  if (violation === undefined && answered === 0 && plan.operations.length > 0)
    unknown ??= "no operation was answered in this run, so it shows nothing";
  const effects: Record<string, number> = {};
  for (const { id } of plan.faults) effects[id] = cluster.effectCounts.get(id) ?? 0;
  return {
    seed,
    digest: cluster.digestText(),
    verdict: violation !== undefined ? "invalid" : unknown !== undefined ? "unknown" : "valid",
    ...(violation === undefined ? {} : { violation }),
    ...(violation === undefined && unknown !== undefined ? { unknown } : {}),
    ...(exceeded === undefined ? {} : { exceeded }),
    events: cluster.events,
    messages: cluster.messages,
    post: { sent: cluster.messages, ...cluster.fates },
    virtualUs: cluster.nowUs,
    operations,
    ...(settled.tookUs === undefined ? {} : { settledUs: settled.tookUs }),
    effects,
    goals: [...cluster.goals].sort(),
    figures: figuresOf(cluster.operations, cluster.messages, firstEffects(prepared, plan, cluster), cluster.nowUs),
  };
}

/** When each fault first had an effect, of those that are more than the weather. */
function firstEffects({ faults }: Prepared, plan: Plan, { blame }: Cluster): readonly number[] {
  const ordinary = new Set(plan.faults.filter(({ fault }) => faults.get(fault)?.ordinary).map(({ id }) => id));
  return [...blame.firstAtUs].filter(([id]) => !ordinary.has(id)).map(([, atUs]) => atUs);
}

/** What the group bears at its smallest. */
function bearsOf({ protocol, scenario }: Prepared, { faults }: Plan): Tolerance {
  const shrinks = ({ params }: Plan["faults"][number]): boolean =>
    typeof params["order"] === "string" && protocol.orders?.[params["order"]]?.shrinks === true;
  return protocol.tolerates(Math.max(1, members(scenario) - faults.filter(shrinks).length));
}

function members({ servers }: Scenario): number {
  return servers.filter(({ spare }) => spare === undefined).length;
}

function unansweredSentence({ unanswered }: Settled, { settleUs, policy }: Scenario, { healAtUs }: Plan): string {
  const who = unanswered.map(({ client, asking }) => `${client} (asking: ${asking})`).join(", ");
  const sentence = `${who} ${unanswered.length === 1 ? "was" : "were"} not answered within ${formatUs(settleUs)} after everything had healed at ${formatUs(healAtUs)}`;
  // Whoever waits for what it asked before the heal has less time than the scenario means to give: that may be no fault of the protocol's.
  const short = unanswered.find(({ sinceUs }) => sinceUs === undefined || sinceUs - healAtUs > settleUs / 2);
  if (short === undefined) return sentence;
  const { client, sinceUs } = short;
  const when = sinceUs === undefined ? "never got to ask" : `asked only ${formatUs(sinceUs - healAtUs)} after the heal`;
  return `${sentence}; but ${client} ${when}, as it waited for an operation from before it: clients wait up to ${formatUs(policy.timeoutMs * 1_000)}, so \`settle\` should be clearly longer`;
}

/** What the checker sees: an open operation may still take effect at any time. */
function judged(operation: ClientOperation): RecordedOperation {
  const open = operation.outcome === "open" || operation.outcome === "info";
  return {
    id: operation.id,
    client: operation.client.id,
    process: operation.process,
    input: operation.op as Op,
    output: operation.output,
    outcome: operation.outcome === "open" ? "info" : operation.outcome,
    invoked: operation.invoked,
    returned: open ? Number.POSITIVE_INFINITY : operation.returned,
    invokedAtUs: operation.invokedAtUs,
    returnedAtUs: open ? Number.POSITIVE_INFINITY : operation.returnedAtUs,
  };
}

function recorded(operation: ClientOperation): RecordedOperation {
  return {
    ...judged(operation),
    ...(operation.outcome === "info" ? { infoAtUs: operation.returnedAtUs, infoAt: operation.returned } : {}),
    ...(operation.reason === undefined ? {} : { reason: operation.reason }),
  };
}
