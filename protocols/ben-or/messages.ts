/** What the servers of Ben-Or's protocol tell each other. */

import type { NodeId } from "../../harness/protocol.ts";
import type { Propose } from "../../harness/workloads/propose.ts";

/** What clients ask; each key is a decision of its own. */
export type Op = Propose;

export type Value = 0 | 1;

/** What was decided. */
export type Result = Value;

/** The paper's (1, r, x): "in round r I hold x". */
export interface Report {
  readonly type: "report";
  readonly key: string;
  readonly round: number;
  readonly value: Value;
}

/** The paper's (2, r, v, D): "more than half have reported v in round r"; and its (2, r, ?): "I know of no such value". */
export interface Proposal {
  readonly type: "proposal";
  readonly key: string;
  readonly round: number;
  readonly value: Value | "?";
}

/** Whoever has decided says this in the place of all that it would say in later rounds. */
export interface Decided {
  readonly type: "decided";
  readonly key: string;
  readonly value: Value;
  /** In which round; absent when another server has told it. */
  readonly round?: number;
}

export type Message = Report | Proposal | Decided;

/** One of the two steps of a round in which everybody says something, and waits for what others say. */
export type Step = Report | Proposal;

/** What was heard in one step, by who said it: a message that comes twice is one message. */
export type Heard = Map<NodeId, Step["value"]>;

/** How many have said this. */
export function count(heard: Heard, value: Step["value"]): number {
  let found = 0;
  for (const said of heard.values()) if (said === value) found += 1;
  return found;
}
