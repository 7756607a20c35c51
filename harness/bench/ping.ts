/** The smallest protocol there is: two nodes send one message to and fro. What remains is the cost of the world itself. */

import type { Context, Node, NodeId } from "../protocol.ts";

interface Ping {
  readonly type: "ping";
  readonly n: number;
}

export class Pinger implements Node<Ping> {
  private readonly ctx: Context<Ping>;

  constructor(ctx: Context<Ping>) {
    this.ctx = ctx;
  }

  onStart(): void {
    if (this.ctx.id === "n1") this.ctx.send("n2", { type: "ping", n: 0 });
  }

  onMessage(from: NodeId, message: Ping): void {
    this.ctx.send(from, { type: "ping", n: message.n + 1 });
  }
}
