/** What the clients of a Redis lock and the server tell each other, and what the server states. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";

/** `SET lock owner NX PX lease`. */
export interface Acquire {
  readonly type: "set-nx";
  readonly owner: Owner;
  readonly leaseMs: Ms;
}

/** The Lua script of the documents: delete the key if its value is mine. */
export interface Release {
  readonly type: "delete-if-mine";
  readonly owner: Owner;
}

/** The other one: `PEXPIRE` if its value is mine. `nth`: which of this owner's asks it is. */
export interface Extend {
  readonly type: "extend-if-mine";
  readonly owner: Owner;
  readonly leaseMs: Ms;
  readonly nth: number;
}

/** The key is set, and holds your name. `token`: which grant this is, where resources ask for it. */
export interface Granted {
  readonly type: "granted";
  readonly owner: Owner;
  readonly token?: number;
}

/** The key was there. */
export interface Taken {
  readonly type: "taken";
  readonly owner: Owner;
}

/** The key does not hold your name, be it that it was deleted or that it had been gone. */
export interface Released {
  readonly type: "released";
  readonly owner: Owner;
}

/** The key holds your name for a whole lease again. */
export interface Extended {
  readonly type: "extended";
  readonly owner: Owner;
  readonly nth: number;
}

/** The key does not hold your name. */
export interface NotYours {
  readonly type: "not-yours";
  readonly owner: Owner;
}

export type ToRedis = Acquire | Release | Extend;
export type FromRedis = Granted | Taken | Released | Extended | NotYours;

/** The fact "granted" of the server: the lock is this owner's from now on. Stated again when the lease begins anew. */
export interface GrantedFact {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly token: number;
  readonly leaseMs: Ms;
  /** By the server's stop-watch, which starts again when it does. */
  readonly atMs: Ms;
}

/** The fact "released" of the server: the lock that was `owner`'s is free, because `by` asked. */
export interface ReleasedFact {
  readonly owner: Owner;
  readonly by: Owner;
}
