/** seedquake run: campaigns over scenarios, and their reports. */

import { dirname } from "node:path";
import { Option } from "commander";
import { type LogLevel, lookAt, noPaint, tellFailures } from "../report/index.ts";
import { ensureWritable, writePage, writeReports } from "../report/write.ts";
import { exitStatus } from "../run/campaign.ts";
import type { Asked } from "../run/journal.ts";
import { catalogueFor, findScenarioFiles, readScenarios } from "../run/load.ts";
import type { Merged } from "../run/merge.ts";
import { Pool, runCampaign, type Shrinking } from "../run/pool.ts";
import type { Campaign, Suite } from "../run/run.ts";
import { fullName, type StrategyName } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { Gate } from "./baseline.ts";
import { ciPrefix, summarize } from "./ci.ts";
import { type Add, registry } from "./command.ts";
import { destinations, reporterDoc } from "./destinations.ts";
import { inTurn } from "./in-turn.ts";
import { catchInterrupts } from "./interrupts.ts";
import { changedSince, openJournals } from "./journals.ts";
import { enter, freshSeed, ledgerOf } from "./ledger.ts";
import { readMeasured, readScores } from "./measured.ts";
import {
  caseOption,
  count,
  duration,
  futuresOption,
  logLevelOption,
  nextSeedMark,
  outOption,
  seedOrNext,
  shrinkOption,
  strategyOption,
  usualSeed,
  withStrategy,
  workersOption,
} from "./options.ts";
import { ourPackage } from "./package.ts";
import { saveFailures } from "./save.ts";
import { select } from "./select.ts";
import { setting } from "./setting.ts";
import { readShard } from "./shard.ts";
import { Status } from "./status.ts";
import { complain, exit, out, said } from "./terminal.ts";
import { UsageError } from "./usage.ts";

export interface RunFlags {
  readonly seed: number;
  readonly runs?: number;
  readonly time?: number;
  readonly bail?: boolean;
  readonly workers: number;
  readonly grep?: string;
  readonly case?: string;
  readonly reporter: readonly string[];
  readonly out: string;
  readonly shrink: Shrinking;
  readonly futures?: number;
  readonly checkDeterminism?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly lastFailed?: boolean;
  readonly failedFirst?: boolean;
  readonly changed?: string | true;
  readonly only?: readonly string[];
  /** Full names: what shards chose. */
  readonly chosen?: readonly string[];
  readonly logLevel?: LogLevel;
  readonly watch?: boolean;
  readonly retries?: string | true;
  readonly shard?: string;
  readonly ledger?: string;
  readonly save?: boolean;
  readonly resume?: boolean;
  readonly strategy?: StrategyName;
  /** Nothing is run: what shards have done is put together. */
  readonly merged?: Merged;
}

export const add: Add = (cli, end) => {
  cli
    .command("run")
    .description("run scenarios: files, folders or globs (default: scenarios)")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addOption(
      new Option("--seed <n>", "first seed; `random` draws one, `next` takes those that were not run yet")
        .argParser(seedOrNext)
        .default(usualSeed),
    )
    .addOption(new Option("--runs <n>", "runs of each scenario, instead of its own number").argParser(count("--runs", 1)))
    .addOption(new Option("--time <duration>", "start seeds for so long, e.g. 60s").argParser(duration("--time")))
    .option(
      "--bail",
      "end at the first scenario that is not as expected, and that at its first violation (the lowest failing seed)",
    )
    .addOption(workersOption())
    .addOption(strategyOption())
    .addOption(caseOption())
    .option("--grep <text>", "only scenarios whose name (with .case) contains it")
    .option("--last-failed", "only scenarios that were not as expected last time; where there are none, all")
    .option("--failed-first", "all, and those first that were not as expected last time")
    .option(
      "--changed [ref]",
      "only scenarios whose file or own code has changed since the last commit, or since the branch left ref",
    )
    .addOption(new Option("--only <file>").argParser((file, others: readonly string[] = []) => [...others, file]).hideHelp())
    .addOption(new Option("--reporter <name...>", reporterDoc).default(["console"]))
    .option("--baseline <file>", "failures that are known and do not break the gate, e.g. scenarios/baseline.json")
    .option("--update-baseline", "write into it what fails now")
    .addOption(new Option("--retries [n]").hideHelp())
    .option("--watch", "run again what a change of a file concerns")
    .addOption(logLevelOption("what run.log leaves out: everything below this level"))
    .addOption(futuresOption())
    .addOption(outOption())
    .addOption(shrinkOption().default("first"))
    .option("--check-determinism", "run every seed twice and compare")
    .option("--shard <i/n>", "only this machine's share of the seeds; auto: as the CI server says (see merge)")
    .option("--save", "keep what fails under scenarios/regressions/, to be run first from then on")
    .option("--ledger <file>", "where it is kept which seeds were run (default: ledger.jsonl in the reports folder)")
    .option("--resume", "go on with what was interrupted or killed, from the journal in the reports folder")
    .addHelpText(
      "after",
      `
Examples:
  seedquake run                                             every scenario in scenarios/
  seedquake run scenarios/raft-harsh.yaml --runs 500        one scenario, 500 seeds
  seedquake run scenarios/mutants --grep raft --seed random
  seedquake run scenarios --time 10m --bail --reporter dots junit:out/junit.xml
  seedquake run --changed origin/main --baseline scenarios/baseline.json
  seedquake run --watch --grep raft
  seedquake run scenarios --runs 100000 --shard 2/8 --out part2`,
    )
    .action(async (paths: string[], flags: RunFlags) => end(await begin(paths, flags)));
};

