/** What a holder and the resource tell each other, and what both state: the same whoever hands out the lock. */

import type { Ms } from "../../harness/protocol.ts";

/** Names one acquisition: random in Redis's documents, here the operation and how-manieth try it is. */
export type Owner = string;

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

export type FromResource = Accepted | Refused;

/** The fact "acquired" of a client: from here on it takes itself for the holder. Stated again when its lease was extended. */
export interface AcquiredFact {
  readonly owner: Owner;
  readonly leaseMs: Ms;
  /** What it reckons is left of the lease, on the safe side. */
  readonly leftMs: Ms;
  /** Its fencing token, if it was given one. */
  readonly token?: number;
}

/** The fact "left" of a client: no longer. Without an owner: whatever it held, it knows nothing of it. */
export interface LeftFact {
  readonly owner?: Owner;
  /** What it reckons is left of the lease: if there is anything, it has held the lock all the time. */
  readonly leftMs?: Ms;
}

/** The fact "accepted" of the resource: this write, made under this owner's grant, is the newest. */
export interface AcceptedFact {
  readonly owner: Owner;
  readonly value: number;
}
