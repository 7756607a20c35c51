/**
 * A node as a part of another: two Raft groups in one server, a lock service with a replicated log inside. The part gets a ctx
 * under which its messages, timers, disk names and facts carry its name in front ("users/AppendEntries", "users/election"), so that
 * several of a kind live in one node; it knows nothing of that. Its invariants and selectors are told which part they listen to.
 */

import type {
  Context,
  Disk,
  FactSource,
  Invariant,
  Labels,
  Log,
  Monitor,
  Ms,
  Node,
  NodeId,
  Selector,
} from "../../harness/protocol.ts";
import { InnerContext } from "./inner-context.ts";

/** A part's message on its way. */
export interface Parcel {
  /** The part's name and the message's own type. */
  readonly type: string;
  readonly content: unknown;
}

export class Part<Inner extends Node> {
  readonly name: string;
  readonly node: Inner;

  /**
   * In the constructor of the whole. `create` makes the part, with the ctx that is given to it. `members`: the servers that the part
   * runs on, this one among them, when it does not run on all.
   */
  constructor(name: string, ctx: Context, create: (ctx: Context) => Inner, members?: readonly NodeId[]) {
    this.name = name;
    this.node = create(new PartContext(name, ctx, members));
  }

  /** In onStart of the whole. */
  start(): void {
    this.node.onStart?.();
  }

  /** In onMessage: true when the message was for this part, which has handled it. */
  hears(from: NodeId, message: { readonly type: string }): boolean {
    if (!message.type.startsWith(`${this.name}/`)) return false;
    this.node.onMessage(from, (message as Parcel).content);
    return true;
  }

  /** In onTimer: true when the timer was this part's. */
  rings(timer: string, data?: unknown): boolean {
    const prefix = `${this.name}/`;
    if (!timer.startsWith(prefix)) return false;
    this.node.onTimer?.(timer.slice(prefix.length), data);
    return true;
  }
}

class PartContext extends InnerContext {
  private readonly prefix: string;
  private readonly members: readonly NodeId[] | undefined;
  private readonly ownPeers: readonly NodeId[];
  private readonly ownDisk: Disk;

  constructor(name: string, ctx: Context, members: readonly NodeId[] | undefined) {
    super(ctx);
    this.prefix = `${name}/`;
    this.members = members;
    this.ownPeers = members?.filter((id) => id !== ctx.id) ?? ctx.peers;
    this.ownDisk = new PartDisk(this.prefix, ctx.disk);
  }

  override get peers(): readonly NodeId[] {
    return this.ownPeers;
  }
  override get disk(): Disk {
    return this.ownDisk;
  }
  override nodes(role?: string): readonly NodeId[] {
    const nodes = super.nodes(role);
    return this.members === undefined ? nodes : nodes.filter((id) => this.members?.includes(id));
  }
  override send(to: NodeId, message: unknown): void {
    super.send(to, this.parcel(message));
  }
  override broadcast(message: unknown, to?: readonly NodeId[]): void {
    super.broadcast(this.parcel(message), to);
  }
  override setTimer(name: string, afterMs: Ms, data?: unknown): void {
    super.setTimer(this.prefix + name, afterMs, data);
  }
  override cancelTimer(name: string): void {
    super.cancelTimer(this.prefix + name);
  }
  override log(message: string, data?: unknown): void {
    super.log(this.prefix + message, data);
  }
  override fact(name: string, data?: object): void {
    super.fact(this.prefix + name, data);
  }
  override count(name: string, by?: number, labels?: Labels): void {
    super.count(this.prefix + name, by, labels);
  }
  override gauge(name: string, value: number, labels?: Labels): void {
    super.gauge(this.prefix + name, value, labels);
  }
  override observe(name: string, value: number, labels?: Labels): void {
    super.observe(this.prefix + name, value, labels);
  }

  private parcel(message: unknown): Parcel {
    return { type: this.prefix + (message as { readonly type: string }).type, content: message };
  }
}

/** One disk for all parts: a sync makes durable what any of them has written. */
class PartDisk implements Disk {
  private readonly prefix: string;
  private readonly disk: Disk;

  constructor(prefix: string, disk: Disk) {
    this.prefix = prefix;
    this.disk = disk;
  }
  read<T>(name: string): T | undefined {
    return this.disk.read<T>(this.prefix + name);
  }
  write(name: string, value: unknown): void {
    this.disk.write(this.prefix + name, value);
  }
  log<Entry>(name: string): Log<Entry> {
    return this.disk.log<Entry>(this.prefix + name);
  }
  sync(): void {
    this.disk.sync();
  }
}

/** The invariant, of the part of this name. */
export function invariantOf(part: string, invariant: Invariant): Invariant {
  return {
    name: `${part}: ${invariant.name}`,
    states: `${invariant.states} (Of ${part}.)`,
    monitor: (cluster, fail) =>
      listeningTo(
        part,
        invariant.monitor(cluster, (sentence) => fail(`${part}: ${sentence}`)),
      ),
  };
}

/** The selector, of the part of this name. */
export function selectorOf(part: string, selector: Selector): Selector {
  return {
    states: `${selector.states} (Of ${part}.)`,
    track: (cluster) => {
      const tracked = selector.track(cluster);
      return { ...listeningTo(part, tracked), current: () => tracked.current() };
    },
  };
}

type Hears = (data: never, source: FactSource) => void;

function listeningTo(part: string, monitor: Monitor): Monitor {
  const facts = Object.entries<Hears>(monitor.facts ?? {}).map(([name, hear]) => [`${part}/${name}`, hear] as const);
  return { ...monitor, facts: Object.fromEntries(facts) };
}
