/** The room's door: the world, its chance, and the types that reports and runs need. */

export { ContractError, lateBreaches } from "./breach.ts";
export { type Roots, roots, stream } from "./chance.ts";
export { resubmits } from "./client.ts";
export { Cluster } from "./cluster.ts";
export { foldDigests } from "./digest.ts";
export type { Driver } from "./driver.ts";
export { setGuards } from "./guards.ts";
export type { Moment, MomentWord } from "./moments.ts";
export type { ClientOperation } from "./operations.ts";
export { type Budgets, type ClusterOptions, defaultBudgets, type Stop } from "./setup.ts";
export type { TraceRecord } from "./trace.ts";
export type { Latency, Weather, World } from "./world.ts";
