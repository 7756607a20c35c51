/** Hears synthetic facts of clients and servers, and keeps what an invariant says against them. */

import type { FactSource, Invariant, Monitor, NodeId } from "../../../harness/protocol.ts";

export class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;
  private ms = 0;

  /** The servers are "redis1", "server2" and the like. */
  constructor(invariants: readonly Invariant[], name: string, servers: readonly NodeId[] = []) {
    const invariant = invariants.find((one) => one.name === name)!;
    const cluster = { nodes: servers, spares: [], role: (node: NodeId) => node.replace(/\d+$/, "") };
    this.monitor = invariant.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  at(ms: number): this {
    this.ms = ms;
    return this;
  }

  hear(node: NodeId, name: string, data: object): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: this.ms });
    return this;
  }

  /** For 1000 ms, unless it is said. */
  acquired(owner: string, more: { readonly token?: number; readonly leftMs?: number } = {}): this {
    return this.hear(clientOf(owner), "acquired", { owner, leaseMs: 1_000, leftMs: 1_000, ...more });
  }

  left(owner: string, leftMs = 1): this {
    return this.hear(clientOf(owner), "left", { owner, leftMs });
  }

  accepted(owner: string, value: number): this {
    return this.hear("resource", "accepted", { owner, value });
  }

  wiped(node: NodeId): this {
    this.monitor.onWipe?.(node);
    return this;
  }
}

/** "c1#2.1" is one of c1's. */
function clientOf(owner: string): NodeId {
  return owner.slice(0, owner.indexOf("#"));
}
