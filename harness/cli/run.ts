/** seedquake run: campaigns over scenarios, and their reports. */

import { Option } from "commander";
import { campaignLines, nameWidth, reporters, suiteLine, tellFailures } from "../report/index.ts";
import { ensureWritable, writeReports } from "../report/write.ts";
import { exitStatus } from "../run/campaign.ts";
import { catalogueFor, findScenarioFiles, readScenarios } from "../run/load.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import type { Campaign, Suite } from "../run/run.ts";
import { fullName } from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { count, duration, outOption, seed, usualSeed, workersOption } from "./options.ts";
import { setting } from "./setting.ts";
import { Status } from "./status.ts";
import { complain, exit, out } from "./terminal.ts";
import { UsageError } from "./usage.ts";

interface RunFlags {
  readonly seed: number;
  readonly runs?: number;
  readonly time?: number;
  readonly bail?: boolean;
  readonly workers: number;
  readonly grep?: string;
  readonly reporter: readonly string[];
  readonly out: string;
  readonly shrink: "first" | "all" | "none";
  readonly checkDeterminism?: boolean;
}

export const add: Add = (cli, end) => {
  cli
    .command("run")
    .description("run scenarios: files, folders or globs (default: scenarios)")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--runs <n>", "runs of each scenario, instead of its own number").argParser(count("--runs", 1)))
    .addOption(new Option("--time <duration>", "start seeds for so long, e.g. 60s").argParser(duration("--time")))
    .option("--bail", "end a scenario at its first violation (the lowest failing seed)")
    .addOption(workersOption())
    .option("--grep <text>", "only scenarios whose name (with .case) contains it")
    .addOption(
      new Option("--reporter <name...>", "what to print at the end")
        .choices(reporters.map(({ name }) => name))
        .default(["console"]),
    )
    .addOption(outOption())
    .addOption(
      new Option("--shrink <which>", "which failing seeds are made small").choices(["first", "all", "none"]).default("first"),
    )
    .option("--check-determinism", "run every seed twice and compare")
    .addHelpText(
      "after",
      `
Examples:
  seedquake run                                             every scenario in scenarios/
  seedquake run scenarios/raft-harsh.yaml --runs 500        one scenario, 500 seeds
  seedquake run scenarios/mutants --grep raft --seed random
  seedquake run scenarios --time 10m --bail --reporter junit`,
    )
    .action(async (paths: string[], flags: RunFlags) => end(await run(paths, flags)));
};

async function run(paths: string[], flags: RunFlags): Promise<number> {
  const files = findScenarioFiles(paths);
  const catalogue = await catalogueFor(registry, files);
  const { scenarios: all, problems } = readScenarios(files, catalogue);
  for (const problem of problems) complain(problem);
  if (problems.length > 0) return exit.usage;
  const { grep } = flags;
  const scenarios = grep === undefined ? all : all.filter((scenario) => fullName(scenario).includes(grep));
  if (scenarios.length === 0)
    throw new UsageError(`--grep ${grep}: no scenario's name contains it; \`seedquake list\` shows them`);
  ensureWritable(flags.out);

  let interrupts = 0;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.interrupted);
    complain("interrupted: finishing what is under way and keeping what was found (once more to stop at once)");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const pool = new Pool({ workers: flags.workers, registry, own: catalogue.own });
  const campaigns: Campaign[] = [];
  const toConsole = flags.reporter.includes("console");
  const look = { nameWidth: nameWidth(scenarios.map(fullName)), short: scenarios.length > 1 };
  if (toConsole) out(`base seed ${flags.seed}, ${flags.workers} ${flags.workers === 1 ? "worker" : "workers"}`);
  const status = new Status(scenarios.length);
  const deadline = flags.time === undefined ? undefined : performance.now() + flags.time;
  try {
    for (const scenario of scenarios) {
      if (interrupts > 0) break;
      status.scenario(fullName(scenario), campaigns.length);
      // The time is shared out evenly among the scenarios that are still to come.
      const timeMs =
        deadline === undefined ? undefined : Math.max(1, (deadline - performance.now()) / (scenarios.length - campaigns.length));
      const campaign = await runCampaign(pool, scenario, catalogue, {
        baseSeed: flags.seed,
        shrink: flags.shrink,
        bail: flags.bail === true,
        twice: flags.checkDeterminism === true,
        interrupted: () => interrupts > 0,
        onProgress: (progress) => status.progress(progress),
        ...(flags.runs === undefined ? {} : { runs: flags.runs }),
        ...(timeMs === undefined ? {} : { timeMs }),
      });
      campaigns.push(campaign);
      status.clear();
      if (toConsole) {
        const told = tellFailures(campaigns);
        for (const line of campaignLines(campaign, told, setting(catalogue, flags.out, campaigns), look)) out(line);
      }
    }
  } finally {
    status.clear();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await pool.close();
  }
  const suite: Suite = {
    campaigns,
    baseSeed: flags.seed,
    interrupted: interrupts > 0,
    ...(catalogue.own === undefined ? {} : { own: catalogue.own.sha256 }),
  };
  const how = setting(catalogue, flags.out, campaigns);
  writeReports(flags.out, suite, how);
  for (const reporter of reporters) {
    if (reporter.name === "console") {
      if (toConsole) out(`\n${suiteLine(suite, how)}`);
    } else if (flags.reporter.includes(reporter.name)) process.stdout.write(reporter.render(suite, how));
  }
  return interrupts > 0 ? exit.interrupted : exitStatus(campaigns);
}
