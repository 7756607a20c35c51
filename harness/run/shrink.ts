/**
 * Makes a failing run small: removes and simplifies parts of its plan, its cluster and its weather for as long as the same kind
 * of violation remains. Ends 1-minimal (no operation and no fault can be taken away) unless its budget, counted in runs, ends first.
 *
 * Every part of a plan has an id and an absolute time, and chance is keyed by names and moments, so what is left stays in place
 * when a part goes. Numbers are moved along fast-check's own shrink streams.
 */

import * as fc from "fast-check";
import type { PlannedFault } from "../faults/fault.ts";
import { asExplicit, type Catalogue, clusterOf } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import type { Latency, Weather } from "../sim/index.ts";
import type { PlannedOperation } from "../workloads/workload.ts";
import { type Beating, type Prepared, rootSeed, runOnce, runTraced } from "./once.ts";
import type { Run, Sizes, Violation } from "./run.ts";

export interface Shrunk {
  /** The explicit scenario that is left. */
  readonly scenario: Scenario;
  readonly run: Run;
  readonly runs: number;
  /** False when the budget ended it. */
  readonly minimal: boolean;
  readonly before: Sizes;
  readonly after: Sizes;
}

/** What is being made small. */
interface Candidate {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** Of the network's weather, the nodes' chance and the disks' losses. */
  readonly weatherSeed: number;
}

/** Below this a story is short, and not worth searching other weathers for a shorter one. */
const short = { operations: 3, faults: 2 } as const;
/** Other weathers in which a smaller plan is tried. */
const otherWeathers = 12;

export const shrinkBudget = 3_000;

/** Two violations of the same kind: the same family and the same check. */
export function sameKind(a: Violation | undefined, b: Violation | undefined): boolean {
  return a !== undefined && b !== undefined && a.family === b.family && a.check === b.check;
}

export function sizes(scenario: Scenario, plan: Plan, run: Run): Sizes {
  return {
    nodes: scenario.servers.length,
    clients: scenario.clients.length,
    operations: plan.operations.length,
    faults: plan.faults.length,
    events: run.events,
  };
}

/**
 * Shrinks the violation of `seed`. `first` is the run that failed.
 * @throws when the run does not fail again: then it is not repeatable, and shrinking would mean nothing.
 */
export function shrink(
  prepared: Prepared,
  catalogue: Catalogue,
  seed: number,
  first: Run,
  budget: number = shrinkBudget,
  beating: Beating = {},
): Shrunk {
  const target = first.violation;
  const weatherSeed = rootSeed(prepared.scenario, seed);
  const original: Candidate = { scenario: prepared.scenario, plan: prepared.plan(seed), weatherSeed };
  const search = new Search(prepared, catalogue, target, budget, beating);
  if (!search.accepts(original)) throw new Error(`seed ${seed} did not fail in the same way when it was run again`);
  const before = sizes(original.scenario, original.plan, search.run!);
  search.minimise();
  const { best, run } = search;
  return {
    scenario: asExplicit(best.scenario, best.weatherSeed, best.plan, catalogue),
    run: run!,
    runs: search.runs,
    minimal: search.runs < budget,
    before,
    after: sizes(best.scenario, best.plan, run!),
  };
}

class Search {
  best!: Candidate;
  run: Run | undefined;
  runs = 0;
  private readonly prepared: Prepared;
  private readonly catalogue: Catalogue;
  private readonly target: Violation | undefined;
  private readonly budget: number;
  private readonly beating: Beating;
  private readonly refused = new Set<string>();
  /** How many other weathers `tries` goes through. */
  private weathers = 0;

  constructor(prepared: Prepared, catalogue: Catalogue, target: Violation | undefined, budget: number, beating: Beating) {
    this.prepared = prepared;
    this.catalogue = catalogue;
    this.target = target;
    this.budget = budget;
    this.beating = beating;
  }

