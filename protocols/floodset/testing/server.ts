/** One server of FloodSet with a fake ctx: tells every effect in a short line, in order, and keeps a disk in memory. */

import type { Context, Disk, NodeId, Request } from "../../../harness/protocol.ts";
import { FloodSet } from "../floodset.ts";
import type { Message, Result } from "../messages.ts";

export type Make = (ctx: Context<Message, Result>, options: { f: number; round: number }) => FloodSet;
const right: Make = (ctx, options) => new FloodSet(ctx as Context, options);

/** n1 of five; what is decided is always "d1", at most so many servers crash, and a round has 20ms. */
export class Server {
  readonly disk: FakeDisk;
  private readonly node: FloodSet;
  private readonly make: Make;
  private readonly f: number;
  private lines: string[] = [];
  private requests = 0;

  constructor(f = 2, make = right, disk = new FakeDisk()) {
    this.f = f;
    this.make = make;
    this.disk = disk;
    disk.tell = (line) => this.lines.push(line);
    this.node = make(this.context(), { f, round: 20 });
    this.node.onStart();
  }

  /** The next incarnation, on the same disk. */
  restarted(): Server {
    return new Server(this.f, this.make, this.disk);
  }

  isAsked(value: number): this {
    this.requests += 1;
    const op = { f: "propose", key: "d1", value } as const;
    this.node.onRequest({ id: `c1#${this.requests}`, client: "c1", serial: this.requests, op });
    return this;
  }

  hears(from: NodeId, ...values: readonly number[]): this {
    this.node.onMessage(from, { type: "flood", key: "d1", values });
    return this;
  }

  isTold(value: number): this {
    this.node.onMessage("n2", { type: "decided", key: "d1", value });
    return this;
  }

  roundEnds(times = 1): this {
    for (let i = 0; i < times; i += 1) this.node.onTimer("round d1", "d1");
    return this;
  }

  /** What was under way when it came back is over. */
  waits(): this {
    this.node.onTimer("over");
    return this;
  }

  /** All effects since the last look: "timer round d1 20ms", "all <- 3 5", "reply c1#1 3". */
  told(): string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** What it says to others, and to its clients. */
  said(): string[] {
    return this.told().filter((line) => line.includes("<-") || line.startsWith("re"));
  }

  private context(): Context<Message, Result> {
    const tell = (line: string): void => void this.lines.push(line);
    return {
      id: "n1",
      nodes: () => ["n1", "n2", "n3", "n4", "n5"],
      disk: this.disk as Pick<Disk, "read" | "write" | "log" | "sync">,
      send: (to: NodeId, message: Message) => tell(`${to} <- ${inWords(message)}`),
      broadcast: (message: Message) => tell(`all <- ${inWords(message)}`),
      reply: ({ id }: Request, result: Result) => tell(`reply ${id} ${result}`),
      redirect: ({ id }: Request) => tell(`redirect ${id}`),
      setTimer: (name: string, afterMs: number) => tell(`timer ${name} ${afterMs}ms`),
      cancelTimer: (name: string) => tell(`cancel ${name}`),
      fact: (name: string, data: object) => tell(`fact ${name} ${JSON.stringify(data)}`),
      sometimes: (goal: string) => tell(`sometimes ${goal}`),
    } as unknown as Context<Message, Result>;
  }
}

class FakeDisk {
  readonly entries: unknown[] = [];
  private readonly records = new Map<string, unknown>();
  tell: (line: string) => void = () => undefined;

  read(name: string): unknown {
    return this.records.get(name);
  }
  write(name: string, value: unknown): void {
    this.records.set(name, value);
    this.tell(`write ${name}`);
  }
  log(): unknown {
    return {
      entries: () => [...this.entries],
      append: (entry: { readonly value: number }) => {
        this.entries.push(entry);
        this.tell(`log ${entry.value}`);
      },
    };
  }
  sync(): void {
    this.tell("sync");
  }
}

function inWords(message: Message): string {
  return message.type === "flood" ? message.values.join(" ") : `decided ${message.value}`;
}
