/** Which scenario is meant by a protocol's file or name: the one that is to break it. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { harshScenario } from "../run/mutants.ts";
import { ownPaths } from "../scenario/index.ts";
import { UsageError } from "./usage.ts";

const folder = "scenarios";

/** `what`: a scenario's file, as it is; a protocol's file, or the name of one of ours. */
export function scenarioOf(what: string): string {
  if (/\.ya?ml$/i.test(what)) return what;
  const stat = statSync(what, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return harshOf(basename(resolve(what)), what);
  const naming = yamlFiles([dirname(what), folder]).filter((file) => names(file, what));
  if (naming.length === 0) return harshOf(basename(dirname(resolve(what))), what);
  const harsh = naming.filter((file) => basename(file).includes("harsh"));
  const meant = harsh.length > 0 ? harsh : naming;
  if (meant.length > 1)
    throw new UsageError(`${what}: expected one scenario of it, found ${meant.join(", ")}; name the one that is meant`);
  return meant[0]!;
}

function harshOf(protocol: string, what: string): string {
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
          .filter((name) => /\.ya?ml$/i.test(name))
          .map((name) => join(one, name))
      : [],
  );
  return [...new Map(found.map((file) => [realpathSync(file), file])).values()].sort();
}

function names(scenario: string, protocol: string): boolean {
  return ownPaths(readFileSync(scenario, "utf8")).some((written) => resolve(dirname(scenario), written) === resolve(protocol));
}
