/** seedquake merge: what several shards did becomes one report, the same as one machine would have written. */

import { Option } from "commander";
import { readJournal } from "../run/journal.ts";
import { mergeJournals } from "../run/merge.ts";
import type { Shrinking } from "../run/pool.ts";
import type { StrategyName } from "../scenario/index.ts";
import type { Add } from "./command.ts";
import { reporterDoc } from "./destinations.ts";
import { outOption, shrinkOption, workersOption } from "./options.ts";
import { out } from "./terminal.ts";

interface MergeFlags {
  readonly out: string;
  readonly reporter: readonly string[];
  readonly baseline?: string;
  readonly shrink?: Shrinking;
  readonly workers: number;
}

export const add: Add = (cli, end) => {
  cli
    .command("merge")
    .description("the reports of all shards as one: the same report and exit status as an undivided run")
    .argument("<folders...>", "the reports folders of all shards, or their journals")
    .addOption(new Option("--reporter <name...>", reporterDoc).default(["console"]))
    .option("--baseline <file>", "failures that are known and do not break the gate, e.g. scenarios/baseline.json")
    .addOption(shrinkOption("which failing seeds are made small (default: as in the shards, but first for none)"))
    .addOption(outOption())
    .addOption(workersOption())
    .addHelpText(
      "after",
      `
The scenarios must lie where they lay, and be what they were: failures are made small here,
so shards may leave that (--shrink none).

Examples:
  seedquake run scenarios --shard 1/2 --out part1     (and 2/2 --out part2, elsewhere)
  seedquake merge part1 part2`,
    )
    .action(async (folders: string[], flags: MergeFlags) => end(await merge(folders, flags)));
};

async function merge(folders: string[], flags: MergeFlags): Promise<number> {
  const { run } = await import("./run.ts");
  const merged = mergeJournals(folders.map(readJournal));
  const { asked } = merged;
  if (flags.reporter.includes("console")) out(`${folders.length} ${folders.length === 1 ? "journal" : "journals"}`);
  return run([...asked.paths], {
    seed: asked.baseSeed,
    bail: asked.bail,
    workers: flags.workers,
    reporter: flags.reporter,
    out: flags.out,
    // Shards that make nothing small leave it to this one.
    shrink: flags.shrink ?? (asked.shrink === "all" ? "all" : "first"),
    checkDeterminism: asked.twice,
    merged,
    ...(asked.case === undefined ? {} : { case: asked.case }),
    ...(asked.grep === undefined ? {} : { grep: asked.grep }),
    ...(asked.runs === undefined ? {} : { runs: asked.runs }),
    ...(asked.timed ? { time: 1 } : {}),
    ...(asked.chosen === undefined ? {} : { chosen: asked.chosen }),
    ...(asked.futures === undefined ? {} : { futures: asked.futures }),
    ...(asked.strategy === undefined ? {} : { strategy: asked.strategy as StrategyName }),
    ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
  });
}
