/** A protocol for tests: one owner keeps a register in memory, and moves to a spare when it is told to. Right, and wrong in two ways. */

import type { Context, Invariant, Node, NodeId, Protocol, Request } from "../../protocol.ts";

type Message =
  | { readonly type: "move"; readonly value: number | null; readonly done: Done }
  | { readonly type: "owner"; readonly owner: NodeId };
type Op =
  | { readonly f: "read" }
  | { readonly f: "write"; readonly value: number }
  | { readonly f: "cas"; readonly from: number | null; readonly to: number };
/** The last serial of each client, and its result. */
type Done = Readonly<Record<NodeId, { readonly serial: number; readonly result: number | boolean | null }>>;

export interface How {
  /** Goes on answering after it has moved. */
  readonly lingers?: boolean;
  /** Applies a request again that comes twice. */
  readonly forgetful?: boolean;
}

class Owner implements Node<Message, Op> {
  private readonly ctx: Context<Message>;
  private readonly how: How;
  private owner: NodeId;
  private value: number | null = null;
  private done: Done = {};

  constructor(ctx: Context<Message>, how: How) {
    this.ctx = ctx;
    this.how = how;
    this.owner = [ctx.id, ...ctx.peers].sort().filter((node) => !ctx.spares.includes(node))[0]!;
  }

  onRequest(request: Request<Op>): void {
    if (this.owner !== this.ctx.id) {
      this.ctx.redirect(request, this.owner);
      return;
    }
    const { client, serial, op } = request;
    const before = this.done[client];
    if (this.how.forgetful !== true && before !== undefined && serial <= before.serial) {
      if (serial === before.serial) this.ctx.reply(request, before.result);
      return;
    }
    const result = this.apply(op);
    this.done = { ...this.done, [client]: { serial, result } };
    this.ctx.reply(request, result);
  }

  private apply(op: Op): number | boolean | null {
    if (op.f === "read") return this.value;
    if (op.f === "cas" && this.value !== op.from) return false;
    this.value = op.f === "cas" ? op.to : op.value;
    return true;
  }

  onOrder(): void {
    const [spare] = this.ctx.spares;
    if (this.owner !== this.ctx.id || spare === undefined) return;
    this.ctx.send(spare, { type: "move", value: this.value, done: this.done });
    this.ctx.broadcast({ type: "owner", owner: spare });
    this.ctx.fact("moved", { to: spare });
    if (this.how.lingers !== true) this.owner = spare;
  }

  onMessage(_from: NodeId, message: Message): void {
    if (message.type === "owner") {
      this.owner = message.owner;
      return;
    }
    this.owner = this.ctx.id;
    this.value = message.value;
    this.done = message.done;
    this.ctx.sometimes("moved to a spare");
  }
}

/** Fails when a client has come back less than so many ms before the end, and tells when the end was. */
export const ends: { heard: string[] } = { heard: [] };

const told: Invariant = {
  name: "told",
  states: "Nothing: it writes down what it hears of clients, of the heal and of the end.",
  monitor: () => ({
    onClientCrash: (client) => void ends.heard.push(`${client} fell`),
    onClientRestart: (client) => void ends.heard.push(`${client} came back`),
    onHeal: (atMs) => void ends.heard.push(`heal at ${atMs}`),
    end: (atMs) => void ends.heard.push(`end at ${atMs}`),
  }),
};

export const handover: Protocol = {
  name: "handover",
  description: "A register that moves to a spare when it is told to.",
  paper: "None.",
  transport: "datagram",
  roles: [{ name: "server", default: 2, min: 1, spares: true }],
  workloads: ["register"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1_000, retry: true },
  orders: { move: { doc: "The owner hands its register to the first spare." } },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Owner(ctx as Context<Message>, {}) as Node,
  invariants: [told],
  goals: ["moved to a spare"],
  mutants: [
    {
      name: "lingers",
      breaks: "The old owner goes on answering.",
      create: (ctx) => new Owner(ctx as Context<Message>, { lingers: true }) as Node,
    },
    {
      name: "forgetful",
      breaks: "A request that comes twice is applied twice.",
      create: (ctx) => new Owner(ctx as Context<Message>, { forgetful: true }) as Node,
    },
  ],
};
