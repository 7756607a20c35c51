#!/usr/bin/env node
/** The command line: knows the process, the terminal and the wall clock, so that nothing else has to. */

import { readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { formatNames, initialState } from "./check/formats/index.ts";
import { checkLinearizable, type LinearizabilityBudget, type Model } from "./check/index.ts";
import { models } from "./check/models/registry.ts";
import { explanation, type Judgement, jsonLine, verdictLine } from "./check-command.ts";
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
import { HistoryFileError, importModel, isModelFile, readHistory } from "./run/histories.ts";
import {
  catalogueFor,
  catalogueFrom,
  findScenarioFiles,
  LoadError,
  readCases,
  readRecorded,
  readScenario,
  readScenarios,
  readText,
  writeText,
} from "./run/load.ts";
import { mutantScenarios } from "./run/mutants.ts";
import { prepare, runTraced } from "./run/once.ts";
import { OwnError } from "./run/own.ts";
import { pointLines, points } from "./run/points.ts";
import { Pool, type Progress, runCampaign } from "./run/pool.ts";
import type { Campaign, Suite } from "./run/run.ts";
import {
  asExplicit,
  type Catalogue,
  formatScenario,
  fullName,
  jsonSchema,
  ScenarioError,
  why,
  writeCase,
  writeExplicit,
} from "./scenario/index.ts";
import { didYouMean } from "./sim/suggest.ts";
import { parseDuration } from "./sim/units.ts";

/** Printed with every run, and the same unless told otherwise, so that two people see the same. */
const usualSeed = 1;

const exit = { asExpected: 0, violation: 1, usage: 2, undecided: 3, ours: 70, interrupted: 130 } as const;

/** Eight words, and as many again while the tables grow. */
const bytesOfConfiguration = 64;

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

function duration(name: string): (text: string) => number {
  return (text) => {
    const us = parseDuration(text);
    if (us === undefined || us <= 0)
      throw new InvalidArgumentError(`${name} takes a duration such as 60s or 10m; found "${text}".`);
    return us / 1000;
  };
}

const unitBytes: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9 };

