/** One server of Ben-Or's protocol with a fake ctx: tells every effect in a short line, in order, and keeps a disk in memory. */

import {
  type Context,
  type Disk,
  type Log,
  type NodeId,
  type Random,
  type Request,
  TORN,
  type Torn,
} from "../../../harness/protocol.ts";
import { BenOr, type Entry } from "../ben-or.ts";
import type { Message, Result, Step, Value } from "../messages.ts";

export type Make = (ctx: Context<Message, Result>) => BenOr;
const right: Make = (ctx) => new BenOr(ctx as Context, { repeat: 50 });

/** n1 of so many; what is decided is always "d1". */
export class Server {
  private readonly node: BenOr;
  private readonly make: Make;
  private readonly servers: number;
  private readonly disk: (Entry | Torn)[];
  private lines: string[] = [];
  private requests = 0;
  /** How the next coins fall. */
  coins: Value[] = [];

  constructor(servers = 5, make = right, disk: (Entry | Torn)[] = []) {
    this.make = make;
    this.servers = servers;
    this.disk = disk;
    this.node = make(this.context());
    this.node.onStart();
  }

  /** The next incarnation, on the same disk; or on what a crash in the last write has left of it. */
  restarted(torn = false): Server {
    return new Server(this.servers, this.make, torn ? [...this.disk.slice(0, -1), TORN] : this.disk);
  }

  isAsked(value: Value, serial?: number): this {
    this.requests += 1;
    const id = serial ?? this.requests;
    const op = { f: "propose", key: "d1", value } as const;
    this.node.onRequest({ id: `c1#${id}`, client: "c1", serial: id, op });
    return this;
  }

  /** "n2 1", "n3 ?": who says what. */
  hears(type: Step["type"], round: number, ...words: readonly string[]): this {
    for (const word of words) {
      const [from, value] = word.split(" ") as [NodeId, string];
      const said = value === "?" ? "?" : (Number(value) as Value);
      this.node.onMessage(from, { type, key: "d1", round, value: said } as Step);
    }
    return this;
  }

  isTold(value: Value): this {
    this.node.onMessage("n2", { type: "decided", key: "d1", value });
    return this;
  }

  timerRings(): this {
    this.node.onTimer();
    return this;
  }

  /** All effects since the last look: "log report 1: 0", "sync", "all <- report 1: 0", "reply c1#1 0". */
  told(): string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** What it says to others, and to its clients. */
  said(): string[] {
    return this.told().filter((line) => line.includes("<-") || line.startsWith("reply"));
  }

  private context(): Context<Message, Result> {
    const tell = (line: string): void => void this.lines.push(line);
    const disk: Pick<Disk, "log" | "sync"> = { log: () => this.log() as never, sync: () => tell("sync") };
    const random: Pick<Random, "pick"> = { pick: () => this.coins.shift() as never };
    const names = Array.from({ length: this.servers }, (_, i) => `n${i + 1}`);
    return {
      id: "n1",
      nodes: () => names,
      disk,
      random,
      send: (to: NodeId, message: Message) => tell(`${to} <- ${inWords(message)}`),
      broadcast: (message: Message) => tell(`all <- ${inWords(message)}`),
      reply: ({ id }: Request, result: Result) => tell(`reply ${id} ${result}`),
      setTimer: (name: string, afterMs: number) => tell(`timer ${name} ${afterMs}ms`),
      fact: (name: string, data: object) => tell(`fact ${name} ${JSON.stringify(data)}`),
      sometimes: (goal: string) => tell(`sometimes ${goal}`),
      observe: (name: string, value: number) => tell(`${name}: ${value}`),
    } as unknown as Context<Message, Result>;
  }

  private log(): Pick<Log<Entry>, "append" | "entries"> {
    return {
      entries: () => [...this.disk],
      append: (entry) => {
        this.disk.push(entry);
        this.lines.push(`log ${inWords(entry)}`);
      },
    };
  }
}

function inWords(message: Entry): string {
  return message.type === "decided" ? `decided ${message.value}` : `${message.type} ${message.round}: ${message.value}`;
}
