/** Sentences about a failure that several reports say. */

import type { Campaign, Failure } from "../run/run.ts";
import { count } from "./text.ts";

/** How many runs it took until this failure was found; seeds of a campaign count up from its base. */
export function runsUntil({ baseSeed, runs }: Campaign, { seed }: Failure): number {
  const nth = seed - baseSeed + 1;
  return nth >= 1 && nth <= runs ? nth : runs;
}

/** "5 nodes -> 3, 47 operations -> 2, 9 faults -> 2, 212 runs". */
export function sizes({ before, after, shrinkRuns, minimal }: Failure): string {
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
  return minimal ? all : `${all} (its budget ran out: something may still be superfluous)`;
}

/** "found linearizable at seed 408 after 12 runs". */
export function found(campaign: Campaign, failure: Failure): string {
  return `found ${failure.violation.check} at seed ${failure.seed} after ${count(runsUntil(campaign, failure), "run")}`;
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
