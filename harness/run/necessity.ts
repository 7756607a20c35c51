/** What each part of a counterexample is needed for: one run without it, and what came of that. */

import { type Catalogue, faultOf, inWords, workloadOf } from "../scenario/index.ts";
import { defaultBudgets } from "../sim/setup.ts";
import { formatShare, formatUs } from "../sim/units.ts";
import { type Beating, type Prepared, runOnce } from "./once.ts";
import type { Run, Violation } from "./run.ts";
import { withoutClient, withoutServers } from "./shrink/cluster.ts";
import { type Candidate, preparedFor, sameKind } from "./shrink/search.ts";

/** What becomes of the violation without one part. */
export interface Need {
  /** "fault nap", "operation o3", "client c1", "node n2", "length of nap", "loss". */
  readonly part: string;
  readonly what: string;
  /** False: the same violation is there without it. */
  readonly needed: boolean;
  /** In a sentence without a stop: "no violation", "another violation, of liveness: ...". */
  readonly without: string;
}

interface Less {
  readonly part: string;
  readonly what: string;
  /** Undefined when the protocol does not do without it. */
  readonly candidate: Candidate | undefined;
}

/** Nothing is made shorter than this. */
const shortestUs = 1_000;
/** Parts beyond these are not tried: a story that was not made small has hundreds. */
const mostNeeds = 60;

/** The run that has the violation is that of this prepared explicit scenario. */
export function necessity(
  prepared: Prepared,
  catalogue: Catalogue,
  violation: Violation,
  beating: Beating = {},
): readonly Need[] {
  const { explicit } = prepared.scenario;
  const whole: Candidate = { scenario: prepared.scenario, plan: explicit!.plan, weatherSeed: explicit!.seed };
  return [...faults(whole, catalogue), ...operations(whole, catalogue), ...nodes(prepared, whole), ...noise(whole)]
    .slice(0, mostNeeds)
    .map(({ part, what, candidate }) => {
      if (candidate === undefined)
        return { part, what, needed: true, without: `${prepared.protocol.name} needs it to run at all` };
      const run = runOnce(preparedFor(prepared, candidate), candidate.weatherSeed, { budgets: defaultBudgets, ...beating });
      return { part, what, needed: !sameKind(run.violation, violation), without: verdict(run, violation) };
    });
}

function verdict(run: Run, violation: Violation): string {
  if (run.violation === undefined) return run.unknown === undefined ? "no violation" : `undecided: ${run.unknown}`;
  if (sameKind(run.violation, violation)) return "still fails";
  return `another violation, of ${run.violation.check}: ${run.violation.sentence}`;
}

function* faults(whole: Candidate, catalogue: Catalogue): Iterable<Less> {
  const { plan } = whole;
  for (const planned of plan.faults) {
    const { id, fault, params, forUs } = planned;
    const less = (left: typeof plan.faults): Candidate => ({ ...whole, plan: { ...plan, faults: left } });
    yield {
      part: `fault ${id}`,
      what: inWords(faultOf(fault, catalogue).explicit(params) as object),
      candidate: less(plan.faults.filter((other) => other.id !== id)),
    };
    if (forUs === undefined || forUs < 2 * shortestUs) continue;
    const half = Math.floor(forUs / 2);
    yield {
      part: `length of ${id}`,
      what: `${formatUs(forUs)}; tried with ${formatUs(half)}`,
      candidate: less(plan.faults.map((other) => (other.id === id ? { ...planned, forUs: half } : other))),
    };
  }
}

function* operations(whole: Candidate, catalogue: Catalogue): Iterable<Less> {
  const { plan, scenario } = whole;
  const { describe } = workloadOf(scenario, catalogue);
  for (const { id, client, op } of plan.operations) {
    const left = plan.operations.filter((other) => other.id !== id);
    yield {
      part: `operation ${id}`,
      what: `${client}: ${describe(op, undefined)}`,
      candidate: { ...whole, plan: { ...plan, operations: left } },
    };
  }
}

function* nodes(prepared: Prepared, whole: Candidate): Iterable<Less> {
  const { servers, clients } = whole.scenario;
  for (const { id, role } of servers) {
    yield { part: `node ${id}`, what: role, candidate: withoutServers(prepared, whole, [id]) };
  }
  if (clients.length === 1) return;
  for (const client of clients)
    yield { part: `client ${client}`, what: "client", candidate: withoutClient(prepared, whole, client) };
}

function* noise(whole: Candidate): Iterable<Less> {
  const { weather } = whole.scenario;
  const under = (other: typeof weather): Candidate => ({ ...whole, scenario: { ...whole.scenario, weather: other } });
  const { latency, lossPpm, duplicatePpm, links, ...rest } = weather;
  const base = { ...rest, latency, lossPpm, duplicatePpm };
  if (links !== undefined) yield { part: "slow links", what: `${links.length} with delays of their own`, candidate: under(base) };
  if (lossPpm > 0) yield { part: "loss", what: formatShare(lossPpm), candidate: under({ ...weather, lossPpm: 0 }) };
  if (duplicatePpm > 0)
    yield { part: "doubling", what: formatShare(duplicatePpm), candidate: under({ ...weather, duplicatePpm: 0 }) };
  if (latency.kind === "constant") return;
  const us = latency.kind === "heavy-tail" ? latency.medianUs : latency.minUs;
  yield {
    part: "varying delays",
    what: `${latency.kind}; tried with ${formatUs(us)} for every message`,
    candidate: under({ ...weather, latency: { kind: "constant", us } }),
  };
}
