/** Raft done wrong: each differs from the right one in one decision. The ids are rows of the catalogue of known bugs. */

import type { Mutant } from "../../harness/protocol.ts";
import { articleMutants } from "./mutants/articles.ts";
import { electionMutants } from "./mutants/election.ts";
import { membershipMutants } from "./mutants/membership.ts";
import { readsMutants } from "./mutants/reads.ts";
import { replicationMutants } from "./mutants/replication.ts";
import { snapshotMutants } from "./mutants/snapshots.ts";

export const mutants: readonly Mutant[] = [
  ...electionMutants,
  ...replicationMutants,
  ...snapshotMutants,
  ...membershipMutants,
  ...readsMutants,
  ...articleMutants,
];
