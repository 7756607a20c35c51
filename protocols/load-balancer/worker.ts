/** A worker behind the balancer: does what it is given, one request after the other, and says that it is there. */

import { type Context, type Node, type NodeId, never } from "../../harness/protocol.ts";
import type { Assignment, ToBalancer, ToWorker, Work } from "./messages.ts";

export class Worker implements Node<ToWorker> {
  private readonly ctx: Context<ToBalancer>;
  private boot = 0;
  private draining = false;
  private readonly queue: { readonly from: NodeId; readonly work: Work }[] = [];

  constructor(ctx: Context<ToBalancer>) {
    this.ctx = ctx;
  }

  onStart(): void {
    this.boot = this.ctx.random.integer(1, 1_000_000_000);
  }

  onMessage(from: NodeId, message: ToWorker): void {
    switch (message.type) {
      case "work":
        this.onWork(from, message);
        break;
      case "check":
        this.ctx.send(from, { type: "alive", boot: this.boot, asked: message.asked, draining: this.draining });
        break;
      default:
        never(message);
    }
  }

  /** The balancer hears of it with the next check. What is in the queue is done all the same. */
  onOrder(order: string): void {
    this.draining = order === "drain";
  }

  /** A message that was doubled is done once while it waits, and once more after that: whoever asked takes the first answer. */
  private onWork(from: NodeId, work: Work): void {
    if (this.queue.some((other) => other.work.assignment === work.assignment)) return;
    this.queue.push({ from, work });
    if (this.queue.length === 1) this.begin(work);
  }

  private begin({ cost }: Work): void {
    this.ctx.setTimer("done", cost);
  }

  onTimer(): void {
    const done = this.queue.shift();
    if (done !== undefined) this.ctx.send(done.from, { type: "done", assignment: done.work.assignment });
    const next = this.queue[0];
    if (next !== undefined) this.begin(next.work);
  }

  inspect(): { readonly queue: readonly Assignment[] } {
    return { queue: this.queue.map(({ work }) => work.assignment) };
  }
}
