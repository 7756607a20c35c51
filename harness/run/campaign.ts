/** Many runs of one scenario: what they add up to, and whether that is what the scenario expects. Pure. */

import type { Scenario } from "../scenario/scenario.ts";
import { foldDigests } from "../sim/index.ts";
import { formatShare } from "../sim/units.ts";
import { FigureTally } from "./figures.ts";
import { MetricsTally } from "./metrics.ts";
import { enumerates, type Prepared } from "./once.ts";
import type { Campaign, Failure, Run, Violation } from "./run.ts";

/** Whether a violation is the one that the scenario expects. */
export function isExpected({ expect }: Scenario, violation: Violation): boolean {
  if (expect.kind !== "violation") return false;
  const { family, check } = violation;
  switch (expect.check) {
    case "any":
      return true;
    case "invariants":
      return family === "invariant";
    case "contract":
      return family === "contract";
    default:
      return expect.check === check;
  }
}

/** How many seeds a campaign starts at most, when nobody says otherwise, and whether it ends at its first violation. */
export function extent(scenario: Scenario): { readonly runs: number; readonly bail: boolean } {
  const { expect } = scenario;
  if (scenario.explicit !== undefined) return { runs: 1, bail: expect.kind === "violation" };
  const stated = expect.kind === "violation" ? expect.within : scenario.runs;
  // An enumeration ends by itself, when there is no further effect.
  return { runs: enumerates(scenario) ? Math.max(stated, 1_000) : stated, bail: expect.kind === "violation" };
}

/** "invariant/election safety": violations of one kind have one name. */
export function kindOf({ family, check }: Violation): string {
  return family === check ? check : `${family}/${check}`;
}

interface Kind {
  readonly first: Run;
  readonly others: number[];
}

/** Adds up runs, which must come in the order of their seeds. */
export class Tally {
  runs = 0;
  readonly kinds = new Map<string, Kind>();
  readonly unknowns: Run[] = [];
  private readonly prepared: Prepared;
  private readonly baseSeed: number;
  private readonly counts = { valid: 0, invalid: 0, unknown: 0 };
  /** Ids of the fault items that are tried at every effect. */
  private readonly enumerated: readonly string[];
  private ended = false;
  private events = 0;
  private virtualUs = 0;
  private readonly operations = { asked: 0, ok: 0, fail: 0, info: 0 };
  private readonly effects = new Map<string, { planned: number; effective: number; effects: number }>();
  private readonly goals = new Map<string, number>();
  private readonly figures: FigureTally;
  private readonly metrics = new MetricsTally();
  private digest = "";

  constructor(prepared: Prepared, baseSeed: number) {
    this.prepared = prepared;
    this.baseSeed = baseSeed;
    this.enumerated = prepared.scenario.faults.filter(({ when }) => "enumerate" in when).map(({ id }) => id);
    this.figures = new FigureTally(prepared.scenario.limits);
    for (const item of prepared.scenario.faults) this.effects.set(item.id, { planned: 0, effective: 0, effects: 0 });
    for (const planned of prepared.scenario.explicit?.plan.faults ?? [])
      this.effects.set(planned.id, { planned: 0, effective: 0, effects: 0 });
    for (const goal of prepared.protocol.goals ?? []) this.goals.set(goal, 0);
  }

  get invalid(): number {
    return this.counts.invalid;
  }

  add(run: Run): void {
    this.runs++;
    this.ended = this.enumerated.length > 0 && this.enumerated.every((id) => (run.effects[id] ?? 0) === 0);
    this.counts[run.verdict]++;
    this.events += run.events;
    this.virtualUs += run.virtualUs;
    for (const key of ["asked", "ok", "fail", "info"] as const) this.operations[key] += run.operations[key];
    for (const [id, effects] of Object.entries(run.effects)) {
      const sum = this.effects.get(id) ?? this.effects.get(id.replace(/\.\d+$/, ""));
      if (sum === undefined) continue;
      sum.planned++;
      sum.effects += effects;
      if (effects > 0) sum.effective++;
    }
    for (const goal of run.goals) this.goals.set(goal, (this.goals.get(goal) ?? 0) + 1);
    this.figures.add(run.seed, run.figures);
    this.metrics.add(run);
    this.digest = foldDigests(this.digest, run.digest);
    if (run.verdict === "unknown") this.unknowns.push(run);
    if (run.violation === undefined) return;
    const kind = this.kinds.get(kindOf(run.violation));
    if (kind === undefined) this.kinds.set(kindOf(run.violation), { first: run, others: [] });
    else kind.others.push(run.seed);
  }

  /** True when an enumeration has come to its end: in the last run there was no such effect any more. */
  get exhausted(): boolean {
    return this.ended;
  }

