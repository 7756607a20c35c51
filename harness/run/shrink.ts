/**
 * Makes a failing run small: removes and simplifies parts of its plan, its cluster and its weather for as long as the same kind
 * of violation remains. Ends 1-minimal (no operation and no fault can be taken away) unless its budget, counted in runs, ends first; a
 * share of that is kept for this end.
 *
 * Every part of a plan has an id and an absolute time, and chance is keyed by names and moments, so what is left stays in place
 * when a part goes. Numbers are moved along fast-check's own shrink streams. What it ends with is an explicit scenario like any other:
 * a search that was cut short goes on from there when that scenario is shrunk.
 */

import { asExplicit, type Catalogue } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import { type Prepared, rootSeed } from "./once.ts";
import type { Run, Sizes } from "./run.ts";
import { minimise } from "./shrink/passes.ts";
import { Search, type Watch } from "./shrink/search.ts";

export { sameKind } from "./shrink/search.ts";

export interface Shrunk {
  /** The explicit scenario that is left. */
  readonly scenario: Scenario;
  readonly run: Run;
  readonly runs: number;
  /** False when the budget ended it, or somebody interrupted it. */
  readonly minimal: boolean;
  /** Whether the budget ended the search before its last step, the proof of that: another search from here may find a smaller one. */
  readonly cutShort: boolean;
  readonly before: Sizes;
  readonly after: Sizes;
}

/** Runs that making a violation small may take. One that the scenario expects is known already: it is worth less. */
export function shrinkBudget(expected: boolean): number {
  return expected ? 1_500 : 4_000;
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
  budget: number = shrinkBudget(false),
  watch: Watch = {},
): Shrunk {
  const weatherSeed = rootSeed(prepared.scenario, seed);
  const original = { scenario: prepared.scenario, plan: prepared.plan(seed), weatherSeed };
  const search = new Search(prepared, catalogue, original, first, budget, watch);
  if (!search.accepts(original)) throw new Error(`seed ${seed} did not fail in the same way when it was run again`);
  const before = sizes(original.scenario, original.plan, search.run);
  minimise(search);
  const { best, run } = search;
  return {
    scenario: asExplicit(best.scenario, best.weatherSeed, best.plan, catalogue),
    run,
    runs: search.runs,
    minimal: !search.over,
    cutShort: search.cutShort || search.over,
    before,
    after: sizes(best.scenario, best.plan, run),
  };
}
