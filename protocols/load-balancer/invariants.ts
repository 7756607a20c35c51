/** What a balancer promises, as monitors over what it states. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import { Flight, requests } from "./flight.ts";
import { ofPolicies } from "./invariants-of-policies.ts";
import type { AnsweredFact, AssignedFact, CheckedFact, LoadsFact } from "./messages.ts";

const loadIsGivenBack: Invariant = {
  name: "load is given back",
  states:
    "After each handler the balancer counts for each worker exactly what it waits for there: nothing of a dead worker, and nothing that is overdue.",
  monitor(cluster, fail) {
    const flight = new Flight(cluster);
    return flight.followed({
      loads({ atMs, open }: LoadsFact, { node }: FactSource): void {
        for (const worker of flight.workers) {
          const counted = open[worker] ?? 0;
          const waiting = flight.at(worker);
          const overdue = waiting.find(({ untilMs }) => untilMs < atMs);
          if (counted !== waiting.length)
            fail(`${node} counts ${requests(counted)} at ${worker}, but waits for ${waiting.length}.`);
          else if (flight.dead.has(worker) && counted > 0)
            fail(`${node} holds ${worker} for dead, and still counts ${requests(counted)} there.`);
          else if (overdue !== undefined)
            fail(
              `${node} still waits for ${overdue.assignment} at ${worker}, ${Math.round(atMs - overdue.untilMs)} ms after its time.`,
            );
        }
      },
    });
  },
};

const noRequestToTheDead: Invariant = {
  name: "no request to the dead",
  states: "No request is sent to a worker that the balancer holds for dead.",
  monitor(cluster, fail) {
    const flight = new Flight(cluster);
    return flight.followed({
      assigned({ assignment, worker }: AssignedFact, { node }: FactSource): void {
        if (flight.dead.has(worker)) fail(`${node} sent ${assignment} to ${worker}, which it holds for dead.`);
      },
    });
  },
};

/** By the balancer's own checks, as time passes differently for it. */
const theDeadAreNoticed: Invariant = {
  name: "the dead are noticed",
  states:
    "No request is sent to a worker that has been down for as many health checks as the balancer needs to hold it for dead.",
  monitor(cluster, fail) {
    const down = new Map<NodeId, number>();
    let bound = Number.POSITIVE_INFINITY;
    const again = (): void => {
      for (const worker of down.keys()) down.set(worker, 0);
    };
    return {
      onCrash(node) {
        if (cluster.role(node) === "worker") down.set(node, 0);
        // It starts anew, and takes all for living until it has checked.
        else again();
      },
      onRestart: (node) => void down.delete(node),
      facts: {
        checked({ noticedAfter, slept }: CheckedFact): void {
          bound = noticedAfter;
          if (slept) again();
          else for (const [worker, checks] of down) down.set(worker, checks + 1);
        },
        assigned({ assignment, worker }: AssignedFact, { node }: FactSource): void {
          const checks = down.get(worker) ?? 0;
          if (checks >= bound) fail(`${node} sent ${assignment} to ${worker}, which has been down for ${checks} health checks.`);
        },
      },
    };
  },
};

const noRequestToTheDraining: Invariant = {
  name: "no request to the draining",
  states: "A worker that is known to be draining gets nothing new while another one is in service.",
  monitor(cluster, fail) {
    const flight = new Flight(cluster);
    return flight.followed({
      assigned({ assignment, worker }: AssignedFact, { node }: FactSource): void {
        const others = flight.workers.some((other) => !flight.dead.has(other) && !flight.draining.has(other));
        if (flight.draining.has(worker) && others) fail(`${node} sent ${assignment} to ${worker}, which is draining.`);
      },
    });
  },
};

const answeredOnce: Invariant = {
  name: "answered once",
  states: "Each request is answered at most once.",
  monitor(_cluster, fail) {
    const answered = new Set<string>();
    return {
      facts: {
        answered({ request }: AnsweredFact, { node }: FactSource): void {
          if (answered.has(request)) fail(`${node} answered ${request} a second time.`);
          answered.add(request);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  loadIsGivenBack,
  noRequestToTheDead,
  theDeadAreNoticed,
  noRequestToTheDraining,
  answeredOnce,
  ...ofPolicies,
];
