/** A ctx for tests of single handlers: records effects in order, keeps a disk in memory, and lets the test move the clock. */

import type { Context, Disk, Log, Ms, NodeId, Random, Request, Torn } from "../../../harness/protocol.ts";
import type { Message } from "../messages.ts";

export type Effect =
  | { readonly do: "send"; readonly to: NodeId; readonly message: Message }
  | { readonly do: "reply"; readonly request: Request; readonly result: unknown }
  | { readonly do: "redirect"; readonly request: Request; readonly to: NodeId | undefined }
  | { readonly do: "timer"; readonly name: string; readonly afterMs: Ms }
  | { readonly do: "cancel"; readonly name: string }
  | { readonly do: "write"; readonly name: string; readonly value: unknown }
  | { readonly do: "append"; readonly name: string; readonly value: unknown }
  | { readonly do: "truncate"; readonly name: string; readonly length: number }
  | { readonly do: "sync" }
  | { readonly do: "fact"; readonly name: string; readonly data: object }
  | { readonly do: "sometimes"; readonly goal: string };

export class FakeContext implements Context<Message> {
  readonly id: NodeId;
  readonly role = "server";
  readonly peers: readonly NodeId[];
  spares: readonly NodeId[] = [];
  readonly disk: FakeDisk;
  /** What happened since the test last looked away. */
  effects: Effect[] = [];
  elapsedMs = 0;

  constructor(id: NodeId, peers: readonly NodeId[], disk = new FakeDisk()) {
    this.id = id;
    this.peers = peers;
    this.disk = disk;
    disk.record = (effect) => this.effects.push(effect);
  }

  /** The middle of every range, the first of every list: no test here depends on chance. */
  readonly random: Random = {
    integer: (min, max) => Math.floor((min + max) / 2),
    real: () => 0.5,
    pick: (list) => list[0]!,
    shuffle: (list) => [...list],
  };

  nodes(): readonly NodeId[] {
    return [this.id, ...this.peers];
  }
  now(): Ms {
    return this.elapsedMs;
  }
  elapsed(): Ms {
    return this.elapsedMs;
  }
  send(to: NodeId, message: Message): void {
    this.effects.push({ do: "send", to, message: frozen(message) });
  }
  broadcast(message: Message, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  reply(request: Request, result: unknown): void {
    this.effects.push({ do: "reply", request, result });
  }
  fail(): void {
    throw new Error("Raft never knows that an operation will not happen");
  }
  redirect(request: Request, to?: NodeId): void {
    this.effects.push({ do: "redirect", request, to });
  }
  setTimer(name: string, afterMs: Ms): void {
    this.effects.push({ do: "timer", name, afterMs });
  }
  cancelTimer(name: string): void {
    this.effects.push({ do: "cancel", name });
  }
  log(): void {}
  fact(name: string, data: object = {}): void {
    this.effects.push({ do: "fact", name, data });
  }
  count(): void {}
  gauge(): void {}
  observe(): void {}
  sometimes(goal: string): void {
    this.effects.push({ do: "sometimes", goal });
  }

  /** Messages sent, with their receivers. */
  sent<T extends Message["type"]>(type: T): { to: NodeId; message: Extract<Message, { type: T }> }[] {
    return this.effects.flatMap((effect) =>
      effect.do === "send" && effect.message.type === type
        ? [{ to: effect.to, message: effect.message as Extract<Message, { type: T }> }]
        : [],
    );
  }

  /** Replies, by the request's id. */
  replies(): Record<string, unknown> {
    return Object.fromEntries(
      this.effects.flatMap((effect) => (effect.do === "reply" ? [[effect.request.id, effect.result]] : [])),
    );
  }

  facts(name: string): object[] {
    return this.effects.flatMap((effect) => (effect.do === "fact" && effect.name === name ? [effect.data] : []));
  }

  /** Where the first such effect stands, for "before" and "after"; fails when there is none. */
  position(fits: (effect: Effect) => boolean): number {
    const at = this.effects.findIndex(fits);
    if (at < 0) throw new Error(`no such effect among ${this.effects.map((effect) => effect.do).join(", ")}`);
    return at;
  }
}

export class FakeDisk implements Disk {
  record: (effect: Effect) => void = () => undefined;
  readonly records = new Map<string, unknown>();
  readonly logs = new Map<string, unknown[]>();

  read<T>(name: string): T | undefined {
    return this.records.get(name) as T | undefined;
  }
  write(name: string, value: unknown): void {
    this.records.set(name, frozen(value));
    this.record({ do: "write", name, value });
  }
  log<Entry>(name: string): Log<Entry> {
    const entries = this.logs.get(name) ?? [];
    this.logs.set(name, entries);
    const { record } = this;
    return {
      get length() {
        return entries.length;
      },
      get: (index) => entries[index] as Entry | Torn | undefined,
      entries: () => [...entries] as (Entry | Torn)[],
      append(value) {
        entries.push(frozen(value));
        record({ do: "append", name, value });
      },
      truncate(length) {
        entries.length = Math.min(length, entries.length);
        record({ do: "truncate", name, length });
      },
    };
  }
  sync(): void {
    this.record({ do: "sync" });
  }
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const field of Object.values(value)) frozen(field);
    Object.freeze(value);
  }
  return value;
}
