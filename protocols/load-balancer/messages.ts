/** What the balancer and its workers tell each other, and what they state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";

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
}

export interface Alive {
  readonly type: "alive";
  /** Drawn anew at each start: a worker that has started again has forgotten its work. */
  readonly boot: number;
}

export type ToWorker = Work | Check;
export type ToBalancer = Done | Alive;

/** The fact "assigned": the balancer has sent this request to this worker. `not`: where its last try came to nothing. */
export interface AssignedFact {
  readonly assignment: Assignment;
  readonly worker: NodeId;
  readonly not?: NodeId;
  /** When it times out, by the balancer's stop-watch. */
  readonly untilMs: Ms;
}

/** The fact "over": the balancer waits for this no longer. */
export interface OverFact {
  readonly assignment: Assignment;
  readonly worker: NodeId;
  readonly why: "done" | "timed out" | "worker lost it";
}

/** The facts "dead" and "alive": what the balancer holds a worker for. */
export interface HealthFact {
  readonly worker: NodeId;
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
