/** A balancer with three workers and its fake ctx, and what may happen to it. */

import type { NodeId, Options, Request } from "../../../harness/protocol.ts";
import type { Work } from "../../../harness/workloads/requests.ts";
import { Balancer } from "../balancer.ts";
import { FakeContext, workers } from "./fake-context.ts";

export const options: Options = { check: 100, "dead-after": 350, "time-out": 800, tries: 2 };

export class Story {
  readonly ctx = new FakeContext("balancer", "balancer");
  private readonly node: Balancer;
  private requests = 0;

  constructor(One: typeof Balancer = Balancer) {
    this.node = new One(this.ctx, options);
    this.node.onStart();
    this.ctx.told = [];
  }

  /** The next request of c1, for 20 ms of work. */
  asked(): this {
    this.requests += 1;
    const request: Request<Work> = {
      id: `c1#${this.requests}`,
      client: "c1",
      serial: this.requests,
      op: { f: "request", cost: 20 },
    };
    this.node.onRequest(request);
    return this;
  }

  done(worker: NodeId, assignment: string): this {
    this.node.onMessage(worker, { type: "done", assignment });
    return this;
  }

  alive(worker: NodeId, boot = 1): this {
    this.node.onMessage(worker, { type: "alive", boot });
    return this;
  }

  /** Time goes on to here, and the balancer checks its workers. */
  checksAt(ms: number): this {
    this.ctx.elapsedMs = ms;
    this.node.onTimer();
    return this;
  }

  /** Nothing has been heard of this worker for too long; the others are there. At 400 ms. */
  died(dead: NodeId): this {
    this.ctx.elapsedMs = 200;
    for (const worker of workers) if (worker !== dead) this.alive(worker);
    return this.checksAt(400);
  }

  told(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }

  /** What was sent to workers and clients. */
  did(): string[] {
    return this.told().filter((line) => /^(worker|reply|fail)/.test(line));
  }

  /** What is counted: the newest "loads". */
  loads(): string | undefined {
    return this.told().findLast((line) => line.startsWith("loads"));
  }
}
