/** Carries facts and the nodes' comings and goings to the invariants' monitors and the protocol's selectors. */

import type { ClusterView, FactSource, Invariant, Monitor, Ms, NodeId, Returned, Selector } from "../protocol.ts";

type Hear = (data: never, source: FactSource) => void;

/** A monitor, and what to call it when it throws. */
interface Listener {
  readonly name: string;
  readonly monitor: Monitor;
}

export class Monitors {
  private readonly hearers = new Map<string, { readonly listener: Listener; readonly hear: Hear }[]>();
  private readonly all: Listener[] = [];
  private readonly answered: Listener[] = [];
  private readonly tracked = new Map<string, Monitor & { current(): NodeId | undefined }>();
  private readonly broke: (sentence: string) => void;
  /** Whether an invariant judges what must have happened by the end. */
  judgesEnd = false;

  constructor(
    cluster: ClusterView,
    invariants: readonly Invariant[],
    selectors: Readonly<Record<string, Selector>>,
    fail: (invariant: string, sentence: string) => void,
    broke: (sentence: string) => void,
  ) {
    this.broke = broke;
    for (const [name, selector] of Object.entries(selectors)) {
      const monitor = selector.track(cluster);
      this.tracked.set(name, monitor);
      this.listen({ name: `the selector "${name}"`, monitor });
    }
    for (const invariant of invariants) {
      const monitor = invariant.monitor(cluster, (sentence) => fail(invariant.name, sentence));
      if (monitor.end !== undefined) this.judgesEnd = true;
      this.listen({ name: `the monitor of "${invariant.name}"`, monitor });
    }
  }

  private listen(listener: Listener): void {
    this.all.push(listener);
    if (listener.monitor.onReturn !== undefined) this.answered.push(listener);
    for (const [name, hear] of Object.entries(listener.monitor.facts ?? {})) {
      const hearers = this.hearers.get(name);
      if (hearers === undefined) this.hearers.set(name, [{ listener, hear }]);
      else hearers.push({ listener, hear });
    }
  }

  fact(name: string, data: unknown, source: () => FactSource): void {
    const hearers = this.hearers.get(name);
    if (hearers === undefined) return;
    const from = source();
    for (const { listener, hear } of hearers) {
      try {
        hear(data as never, from);
      } catch (error) {
        this.threw(listener, `the fact "${name}" of ${from.node}`, error);
      }
    }
  }

  node(what: "onStart" | "onCrash" | "onRestart" | "onClientCrash" | "onClientRestart" | "onWipe", node: NodeId): void {
    this.tell(`${what} of ${node}`, (monitor) => monitor[what]?.(node));
  }

  returned(what: () => Returned): void {
    if (this.answered.length === 0) return;
    const returned = what();
    this.tell(`onReturn of ${returned.request}`, (monitor) => monitor.onReturn?.(returned), this.answered);
  }

  heal(atMs: Ms): void {
    this.tell("onHeal", (monitor) => monitor.onHeal?.(atMs));
  }

  end(atMs: Ms): void {
    this.tell("end", (monitor) => monitor.end?.(atMs));
  }

  private tell(what: string, call: (monitor: Monitor) => void, listeners: readonly Listener[] = this.all): void {
    for (const listener of listeners) {
      try {
        call(listener.monitor);
      } catch (error) {
        this.threw(listener, what, error);
      }
    }
  }

  /** A monitor is the protocol author's code, too: that it threw is told, and is no violation of what it states. */
  private threw({ name }: Listener, what: string, error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.broke(`${name} threw at ${what}: ${text}`);
  }

  /** The node that the selector points at. Undefined also for a selector that does not exist: scenarios are checked before. */
  select(selector: string): NodeId | undefined {
    return this.tracked.get(selector)?.current();
  }
}
