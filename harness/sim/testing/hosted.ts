/** A tiny asynchronous driver, for tests: a node that is one async function, and the loop that lets it come to rest between events. */

import type { Context, NodeId, Request } from "../../protocol.ts";
import type { Cluster } from "../cluster.ts";
import type { Driver } from "../driver.ts";

/** What the async function is given instead of sockets, timers and a server. */
export interface Io {
  readonly ctx: Context;
  /** Sends a question and waits for the answer of the same number. */
  ask(to: NodeId, question: object): Promise<{ readonly [field: string]: unknown }>;
  /** Who answers the questions of others; what it returns is sent back. */
  onQuestion(answer: (question: { readonly [field: string]: unknown }, from: NodeId) => Promise<object>): void;
  nextRequest(): Promise<Request>;
  sleep(ms: number): Promise<void>;
}

interface Letter {
  readonly type: "question" | "answer";
  readonly number: number;
  readonly body: { readonly [field: string]: unknown };
}

export class Hosted implements Driver {
  private readonly ctx: Context;
  private readonly main: (io: Io) => Promise<void>;
  private readonly waiting = new Map<number, (answer: Letter["body"]) => void>();
  private readonly sleepers = new Map<string, () => void>();
  private readonly requests: Request[] = [];
  private takers: ((request: Request) => void)[] = [];
  private answer: (question: Letter["body"], from: NodeId) => Promise<object> = () => new Promise(() => {});
  private count = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(ctx: Context, main: (io: Io) => Promise<void>) {
    this.ctx = ctx;
    this.main = main;
  }

  start(): void {
    const { ctx } = this;
    this.goOn(
      this.main({
        ctx,
        ask: (to, body) => {
          const number = ++this.count;
          ctx.send(to, { type: "question", number, body });
          return new Promise((resolve) => void this.waiting.set(number, resolve));
        },
        onQuestion: (answer) => {
          this.answer = answer;
        },
        nextRequest: () => {
          const request = this.requests.shift();
          return request === undefined ? new Promise((resolve) => void this.takers.push(resolve)) : Promise.resolve(request);
        },
        sleep: (ms) => {
          const name = `sleep ${++this.count}`;
          ctx.setTimer(name, ms);
          return new Promise((resolve) => void this.sleepers.set(name, resolve));
        },
      }),
    );
  }

  request(request: Request): void {
    const taker = this.takers.shift();
    if (taker === undefined) this.requests.push(request);
    else taker(request);
  }

  message(from: NodeId, message: unknown): void {
    const { type, number, body } = message as Letter;
    if (type === "answer") {
      this.waiting.get(number)?.(body);
      this.waiting.delete(number);
    } else {
      this.goOn(
        (async () => {
          this.ctx.send(from, { type: "answer", number, body: await this.answer(body, from) });
        })(),
      );
    }
  }

  timer(name: string): void {
    this.sleepers.get(name)?.();
    this.sleepers.delete(name);
  }

  order(): void {}
  connect(): void {}
  disconnect(): void {}

  inspect(): unknown {
    return { waiting: this.waiting.size };
  }

  settle(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private goOn(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.failure ??= { error };
    });
  }
}

/** All microtasks have run, and those that they started. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Runs the world up to a moment, one event at a time, with a rest after each. */
export async function runUntil(cluster: Cluster, untilUs: number): Promise<void> {
  do await rest();
  while (cluster.step(untilUs));
}
