/** What the servers of FloodSet tell each other. */

import type { Propose } from "../../harness/workloads/propose.ts";

/** What clients ask; each key is a decision of its own. */
export type Op = Propose;

export type Value = number;

/** What was decided. */
export type Result = Value;

/** "These are all the values that I know of": the paper's W. */
export interface Flood {
  readonly type: "flood";
  readonly key: string;
  readonly values: readonly Value[];
}

/** To one who floods for what was decided long ago, as it was not there then. */
export interface Decided {
  readonly type: "decided";
  readonly key: string;
  readonly value: Value;
}

export type Message = Flood | Decided;
