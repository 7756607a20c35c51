/** Options that commands share, and how their values are read; each mistake is a sentence. */

import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
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

export const caseOption = (): Option => new Option("--case <name>", "which of the file's cases");
export const outOption = (): Option => new Option("--out <folder>", "where reports go").default("reports");
export const workersOption = (): Option =>
  new Option("--workers <n>", "worker threads; results do not depend on it")
    .argParser(count("--workers", 1))
    .default(availableParallelism());
