/** What a lock in a primary with replicas promises beside what every lock does. */

import type { FactSource, Invariant, NodeId } from "../../../harness/protocol.ts";
import type { AcquiredFact, Owner } from "../../locking/index.ts";
import { mutualExclusion, noLostWrite } from "../../locking/index.ts";
import type { PrimaryFact } from "./messages.ts";

const onePrimary: Invariant = {
  name: "one-primary-an-epoch",
  states: "No two servers take themselves for the primary of one epoch.",
  monitor(_cluster, fail) {
    const primaries = new Map<number, NodeId>();
    return {
      facts: {
        primary({ epoch }: PrimaryFact, { node }: FactSource): void {
          const other = primaries.get(epoch);
          if (other !== undefined && other !== node)
            fail(`${node} is the primary of epoch ${epoch}, as ${other} is or has been.`);
          primaries.set(epoch, node);
        },
      },
    };
  },
};

/** A deposed primary that does not know it may still grant, with an older token than its successor: so greater is too much to ask. */
const tokensDiffer: Invariant = {
  name: "tokens-differ",
  states: "No two grants have the same token, whatever a fail-over forgot.",
  monitor(_cluster, fail) {
    const owners = new Map<number, Owner>();
    return {
      facts: {
        acquired({ owner, token }: AcquiredFact): void {
          if (token === undefined) return;
          const other = owners.get(token);
          if (other !== undefined && other !== owner) fail(`${owner} took the lock with the token ${token}, as ${other} had.`);
          owners.set(token, owner);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [mutualExclusion, noLostWrite, tokensDiffer, onePrimary];
