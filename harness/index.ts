/** The package's public face: run scenarios, check histories, write protocols, workloads and faults. */

import { runFiles } from "./run/files.ts";
import type { HereOptions } from "./run/here.ts";
import type { Campaign } from "./run/run.ts";

export * from "./check/index.ts";
export type { Cluster, Fault, PlannedFault } from "./faults/fault.ts";
export { faults } from "./faults/index.ts";
export * from "./protocol.ts";
export { exitStatus } from "./run/campaign.ts";
export { type HereOptions, runHere } from "./run/here.ts";
export { type Prepared, prepare, runOnce, runTraced } from "./run/once.ts";
export type { Campaign, Failure, RecordedOperation, Run, Suite, TracedRun, Violation } from "./run/run.ts";
export { type Shrunk, shrink } from "./run/shrink.ts";
export { type DrawnFault, faultArbitrary, operationsArbitrary } from "./scenario/arbitraries.ts";
export {
  type Catalogue,
  jsonSchema,
  loadScenario,
  loadScenarios,
  planArbitrary,
  ScenarioError,
  writeExplicit,
} from "./scenario/index.ts";
export type { Expectation, Plan, Scenario } from "./scenario/scenario.ts";
export type { TraceRecord } from "./sim/trace.ts";
export { workloads } from "./workloads/index.ts";
export { type SimpleWorkload, simpleWorkload } from "./workloads/simple.ts";
export type { Op, PlannedOperation, Workload } from "./workloads/workload.ts";

const registry = new URL(`../protocols/index.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url).href;

/**
 * Runs all scenarios of a file, a folder or a glob in this thread, with what they name by path: one campaign for each case, in
 * order. For tests: `expect(campaign.verdict).toBe("as expected")`.
 * @throws an Error with a sentence about the file
 */
export const runScenarios = (path: string | URL, options?: HereOptions): Promise<readonly Campaign[]> =>
  runFiles(registry, path, options);
