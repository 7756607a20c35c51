/** The room's door: the world, its chance, and the types that reports and runs need. */

export { type Roots, roots, stream } from "./chance.ts";
export {
  type Budgets,
  type ClientOperation,
  Cluster,
  type ClusterOptions,
  defaultBudgets,
  lateBreaches,
  type Stop,
} from "./cluster.ts";
export { ContractError } from "./context.ts";
export { foldDigests } from "./digest.ts";
export type { Driver } from "./driver.ts";
export { setGuards } from "./guards.ts";
export type { Moment, MomentWord } from "./moments.ts";
export type { TraceRecord } from "./trace.ts";
export type { Latency, Weather, World } from "./world.ts";
