/**
 * The sentinel: asks all servers whether they are there, and when the primary is silent makes another one primary, in a new epoch.
 *
 * One sentinel stands for the quorum that Redis Sentinel forms by majority: what matters for the lock is that it cannot tell a primary
 * that is dead from one that is cut off, and that each epoch has one primary.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options } from "../../../harness/protocol.ts";
import type { Config, Ping, Pong, PrimaryIs, ToSentinel } from "./messages.ts";

interface Heard {
  readonly atMs: Ms;
  readonly epoch: number;
  readonly offset: number;
}

const pingEveryMs = 50;

export class Sentinel implements Node<ToSentinel> {
  protected readonly ctx: Context<Ping | PrimaryIs>;
  private readonly downAfterMs: Ms;
  private config: Config = { epoch: 0, primary: "" };
  private readonly heard = new Map<NodeId, Heard>();

  constructor(ctx: Context<Ping | PrimaryIs>, options: Options) {
    this.ctx = ctx;
    this.downAfterMs = Number(options["down-after"]);
  }

  onStart(): void {
    this.config = this.ctx.disk.read<Config>("config") ?? { epoch: 1, primary: this.ctx.nodes("redis")[0]! };
    // Nobody is held for dead before there was time to answer.
    this.heard.set(this.config.primary, { atMs: this.ctx.elapsed(), epoch: 0, offset: 0 });
    this.ping();
  }

  onMessage(from: NodeId, message: ToSentinel): void {
    switch (message.type) {
      case "pong":
        this.onPong(from, message);
        break;
      case "who-is-primary":
        this.ctx.send(from, { type: "primary-is", ...this.config });
        break;
      default:
        never(message);
    }
  }

  private onPong(from: NodeId, { epoch, offset }: Pong): void {
    this.heard.set(from, { atMs: this.ctx.elapsed(), epoch, offset });
  }

  onTimer(_name: string): void {
    if (!this.isAlive(this.config.primary)) this.failOver();
    this.ping();
  }

  private ping(): void {
    this.ctx.broadcast({ type: "ping", ...this.config }, this.ctx.nodes("redis"));
    this.ctx.setTimer("ping", pingEveryMs);
  }

  private isAlive(id: NodeId): boolean {
    const heard = this.heard.get(id);
    return heard !== undefined && this.ctx.elapsed() - heard.atMs < this.downAfterMs;
  }

  /** To the one of the living that has copied most. The epoch is durable before anybody reigns in it. */
  private failOver(): void {
    const [primary] = this.ctx
      .nodes("redis")
      .filter((id) => this.isAlive(id))
      .toSorted((a, b) => this.compare(this.heard.get(b)!, this.heard.get(a)!));
    if (primary === undefined) return;
    this.ctx.sometimes("fail-over");
    this.config = { epoch: this.config.epoch + 1, primary };
    this.persist(this.config);
  }

  private compare(a: Heard, b: Heard): number {
    return a.epoch - b.epoch || a.offset - b.offset;
  }

  protected persist(config: Config): void {
    this.ctx.disk.write("config", config);
    this.ctx.disk.sync();
  }
}
