/** What a worker does when asked: a batch of runs, or one failure made small and traced. Pure; worker.ts is its door. */

import { asExplicit, type Catalogue } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import { parting } from "./forensics.ts";
import { type Surveyed, type SurveyTask, survey, type Trial, type TrialTask, trial } from "./mutate.ts";
import { necessity } from "./necessity.ts";
import { fewFutures, futuresOf, noReturn } from "./no-return.ts";
import { type Beating, type Prepared, prepare, rootSeed, runOnce, runTraced } from "./once.ts";
import type { Failure, Run, TracedRun } from "./run.ts";
import type { Watch } from "./shrink/search.ts";
import { shrink, sizes } from "./shrink.ts";
import { look, signature } from "./signature.ts";

export interface BatchTask {
  readonly kind: "batch";
  readonly scenario: Scenario;
  readonly firstSeed: number;
  readonly count: number;
  /** Stop after the first run with a violation. */
  readonly bail: boolean;
  /** Run every seed twice, not only the first. */
  readonly twice: boolean;
}

export interface FailureTask {
  readonly kind: "failure";
  readonly scenario: Scenario;
  readonly run: Run;
  /** Runs that shrinking may take; 0 leaves the plan as it is. */
  readonly budget: number;
  /** How many futures are played from each side of the point of no return, instead of the usual number. */
  readonly futures?: number;
}

export interface TraceTask {
  readonly kind: "trace";
  readonly scenario: Scenario;
  readonly seed: number;
}

/** The plan of a seed: drawing it may take dry runs, which are the protocol's code. */
export interface PlanTask {
  readonly kind: "plan";
  readonly scenario: Scenario;
  readonly seed: number;
}

/** What a violation takes and when it was lost, of an explicit scenario as it is. */
export interface WhyTask {
  readonly kind: "why";
  readonly scenario: Scenario;
  readonly futures?: number;
}

/** From this seed on, until a violation is found or so many have been run. */
export interface FindTask {
  readonly kind: "find";
  readonly scenario: Scenario;
  readonly firstSeed: number;
  readonly runs: number;
}

/** How many it took; `run` is the one that was found. */
export interface Finding {
  readonly runs: number;
  readonly run?: Run;
}

/** What goes on outside while a task is worked at. */
export interface Outside extends Watch {
  /** Told before each run of a batch, with its place among them. */
  readonly begins?: (index: number) => void;
}

export type Task = PlanTask | FindTask | WhyTask | BatchTask | FailureTask | TraceTask | SurveyTask | TrialTask;
export type Why = Pick<Failure, "necessity" | "noReturn">;
export type Found = Omit<Failure, "otherSeeds">;

/** Keeps what was prepared last: batches of one scenario follow each other. */
export class Workshop {
  private readonly catalogue: Catalogue;
  private key = "";
  private kept: Prepared | undefined;

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  /** An interrupt cuts shrinking short, which keeps the best so far. */
  do(task: Task, outside: Outside = {}): Run[] | Found | Why | TracedRun | Surveyed | Trial | Finding | Plan {
    const { beat } = outside;
    const beating = beat === undefined ? {} : { beat };
    switch (task.kind) {
      case "batch":
        return batch(this.prepared(task.scenario), task, beating, outside.begins);
      case "failure":
        return this.failure(task, outside);
      case "why":
        return this.why(task, beating);
      case "plan":
        return this.prepared(task.scenario).plan(task.seed);
      case "find":
        return find(prepare(task.scenario, this.catalogue), task, beating);
      case "trace":
        return runTraced(this.prepared(task.scenario), task.seed, beating);
      case "survey":
        return survey(this.prepared(task.scenario), task, beating);
      case "trial":
        return trial(this.prepared(task.scenario), task, beating);
    }
  }

  failure(task: FailureTask, watch: Watch = {}): Found {
    return failure(this.prepared(task.scenario), this.catalogue, task, watch);
  }

  why({ scenario, futures }: WhyTask, beating: Beating = {}): Why {
    const prepared = this.prepared(scenario);
    return why(prepared, this.catalogue, runTraced(prepared, scenario.explicit!.seed, beating), futures, beating);
  }

