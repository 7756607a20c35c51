/**
 * A protocol on streams whose mutations are known: beside every line that does something stands what comes of it. The owner keeps a page
 * on its disk and answers writes at the next tick; a follower copies it for nobody.
 */

import type { Context, Invariant, Node, NodeId, Protocol, Request } from "../../protocol.ts";

type Message = { readonly type: "copy"; readonly value: number } | { readonly type: "ack" };
type Op = { readonly f: string; readonly value?: number };

class Notebook implements Node<Message, Op> {
  private readonly ctx: Context<Message>;
  private readonly forgets: boolean;
  private page: number | null = null;
  private waiting: Request<Op>[] = [];

  constructor(ctx: Context<Message>, forgets: boolean) {
    this.ctx = ctx;
    this.forgets = forgets;
  }

  onStart(): void {
    const { ctx } = this;
    this.page = ctx.disk.read<number>("page") ?? null;
    ctx.disk.write("started", ctx.now()); // no-write survived, older equivalent
    ctx.disk.sync(); // no-sync survived
    ctx.disk.sync(); // no-sync equivalent
    if (ctx.role === "owner") ctx.setTimer("tick", 20); // no-timer caught
  }

  onRequest(request: Request<Op>): void {
    const { ctx } = this;
    ctx.cancelTimer("nothing"); // no-cancel equivalent, twice caught
    if (request.op.f === "read") {
      if (this.page !== null) ctx.disk.write("page", this.page); // no-write equivalent, older caught
      ctx.reply(request, this.page); // no-reply caught
    } else if (request.op.f === "write") {
      this.waiting.push(request);
      ctx.fact("asked", { id: request.id });
      ctx.setTimer("guard", 300); // no-timer survived
    } else {
      ctx.fail(request, "There is no compare-and-set."); // never executed
    }
  }

  onTimer(name: string): void {
    const { ctx } = this;
    if (name === "guard") {
      ctx.fact("forgotten");
      return;
    }
    for (const request of this.waiting) this.write(request);
    this.waiting = [];
    ctx.cancelTimer("guard"); // no-cancel caught
    ctx.setTimer("tick", 20); // no-timer caught
  }

  private write(request: Request<Op>): void {
    const { ctx } = this;
    this.page = request.op.value!;
    if (!this.forgets) this.keep("page", this.page); // no-sync caught, late-sync caught
    ctx.reply(request, null); // no-reply caught
    ctx.broadcast({ type: "copy", value: this.page }); // no-send survived
  }

  onMessage(from: NodeId, message: Message): void {
    const { ctx } = this;
    if (message.type !== "copy") return;
    this.keep("copy", message.value); // no-sync survived, late-sync survived, twice survived
    ctx.send(from, { type: "ack" }); // no-send survived
  }

  private keep(name: string, value: number): void {
    // Of the page, and of the copy.
    this.ctx.disk.write(name, value); // no-write caught, late-write caught, no-write equivalent, late-write survived, older unreached
    this.ctx.disk.sync();
  }
}

const onePromptAnswer: Invariant = {
  name: "one prompt answer",
  states: "Every write is asked for once, and none is left to the guard.",
  monitor: (_cluster, fail) => {
    const asked = new Set<string>();
    return {
      facts: {
        asked({ id }: { readonly id: string }) {
          if (asked.has(id)) fail(`${id} was asked for twice`);
          asked.add(id);
        },
        forgotten: () => fail("a write waited for the guard"),
      },
    };
  },
};

const made =
  (forgets: boolean) =>
  (ctx: Context): Node =>
    new Notebook(ctx as Context<Message>, forgets) as Node;

export const notebook: Protocol = {
  name: "notebook",
  description: "A page on a disk, and a follower that copies it for nobody.",
  paper: "None.",
  transport: "stream",
  roles: [
    { name: "owner", default: 1, min: 1, max: 1 },
    { name: "follower", default: 1, min: 1 },
  ],
  workloads: ["register"],
  client: { target: "any", role: "owner", tryMs: 300, timeoutMs: 1_500, retry: false },
  tolerates: () => ({ wiped: 0 }),
  create: made(false),
  invariants: [onePromptAnswer],
  mutants: [{ name: "forgets", breaks: "The page is kept in memory alone.", create: made(true) }],
};

export const notebookScenario = `protocol: notebook
nodes: { owner: 1, follower: 1 }
clients: 2
workload: { register: { operations: 30, within: 3s, mix: { read: 1, write: 1 } } }
network: { latency: 1ms..5ms }
faults:
  - { crash: any, between: effects, every: 200ms..400ms, back-after: 5ms..50ms }
  - { crash: owner, between: sends, every: 100ms..250ms, back-after: 5ms..50ms }
settle: 2s
check: [linearizable, invariants]
runs: 25
`;
