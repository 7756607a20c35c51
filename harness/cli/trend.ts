/** seedquake trend: a line for this commit in a file that the user keeps, and what differs from the line before. */

import { existsSync } from "node:fs";
import { readTrend, trendDifferences, trendLine, trendText, withLine } from "../report/trend.ts";
import { readText, writeText } from "../run/load.ts";
import type { Add } from "./command.ts";
import { headCommit } from "./git.ts";
import { outOption } from "./options.ts";
import { lastSummary } from "./select.ts";
import { exit, out } from "./terminal.ts";
import { UsageError } from "./usage.ts";

interface TrendFlags {
  readonly file: string;
  readonly out: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("trend")
    .description("write what the last run came to as this commit's line of a file, and tell what differs from the line before")
    .option("--file <path>", "one JSON object a line; the same commit again replaces its line", "trend.jsonl")
    .addOption(outOption())
    .addHelpText("after", "\nExamples:\n  seedquake run && seedquake trend\n  seedquake trend --file ci/trend.jsonl")
    .action((flags: TrendFlags) => end(trend(flags)));
};

function trend({ file, out: reports }: TrendFlags): number {
  const summary = lastSummary(reports);
  if (summary === undefined)
    throw new UsageError(`seedquake trend: expected ${reports}/summary.json, found none; \`seedquake run\` writes it`);
  if (summary.interrupted)
    throw new UsageError(
      `seedquake trend: ${reports}/summary.json is of a run that was interrupted; \`seedquake run\` writes a whole one`,
    );
  const commit = headCommit(process.cwd(), file);
  const line = trendLine(summary, commit);
  const { lines, before } = withLine(existsSync(file) ? readTrend(readText(file), file) : [], line);
  writeText(file, trendText(lines));
  const which = `${commit.hash.slice(0, 12)}${commit.dirty ? ", with changes that are not committed" : ""}`;
  out(`${file}: ${lines.length} ${lines.length === 1 ? "commit" : "commits"}, this one ${which}`);
  if (before === undefined) out("there is no line before it to compare with");
  else {
    out(`since ${before.commit.slice(0, 12)} (${before.subject}):`);
    for (const difference of trendDifferences(before, line)) out(`  ${difference}`);
  }
  return exit.asExpected;
}
