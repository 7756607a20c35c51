#!/usr/bin/env node
/** The command line: knows the process, the terminal and the wall clock, so that nothing else has to. */

import { readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import {
  campaignLines,
  inFolder,
  nameWidth,
  type Paint,
  reporters,
  type Setting,
  suiteLine,
  tellFailures,
  tellRun,
  timeline,
} from "./report/index.ts";
import { type MutantRow, mutantHead, mutantLine, mutantSum } from "./report/mutants.ts";
import { ensureWritable, ReportError, writeReports, writeRun } from "./report/write.ts";
import { exitStatus, isExpected } from "./run/campaign.ts";
import { catalogueFrom, findScenarioFiles, LoadError, readRecorded, readScenario, readScenarios } from "./run/load.ts";
import { mutantScenarios } from "./run/mutants.ts";
import { Pool, type Progress, runCampaign } from "./run/pool.ts";
import type { Campaign, Suite } from "./run/run.ts";
import { type Catalogue, jsonSchema, ScenarioError, writeExplicit } from "./scenario/index.ts";
import { parseDuration } from "./sim/units.ts";

/** Printed with every run, and the same unless told otherwise, so that two people see the same. */
const usualSeed = 1;

const exit = { asExpected: 0, violation: 1, usage: 2, undecided: 3, ours: 70, interrupted: 130 } as const;

const registry = new URL("../protocols/index.js", import.meta.url).href;

/** A mistake of the user; the message is a whole sentence. */
class UsageError extends Error {}

const paint: Paint = (style, text) => styleText(style, text);

function out(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Options

function count(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`${name} takes a whole number, ${least} or more; found "${text}".`);
    }
    return value;
  };
}

function seed(text: string): number {
  return text === "random" ? Math.floor(Math.random() * 2 ** 32) : count("--seed", 0)(text);
}

function duration(text: string): number {
  const us = parseDuration(text);
  if (us === undefined || us <= 0) throw new InvalidArgumentError(`--time takes a duration such as 60s or 10m; found "${text}".`);
  return us / 1000;
}

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

