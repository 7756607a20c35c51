/** The door to the files: finds scenarios, reads them, and imports the registry of protocols. */

import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { globSync } from "tinyglobby";
import { faults } from "../faults/index.ts";
import type { Protocol } from "../protocol.ts";
import {
  type Catalogue,
  loadScenarios,
  type OwnFiles,
  type Regression,
  readSuite,
  regressionScenarios,
  ScenarioError,
} from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { didYouMean } from "../sim/suggest.ts";
import { workloads } from "../workloads/index.ts";
import { bundleOwn, importOwn } from "./own.ts";

/** Our faults and workloads, with the protocols of the given module, and the user's own that were bundled. @throws OwnError */
export async function catalogueFrom(registry: string, own?: OwnFiles): Promise<Catalogue> {
  const { protocols } = (await import(registry)) as { readonly protocols: readonly Protocol[] };
  const ours = { protocols, faults, workloads };
  return own === undefined ? ours : importOwn(ours, own);
}

/** The catalogue for these scenario files. @throws OwnError */
export async function catalogueFor(registry: string, files: readonly string[]): Promise<Catalogue> {
  return catalogueFrom(registry, await bundleOwn([...files, ...files.flatMap(namedBy).filter((file) => !files.includes(file))]));
}

/** Something on the command line that leads to no scenario; the message is a whole sentence. */
export class LoadError extends Error {}

/** The YAML files that files, folders and globs lead to; sorted, each once, with forward slashes. */
export function findScenarioFiles(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile()) {
      found.add(path);
      continue;
    }
    const pattern = stat?.isDirectory() ? `${path.replace(/[\\/]+$/, "").replaceAll(sep, "/")}/**/*.{yaml,yml}` : path;
    const files =
      stat?.isDirectory() || /[*?[{]/.test(path) ? globSync(pattern, { absolute: false, expandDirectories: false }) : [];
    if (files.length === 0) {
      throw new LoadError(
        stat?.isDirectory()
          ? `${path}: expected scenarios (*.yaml), found none in this folder`
          : `${path}: expected a scenario file, a folder or a glob, found nothing there; \`seedquake list\` shows what there is`,
      );
    }
    for (const file of files) found.add(file);
  }
  return [...found].map((file) => tidyPath(file)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function tidyPath(file: string): string {
  const near = relative(process.cwd(), file);
  return (near.startsWith("..") ? file : near).replaceAll(sep, "/");
}

/** Reads and checks a file's scenarios, one for each case. @throws ScenarioError for what is in it, LoadError when it cannot be read. */
export function readCases(file: string, catalogue: Catalogue): readonly Scenario[] {
  return loadScenarios(readText(file), file, catalogue);
}

/** @throws LoadError */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LoadError(
      `${file}: expected a readable file, found an error (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

/** Replaces the file's text, whole or not at all. @throws LoadError */
export function writeText(file: string, text: string): void {
  const temporary = `${file}.new`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new LoadError(
      `${file}: expected to write it, found an error (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

/** Reads one scenario: the file's only one, or the case of this name. */
export function readScenario(file: string, catalogue: Catalogue, name?: string): Scenario {
  const all = readCases(file, catalogue);
  const found = name === undefined ? all : all.filter((scenario) => scenario.case === name);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const names = all.flatMap((scenario) => scenario.case ?? []);
  if (name === undefined)
    throw new LoadError(`${file}: it has the cases ${names.join(", ")}; say which of them with --case <name>`);
  const meant = names.length === 0 ? "it has no cases; leave --case away" : didYouMean(name, names);
  throw new LoadError(`${file}: there is no case "${name}" in it; ${meant}`);
}

/** The regressions of a suite file, each with its file as seen from here; undefined for any other file. @throws ScenarioError */
function suiteOf(file: string): readonly (Regression & { readonly path: string })[] | undefined {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return readSuite(text, file)?.map((one) => ({ ...one, path: tidyPath(join(dirname(file), one.file)) }));
}

/** As `suiteOf`, where mistakes are told by somebody else. */
function namedBy(file: string): readonly string[] {
  try {
    return (suiteOf(file) ?? []).map(({ path }) => path);
  } catch (error) {
    if (error instanceof ScenarioError) return [];
    throw error;
  }
}

/** The files in the order in which they run: suites first, as they hold what has failed before; what one names does not run by itself as well. */
export function inOrder(files: readonly string[]): readonly string[] {
  const named = new Set(files.flatMap(namedBy));
  const suites = files.filter((file) => namedBy(file).length > 0);
  return [...suites, ...files.filter((file) => !suites.includes(file) && !named.has(file))];
}

/** The scenarios of any file: its cases, or of a suite each regression's replay and the search of its neighbourhood. */
export function readAny(file: string, catalogue: Catalogue): readonly Scenario[] {
  const suite = suiteOf(file);
  if (suite === undefined) return readCases(file, catalogue);
  return suite.flatMap((one) => regressionScenarios(one, readScenario(one.path, catalogue, one.case), file, catalogue));
}

/** Reads all that can be read, and collects every sentence about what cannot. */
export function readScenarios(files: readonly string[], catalogue: Catalogue): { scenarios: Scenario[]; problems: string[] } {
  const scenarios: Scenario[] = [];
  const problems: string[] = [];
  for (const file of inOrder(files)) {
    try {
      scenarios.push(...readAny(file, catalogue));
    } catch (error) {
      if (error instanceof ScenarioError || error instanceof LoadError) problems.push(error.message);
      else throw error;
    }
  }
  return { scenarios, problems };
}

/** The digest that an earlier report holds for a run, and where. */
export interface Recorded {
  readonly digest: string;
  readonly where: string;
}

/**
 * Looks for the recorded digest of a run: beside a counterexample in its failure.json, for a seed of a scenario in the summary of
 * the reports folder. Reports come and go, so none is no error.
 */
export function readRecorded(file: string, scenario: Scenario, seed: number, outDir: string): Recorded | undefined {
  if (scenario.explicit !== undefined) {
    const where = join(dirname(file), "failure.json");
    const failure = readJson(where) as
      | { readonly digest?: unknown; readonly failure?: { readonly digest?: unknown } }
      | undefined;
    const digest = failure?.digest ?? failure?.failure?.digest;
    return typeof digest === "string" ? { digest, where } : undefined;
  }
  const where = join(outDir, "summary.json");
  const summary = readJson(where) as
    | {
        readonly campaigns?: readonly {
          readonly scenario: { readonly name: string; readonly case?: string };
          readonly failures: readonly { readonly seed: number; readonly foundDigest?: string }[];
        }[];
      }
    | undefined;
  const campaign = summary?.campaigns?.find(
    ({ scenario: { name, case: own } }) => name === scenario.name && own === scenario.case,
  );
  const digest = campaign?.failures.find((failure) => failure.seed === seed)?.foundDigest;
  return digest === undefined ? undefined : { digest, where };
}

/** A file of the reports folder, as data; undefined when there is none, or it is no JSON: reports come and go. */
export function readReport(outDir: string, name: string): unknown {
  return readJson(join(outDir, name));
}

function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
