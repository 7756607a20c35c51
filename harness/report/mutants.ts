/** The table of mutants: how many runs find each, which check fires, and how small the story gets. */

import type { MutantJob } from "../run/mutants.ts";
import type { Campaign } from "../run/run.ts";
import { count } from "./text.ts";

export interface MutantRow extends MutantJob {
  /** The one whose counterexample was made small. */
  readonly campaign: Campaign;
  /** What other campaigns, each from a base seed of its own, took; one that did not find it counts with all its runs. */
  readonly others: readonly { readonly runs: number; readonly found: boolean }[];
}

/** Whether more than half of its campaigns found it. */
export function isFound({ campaign, others }: MutantRow): boolean {
  const all = [campaign.failures.length > 0, ...others.map(({ found }) => found)];
  return 2 * all.filter((found) => found).length > all.length;
}

/** The runs of all its campaigns, in order of size. */
export function runsOf({ campaign, others }: MutantRow): readonly number[] {
  return [campaign.runs, ...others.map(({ runs }) => runs)].toSorted((a, b) => a - b);
}

export function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** One campaign: its runs. Several: the median, the most, and how many found nothing. */
function runsToFind(row: MutantRow): string {
  if (row.others.length === 0)
    return row.campaign.failures.length > 0 ? `${row.campaign.runs}` : `not within ${row.campaign.runs}`;
  const sorted = runsOf(row);
  const missed = row.others.filter(({ found }) => !found).length + (row.campaign.failures.length > 0 ? 0 : 1);
  return `${median(sorted)} (most ${sorted.at(-1)}${missed === 0 ? "" : `, ${missed} missed`})`;
}

const columns = ["mutant", "id", "runs to find", "check that fired", "nodes", "clients", "ops", "faults", "minimal"] as const;

/** One line a mutant, aligned for all of `jobs`. */
export function mutantLine(row: MutantRow, jobs: readonly MutantJob[]): string {
  const { protocol, mutant, campaign } = row;
  const failure = campaign.failures[0];
  const cells = [`${protocol} ${mutant.name}`, mutant.id ?? "", runsToFind(row)];
  if (failure === undefined) return line(cells, jobs);
  const { nodes, clients, operations, faults } = failure.after;
  const own = mutant.needs === undefined || row.asked !== undefined ? "" : `  (${mutant.needs.scenario})`;
  return (
    line(
      [
        ...cells,
        failure.violation.check,
        String(nodes),
        String(clients),
        String(operations),
        String(faults),
        failure.minimal ? "yes" : "no",
      ],
      jobs,
    ) + own
  );
}

export function mutantHead(jobs: readonly MutantJob[]): string {
  return line(columns, jobs);
}

export function mutantSum(rows: readonly MutantRow[]): string {
  const found = rows.filter(isFound);
  const runs = found.map((row) => median(runsOf(row))).toSorted((a, b) => a - b);
  const told = runs.length === 0 ? "" : `; median ${count(median(runs), "run")}, most ${runs.at(-1)}`;
  const campaigns = (rows[0]?.others.length ?? 0) + 1;
  const each = campaigns === 1 ? "" : `, by the medians of ${campaigns} campaigns each`;
  return `${found.length} of ${count(rows.length, "mutant")} found${told}${each}`;
}

function line(cells: readonly string[], jobs: readonly MutantJob[]): string {
  const widths = [
    Math.max(6, ...jobs.map(({ protocol, mutant }) => protocol.length + mutant.name.length + 1)),
    4,
    12,
    28,
    5,
    7,
    3,
    6,
    7,
  ];
  return cells
    .map((cell, i) => cell.padEnd(widths[i]!))
    .join("  ")
    .trimEnd();
}
