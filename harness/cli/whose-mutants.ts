/** Which wrong variants are meant, and what each must be found by: those of a protocol, of what a scenario names, or all that there are. */

import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Mutant, Protocol } from "../protocol.ts";
import { catalogueFor, catalogueFrom, findScenarioFiles, inOrder, LoadError, readCases, readText } from "../run/load.ts";
import { caseFor, harshScenario, type MutantJob, mutantScenarios, mutantsAgainst } from "../run/mutants.ts";
import { ownTitles } from "../run/own.ts";
import { type Catalogue, fullName, protocolOf, readSuite, type Scenario } from "../scenario/index.ts";
import { registry } from "./command.ts";
import { UsageError } from "./usage.ts";
import { isYaml, rightCase, scenarioOf, theOneMeant } from "./whose-scenario.ts";

export interface Asked {
  /** The folder of scenarios. */
  readonly scenarios: string;
  /** Which case of a file that was named. */
  readonly case?: string;
  /** Give up after so many runs. */
  readonly runs: number;
}

export interface Meant {
  readonly jobs: readonly MutantJob[];
  readonly catalogue: Catalogue;
}

/** A scenario that is to find mutants, and what led to it: a scenario's file, a protocol's, or a protocol's name. */
interface Target {
  readonly what: string;
  readonly file: string;
}

/** `what`: names of our protocols, files of protocols, scenarios; nothing at all means all that there are here. */
export async function mutantsMeant(what: readonly string[], asked: Asked): Promise<Meant> {
  const { protocols } = await catalogueFrom(registry);
  const all = protocols.filter(({ mutants }) => mutants.length > 0);
  if (what.length === 0 && !all.every((protocol) => existsSync(general(protocol, asked))))
    return against(await ofProject(asked), asked);
  const ours = what.length === 0 ? all : protocols.filter(({ name }) => what.includes(name));
  const others = what.filter((text) => !ours.some(({ name }) => name === text));
  return against(
    others.map((text): Target => ({ what: text, file: scenarioOf(text, asked.scenarios) })),
    asked,
    ours,
  );
}

function general({ name }: Protocol, { scenarios }: Asked): string {
  return join(scenarios, harshScenario(name));
}

/** For each protocol with mutants that the project's scenarios name the one of them that is meant. */
async function ofProject({ scenarios: folder }: Asked): Promise<readonly Target[]> {
  const files = inOrder(scenariosIn(folder));
  const catalogue = await catalogueFor(registry, files);
  const naming = new Map<string, string[]>();
  for (const file of files) {
    const [first] = readSuite(readText(file), file) === undefined ? readCases(file, catalogue) : [];
    if (first === undefined || first.explicit !== undefined || protocolOf(first, catalogue).mutants.length === 0) continue;
    naming.set(first.protocol, [...(naming.get(first.protocol) ?? []), file]);
  }
  if (naming.size > 0) return [...naming].map(([what, found]) => ({ what, file: theOneMeant(found, what) }));
  throw new UsageError(
    `${folder}: expected scenarios of protocols with wrong variants (\`mutants\`), found none; type \`seedquake mutants <scenario or protocol>\`, or \`seedquake mutate <scenario>\`, which plants bugs in any protocol`,
  );
}

function scenariosIn(folder: string): readonly string[] {
  try {
    return findScenarioFiles([folder]);
  } catch (error) {
    if (error instanceof LoadError) return [];
    throw error;
  }
}

/** The mutants of each target against its right case, and those of `ours` each against what finds it. */
async function against(targets: readonly Target[], asked: Asked, ours: readonly Protocol[] = []): Promise<Meant> {
  const files = [...new Set(targets.map(({ file }) => file))];
  const first = await catalogueFor(registry, files);
  const found = files.map((file) => rightOf(targets.find((target) => target.file === file)!, first, asked));
  const needed = found.flatMap(({ needs }) => [...needs.values()]);
  const catalogue = needed.length === 0 ? first : await catalogueFor(registry, [...files, ...needed]);
  const names = await calledBy(found, catalogue, ours);
  const jobs = found.map(({ right, needs, only, mutants }, i) => {
    const scenarioFor = (mutant: Mutant): Scenario =>
      needs.has(mutant) ? caseFor(mutant, readCases(needs.get(mutant)!, catalogue)) : right;
    return mutantsAgainst(mutants, scenarioFor, { called: names[i]!, within: asked.runs, only });
  });
  return { jobs: [...ours.flatMap((protocol) => ofOurs(protocol, catalogue, asked)), ...jobs.flat()], catalogue };
}

