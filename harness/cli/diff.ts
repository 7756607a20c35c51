/** seedquake diff: the same seed against the right protocol and a wrong one, or two scenarios: where their runs part. */

import { Option } from "commander";
import { compared, diffLines, type Side } from "../report/diff.ts";
import { folderName, inFolder, traceLines } from "../report/index.ts";
import { ensureWritable, writePage } from "../report/write.ts";
import { difference } from "../run/diff.ts";
import { catalogueFor, readCases, readScenario } from "../run/load.ts";
import { Pool } from "../run/pool.ts";
import { type Catalogue, fullName, type Scenario } from "../scenario/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { type Add, registry } from "./command.ts";
import { count, outOption } from "./options.ts";
import { setting } from "./setting.ts";
import { exit, out } from "./terminal.ts";
import { UsageError } from "./usage.ts";

interface DiffFlags {
  readonly seed?: number;
  readonly mutant?: string;
  readonly case: readonly string[];
  readonly out: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("diff")
    .description("the same seed against the right protocol and a wrong one: the first event that differs, and what followed")
    .argument("<scenario>", "a scenario or a counterexample")
    .argument("[other]", "another scenario of the same protocol, to compare with")
    .addOption(new Option("--seed <n>", "the seed (a counterexample carries its own)").argParser(count("--seed", 0)))
    .option("--mutant <name>", "the wrong protocol (default: that of the scenario's case)")
    .option("--case <name...>", "which case; two names compare two cases, of one file or one of each", [])
    .addOption(outOption())
    .addHelpText(
      "after",
      `
Exit status: 0 the runs are the same, 1 they differ.

Examples:
  seedquake diff scenarios/raft-partitioned-leader.yaml --case reads-locally --seed 3
  seedquake diff scenarios/raft-harsh.yaml --seed 8 --mutant vote-not-persisted
  seedquake diff scenarios/redlock-drift.yaml --case beyond-it beyond-it-fenced --seed 1`,
    )
    .action(async (file: string, other: string | undefined, flags: DiffFlags) => end(await diff(file, other, flags)));
};

interface Wanted {
  readonly name: string;
  readonly scenario: Scenario;
}

async function diff(file: string, other: string | undefined, flags: DiffFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, other === undefined ? [file] : [file, other]);
  const [left, right] = sides(file, other, flags, catalogue);
  const seeds = [left, right].map(({ scenario }) => scenario.explicit?.seed ?? flags.seed);
  if (seeds.includes(undefined))
    throw new UsageError(`${file}: expected --seed <n>, as this scenario draws its runs from seeds; found none`);
  ensureWritable(flags.out);
  const pool = new Pool({ workers: 1, registry, own: catalogue.own });
  let runs: Side[];
  try {
    runs = [];
    for (const [i, { name, scenario }] of [left, right].entries())
      runs.push({ name, run: await pool.trace(scenario, seeds[i]!) });
  } finally {
    await pool.close();
  }
  const [one, two] = runs as [Side, Side];
  const found = difference(compared(one.run), compared(two.run));
  const where = `${other === undefined ? fullName(left.scenario) : left.scenario.protocol}, seed ${seeds[0]}`;
  const lines = diffLines(where, one, two, found, setting(catalogue, flags.out).words(left.scenario.workload.name));
  if (JSON.stringify(one.run.plan) !== JSON.stringify(two.run.plan))
    lines.splice(1, 0, "(their plans differ already: other operations or faults were drawn)");
  for (const line of lines) out(line);
  const folder = inFolder(flags.out, `diff-${folderName(left.scenario, seeds[0]!)}`);
  writePage(inFolder(folder, "diff.txt"), `${lines.join("\n")}\n`);
  for (const [i, { run }] of runs.entries())
    writePage(inFolder(folder, `${i === 0 ? "left" : "right"}.trace.jsonl`), traceLines(run));
  out(`report  ${inFolder(folder, "diff.txt")}`);
  return one.run.digest === two.run.digest ? exit.asExpected : exit.violation;
}

/** The right side and the wrong one, or two scenarios. */
function sides(file: string, other: string | undefined, flags: DiffFlags, catalogue: Catalogue): readonly [Wanted, Wanted] {
  const [first, second, ...more] = flags.case;
  if (more.length > 0) throw new UsageError(`--case: expected one case or two, found ${flags.case.length}`);
  if (other !== undefined || second !== undefined) {
    if (flags.mutant !== undefined)
      throw new UsageError("--mutant: two scenarios are compared as they stand; leave it away, or name one scenario");
    const a = readScenario(file, catalogue, first);
    const b = readScenario(other ?? file, catalogue, other === undefined ? second : (second ?? undefined));
    if (a.protocol !== b.protocol)
      throw new UsageError(
        `expected two scenarios of one protocol, found ${fullName(a)} of ${a.protocol} and ${fullName(b)} of ${b.protocol}`,
      );
    const names = [fullName(a), fullName(b)];
    return [
      { name: names[0]!, scenario: a },
      { name: names[0] === names[1] ? `${names[1]} (the other)` : names[1]!, scenario: b },
    ];
  }
  const scenario = first === undefined ? usualCase(file, catalogue, flags.mutant) : readScenario(file, catalogue, first);
  const { mutant: own, ...right } = scenario;
  const wrong = flags.mutant === undefined ? own : mutantOf(scenario, flags.mutant, catalogue);
  if (wrong === undefined) {
    const all = catalogue.protocols.find(({ name }) => name === scenario.protocol)!.mutants.map(({ name }) => name);
    throw new UsageError(
      `${file}: expected --mutant <name>, as this scenario has none of its own; ${scenario.protocol} has ${all.join(", ") || "none"}`,
    );
  }
  return [
    { name: "right", scenario: right },
    { name: wrong, scenario: { ...right, mutant: wrong } },
  ];
}

/** Of several cases the one with this mutant, else the first with any; else the right protocol's. */
function usualCase(file: string, catalogue: Catalogue, mutant: string | undefined): Scenario {
  const all = readCases(file, catalogue);
  const fits = (one: Scenario): boolean => (mutant === undefined ? one.mutant !== undefined : one.mutant === mutant);
  const found =
    all.find(fits) ??
    (all.length === 1 ? all[0] : mutant === undefined ? undefined : all.find((one) => one.mutant === undefined));
  return found ?? readScenario(file, catalogue);
}

function mutantOf({ protocol }: Scenario, wanted: string, catalogue: Catalogue): string {
  const { mutants } = catalogue.protocols.find(({ name }) => name === protocol)!;
  const found = mutants.find(({ name, id }) => name === wanted || id === wanted);
  if (found === undefined) {
    const known = mutants.flatMap(({ name, id }) => (id === undefined ? [name] : [name, id]));
    throw new UsageError(`--mutant ${wanted}: ${protocol} has no such mutant; ${didYouMean(wanted, known)}`);
  }
  return found.name;
}
