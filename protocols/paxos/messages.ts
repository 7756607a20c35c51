/** What proposers, acceptors and learners tell each other, in the words of "Paxos Made Simple". */

import type { NodeId } from "../../harness/protocol.ts";
import type { Propose } from "../../harness/workloads/propose.ts";

/** What clients ask. */
export type Op = Propose;

/** What is to be decided: each decree has a synod of its own, and knows nothing of the others. */
export type Decree = string;
export type Value = number;

/** The number of a proposal. No two proposals share one: a proposer never uses a round twice. */
export interface Ballot {
  readonly round: number;
  /** Tells apart the proposals of two proposers, and ranks them. */
  readonly proposer: NodeId;
}

export interface Proposal {
  readonly ballot: Ballot;
  readonly value: Value;
}

/** Phase 1(a): "Promise me never to accept a proposal numbered less, and tell me the highest that you have accepted." */
export interface Prepare {
  readonly type: "prepare";
  readonly decree: Decree;
  readonly ballot: Ballot;
}

/** Phase 1(b). */
export interface PromiseMade {
  readonly type: "promise";
  readonly decree: Decree;
  readonly ballot: Ballot;
  /** The highest-numbered proposal that it has accepted, if any. */
  readonly accepted: Proposal | null;
}

/** Phase 2(a). */
export interface Accept extends Proposal {
  readonly type: "accept";
  readonly decree: Decree;
}

/** Phase 2(b), to every learner. */
export interface Accepted extends Proposal {
  readonly type: "accepted";
  readonly decree: Decree;
}

/** "I have promised a higher one": not needed for safety, but lets the proposer abandon its proposal at once (§2.2). */
export interface Reject {
  readonly type: "reject";
  readonly decree: Decree;
  readonly ballot: Ballot;
  readonly promised: Ballot;
}

/** A learner tells the proposers, whose clients wait, and the other learners. */
export interface Learned extends Proposal {
  readonly type: "learned";
  readonly decree: Decree;
}

/** "I am in the chamber": from proposer to proposer. */
export interface Present {
  readonly type: "present";
}

export type Message = Prepare | PromiseMade | Accept | Accepted | Reject | Learned | Present;

/** Lower than every ballot: what an acceptor has promised before it has promised anything. */
export const noBallot: Ballot = { round: 0, proposer: "" };

/** Negative when `a` is the lower one. */
export function compare(a: Ballot, b: Ballot): number {
  if (a.round !== b.round) return a.round - b.round;
  return a.proposer === b.proposer ? 0 : a.proposer < b.proposer ? -1 : 1;
}

/** "7.proposer2" */
export function nameOf({ round, proposer }: Ballot): string {
  return `${round}.${proposer}`;
}

/** More than half: any two have a member in common. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}
