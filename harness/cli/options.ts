/** Options that commands share, and how their values are read; each mistake is a sentence. */

import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import { logLevels } from "../report/reporter.ts";
import type { Shrinking } from "../run/pool.ts";
import { isStrategy, type Scenario, type StrategyName, strategyNames, usualStrategy } from "../scenario/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { parseDuration } from "../sim/units.ts";

/** Printed with every run, and the same unless told otherwise, so that two people see the same. */
export const usualSeed = 1;

export function count(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`${name} takes a whole number, ${least} or more; found "${text}".`);
    }
    return value;
  };
}

/** What `--seed next` is until it is known which seeds were run: no seed is below 0. */
export const nextSeedMark = -1;

export function seedOrNext(text: string): number {
  return text === "next" ? nextSeedMark : seed(text);
}

export function seed(text: string): number {
  return text === "random" ? Math.floor(Math.random() * 2 ** 32) : count("--seed", 0)(text);
}

export function duration(name: string): (text: string) => number {
  return (text) => {
    const us = parseDuration(text);
    if (us === undefined || us <= 0)
      throw new InvalidArgumentError(`${name} takes a duration such as 60s or 10m; found "${text}".`);
    return us / 1000;
  };
}

export const strategyOption = (): Option =>
  new Option(
    "--strategy <name>",
    `how schedules are searched: ${strategyNames.join(", ")} (default: as the scenario says, else ${usualStrategy})`,
  ).argParser(strategyName);

/** Of what is written out, or goes through all effects in turn, nothing is searched. */
export function withStrategy(scenario: Scenario, name: StrategyName | undefined): Scenario {
  return name === undefined || scenario.explicit !== undefined ? scenario : { ...scenario, strategy: name };
}

export function strategyName(text: string): StrategyName {
  if (isStrategy(text)) return text;
  throw new InvalidArgumentError(`there is no strategy "${text}"; ${didYouMean(text, strategyNames)}.`);
}

export const caseOption = (): Option => new Option("--case <name>", "which of the file's cases");
export const outOption = (): Option => new Option("--out <folder>", "where reports go").default("reports");
export const logLevelOption = (doc: string): Option => new Option("--log-level <level>", doc).choices(logLevels);
export const futuresOption = (): Option =>
  new Option("--futures <n>", "play so many futures from each side of a violation's point of no return").argParser(
    count("--futures", 1),
  );
const shrinkings: readonly Shrinking[] = ["first", "all", "none"];
export const shrinkOption = (doc = "which failing seeds are made small"): Option =>
  new Option("--shrink <which>", doc).choices(shrinkings);
export const workersOption = (): Option =>
  new Option("--workers <n>", "worker threads; results do not depend on it")
    .argParser(count("--workers", 1))
    .default(availableParallelism());
