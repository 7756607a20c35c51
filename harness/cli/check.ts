/** seedquake check: judges histories that were recorded elsewhere. */

import { InvalidArgumentError, Option } from "commander";
import { formatNames, initialState, type RecordedFault } from "../check/formats/index.ts";
import { checkLinearizable, type LinearizabilityBudget, type Model } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { HistoryFileError, importModel, isModelFile, readHistory } from "../run/histories.ts";
import { didYouMean } from "../sim/suggest.ts";
import { explanation, type Judgement, jsonLine, verdictLine } from "./check-lines.ts";
import type { Add } from "./command.ts";
import { duration } from "./options.ts";
import { pageParts } from "./page-parts.ts";
import { complain, exit, out, paint, said } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/** Eight words, and as many again while the tables grow. */
const bytesOfConfiguration = 64;

interface CheckFlags {
  readonly model: string;
  readonly format: "auto" | (typeof formatNames)[number];
  readonly initial?: string;
  readonly json?: boolean;
  readonly timeout: number;
  readonly memory: number;
  readonly engine: "auto" | "closed" | "search";
  readonly witness?: boolean;
  readonly html?: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("check")
    .description("judge recorded histories: is there an order within real time that explains every answer?")
    .argument("<files...>", "histories; - is standard input")
    .requiredOption("--model <name>", "what a correct object does: one of ours, or ./model.ts (or .mjs) that exports one")
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
    .option("--html <file>", "draw the history, with its nemesis's lines as bands, as one HTML page")
    .addHelpText(
      "after",
      `
Models: ${Object.keys(models).join(", ")}
Exit status: 0 valid, 1 invalid, 3 unknown, 2 unreadable

Examples:
  seedquake check history.jsonl --model cas-register
  seedquake check etcd.log jepsen.edn --model cas-register --initial 0 --json
  seedquake check history.jsonl --model key-value --html history.html
  seedquake check - --model ./bank.ts < history.jsonl`,
    )
    .action(async (files: string[], flags: CheckFlags) => end(await check(files, flags)));
};

const unitBytes: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9 };

function bytes(text: string): number {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)\s?(KB|MB|GB)$/i.exec(text) ?? [];
  const found = Number(number) * (unitBytes[unit?.toUpperCase() ?? ""] ?? 0);
  if (!(found > 0)) throw new InvalidArgumentError(`--memory takes a size such as 500MB or 2GB; found "${text}".`);
  return found;
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
  if (flags.html !== undefined && files.length > 1)
    throw new UsageError(`--html ${flags.html}: expected one history, which fills a page, found ${files.length}`);
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
  const faults: RecordedFault[] = [];
  const reading = { format: flags.format, model: own ? "" : flags.model };
  const operations = await readHistory(file, reading, (fault) => faults.push(fault));
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
  const { verdict, reason } = judgement;
  said(verdict === "invalid" ? `${file} violates linearizable: ${reason}` : reason);
  if (flags.json === true) {
    out(jsonLine(file, model, took, judgement));
  } else {
    out(verdictLine(file === "-" ? "standard input" : file, model, took, judgement, paint));
    for (const line of explanation(judgement, model, flags.witness === true)) out(line);
  }
  if (flags.html !== undefined) {
    // Loaded only here: whoever wants a verdict does not wait for the pages.
    const [{ historyHtml }, { writePage }] = await Promise.all([import("../report/html/index.ts"), import("../report/write.ts")]);
    const page = historyHtml({ file, model, operations, faults, result: judgement }, pageParts());
    const path = writePage(flags.html, page);
    if (flags.json !== true) out(`  ${path}`);
  }
  return { valid: exit.asExpected, invalid: exit.violation, unknown: exit.undecided }[verdict];
}