function ofOurs(protocol: Protocol, catalogue: Catalogue, asked: Asked): MutantJob[] {
  const { name, mutants } = protocol;
  const file = general(protocol, asked);
  if (mutants.length === 0) throw new UsageError(noMutants(name, name, "<scenario>"));
  if (existsSync(file))
    return mutantScenarios([protocol], (path) => readCases(`${asked.scenarios}/${path}`, catalogue), asked.runs);
  throw new UsageError(
    `${name}: expected its general scenario at ${file}, found none there; name a scenario of it, or with --scenarios <folder> where ours lie`,
  );
}

interface Right {
  readonly right: Scenario;
  readonly mutants: readonly Mutant[];
  /** Of mutants that ask for a scenario of their own: its file. */
  readonly needs: ReadonlyMap<Mutant, string>;
  /** Whether this scenario was asked about, and no other. */
  readonly only: boolean;
}

function rightOf({ what, file }: Target, catalogue: Catalogue, asked: Asked): Right {
  const right = rightCase(file, catalogue, asked.case);
  const { name, mutants } = protocolOf(right, catalogue);
  if (statSync(what, { throwIfNoEntry: false })?.isFile() === true && !isYaml(what) && resolve(name) !== resolve(what))
    throw new UsageError(
      `${what}: expected a protocol's file, found one that ${file} names as something else; the protocol there is ${name}`,
    );
  if (right.explicit !== undefined)
    throw new UsageError(
      `${file}: expected a scenario that draws its runs, found an explicit one, whose one run does not tell how soon a wrong variant is found; name the scenario that it came from`,
    );
  if (mutants.length === 0) throw new UsageError(noMutants(what, name, file));
  const only = isYaml(what);
  const needs = only
    ? []
    : mutants.flatMap((mutant) => (mutant.needs === undefined ? [] : [[mutant, mutant.needs.scenario] as const]));
  return { right, mutants, only, needs: new Map(needs.map(([mutant, path]) => [mutant, neededBy(mutant, path, file, asked)])) };
}

/** Beside the scenario that led here, or in the folder of scenarios. */
function neededBy({ name }: Mutant, path: string, file: string, { scenarios }: Asked): string {
  const places = [...new Set([join(dirname(file), path), join(scenarios, path)])];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new UsageError(
    `${name}: expected the scenario that this wrong variant \`needs\` at ${places.join(" or ")}, found none there`,
  );
}

function noMutants(what: string, protocol: string, scenario: string): string {
  return `${what}: expected a protocol with wrong variants (\`mutants\`), found none in ${protocol}; write some, or type \`seedquake mutate ${scenario}\`, which plants bugs in any protocol`;
}

/** What each one's mutants are called by: the protocol's own name, or where another is called so its path, or the scenario. */
async function calledBy(
  found: readonly Right[],
  { own, protocols }: Catalogue,
  ours: readonly Protocol[],
): Promise<readonly string[]> {
  const titles = own === undefined ? new Map<string, string>() : await ownTitles(own);
  const theirs = protocols.filter(({ name }) => !titles.has(name));
  const names = found.map(({ right }) => {
    const title = titles.get(right.protocol);
    const taken = (title === undefined ? ours : theirs).map(({ name }) => name);
    return [...(title === undefined ? [] : [title]), right.protocol, fullName(right)].filter((name) => !taken.includes(name));
  });
  return names.map((mine, i) => mine.find((name) => names.every((other, k) => k === i || !other.includes(name))) ?? mine.at(-1)!);
}
