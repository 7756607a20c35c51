/** The table of mutants: how many runs find each, which check fires, and how small the story gets. */

import type { MutantJob } from "../run/mutants.ts";
import type { Campaign } from "../run/run.ts";
import { count } from "./text.ts";

export interface MutantRow extends MutantJob {
  readonly campaign: Campaign;
}

const columns = ["mutant", "id", "runs to find", "check that fired", "nodes", "clients", "ops", "faults", "minimal"] as const;

/** One line a mutant, aligned for all of `jobs`. */
export function mutantLine(row: MutantRow, jobs: readonly MutantJob[]): string {
  const { protocol, mutant, campaign } = row;
  const failure = campaign.failures[0];
  const cells = [`${protocol} ${mutant.name}`, mutant.id ?? ""];
  if (failure === undefined) return line([...cells, `not within ${campaign.runs}`], jobs);
  const { nodes, clients, operations, faults } = failure.after;
  const own = mutant.needs === undefined ? "" : `  (${mutant.needs.scenario})`;
  return (
    line(
      [
        ...cells,
        String(campaign.runs),
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
  const found = rows.filter(({ campaign }) => campaign.failures.length > 0);
  const runs = found.map(({ campaign }) => campaign.runs).sort((a, b) => a - b);
  const median = runs.length === 0 ? "" : `; median ${runs[Math.floor((runs.length - 1) / 2)]} runs, most ${runs.at(-1)}`;
  return `${found.length} of ${count(rows.length, "mutant")} found${median}`;
}

function line(cells: readonly string[], jobs: readonly MutantJob[]): string {
  const widths = [
    Math.max(6, ...jobs.map(({ protocol, mutant }) => protocol.length + mutant.name.length + 1)),
    4,
    12,
    24,
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
