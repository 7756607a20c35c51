/** How soon each strategy finds each wrong variant: what is measured, and what it adds up to. Pure. */

import type { StrategyName } from "../scenario/index.ts";
import type { MutantJob } from "./mutants.ts";
import type { Sizes } from "./run.ts";

/** One campaign: a strategy against a mutant, from a base seed of its own. */
export interface Cell {
  /** "raft vote-not-persisted" */
  readonly mutant: string;
  readonly strategy: StrategyName;
  /** From 0. */
  readonly campaign: number;
  /** Until it was found; all of them, when it was not. */
  readonly runs: number;
  /** Seconds of one thread, with what the strategy needed to get ready. */
  readonly seconds: number;
  /** The check that fired; absent when nothing did. */
  readonly check?: string;
  /** Of the first campaign: what its counterexample came to. */
  readonly after?: Sizes;
}

/** What is still to be measured, in an order in which every mutant has a few campaigns early. */
export function cellsToDo(
  mutants: readonly string[],
  strategies: readonly StrategyName[],
  campaigns: number,
  done: readonly Cell[],
): readonly Pick<Cell, "mutant" | "strategy" | "campaign">[] {
  const known = new Set(done.map(keyOf));
  const all = Array.from({ length: campaigns }, (_, campaign) =>
    mutants.flatMap((mutant) => strategies.map((strategy) => ({ mutant, strategy, campaign }))),
  ).flat();
  return all.filter((cell) => !known.has(keyOf(cell)));
}

function keyOf({ mutant, strategy, campaign }: Pick<Cell, "mutant" | "strategy" | "campaign">): string {
  return `${mutant}\n${strategy}\n${campaign}`;
}

export function mutantLabel({ protocol, mutant }: MutantJob): string {
  return `${protocol} ${mutant.name}`;
}

/** More than any campaign has runs, so that no two share a seed. */
const seedsApart = 1_000_000;

export function firstSeedOf(campaign: number, baseSeed: number): number {
  return baseSeed + campaign * seedsApart;
}

/** What the campaigns of one strategy against one mutant came to. */
export interface Summed {
  readonly campaigns: number;
  readonly missed: number;
  readonly medianRuns: number;
  readonly p95Runs: number;
  /** All runs of all campaigns by the number of those that found it: what one find costs. */
  readonly meanRuns: number;
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  /** Of all that fired, the one that fired most often. */
  readonly check: string | undefined;
  readonly after: Sizes | undefined;
}

export function summed(cells: readonly Cell[]): Summed {
  const runs = cells.map((cell) => cell.runs).sort((a, b) => a - b);
  const seconds = cells.map((cell) => cell.seconds).sort((a, b) => a - b);
  const found = cells.filter(({ check }) => check !== undefined);
  const checks = new Map<string, number>();
  for (const { check } of found) checks.set(check!, (checks.get(check!) ?? 0) + 1);
  return {
    campaigns: cells.length,
    missed: cells.length - found.length,
    medianRuns: quantile(runs, 50),
    p95Runs: quantile(runs, 95),
    meanRuns: runs.reduce((sum, n) => sum + n, 0) / Math.max(1, found.length),
    medianSeconds: quantile(seconds, 50),
    p95Seconds: quantile(seconds, 95),
    check: [...checks].sort(([, a], [, b]) => b - a)[0]?.[0],
    after: cells.find(({ after }) => after !== undefined)?.after,
  };
}

/** The smallest value that so many percent do not exceed. */
function quantile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
