/** Sentences about a failure that several reports say. */

import type { Campaign, Failure, Suite } from "../run/run.ts";
import { knownInWords } from "./baseline.ts";
import type { Setting } from "./reporter.ts";
import { count, visible } from "./text.ts";

/** A verdict, less the failures that the baseline knows. */
export type Standing = Campaign["verdict"] | "known";

export function standing(campaign: Campaign, { baseline }: Pick<Setting, "baseline">): Standing {
  return baseline?.known.has(campaign) === true ? "known" : campaign.verdict;
}

/** Whether the gate stays open for it. */
export function isGood(stands: Standing): boolean {
  return stands === "as expected" || stands === "known";
}

/** Why scenarios did not get their turn. */
export function whyNotRun({ interrupted }: Suite): string {
  return interrupted
    ? "not run: the suite was interrupted before"
    : "not run: the suite ended before, at a scenario that was not as expected (--bail)";
}

/** "12 scenarios not run: the suite was interrupted before", where there are any. */
export function notRunLine(suite: Suite): string[] {
  const { notRun = [] } = suite;
  return notRun.length === 0 ? [] : [`${count(notRun.length, "scenario")} ${whyNotRun(suite)}`];
}

/** What the baseline makes of a suite: how many failures it knows, and which of them did not come. */
export function baselineLines({ baseline }: Pick<Setting, "baseline">): string[] {
  if (baseline === undefined) return [];
  const { file, known, fixed } = baseline;
  return [
    ...(known.size === 0 ? [] : [`known by ${file}, and no reason to fail: ${count(known.size, "scenario")}`]),
    ...fixed.map((entry) => `fixed, or not found with these seeds: ${visible(knownInWords(entry))}`),
    ...(fixed.length === 0 ? [] : [`run with --update-baseline to take ${fixed.length === 1 ? "it" : "them"} out of ${file}`]),
  ];
}

/** How many runs it took until this failure was found; seeds of a campaign count up from its base. */
export function runsUntil({ baseSeed, runs }: Campaign, { seed }: Failure): number {
  const nth = seed - baseSeed + 1;
  return nth >= 1 && nth <= runs ? nth : runs;
}

/** Whether there was a search for a smaller one, which its budget ended. */
export function endedEarly({ shrinkRuns, minimal, cutShort = false }: Failure): boolean {
  return shrinkRuns > 0 && (!minimal || cutShort);
}

/** "5 nodes -> 3, 47 operations -> 2, 9 faults -> 2, 212 runs". */
export function sizes(failure: Failure): string {
  const { before, after, shrinkRuns } = failure;
  if (shrinkRuns === 0) {
    return `${count(after.nodes, "node")}, ${count(after.operations, "operation")}, ${count(after.faults, "fault")}, not shrunk`;
  }
  const step = (from: number, to: number, noun: string): string => `${count(from, noun)} -> ${to}`;
  const all = [
    step(before.nodes, after.nodes, "node"),
    step(before.operations, after.operations, "operation"),
    step(before.faults, after.faults, "fault"),
    count(shrinkRuns, "run"),
  ].join(", ");
  return endedEarly(failure) ? `${all} (not the smallest: its budget was spent)` : all;
}

/** "found linearizable at seed 408 after 12 runs". */
export function found(campaign: Campaign, failure: Failure): string {
  return `found ${failure.violation.check} at seed ${failure.seed} after ${count(runsUntil(campaign, failure), "run")}`;
}

/** That faults went beyond what the protocol bears, in how many of the runs. */
export function beyondLine({ exceeded, runs }: Campaign): string[] {
  return exceeded === undefined
    ? []
    : [`in ${exceeded.runs} of ${count(runs, "run")} ${visible(exceeded.sentence)} (seed ${exceeded.seed})`];
}

/** "at least 3 distinct bugs in 212 failing seeds", where there is more than one: not each of them has been made small. */
export function bugsLine({ failures, invalid }: Campaign): string[] {
  const bugs = new Set(failures.map(({ signature }) => signature)).size;
  if (invalid < 2 || bugs === 0) return [];
  return [`${failures.length < invalid ? "at least " : ""}${count(bugs, "distinct bug")} in ${invalid} failing seeds`];
}

/** Whether this campaign set out to find a violation, and did. */
export function isExpectedFind({ verdict, scenario, failures }: Campaign): boolean {
  return verdict === "as expected" && scenario.expect.kind === "violation" && failures.length > 0;
}

/** How many of the planned faults had an effect, of how many. */
export function effective({ effects }: Campaign): { readonly planned: number; readonly effective: number } {
  const items = Object.values(effects);
  return {
    planned: items.reduce((sum, item) => sum + item.planned, 0),
    effective: items.reduce((sum, item) => sum + item.effective, 0),
  };
}
