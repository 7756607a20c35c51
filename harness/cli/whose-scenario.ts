/** Which scenario is meant by a protocol's file or name: the one that is to break it. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, parse, resolve } from "node:path";
import { readCases, readScenario } from "../run/load.ts";
import { harshScenario } from "../run/mutants.ts";
import { type Catalogue, ownPaths, type Scenario } from "../scenario/index.ts";
import { UsageError } from "./usage.ts";

/** `what`: a scenario's file, as it is; a protocol's file, or the name of one whose harsh scenario lies in the folder of scenarios. */
export function scenarioOf(what: string, folder = "scenarios"): string {
  if (isYaml(what)) return what;
  const stat = statSync(what, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return harshOf(basename(resolve(what)), what, folder);
  const naming = yamlFiles([dirname(what), folder]).filter((file) => names(file, what));
  return naming.length === 0 ? harshOf(basename(dirname(resolve(what))), what, folder) : theOneMeant(naming, what);
}

export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** Of all scenarios of a protocol the harsh one, else the one that is called as its file is, else the only one. */
export function theOneMeant(scenarios: readonly string[], protocol: string): string {
  const harsh = scenarios.filter((file) => basename(file).includes("harsh"));
  const alike = scenarios.filter((file) => parse(file).name === parse(protocol).name);
  const meant = harsh.length > 0 ? harsh : alike.length > 0 ? alike : scenarios;
  if (meant.length > 1)
    throw new UsageError(`${protocol}: expected one scenario of it, found ${meant.join(", ")}; name the one that is meant`);
  return meant[0]!;
}

/** Of several cases the one that must hold, where there is only one such; else the one that is named. */
export function rightCase(file: string, catalogue: Catalogue, own: string | undefined): Scenario {
  const right = own === undefined ? readCases(file, catalogue).filter(isRight) : [];
  return right.length === 1 ? right[0]! : readScenario(file, catalogue, own);
}

function isRight({ expect, mutant }: Scenario): boolean {
  return expect.kind === "valid" && mutant === undefined;
}

function harshOf(protocol: string, what: string, folder: string): string {
  const file = `${folder}/${harshScenario(protocol)}`;
  if (existsSync(file)) return file;
  throw new UsageError(
    `${what}: expected a scenario (*.yaml), or a protocol that one in ${folder}/ names, found neither; \`seedquake list\` shows what there is`,
  );
}

function yamlFiles(folders: readonly string[]): string[] {
  const found = folders.flatMap((one) =>
    existsSync(one) && statSync(one).isDirectory()
      ? readdirSync(one)
          .filter(isYaml)
          .map((name) => join(one, name))
      : [],
  );
  return [...new Map(found.map((file) => [realpathSync(file), file])).values()].sort();
}

function names(scenario: string, protocol: string): boolean {
  return ownPaths(readFileSync(scenario, "utf8")).some((written) => resolve(dirname(scenario), written) === resolve(protocol));
}
