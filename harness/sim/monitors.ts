/** Carries facts and the nodes' comings and goings to the invariants' monitors and the protocol's selectors. */

import type { ClusterView, FactSource, Invariant, Monitor, NodeId, Selector } from "../protocol.ts";

type Hear = (data: never, source: FactSource) => void;

export class Monitors {
  private readonly hearers = new Map<string, Hear[]>();
  private readonly all: Monitor[] = [];
  private readonly tracked = new Map<string, Monitor & { current(): NodeId | undefined }>();

  constructor(
    cluster: ClusterView,
    invariants: readonly Invariant[],
    selectors: Readonly<Record<string, Selector>>,
    fail: (invariant: string, sentence: string) => void,
  ) {
    for (const [name, selector] of Object.entries(selectors)) {
      const monitor = selector.track(cluster);
      this.tracked.set(name, monitor);
      this.listen(monitor);
    }
    for (const invariant of invariants) this.listen(invariant.monitor(cluster, (sentence) => fail(invariant.name, sentence)));
  }

  private listen(monitor: Monitor): void {
    this.all.push(monitor);
    for (const [name, hear] of Object.entries(monitor.facts ?? {})) {
      const hearers = this.hearers.get(name);
      if (hearers === undefined) this.hearers.set(name, [hear]);
      else hearers.push(hear);
    }
  }

  fact(name: string, data: unknown, source: () => FactSource): void {
    const hearers = this.hearers.get(name);
    if (hearers === undefined) return;
    const from = source();
    for (const hear of hearers) hear(data as never, from);
  }

  node(what: "onStart" | "onCrash" | "onRestart" | "onWipe", node: NodeId): void {
    for (const monitor of this.all) monitor[what]?.(node);
  }

  heal(): void {
    for (const monitor of this.all) monitor.onHeal?.();
  }

  end(): void {
    for (const monitor of this.all) monitor.end?.();
  }

  /** The node that the selector points at. Undefined also for a selector that does not exist: scenarios are checked before. */
  select(selector: string): NodeId | undefined {
    return this.tracked.get(selector)?.current();
  }
}
