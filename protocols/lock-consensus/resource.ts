/** The resource behind the lock, which says also what it refuses, so that a refusal can be judged as a write is. */

import type { Context, NodeId, Options } from "../../harness/protocol.ts";
import { type FromResource, Resource, type Write } from "../locking/index.ts";
import type { RefusedFact } from "./messages.ts";

export class FencedResource extends Resource {
  private readonly checks: boolean;

  constructor(ctx: Context<FromResource>, options: Options) {
    super(ctx, options);
    this.checks = options["fencing"] === true;
  }

  override onMessage(from: NodeId, write: Write): void {
    const { owner, value, token = 0 } = write;
    const newest = this.newest(from);
    if (this.checks && this.isStale(token, newest)) {
      const fact: RefusedFact = { owner };
      this.ctx.fact("refused", fact);
      this.ctx.sometimes("stale write refused");
      this.ctx.send(from, { type: "refused", owner, newest });
    } else this.accept(from, write, { owner, value, token: Math.max(token, newest) });
  }

  /** A holder may write again under the token that it has written under: its first answer may be lost. */
  protected isStale(token: number, newest: number): boolean {
    return token < newest;
  }
}