/** Actions hand their exit status to `end`; commander itself has no use for it. */
function program(end: (status: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  const cli = new Command("seedquake")
    .description("Deterministic fault injection for distributed protocols: scenarios in, verdicts out, every bug by its seed.")
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError("(seedquake --help shows how)");
  const workers = new Option("--workers <n>", "worker threads; results do not depend on it")
    .argParser(count("--workers", 1))
    .default(availableParallelism());
  const outOption = new Option("--out <folder>", "where reports go").default("reports");

  cli
    .command("run")
    .description("run scenarios: files, folders or globs (default: scenarios)")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--runs <n>", "runs of each scenario, instead of its own number").argParser(count("--runs", 1)))
    .addOption(new Option("--time <duration>", "start seeds for so long, e.g. 60s").argParser(duration))
    .option("--bail", "end a scenario at its first violation (the lowest failing seed)")
    .addOption(workers)
    .option("--grep <text>", "only scenarios whose name contains it")
    .addOption(
      new Option("--reporter <name...>", "what to print at the end")
        .choices(reporters.map(({ name }) => name))
        .default(["console"]),
    )
    .addOption(outOption)
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

  cli
    .command("replay")
    .description("one run again, with its trace: a scenario and a seed, or a counterexample.yaml")
    .argument("<scenario>", "a scenario or a counterexample")
    .addOption(new Option("--seed <n>", "the seed (a counterexample carries its own)").argParser(count("--seed", 0)))
    .addOption(outOption)
    .addHelpText(
      "after",
      `
Examples:
  seedquake replay scenarios/mutants/raft-vote-not-persisted.yaml --seed 408
  seedquake replay reports/mutants-raft-vote-not-persisted-408/counterexample.yaml`,
    )
    .action(async (file: string, flags: { seed?: number; out: string }) => end(await replay(file, flags)));

  cli
    .command("mutants")
    .description("every wrong variant: how many runs find it, which check fires, how small it gets")
    .argument("[protocols...]", "only these protocols")
    .addOption(new Option("--runs <n>", "give up after so many").argParser(count("--runs", 1)).default(5_000))
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--scenarios <folder>", "where the harsh scenarios lie").default("scenarios"))
    .option("--slice", "a fixed part that takes a minute, for CI")
    .addOption(workers)
    .addHelpText("after", "\nExamples:\n  seedquake mutants\n  seedquake mutants raft --runs 20000")
    .action(async (protocols: string[], flags: MutantFlags) => end(await mutants(protocols, flags)));

  cli
    .command("list")
    .description("the scenarios of a folder, and the protocols, workloads and faults that there are")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addHelpText("after", "\nExamples:\n  seedquake list\n  seedquake list scenarios/mutants")
    .action(async (paths: string[]) => end(await list(paths)));

  cli
    .command("schema")
    .description("the JSON Schema of a scenario, for editors")
    .addHelpText("after", "\nExamples:\n  seedquake schema > scenario.schema.json")
    .action(async () => {
      out(JSON.stringify(jsonSchema(await catalogueFrom(registry)), null, 2));
    });
  return cli;
}

// Commands

function setting(catalogue: Catalogue, outDir: string, failures: Suite["campaigns"] = []): Setting {
  const violations = new Map(
    failures.flatMap((campaign) => campaign.failures.map((failure) => [failure.scenario, failure.violation])),
  );
  return {
    words: (name) => catalogue.workloads.find((workload) => workload.name === name)!,
    yaml: (scenario) => {
      const violation = violations.get(scenario);
      return writeExplicit(
        scenario,
        catalogue,
        violation === undefined ? [] : [`${violation.check} is violated: ${violation.sentence}`],
      );
    },
    out: outDir.replaceAll("\\", "/"),
    paint,
  };
}

async function run(paths: string[], flags: RunFlags): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const { scenarios: all, problems } = readScenarios(findScenarioFiles(paths), catalogue);
  for (const problem of problems) complain(problem);
  if (problems.length > 0) return exit.usage;
  const { grep } = flags;
  const scenarios = grep === undefined ? all : all.filter(({ name }) => name.includes(grep));
  if (scenarios.length === 0)
    throw new UsageError(`--grep ${grep}: no scenario's name contains it; \`seedquake list\` shows them`);
  ensureWritable(flags.out);

  let interrupts = 0;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.interrupted);
    complain("interrupted: finishing what is under way and keeping what was found (once more to stop at once)");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const pool = new Pool({ workers: flags.workers, registry });
  const campaigns: Campaign[] = [];
  const toConsole = flags.reporter.includes("console");
  const look = { nameWidth: nameWidth(scenarios.map(({ name }) => name)), short: scenarios.length > 1 };
  if (toConsole) out(`base seed ${flags.seed}, ${flags.workers} ${flags.workers === 1 ? "worker" : "workers"}`);
  const status = new Status(scenarios.length);
  const deadline = flags.time === undefined ? undefined : performance.now() + flags.time;
  try {
    for (const scenario of scenarios) {
      if (interrupts > 0) break;
      status.scenario(scenario.name, campaigns.length);
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
    await pool.close();
  }
  const suite: Suite = { campaigns, baseSeed: flags.seed, interrupted: interrupts > 0 };
  const how = setting(catalogue, flags.out, campaigns);
  writeReports(flags.out, suite, how);
  for (const reporter of reporters) {
    if (reporter.name === "console") {
      if (toConsole) out(`\n${suiteLine(suite, how)}`);
    } else if (flags.reporter.includes(reporter.name)) process.stdout.write(reporter.render(suite, how));
  }
  return interrupts > 0 ? exit.interrupted : exitStatus(campaigns);
}

async function replay(file: string, flags: { seed?: number; out: string }): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const scenario = readScenario(file, catalogue);
  const seed = scenario.explicit?.seed ?? flags.seed;
  if (seed === undefined)
    throw new UsageError(`${file}: expected --seed <n>, as this scenario draws its runs from seeds; found none`);
  if (scenario.explicit !== undefined && flags.seed !== undefined && flags.seed !== seed) {
    throw new UsageError(`${file}: it carries its own seed ${seed}; leave --seed ${flags.seed} away`);
  }
  ensureWritable(flags.out);
  const pool = new Pool({ workers: 1, registry });
  try {
    const [bare] = await pool.batch({ kind: "batch", scenario, firstSeed: seed, count: 1, bail: false, twice: false });
    const traced = await pool.trace(scenario, seed);
    const how = setting(catalogue, flags.out);
    const alone = tellRun(scenario, traced);
    // Beside the report of the campaign that found it, never in its place.
    const told = { ...alone, folder: `${alone.folder}.replay` };
    for (const line of timeline(traced, scenario, how.words(scenario.workload.name))) out(line);
    out("");
    const { violation } = bare!;
    if (violation !== undefined) out(`${paint("red", `${violation.check} is violated`)}: ${violation.sentence}`);
    else
      out(
        bare!.verdict === "valid"
          ? `${paint("green", "valid")}: nothing was violated`
          : `${paint("yellow", "unknown")}: ${bare!.unknown}`,
      );
    out(`seed ${seed}, digest ${bare!.digest}, ${bare!.events} events, ${traced.trace.length} records`);
    writeRun(flags.out, told, how);
    out(`report ${inFolder(how.out, told.folder)}/`);
    if (traced.digest !== bare!.digest) {
      complain(`the run with its trace has another digest (${traced.digest}): that is a fault of seedquake's own`);
      return exit.ours;
    }
    const recorded = readRecorded(file, scenario, seed, flags.out);
    if (recorded !== undefined && recorded.digest !== bare!.digest) {
      complain(
        `${recorded.where} records the digest ${recorded.digest} for this run, and it is ${bare!.digest} now: the protocol, the scenario or seedquake has changed since; a counterexample.yaml keeps its plan through such changes`,
      );
      return exit.undecided;
    }
    if (recorded !== undefined) out(`the digest is the one in ${recorded.where}`);
    if (violation !== undefined) return isExpected(scenario, violation) ? exit.asExpected : exit.violation;
    if (scenario.expect.kind === "violation") {
      complain(`expected a violation of ${scenario.expect.check}, and this run has none`);
      return exit.violation;
    }
    return bare!.verdict === "valid" ? exit.asExpected : exit.undecided;
  } finally {
    await pool.close();
  }
}