  /** Whether the candidate still fails in the same way; then it becomes the best. */
  accepts(candidate: Candidate): boolean {
    if (this.runs >= this.budget) return false;
    const { scenario, plan, weatherSeed } = candidate;
    const name = JSON.stringify([weatherSeed, scenario.servers, scenario.clients, scenario.weather, plan]);
    if (this.refused.has(name)) return false;
    this.runs++;
    const run = runOnce(this.preparedFor(candidate), weatherSeed, { plan, ...this.beating });
    if (!sameKind(run.violation, this.target)) {
      this.refused.add(name);
      return false;
    }
    this.best = candidate;
    this.run = run;
    return true;
  }

  /**
   * As `accepts`; in the second stage also under other weathers. What is left of a plan may need another delay here or there to
   * fail again, and the weather's seed is a part of the counterexample like any other.
   */
  private tries(candidate: Candidate): boolean {
    if (this.accepts(candidate)) return true;
    const first = this.best.weatherSeed;
    for (let i = 1; i <= this.weathers; i++)
      if (this.accepts({ ...candidate, weatherSeed: (first + i * 1_000_003) % 2 ** 32 })) return true;
    return false;
  }

  private preparedFor({ scenario, plan, weatherSeed }: Candidate): Prepared {
    return { ...this.prepared, scenario: { ...scenario, explicit: { seed: weatherSeed, plan } } };
  }

  minimise(): void {
    this.afterTheFact();
    this.toLocalMinimum();
    while (this.isLong() && this.runs < this.budget) {
      const before = this.best;
      this.weathers = otherWeathers;
      this.list("faults");
      this.list("operations");
      this.weathers = 0;
      if (this.best === before) break;
      this.toLocalMinimum();
    }
    this.pinCrashes();
    this.tidyTimes();
    // Tidying may have made a part superfluous.
    this.list("faults");
    this.list("operations");
  }

  private toLocalMinimum(): void {
    for (;;) {
      const before = this.best;
      this.afterTheFact();
      this.list("faults");
      this.list("operations");
      this.clients();
      this.servers();
      this.weather();
      this.faultsSimpler();
      this.list("faults");
      this.list("operations");
      if (this.best === before || this.runs >= this.budget) return;
    }
  }

  private isLong(): boolean {
    const { operations, faults } = this.best.plan;
    return operations.length > short.operations || faults.length > short.faults;
  }

  private with(plan: Partial<Plan>, scenario: Partial<Scenario> = {}): Candidate {
    return { ...this.best, scenario: { ...this.best.scenario, ...scenario }, plan: { ...this.best.plan, ...plan } };
  }

  /** What begins after the violation had no part in it (a violation of liveness is noticed at the very end). */
  private afterTheFact(): void {
    const at = this.run!.violation!.atUs;
    const { operations, faults, healAtUs } = this.best.plan;
    const early = { operations: operations.filter((op) => op.atUs <= at), faults: faults.filter((fault) => fault.atUs <= at) };
    if (early.operations.length === operations.length && early.faults.length === faults.length) return;
    if (!this.accepts(this.with({ ...early, healAtUs: Math.min(healAtUs, at + 1) }))) this.accepts(this.with(early));
  }

  /** Delta debugging: halves, quarters ... single ones; then single ones again until none can go. */
  private list(which: "faults" | "operations"): void {
    let size = Math.ceil(this.best.plan[which].length / 2);
    while (size >= 1) {
      let removed = false;
      for (let start = this.best.plan[which].length - size; start > -size; start -= size) {
        const items: readonly (PlannedFault | PlannedOperation)[] = this.best.plan[which];
        const from = Math.max(0, start);
        if (from >= items.length) continue;
        const left = [...items.slice(0, from), ...items.slice(start + size)];
        if (this.tries(this.with({ [which]: left }))) removed = true;
      }
      if (size === 1 && !removed) return;
      if (size > 1) size = Math.ceil(size / 2);
    }
  }

