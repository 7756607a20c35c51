/** A balancer with three workers and its fake ctx, and what may happen to it. */

import type { NodeId, Options, Request } from "../../../harness/protocol.ts";
import type { Work } from "../../../harness/workloads/requests.ts";
import { Balancer } from "../balancer.ts";
import type { Asked } from "../messages.ts";
import type { PolicyName } from "../policies.ts";
import { FakeContext, workers } from "./fake-context.ts";

export const options: Options = {
  policy: "least-connections",
  "virtual-nodes": 100,
  bound: 150,
  check: 100,
  "dead-after": 350,
  "time-out": 800,
  tries: 2,
};

export class Story {
  readonly ctx = new FakeContext("balancer", "balancer");
  private readonly node: Balancer;
  private requests = 0;
  private readonly draining = new Set<NodeId>();

  constructor(One: typeof Balancer = Balancer, policy: PolicyName = "least-connections") {
    this.node = new One(this.ctx, { ...options, policy });
    this.node.onStart();
    this.ctx.told = [];
  }

  /** The next request of c1, for 20 ms of work. */
  asked(key?: string): this {
    this.requests += 1;
    const request: Request<Work> = {
      id: `c1#${this.requests}`,
      client: "c1",
      serial: this.requests,
      op: { f: "request", cost: 20, ...(key !== undefined && { key }) },
    };
    this.node.onRequest(request);
    return this;
  }

  done(worker: NodeId, assignment: string): this {
    this.node.onMessage(worker, { type: "done", assignment });
    return this;
  }

  /** It answers at once what it has just been asked; or something that was asked when it says. */
  alive(worker: NodeId, boot = 1, asked: Partial<Asked> = {}): this {
    const question = { atMs: this.ctx.elapsedMs, boot: 1, ...asked };
    this.node.onMessage(worker, { type: "alive", boot, asked: question, draining: this.draining.has(worker) });
    return this;
  }

  /** On streams. */
  disconnected(worker: NodeId): this {
    this.node.onDisconnect(worker);
    return this;
  }

  /** It says so with its next answer. */
  drains(worker: NodeId): this {
    this.draining.add(worker);
    return this.alive(worker);
  }

  /** Time goes on to here, and the balancer checks its workers each 100 ms. */
  checksAt(ms: number): this {
    while (this.ctx.elapsedMs < ms) {
      this.ctx.elapsedMs += 100;
      this.node.onTimer();
    }
    return this;
  }

  /** It sleeps until here, and then checks. */
  sleepsUntil(ms: number): this {
    this.ctx.elapsedMs = ms;
    this.node.onTimer();
    return this;
  }

  /** Nothing has been heard of this worker for too long; the others are there. At 400 ms. */
  died(dead: NodeId): this {
    this.checksAt(200);
    for (const worker of workers) if (worker !== dead) this.alive(worker);
    return this.checksAt(400);
  }

  /** Which workers get so many keys; each request is done before the next one comes. */
  places(keys: number): readonly NodeId[] {
    return Array.from({ length: keys }, (_, i) => {
      this.told();
      const worker = this.asked(`k${i}`).did()[0]!.split(" ")[0]!;
      this.done(worker, `c1#${this.requests}/1`);
      return worker;
    });
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
