/** What the ticket server and its clients tell each other, what is in the server's book, and what it states. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";

/** Takes a ticket, or asks whether one's ticket has been called. `nth`: which of this owner's asks it is. */
export interface Take {
  readonly type: "take";
  readonly owner: Owner;
  readonly nth: number;
  readonly leaseMs: Ms;
}

/** Done, or no longer waiting. */
export interface Return {
  readonly type: "return";
  readonly owner: Owner;
}

/** Longer, for the holder of this ticket: a take that came late may have got its owner another one since. */
export interface Extend {
  readonly type: "extend";
  readonly owner: Owner;
  readonly ticket: number;
  readonly nth: number;
}

/** You have this ticket; wait. */
export interface Wait {
  readonly type: "wait";
  readonly owner: Owner;
  readonly ticket: number;
}

/** Your ticket is called. `nth`: the newest of your asks that I had heard, and from which you may count. */
export interface Called {
  readonly type: "called";
  readonly owner: Owner;
  readonly ticket: number;
  readonly nth: number;
  readonly leaseMs: Ms;
}

export interface Returned {
  readonly type: "returned";
  readonly owner: Owner;
}

export interface Extended {
  readonly type: "extended";
  readonly owner: Owner;
  readonly nth: number;
}

export interface NotYours {
  readonly type: "not-yours";
  readonly owner: Owner;
}

export type ToServer = Take | Return | Extend;
export type ToClient = Wait | Called | Returned | Extended | NotYours;

/** A ticket that is out. */
export interface Ticket {
  readonly ticket: number;
  readonly owner: Owner;
  readonly client: NodeId;
  readonly leaseMs: Ms;
}

/** The ticket that is being served. */
export interface Serving {
  readonly ticket: number;
  readonly nth: number;
}

/** A line of the book. */
export type Line =
  | ({ readonly kind: "taken" } & Ticket)
  | ({ readonly kind: "called" } & Serving)
  | { readonly kind: "closed"; readonly ticket: number };

/** The facts "taken", "called" and "closed" of the server. */
export interface TicketFact {
  readonly ticket: number;
  readonly owner: Owner;
}

/** The fact "recovered" of the server, at every start: which tickets are out, and which number is the next. */
export interface RecoveredFact {
  readonly open: readonly number[];
  readonly next: number;
}