interface MutantFlags {
  readonly runs: number;
  readonly seed: number;
  readonly scenarios: string;
  readonly workers: number;
  readonly slice?: boolean;
}

async function mutants(protocols: string[], flags: MutantFlags): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const unknown = protocols.find((name) => !catalogue.protocols.some((protocol) => protocol.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown}: expected a protocol (${catalogue.protocols.map(({ name }) => name).join(", ")}), found none of that name`,
    );
  }
  const wanted = catalogue.protocols.filter(({ name }) => protocols.length === 0 || protocols.includes(name));
  const jobs = mutantScenarios(wanted, (path) => readScenario(`${flags.scenarios}/${path}`, catalogue), flags.runs);
  const pool = new Pool({ workers: flags.workers, registry });
  const rows: MutantRow[] = [];
  out(mutantHead(jobs));
  try {
    for (const job of jobs) {
      const campaign = await runCampaign(pool, job.scenario, catalogue, {
        baseSeed: flags.seed,
        ...(flags.slice === true ? { runs: Math.min(flags.runs, 2_000) } : {}),
      });
      const row: MutantRow = { ...job, campaign };
      rows.push(row);
      out(mutantLine(row, jobs));
    }
  } finally {
    await pool.close();
  }
  out(`\n${mutantSum(rows)}`);
  return rows.every(({ campaign }) => campaign.failures.length > 0) ? exit.asExpected : exit.violation;
}

async function list(paths: string[]): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const { scenarios, problems } = readScenarios(findScenarioFiles(paths), catalogue);
  const width = nameWidth(scenarios.map(({ file }) => file));
  out("scenarios");
  for (const { file, description } of scenarios) out(`  ${file.padEnd(width)}  ${description}`);
  out("protocols");
  for (const { name, description, mutants: wrong } of catalogue.protocols) {
    out(`  ${name.padEnd(width)}  ${description}`);
    for (const mutant of wrong)
      out(`    ${`${mutant.name}${mutant.id === undefined ? "" : ` (${mutant.id})`}`.padEnd(width)}  ${mutant.breaks}`);
  }
  out("workloads");
  for (const { name, doc } of catalogue.workloads) out(`  ${name.padEnd(width)}  ${doc}`);
  out("faults");
  for (const { word, doc } of catalogue.faults) out(`  ${word.padEnd(width)}  ${doc}`);
  for (const problem of problems) complain(problem);
  return problems.length > 0 ? exit.usage : exit.asExpected;
}

/** What is going on, on a terminal: a bar with runs a second, violations and time left. Elsewhere nothing but the lines at the end. */
class Status {
  private readonly bar: SingleBar | undefined;
  private readonly scenarios: number;
  private title = "";
  private since = 0;
  private shown = false;

  constructor(scenarios: number) {
    this.scenarios = scenarios;
    if (!process.stdout.isTTY || process.env["CI"] !== undefined) return;
    this.bar = new SingleBar({
      format: "{title} {bar} {value}/{total} {phase}, {speed} runs/s, {violations} violations, {eta_formatted} left",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 20,
    });
  }

  scenario(name: string, done: number): void {
    this.title = `[${done + 1}/${this.scenarios}] ${name}`;
    this.since = performance.now();
  }

  progress({ phase, runs, of, violations }: Progress): void {
    if (this.bar === undefined) return;
    const payload = {
      title: this.title,
      phase,
      violations,
      speed: Math.round((runs * 1000) / Math.max(1, performance.now() - this.since)),
    };
    if (!this.shown) this.bar.start(of, runs, payload);
    else {
      this.bar.setTotal(of);
      this.bar.update(runs, payload);
    }
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.bar?.stop();
    this.shown = false;
  }
}

// The door

/** Runs a command line; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  let status: number = exit.asExpected;
  try {
    const cli = program((code) => {
      status = code;
    });
    await cli.parseAsync(["node", "seedquake", ...args]);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.asExpected : exit.usage;
    if (
      error instanceof UsageError ||
      error instanceof LoadError ||
      error instanceof ScenarioError ||
      error instanceof ReportError
    ) {
      complain(error.message);
      return exit.usage;
    }
    complain(`a fault of seedquake's own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return exit.ours;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
