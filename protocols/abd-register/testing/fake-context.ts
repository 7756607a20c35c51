/** A ctx for tests of single handlers: tells every effect in a short line, in order, and keeps a disk in memory. */

import type { Context, Disk, Log, Ms, NodeId, Random, Request } from "../../../harness/protocol.ts";
import type { Copy, Message, Result } from "../messages.ts";

export class FakeContext implements Context<Message, Result> {
  readonly id: NodeId;
  readonly role = "replica";
  readonly peers: readonly NodeId[];
  readonly spares: readonly string[] = [];
  readonly disk: FakeDisk;
  /** Effects since the test last looked: "n2 <- store 1.n1=7", "sync", "reply c1#1 null". */
  told: string[] = [];
  /** What was sent last, to be acknowledged by the test. */
  asked: Message | undefined;

  constructor(id: NodeId, servers: readonly NodeId[], disk: FakeDisk) {
    this.id = id;
    this.peers = servers.filter((server) => server !== id);
    this.disk = disk;
    disk.tell = (line) => this.told.push(line);
  }

  nodes(): readonly NodeId[] {
    return [this.id, ...this.peers];
  }
  send(to: NodeId, message: Message): void {
    this.asked = message;
    this.told.push(`${to} <- ${inWords(message)}`);
  }
  broadcast(message: Message, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  reply(request: Request, result: Result): void {
    this.told.push(`reply ${request.id} ${JSON.stringify(result)}`);
  }
  fail(request: Request): void {
    this.told.push(`fail ${request.id}`);
  }
  setTimer(name: string, afterMs: Ms): void {
    this.told.push(`timer ${name} ${afterMs}ms`);
  }
  fact(name: string, data: object = {}): void {
    this.told.push(`fact ${name} ${timestamp(data as Copy["timestamp"])}`);
  }
  count(): void {}
  gauge(): void {}
  observe(): void {}
  sometimes(goal: string): void {
    this.told.push(`sometimes ${goal}`);
  }
  redirect = unused;
  cancelTimer = unused;
  now = unused;
  elapsed = unused;
  log = unused;
  readonly random: Random = { integer: unused, real: unused, pick: unused, shuffle: unused };
}

/** Everything written survives: what an unsynced write may become is the simulator's to show. */
export class FakeDisk implements Disk {
  readonly records = new Map<string, unknown>();
  tell: (line: string) => void = () => undefined;

  read<T>(name: string): T | undefined {
    return this.records.get(name) as T | undefined;
  }
  write(name: string, value: unknown): void {
    this.records.set(name, value);
    this.tell(`write ${name} ${typeof value === "object" ? copied(value as Copy) : value}`);
  }
  sync(): void {
    this.tell("sync");
  }
  log<Entry>(): Log<Entry> {
    return unused();
  }
}

function unused(): never {
  throw new Error("an ABD register has no use for this");
}

function inWords(message: Message): string {
  return message.type === "query" ? "query" : `${message.type} ${copied(message.copy)}`;
}

function copied({ timestamp: of, value }: Copy): string {
  return of.counter === 0 ? "nothing" : `${timestamp(of)}=${value}`;
}

function timestamp({ counter, writer }: Copy["timestamp"]): string {
  return `${counter}.${writer}`;
}
