/** What the balancer and its workers tell each other, and what they state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Choice, PolicyName } from "./policies.ts";

/** Names one try of one request at one worker: "c1#3/2". Never used twice: request ids are unique in a run. */
export type Assignment = string;

export function assignmentOf(request: string, tries: number): Assignment {
  return `${request}/${tries}`;
}

export function requestOf(assignment: Assignment): string {
  return assignment.slice(0, assignment.lastIndexOf("/"));
}

/** "Do this, it will take you so long." */
export interface Work {
  readonly type: "work";
  readonly assignment: Assignment;
  readonly cost: Ms;
}

export interface Done {
  readonly type: "done";
  readonly assignment: Assignment;
}

/** "Are you there?" */
export interface Check {
  readonly type: "check";
  readonly asked: Asked;
}

/** Which question it was. */
export interface Asked {
  /** By the balancer's stop-watch, which begins anew when the balancer does. */
  readonly atMs: Ms;
  /** Drawn anew at each start of the balancer. */
  readonly boot: number;
}

export interface Alive {
  readonly type: "alive";
  /** An answer that comes late says nothing about now. */
  readonly asked: Asked;
  /** It finishes what it has, and wants nothing new. */
  readonly draining: boolean;
  /** Drawn anew at each start: a worker that has started again has forgotten its work. */
  readonly boot: number;
}

export type ToWorker = Work | Check;
export type ToBalancer = Done | Alive;

/** The fact "assigned": the balancer has sent this request to this worker. */
export interface AssignedFact extends Choice {
  readonly assignment: Assignment;
  readonly policy: PolicyName;
  /** What the hash is taken of. */
  readonly key: string;
  /** Where the request's last try came to nothing. */
  readonly not?: NodeId;
  /** The policy hash: how much more than the mean a worker may have. */
  readonly boundPercent: number;
  /** When it times out, by the balancer's stop-watch. */
  readonly untilMs: Ms;
}

/** The fact "over": the balancer waits for this no longer. */
export interface OverFact {
  readonly assignment: Assignment;
  readonly worker: NodeId;
  readonly why: "done" | "timed out" | "worker lost it";
}

/** The facts "dead" and "alive", "draining" and "serving": what the balancer holds a worker for. */
export interface HealthFact {
  readonly worker: NodeId;
}

/** The fact "checked": the balancer has looked who lives. */
export interface CheckedFact {
  /** A worker that is down must be held for dead after so many checks. */
  readonly noticedAfter: number;
  /** The balancer has slept, and gives everybody another chance. */
  readonly slept: boolean;
}

/** The fact "answered": the balancer has answered this request. */
export interface AnsweredFact {
  readonly request: string;
}

/** The fact "loads", at the end of each handler: how many open requests the balancer counts for each worker. */
export interface LoadsFact {
  /** By its stop-watch. */
  readonly atMs: Ms;
  readonly open: Readonly<Record<NodeId, number>>;
}