function bytes(text: string): number {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)\s?(KB|MB|GB)$/i.exec(text) ?? [];
  const found = Number(number) * (unitBytes[unit?.toUpperCase() ?? ""] ?? 0);
  if (!(found > 0)) throw new InvalidArgumentError(`--memory takes a size such as 500MB or 2GB; found "${text}".`);
  return found;
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
  const caseOption = new Option("--case <name>", "which of the file's cases");
  const outOption = new Option("--out <folder>", "where reports go").default("reports");

  cli
    .command("run")
    .description("run scenarios: files, folders or globs (default: scenarios)")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(new Option("--runs <n>", "runs of each scenario, instead of its own number").argParser(count("--runs", 1)))
    .addOption(new Option("--time <duration>", "start seeds for so long, e.g. 60s").argParser(duration("--time")))
    .option("--bail", "end a scenario at its first violation (the lowest failing seed)")
    .addOption(workers)
    .option("--grep <text>", "only scenarios whose name (with .case) contains it")
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
    .addOption(caseOption)
    .addOption(outOption)
    .addHelpText(
      "after",
      `
Examples:
  seedquake replay scenarios/mutants/raft-vote-not-persisted.yaml --seed 408
  seedquake replay scenarios/raft-partitioned-leader.yaml --case reads-locally --seed 3
  seedquake replay reports/mutants-raft-vote-not-persisted-408/counterexample.yaml`,
    )
    .action(async (file: string, flags: ReplayFlags) => end(await replay(file, flags)));

  cli
    .command("show")
    .description("a case written out as a file of its own; or one run with everything drawn, as a file that replays by itself")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption)
    .addOption(new Option("--seed <n>", "the run").argParser(count("--seed", 0)).default(usualSeed))
    .option("--explicit", "the run of this seed, with everything that was drawn")
    .addHelpText(
      "after",
      `
Examples:
  seedquake show scenarios/raft-partitioned-leader.yaml --case reads-locally
  seedquake show scenarios/raft-harsh.yaml --explicit --seed 408 > story.yaml`,
    )
    .action(async (file: string, flags: ShowFlags) => end(await show(file, flags)));

  cli
    .command("why")
    .description("a scenario in plain English: what happens, what judges it, what it would prove")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption)
    .addHelpText("after", "\nExamples:\n  seedquake why scenarios/raft-harsh.yaml")
    .action(async (file: string, flags: { case?: string }) => end(await whyOf(file, flags)));

  cli
    .command("points")
    .description("every moment that a run reaches, to be named under when, before and after")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption)
    .addOption(new Option("--seed <n>", "the run").argParser(count("--seed", 0)).default(usualSeed))
    .addHelpText("after", "\nExamples:\n  seedquake points scenarios/raft-calm.yaml")
    .action(async (file: string, flags: ShowFlags) => end(await pointsOf(file, flags)));

  cli
    .command("fmt")
    .description("brings scenario files into one layout; comments stay")
    .argument("<paths...>", "files, folders or globs")
    .option("--check", "write nothing; exit 1 when a file would change")
    .addHelpText("after", "\nExamples:\n  seedquake fmt scenarios\n  seedquake fmt scenarios --check")
    .action((paths: string[], flags: { check?: boolean }) => end(fmt(paths, flags)));

  cli
    .command("check")
    .description("judge recorded histories: is there an order within real time that explains every answer?")
    .argument("<files...>", "histories; - is standard input")
    .requiredOption("--model <name>", "what a correct object does: one of ours, or ./model.mjs that exports one")
    .addOption(new Option("--format <name>", "how they are written").choices(["auto", ...formatNames]).default("auto"))
    .option("--initial <value>", "what the object holds at first, instead of the model's own")
    .option("--json", "one JSON object a file, and nothing else")
    .addOption(
      new Option("--timeout <duration>", "then a file is unknown").argParser(duration("--timeout")).default(60_000, "60s"),
    )
    .addOption(new Option("--memory <size>", "what a search may remember").argParser(bytes).default(2e9, "2GB"))
    .addOption(
      new Option("--engine <which>", "force a closed form, or the search").choices(["auto", "closed", "search"]).default("auto"),
    )
    .option("--witness", "show the order that explains a valid history")
    .addHelpText(
      "after",
      `
Models: ${Object.keys(models).join(", ")}
Exit status: 0 valid, 1 invalid, 3 unknown, 2 unreadable

Examples:
  seedquake check history.jsonl --model cas-register
  seedquake check etcd.log jepsen.edn --model cas-register --initial 0 --json
  seedquake check - --model ./bank.mjs < history.jsonl`,
    )
    .action(async (files: string[], flags: CheckFlags) => end(await check(files, flags)));

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

interface ReplayFlags {
  readonly seed?: number;
  readonly case?: string;
  readonly out: string;
}

async function replay(file: string, flags: ReplayFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = readScenario(file, catalogue, flags.case);
  const seed = scenario.explicit?.seed ?? flags.seed;
  if (seed === undefined)
    throw new UsageError(`${file}: expected --seed <n>, as this scenario draws its runs from seeds; found none`);
  if (scenario.explicit !== undefined && flags.seed !== undefined && flags.seed !== seed) {
    throw new UsageError(`${file}: it carries its own seed ${seed}; leave --seed ${flags.seed} away`);
  }
  ensureWritable(flags.out);
  const pool = new Pool({ workers: 1, registry, own: catalogue.own });
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

interface ShowFlags {
  readonly explicit?: boolean;
  readonly case?: string;
  readonly seed: number;
}

async function show(file: string, flags: ShowFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = readScenario(file, catalogue, flags.case);
  if (flags.explicit !== true) {
    process.stdout.write(writeCase(readText(file), scenario.case));
    return exit.asExpected;
  }
  const seed = scenario.explicit?.seed ?? flags.seed;
  const explicit = asExplicit(scenario, seed, prepare(scenario, catalogue).plan(seed), catalogue);
  process.stdout.write(writeExplicit(explicit, catalogue, [`${fullName(scenario)}, seed ${seed}`]));
  return exit.asExpected;
}

async function whyOf(file: string, flags: { case?: string }): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const all = flags.case === undefined ? readCases(file, catalogue) : [readScenario(file, catalogue, flags.case)];
  out(
    all
      .map((scenario) => `${paint("bold", fullName(scenario))}: ${scenario.description}\n${why(scenario, catalogue)}`)
      .join("\n\n"),
  );
  return exit.asExpected;
}

