/** What is told beside the lock's own messages where a primary has replicas, and a sentinel watches them. */

import type { NodeId } from "../../../harness/protocol.ts";
import type { Owner } from "../../locking/index.ts";
import type { Grant } from "../redis.ts";

/** Who is the primary, from this epoch on. */
export interface Config {
  readonly epoch: number;
  readonly primary: NodeId;
}

/** All that a primary holds: one key. Every change has the next offset. */
export interface Replicate {
  readonly type: "replicate";
  readonly epoch: number;
  readonly offset: number;
  readonly grant: Grant;
}

/** The replica holds what its primary held at this offset. */
export interface Replicated {
  readonly type: "replicated";
  readonly epoch: number;
  readonly offset: number;
}

/** The sentinel asks whether you are there, and says who is the primary. */
export interface Ping extends Config {
  readonly type: "ping";
}

export interface Pong {
  readonly type: "pong";
  /** Whose primary's data it holds, and up to which offset. */
  readonly epoch: number;
  readonly offset: number;
}

/** `SENTINEL get-master-addr-by-name`. */
export interface WhoIsPrimary {
  readonly type: "who-is-primary";
}

export interface PrimaryIs extends Config {
  readonly type: "primary-is";
}

/** `-READONLY You can't write against a read only replica.` */
export interface ReadOnly {
  readonly type: "read-only";
  readonly owner: Owner;
}

export type ToReplicated = Replicate | Replicated | Ping;
export type ToSentinel = Pong | WhoIsPrimary;

/** The fact "primary" of a server: it takes itself for the primary of this epoch. */
export interface PrimaryFact {
  readonly epoch: number;
}
