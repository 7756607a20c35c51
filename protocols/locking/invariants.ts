/** What every lock promises, as monitors over the facts of its clients and of the resource, and who holds it. */

import type { FactSource, Invariant, Ms, NodeId, Selector } from "../../harness/protocol.ts";
import type { AcceptedFact, AcquiredFact, LeftFact, Owner } from "./messages.ts";

/** Two clocks that differ by no more than this do not yet tell that a lease is over. */
export const doubt = 0.01;

/** Who takes itself for the holder. */
interface Held {
  readonly owner: Owner;
  /** If its watch is right. */
  readonly untilMs: Ms;
  /** Who has taken the lock since, when this time was up. */
  readonly overtakenBy?: string;
}

/**
 * Judged by what the clients were promised: one that sleeps past its lease breaks nothing here, but see no-lost-write. Of a client
 * whose watch is slow, one hears it when it leaves and thinks that it is in time.
 */
export const mutualExclusion: Invariant = {
  name: "mutual-exclusion",
  states: "No two clients hold the lock at one time, each within what it reckons is left of its lease.",
  monitor(_cluster, fail) {
    const holders = new Map<NodeId, Held>();
    return {
      facts: {
        acquired({ owner, leftMs }: AcquiredFact, { node, atMs }: FactSource): void {
          for (const [other, held] of holders) {
            if (other === node) continue;
            const leftToOther = Math.ceil(held.untilMs - atMs);
            if (leftToOther <= 0) holders.set(other, { ...held, overtakenBy: `${node} (${owner})` });
            else
              fail(
                `${node} took the lock (${owner}), when ${other} (${held.owner}) held it and had ${leftToOther} ms of its lease left.`,
              );
          }
          const before = holders.get(node);
          const untilMs = atMs + leftMs * (1 - doubt);
          holders.set(node, before?.owner === owner ? { ...before, untilMs } : { owner, untilMs });
        },
        left({ owner, leftMs = 0 }: LeftFact, { node }: FactSource): void {
          const held = holders.get(node);
          holders.delete(node);
          if (held?.owner === owner && held?.overtakenBy !== undefined && leftMs > 0)
            fail(
              `${node} (${owner}) has held the lock in what it takes for its time, and ${held.overtakenBy} has taken it meanwhile.`,
            );
        },
      },
    };
  },
};

/** Of grants with tokens the one with the greater token is the newer, of others the one that was taken later. */
export const noLostWrite: Invariant = {
  name: "no-lost-write",
  states: "The resource accepts no write of an older grant after one of a newer.",
  monitor(_cluster, fail) {
    const grants = new Grants();
    let newest: AcceptedFact | undefined;
    return {
      facts: {
        acquired: (fact: AcquiredFact): void => grants.add(fact),
        accepted(now: AcceptedFact, { node }: FactSource): void {
          if (newest !== undefined && grants.isOlder(now.owner, newest.owner)) {
            fail(
              `${node} accepted the write of ${now.value} under ${now.owner}, ${grants.name(now.owner)}, after that of ${newest.value} under ${newest.owner}, ${grants.name(newest.owner)}: the newer write is lost.`,
            );
          }
          newest = now;
        },
      },
    };
  },
};

export const tokensGrow: Invariant = {
  name: "tokens-grow",
  states: "Who takes the lock later has a greater token, not even a crash of a server excepted.",
  monitor(_cluster, fail) {
    let newest: AcquiredFact | undefined;
    return {
      facts: {
        acquired(now: AcquiredFact): void {
          const { owner, token } = now;
          if (token === undefined) return;
          if (newest?.token !== undefined && newest.owner !== owner && token <= newest.token)
            fail(`${owner} took the lock with the token ${token}, after ${newest.owner} with ${newest.token}.`);
          newest = now;
        },
      },
    };
  },
};

/** Every owner with its token, in the order of taking the lock. One that is stated again keeps its place. */
class Grants {
  private readonly places = new Map<Owner, { readonly place: number; readonly token: number | undefined }>();

  add({ owner, token }: AcquiredFact): void {
    if (!this.places.has(owner)) this.places.set(owner, { place: this.places.size + 1, token });
  }

  /** Of an owner that nobody heard take the lock, nothing is older. */
  isOlder(a: Owner, b: Owner): boolean {
    const first = this.places.get(a);
    const second = this.places.get(b);
    if (first === undefined || second === undefined) return false;
    if (first.token === undefined || second.token === undefined || first.token === second.token)
      return first.place < second.place;
    return first.token < second.token;
  }

  /** "the 3rd to take the lock, with the token 7" */
  name(owner: Owner): string {
    const { place, token } = this.places.get(owner)!;
    const suffix = place % 100 >= 11 && place % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
    return `the ${place}${suffix} to take the lock${token === undefined ? "" : ` (token ${token})`}`;
  }
}

export const holder: Selector = {
  states: "the client that takes itself for the holder of the lock, rightly or not",
  track() {
    let holder: NodeId | undefined;
    return {
      facts: {
        acquired(_fact: AcquiredFact, { node }: FactSource): void {
          holder = node;
        },
        left(_fact: LeftFact, { node }: FactSource): void {
          if (holder === node) holder = undefined;
        },
      },
      current: () => holder,
    };
  },
};
