/** What servers tell each other, in the words of "Paxos Made Moderately Complex", and the pvalues that they tell it about. */

import type { Ms, NodeId, Request } from "../../harness/protocol.ts";
import type { RegisterOp } from "../../harness/workloads/read-write-cas.ts";
import type { State } from "./state.ts";

/** What clients ask. */
export type Op = RegisterOp;

/** A place in the log; counts from 1. */
export type Slot = number;

/** What is decided for a slot: a client's request, or nothing (a no-op, with which a new leader fills a hole). */
export type Command = Request<Op> | null;

/** Of two leaders the one with the higher ballot counts. */
export interface Ballot {
  readonly round: number;
  readonly leader: NodeId;
}

/** What an acceptor accepts: under this ballot, this command for this slot. */
export interface PValue {
  readonly slot: Slot;
  readonly ballot: Ballot;
  readonly command: Command;
}

export interface Decided {
  readonly slot: Slot;
  readonly command: Command;
}

/** Phase 1(a), once for all slots: a scout asks for promises, and for what was accepted from this slot on. */
export interface P1a {
  readonly type: "P1a";
  readonly ballot: Ballot;
  readonly from: Slot;
}

export interface P1b {
  readonly type: "P1b";
  readonly ballot: Ballot;
  readonly accepted: readonly PValue[];
  /**
   * When it has collected some of what was asked for: the state that all of that led to. What it has accepted begins behind it.
   */
  readonly state: State | null;
}

/** Phase 2(a): a commander asks to accept. */
export interface P2a extends PValue {
  readonly type: "P2a";
}

export interface P2b {
  readonly type: "P2b";
  readonly ballot: Ballot;
  readonly slot: Slot;
}

/** "I have promised this, which is more than yours." */
export interface Preempted {
  readonly type: "preempted";
  readonly ballot: Ballot;
}

/** A commander tells what was decided. */
export interface Decision extends Decided {
  readonly type: "decision";
}

export interface Heartbeat {
  readonly type: "heartbeat";
  readonly ballot: Ballot;
  /** All slots up to this one are decided. */
  readonly decided: Slot;
  /** When it was sent, on the leader's stop-watch: of use to the leader only. */
  readonly sent: Ms;
}

/** "I have heard this, and will promise nothing to anybody else for a while." */
export interface HeartbeatAck {
  readonly type: "heartbeat-ack";
  readonly ballot: Ballot;
  readonly sent: Ms;
}

/** "I have missed what was decided from this slot on." */
export interface CatchUp {
  readonly type: "catch-up";
  readonly from: Slot;
}

export interface CaughtUp {
  readonly type: "caught-up";
  /** When the first of what was missed is not kept any more. */
  readonly state: State | null;
  readonly decisions: readonly Decided[];
}

export type Message = P1a | P1b | P2a | P2b | Preempted | Decision | Heartbeat | HeartbeatAck | CatchUp | CaughtUp;

/** Lower than every ballot. */
export const noBallot: Ballot = { round: 0, leader: "" };

/** Negative when `a` is the lower one. */
export function compare(a: Ballot, b: Ballot): number {
  if (a.round !== b.round) return a.round - b.round;
  return a.leader === b.leader ? 0 : a.leader < b.leader ? -1 : 1;
}

/** "7.n2" */
export function nameOf({ round, leader }: Ballot): string {
  return `${round}.${leader}`;
}

/** More than half: any two have a member in common. */
export function majority(servers: number): number {
  return Math.floor(servers / 2) + 1;
}
