/** The page of a whole invocation: every scenario with what came of it, and the way to each failure's page. */

import { amount } from "../../run/figures.ts";
import type { Campaign, Failure, Suite } from "../../run/run.ts";
import { limitName } from "../../scenario/index.ts";
import { fullName, type Limit, type Scenario } from "../../scenario/scenario.ts";
import type { Setting } from "../reporter.ts";
import { beyondLine, isGood, runsUntil, sizes, standing, whyNotRun } from "../sentences.ts";
import { count, percent, visible } from "../text.ts";
import { replayOf, type Told, tellFailures } from "../told.ts";
import { pageFormat, type SuiteFailure, type SuiteLimit, type SuitePage, type SuiteRow } from "./model.ts";

export function suitePage(suite: Suite, setting: Setting): SuitePage {
  const told = tellFailures(suite.campaigns);
  const { campaigns, baseSeed, interrupted, notRun = [] } = suite;
  return {
    page: "suite",
    format: pageFormat,
    title: count(campaigns.length, "scenario"),
    baseSeed,
    interrupted,
    scenarios: campaigns.map((campaign) => row(campaign, told, setting)),
    ...(notRun.length === 0 ? {} : { notRun: { why: whyNotRun(suite), scenarios: notRun.map(waiting) } }),
    timing: {
      wallMs: campaigns.map(({ timing }) => Math.round(timing.wallMs)),
      workers: Math.max(0, ...campaigns.map(({ timing }) => timing.workers)),
    },
  };
}

function waiting(scenario: Scenario): { readonly name: string; readonly file: string; readonly description: string } {
  return { name: fullName(scenario), file: scenario.file, description: scenario.description };
}

function expects({ expect }: Scenario): string {
  return expect.kind === "valid" ? "valid" : `a violation of ${expect.check} within ${count(expect.within, "run")}`;
}

function row(campaign: Campaign, told: ReadonlyMap<Failure, Told>, setting: Setting): SuiteRow {
  const verdict = standing(campaign, setting);
  const { scenario, reason, runs, valid, invalid, unknown, events, virtualUs, operations, metrics } = campaign;
  const { file, description, protocol, mutant } = scenario;
  const [beyond] = beyondLine(campaign);
  return {
    name: fullName(scenario),
    file,
    description,
    protocol,
    ...(mutant === undefined ? {} : { mutant }),
    verdict,
    good: isGood(verdict),
    reason: visible(reason),
    expects: expects(scenario),
    runs,
    valid,
    invalid,
    unknown,
    events,
    virtualUs,
    ...(operations.asked === 0 ? {} : { answered: percent(operations.ok + operations.fail, operations.asked) }),
    faults: Object.entries(campaign.effects).map(([id, { planned, effective }]) => ({ id, planned, effective })),
    goals: Object.entries(campaign.goals).map(([name, times]) => ({ name, runs: times })),
    metrics,
    // Where a violation is expected, nobody judges them.
    limits: scenario.expect.kind === "valid" ? scenario.limits.map((limit) => limitOf(limit, campaign)) : [],
    ...(beyond === undefined ? {} : { beyond }),
    failures: campaign.failures.map((failure) => failureOf(campaign, failure, told.get(failure)!, setting.out)),
  };
}

function limitOf(limit: Limit, { figures }: Campaign): SuiteLimit {
  const { figure, most } = limit;
  const name = limitName(limit);
  const value = figures[name];
  return {
    name,
    most: amount(figure, most),
    ...(value === undefined ? {} : { was: amount(figure, value) }),
    exceeded: value !== undefined && value > most,
  };
}

function failureOf(campaign: Campaign, failure: Failure, told: Told, out: string): SuiteFailure {
  return {
    seed: failure.seed,
    check: failure.violation.check,
    sentence: visible(failure.violation.sentence),
    foundAfter: runsUntil(campaign, failure),
    sizes: sizes(failure),
    folder: encodeURIComponent(told.folder),
    replay: replayOf(told, out),
    otherSeeds: failure.otherSeeds.length + (failure.moreSeeds ?? 0),
  };
}
