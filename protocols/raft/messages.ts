/** What Raft servers say to each other, and the log entry that they say it about (Figures 2 and 13; the sender stands for leaderId and candidateId). */

import type { NodeId, Request } from "../../harness/protocol.ts";
import { type Configuration, named } from "./configuration.ts";

/** One place of the log. It carries its index, so that a recovered log shows its holes. */
export interface Entry {
  /** Counts from 1. */
  readonly index: number;
  /** The term of the leader that created it. */
  readonly term: number;
  /** What to apply, with the client and serial that its session needs; null in the no-op that opens a term, and in a change of members. */
  readonly request: Request | null;
  /** In a change of members (§6): who makes up the cluster from here on. */
  readonly configuration?: Configuration;
}

/** The state up to an entry, in place of the entries (§7). */
export interface Snapshot {
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** The one that counts at that entry. */
  readonly configuration: Configuration;
  readonly data: SavedState;
}

/** The state machine and the sessions, as plain data. */
export interface SavedState {
  readonly state: unknown;
  readonly sessions: readonly SavedSession[];
}

export interface SavedSession {
  readonly client: NodeId;
  readonly serial: number;
  readonly result: unknown;
}

export interface RequestVote {
  readonly type: "RequestVote";
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The leader itself has asked this candidate to stand (thesis §3.10): nobody disregards it for the leader's sake. */
  readonly transfer?: true;
}

export interface RequestVoteResponse {
  readonly type: "RequestVoteResponse";
  readonly term: number;
  readonly granted: boolean;
}

/** Could I win? (Thesis §9.6.) */
export interface PreVote {
  readonly type: "PreVote";
  /** The term in which the sender would stand. Nobody is in it yet, and nobody enters it for this. */
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface PreVoteResponse {
  readonly type: "PreVoteResponse";
  readonly term: number;
  /** The term that was asked about. */
  readonly asked: number;
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

/** Also the answer to InstallSnapshot: its receiver's log matches up to the last entry that the snapshot includes. */
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

/** The whole snapshot at once: offset and done of Figure 13 are the transport's. */
export interface InstallSnapshot {
  readonly type: "InstallSnapshot";
  readonly term: number;
  readonly snapshot: Snapshot;
  readonly round: number;
}

/** Stand for election at once: the leader wants it (thesis §3.10). */
export interface TimeoutNow {
  readonly type: "TimeoutNow";
  readonly term: number;
}

export type Message =
  | RequestVote
  | RequestVoteResponse
  | PreVote
  | PreVoteResponse
  | AppendEntries
  | AppendEntriesResponse
  | InstallSnapshot
  | TimeoutNow;

/** An entry, as facts tell it. */
export function brief({ index, term, request, configuration }: Entry): {
  readonly index: number;
  readonly term: number;
  readonly request: string | null;
} {
  return { index, term, request: configuration === undefined ? (request?.id ?? null) : `members ${named(configuration)}` };
}