async function pointsOf(file: string, flags: ShowFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = readScenario(file, catalogue, flags.case);
  const seed = scenario.explicit?.seed ?? flags.seed;
  // A dry run: without its faults, which are to be placed.
  const { trace } = runTraced(prepare({ ...scenario, faults: [] }, catalogue), seed);
  for (const line of pointLines(points(trace), [...scenario.servers.map(({ id }) => id), ...scenario.clients])) out(line);
  return exit.asExpected;
}

function fmt(paths: string[], flags: { check?: boolean }): number {
  const changed = findScenarioFiles(paths).filter((file) => {
    const text = readText(file);
    const tidy = formatScenario(text, file);
    if (tidy !== text && flags.check !== true) writeText(file, tidy);
    return tidy !== text;
  });
  for (const file of changed) out(flags.check === true ? `${file}: would be laid out in another way` : file);
  return flags.check === true && changed.length > 0 ? exit.violation : exit.asExpected;
}

interface CheckFlags {
  readonly model: string;
  readonly format: "auto" | (typeof formatNames)[number];
  readonly initial?: string;
  readonly json?: boolean;
  readonly timeout: number;
  readonly memory: number;
  readonly engine: "auto" | "closed" | "search";
  readonly witness?: boolean;
}

async function modelOf({ model: name, initial }: CheckFlags): Promise<Model> {
  const model = isModelFile(name) ? await importModel(name) : Object.hasOwn(models, name) ? models[name] : undefined;
  if (model === undefined)
    throw new UsageError(`--model ${name}: there is no such model; ${didYouMean(name, Object.keys(models))}`);
  if (initial === undefined) return model;
  const first = initialState(isModelFile(name) ? "" : name, initial);
  if ("expected" in first) throw new UsageError(`--initial ${initial}: expected ${first.expected} for the model ${name}`);
  return { ...model, init: first.state };
}

async function check(files: string[], flags: CheckFlags): Promise<number> {
  const model = await modelOf(flags);
  const statuses: number[] = [];
  for (const file of files) {
    try {
      statuses.push(await checkFile(file, model, flags));
    } catch (error) {
      if (!(error instanceof HistoryFileError)) throw error;
      complain(error.message);
      statuses.push(exit.usage);
    }
  }
  return [exit.usage, exit.violation, exit.undecided].find((status) => statuses.includes(status)) ?? exit.asExpected;
}

async function checkFile(file: string, model: Model, flags: CheckFlags): Promise<number> {
  const own = isModelFile(flags.model);
  const operations = await readHistory(file, { format: flags.format, model: own ? "" : flags.model });
  const start = performance.now();
  const budget: LinearizabilityBudget = {
    steps: Number.MAX_SAFE_INTEGER,
    configurations: Math.floor(flags.memory / 2 / bytesOfConfiguration),
    stateBytes: flags.memory / 2,
    engine: flags.engine,
    stop: () => performance.now() - start > flags.timeout,
  };
  let judgement: Judgement;
  try {
    judgement = checkLinearizable(operations, model, budget);
  } catch (error) {
    if (!own) throw error;
    throw new HistoryFileError(`${flags.model}: expected the model to judge ${file}, found that it throws: ${String(error)}`);
  }
  const took = performance.now() - start;
  if (flags.json === true) {
    out(jsonLine(file, model, took, judgement));
  } else {
    out(verdictLine(file === "-" ? "standard input" : file, model, took, judgement, paint));
    for (const line of explanation(judgement, model, flags.witness === true)) out(line);
  }
  return { valid: exit.asExpected, invalid: exit.violation, unknown: exit.undecided }[judgement.verdict];
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
  const jobs = mutantScenarios(wanted, (path) => readCases(`${flags.scenarios}/${path}`, catalogue), flags.runs);
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
  const files = findScenarioFiles(paths);
  const catalogue = await catalogueFor(registry, files);
  const { scenarios, problems } = readScenarios(files, catalogue);
  const named = scenarios.map((scenario) => [
    `${scenario.file}${scenario.case === undefined ? "" : ` ${scenario.case}`}`,
    scenario.description,
  ]);
  const width = nameWidth(named.map(([name]) => name!));
  out("scenarios");
  for (const [name, description] of named) out(`  ${name!.padEnd(width)}  ${description}`);
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
      error instanceof OwnError ||
      error instanceof HistoryFileError ||
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
