/** Which of the scenarios run, and in which order: by name, by what failed last, by what has changed. */

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { readSummary, type Summary } from "../report/summary-schema.ts";
import { fullName } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { didYouMean } from "../sim/suggest.ts";
import { affectedBy, membersOf, standsOn } from "./affected.ts";
import { changedFiles } from "./git.ts";
import { UsageError } from "./usage.ts";

export interface Choice {
  readonly grep?: string;
  /** Of each file only the case of this name. */
  readonly case?: string;
  readonly lastFailed?: boolean;
  readonly failedFirst?: boolean;
  readonly shard?: string;
  /** True: since the last commit. */
  readonly changed?: string | true;
  /** Only scenarios of these files: how --watch picks. */
  readonly only?: readonly string[];
  /** Only these, by their full names: what shards have chosen. */
  readonly chosen?: readonly string[];
  /** Where the last summary lies. */
  readonly out: string;
}

export interface Selection {
  readonly scenarios: readonly Scenario[];
  /** What the user should know of the choice. */
  readonly notes: readonly string[];
}

/** Saved bugs first: they are the ones that came before. */
function regressionsFirst(scenarios: readonly Scenario[]): readonly Scenario[] {
  const saved = ({ file, regression }: Scenario): boolean => regression === true || /(^|\/)regressions\//.test(file);
  return [...scenarios.filter(saved), ...scenarios.filter((scenario) => !saved(scenario))];
}

/** The full names of what did not come out as expected last time, less what a baseline knew. */
function failedIn(summary: Summary): ReadonlySet<string> {
  const bad = summary.campaigns.filter(({ verdict, known }) => verdict !== "as expected" && known !== true);
  return new Set(bad.map(({ scenario: { name, case: own } }) => fullName(own === undefined ? { name } : { name, case: own })));
}

/** What the last run in this reports folder says; undefined when there was none. */
export function lastSummary(out: string): Summary | undefined {
  const file = join(out, "summary.json");
  return existsSync(file) ? readSummary(readFileSync(file, "utf8"), file) : undefined;
}

export async function select(all: readonly Scenario[], choice: Choice): Promise<Selection> {
  const { grep, only, changed, out } = choice;
  if (choice.failedFirst === true && choice.shard !== undefined)
    throw new UsageError(
      "--failed-first with --shard: every machine must share out the same order, and each has its own last run; leave --failed-first away",
    );
  let scenarios = regressionsFirst(all);
  const notes: string[] = [];
  if (only !== undefined) scenarios = scenarios.filter(({ file }) => only.includes(file));
  const { chosen } = choice;
  if (chosen !== undefined) scenarios = scenarios.filter((scenario) => chosen.includes(fullName(scenario)));
  if (choice.case !== undefined) scenarios = ofCase(scenarios, choice.case);
  if (grep !== undefined) {
    scenarios = scenarios.filter((scenario) => fullName(scenario).includes(grep));
    if (scenarios.length === 0)
      throw new UsageError(`--grep ${grep}: no scenario's name contains it; \`seedquake list\` shows them`);
  }
  if (changed !== undefined) {
    const ref = changed === true ? undefined : changed;
    scenarios = await thoseChanged(scenarios, ref);
    const since = ref === undefined ? "the last commit" : ref;
    notes.push(
      scenarios.length === 0
        ? `nothing that these scenarios stand on has changed since ${since}: none of them runs`
        : `${of(scenarios, all)}: what they stand on has changed since ${since}`,
    );
  }
  if (choice.lastFailed === true || choice.failedFirst === true) {
    const last = lastSummary(out);
    const failed = last === undefined ? new Set<string>() : failedIn(last);
    const bad = scenarios.filter((scenario) => failed.has(fullName(scenario)));
    if (choice.lastFailed === true && bad.length === 0) {
      const why =
        last === undefined
          ? `there is no ${out}/summary.json yet`
          : failed.size === 0
            ? "nothing failed last time"
            : "nothing of what failed last time is among these scenarios";
      notes.push(`--last-failed: ${why}; all of them run`);
    } else if (choice.lastFailed === true) {
      scenarios = bad;
      notes.push(`${of(bad, all)}: those that were not as expected last time`);
    } else scenarios = [...bad, ...scenarios.filter((scenario) => !bad.includes(scenario))];
  }
  return { scenarios, notes };
}

function ofCase(all: readonly Scenario[], name: string): readonly Scenario[] {
  const found = all.filter((scenario) => scenario.case === name);
  if (found.length > 0) return found;
  const known = [...new Set(all.flatMap(({ case: own }) => own ?? []))];
  throw new UsageError(
    known.length === 0
      ? `--case ${name}: no file of these has cases`
      : `--case ${name}: no file of these has such a case; ${didYouMean(name, known)}`,
  );
}

function of(some: readonly Scenario[], all: readonly Scenario[]): string {
  return `${some.length} of ${all.length} ${all.length === 1 ? "scenario" : "scenarios"}`;
}

async function thoseChanged(scenarios: readonly Scenario[], ref: string | undefined): Promise<readonly Scenario[]> {
  const here = process.cwd();
  const changed = changedFiles(here, ref);
  // Only in our own repository are these the protocols that we come with.
  const ours = join(realpathSync(here), "harness");
  const isOurs = existsSync(join(ours, "protocol.ts"));
  const deep =
    isOurs && changed.some((path) => path.startsWith(ours) && path.endsWith(".ts") && !/\.test\.ts$|\/testing\//.test(path));
  if (deep) return scenarios;
  const files = [...new Set(scenarios.map(({ file }) => file))];
  const affected = new Set([
    ...affectedBy(changed, await standsOn(files, isOurs ? "protocols" : undefined)),
    // A suite's scenarios go by the files that it names.
    ...changed.filter((path) => /\.ya?ml$/.test(path)).flatMap(membersOf),
  ]);
  return scenarios.filter(({ file }) => affected.has(file));
}