  /** Clients with nothing to do, then each with its operations; then everything by one client less. */
  private clients(): void {
    for (const client of [...this.best.scenario.clients].reverse()) {
      const { clients } = this.best.scenario;
      if (clients.length === 1) return;
      const left = clients.filter((other) => other !== client);
      const operations = this.best.plan.operations.filter((op) => op.client !== client);
      const gone = new Set([client]);
      const faults = this.withoutNodes(gone);
      const weather = this.weatherWithout(gone);
      if (this.accepts(this.with({ operations, faults }, { clients: left, weather }))) continue;
      const moved = this.best.plan.operations.map((op) => (op.client === client ? { ...op, client: left[0]! } : op));
      this.accepts(this.with({ operations: moved, faults }, { clients: left, weather }));
    }
  }

  /** Two servers less, or one: an odd cluster often fails only as an odd one. */
  private servers(): void {
    for (const count of [2, 1]) {
      for (;;) {
        const { servers } = this.best.scenario;
        const removed = this.groups(count).some((group) => {
          const gone = new Set(group);
          const left = servers.filter(({ id }) => !gone.has(id));
          return (
            this.roomFor(left) &&
            this.accepts(this.with({ faults: this.withoutNodes(gone) }, { servers: left, weather: this.weatherWithout(gone) }))
          );
        });
        if (!removed) break;
      }
    }
  }