  private prepared(scenario: Scenario): Prepared {
    const key = JSON.stringify(scenario);
    if (this.kept === undefined || this.key !== key) {
      this.kept = prepare(scenario, this.catalogue);
      this.key = key;
    }
    return this.kept;
  }
}

function find(prepared: Prepared, { firstSeed, runs }: FindTask, options: Beating): Finding {
  for (let i = 0; i < runs; i++) {
    const run = runOnce(prepared, firstSeed + i, options);
    if (run.verdict === "invalid") return { runs: i + 1, run };
  }
  return { runs };
}

function batch(prepared: Prepared, task: BatchTask, options: Beating, begins?: Outside["begins"]): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < task.count; i++) {
    begins?.(i);
    const run = runOnce(prepared, task.firstSeed + i, options);
    runs.push(task.twice ? repeated(prepared, run, runOnce(prepared, run.seed, options)) : run);
    if (task.bail && run.verdict === "invalid") break;
  }
  begins?.(0);
  // The first seed once more at the end of the batch: state that leaks from one run into the next shows here.
  if (!task.twice && runs[0] !== undefined) runs[0] = repeated(prepared, runs[0], runOnce(prepared, runs[0].seed, options));
  return runs;
}

/** The run, or the news that it cannot be repeated. */
function repeated(prepared: Prepared, first: Run, second: Run): Run {
  if (first.digest === second.digest) return first;
  const where = parting(prepared, first.seed);
  return {
    ...first,
    verdict: "invalid",
    violation: {
      family: "contract",
      check: "determinism",
      sentence:
        `seed ${first.seed} gave the digest ${first.digest}, and ${second.digest} when it ran again in the same process: ` +
        "something outlives a run (at module level?) or comes from outside" +
        (where === undefined ? "" : `; ${where}`),
      atUs: first.virtualUs,
    },
  };
}

function failure(prepared: Prepared, catalogue: Catalogue, task: FailureTask, watch: Watch): Found {
  const { run, budget, futures } = task;
  const beating: Beating = watch.beat === undefined ? {} : { beat: watch.beat };
  const violation = run.violation!;
  // What is not repeatable, or happened after the run, cannot be searched for.
  if (budget === 0 || violation.check === "determinism" || violation.check === "async") {
    const plan = prepared.plan(run.seed);
    const scenario = asExplicit(prepared.scenario, rootSeed(prepared.scenario, run.seed), plan, catalogue);
    const traced = runTraced(prepared, run.seed, beating);
    const size = sizes(prepared.scenario, plan, run);
    return {
      seed: run.seed,
      foundDigest: run.digest,
      violation,
      scenario,
      run: traced,
      before: size,
      after: size,
      shrinkRuns: 0,
      minimal: false,
      signature: look(violation),
    };
  }
  const small = shrink(prepared, catalogue, run.seed, run, budget, watch);
  const left = prepare(small.scenario, catalogue);
  const traced = runTraced(left, small.scenario.explicit!.seed, beating);
  if (traced.digest !== small.run.digest)
    throw new Error(`the shrunk run of seed ${run.seed} gave another digest with its trace than without`);
  return {
    seed: run.seed,
    foundDigest: run.digest,
    violation: traced.violation!,
    scenario: small.scenario,
    run: traced,
    before: small.before,
    after: small.after,
    shrinkRuns: small.runs,
    minimal: small.minimal,
    cutShort: small.cutShort,
    // Whoever interrupts wants what there is.
    ...(watch.interrupted?.() === true ? {} : why(left, catalogue, traced, futures, beating)),
    signature: signature(small.scenario, traced),
  };
}

/** `traced` is the run of this prepared explicit scenario; without a violation there is nothing to say. */
function why(prepared: Prepared, catalogue: Catalogue, traced: TracedRun, futures: number | undefined, beating: Beating): Why {
  if (traced.violation === undefined) return {};
  const lost = noReturn(prepared, traced, futures === undefined ? fewFutures : futuresOf(futures), beating);
  return {
    necessity: necessity(prepared, catalogue, traced.violation, beating),
    ...(lost === undefined ? {} : { noReturn: lost }),
  };
}
