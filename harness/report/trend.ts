/** A line for each commit: what every scenario came to, in virtual time, so that two commits can be compared without noise. */

import { z } from "zod";
import { formatUs } from "../sim/units.ts";
import type { Summary, SummaryCampaign } from "./summary-schema.ts";
import { count } from "./text.ts";

/** Differences below this share are counted, not told. */
const worthTelling = 0.05;

const point = z.looseObject({
  verdict: z.string(),
  runs: z.number(),
  digest: z.string(),
  goals: z.number(),
  /** By name: shares in percent, lengths in virtual microseconds, messages for each answer. */
  figures: z.record(z.string(), z.number()),
});

const lineSchema = z.looseObject({
  commit: z.string(),
  date: z.string(),
  subject: z.string(),
  dirty: z.literal(true).optional(),
  baseSeed: z.number(),
  scenarios: z.record(z.string(), point),
});

export type TrendLine = z.output<typeof lineSchema>;
type Point = z.output<typeof point>;

/** A file that is no trend; the message is a whole sentence. */
export class TrendError extends Error {}

function pointOf({ verdict, runs, digest, goals, operations, metrics }: SummaryCampaign): Point {
  const answers = operations.ok + operations.fail;
  const quantiles = (["failover", "unavailable", "latency"] as const).flatMap((figure) =>
    (["p50", "p95", "p99", "max"] as const).map((name) => [`${figure}.${name}`, metrics[figure][name]] as const),
  );
  const figures: (readonly [string, number | undefined])[] = [
    ["answered", operations.asked === 0 ? undefined : Math.round((answers * 10_000) / operations.asked) / 100],
    ...quantiles,
    ["messages", answers === 0 ? undefined : Math.round((metrics.messages.sent * 100) / answers) / 100],
  ];
  return {
    verdict,
    runs,
    digest,
    goals: Object.values(goals).filter((times) => times > 0).length,
    figures: Object.fromEntries(figures.filter((entry): entry is [string, number] => entry[1] !== undefined)),
  };
}

function nameOf({ scenario: { name, case: own } }: SummaryCampaign): string {
  return own === undefined ? name : `${name}.${own}`;
}

export function trendLine(
  { baseSeed, campaigns }: Summary,
  {
    hash,
    date,
    subject,
    dirty,
  }: { readonly hash: string; readonly date: string; readonly subject: string; readonly dirty: boolean },
): TrendLine {
  const scenarios = campaigns.map((campaign) => [nameOf(campaign), pointOf(campaign)] as const);
  return {
    commit: hash,
    date,
    subject,
    ...(dirty ? { dirty: true as const } : {}),
    baseSeed,
    scenarios: Object.fromEntries(scenarios.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** @throws TrendError */
export function readTrend(text: string, file: string): readonly TrendLine[] {
  return text.split("\n").flatMap((line, i): TrendLine[] => {
    if (line.trim() === "") return [];
    let read: z.ZodSafeParseResult<TrendLine> | undefined;
    try {
      read = lineSchema.safeParse(JSON.parse(line));
    } catch {
      // Told below.
    }
    if (read?.success === true) return [read.data];
    throw new TrendError(
      `${file}:${i + 1}: expected a line as \`seedquake trend\` writes it, found another; name another file with --file`,
    );
  });
}

/** The lines with this one: in the place of the same commit's, else at the end; and the one before it. */
export function withLine(
  lines: readonly TrendLine[],
  line: TrendLine,
): { readonly lines: readonly TrendLine[]; readonly before: TrendLine | undefined } {
  const place = lines.findIndex(({ commit }) => commit === line.commit);
  return place < 0
    ? { lines: [...lines, line], before: lines.at(-1) }
    : { lines: lines.with(place, line), before: place === 0 ? undefined : lines[place - 1] };
}

export function trendText(lines: readonly TrendLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** What differs, a line for each scenario in which anything does. */
export function trendDifferences(before: TrendLine, now: TrendLine): string[] {
  const names = [...new Set([...Object.keys(before.scenarios), ...Object.keys(now.scenarios)])].sort();
  const told = names.flatMap((name) => {
    const changes = changesOf(before.scenarios[name], now.scenarios[name]);
    return changes.length === 0 ? [] : [`${name}: ${changes.join(", ")}`];
  });
  if (told.length === 0) return [`nothing differs in ${count(names.length, "scenario")}`];
  const seeds = before.baseSeed === now.baseSeed ? [] : [`the seeds are others: ${before.baseSeed} then, ${now.baseSeed} now`];
  return [...seeds, ...told];
}

function changesOf(before: Point | undefined, now: Point | undefined): string[] {
  if (now === undefined) return ["did not run"];
  if (before === undefined) return [`new: ${now.verdict}`];
  if (before.digest === now.digest && before.verdict === now.verdict) return [];
  const figures = [...new Set([...Object.keys(before.figures), ...Object.keys(now.figures)])].flatMap((name) => {
    const [was, is] = [before.figures[name], now.figures[name]];
    return was === is
      ? []
      : [{ name, was, is, worth: was === undefined || is === undefined || Math.abs(is - was) > worthTelling * Math.abs(was) }];
  });
  const small = figures.filter(({ worth }) => !worth).length;
  return [
    ...(before.verdict === now.verdict ? [] : [`${before.verdict} -> ${now.verdict}`]),
    ...(before.runs === now.runs ? [] : [`${before.runs} -> ${now.runs} runs`]),
    ...(before.goals === now.goals ? [] : [`${before.goals} -> ${now.goals} goals`]),
    ...figures
      .filter(({ worth }) => worth)
      .map(({ name, was, is }) => `${name} ${amount(name, was)} -> ${amount(name, is)}${share(was, is)}`),
    ...(small === 0 ? [] : [`${count(small, "figure")} by less than ${worthTelling * 100}%`]),
    // The runs were others, and came to the same.
    ...(figures.length === 0 && before.verdict === now.verdict ? ["other runs, with the same figures"] : []),
  ];
}

function amount(name: string, value: number | undefined): string {
  if (value === undefined) return "none";
  if (name === "answered") return `${value}%`;
  return name === "messages" ? String(value) : formatUs(value);
}

function share(was: number | undefined, is: number | undefined): string {
  if (was === undefined || is === undefined || was === 0) return "";
  const percent = Math.round(((is - was) * 100) / was);
  return ` (${percent > 0 ? "+" : ""}${percent}%)`;
}
