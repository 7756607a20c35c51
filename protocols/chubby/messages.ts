/** What clients, the cell and the resource tell each other, and what they state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";

/** Unique for ever: the name of the call that opened it. */
export type SessionId = string;

// ---- Calls: they go through the log, or are read from it ------------------------------------------------------------

export type CallOp =
  | { readonly f: "open-session"; readonly session: SessionId; readonly client: NodeId }
  | { readonly f: "read"; readonly session: SessionId; readonly file: string }
  | { readonly f: "write"; readonly session: SessionId; readonly file: string; readonly value: number }
  | { readonly f: "acquire"; readonly session: SessionId; readonly file: string }
  | { readonly f: "release"; readonly session: SessionId; readonly file: string; readonly generation: number };

/** The same id and serial on every try. "Clients present the epoch number on every call" (§2.9, 1); 0: it knows none yet. */
export interface Call {
  readonly type: "call";
  readonly id: string;
  readonly serial: number;
  readonly epoch: number;
  readonly op: CallOp;
}

export interface Content {
  readonly value: number | null;
  /** Grows with every write. */
  readonly generation: number;
}

/** The generation of the lock as this session has it, or as another does. */
export type Acquired = { readonly granted: number } | { readonly taken: number };

/** In answer to a call of a session that is over. */
export type Gone = "gone";

export interface Answer {
  readonly type: "answer";
  readonly id: string;
  readonly epoch: number;
  /** Content, Acquired, Gone; of a write its generation; of a release whether the lock was still held. */
  readonly result: unknown;
  /** Of a read: the master will tell before this content is changed. */
  readonly cacheable: boolean;
}

// ---- Keep-alives ------------------------------------------------------------------------------------------------------

/** The master answers when the lease is about half over, or when there is news. One is always under way. */
export interface KeepAlive {
  readonly type: "keep-alive";
  readonly session: SessionId;
  readonly epoch: number;
  /** Which of the client's keep-alives this is. */
  readonly n: number;
  /** The number of the last event that has been taken in, in this epoch. */
  readonly taken: number;
}

export interface Event {
  /** Counts the events of this session in this epoch, from 1. */
  readonly number: number;
  readonly news: News;
}

export type News =
  /** A new master: whatever is cached may be old. */
  | { readonly kind: "fail-over" }
  /** Copies of this generation and older are not to be used any more. */
  | { readonly kind: "invalidate"; readonly file: string; readonly generation: number }
  | { readonly kind: "modified"; readonly file: string; readonly generation: number };

export interface Kept {
  readonly type: "kept";
  readonly session: SessionId;
  readonly epoch: number;
  readonly n: number;
  /** How long the master had kept the keep-alive, by its stop-watch, when this lease began. */
  readonly heldMs: Ms;
  readonly leaseMs: Ms;
  readonly events: readonly Event[];
}

/** Nobody keeps this session any more: its lease was over. */
export interface SessionOver {
  readonly type: "session-over";
  readonly session: SessionId;
}

/** To a call or a keep-alive with an older epoch than the master's (§2.9, 1). */
export interface NewEpoch {
  readonly type: "new-epoch";
  readonly epoch: number;
}

export interface NotMaster {
  readonly type: "not-master";
  readonly master?: NodeId;
}

export type ToCell = Call | KeepAlive;
export type FromCell = Answer | Kept | SessionOver | NewEpoch | NotMaster;

// ---- The resource -------------------------------------------------------------------------------------------------------

/** "A sequencer: the name of the lock, the mode (here: exclusive), and the lock generation number" (§2.4). */
export interface Sequencer {
  readonly file: string;
  readonly generation: number;
}

export interface Write {
  readonly type: "write";
  readonly id: string;
  readonly session: SessionId;
  readonly sequencer: Sequencer;
  readonly value: number;
}

export interface Written {
  readonly type: "accepted" | "refused";
  readonly id: string;
}

// ---- Facts of the servers: what the log says. Each server states it, and some again after a restart ---------------------

export interface SessionEndedFact {
  readonly session: SessionId;
}

export interface LockedFact {
  readonly file: string;
  readonly generation: number;
  readonly session: SessionId;
}

/** "unlocked": by its holder. */
export interface UnlockedFact {
  readonly file: string;
  readonly generation: number;
}

export interface WrittenFact {
  readonly file: string;
  readonly generation: number;
}

export interface MasterFact {
  readonly epoch: number;
}

// ---- Facts of a client ----------------------------------------------------------------------------------------------------

/** "lease": it counts on its session for so long from now. */
export interface LeaseFact {
  readonly session: SessionId;
  readonly forMs: Ms;
}

/** Its own lease is over; from here on it will wait for so long. */
export interface JeopardyFact {
  readonly session: SessionId;
  readonly graceMs: Ms;
}

export interface ExpiredFact {
  readonly session: SessionId;
}

export interface AcquiredFact extends LockedFact {
  /** How long the cell was told to keep the lock from others when its holder is lost. */
  readonly delayMs: Ms;
}

export interface ReadFact {
  readonly session: SessionId;
  readonly file: string;
  readonly generation: number;
  readonly cached: boolean;
  /** The newest generation that it had been told of when the read began. */
  readonly told: number;
}

// ---- Facts of the resource ------------------------------------------------------------------------------------------------

export interface AcceptedFact extends LockedFact {
  readonly value: number;
}
