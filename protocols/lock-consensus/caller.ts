/** How a client gets a command into the log: it asks whoever leads, again and again under the same name, until it is answered. */

import type { Context, Ms, NodeId } from "../../harness/protocol.ts";
import type { Ask, FromServer } from "./messages.ts";

/** How many redirects one try follows: two servers may point at each other. */
const mostHops = 4;

/** One command at a time: the servers keep the answer of a client's latest one only. */
export class Caller {
  private readonly ctx: Context<Ask>;
  private readonly tryMs: Ms;
  private ask: Ask | undefined;
  private leader: NodeId | undefined;
  private asked: NodeId | undefined;
  private hops = 0;

  constructor(ctx: Context<Ask>, tryMs: Ms) {
    this.ctx = ctx;
    this.tryMs = tryMs;
  }

  /** Forgets the command before, answered or not. */
  call(ask: Ask): void {
    this.ask = ask;
    this.send(this.leader ?? this.another());
  }

  /** The result, when this answers the command. */
  hear(from: NodeId, message: FromServer): { readonly result: unknown } | undefined {
    if (this.ask?.id !== message.id) return undefined;
    if (message.type === "answer") {
      this.leader = from;
      this.drop();
      return { result: message.result };
    }
    if (from !== this.asked) return undefined;
    this.leader = message.to;
    if (message.to !== undefined && message.to !== from && this.hops++ < mostHops) this.send(message.to, this.hops);
    return undefined;
  }

  again(): void {
    if (this.ask === undefined) return;
    this.leader = undefined;
    this.send(this.another());
  }

  drop(): void {
    this.ask = undefined;
    this.ctx.cancelTimer("again");
  }

  private send(server: NodeId, hops = 0): void {
    this.hops = hops;
    this.asked = server;
    this.ctx.send(server, this.ask!);
    this.ctx.setTimer("again", this.tryMs);
  }

  /** Than the one that was asked last and kept silent. */
  private another(): NodeId {
    const servers = this.ctx.nodes("server");
    const others = servers.filter((server) => server !== this.asked);
    return this.ctx.random.pick(others.length === 0 ? servers : others);
  }
}
