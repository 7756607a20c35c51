/** A world for tests of faults: nothing runs in it, every call is kept, and what was begun must have been ended. */

import type { NodeId } from "../../protocol.ts";
import type {
  Ailment,
  Clocks,
  CutCondition,
  CutPlace,
  FaultId,
  Gate,
  Heard,
  Lie,
  Link,
  LinkChange,
  World,
} from "../../sim/world.ts";
import type { Cluster } from "../fault.ts";

interface Armed {
  readonly id: FaultId;
  readonly where: CutCondition | CutPlace;
  readonly then: () => void;
}

/** Which call ends what another began. */
const ends: Readonly<Record<string, string>> = {
  uncut: "cut",
  release: "hold",
  mend: "worsen",
  ungate: "gate",
  unlie: "lie",
  resume: "pause",
  unslow: "slow",
  undrift: "drift",
  cure: "ail",
  thaw: "freeze",
  disarmCrash: "armCrash",
  restart: "crash",
};

export class FakeWorld implements World {
  nowUs = 0;
  readonly servers: readonly NodeId[];
  readonly clients: readonly NodeId[];
  /** Every call in order, as "cut n1 -> n2" or "crash n1". */
  readonly calls: string[] = [];
  /** What the selectors point at; a test sets it. */
  readonly selected = new Map<string, NodeId>();
  private readonly roles: ReadonlyMap<NodeId, string>;
  private readonly open = new Map<string, number>();
  private readonly down = new Set<NodeId>();
  private readonly paused = new Set<NodeId>();
  private readonly offsets = new Map<NodeId, number>();
  private armed = new Map<NodeId, Armed[]>();
  private timers: { readonly atUs: number; readonly action: () => void }[] = [];

  constructor(cluster: Cluster) {
    this.servers = cluster.servers.map((server) => server.id);
    this.clients = cluster.clients;
    this.roles = new Map(cluster.servers.map((server) => [server.id, server.role]));
  }

  /** Lets virtual time pass. */
  pass(us: number): void {
    const untilUs = this.nowUs + us;
    for (;;) {
      const next = this.timers.filter((timer) => timer.atUs <= untilUs).sort((a, b) => a.atUs - b.atUs)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.nowUs = next.atUs;
      next.action();
    }
    this.nowUs = untilUs;
  }

  /** A handler runs on this node in which every armed crash fits. */
  handle(node: NodeId): void {
    const [armed] = this.armed.get(node) ?? [];
    if (armed === undefined || this.down.has(node)) return;
    this.disarm(armed.id, node);
    this.crash(armed.id, node);
    armed.then();
  }

  /** What was begun and not ended, and clocks that are off: "cut n1 -> n2". Empty when all is well again. */
  unfinished(): string[] {
    const open = [...this.open].filter(([, count]) => count !== 0).map(([what]) => what);
    const off = [...this.offsets].filter(([, us]) => us !== 0).map(([node]) => `jumpClock ${node}`);
    return [...open, ...off];
  }

  role(node: NodeId): string {
    return this.roles.get(node) ?? "client";
  }

  select(selector: string): NodeId | undefined {
    return this.selected.get(selector);
  }

  cut(id: FaultId, link: Link): void {
    this.link("cut", id, link);
  }
  uncut(id: FaultId, link: Link): void {
    this.link("uncut", id, link);
  }
  hold(id: FaultId, link: Link): void {
    this.link("hold", id, link);
  }
  release(id: FaultId, link: Link): void {
    this.link("release", id, link);
  }
  worsen(id: FaultId, link: Link, change: LinkChange): void {
    this.link("worsen", id, link, ` ${JSON.stringify(change)}`);
  }
  mend(id: FaultId, link: Link): void {
    this.link("mend", id, link);
  }
  gate(id: FaultId, link: Link, gate: Gate): void {
    this.link("gate", id, link, ` ${JSON.stringify(gate)}`);
  }
  ungate(id: FaultId, link: Link): void {
    this.link("ungate", id, link);
  }

  disconnect(_id: FaultId, first: NodeId, second: NodeId, heard: Heard): void {
    if (this.known(first) === this.known(second)) throw new Error(`${first} has no connection to itself`);
    this.calls.push(`disconnect ${first} <-> ${second}, heard by ${heard}`);
  }

