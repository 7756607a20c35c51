/** One server of an ABD register with its fake ctx, and what may happen to it. */

import type { NodeId, Options, Request } from "../../../harness/protocol.ts";
import { Abd } from "../abd.ts";
import type { Copy, Message, Op } from "../messages.ts";
import { FakeContext, FakeDisk } from "./fake-context.ts";

export type Make = (ctx: FakeContext, options: Options) => Abd;
const right: Make = (ctx, options) => new Abd(ctx, options);

export class Server {
  readonly ctx: FakeContext;
  private readonly make: Make;
  private readonly node: Abd;
  private requests = 0;

  /** n1 of so many. */
  constructor(servers = 3, make = right, disk = new FakeDisk()) {
    const names = Array.from({ length: servers }, (_, i) => `n${i + 1}`);
    this.make = make;
    this.ctx = new FakeContext("n1", names, disk);
    this.node = make(this.ctx, { "ask-again": 50 });
    this.node.onStart();
    this.ctx.told = [];
  }

  /** The next incarnation, on the same disk. */
  restarted(): Server {
    return new Server(this.ctx.peers.length + 1, this.make, this.ctx.disk);
  }

  /** A client asks. Returns what the server sent to all, for the test to acknowledge. */
  request(op: Op): Message {
    this.requests += 1;
    const request: Request<Op> = { id: `c1#${this.requests}`, client: "c1", serial: this.requests, op };
    this.node.onRequest(request);
    return this.ctx.asked!;
  }

  write(value: number, key?: string): Message {
    return this.request(key === undefined ? { f: "write", value } : { f: "write", key, value });
  }

  read(key?: string): Message {
    return this.request(key === undefined ? { f: "read" } : { f: "read", key });
  }

  /** Replicas acknowledge a message that holds this afterwards. Returns what the server sent last. */
  acks(asked: Message, from: readonly NodeId[], copy: Copy = nothing): Message {
    for (const replica of from) this.node.onMessage(replica, { type: "ack", phase: asked.phase, copy });
    return this.ctx.asked!;
  }

  /** Another coordinator tells it to hold this. */
  isToldToStore(held: Copy, key = ""): void {
    this.node.onMessage("n2", { type: "store", phase: { incarnation: 1, operation: 1, name: "store" }, key, copy: held });
  }

  isAsked(key = ""): void {
    this.node.onMessage("n2", { type: "query", phase: { incarnation: 1, operation: 1, name: "query" }, key });
  }

  timerRings(): void {
    this.node.onTimer();
  }

  /** All effects since the last look. */
  told(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }

  /** Without facts and goals. */
  did(): string[] {
    return this.told().filter((line) => !/^(fact|sometimes)/.test(line));
  }
}

export function copy(counter: number, writer: NodeId, value: number): Copy {
  return { timestamp: { counter, writer }, value };
}

const nothing: Copy = { timestamp: { counter: 0, writer: "" }, value: null };
