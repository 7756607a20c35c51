/** A protocol on streams for tests: n1 keeps a register on its disk and tells the others of each write; who connects is told where it stands. */

import type { Context, FactSource, Invariant, Node, NodeId, Protocol, Request } from "../../protocol.ts";

type Message = { readonly type: "state" | "update"; readonly index: number };
interface Kept {
  readonly index: number;
  readonly value: number | null;
}

class Relay
  implements Node<Message, { readonly f: string; readonly value?: number; readonly from?: number | null; readonly to?: number }>
{
  private readonly ctx: Context<Message>;
  private readonly tells: boolean;
  private readonly first: NodeId;
  private heard = 0;

  /** `tells`: whoever connects is told the state. */
  constructor(ctx: Context<Message>, tells: boolean) {
    this.ctx = ctx;
    this.tells = tells;
    this.first = [ctx.id, ...ctx.peers].sort()[0]!;
  }

  onRequest(
    request: Request<{ readonly f: string; readonly value?: number; readonly from?: number | null; readonly to?: number }>,
  ): void {
    const { ctx } = this;
    if (ctx.id !== this.first) {
      ctx.redirect(request, this.first);
      return;
    }
    const { index, value } = this.kept();
    const { f, from, to } = request.op;
    if (f === "read") ctx.reply(request, value);
    else if (f === "cas" && from !== value) ctx.reply(request, false);
    else {
      ctx.disk.write("kept", { index: index + 1, value: f === "cas" ? to! : request.op.value! } satisfies Kept);
      ctx.disk.sync();
      ctx.broadcast({ type: "update", index: index + 1 });
      ctx.reply(request, true);
    }
  }

  onConnect(peer: NodeId): void {
    if (this.ctx.id === this.first && this.tells) this.ctx.send(peer, { type: "state", index: this.kept().index });
  }

  onDisconnect(): void {
    this.ctx.sometimes("connection lost");
  }

  onMessage(_from: NodeId, { type, index }: Message): void {
    if (type === "update") this.ctx.fact("followed", { index, before: this.heard });
    this.heard = index;
  }

  private kept(): Kept {
    return this.ctx.disk.read<Kept>("kept") ?? { index: 0, value: null };
  }
}

const noGap: Invariant = {
  name: "no gap",
  states: "Nobody misses a write between two of which it hears.",
  monitor: (_cluster, fail) => ({
    facts: {
      followed({ index, before }: { index: number; before: number }, { node }: FactSource) {
        if (index !== before + 1) fail(`${node} heard of write ${index} after write ${before}`);
      },
    },
  }),
};

export const relay: Protocol = {
  name: "relay",
  description: "A register on one server, and others that hear of its writes in order.",
  paper: "None.",
  transport: "stream",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["register"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1_500, retry: false },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Relay(ctx as Context<Message>, true) as Node,
  invariants: [noGap],
  goals: ["connection lost"],
  mutants: [],
};

/** Who connects is told nothing: what was lost with the old connection is missed. */
export const forgetfulRelay: Protocol = {
  ...relay,
  name: "forgetful-relay",
  create: (ctx) => new Relay(ctx as Context<Message>, false) as Node,
};
