/** The README's protocol of one's own: a register on one server, that answers before its disk has the value. */

import { type Context, faults, loadScenario, type Node, type Protocol, type Request, runHere, workloads } from "../index.ts";

type Op = { f: "read" } | { f: "write"; value: number };

class Mine implements Node<never, Op> {
  private readonly ctx: Context;
  constructor(ctx: Context) {
    this.ctx = ctx;
  }
  onRequest(request: Request<Op>): void {
    const { ctx } = this;
    if (request.op.f === "read") ctx.reply(request, ctx.disk.read("value") ?? null);
    else {
      ctx.disk.write("value", request.op.value);
      ctx.reply(request, null); // told before it is kept:
      ctx.disk.sync(); // swap these two lines, and it holds
    }
  }
  onMessage(): void {}
}

const mine: Protocol = {
  ...{ name: "mine", description: "a register on one server", paper: "none", transport: "datagram" },
  roles: [{ name: "server", default: 1, min: 1 }],
  workloads: ["register"],
  client: { target: "any", tryMs: 200, timeoutMs: 1_000, retry: false },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Mine(ctx),
  ...{ invariants: [], mutants: [] },
};

const text = `
protocol: mine
workload: { register: { operations: 30, within: 3s, mix: { read: 1, write: 1 } } }
faults:
  - { crash: any, between: effects, every: 200ms..500ms, back-after: 10ms..100ms }
`;
const catalogue = { protocols: [mine], workloads, faults };
export const campaign = runHere(loadScenario(text, "mine.yaml", catalogue), catalogue);
console.log(campaign.reason, campaign.failures[0]?.after);
