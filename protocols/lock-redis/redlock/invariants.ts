/** What Redlock promises beside what every lock does. */

import type { FactSource, Invariant, NodeId } from "../../../harness/protocol.ts";
import { type AcquiredFact, mutualExclusion, noLostWrite, type Owner } from "../../locking/index.ts";
import type { GrantedFact } from "../messages.ts";
import type { AskedFact } from "./messages.ts";

const majorityGrants: Invariant = {
  name: "majority-grants",
  states: "A client takes itself for the holder only if a majority of the servers has granted it the lock.",
  monitor(cluster, fail) {
    const servers = cluster.nodes.filter((node) => cluster.role(node) === "redis").length;
    const granted = new Map<Owner, Set<NodeId>>();
    return {
      facts: {
        granted: ({ owner }: GrantedFact, { node }: FactSource): void =>
          void (granted.get(owner)?.add(node) ?? granted.set(owner, new Set([node]))),
        acquired({ owner }: AcquiredFact, { node }: FactSource): void {
          const count = granted.get(owner)?.size ?? 0;
          if (count <= servers / 2)
            fail(`${node} took the lock (${owner}), which ${count} of ${servers} servers had granted it.`);
        },
      },
    };
  },
};

/** Two who ask at one time may get their tokens in any order. */
const tokensGrow: Invariant = {
  name: "tokens-grow",
  states: "Who asks for the lock when another has taken it gets a greater token, and no two get the same.",
  monitor(_cluster, fail) {
    /** The newest token that anybody had when this owner asked. */
    const before = new Map<Owner, number>();
    const owners = new Map<number, Owner>();
    let newest = 0;
    return {
      facts: {
        asked: ({ owner }: AskedFact): void => void before.set(owner, newest),
        acquired({ owner, token }: AcquiredFact): void {
          if (token === undefined || owners.get(token) === owner) return;
          const other = owners.get(token);
          if (other !== undefined) fail(`${owner} took the lock with the token ${token}, as ${other} had.`);
          const older = before.get(owner) ?? 0;
          if (token <= older)
            fail(`${owner} took the lock with the token ${token}, when ${owners.get(older)} had had ${older} before it asked.`);
          owners.set(token, owner);
          newest = Math.max(newest, token);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [mutualExclusion, noLostWrite, majorityGrants, tokensGrow];
