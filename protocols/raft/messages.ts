/** What Raft servers say to each other, and the log entry that they say it about (Figure 2; the sender stands for leaderId and candidateId). */

import type { Request } from "../../harness/protocol.ts";

/** One place of the log. It carries its index, so that a recovered log shows its holes. */
export interface Entry {
  /** Counts from 1. */
  readonly index: number;
  /** The term of the leader that created it. */
  readonly term: number;
  /** What to apply, with the client and serial that its session needs; null in the no-op that opens a term. */
  readonly request: Request | null;
}

export interface RequestVote {
  readonly type: "RequestVote";
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface RequestVoteResponse {
  readonly type: "RequestVoteResponse";
  readonly term: number;
  readonly granted: boolean;
}

export interface AppendEntries {
  readonly type: "AppendEntries";
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  /** Null in a mere heartbeat. */
  readonly entries: readonly Entry[] | null;
  readonly leaderCommit: number;
  /** The round of reads that was open when this was sent, or 0: an answer to it confirms all reads that came before it began. */
  readonly round: number;
}

export interface AppendEntriesResponse {
  readonly type: "AppendEntriesResponse";
  readonly term: number;
  readonly success: boolean;
  /** On success the last index now known to match the leader's log; on rejection the prevLogIndex that was rejected. */
  readonly index: number;
  /** On rejection the last index at which the logs may match; on success the same as `index`. */
  readonly hint: number;
  /** The request's round; 0 when the request came from a leader of an older term and so confirms nobody. */
  readonly round: number;
}

export type Message = RequestVote | RequestVoteResponse | AppendEntries | AppendEntriesResponse;