  isUp(node: NodeId): boolean {
    return !this.down.has(this.known(node));
  }
  isPaused(node: NodeId): boolean {
    return this.paused.has(node);
  }
  crash(id: FaultId, node: NodeId): boolean {
    if (!this.isUp(node)) return false;
    this.down.add(node);
    this.note("crash", id, node);
    return true;
  }
  restart(id: FaultId, node: NodeId): boolean {
    if (this.isUp(node)) return false;
    this.down.delete(node);
    this.note("restart", id, node);
    return true;
  }
  wipe(_id: FaultId, node: NodeId): void {
    if (this.isUp(node)) throw new Error(`${node} is up, so its disk cannot be wiped`);
    this.calls.push(`wipe ${node}`);
  }
  armCrash(id: FaultId, node: NodeId, where: CutCondition | CutPlace, then: () => void): void {
    this.armed.set(node, [...(this.armed.get(node) ?? []), { id, where, then }]);
    this.note("armCrash", id, node, ` ${JSON.stringify(where)}`);
  }
  disarmCrash(id: FaultId, node: NodeId): void {
    this.disarm(id, node);
    this.calls.push(`disarmCrash ${node}`);
  }
  pause(id: FaultId, node: NodeId): void {
    this.paused.add(node);
    this.note("pause", id, node);
  }
  resume(id: FaultId, node: NodeId): void {
    this.paused.delete(node);
    this.note("resume", id, node);
  }
  operate(_id: FaultId, node: NodeId, order: string): void {
    this.calls.push(`order ${this.known(node)} ${order}`);
  }
  slow(id: FaultId, node: NodeId, extraUs: number): void {
    this.note("slow", id, node, ` ${extraUs}`);
  }
  unslow(id: FaultId, node: NodeId): void {
    this.note("unslow", id, node);
  }
  lie(id: FaultId, node: NodeId, lie: Lie): void {
    this.note("lie", id, this.known(node), ` ${JSON.stringify(lie)}`);
  }
  unlie(id: FaultId, node: NodeId): void {
    this.note("unlie", id, node);
  }
  jumpClock(_id: FaultId, node: NodeId, byUs: number): void {
    this.offsets.set(this.known(node), (this.offsets.get(node) ?? 0) + byUs);
    this.calls.push(`jumpClock ${node} ${byUs}`);
  }
  ail(id: FaultId, node: NodeId, ailment: Ailment): void {
    this.note("ail", id, node, ` ${JSON.stringify(ailment)}`);
  }
  cure(id: FaultId, node: NodeId): void {
    this.note("cure", id, node);
  }
  rot(_id: FaultId, node: NodeId, beyond: boolean, record = "anything"): void {
    this.calls.push(`rot ${this.known(node)} ${record} ${beyond}`);
  }
  rollBack(id: FaultId, node: NodeId): boolean {
    return this.crash(id, node);
  }
  rememberDisks(): void {}
  freeze(id: FaultId, node: NodeId, clocks: Clocks): void {
    this.note("freeze", id, node, ` ${clocks}`);
  }
  thaw(id: FaultId, node: NodeId): void {
    this.note("thaw", id, node);
  }
  drift(id: FaultId, node: NodeId, ppm: number): void {
    this.note("drift", id, node, ` ${ppm}`);
  }
  undrift(id: FaultId, node: NodeId): void {
    this.note("undrift", id, node);
  }

  later(afterUs: number, action: () => void): void {
    this.timers.push({ atUs: this.nowUs + afterUs, action });
  }
  effect(id: FaultId): void {
    this.calls.push(`effect ${id}`);
  }
  draw(): number {
    return 0;
  }

  private link(call: string, id: FaultId, { from, to }: Link, detail = ""): void {
    this.known(from);
    this.known(to);
    if (from === to) throw new Error(`${call} of a link from ${from} to itself`);
    this.note(call, id, `${from} -> ${to}`, detail);
  }

  private note(call: string, id: FaultId, subject: string, detail = ""): void {
    this.calls.push(`${call} ${subject}${detail}`);
    const begun = ends[call];
    const key = `${begun ?? call} ${subject} by ${id}`;
    const count = (this.open.get(key) ?? 0) + (begun === undefined ? 1 : -1);
    if (count < 0) throw new Error(`${call} ${subject} by ${id}, which had not begun it`);
    if (count > 1) throw new Error(`${call} ${subject} by ${id} twice`);
    this.open.set(key, count);
  }

  private disarm(id: FaultId, node: NodeId): void {
    const armed = this.armed.get(node) ?? [];
    if (!armed.some((other) => other.id === id)) throw new Error(`${id} has no crash armed on ${node}`);
    this.armed.set(
      node,
      armed.filter((other) => other.id !== id),
    );
    this.open.set(`armCrash ${node} by ${id}`, 0);
  }

  private known(node: NodeId): NodeId {
    if (!this.servers.includes(node) && !this.clients.includes(node)) throw new Error(`there is no node ${node}`);
    return node;
  }
}
