/** seedquake mutate: bugs planted in a protocol's outside acts, one at a time, and the share of them that its scenario catches. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { InvalidArgumentError, Option } from "commander";
import { folderName, inFolder, replayCommand } from "../report/index.ts";
import { scoreJson, scoreLines, scoreMarkdown, scoreSentence, scoreVersion } from "../report/mutate.ts";
import { ensureWritable, writePage } from "../report/write.ts";
import { extent } from "../run/campaign.ts";
import { catalogueFor } from "../run/load.ts";
import {
  actLines,
  joined,
  mutationsOf,
  neverExecuted,
  type Outcome,
  outcomeOf,
  type Planned,
  type Score,
  type Surveyed,
  sumOf,
  verdictOf,
} from "../run/mutate.ts";
import { prepare } from "../run/once.ts";
import { Pool } from "../run/pool.ts";
import type { Catalogue } from "../scenario/index.ts";
import { fullName, type Scenario } from "../scenario/scenario.ts";
import { parseShare } from "../sim/units.ts";
import { type Add, registry } from "./command.ts";
import { catchInterrupts } from "./interrupts.ts";
import { keepScore } from "./measured.ts";
import { caseOption, count, outOption, seed, usualSeed, workersOption } from "./options.ts";
import { ourPackage } from "./package.ts";
import { complain, exit, out, said } from "./terminal.ts";
import { rightCase, scenarioOf } from "./whose-scenario.ts";

/** More runs of a mutation seldom change what comes of it; a scenario that states fewer has fewer. */
const usualRuns = 300;

interface MutateFlags {
  readonly runs?: number;
  readonly seed: number;
  readonly case?: string;
  readonly atLeast?: number;
  readonly json?: boolean;
  readonly workers: number;
  readonly out: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("mutate")
    .description("plant bugs in a protocol, one sync, write, message or timer at a time: which of them its scenario catches")
    .argument("<scenario or protocol>", "a scenario; or a protocol's file or name, for its harsh scenario")
    .addOption(
      new Option("--runs <n>", `runs of each mutation (default: the scenario's own number, at most ${usualRuns})`).argParser(
        count("--runs", 1),
      ),
    )
    .addOption(new Option("--seed <n>", "first seed; `random` draws one").argParser(seed).default(usualSeed))
    .addOption(caseOption())
    .addOption(new Option("--at-least <share>", "fail when it catches less, e.g. 80%").argParser(share))
    .option("--json", "print the score as JSON")
    .addOption(workersOption())
    .addOption(outOption())
    .addHelpText(
      "after",
      `
Nothing is changed in your files. An interrupted score goes on where it was when the same is typed again.

Examples:
  seedquake mutate scenarios/mine.yaml
  seedquake mutate scenarios/mine.ts --at-least 80%
  seedquake mutate abd-register --runs 100`,
    )
    .action(async (what: string, flags: MutateFlags) => end(await mutate(what, flags)));
};

function share(text: string): number {
  const ppm = parseShare(text);
  if (ppm === undefined) throw new InvalidArgumentError(`--at-least takes a share such as 80%; found "${text}".`);
  return ppm;
}

async function mutate(what: string, flags: MutateFlags): Promise<number> {
  const file = scenarioOf(what);
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = rightCase(file, catalogue, flags.case);
  ensureWritable(flags.out);
  const interrupts = catchInterrupts();
  const pool = new Pool({ workers: flags.workers, registry, own: catalogue.own });
  try {
    return await score(pool, scenario, catalogue, flags, interrupts.came);
  } finally {
    interrupts.release();
    await pool.close();
  }
}

