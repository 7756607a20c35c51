/** What each policy promises about whom it chooses, as monitors over what the balancer states. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import { Flight, requests } from "./flight.ts";
import type { AssignedFact } from "./messages.ts";
import { capacityOf, type PolicyName, weightOf } from "./policies.ts";

/** Judges each choice of one policy. `judge` returns what is wrong with it; `forget` is called when the balancer has started anew. */
function choices(
  policy: PolicyName,
  name: string,
  states: string,
  judging: (flight: Flight) => {
    judge(fact: AssignedFact, candidates: readonly NodeId[]): string | undefined;
    forget?(): void;
  },
): Invariant {
  return {
    name,
    states,
    monitor(cluster, fail) {
      const flight = new Flight(cluster);
      const { judge, forget } = judging(flight);
      const facts = {
        assigned(fact: AssignedFact, { node }: FactSource): void {
          if (fact.policy !== policy) return;
          const wrong = judge(fact, flight.candidates(fact.not));
          if (wrong !== undefined) fail(`${node} sent ${fact.assignment} to ${fact.worker}, ${wrong}.`);
        },
      };
      return flight.followed(facts, forget);
    },
  };
}

const fewestOpenRequests = choices(
  "least-connections",
  "fewest open requests",
  "Least connections: a request goes to a worker that has no more open requests than any other in service, but for the one where it has just come to nothing.",
  (flight) => ({
    judge({ worker }, candidates) {
      const freer = candidates.find((other) => flight.count(other) < flight.count(worker));
      if (freer === undefined) return undefined;
      return `which had ${requests(flight.count(worker))} open, while ${freer} had ${flight.count(freer)}`;
    },
  }),
);

const betterOfTwo = choices(
  "two-choices",
  "the better of two",
  "Two choices: two workers in service are drawn where there are two, and the request goes to the one with fewer open requests.",
  (flight) => ({
    judge({ worker, among = [] }, candidates) {
      const drawn = new Set(among);
      if (drawn.size !== Math.min(2, candidates.length)) return `having looked at ${drawn.size} of ${candidates.length} workers`;
      const freer = among.find((other) => flight.count(other) < flight.count(worker));
      if (freer === undefined) return undefined;
      return `which had ${requests(flight.count(worker))} open, while ${freer}, drawn with it, had ${flight.count(freer)}`;
    },
  }),
);

const inTurn = choices(
  "round-robin",
  "in turn",
  "Round-robin: between two requests nobody in service is passed over, so that none gets a second one before each other has had one.",
  ({ workers }) => {
    let last: NodeId | undefined;
    return {
      forget() {
        last = undefined;
      },
      judge({ worker }, candidates) {
        const from = last === undefined ? undefined : workers.indexOf(last);
        last = worker;
        if (from === undefined) return undefined;
        for (let step = 1; step <= workers.length; step++) {
          const next = workers[(from + step) % workers.length]!;
          if (next === worker) return undefined;
          if (candidates.includes(next)) return `but it was the turn of ${next}`;
        }
        return undefined;
      },
    };
  },
);

const byWeight = choices(
  "weighted",
  "shares by weight",
  "Weighted: as long as the same workers are in service, in as many requests as their weights add up to each gets as many as its weight.",
  ({ workers }) => {
    let among: readonly NodeId[] = [];
    let had = new Map<NodeId, number>();
    let turns = 0;
    const anew = (candidates: readonly NodeId[]): void => {
      among = candidates;
      had = new Map();
      turns = 0;
    };
    return {
      forget: () => anew([]),
      judge({ worker }, candidates) {
        if (candidates.join() !== among.join()) anew(candidates);
        turns += 1;
        had.set(worker, (had.get(worker) ?? 0) + 1);
        if (turns < candidates.reduce((sum, one) => sum + weightOf(one, workers), 0)) return undefined;
        const wrong = candidates.find((one) => (had.get(one) ?? 0) !== weightOf(one, workers));
        const count = turns;
        const got = wrong === undefined ? 0 : (had.get(wrong) ?? 0);
        anew(candidates);
        if (wrong === undefined) return undefined;
        return `and so ${wrong} got ${got} of ${count} requests, where its weight is ${weightOf(wrong, workers)}`;
      },
    };
  },
);

const affinity = choices(
  "hash",
  "a key moves only with cause",
  "Hash: requests with one key go to one worker until it goes out of service, one comes into service, or somebody is full: so at most K/n of K keys move with one of n workers.",
  () => {
    let places = new Map<
      string,
      { readonly worker: NodeId; readonly candidates: readonly NodeId[]; readonly overflow: boolean }
    >();
    return {
      forget() {
        places = new Map();
      },
      judge({ worker, key, overflow = false }, candidates) {
        const before = places.get(key);
        places.set(key, { worker, candidates, overflow });
        if (before === undefined || before.worker === worker || overflow || before.overflow) return undefined;
        const cause = !candidates.includes(before.worker) || !before.candidates.includes(worker);
        return cause ? undefined : `but ${key} was with ${before.worker}, which is in service, as ${worker} was before`;
      },
    };
  },
);

const boundedLoad = choices(
  "hash",
  "bounded load",
  "Hash: no worker is given more than its bound over the mean of open requests, and nobody passes on what it has room for.",
  (flight) => ({
    judge({ worker, boundPercent, overflow = false }, candidates) {
      const capacity = capacityOf(candidates, (one) => flight.count(one), boundPercent);
      if (flight.count(worker) >= capacity)
        return `which had ${requests(flight.count(worker))} open, where ${capacity} are its bound`;
      if (!overflow || candidates.some((other) => flight.count(other) >= capacity)) return undefined;
      return `as an overflow, while nobody had the ${requests(capacity)} that are the bound`;
    },
  }),
);

export const ofPolicies: readonly Invariant[] = [fewestOpenRequests, betterOfTwo, inTurn, byWeight, affinity, boundedLoad];
