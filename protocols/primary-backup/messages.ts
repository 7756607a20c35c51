/** What the servers of the naive primary-backup store tell each other. */

/** A value of the workloads "key-value" and "register"; null before the first write. */
type Value = null | boolean | number | string;

/** What clients ask; without a key where there is only one register. */
export type Op =
  | { readonly f: "read"; readonly key?: string }
  | { readonly f: "write"; readonly key?: string; readonly value: Value }
  | { readonly f: "cas"; readonly key?: string; readonly from: Value; readonly to: Value };
export type Result = Value | boolean;

/** One write, as it stands in the log. */
export interface Entry {
  readonly key: string;
  readonly value: Value;
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
