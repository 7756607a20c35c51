/** A register on several servers: the first of them answers a write when all of them have it on their disks. */

import { type Context, type Invariant, type Node, type NodeId, never, type Protocol, type Request } from "seedquake/protocol";

type Operation = { f: "read" } | { f: "write"; value: number };
type Message = { type: "keep"; version: number; value: number } | { type: "kept"; version: number };
interface Kept {
  readonly version: number;
  readonly value: number | null;
}
const nothing: Kept = { version: 0, value: null };

class Mirror implements Node<Message, Operation> {
  protected readonly ctx: Context<Message>;
  /** Writes that were not answered yet, by their versions, and who has not said that it has them. */
  private readonly open = new Map<number, { request: Request; missing: Set<NodeId> }>();

  constructor(ctx: Context<Message>) {
    this.ctx = ctx;
  }

  /** A crash may have come between the disk and the fact: say again what the disk holds. */
  onStart(): void {
    this.ctx.fact("kept", { version: this.kept().version });
  }

  onRequest(request: Request<Operation>): void {
    const [first] = this.ctx.nodes();
    if (this.ctx.id !== first) this.ctx.redirect(request, first);
    else if (request.op.f === "read") this.ctx.reply(request, this.kept().value);
    else this.write(request, { version: this.kept().version + 1, value: request.op.value });
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "keep":
        // An older one that was overtaken on its way changes nothing, but is answered all the same.
        if (message.version > this.kept().version) this.keep(message);
        this.ctx.send(from, { type: "kept", version: message.version });
        break;
      case "kept":
        this.heard(from, message.version);
        break;
      default:
        never(message);
    }
  }

  /** So many answers may be missing when a client is told that its write is kept. */
  protected spared(): number {
    return 0;
  }

  protected kept(): Kept {
    return this.ctx.disk.read<Kept>("kept") ?? nothing;
  }

  private write(request: Request, { version, value }: { version: number; value: number }): void {
    this.keep({ version, value });
    this.open.set(version, { request, missing: new Set(this.ctx.peers) });
    this.ctx.broadcast({ type: "keep", version, value });
  }

  private keep({ version, value }: { version: number; value: number }): void {
    this.ctx.disk.write("kept", { version, value });
    this.ctx.disk.sync();
    this.ctx.fact("kept", { version });
  }

  private heard(from: NodeId, version: number): void {
    const write = this.open.get(version);
    if (write === undefined || !write.missing.delete(from) || write.missing.size > this.spared()) return;
    this.open.delete(version);
    this.ctx.reply(write.request, null);
    this.ctx.fact("acknowledged", { version });
  }
}

/** What must hold, stated over facts and never over the fields of nodes. */
const everywhere: Invariant = {
  name: "acknowledged is everywhere",
  states: "When a client is told that its write is kept, every server has it, or a later one, on its disk.",
  monitor(cluster, fail) {
    const versions = new Map<NodeId, number>();
    return {
      facts: {
        kept: ({ version }: { version: number }, { node }) => void versions.set(node, version),
        acknowledged: ({ version }: { version: number }) => {
          for (const node of cluster.nodes) {
            const has = versions.get(node) ?? 0;
            if (has < version) fail(`Version ${version} was acknowledged, and ${node} has version ${has}.`);
          }
        },
      },
    };
  },
};

/** Wrong on purpose: one answer too few. */
class AnswersEarly extends Mirror {
  protected override spared(): number {
    return 1;
  }
}

/** Wrong on purpose: any server answers reads from what it happens to have. */
class ReadsAnywhere extends Mirror {
  override onRequest(request: Request<Operation>): void {
    if (request.op.f === "read") this.ctx.reply(request, this.kept().value);
    else super.onRequest(request);
  }
}

export const protocol: Protocol = {
  name: "mirror",
  description: "a register that every server keeps, behind one that answers",
  paper: "none: a first protocol of your own",
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 2 }],
  workloads: ["register"],
  client: { target: "leader", tryMs: 200, timeoutMs: 1_000, retry: false },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Mirror(ctx),
  invariants: [everywhere],
  mutants: [
    {
      name: "answers-early",
      breaks: "It acknowledges a write that one server has not kept yet.",
      create: (ctx) => new AnswersEarly(ctx),
    },
    {
      name: "reads-anywhere",
      breaks: "It reads from servers that have not heard of the last write yet.",
      create: (ctx) => new ReadsAnywhere(ctx),
    },
  ],
};
