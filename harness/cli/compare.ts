/** seedquake mutants --compare: every strategy against every mutant, in many campaigns; goes on where it was stopped. */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plot, table } from "../report/compare.ts";
import { writePage } from "../report/write.ts";
import { type Cell, cellsToDo, firstSeedOf, mutantLabel } from "../run/compare.ts";
import type { MutantJob } from "../run/mutants.ts";
import { Pool } from "../run/pool.ts";
import type { Sizes } from "../run/run.ts";
import { shrinkBudget } from "../run/shrink.ts";
import type { StrategyName } from "../scenario/index.ts";
import { registry } from "./command.ts";
import { Status } from "./status.ts";
import { exit, out } from "./terminal.ts";

export interface CompareFlags {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  readonly campaigns: number;
  readonly out: string;
}

const folder = "compare";

/** A line of the ledger: the cell, and what it was measured under. */
interface Line extends Cell {
  readonly under: string;
}

export async function compare(
  jobs: readonly MutantJob[],
  strategies: readonly StrategyName[],
  flags: CompareFlags,
): Promise<number> {
  mkdirSync(join(flags.out, folder), { recursive: true });
  const ledger = join(flags.out, folder, "cells.jsonl");
  const byLabel = new Map(jobs.map((job) => [mutantLabel(job), job]));
  const under = (job: MutantJob): string => JSON.stringify([flags.seed, flags.runs, job.scenario]);
  const cells = readLedger(ledger).filter((cell) => {
    const job = byLabel.get(cell.mutant);
    return (
      job !== undefined &&
      cell.under === digest(under(job)) &&
      strategies.includes(cell.strategy) &&
      cell.campaign < flags.campaigns
    );
  });
  const mutants = [...byLabel.keys()];
  const todo = cellsToDo(mutants, strategies, flags.campaigns, cells);
  const all: Cell[] = [...cells];
  if (cells.length > 0) out(`${cells.length} campaigns were measured before (${ledger}); ${todo.length} are left`);
  const status = new Status(1);
  let next = 0;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // A pool of one thread for each lane, so that seconds are those of one thread.
  const lane = async (): Promise<void> => {
    const pool = new Pool({ workers: 1, registry });
    try {
      for (let cell = todo[next++]; cell !== undefined && !stopped; cell = todo[next++]) {
        const job = byLabel.get(cell.mutant)!;
        const measured = await measure(pool, job, cell, flags);
        all.push(measured);
        const line: Line = { ...measured, under: digest(under(job)) };
        // Whole or not at all: a line that was cut off is no JSON, and is measured again.
        appendFileSync(ledger, `\n${JSON.stringify(line)}`);
        status.progress({ phase: "run", runs: all.length, of: all.length + todo.length - next + 1, violations: 0 });
      }
    } finally {
      await pool.close();
    }
  };
  await Promise.all(Array.from({ length: flags.workers }, lane));
  process.off("SIGINT", stop).off("SIGTERM", stop);
  status.clear();
  const comparison = { mutants, strategies, cells: all, cap: flags.runs };
  const lines = table(comparison);
  for (const line of lines) out(line);
  writePage(join(flags.out, folder, "table.md"), `${lines.join("\n")}\n`);
  writePage(join(flags.out, folder, "plot.svg"), plot(comparison));
  out(`\n${join(flags.out, folder, "table.md")}, ${join(flags.out, folder, "plot.svg")}`);
  return stopped ? exit.interrupted : exit.asExpected;
}

async function measure(
  pool: Pool,
  job: MutantJob,
  cell: Pick<Cell, "mutant" | "strategy" | "campaign">,
  flags: CompareFlags,
): Promise<Cell> {
  const scenario = { ...job.scenario, strategy: cell.strategy };
  const firstSeed = firstSeedOf(cell.campaign, flags.seed);
  const startedAt = performance.now();
  const { runs, run } = await pool.find({ kind: "find", scenario, firstSeed, runs: flags.runs });
  const seconds = Math.round(performance.now() - startedAt) / 1_000;
  if (run === undefined) return { ...cell, runs, seconds };
  let after: Sizes | undefined;
  if (cell.campaign === 0) after = (await pool.failure({ kind: "failure", scenario, run, budget: shrinkBudget(true) })).after;
  return { ...cell, runs, seconds, check: run.violation!.check, ...(after === undefined ? {} : { after }) };
}

function readLedger(path: string): readonly Line[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
}

/** Short, and another one for another scenario. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
