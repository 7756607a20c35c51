/** A register on one server, to which the others carry the requests; every message carries a checksum, so that it bears corrupt ones. */

import { type Context, type Node, type NodeId, never, type Protocol, type Request } from "../../protocol.ts";

type Op = { readonly f: string; readonly key?: string; readonly value?: unknown; readonly from?: unknown; readonly to?: unknown };
type Message =
  | { readonly type: "ask"; readonly id: string; readonly op: Op; readonly sum: number }
  | { readonly type: "told"; readonly id: string; readonly result: unknown; readonly sum: number };

/** FNV-1a over the text of a message, less its sum: whatever single letter is changed, the sum is another. */
function sumOf({ sum: _sum, ...body }: object & { readonly sum: number }): number {
  let hash = 0x811c9dc5;
  for (const letter of JSON.stringify(body)) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash;
}

function summed(message: Message): Message {
  return { ...message, sum: sumOf(message) };
}

class Summed implements Node<Message, Op> {
  private readonly ctx: Context<Message>;
  private readonly checks: boolean;
  private value: unknown = null;
  /** At the first server: what was answered, so that a request which comes twice is carried out once. */
  private readonly answered = new Map<string, unknown>();
  /** At the others. */
  private readonly waiting = new Map<string, Request<Op>>();

  constructor(ctx: Context<Message>, checks: boolean) {
    this.ctx = ctx;
    this.checks = checks;
  }

  private get first(): NodeId {
    return this.ctx.nodes()[0]!;
  }

  onRequest(request: Request<Op>): void {
    if (this.ctx.id === this.first) {
      this.ctx.reply(request, this.carryOut(request.id, request.op));
      return;
    }
    this.waiting.set(request.id, request);
    this.ctx.send(this.first, summed({ type: "ask", id: request.id, op: request.op, sum: 0 }));
  }

  onMessage(from: NodeId, message: Message): void {
    if (this.checks && sumOf(message) !== message.sum) {
      this.ctx.sometimes("damaged message dropped");
      return;
    }
    switch (message.type) {
      case "ask":
        this.ctx.send(from, summed({ type: "told", id: message.id, result: this.carryOut(message.id, message.op), sum: 0 }));
        return;
      case "told": {
        const request = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        if (request !== undefined) this.ctx.reply(request, message.result);
        return;
      }
      default:
        never(message);
    }
  }

  private carryOut(id: string, op: Op): unknown {
    if (!this.answered.has(id)) {
      if (op.f === "write") this.value = op.value;
      this.answered.set(id, op.f === "read" ? this.value : null);
    }
    return this.answered.get(id);
  }
}

export const summedRegister: Protocol = {
  name: "summed",
  description: "A register on one server; messages carry checksums.",
  paper: "none",
  assumes: "Messages may be lost, doubled, delayed, overtaken, and changed in one place; servers do not crash.",
  bears: ["corrupt"],
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["register"],
  client: { target: "any", tryMs: 50, timeoutMs: 1_000, retry: true },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Summed(ctx as Context<Message>, true) as Node,
  invariants: [],
  goals: ["damaged message dropped"],
  mutants: [
    {
      name: "no-checksum",
      breaks: "Takes every message for what it says, as checksums of links were taken to be enough (Amazon S3, 2008).",
      create: (ctx) => new Summed(ctx as Context<Message>, false) as Node,
    },
  ],
};
