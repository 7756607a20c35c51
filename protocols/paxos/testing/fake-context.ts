/**
 * A ctx for tests of single handlers: tells every effect in a short line, in order, and keeps a disk in memory. Multi-Paxos'
 * tests use it too.
 */

import type { Context, Disk, Log, Ms, NodeId, Random, Request } from "../../../harness/protocol.ts";

export interface Setting<Message> {
  readonly id: NodeId;
  /** All servers by their roles. */
  readonly servers: Readonly<Record<string, readonly NodeId[]>>;
  /** A message in a few words. */
  words(message: Message): string;
}

export class FakeContext<Message> implements Context<Message> {
  readonly id: NodeId;
  readonly role: string;
  readonly peers: readonly NodeId[];
  readonly spares: readonly NodeId[] = [];
  readonly disk: FakeDisk;
  /** Effects since the test last looked: "acceptor1 <- prepare d1 1.proposer1", "sync", "reply c1#1 7". */
  told: string[] = [];
  elapsedMs = 0;
  private readonly setting: Setting<Message>;

  constructor(setting: Setting<Message>, disk: FakeDisk) {
    const { id, servers } = setting;
    this.setting = setting;
    this.id = id;
    this.role = Object.keys(servers).find((role) => servers[role]!.includes(id))!;
    this.peers = this.nodes().filter((server) => server !== id);
    this.disk = disk;
    disk.tell = (line) => this.told.push(line);
  }

  /** The middle of every range: no test depends on chance. */
  readonly random: Random = { integer: unused, real: () => 0.5, pick: unused, shuffle: unused };

  nodes(role?: string): readonly NodeId[] {
    const { servers } = this.setting;
    return role === undefined ? Object.values(servers).flat() : servers[role]!;
  }
  now(): Ms {
    throw new Error("no decision of Paxos is made by the wall clock");
  }
  elapsed(): Ms {
    return this.elapsedMs;
  }
  send(to: NodeId, message: Message): void {
    this.told.push(`${to} <- ${this.setting.words(message)}`);
  }
  broadcast(message: Message, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  reply(request: Request, result: unknown): void {
    this.told.push(`reply ${request.id} ${JSON.stringify(result)}`);
  }
  fail(): void {
    throw new Error("Paxos never knows that a request will not happen");
  }
  redirect(request: Request, to?: NodeId): void {
    this.told.push(`redirect ${request.id} to ${to}`);
  }
  setTimer(name: string, afterMs: Ms): void {
    this.told.push(`timer ${name} ${afterMs}ms`);
  }
  cancelTimer(name: string): void {
    this.told.push(`cancel ${name}`);
  }
  fact(name: string, data: object = {}): void {
    this.told.push(`fact ${name} ${JSON.stringify(data)}`);
  }
  sometimes(goal: string): void {
    this.told.push(`sometimes ${goal}`);
  }
  log(): void {}
  count(): void {}
  gauge(): void {}
  observe(): void {}
}

/** What stands on it may be changed by a test, as by a crash. */
export class FakeDisk implements Disk {
  readonly records = new Map<string, unknown>();
  readonly logs = new Map<string, unknown[]>();
  tell: (line: string) => void = () => undefined;

  read<T>(name: string): T | undefined {
    return this.records.get(name) as T | undefined;
  }
  write(name: string, value: unknown): void {
    this.records.set(name, value);
    this.tell(`write ${name}`);
  }
  sync(): void {
    this.tell("sync");
  }
  log<Entry>(name: string): Log<Entry> {
    const entries = this.logs.get(name) ?? [];
    this.logs.set(name, entries);
    return {
      get length() {
        return entries.length;
      },
      get: unused,
      entries: () => [...entries] as Entry[],
      append: (entry) => {
        entries.push(entry);
        this.tell(`append ${name}`);
      },
      truncate: (length) => {
        entries.length = Math.min(length, entries.length);
        this.tell(`truncate ${name} ${length}`);
      },
    };
  }
}

function unused(): never {
  throw new Error("Paxos has no use for this");
}
