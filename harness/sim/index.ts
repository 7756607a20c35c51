/** The room's door: the world, its chance, and the types that reports and runs need. */

export { ContractError, lateBreaches } from "./breach.ts";
export { finish, hashText, mix, type Roots, roots, stream } from "./chance.ts";
export { Cluster } from "./cluster.ts";
export { type Effects, effectKind } from "./effects.ts";
export { importing, setGuards } from "./guards.ts";
export { type MomentWord, momentOf } from "./moments.ts";
export { Monitors } from "./monitors.ts";
export type { MutationSeen } from "./mutating.ts";
export { type Mutation, mutationId, operators, parseMutation } from "./mutation.ts";
export type { ClientOperation } from "./operations.ts";
export { type Budgets, defaultBudgets, type Scout } from "./setup.ts";
export { filesOfPaths } from "./sites.ts";
export { Survey, type Way } from "./survey.ts";
export type { Latency, Weather } from "./world.ts";
