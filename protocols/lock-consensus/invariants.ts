/** What the lock in the log promises beside what every lock does, as monitors over facts. */

import type { FactSource, Invariant, Ms } from "../../harness/protocol.ts";
import {
  type AcceptedFact,
  type AcquiredFact,
  doubt,
  type LeftFact,
  mutualExclusion,
  noLostWrite,
  type Owner,
  tokensGrow,
} from "../locking/index.ts";
import type { GrantedFact, RefusedFact } from "./messages.ts";

/** What every replica makes of the log must be the same: no clock of its own may decide. */
const oneGrantAToken: Invariant = {
  name: "one grant a token",
  states: "All servers grant a token to the same owner, and no owner is granted two.",
  monitor(_cluster, fail) {
    const owners = new Map<number, { readonly owner: Owner; readonly node: string }>();
    const tokens = new Map<Owner, number>();
    return {
      facts: {
        granted({ owner, token }: GrantedFact, { node }: FactSource): void {
          const known = owners.get(token);
          if (known !== undefined && known.owner !== owner)
            fail(
              `${node} granted the lock to ${owner} with the token ${token}, with which ${known.node} had granted it to ${known.owner}.`,
            );
          const other = tokens.get(owner);
          if (other !== undefined && other !== token)
            fail(`${node} granted the lock to ${owner} with the token ${token}; it had been granted it with ${other}.`);
          owners.set(token, { owner, node });
          tokens.set(owner, token);
        },
      },
    };
  },
};

/** Judged at the servers: the next holder's client may not have heard of its luck yet, and may never. */
const leaseIsKept: Invariant = {
  name: "lease is kept",
  states: "The lock is granted to nobody else while its holder counts on its lease.",
  monitor(_cluster, fail) {
    const granted = new Set<Owner>();
    let holder: { readonly owner: Owner; readonly untilMs: Ms } | undefined;
    return {
      facts: {
        acquired({ owner, leftMs }: AcquiredFact, { atMs }: FactSource): void {
          holder = { owner, untilMs: atMs + leftMs * (1 - doubt) };
        },
        left(_fact: LeftFact, { node }: FactSource): void {
          if (holder?.owner.startsWith(`${node}#`)) holder = undefined;
        },
        /** Every server states each grant, and again after a restart: the first one counts. */
        granted({ owner }: GrantedFact, { node, atMs }: FactSource): void {
          if (granted.has(owner)) return;
          granted.add(owner);
          if (holder === undefined || holder.owner === owner || holder.untilMs <= atMs) return;
          fail(
            `${node} granted the lock to ${owner}, when ${holder.owner} held it and had ${Math.ceil(holder.untilMs - atMs)} ms of its lease left.`,
          );
        },
      },
    };
  },
};

const refusesOnlyTheStale: Invariant = {
  name: "refuses only the stale",
  states: "The resource refuses no write but of an owner that took the lock before one whose write it has accepted.",
  monitor(_cluster, fail) {
    const order: Owner[] = [];
    let newest = -1;
    return {
      facts: {
        acquired({ owner }: AcquiredFact): void {
          if (!order.includes(owner)) order.push(owner);
        },
        accepted({ owner }: AcceptedFact): void {
          newest = Math.max(newest, order.indexOf(owner));
        },
        refused({ owner }: RefusedFact, { node }: FactSource): void {
          const place = order.indexOf(owner);
          if (place < newest) return;
          const last = newest < 0 ? "nobody's" : `that of ${order[newest]}`;
          fail(`${node} refused the write of ${owner}, though it had accepted ${last} and none of a later holder.`);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  mutualExclusion,
  noLostWrite,
  tokensGrow,
  oneGrantAToken,
  leaseIsKept,
  refusesOnlyTheStale,
];
