/** What shrinking looks at: the best candidate so far, and whether another one still fails in the same way, counted in runs and events. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Catalogue } from "../../scenario/index.ts";
import type { Plan, Scenario } from "../../scenario/scenario.ts";
import { defaultBudgets } from "../../sim/index.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import type { PlannedOperation } from "../../workloads/workload.ts";
import { type Beating, type Prepared, runOnce, runTraced, unplanted } from "../once.ts";
import type { Run, Violation } from "../run.ts";

/** What is being made small. */
export interface Candidate {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** Of the network's weather, the nodes' chance and the disks' losses. */
  readonly weatherSeed: number;
}

/** What goes on outside while a search runs. */
export interface Watch extends Beating {
  /** Asked before each run; true ends the search with the best so far. */
  readonly interrupted?: () => boolean;
}

/** A budget of runs is one of so many events for each of them too, so that a search over long runs ends as well. */
const eventsPerRun = 1_000;
/** A candidate whose run is so much longer than the best one's has lost its way, and is not followed to its end. */
const longer = { times: 1.25, events: 1_500 } as const;

/** Two violations of the same kind: the same family and the same check. */
export function sameKind(a: Violation | undefined, b: Violation | undefined): boolean {
  return a !== undefined && b !== undefined && a.family === b.family && a.check === b.check;
}

/** The candidate as a scenario that is ready to run. */
export function preparedFor(prepared: Prepared, { scenario, plan, weatherSeed }: Candidate): Prepared {
  return { ...prepared, scenario: { ...scenario, explicit: { seed: weatherSeed, plan } }, plan: () => plan };
}

/** Where a search has come to. */
export interface Place {
  readonly candidate: Candidate;
  readonly found: Run;
}

export class Search {
  readonly prepared: Prepared;
  readonly catalogue: Catalogue;
  runs = 0;
  private events = 0;
  private candidate: Candidate;
  private found: Run | undefined;
  /** The run that failed. */
  private readonly first: Run;
  private budget: number;
  private mostEvents: number;
  private readonly watch: Watch;
  private readonly tried = new Set<string>();
  /** What was tried in vain since the last `anew`, by what it does rather than by what comes of it. */
  private readonly vain = new Set<string>();
  private patient = false;
  /** Whether one of the ways that had to leave something for those after it ended on its budget: more of it may find a smaller one. */
  cutShort = false;
  /** The protocol without the bug that was planted in it, where one was, and the protocol holds in the run that failed. */
  private right: Prepared | undefined;

  constructor(prepared: Prepared, catalogue: Catalogue, first: Candidate, failed: Run, budget: number, watch: Watch) {
    this.prepared = prepared;
    this.catalogue = catalogue;
    this.candidate = first;
    this.first = failed;
    this.budget = budget;
    this.mostEvents = budget * eventsPerRun;
    this.watch = watch;
    const planted = prepared.mutant !== undefined || prepared.mutation !== undefined;
    this.right = planted ? unplanted(prepared) : undefined;
  }

  get best(): Candidate {
    return this.candidate;
  }

  /** The run of the best candidate. */
  get run(): Run {
    return this.found!;
  }

  /** Whether the budget is used up, or somebody wants what there is. */
  get over(): boolean {
    return this.runs >= this.budget || this.events >= this.mostEvents || this.watch.interrupted?.() === true;
  }

  /** Whether the candidate still fails in the same way, with no more events than `most`; then it becomes the best. */
  accepts(candidate: Candidate, most = Number.POSITIVE_INFINITY): boolean {
    if (this.over) return false;
    const { scenario, plan, weatherSeed } = candidate;
    // What is judged at the end is given the whole settling for what is asked last, as it was in the run that failed.
    if (this.found !== undefined && lateBy(plan) > Math.max(0, lateBy(this.candidate.plan))) return false;
    const name = JSON.stringify([weatherSeed, scenario.servers, scenario.clients, scenario.weather, plan]);
    // Neither what was refused nor what was left behind: a search never goes in circles.
    if (this.tried.has(name)) return false;
    this.tried.add(name);
    this.runs++;
    const run = runOnce(preparedFor(this.prepared, candidate), weatherSeed, {
      plan,
      budgets: this.budgets(most),
      ...this.beating(),
    });
    this.events += run.events;
    if (!sameKind(run.violation, this.first.violation) || run.events > most) return false;
    // A failure within what the protocol bears does not become one beyond it.
    if (run.exceeded !== undefined && this.first.exceeded === undefined) return false;
    // Nor does the planted bug's failure become one that has nothing to do with it.
    const without = this.withoutBug(candidate);
    if (this.found !== undefined) {
      if (sameKind(without?.violation, run.violation)) return false;
    } else if (without?.verdict !== "valid") this.right = undefined;
    this.candidate = candidate;
    this.found = run;
    return true;
  }

