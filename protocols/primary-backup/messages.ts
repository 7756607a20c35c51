/** What the servers of the naive primary-backup store tell each other. */

import type { RegisterOp } from "../../harness/workloads/read-write-cas.ts";

/** What clients ask; without a key where there is only one register. */
export type Op = RegisterOp;

/** The value that a read found, null for a write, and for a compare-and-set whether it found what it expected. */
export type Result = number | null | boolean;

/** One write, as it stands in the log. */
export interface Entry {
  readonly key: string;
  readonly value: number;
}

/** "I am alive"; how long the sender's log is, and whether it takes itself for the primary. */
export interface Heartbeat {
  readonly type: "heartbeat";
  readonly primary: boolean;
  readonly length: number;
}

/** Entries of the primary's log, from an index on. */
export interface Replicate {
  readonly type: "replicate";
  readonly index: number;
  readonly entries: readonly Entry[];
}

/** "I lack everything from this index on." */
export interface Fetch {
  readonly type: "fetch";
  readonly index: number;
}

export type Message = Heartbeat | Replicate | Fetch;
