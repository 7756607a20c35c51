/** A cell of one server, which is its master, and what clients may tell it. */

import type { Context, Node } from "../../../harness/protocol.ts";
import { Seat } from "../../lock-consensus/testing/seat.ts";
import type { CallOp } from "../messages.ts";
import { server } from "../nodes.ts";

export const options = {
  heartbeat: 100,
  "election-timeout": { min: 300, max: 600 },
  lease: 1_000,
  grace: 3_000,
  "lock-delay": 500,
  try: 200,
  "back-off": { min: 50, max: 50 },
  patience: 5_000,
  sequencers: true,
};

type Make = (ctx: Context) => Node;
const right: Make = (ctx) => server(ctx, options);

export class Master {
  private readonly seat: Seat;
  private readonly taken = new Map<string, number>();
  private keepAlives = 0;
  private calls = 0;
  epoch = 1;

  constructor(make: Make = right, seat = new Seat("server1", ["server1", "resource"], (ctx) => make(ctx as Context))) {
    this.seat = seat.after(700);
    this.told();
  }

  /** The next incarnation, in the next epoch. Clients know of that only when told. */
  restarted(make: Make = right): Master {
    const next = new Master(make, this.seat.restarted());
    next.calls = this.calls;
    return next;
  }

  after(ms: number): this {
    this.seat.after(ms);
    return this;
  }

  /** A call of this client's, whose session has its name. */
  call(client: string, op: CallOp, epoch = this.epoch): this {
    this.calls += 1;
    this.seat.hears(client, { type: "call", id: `${client}.${this.calls}`, serial: this.calls, epoch, op });
    return this;
  }

  opened(...clients: string[]): this {
    for (const client of clients) this.call(client, { f: "open-session", session: client, client });
    this.told();
    return this;
  }

  read(client: string, file = "f1"): this {
    return this.call(client, { f: "read", session: client, file });
  }

  write(client: string, value: number, file = "f1"): this {
    return this.call(client, { f: "write", session: client, file, value });
  }

  acquire(client: string, file = "f1"): this {
    return this.call(client, { f: "acquire", session: client, file });
  }

  /** Says that it has taken in all events up to this one. */
  keepAlive(client: string, taken = this.taken.get(client) ?? 0, epoch = this.epoch): this {
    this.taken.set(client, taken);
    this.keepAlives += 1;
    this.seat.hears(client, { type: "keep-alive", session: client, epoch, n: this.keepAlives, taken });
    return this;
  }

  /** Keep-alives of all these for so long, a tenth of a lease apart. */
  keptFor(ms: number, ...clients: string[]): this {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const client of clients) this.keepAlive(client);
      this.after(100);
    }
    return this;
  }

  /** In short: "c1 answer 1" of an answer's result, "c1 kept fail-over" of a keep-alive's events; facts without session and client. */
  told(): string[] {
    return this.seat.told().map(short);
  }
}

function short(line: string): string {
  const [, to, type] = /^(\w+) <- ([\w-]+)/.exec(line) ?? [];
  if (to === undefined) return line;
  if (type === "answer")
    return `${to} answer ${/result=(.*) cacheable/.exec(line)![1]}${line.endsWith("true") ? ", cacheable" : ""}`;
  if (type === "kept") {
    const held = /heldMs=([\d.]+)/.exec(line)![1];
    const events = [...line.matchAll(/kind:([\w-]+)(?:,file:(\w+),generation:(\d+))?/g)];
    const news = events.map(([, kind, file, generation]) => (file === undefined ? kind : `${kind} ${file} ${generation}`));
    return [`${to} kept after ${held}`, ...news].join(", ");
  }
  return line;
}