  /** The candidate's run with the protocol as it should be; nothing when nobody planted a bug. Not counted: there is one to each step. */
  private withoutBug(candidate: Candidate): Run | undefined {
    if (this.right === undefined) return undefined;
    const { plan, weatherSeed } = candidate;
    return runOnce(preparedFor(this.right, candidate), weatherSeed, { plan, ...this.beating() });
  }

  /** From here on every candidate is followed to its end. */
  toTheEnd(): void {
    this.patient = true;
    this.tried.clear();
  }

  /**
   * As `accepts`, but not when this act was in vain before: a part that was needed is needed still, as a rule, after another one has gone.
   * `anew` forgets that.
   */
  once(act: string, candidate: Candidate): boolean {
    if (this.vain.has(act)) return false;
    if (this.accepts(candidate)) return true;
    this.vain.add(act);
    return false;
  }

  /** Whether this was not asked since the last `anew`. */
  firstTime(act: string): boolean {
    const known = this.vain.has(act);
    this.vain.add(act);
    return !known;
  }

  /** Every act is worth a try again. */
  anew(): void {
    this.vain.clear();
  }

  /** Goes a way that may lead up before it leads down, perhaps from an earlier place: keeps what came of it only when that is smaller. */
  detour(way: () => void, from: Place = this.place): void {
    const [place, before] = [this.place, size(this)];
    this.place = from;
    way();
    if (size(this) >= before) this.place = place;
  }

  get place(): Place {
    return { candidate: this.candidate, found: this.run };
  }
  private set place({ candidate, found }: Place) {
    this.candidate = candidate;
    this.found = found;
  }

  /** Only so large a share of the whole budget is for this. */
  within(share: number, way: () => void): void {
    this.limited((whole, used) => Math.min(whole, used + Math.ceil(whole * share)), way);
  }

  /** All that is left is for this, but for so large a share of the whole budget: what comes later can rely on that. */
  sparing(share: number, way: () => void): void {
    this.limited(
      (whole) => Math.floor(whole * (1 - share)),
      () => {
        way();
        if (this.over) this.cutShort = true;
      },
    );
  }

  private limited(limit: (whole: number, used: number) => number, way: () => void): void {
    const { budget, mostEvents } = this;
    this.budget = limit(budget, this.runs);
    this.mostEvents = limit(mostEvents, this.events);
    way();
    this.budget = budget;
    this.mostEvents = mostEvents;
  }

  /** What happened in the best candidate's run; nothing, when the budget is used up. */
  trace(): readonly TraceRecord[] {
    if (this.over) return [];
    this.runs++;
    return runTraced(preparedFor(this.prepared, this.best), this.best.weatherSeed, {
      plan: this.best.plan,
      sites: false,
      states: false,
      ...this.beating(),
    }).trace;
  }

  with(plan: Partial<Plan>, scenario: Partial<Scenario> = {}): Candidate {
    return { ...this.best, scenario: { ...this.best.scenario, ...scenario }, plan: { ...this.best.plan, ...plan } };
  }

  fault(id: string): PlannedFault | undefined {
    return this.best.plan.faults.find((fault) => fault.id === id);
  }

  operation(id: string): PlannedOperation | undefined {
    return this.best.plan.operations.find((operation) => operation.id === id);
  }

  withFault(fault: PlannedFault): Candidate {
    return this.with({ faults: this.best.plan.faults.map((other) => (other.id === fault.id ? fault : other)) });
  }

  withOperation(operation: PlannedOperation): Candidate {
    const operations = this.best.plan.operations.map((other) => (other.id === operation.id ? operation : other));
    return this.with({ operations: operations.sort((a, b) => a.atUs - b.atUs) });
  }

  private budgets(most: number): typeof defaultBudgets {
    if (this.found === undefined) return defaultBudgets;
    const patience = this.patient ? defaultBudgets.events : this.found.events * longer.times + longer.events;
    return { ...defaultBudgets, events: Math.min(defaultBudgets.events, patience, most) };
  }

  private beating(): Beating {
    return this.watch.beat === undefined ? {} : { beat: this.watch.beat };
  }
}

/** By how much the last operation comes after everything has healed. */
function lateBy({ operations, healAtUs }: Plan): number {
  return (operations.at(-1)?.atUs ?? 0) - healAtUs;
}

/** Noise weighs most: nobody can see which of the messages it was that mattered. */
const weight = { planned: 2, node: 1, noise: 3 } as const;

/** How big a story is: its parts first, then what happens in it. */
export function size({ best, run }: Search): number {
  const { scenario, plan } = best;
  const { weather } = scenario;
  const noise = [weather.latency.kind !== "constant", weather.lossPpm > 0, weather.duplicatePpm > 0].filter(Boolean).length;
  const nodes = scenario.servers.length + scenario.clients.length;
  const parts = weight.planned * (plan.faults.length + plan.operations.length) + weight.node * nodes + weight.noise * noise;
  return parts * 1_000_000 + Math.min(run.events, 999_999);
}
