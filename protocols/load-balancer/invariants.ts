/** What a balancer promises, as monitors over what it states. */

import type { ClusterView, FactSource, Invariant, Monitor, NodeId } from "../../harness/protocol.ts";
import type { AnsweredFact, AssignedFact, Assignment, HealthFact, LoadsFact, OverFact } from "./messages.ts";

/** What the balancer has in flight and whom it holds for dead, by its facts. All of it goes with a crash: it keeps nothing on disk. */
class Flight {
  private readonly cluster: ClusterView;
  readonly workers: readonly NodeId[];
  readonly open = new Map<Assignment, AssignedFact>();
  readonly dead = new Set<NodeId>();

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
    this.workers = cluster.nodes.filter((node) => cluster.role(node) === "worker");
  }

  count(worker: NodeId): number {
    return this.at(worker).length;
  }

  at(worker: NodeId): readonly AssignedFact[] {
    return [...this.open.values()].filter((assigned) => assigned.worker === worker);
  }

  /** A monitor that follows it; `more` hears each fact first, so that it sees what was before. */
  followed(more: NonNullable<Monitor["facts"]>): Monitor {
    const follow: Record<string, (data: never, source: FactSource) => void> = {
      assigned: (fact: AssignedFact) => void this.open.set(fact.assignment, fact),
      over: ({ assignment }: OverFact) => void this.open.delete(assignment),
      dead: ({ worker }: HealthFact) => void this.dead.add(worker),
      alive: ({ worker }: HealthFact) => void this.dead.delete(worker),
    };
    const facts: Record<string, (data: never, source: FactSource) => void> = { ...more };
    for (const [name, hear] of Object.entries(follow)) {
      facts[name] = (data, source) => {
        more[name]?.(data, source);
        hear(data, source);
      };
    }
    return {
      facts,
      onCrash: (node) => {
        if (this.cluster.role(node) !== "balancer") return;
        this.open.clear();
        this.dead.clear();
      },
    };
  }
}

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

const fewestOpenRequests: Invariant = {
  name: "fewest open requests",
  states:
    "A request goes to a worker that has no more open requests than any other living one, but for the one where it has just come to nothing.",
  monitor(cluster, fail) {
    const flight = new Flight(cluster);
    return flight.followed({
      assigned({ assignment, worker, not }: AssignedFact, { node }: FactSource): void {
        const others = flight.workers.filter((other) => other !== worker && other !== not && !flight.dead.has(other));
        const freer = others.find((other) => flight.count(other) < flight.count(worker));
        if (freer === undefined) return;
        fail(
          `${node} sent ${assignment} to ${worker}, which had ${requests(flight.count(worker))} open, while ${freer} had ${flight.count(freer)}.`,
        );
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

function requests(count: number): string {
  return `${count} request${Math.abs(count) === 1 ? "" : "s"}`;
}

export const invariants: readonly Invariant[] = [loadIsGivenBack, noRequestToTheDead, fewestOpenRequests, answeredOnce];
