/** seedquake mutants: every wrong variant, and what it takes to find it. */

import { Option } from "commander";
import { detections } from "../report/confidence.ts";
import { isFound, type MutantRow, mutantHead, mutantLine, mutantSum } from "../report/mutants.ts";
import { catalogueFrom, readCases } from "../run/load.ts";
import { type MutantJob, mutantScenarios } from "../run/mutants.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import type { StrategyName } from "../scenario/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { type Add, registry } from "./command.ts";
import { compare } from "./compare.ts";
import { keepMeasured } from "./measured.ts";
import { count, outOption, seed, strategyName, strategyOption, usualSeed, withStrategy, workersOption } from "./options.ts";
import { exit, out, said } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/** More than any campaign has runs, so that no two of one mutant share a seed. */
const seedsApart = 1_000_000;

interface MutantFlags {
  readonly runs: number;
  readonly seed: number;
  readonly scenarios: string;
  readonly workers: number;
  readonly campaigns: number;
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
    .argument("[protocols...]", "only these protocols")
    .addOption(new Option("--runs <n>", "give up after so many").argParser(count("--runs", 1)).default(5_000))
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--scenarios <folder>", "where the harsh scenarios lie").default("scenarios"))
    .addOption(
      new Option("--campaigns <n>", "so many of each, from seeds of their own: medians")
        .argParser(count("--campaigns", 1))
        .default(1, "1; 30 with --compare"),
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
      "\nExamples:\n  seedquake mutants\n  seedquake mutants raft --runs 20000\n  seedquake mutants --campaigns 20\n  seedquake mutants raft --compare --strategies random,mixture",
    )
    .action(async (protocols: string[], flags: MutantFlags) => end(await mutants(protocols, flags)));
};

async function mutants(protocols: string[], flags: MutantFlags): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const unknown = protocols.find((name) => !catalogue.protocols.some((protocol) => protocol.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown}: expected a protocol (${catalogue.protocols.map(({ name }) => name).join(", ")}), found none of that name`,
    );
  }
  const wanted = catalogue.protocols.filter(({ name }) => protocols.length === 0 || protocols.includes(name));
  const all = mutantScenarios(wanted, (path) => readCases(`${flags.scenarios}/${path}`, catalogue), flags.runs);
  const jobs = chosen(all, flags.mutants).map((job) => ({ ...job, scenario: withStrategy(job.scenario, flags.strategy) }));
  if (flags.compare === true) {
    const campaigns = flags.campaigns === 1 ? 30 : flags.campaigns;
    return compare(jobs, flags.strategies ?? ["random", "mixture"], { ...flags, campaigns });
  }
  const pool = new Pool({ workers: flags.workers, registry });
  const rows: MutantRow[] = [];
  out(mutantHead(jobs));
  try {
    for (const job of jobs) {
      const limit = flags.slice === true ? { runs: Math.min(flags.runs, 2_000), shrinkRuns: 200, futures: 1 } : {};
      const campaign = await runCampaign(pool, job.scenario, catalogue, { baseSeed: flags.seed, ...limit });
      const others: MutantRow["others"][number][] = [];
      while (others.length + 1 < flags.campaigns) {
        const baseSeed = flags.seed + (others.length + 1) * seedsApart;
        const other = await runCampaign(pool, job.scenario, catalogue, { baseSeed, shrink: "none", ...limit });
        others.push({ runs: other.runs, found: other.invalid > 0 });
      }
      const row: MutantRow = { ...job, campaign, others };
      rows.push(row);
      out(mutantLine(row, jobs));
    }
  } finally {
    await pool.close();
  }
  out(`\n${mutantSum(rows)}`);
  keepMeasured(flags.out, detections(rows, flags.runs));
  for (const row of rows) if (!isFound(row)) said(row.campaign.reason);
  return rows.every(isFound) ? exit.asExpected : exit.violation;
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
