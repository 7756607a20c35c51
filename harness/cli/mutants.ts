/** seedquake mutants: every wrong variant, and what it takes to find it. */

import { Option } from "commander";
import { detections } from "../report/confidence.ts";
import { isFound, type MutantRow, mutantHead, mutantLine, mutantSum } from "../report/mutants.ts";
import { ensureWritable } from "../report/write.ts";
import type { MutantJob } from "../run/mutants.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import type { Catalogue, StrategyName } from "../scenario/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { type Add, registry } from "./command.ts";
import { compare } from "./compare.ts";
import { keepMeasured } from "./measured.ts";
import {
  caseOption,
  count,
  outOption,
  seed,
  strategyName,
  strategyOption,
  usualSeed,
  withStrategy,
  workersOption,
} from "./options.ts";
import { Rights } from "./rights.ts";
import { exit, out, said } from "./terminal.ts";
import { UsageError } from "./usage.ts";
import { mutantsMeant } from "./whose-mutants.ts";

/** More than any campaign has runs, so that no two of one mutant share a seed. */
const seedsApart = 1_000_000;

interface MutantFlags {
  readonly runs: number;
  readonly seed: number;
  readonly scenarios: string;
  readonly case?: string;
  readonly workers: number;
  readonly campaigns?: number;
  readonly slice?: boolean;
  readonly out: string;
  readonly strategy?: StrategyName;
  readonly compare?: boolean;
  readonly strategies?: readonly StrategyName[];
  readonly mutants?: readonly string[];
}

export const add: Add = (cli, end) => {
  cli
    .command("mutants")
    .description("every wrong variant: how many runs find it, which check fires, how small it gets")
    .argument(
      "[scenarios or protocols...]",
      "scenarios; or protocols by file or name, each for its harsh scenario (default: all)",
    )
    .addOption(new Option("--runs <n>", "give up after so many").argParser(count("--runs", 1)).default(5_000))
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--scenarios <folder>", "where scenarios lie").default("scenarios"))
    .addOption(caseOption())
    .addOption(
      new Option(
        "--campaigns <n>",
        "so many of each, from seeds of their own: medians (default: 1; 30 with --compare)",
      ).argParser(count("--campaigns", 1)),
    )
    .addOption(strategyOption())
    .option("--compare", "every strategy against every mutant: a table and a plot; goes on where it was stopped")
    .addOption(new Option("--strategies <names>", "with --compare: only these, with commas").argParser(namesOf))
    .addOption(
      new Option("--mutants <names>", "only these, with commas: by name, by id, or as protocol/name").argParser((text) =>
        text.split(","),
      ),
    )
    .option("--slice", "a fixed part that takes a minute, for CI")
    .addOption(workersOption())
    .addOption(outOption())
    .addHelpText(
      "after",
      `
A protocol's wrong variants are its \`mutants\`. Of what is your own the right protocol must hold first: else there is nothing to be told.

Examples:
  seedquake mutants
  seedquake mutants scenarios/mine.yaml
  seedquake mutants ./protocols/mine.ts --mutants mine/forgets-on-restart
  seedquake mutants raft --runs 20000
  seedquake mutants --campaigns 20
  seedquake mutants raft --compare --strategies random,mixture`,
    )
    .action(async (what: string[], flags: MutantFlags) => end(await mutants(what, flags)));
};

async function mutants(what: string[], flags: MutantFlags): Promise<number> {
  const { jobs: all, catalogue } = await mutantsMeant(what, flags);
  const jobs = chosen(all, flags.mutants).map((job) => searched(job, flags.strategy));
  ensureWritable(flags.out);
  const pool = new Pool({ workers: flags.workers, registry, own: catalogue.own });
  const rights = new Rights(pool, catalogue, flags.seed);
  try {
    if (!(await rights.hold(jobs, flags.runs))) return exit.violation;
    if (flags.compare !== true) return await table(pool, rights, jobs, catalogue, flags);
  } finally {
    await pool.close();
  }
  return compare(jobs, catalogue, flags.strategies ?? ["random", "mixture"], { ...flags, campaigns: flags.campaigns ?? 30 });
}

async function table(
  pool: Pool,
  rights: Rights,
  jobs: readonly MutantJob[],
  catalogue: Catalogue,
  flags: MutantFlags,
): Promise<number> {
  const rows: MutantRow[] = [];
  out(mutantHead(jobs));
  for (const job of jobs) {
    const limit = flags.slice === true ? { runs: Math.min(flags.runs, 2_000), shrinkRuns: 200, futures: 1 } : {};
    const campaign = await runCampaign(pool, job.scenario, catalogue, { baseSeed: flags.seed, ...limit });
    // What it takes longer to find than the right one is known to hold may be no fault of the mutant.
    if (campaign.failures.length > 0 && !(await rights.holdsFor(job, campaign.runs))) return exit.violation;
    const others: MutantRow["others"][number][] = [];
    while (others.length + 1 < (flags.campaigns ?? 1)) {
      const baseSeed = flags.seed + (others.length + 1) * seedsApart;
      const other = await runCampaign(pool, job.scenario, catalogue, { baseSeed, shrink: "none", ...limit });
      others.push({ runs: other.runs, found: other.invalid > 0 });
    }
    const row: MutantRow = { ...job, campaign, others };
    rows.push(row);
    out(mutantLine(row, jobs));
  }
  out(`\n${mutantSum(rows)}`);
  // A part of a protocol's mutants tells nothing of it.
  if (flags.mutants === undefined) keepMeasured(flags.out, detections(rows, flags.runs));
  for (const row of rows) if (!isFound(row)) said(row.campaign.reason);
  return rows.every(isFound) ? exit.asExpected : exit.violation;
}

function searched(job: MutantJob, strategy: StrategyName | undefined): MutantJob {
  const scenario = withStrategy(job.scenario, strategy);
  return job.right === undefined ? { ...job, scenario } : { ...job, scenario, right: withStrategy(job.right, strategy) };
}

function namesOf(text: string): readonly StrategyName[] {
  return text.split(",").map(strategyName);
}

/** All of them, or those that are named. */
function chosen(jobs: readonly MutantJob[], names: readonly string[] | undefined): readonly MutantJob[] {
  if (names === undefined) return jobs;
  const called = ({ protocol, mutant }: MutantJob): string[] => [`${protocol}/${mutant.name}`, mutant.name, mutant.id ?? ""];
  for (const name of names) {
    if (jobs.some((job) => called(job).includes(name))) continue;
    const known = jobs.map(({ protocol, mutant }) => `${protocol}/${mutant.name}`);
    throw new UsageError(`--mutants ${name}: there is no such mutant; ${didYouMean(name, known)}`);
  }
  return jobs.filter((job) => called(job).some((name) => names.includes(name)));
}