async function score(
  pool: Pool,
  scenario: Scenario,
  catalogue: Catalogue,
  flags: MutateFlags,
  interrupted: () => boolean,
): Promise<number> {
  const startedAt = performance.now();
  const say = flags.json === true ? (): void => {} : out;
  const prepared = prepare(scenario, catalogue);
  const baseSeed = scenario.explicit?.seed ?? flags.seed;
  const runs =
    scenario.explicit === undefined
      ? (flags.runs ?? (scenario.expect.kind === "valid" ? Math.min(usualRuns, extent(scenario).runs) : extent(scenario).runs))
      : 1;
  const stock = await surveyed(pool, scenario, baseSeed, runs, interrupted);
  const wrong = stock.runs.find(({ verdict }) => verdict === "invalid");
  if (wrong !== undefined) {
    const { check, sentence } = wrong.violation!;
    out(`no score: ${fullName(scenario)} fails without any mutation. Seed ${wrong.seed} violates ${check}: ${sentence}`);
    said(`seed ${wrong.seed} violates ${check}: ${sentence}`);
    out(replayCommand(scenario.file, scenario.explicit === undefined ? wrong.seed : undefined, scenario.case));
    return exit.violation;
  }
  if (interrupted()) return exit.interrupted;
  const { verdict, reason, digest } = verdictOf(prepared, stock.runs);
  if (verdict !== "as expected") {
    out(`no score: ${fullName(scenario)} is not as expected without any mutation: ${reason}`);
    said(reason);
    return verdict === "violation" || verdict === "not found" ? exit.violation : exit.undecided;
  }
  const planned = mutationsOf(stock, scenario, prepared.protocol);
  const base: Omit<Score, "mutations"> = {
    scenario: {
      file: scenario.file,
      name: scenario.name,
      ...(scenario.case === undefined ? {} : { case: scenario.case }),
    },
    protocol: scenario.protocol,
    baseSeed,
    runs,
    digest,
    planned: planned.length,
    neverExecuted: neverExecuted(stock.ways, sourceLines(stock)),
  };
  say(`${fullName(scenario)} holds in ${runs} runs from seed ${baseSeed}; ${planned.length} mutations, up to ${runs} runs each`);

  const folder = join(flags.out, folderName(scenario, "mutate"));
  const key = keyOf(scenario, base, planned, catalogue.own?.sha256);
  const done = new Map(readInterrupted(join(folder, "score.json"), key).map((outcome) => [outcome.id, outcome]));
  if (done.size > 0) say(`going on with an interrupted score: ${done.size} are decided`);
  let savedAt = performance.now();
  const scoreNow = (): Score => ({ ...base, mutations: planned.flatMap(({ id }) => done.get(id) ?? []) });
  const save = (): void => {
    savedAt = performance.now();
    const timing = { wallMs: Math.round(savedAt - startedAt), workers: pool.size };
    writePage(join(folder, "score.json"), scoreJson(scoreNow(), key, timing));
  };
  const bar = progress(planned.length, flags.json === true);
  const digests = new Map(stock.runs.map((run) => [run.seed, run.digest]));
  const waiting = planned.filter(({ id }) => !done.has(id));
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined && !interrupted(); one = waiting.shift()) {
      const { mutation, seeds } = one;
      const found = await pool.trial({ kind: "trial", scenario, mutation, seeds, digests: seeds.map((at) => digests.get(at)!) });
      done.set(one.id, outcomeOf(one, found, prepared, stock.runs));
      bar?.update(done.size, { caught: sumOf([...done.values()]).caught });
      if (performance.now() - savedAt > savingMs) save();
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, next));
  } finally {
    bar?.stop();
    save();
  }
  const whole = scoreNow();
  writePage(join(folder, "score.md"), scoreMarkdown(whole));
  if (flags.json === true) process.stdout.write(readFileSync(join(folder, "score.json"), "utf8"));
  for (const line of scoreLines(whole)) say(line);
  say(`report ${inFolder(flags.out.replaceAll("\\", "/"), folderName(scenario, "mutate"), "score.md")}`);
  if (whole.mutations.length < planned.length) return exit.interrupted;
  const { caught, of, ppm } = sumOf(whole.mutations);
  keepScore(flags.out, { scenario: fullName(scenario), caught, of });
  if (ppm === undefined) {
    complain(`${scoreSentence(whole)}: nothing can be said`);
    return exit.undecided;
  }
  if (flags.atLeast !== undefined && ppm < flags.atLeast) {
    complain(`${scoreSentence(whole)}; --at-least asks for ${flags.atLeast / 10_000}%`);
    return exit.violation;
  }
  return exit.asExpected;
}

/** A kill loses at most what was decided in this time. */
const savingMs = 1_000;

/** The unchanged runs, up to the first that is invalid. */
async function surveyed(
  pool: Pool,
  scenario: Scenario,
  baseSeed: number,
  runs: number,
  interrupted: () => boolean,
): Promise<Surveyed> {
  const size = Math.max(1, Math.min(20, Math.ceil(runs / (pool.size * 2))));
  const parts: Surveyed[] = [];
  const waiting: Promise<Surveyed>[] = [];
  let started = 0;
  for (;;) {
    while (waiting.length < pool.size * 2 && started < runs && !interrupted()) {
      const most = Math.min(size, runs - started);
      waiting.push(pool.survey({ kind: "survey", scenario, firstSeed: baseSeed + started, count: most }));
      started += most;
    }
    const part = await waiting.shift();
    if (part === undefined) break;
    parts.push(part);
    if (!part.runs.some(({ verdict }) => verdict === "invalid")) continue;
    await Promise.allSettled(waiting);
    break;
  }
  return joined(parts);
}

function sourceLines({ files }: Surveyed): ReadonlyMap<string, readonly number[]> {
  return new Map(files.map(([name, path]) => [name, existsSync(path) ? actLines(readFileSync(path, "utf8")) : []]));
}

/** Equal only for a score that comes to the same. */
function keyOf(scenario: Scenario, base: Omit<Score, "mutations">, planned: readonly Planned[], own: string | undefined): string {
  const parts = [scoreVersion, ourPackage.version, own ?? "", scenario, base, planned.map(({ id, seeds }) => [id, seeds.length])];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** What an interrupted score of the same has decided. */
function readInterrupted(path: string, key: string): readonly Outcome[] {
  if (!existsSync(path)) return [];
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as {
      readonly key?: unknown;
      readonly complete?: unknown;
      readonly mutations?: readonly Outcome[];
    };
    return found.key === key && found.complete === false ? (found.mutations ?? []) : [];
  } catch {
    return [];
  }
}

function progress(total: number, silent: boolean): SingleBar | undefined {
  if (silent || !process.stdout.isTTY || process.env["CI"] !== undefined) return undefined;
  const bar = new SingleBar({
    format: "{bar} {value}/{total} mutations, {caught} caught, {eta_formatted} left",
    clearOnComplete: true,
    hideCursor: true,
    barsize: 20,
  });
  bar.start(total, 0, { caught: 0 });
  return bar;
}
