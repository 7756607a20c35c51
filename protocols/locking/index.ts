/** What the locks here have in common: how a client holds one, what it protects, and what all of them promise. No protocol of its own. */

export { type Doing, driftShare, LockClient, notToBeHad, type Terms } from "./client.ts";
export { doubt, holder, mutualExclusion, noLostWrite, tokensGrow } from "./invariants.ts";
export type { AcceptedFact, AcquiredFact, FromResource, LeftFact, Owner, Write } from "./messages.ts";
export { ForgetsItsToken } from "./mutants.ts";
export { mutantOf, nodesOf } from "./parts.ts";
export { Resource, type Stored } from "./resource.ts";
