/**
 * One of the servers of Redlock: an ordinary Redis that knows nothing of the others, and with fencing the newest token taken here.
 *
 * Redlock has no tokens of its own (Kleppmann 2016: "it does not have any facility for generating fencing tokens"; a counter on one node may
 * be lost, several get out of step). Here a register on a majority does it, after the ballots of Paxos: each server tells with its
 * grant the greatest token that it knows, the client takes the next one on a majority, and a server gives no token away twice.
 * Tokens are on disk even where locks are not.
 */

import type { Context, Ms, NodeId, Options } from "../../../harness/protocol.ts";
import type { Owner } from "../../locking/index.ts";
import type { FromRedis, ToRedis } from "../messages.ts";
import { type Grant, Redis } from "../redis.ts";
import type { TakeToken, TokenTaken, TokenTooOld } from "./messages.ts";

/** The newest token, and whose it is: who asks twice gets it twice. */
interface Taken {
  readonly token: number;
  readonly owner: Owner;
}

export class RedlockRedis extends Redis {
  protected override readonly ctx: Context<FromRedis | TokenTaken | TokenTooOld>;
  private readonly delayMs: Ms;
  private readonly tokens: boolean;
  private taken: Taken = { token: 0, owner: "" };
  private startedMs: Ms = 0;

  constructor(ctx: Context<FromRedis | TokenTaken | TokenTooOld>, options: Options) {
    super(ctx, options);
    this.ctx = ctx;
    this.delayMs = Number(options["restart-delay"]);
    this.tokens = options["fencing"] === true;
  }

  override onStart(): void {
    this.startedMs = this.ctx.elapsed();
    this.taken = this.ctx.disk.read<Taken>("token") ?? this.taken;
    super.onStart();
  }

  override onMessage(from: NodeId, message: ToRedis | TakeToken): void {
    if (message.type === "take-token") this.onTakeToken(from, message);
    else if (this.ctx.elapsed() - this.startedMs >= this.delayMs) super.onMessage(from, message);
    else this.ctx.sometimes("silent after a restart");
  }

  private onTakeToken(from: NodeId, { owner, token }: TakeToken): void {
    const { taken } = this;
    if (token > taken.token) {
      this.taken = { token, owner };
      this.ctx.disk.write("token", this.taken);
      this.ctx.disk.sync();
    } else if (token !== taken.token || owner !== taken.owner) {
      this.ctx.send(from, { type: "token-too-old", owner });
      return;
    }
    this.ctx.send(from, { type: "token-taken", owner });
  }

  protected override tell({ client, owner }: Grant): void {
    this.answer(client, { type: "granted", owner, ...(this.tokens && { token: this.taken.token }) });
  }

  /** A server that keeps silent for longer than any lease after a start need not remember what it granted before. */
  protected override persist(grant: Grant): void {
    if (this.delayMs === 0) super.persist(grant);
  }
}
