/** What the clients and the servers of the lock tell each other, and what the servers state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";

/** Takes the lock, if nobody has it. */
export interface Acquire {
  readonly f: "acquire";
  readonly owner: Owner;
  readonly client: NodeId;
  readonly leaseMs: Ms;
}

/** Begins the lease anew, if it is still this owner's. */
export interface Extend {
  readonly f: "extend";
  readonly owner: Owner;
}

export interface Release {
  readonly f: "release";
  readonly owner: Owner;
}

/**
 * The lease is over: the grant with this token has not been extended more often than this. What time it is, no server knows of
 * another; that a whole lease has passed, each can tell by its own stop-watch, and so it stands in the log.
 */
export interface Expire {
  readonly f: "expire";
  readonly token: number;
  readonly extensions: number;
}

/** Whose it is; changes nothing. */
export interface Holder {
  readonly f: "holder";
}

export type LockOp = Acquire | Extend | Release | Expire | Holder;

/** The fencing token of this grant, or of whose the lock is. */
export type Acquired = { readonly granted: number } | { readonly taken: number };

/** A command of a client: the same id and serial on every try. */
export interface Ask {
  readonly type: "ask";
  readonly id: string;
  /** Commands of one client, in the order of asking. */
  readonly serial: number;
  readonly op: LockOp;
}

/** It is in the log, and this came of it. */
export interface Answer {
  readonly type: "answer";
  readonly id: string;
  readonly result: unknown;
}

export interface Redirect {
  readonly type: "redirect";
  readonly id: string;
  readonly to?: NodeId;
}

export type FromServer = Answer | Redirect;

/** The fact "granted" of a server: this stands in the log. Each server states it, and again after a restart. */
export interface GrantedFact {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly token: number;
}

/** The fact "refused" of the resource: this owner's write came too late. */
export interface RefusedFact {
  readonly owner: Owner;
}
