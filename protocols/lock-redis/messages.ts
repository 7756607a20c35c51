/** What the clients of a Redis lock, the server and the resource tell each other, and what they state. */

import type { Ms, NodeId } from "../../harness/protocol.ts";

/** Names one acquisition: random in Redis's documents, here the operation and how-manieth try it is. */
export type Owner = string;

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

export interface Write {
  readonly type: "write";
  readonly owner: Owner;
  readonly value: number;
  readonly token?: number;
}

export interface Accepted {
  readonly type: "accepted";
  readonly owner: Owner;
}

/** Somebody with a newer token has been here. */
export interface Refused {
  readonly type: "refused";
  readonly owner: Owner;
  readonly newest: number;
}

export type ToRedis = Acquire | Release;
export type ToResource = Write;
export type ToClient = Granted | Taken | Released | Accepted | Refused;

/** The fact "granted" of the server: the lock is this owner's from now on. Stated again after a restart, with the lease begun anew. */
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

/** The facts "acquired" and "left" of a client: from here on it takes itself for the holder, and no longer. */
export interface HolderFact {
  readonly owner: Owner;
  readonly leaseMs: Ms;
}

/** The fact "accepted" of the resource: this write, made under this owner's grant, is the newest. */
export interface AcceptedFact {
  readonly owner: Owner;
  readonly value: number;
}
