/** summary.json: everything that counts of an invocation, for programs; and failure.json, the same of one failure. */

import { metricsOf } from "../run/metrics.ts";
import { strategyOf } from "../run/once.ts";
import type { Campaign, Failure, Suite } from "../run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { confidence } from "./confidence.ts";
import { inFolder } from "./names.ts";
import type { Reporter, RunFile, Setting } from "./reporter.ts";
import { runsUntil } from "./sentences.ts";
import { json } from "./text.ts";
import { asFound, replayOf, type Told, tellFailures } from "./told.ts";

/** Grows when a field changes its meaning or goes; new fields do not raise it. */
export const schemaVersion = 1;

function scenarioFields(scenario: Scenario): object {
  const {
    file,
    line,
    name,
    case: own,
    description,
    protocol,
    mutant,
    options,
    servers,
    clients,
    workload,
    settleUs,
    check,
    expect,
    require,
    reach,
    limits,
    runs,
  } = scenario;
  return {
    file,
    line,
    name,
    case: own,
    description,
    protocol,
    mutant,
    options,
    servers,
    clients,
    workload: workload.name,
    settleUs,
    check,
    expect,
    require,
    reach,
    limits,
    runs,
    ...(scenario.explicit === undefined ? { strategy: strategyOf(scenario) } : {}),
    explicit: scenario.explicit !== undefined,
  };
}

function failureFields(failure: Failure, told: Told, out: string): object {
  const { seed, foundDigest, violation, run, before, after, shrinkRuns, minimal, otherSeeds, moreSeeds } = failure;
  const { signature, necessity, noReturn } = failure;
  return {
    seed,
    violation,
    digest: run.digest,
    foundDigest,
    virtualUs: run.virtualUs,
    before,
    after,
    shrinkRuns,
    minimal,
    signature,
    necessity,
    noReturn,
    otherSeeds,
    moreSeeds,
    folder: inFolder(out, told.folder),
    replay: replayOf(told, out),
    asFound: asFound(told),
  };
}

function campaignFields(campaign: Campaign, told: ReadonlyMap<Failure, Told>, { out, baseline }: Setting): object {
  const { scenario, failures, timing, baseSeed, verdict, reason, digest, ...rest } = campaign;
  const { runs, valid, invalid, unknown, events, virtualUs, operations, effects, goals, figures, metrics, distinct, exceeded } =
    rest;
  return {
    scenario: scenarioFields(scenario),
    baseSeed,
    verdict,
    known: baseline?.known.has(campaign) === true ? true : undefined,
    reason,
    runs,
    valid,
    invalid,
    unknown,
    events,
    virtualUs,
    operations,
    effects,
    goals,
    figures,
    metrics,
    distinct,
    exceeded,
    digest,
    failures: failures.map((failure) => ({
      ...failureFields(failure, told.get(failure)!, out),
      foundAfter: runsUntil(campaign, failure),
    })),
    timing,
  };
}

function summary(suite: Suite, setting: Setting): object {
  const { baseline } = setting;
  const told = tellFailures(suite.campaigns);
  const verdicts: Record<string, number> = {};
  for (const { verdict } of suite.campaigns) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    schemaVersion,
    baseSeed: suite.baseSeed,
    interrupted: suite.interrupted,
    own: suite.own,
    baseline: baseline === undefined ? undefined : { file: baseline.file, known: baseline.known.size, fixed: baseline.fixed },
    verdicts: Object.fromEntries(Object.entries(verdicts).sort(([a], [b]) => (a < b ? -1 : 1))),
    confidence: confidence(suite, setting.measured ?? [], setting.scored),
    campaigns: suite.campaigns.map((campaign) => campaignFields(campaign, told, setting)),
    notRun: suite.notRun?.map((scenario) => ({ file: scenario.file, name: scenario.name, case: scenario.case })),
  };
}

export const summaryReporter: Reporter = {
  name: "json",
  doc: "everything that counts, as JSON with a schema version",
  file: "summary.json",
  render: (suite, setting) => `${json(summary(suite, setting), 2)}\n`,
};

/** What a failure's folder says of itself: where it comes from, what was violated, what happened in the run. */
export const failureFile: RunFile = {
  name: "failure.json",
  render(told, { out }) {
    const { failure, run } = told;
    if (failure === undefined) return undefined;
    const { events, messages, operations, settledUs, effects, goals } = run;
    const metrics = metricsOf(run.trace, run.history, run.samples, run.virtualUs);
    return `${json(
      {
        schemaVersion,
        scenario: scenarioFields(told.origin),
        ...failureFields(failure, told, out),
        run: { events, messages, operations, settledUs, effects, goals, metrics },
      },
      2,
    )}\n`;
  },
};
