/** What the token lock promises beside what every lock does, as monitors over facts. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import { mutualExclusion, noLostWrite, type Owner, tokensGrow } from "../locking/index.ts";
import type { CoordinatorFact, PromisedFact, QueueFact } from "./messages.ts";

const oneCoordinator: Invariant = {
  name: "one-coordinator-an-epoch",
  states: "At most one coordinator is elected in an epoch, and it is elected once.",
  monitor(_cluster, fail) {
    const elected = new Map<number, NodeId>();
    return {
      facts: {
        coordinator({ epoch }: CoordinatorFact, { node }: FactSource): void {
          const other = elected.get(epoch);
          if (other !== undefined) fail(`${node} was elected coordinator in epoch ${epoch}, as ${other} had been.`);
          elected.set(epoch, node);
        },
      },
    };
  },
};

const promisesLast: Invariant = {
  name: "promises-last",
  states: "The epoch that a server has promised itself to never becomes older, not even in a crash.",
  monitor(_cluster, fail) {
    const promised = new Map<NodeId, number>();
    return {
      facts: {
        promised({ epoch }: PromisedFact, { node }: FactSource): void {
          const before = promised.get(node) ?? 0;
          if (epoch < before) fail(`${node} has promised itself to epoch ${epoch}, after ${before}.`);
          promised.set(node, epoch);
        },
      },
      onWipe: (node) => void promised.delete(node),
    };
  },
};

/** The queue dies with its coordinator, and nobody keeps a place from one reign to the next. */
const noStarvation: Invariant = {
  name: "no-starvation",
  states: "In one epoch nobody is overtaken: who joined the queue first is served first, unless it has left.",
  monitor(_cluster, fail) {
    let epochNow = 0;
    let queue: Owner[] = [];
    const inEpoch = (epoch: number): boolean => {
      if (epoch > epochNow) {
        epochNow = epoch;
        queue = [];
      }
      return epoch === epochNow;
    };
    return {
      facts: {
        queued({ epoch, owner }: QueueFact): void {
          if (inEpoch(epoch)) queue.push(owner);
        },
        served({ epoch, owner }: QueueFact): void {
          if (!inEpoch(epoch)) return;
          if (queue[0] !== owner) fail(`${owner} was served in epoch ${epoch}, when ${queue[0]} had waited for longer.`);
          queue.shift();
        },
        withdrawn({ epoch, owner }: QueueFact): void {
          if (inEpoch(epoch)) queue = queue.filter((one) => one !== owner);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  mutualExclusion,
  noStarvation,
  noLostWrite,
  tokensGrow,
  oneCoordinator,
  promisesLast,
];
