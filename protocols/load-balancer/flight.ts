/** What the monitors of a balancer know together: its requests in flight, and whom it holds for what. */

import type { ClusterView, FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import type { AssignedFact, Assignment, HealthFact, OverFact } from "./messages.ts";

/** What the balancer has in flight and whom it holds for dead, by its facts. All of it goes with a crash: it keeps nothing on disk. */
export class Flight {
  private readonly cluster: ClusterView;
  readonly workers: readonly NodeId[];
  readonly open = new Map<Assignment, AssignedFact>();
  readonly dead = new Set<NodeId>();
  readonly draining = new Set<NodeId>();

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

  /** Among whom the balancer may choose: those in service, less the one where it has just failed, if there is another. */
  candidates(not?: NodeId): readonly NodeId[] {
    const living = this.workers.filter((worker) => !this.dead.has(worker));
    const inService = living.filter((worker) => !this.draining.has(worker));
    const serving = inService.length > 0 ? inService : living;
    const others = serving.filter((worker) => worker !== not);
    return others.length > 0 ? others : serving;
  }

  /** A monitor that follows it; `more` hears each fact first, so that it sees what was before. */
  followed(more: NonNullable<Monitor["facts"]>, restarted?: () => void): Monitor {
    const follow: Record<string, (data: never, source: FactSource) => void> = {
      assigned: (fact: AssignedFact) => void this.open.set(fact.assignment, fact),
      over: ({ assignment }: OverFact) => void this.open.delete(assignment),
      dead: ({ worker }: HealthFact) => void this.dead.add(worker),
      alive: ({ worker }: HealthFact) => void this.dead.delete(worker),
      draining: ({ worker }: HealthFact) => void this.draining.add(worker),
      serving: ({ worker }: HealthFact) => void this.draining.delete(worker),
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
        this.draining.clear();
        restarted?.();
      },
    };
  }
}

export function requests(count: number): string {
  return `${count} request${Math.abs(count) === 1 ? "" : "s"}`;
}