async function begin(paths: string[], flags: RunFlags): Promise<number> {
  if (flags.retries !== undefined)
    throw new UsageError(
      "--retries: there are none, as a seed is a seed: the same run would fail again. To look at it, use `seedquake replay`; to search elsewhere, --seed random; to live with it for now, --baseline",
    );
  if (flags.watch !== true) return run(paths, flags);
  const { watch } = await import("./watch.ts");
  return watch(paths, process.argv.slice(2));
}

export async function run(paths: string[], given: RunFlags): Promise<number> {
  let flags = given;
  const { terminal, beside, files: into } = destinations(flags.reporter, process.env);
  const gate = new Gate(flags);
  const shard = flags.shard === undefined ? undefined : readShard(flags.shard, process.env);
  const files = findScenarioFiles(paths);
  const catalogue = await catalogueFor(registry, files);
  const { scenarios: all, problems } = readScenarios(files, catalogue);
  for (const problem of problems) complain(problem);
  if (problems.length > 0) return exit.usage;
  const note = terminal.live === undefined ? complain : out;
  const { scenarios: selected, notes } = await select(all, flags);
  const scenarios = selected.map((scenario) => withStrategy(scenario, flags.strategy));
  for (const line of notes) note(line);
  ensureWritable(flags.out);
  for (const { file } of into) ensureWritable(dirname(file), `--reporter, for ${file}`);
  const ledger = ledgerOf(flags.out, flags.ledger);
  if (flags.seed === nextSeedMark) {
    if (shard !== undefined)
      throw new UsageError("--seed next: each shard has a ledger of its own; give all of them the same --seed");
    flags = { ...flags, seed: freshSeed(ledger, scenarios) };
  }
  const asked = askedOf(paths, flags, catalogue.own?.sha256, scenarios);
  const journals = openJournals(flags.out, asked, scenarios, { shard, resume: flags.resume === true, merged: flags.merged });

  const interrupts = catchInterrupts();
  const pool = new Pool({ workers: flags.workers, registry, own: catalogue.own });
  const campaigns: Campaign[] = [];
  const look = lookAt(scenarios);
  if (terminal.live !== undefined && scenarios.length > 0)
    out(`base seed ${flags.seed}, ${flags.workers} ${flags.workers === 1 ? "worker" : "workers"}`);
  const ours = { prefix: ciPrefix(process.env), ...(flags.logLevel === undefined ? {} : { logLevel: flags.logLevel }) };
  const measured = readMeasured(flags.out);
  const scored = readScores(flags.out);
  const settle = () => ({ ...setting(catalogue, flags.out, campaigns), ...ours, measured, scored, ...gate.setting(campaigns) });
  const status = new Status(scenarios.length);
  const startedAt = performance.now();
  const deadline = flags.time === undefined ? undefined : startedAt + flags.time;
  const begin = async (turn: number, passed: () => void): Promise<Campaign | { readonly changed: string }> => {
    const scenario = scenarios[turn]!;
    const journal = journals.of(scenario);
    const changed = await changedSince(pool, scenario, scenario.explicit?.seed ?? flags.seed, journal.entries);
    if (changed !== undefined) return { changed };
    const begunAt = performance.now();
    // The time is shared out evenly among the scenarios that are still to come.
    const timeMs = deadline === undefined ? undefined : Math.max(1, (deadline - begunAt) / (scenarios.length - campaigns.length));
    return runCampaign(pool, scenario, catalogue, {
      baseSeed: flags.seed,
      shrink: flags.shrink,
      ...(flags.futures === undefined ? {} : { futures: flags.futures }),
      bail: gate.bails(scenario),
      twice: flags.checkDeterminism === true,
      interrupted: interrupts.came,
      onProgress: (progress) => {
        if (turn === campaigns.length) status.progress(fullName(scenario), turn, begunAt, progress);
      },
      onRan: passed,
      shard,
      turn,
      journal,
      gather: flags.merged !== undefined,
      ...(flags.runs === undefined ? {} : { runs: flags.runs }),
      ...(timeMs === undefined ? {} : { timeMs }),
    });
  };
  // Where the end of one decides about the next, or about its time, that one waits.
  const ahead = flags.bail === true || deadline !== undefined ? 0 : flags.workers;
  const more = (): boolean => !interrupts.came();
  try {
    for await (const campaign of inTurn({ count: scenarios.length, ahead, begin, more })) {
      if ("changed" in campaign) {
        complain(campaign.changed);
        return exit.undecided;
      }
      campaigns.push(campaign);
      if (shard === undefined) enter(ledger, campaign);
      status.clear();
      if (terminal.live !== undefined)
        process.stdout.write(terminal.live.each(campaigns, tellFailures(campaigns), settle(), look));
      // What a shard leaves out would be missing where all are put together.
      if (flags.bail === true && shard === undefined && !gate.lets(campaign)) break;
    }
  } finally {
    status.clear();
    interrupts.release();
    await pool.close();
  }
  const suite: Suite = {
    campaigns,
    baseSeed: flags.seed,
    interrupted: interrupts.came(),
    wallMs: Math.round(performance.now() - startedAt),
    ...(campaigns.length === scenarios.length ? {} : { notRun: scenarios.slice(campaigns.length) }),
    ...(catalogue.own === undefined ? {} : { own: catalogue.own.sha256 }),
  };
  const known = flags.updateBaseline === true && !interrupts.came() ? gate.update(campaigns) : [];
  const how = settle();
  writeReports(flags.out, suite, how);
  if (!interrupts.came()) journals.done();
  if (flags.save === true) for (const line of saveFailures(campaigns, catalogue)) note(line);
  for (const { reporter, file } of into) writePage(file, reporter.render(suite, { ...how, paint: noPaint }));
  process.stdout.write(terminal.live?.end(suite, how) ?? terminal.render(suite, how));
  for (const reporter of beside) process.stdout.write(reporter.render(suite, how));
  if (beside.length > 0) summarize(process.env, suite, { ...how, paint: noPaint });
  for (const line of known) note(line);
  if (flags.updateBaseline === true && interrupts.came()) complain("the baseline stays as it was: not everything ran");
  const counted = campaigns.filter((campaign) => how.baseline?.known.has(campaign) !== true);
  for (const { verdict, reason } of counted) if (verdict !== "as expected") said(reason);
  return interrupts.came() ? exit.interrupted : exitStatus(counted);
}

/** What decides which runs there are, and what is made of them. */
function askedOf(paths: readonly string[], flags: RunFlags, sha256: string | undefined, scenarios: readonly Scenario[]): Asked {
  const { case: own, grep, seed: baseSeed, runs, time, bail, checkDeterminism, shrink, strategy, futures } = flags;
  const chose = flags.changed !== undefined || flags.lastFailed === true || flags.chosen !== undefined;
  return {
    paths,
    chosen: chose ? scenarios.map(fullName) : undefined,
    case: own,
    grep,
    baseSeed,
    runs,
    timed: time !== undefined,
    bail: bail === true,
    twice: checkDeterminism === true,
    shrink,
    strategy,
    futures,
    version: ourPackage.version,
    own: sha256,
  };
}
