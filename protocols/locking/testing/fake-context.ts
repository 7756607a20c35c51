/** A ctx for tests of single handlers: tells every effect in a short line, in order, and keeps a disk and a stop-watch. */

import type { ClientContext, Disk, Log, Ms, NodeId, Random, Request, Torn } from "../../../harness/protocol.ts";

export class FakeContext implements ClientContext {
  readonly id: NodeId;
  readonly role: string;
  readonly peers: readonly NodeId[];
  readonly spares: readonly string[] = [];
  private readonly servers: readonly NodeId[];
  readonly disk: FakeDisk;
  /** The stop-watch, in ms; set by the test. */
  elapsedMs: Ms = 0;
  /** By how much the wall clock is ahead of it. */
  aheadMs: Ms = 1_000_000;
  /** Effects since the test last looked: "redis <- set-nx c1#1.1 5000", "sync", "reply c1#1 {}". */
  told: string[] = [];

  constructor(id: NodeId, disk = new FakeDisk(), servers: readonly NodeId[] = ["redis", "resource"]) {
    this.id = id;
    this.role = roleOf(id);
    this.servers = servers;
    this.peers = servers.filter((server) => server !== id);
    this.disk = disk;
    disk.tell = (line) => this.told.push(line);
  }

  nodes(role?: string): readonly NodeId[] {
    return role === undefined ? this.servers : this.servers.filter((server) => roleOf(server) === role);
  }
  elapsed(): Ms {
    return this.elapsedMs;
  }
  send(to: NodeId, message: unknown): void {
    this.told.push(`${to} <- ${values(message as object)}`);
  }
  reply(request: Request, result: unknown): void {
    this.told.push(`reply ${request.id} ${JSON.stringify(result)}`);
  }
  fail(request: Request, reason: string): void {
    this.told.push(`fail ${request.id}: ${reason}`);
  }
  giveUp(request: Request, reason: string): void {
    this.told.push(`info ${request.id}: ${reason}`);
  }
  setTimer(name: string, afterMs: Ms): void {
    this.told.push(`timer ${name} ${afterMs}ms`);
  }
  cancelTimer(name: string): void {
    this.told.push(`no timer ${name}`);
  }
  fact(name: string, data: object = {}): void {
    this.told.push(`fact ${name} ${values(data)}`.trim());
  }
  sometimes(goal: string): void {
    this.told.push(`sometimes ${goal}`);
  }
  /** The smallest that may be drawn, and the first. */
  readonly random: Random = { integer: (min) => min, real: unused, pick: (list) => list[0]!, shuffle: unused };
  /** In the order of names; which may be drawn is the simulator's to show. */
  broadcast(message: unknown, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  redirect = unused;
  now(): Ms {
    return this.elapsedMs + this.aheadMs;
  }
  log(): void {}
  count(): void {}
  gauge(): void {}
  observe(): void {}
}

/** Everything written survives: what an unsynced write may become is the simulator's to show. */
export class FakeDisk implements Disk {
  private readonly records = new Map<string, unknown>();
  /** By name: what a test may take entries out of, or tear. */
  readonly logs = new Map<string, unknown[]>();
  tell: (line: string) => void = () => undefined;

  read<T>(name: string): T | undefined {
    return this.records.get(name) as T | undefined;
  }
  write(name: string, value: unknown): void {
    this.records.set(name, value);
    this.tell(`write ${name} ${values(value as object)}`);
  }
  sync(): void {
    this.tell("sync");
  }
  log<Entry>(name: string): Log<Entry> {
    const entries = (this.logs.get(name) ?? []) as (Entry | Torn)[];
    this.logs.set(name, entries);
    return {
      get length(): number {
        return entries.length;
      },
      get: (index) => entries[index],
      entries: () => [...entries],
      append: (entry): void => {
        entries.push(entry);
        this.tell(`append ${name} ${values(entry as object)}`);
      },
      truncate: (length): void => {
        entries.length = length;
        this.tell(`truncate ${name} ${length}`);
      },
    };
  }
}

/** "redis2" plays "redis". */
function roleOf(id: NodeId): string {
  return id.replace(/\d+$/, "");
}

function values(data: object): string {
  return Object.values(data).map(String).join(" ");
}

function unused(): never {
  throw new Error("a lock has no use for this");
}
