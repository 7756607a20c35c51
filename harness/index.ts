/** The package's public face: run scenarios, check histories, write protocols, workloads and faults. */

export * from "./check/index.ts";
export type { Fault, PlannedFault } from "./faults/fault.ts";
export { faults } from "./faults/index.ts";
export * from "./protocol.ts";
export { exitStatus } from "./run/campaign.ts";
export { type HereOptions, runHere } from "./run/here.ts";
export { type Prepared, prepare, runOnce, runTraced } from "./run/once.ts";
export type { Campaign, Failure, RecordedOperation, Run, Suite, TracedRun, Violation } from "./run/run.ts";
export { type Shrunk, shrink } from "./run/shrink.ts";
export { type Catalogue, jsonSchema, loadScenario, loadScenarios, ScenarioError, writeExplicit } from "./scenario/index.ts";
export type { Expectation, Plan, Scenario } from "./scenario/scenario.ts";
export type { TraceRecord } from "./sim/trace.ts";
export { workloads } from "./workloads/index.ts";
export type { Op, PlannedOperation, Workload } from "./workloads/workload.ts";
