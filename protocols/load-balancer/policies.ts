/**
 * The rules by which a balancer chooses, each as its inventors put it. A policy sees those workers that may be chosen at
 * all (alive, not draining), and what each of them has open.
 */

import type { NodeId, Random } from "../../harness/protocol.ts";
import { Ring } from "./ring.ts";

export const policyNames = ["least-connections", "random", "round-robin", "weighted", "two-choices", "hash"] as const;
export type PolicyName = (typeof policyNames)[number];

export interface Choice {
  readonly worker: NodeId;
  /** Two choices: who was looked at. */
  readonly among?: readonly NodeId[];
  /** Hash: a worker that the key meets earlier on the ring was full. */
  readonly overflow?: boolean;
}

export interface Policy {
  /** `candidates` are never empty, and stand in the order of all workers. */
  choose(candidates: readonly NodeId[], key: string): Choice;
}

/** What a policy may look at. */
export interface View {
  /** All workers, in order. */
  readonly workers: readonly NodeId[];
  load(worker: NodeId): number;
  readonly random: Random;
  readonly virtualNodes: number;
  readonly boundPercent: number;
}

export const policies: Readonly<Record<PolicyName, (view: View) => Policy>> = {
  "least-connections": ({ load }) => ({ choose: (candidates) => ({ worker: fewest(candidates, load) }) }),
  random: ({ random }) => ({ choose: (candidates) => ({ worker: random.pick(candidates) }) }),
  "round-robin": ({ workers }) => inTurn(workers),
  weighted: ({ workers }) => smoothWeighted((worker) => weightOf(worker, workers)),
  "two-choices": ({ load, random }) => ({
    choose(candidates) {
      const among = random.shuffle(candidates).slice(0, 2);
      return { worker: fewest(among, load), among };
    },
  }),
  hash(view) {
    const ring = new Ring(view.workers, view.virtualNodes);
    return bounded(view, (key, candidates) => ring.from(key).filter((worker) => candidates.includes(worker)));
  },
};

/** HAProxy `leastconn`, nginx `least_conn`: the first of those with the fewest open requests. */
function fewest(candidates: readonly NodeId[], load: (worker: NodeId) => number): NodeId {
  const least = Math.min(...candidates.map(load));
  return candidates.find((worker) => load(worker) === least)!;
}

/** Whoever comes after the last one in the order of all workers: by names, as places among the living move when one dies. */
function inTurn(workers: readonly NodeId[]): Policy {
  let last = -1;
  return {
    choose(candidates) {
      do last = (last + 1) % workers.length;
      while (!candidates.includes(workers[last]!));
      return { worker: workers[last]! };
    },
  };
}

/** The third worker is three times as strong as the first. */
export function weightOf(worker: NodeId, workers: readonly NodeId[]): number {
  return workers.indexOf(worker) + 1;
}

/**
 * nginx's smooth weighted round-robin (2012): each candidate gains its weight, the richest is chosen and pays what all have
 * gained. In as many turns as the weights add up to each is chosen as often as its weight says, and never in one burst.
 */
function smoothWeighted(weight: (worker: NodeId) => number): Policy {
  let current = new Map<NodeId, number>();
  return {
    choose(candidates) {
      // Among others the old credits mean nothing.
      const same = candidates.length === current.size && candidates.every((worker) => current.has(worker));
      if (!same) current = new Map(candidates.map((worker) => [worker, 0]));
      for (const worker of candidates) current.set(worker, current.get(worker)! + weight(worker));
      const richest = candidates.reduce((best, worker) => (current.get(worker)! > current.get(best)! ? worker : best));
      const all = candidates.reduce((sum, worker) => sum + weight(worker), 0);
      current.set(richest, current.get(richest)! - all);
      return { worker: richest };
    },
  };
}

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, SODA 2018): nobody holds more than `boundPercent` of the
 * mean; what is too much goes on to the next. `follow`: all candidates, in the order in which they follow a key.
 */
export function bounded(
  { load, boundPercent }: Pick<View, "load" | "boundPercent">,
  follow: (key: string, candidates: readonly NodeId[]) => readonly NodeId[],
): Policy {
  return {
    choose(candidates, key) {
      const capacity = capacityOf(candidates, load, boundPercent);
      const order = follow(key, candidates);
      const place = order.findIndex((worker) => load(worker) < capacity);
      return { worker: order[place]!, overflow: place > 0 };
    },
  };
}

/** How many requests a worker may have open, the new one among them. Above the mean, so somebody always has room. */
export function capacityOf(candidates: readonly NodeId[], load: (worker: NodeId) => number, boundPercent: number): number {
  const open = candidates.reduce((sum, worker) => sum + load(worker), 0);
  return Math.ceil((boundPercent * (open + 1)) / (100 * candidates.length));
}
