/** seedquake mutants --compare: every strategy against every mutant, in many campaigns; goes on where it was stopped. */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plot, table } from "../report/compare.ts";
import { writePage } from "../report/write.ts";
import { type Cell, cellsToDo, firstSeedOf, mutantLabel } from "../run/compare.ts";
import type { MutantJob } from "../run/mutants.ts";
import { bundleOwn } from "../run/own.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import type { Sizes } from "../run/run.ts";
import { shrinkBudget } from "../run/shrink.ts";
import type { Catalogue, StrategyName } from "../scenario/index.ts";
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
  catalogue: Catalogue,
  strategies: readonly StrategyName[],
  flags: CompareFlags,
): Promise<number> {
  mkdirSync(join(flags.out, folder), { recursive: true });
  const ledger = join(flags.out, folder, "cells.jsonl");
  const byLabel = new Map(jobs.map((job) => [mutantLabel(job), job]));
  const code = await ownCode(jobs);
  const under = ({ scenario }: MutantJob): string =>
    JSON.stringify([flags.seed, flags.runs, scenario, ...(code.get(scenario.file) ?? [])]);
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
  const startedAt = performance.now();
  let next = 0;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // A pool of one thread for each lane, so that seconds are those of one thread.
  const lane = async (): Promise<void> => {
    const pool = new Pool({ workers: 1, registry, own: catalogue.own });
    try {
      for (let cell = todo[next++]; cell !== undefined && !stopped; cell = todo[next++]) {
        const job = byLabel.get(cell.mutant)!;
        const measured = await measure(pool, job, catalogue, cell, flags);
        all.push(measured);
        const line: Line = { ...measured, under: digest(under(job)) };
        // Whole or not at all: a line that was cut off is no JSON, and is measured again.
        appendFileSync(ledger, `\n${JSON.stringify(line)}`);
        const of = all.length + todo.length - next + 1;
        status.progress("campaigns", 0, startedAt, { phase: "run", runs: all.length, of, violations: 0 });
      }
    } finally {
      await pool.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(flags.workers, todo.length) }, lane));
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
  catalogue: Catalogue,
  cell: Pick<Cell, "mutant" | "strategy" | "campaign">,
  flags: CompareFlags,
): Promise<Cell> {
  const scenario = { ...job.scenario, strategy: cell.strategy };
  const firstSeed = firstSeedOf(cell.campaign, flags.seed);
  const startedAt = performance.now();
  const now = (): number => Math.round(performance.now() - startedAt) / 1_000;
  try {
    const { runs, run } = await pool.find({ kind: "find", scenario, firstSeed, runs: flags.runs });
    const seconds = now();
    if (run === undefined) return { ...cell, runs, seconds };
    let after: Sizes | undefined;
    if (cell.campaign === 0) after = (await pool.failure({ kind: "failure", scenario, run, budget: shrinkBudget(true) })).after;
    return { ...cell, runs, seconds, check: run.violation!.check, ...(after === undefined ? {} : { after }) };
  } catch {
    // A handler that does not return ends its thread: a campaign knows how to tell it, and tells whatever else it was.
    const { runs, failures } = await runCampaign(pool, scenario, catalogue, {
      baseSeed: firstSeed,
      runs: flags.runs,
      shrink: "none",
    });
    const [failure] = failures;
    return { ...cell, runs, seconds: now(), ...(failure === undefined ? {} : { check: failure.violation.check }) };
  }
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

/** Of each file that names files of a user's own, their digest: what was measured of other code is measured anew. */
async function ownCode(jobs: readonly MutantJob[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = [...new Set(jobs.map(({ scenario }) => scenario.file))];
  const bundles = files.map(async (file) => {
    const own = await bundleOwn([file]);
    return [file, own === undefined ? [] : [own.sha256]] as const;
  });
  return new Map(await Promise.all(bundles));
}

/** Short, and another one for another scenario. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
