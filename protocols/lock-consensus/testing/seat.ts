/** A ctx for stories of one node, with a Raft inside or not: tells effects in short lines, rings timers as time goes by, keeps a disk. */

import type { ClientContext, Disk, Log, Ms, Node, NodeId, Random, Request, Torn } from "../../../harness/protocol.ts";

/** What Raft itself states and does is the affair of its own tests. */
const ofRaft = /^fact (term|leader|appended|committed|applied|recovered|truncated|compacted|changed|stepped-down)/;

export class Seat implements ClientContext {
  readonly id: NodeId;
  readonly role: string;
  readonly spares: readonly NodeId[] = [];
  readonly disk: SeatDisk;
  private readonly servers: readonly NodeId[];
  private readonly make: (ctx: Seat) => Node;
  private node: Node;
  private readonly due = new Map<string, Ms>();
  private lines: string[] = [];
  private nowMs: Ms = 0;

  /** Started, and looked at for the first time. */
  constructor(id: NodeId, servers: readonly NodeId[], make: (ctx: Seat) => Node, disk = new SeatDisk()) {
    this.id = id;
    this.role = roleOf(id);
    this.servers = servers;
    this.make = make;
    this.disk = disk;
    this.node = make(this);
    this.node.onStart?.();
  }

  /** The next incarnation, on the same disk. Its stop-watch shows 0. */
  restarted(): Seat {
    return new Seat(this.id, this.servers, this.make, this.disk);
  }

  /** Lets time go by, and rings what is due on the way. */
  after(ms: Ms): this {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.due].filter(([, at]) => at <= untilMs).sort(([, a], [, b]) => a - b);
      if (next === undefined) break;
      this.due.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1]);
      this.node.onTimer?.(next[0]);
    }
    this.nowMs = untilMs;
    return this;
  }

  /** Lets time go by without a timer, as in a pause. */
  asleep(ms: Ms): this {
    this.nowMs += ms;
    return this;
  }

  hears(from: NodeId, message: unknown): this {
    this.node.onMessage(from, message);
    return this;
  }

  asked(op: unknown, serial = 1): this {
    this.node.onRequest?.({ id: `${this.id}#${serial}`, client: this.id, serial, op });
    return this;
  }

  /** What it has told others, answered and stated since the last look. */
  told(): string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** The same without facts. */
  did(): string[] {
    return this.told().filter((line) => !line.startsWith("fact "));
  }

  private say(line: string): void {
    if (!ofRaft.test(line)) this.lines.push(line);
  }

  get peers(): readonly NodeId[] {
    return this.servers.filter((id) => id !== this.id);
  }
  nodes(role?: string): readonly NodeId[] {
    return role === undefined ? this.servers : this.servers.filter((id) => roleOf(id) === role);
  }
  readonly random: Random = {
    integer: (min) => min,
    real: () => 0,
    pick: (list) => list[0]!,
    shuffle: (list) => [...list],
  };
  now(): Ms {
    return this.nowMs;
  }
  elapsed(): Ms {
    return this.nowMs;
  }
  send(to: NodeId, message: unknown): void {
    if (!/^(Request|Append|PreVote|Install)/.test((message as { type: string }).type)) this.say(`${to} <- ${inWords(message)}`);
  }
  broadcast(message: unknown, to: readonly NodeId[] = this.peers): void {
    for (const peer of to) this.send(peer, message);
  }
  reply(request: Request, result: unknown): void {
    this.say(`reply ${request.id} ${JSON.stringify(result)}`);
  }
  fail(request: Request, reason: string): void {
    this.say(`fail ${request.id}: ${reason}`);
  }
  giveUp(request: Request, reason: string): void {
    this.say(`info ${request.id}: ${reason}`);
  }
  redirect(): void {
    throw new Error("nobody redirects with ctx here");
  }
  setTimer(name: string, afterMs: Ms): void {
    this.due.set(name, this.nowMs + afterMs);
  }
  cancelTimer(name: string): void {
    this.due.delete(name);
  }
  fact(name: string, data: object = {}): void {
    this.say(`fact ${name} ${inWords(data)}`.trim());
  }
  log(): void {}
  sometimes(): void {}
  count(): void {}
  gauge(): void {}
  observe(): void {}
}

/** Everything written survives: what an unsynced write may become is the simulator's to show. */
class SeatDisk implements Disk {
  private readonly records = new Map<string, unknown>();
  private readonly logs = new Map<string, unknown[]>();

  read<T>(name: string): T | undefined {
    return this.records.get(name) as T | undefined;
  }
  write(name: string, value: unknown): void {
    this.records.set(name, value);
  }
  sync(): void {}
  log<Entry>(name: string): Log<Entry> {
    const kept = this.logs.get(name) ?? [];
    this.logs.set(name, kept);
    return {
      get length() {
        return kept.length;
      },
      get: (index) => kept[index] as Entry | undefined,
      entries: () => [...kept] as (Entry | Torn)[],
      append: (entry) => {
        kept.push(entry);
      },
      truncate: (length) => {
        kept.length = length;
      },
    };
  }
}

/** "server2" plays "server". */
function roleOf(id: NodeId): string {
  return id.replace(/\d+$/, "");
}

/** "answer id=c1#1.1 result={granted:1}" */
function inWords(data: unknown): string {
  const { type, ...rest } = data as { readonly type?: string };
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${plain(value)}`);
  return [...(type === undefined ? [] : [type]), ...fields].join(" ");
}

function plain(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "number" ? Math.round(each * 1_000) / 1_000 : each,
  ).replaceAll('"', "");
}