  /** True when no further run can change what the scenario expects to see: the expected violation was found. */
  get decided(): boolean {
    const { scenario } = this.prepared;
    if (scenario.expect.kind !== "violation") return false;
    return this.kinds.size > 0;
  }

  campaign(failures: readonly Failure[], interrupted: boolean, timing: Campaign["timing"]): Campaign {
    const { scenario } = this.prepared;
    return {
      scenario,
      baseSeed: this.baseSeed,
      ...this.verdict(interrupted),
      runs: this.runs,
      ...this.counts,
      events: this.events,
      virtualUs: this.virtualUs,
      operations: { ...this.operations },
      effects: Object.fromEntries(this.effects),
      goals: Object.fromEntries(this.goals),
      figures: this.figures.figures(),
      metrics: this.metrics.metrics(),
      failures,
      digest: this.digest,
      timing,
    };
  }

  private verdict(interrupted: boolean): { verdict: Campaign["verdict"]; reason: string } {
    const { scenario } = this.prepared;
    const found = [...this.kinds.values()].map((kind) => kind.first).sort((a, b) => a.seed - b.seed);
    const unexpected = found.find((run) => !isExpected(scenario, run.violation!));
    if (unexpected !== undefined) {
      const instead = scenario.expect.kind === "violation" ? `expected a violation of ${scenario.expect.check}, but ` : "";
      return {
        verdict: "violation",
        reason: `${instead}seed ${unexpected.seed} violates ${unexpected.violation!.check}: ${unexpected.violation!.sentence}`,
      };
    }
    const first = found[0];
    if (first !== undefined) {
      return {
        verdict: "as expected",
        reason: `${first.violation!.check} is violated, as expected: found at seed ${first.seed}, after ${this.runs} ${this.runs === 1 ? "run" : "runs"}`,
      };
    }
    if (interrupted)
      return {
        verdict: "interrupted",
        reason: `interrupted after ${this.runs} of ${scenario.runs} runs, without a violation until then`,
      };
    if (scenario.expect.kind === "violation") {
      return {
        verdict: "not found",
        reason: `expected a violation of ${scenario.expect.check} within ${scenario.expect.within} runs, but ${this.runs} runs found none`,
      };
    }
    const exceeded = this.figures.exceeded();
    if (exceeded !== undefined) return { verdict: "violation", reason: `a limit is exceeded: ${exceeded}` };
    const unknown = this.unknowns[0];
    if (unknown !== undefined) {
      return {
        verdict: "unknown",
        reason: `${this.unknowns.length} of ${this.runs} runs could not be judged; the first is seed ${unknown.seed}: ${unknown.unknown}`,
      };
    }
    return (
      this.minima() ?? { verdict: "as expected", reason: `${this.runs} ${this.runs === 1 ? "run" : "runs"} without a violation` }
    );
  }

  /** A campaign that proved nothing is not green. */
  private minima(): { verdict: "inconclusive"; reason: string } | undefined {
    const { scenario } = this.prepared;
    const { asked, ok, fail } = this.operations;
    const answeredPpm = asked === 0 ? 0 : Math.floor(((ok + fail) * 1_000_000) / asked);
    if (answeredPpm < scenario.require.answeredPpm) {
      const wanted = formatShare(scenario.require.answeredPpm);
      return {
        verdict: "inconclusive",
        reason: `only ${ok + fail} of ${asked} operations (${formatShare(answeredPpm)}) were answered, and the scenario requires ${wanted}`,
      };
    }
    const missed = scenario.reach.filter((goal) => (this.goals.get(goal) ?? 0) === 0);
    if (missed.length > 0) {
      return {
        verdict: "inconclusive",
        reason: `${this.runs} ${this.runs === 1 ? "run" : "runs"} never reached the ${missed.length === 1 ? "goal" : "goals"} ${missed.map((goal) => `"${goal}"`).join(" and ")}, which the scenario is to reach`,
      };
    }
    if (scenario.explicit !== undefined) return undefined;
    for (const [id, { planned, effective }] of this.effects) {
      if (effective === 0) {
        const waits = scenario.faults.some((item) => item.id === id && "moment" in item.when);
        const hint = waits ? "; `seedquake points` shows which moments there are" : "";
        const why = planned === 0 ? "was never planned" : `was planned ${planned} times, but never had an effect`;
        return { verdict: "inconclusive", reason: `the fault ${id} ${why}: the campaign shows nothing about it${hint}` };
      }
    }
    return undefined;
  }
}

/** Exit status of a set of campaigns: the first of 2 (never here), 1, 3, 0 that applies. */
export function exitStatus(campaigns: readonly Campaign[]): 0 | 1 | 3 {
  if (campaigns.some(({ verdict }) => verdict === "violation" || verdict === "not found")) return 1;
  return campaigns.every(({ verdict }) => verdict === "as expected") ? 0 : 3;
}
