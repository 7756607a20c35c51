/** What the servers of a token lock and its clients tell each other, and what the servers state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";

// Among the servers

/** "I would be coordinator in this epoch." `nth`: which of this server's attempts it is. */
export interface Candidate {
  readonly type: "candidate";
  readonly epoch: number;
  readonly nth: number;
}

/** "You have my vote in this epoch", on disk before it is told. */
export interface Vote {
  readonly type: "vote";
  readonly epoch: number;
  readonly nth: number;
}

/** "I am the coordinator." `nth`: which of its heartbeats it is. */
export interface Alive {
  readonly type: "alive";
  readonly epoch: number;
  readonly nth: number;
}

/** "And I shall vote for nobody else for the time of a reign." */
export interface Heard {
  readonly type: "heard";
  readonly epoch: number;
  readonly nth: number;
}

/** "I have promised myself to this epoch, which is later than yours." */
export interface Promised {
  readonly type: "promised";
  readonly epoch: number;
}

export type AmongServers = Candidate | Vote | Alive | Heard | Promised;

// With clients

/** Asks for the token, or whether its turn has come. `nth`: which of this owner's asks it is. */
export interface Want {
  readonly type: "want";
  readonly owner: Owner;
  readonly nth: number;
  readonly leaseMs: Ms;
}

/** Gives the token back, or one's place in the queue. */
export interface Return {
  readonly type: "return";
  readonly owner: Owner;
}

export interface Extend {
  readonly type: "extend";
  readonly owner: Owner;
  readonly nth: number;
}

/** The token is yours. `nth`: the newest of your asks that I had heard, and from which you may count. */
export interface Granted {
  readonly type: "granted";
  readonly owner: Owner;
  readonly token: number;
  readonly nth: number;
  readonly leaseMs: Ms;
}

export interface Queued {
  readonly type: "queued";
  readonly owner: Owner;
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

/** Not me; ask there, if anybody is known. */
export interface Elsewhere {
  readonly type: "elsewhere";
  readonly owner: Owner;
  readonly coordinator?: NodeId;
}

export type FromClient = Want | Return | Extend;
export type ToClient = Granted | Queued | Returned | Extended | NotYours | Elsewhere;

// Facts

/** The fact "coordinator" of a server: elected in this epoch. */
export interface CoordinatorFact {
  readonly epoch: number;
}

/** The fact "promised" of a server: its disk says so. Stated again after a restart. */
export interface PromisedFact {
  readonly epoch: number;
  readonly votedFor: NodeId;
}

/** The facts "queued", "served" and "withdrawn" of a coordinator: this owner waits for the token, has got it, or waits no longer. */
export interface QueueFact {
  readonly epoch: number;
  readonly owner: Owner;
}
