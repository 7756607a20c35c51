/** What a worker does when asked: a batch of runs, or one failure made small and traced. Pure; worker.ts is its door. */

import { asExplicit, type Catalogue } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { parting } from "./forensics.ts";
import { type Beat, type Beating, type Prepared, prepare, rootSeed, runOnce, runTraced } from "./once.ts";
import type { Failure, Run, TracedRun } from "./run.ts";
import { shrink, sizes } from "./shrink.ts";

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
}

export interface TraceTask {
  readonly kind: "trace";
  readonly scenario: Scenario;
  readonly seed: number;
}

export type Task = BatchTask | FailureTask | TraceTask;
export type Found = Omit<Failure, "otherSeeds">;

/** Keeps what was prepared last: batches of one scenario follow each other. */
export class Workshop {
  private readonly catalogue: Catalogue;
  private key = "";
  private kept: Prepared | undefined;

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  do(task: Task, beat?: Beat): Run[] | Found | TracedRun {
    const beating = beat === undefined ? {} : { beat };
    switch (task.kind) {
      case "batch":
        return batch(this.prepared(task.scenario), task, beating);
      case "failure":
        return this.failure(task, beating);
      case "trace":
        return runTraced(this.prepared(task.scenario), task.seed, beating);
    }
  }

  failure(task: FailureTask, beating: Beating = {}): Found {
    return failure(this.prepared(task.scenario), this.catalogue, task, beating);
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

function batch(prepared: Prepared, task: BatchTask, options: Beating): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < task.count; i++) {
    const run = runOnce(prepared, task.firstSeed + i, options);
    runs.push(task.twice ? repeated(prepared, run, runOnce(prepared, run.seed, options)) : run);
    if (task.bail && run.verdict === "invalid") break;
  }
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

function failure(prepared: Prepared, catalogue: Catalogue, task: FailureTask, beating: Beating): Found {
  const { run, budget } = task;
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
    };
  }
  const small = shrink(prepared, catalogue, run.seed, run, budget, beating);
  const traced = runTraced(prepare(small.scenario, catalogue), small.scenario.explicit!.seed, beating);
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
  };
}
