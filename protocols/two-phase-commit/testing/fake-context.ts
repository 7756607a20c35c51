/** A ctx for tests of single handlers: tells every effect in a short line, in order, and keeps a log in memory. */

import type { Context, Disk, Log, Ms, NodeId, Random, Request } from "../../../harness/protocol.ts";
import type { Message, Result, Work } from "../messages.ts";

const participants = ["participant1", "participant2", "participant3"];

export class FakeContext implements Context<Message, Result> {
  readonly id: NodeId;
  readonly role: string;
  readonly peers: readonly NodeId[];
  readonly spares: readonly string[] = [];
  readonly disk: FakeDisk;
  /** Effects since the test last looked: "participant1 <- commit t1", "append committed t1", "sync", "reply c1#1 true". */
  told: string[] = [];

  constructor(id: NodeId, disk: FakeDisk) {
    this.id = id;
    this.role = id === "coordinator" ? "coordinator" : "participant";
    this.peers = ["coordinator", ...participants].filter((server) => server !== id);
    this.disk = disk;
    disk.tell = (line) => this.told.push(line);
  }

  nodes(role?: string): readonly NodeId[] {
    return role === "coordinator" ? ["coordinator"] : participants;
  }
  send(to: NodeId, message: Message): void {
    this.told.push(`${to} <- ${inWords(message)}`);
  }
  broadcast(message: Message, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  reply(request: Request, result: Result): void {
    this.told.push(`reply ${request.id} ${JSON.stringify(result)}`);
  }
  fail(request: Request, reason: string): void {
    this.told.push(`fail ${request.id}: ${reason}`);
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
  count(): void {}
  gauge(): void {}
  observe(): void {}
  redirect = unused;
  now = unused;
  elapsed = unused;
  log = unused;
  readonly random: Random = { integer: unused, real: unused, pick: unused, shuffle: unused };
}

/** One log, of which a test may take away the end. */
export class FakeDisk implements Disk {
  entries: unknown[] = [];
  tell: (line: string) => void = () => undefined;

  read = unused;
  write = unused;
  sync(): void {
    this.tell("sync");
  }
  log<Entry>(): Log<Entry> {
    const disk = this;
    return {
      get length() {
        return disk.entries.length;
      },
      get: unused,
      entries: () => [...disk.entries] as Entry[],
      append: (one) => {
        disk.entries.push(one);
        const { kind, txn } = (one as { entry: { kind: string; txn: string } }).entry;
        disk.tell(`append ${kind} ${txn}`);
      },
      truncate: (length) => {
        disk.entries.length = length;
        disk.tell(`truncate ${length}`);
      },
    };
  }
}

function unused(): never {
  throw new Error("two-phase commit has no use for this");
}

function inWords(message: Message): string {
  const { type, txn } = message;
  if (type === "prepare") return `prepare ${txn} ${work(message.work)}`;
  if (type === "vote") return `vote ${txn} ${message.yes ? "yes" : "no"}${read(message.read)}`;
  return `${type} ${txn}`;
}

function work({ changes, reads }: Work): string {
  const changed = Object.entries(changes).map(([account, change]) => `${account}${change < 0 ? "" : "+"}${change}`);
  return [...changed, ...reads].join(" ");
}

function read(read: Readonly<Record<string, number>>): string {
  return Object.entries(read)
    .map(([account, balance]) => ` ${account}=${balance}`)
    .join("");
}