  private groups(count: number): string[][] {
    const ids = this.best.scenario.servers.map(({ id }) => id).reverse();
    if (count === 1) return ids.map((id) => [id]);
    return ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b]));
  }

  private roomFor(servers: Scenario["servers"]): boolean {
    return (
      this.prepared.protocol.roles.every(
        (role) => servers.filter((server) => server.role === role.name && server.spare === undefined).length >= role.min,
      ) && servers.length > 0
    );
  }

  private weatherWithout(gone: ReadonlySet<string>): Weather {
    const { links, ...weather } = this.best.scenario.weather;
    const left = links?.filter(({ from, to }) => !gone.has(from) && !gone.has(to)) ?? [];
    return left.length === 0 ? weather : { ...weather, links: left };
  }

  private withoutNodes(gone: ReadonlySet<string>): PlannedFault[] {
    return this.best.plan.faults.flatMap((planned) => {
      const params = this.prepared.faults.get(planned.fault)!.without(planned.params, gone);
      return params === undefined ? [] : [{ ...planned, params }];
    });
  }

  private weather(): void {
    const { links, ...everywhere } = this.best.scenario.weather;
    if (links !== undefined) this.accepts(this.with({}, { weather: everywhere }));
    const { weather } = this.best.scenario;
    if (weather.duplicatePpm > 0) this.accepts(this.with({}, { weather: { ...weather, duplicatePpm: 0 } }));
    if (weather.lossPpm > 0) this.accepts(this.with({}, { weather: { ...this.best.scenario.weather, lossPpm: 0 } }));
    const { latency } = this.best.scenario.weather;
    if (latency.kind !== "constant") {
      const constant = { kind: "constant", us: usual(latency) } as const;
      this.accepts(this.with({}, { weather: { ...this.best.scenario.weather, latency: constant } }));
    }
  }

  private faultsSimpler(): void {
    const cluster = clusterOf(this.best.scenario, this.catalogue);
    for (const { id } of this.best.plan.faults) {
      for (let simpler = true; simpler; ) {
        const planned = this.best.plan.faults.find((fault) => fault.id === id)!;
        const variants = this.prepared.faults.get(planned.fault)!.simpler(planned.params, cluster);
        simpler = variants.some((variant) => this.accepts(this.replaced("faults", { ...planned, ...variant })));
      }
      const planned = this.best.plan.faults.find((fault) => fault.id === id)!;
      if (planned.forUs !== undefined)
        this.number(planned.forUs, 1, (forUs) => this.replaced("faults", { ...this.fault(id), forUs }));
    }
    for (const { id } of this.best.plan.operations) {
      const planned = this.best.plan.operations.find((op) => op.id === id)!;
      this.prepared.workload.simpler(planned.op).some((op) => this.accepts(this.replaced("operations", { ...planned, op })));
    }
  }

  /** A crash between two effects falls where chance put it: from here on it is written where that was. */
  private pinCrashes(): void {
    for (const record of runTraced(this.preparedFor(this.best), this.best.weatherSeed, {
      plan: this.best.plan,
      sites: false,
      states: false,
      ...this.beating,
    }).trace) {
      if (record.kind !== "crash" || record.cut === undefined) continue;
      const planned = this.best.plan.faults.find(({ id }) => id === record.by);
      const pin = planned === undefined ? undefined : this.prepared.faults.get(planned.fault)!.pin;
      // One that waits for a named moment is exact already.
      if (planned === undefined || planned.moment !== undefined || pin === undefined) continue;
      const pinned = { ...planned, params: pin(planned.params, record.cut) };
      if (!this.accepts(this.replaced("faults", { ...pinned, atUs: record.atUs }))) this.accepts(this.replaced("faults", pinned));
    }
  }

  /** Round times read better: whole seconds, else tenths, else whole milliseconds. And nothing lasts longer than it must. */
  private tidyTimes(): void {
    const { plan } = this.best;
    this.number(plan.healAtUs, 1, (healAtUs) => this.with({ healAtUs }), 1_000_000);
    for (const { id } of plan.faults) {
      const { moment } = this.fault(id);
      if (moment === undefined) this.round(this.fault(id).atUs, (atUs) => this.replaced("faults", { ...this.fault(id), atUs }));
      else this.number(moment.nth, 1, (nth) => this.replaced("faults", { ...this.fault(id), moment: { ...moment, nth } }), 1);
      const { forUs } = this.fault(id);
      if (forUs !== undefined) this.round(forUs, (us) => this.replaced("faults", { ...this.fault(id), forUs: us }));
    }
    for (const { id } of plan.operations) {
      const operation = (): PlannedOperation => this.best.plan.operations.find((op) => op.id === id)!;
      this.round(operation().atUs, (atUs) => this.sorted({ ...operation(), atUs }));
    }
    this.round(this.best.plan.healAtUs, (healAtUs) => this.with({ healAtUs }));
  }

  private fault(id: string): PlannedFault {
    return this.best.plan.faults.find((fault) => fault.id === id)!;
  }

  private replaced<W extends "faults" | "operations">(which: W, item: PlannedFault | PlannedOperation): Candidate {
    const items: readonly (PlannedFault | PlannedOperation)[] = this.best.plan[which];
    return this.with({ [which]: items.map((other) => (other.id === item.id ? item : other)) });
  }

  private sorted(item: PlannedOperation): Candidate {
    const operations = this.best.plan.operations.map((other) => (other.id === item.id ? item : other));
    return this.with({ operations: operations.sort((a, b) => a.atUs - b.atUs) });
  }

  private round(us: number, make: (us: number) => Candidate): void {
    for (const step of [1_000_000, 100_000, 10_000, 1_000]) {
      const rounded = [Math.round(us / step) * step, Math.ceil(us / step) * step].filter((value) => value > 0);
      if (rounded.some((value) => value === us || this.accepts(make(value)))) return;
    }
  }

  /** Moves a number towards `least` along fast-check's shrink stream for as long as it fails. */
  private number(value: number, least: number, make: (value: number) => Candidate, step = 1_000): void {
    const arbitrary = fc.integer({
      min: Math.floor(least / step),
      max: Math.max(Math.floor(least / step), Math.floor(value / step)),
    });
    let now = Math.floor(value / step);
    for (let moved = true; moved; ) {
      moved = false;
      for (const { value: next } of arbitrary.shrink(now, undefined)) {
        if (next * step >= value || next * step < least) continue;
        if (this.accepts(make(next * step))) {
          now = next;
          moved = true;
          break;
        }
      }
    }
  }
}

function usual(latency: Exclude<Latency, { kind: "constant" }>): number {
  switch (latency.kind) {
    case "uniform":
      return Math.floor((latency.minUs + latency.maxUs) / 2);
    case "exponential":
      return latency.minUs + latency.meanUs;
    case "heavy-tail":
      return latency.medianUs;
  }
}
