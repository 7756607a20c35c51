/** The door to scenario files for the tests of whoever uses the library: `seedquake run` in this thread, without its reports. */

import { fileURLToPath } from "node:url";
import { type HereOptions, runHere } from "./here.ts";
import { catalogueFor, findScenarioFiles, inOrder, readAny } from "./load.ts";
import type { Campaign } from "./run.ts";

/**
 * Runs all scenarios of a file, a folder or a glob, with what they name by path: one campaign for each case, in order.
 * `registry` is the module that exports `protocols`.
 * @throws ScenarioError, LoadError or OwnError, with a sentence about the file
 */
export async function runFiles(registry: string, path: string | URL, options: HereOptions = {}): Promise<readonly Campaign[]> {
  const files = findScenarioFiles([typeof path === "string" ? path : fileURLToPath(path)]);
  const catalogue = await catalogueFor(registry, files);
  return inOrder(files)
    .flatMap((file) => readAny(file, catalogue))
    .map((scenario) => runHere(scenario, catalogue, options));
}
