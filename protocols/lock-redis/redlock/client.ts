/**
 * Redlock. Salvatore Sanfilippo, "Distributed Locks with Redis", 2014 (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/);
 * against it Martin Kleppmann, "How to do distributed locking", 2016; for it Sanfilippo, "Is Redlock safe?", 2016.
 *
 * A lock on servers that know nothing of each other. The client asks all of them for the same key under the same name; it has the
 * lock if a majority grants it before the lease is over, and it has it for what is left of the lease, counted from before it asked, less
 * what clocks may differ by. If it did not get a majority it gives back everything, also what it believes it has not got, waits for a
 * random time and begins again. It extends the lock as it took it: at a majority, in time.
 *
 * That is safe as long as every server remembers what it has granted until the lease is over by everybody's clock. It does not make
 * a client look at its watch between the last look and the write.
 */

import { type Ms, type NodeId, never } from "../../../harness/protocol.ts";
import { type Doing, LockClient, type Owner } from "../../locking/index.ts";
import type { FromRedis, ToRedis } from "../messages.ts";
import type { AskedFact, TakeToken, TokenTaken, TokenTooOld } from "./messages.ts";

/** Beside the share of the lease: what the expiry of a key may be off by. */
const driftMs = 2;

type Answer = "granted" | "taken" | "released" | "token-taken" | "token-too-old" | "extended" | "not-yours";

/** Who has answered what to this owner; for extensions, to the nth. */
class Answers {
  private readonly from = new Map<string, Set<NodeId>>();

  /** How many have answered so by now. */
  add(answer: Answer, from: NodeId, nth = 0): number {
    const key = `${answer} ${nth}`;
    const those = this.from.get(key) ?? new Set<NodeId>();
    this.from.set(key, those.add(from));
    return those.size;
  }

  count(answer: Answer): number {
    return this.from.get(`${answer} 0`)?.size ?? 0;
  }
}

export class RedlockClient extends LockClient<ToRedis | TakeToken, FromRedis | TokenTaken | TokenTooOld> {
  private answers = new Answers();
  /** The greatest token that those who granted it know of. */
  private newest = 0;
  /** The token that it is about to take; none: not yet, or there are no tokens. */
  private token: number | undefined;

  protected override sendAsk({ owner, leaseMs }: Doing): void {
    this.answers = new Answers();
    this.newest = 0;
    this.token = undefined;
    const fact: AskedFact = { owner };
    this.ctx.fact("asked", fact);
    this.ctx.broadcast({ type: "set-nx", owner, leaseMs }, this.servers());
  }

  protected override onLockMessage(from: NodeId, message: FromRedis | TokenTaken | TokenTooOld): void {
    const { doing } = this;
    if (doing === undefined || !this.isOf(doing.owner, message.owner)) {
      if (message.type === "granted") this.giveBackTo(message.owner, [from]);
      return;
    }
    const count = this.answers.add(message.type, from, "nth" in message ? message.nth : 0);
    switch (message.type) {
      case "granted":
        if (doing.phase === "asking") this.onGranted(doing, count, message.token);
        else if (doing.phase === "waiting" || doing.phase === "releasing") this.giveBackTo(message.owner, [from]);
        break;
      case "taken":
        if (doing.phase === "asking" && this.isTooMany(count)) this.giveUpThisTry(doing);
        break;
      case "token-taken":
        if (doing.phase === "asking" && this.isEnough(count)) this.granted(doing, { token: this.token });
        break;
      case "token-too-old":
        if (doing.phase === "asking") this.giveUpThisTry(doing);
        break;
      case "extended":
        if (this.isEnoughToExtend(count)) this.extended(doing, message.nth);
        break;
      case "not-yours":
        if (this.isTooMany(count)) this.lost(doing);
        break;
      case "released":
        if (this.isEnough(count)) this.released(doing);
        break;
      default:
        never(message);
    }
  }

  protected isOf(owner: Owner, answered: Owner): boolean {
    return owner === answered;
  }

  private onGranted(doing: Doing, count: number, newest: number | undefined): void {
    if (newest !== undefined) this.newest = Math.max(this.newest, newest);
    if (!this.isEnough(count) || this.token !== undefined) return;
    if (this.answers.count("taken") > 0) this.ctx.sometimes("majority against a rival");
    if (newest === undefined) this.granted(doing, {});
    else this.takeToken(doing, this.newest + 1);
  }

  protected takeToken({ owner }: Doing, token: number): void {
    this.token = token;
    this.ctx.broadcast({ type: "take-token", owner, token }, this.servers());
  }

  protected isEnough(count: number): boolean {
    return count > this.servers().length / 2;
  }

  protected isEnoughToExtend(count: number): boolean {
    return this.isEnough(count);
  }

  /** The rest is no majority. */
  private isTooMany(count: number): boolean {
    return !this.isEnough(this.servers().length - count);
  }

  /** Also where it was not granted, as far as anybody knows; but not if nobody can have granted it. */
  private giveUpThisTry(doing: Doing): void {
    if (this.answers.count("taken") === this.servers().length) this.wait(doing);
    else {
      this.ctx.sometimes("no majority");
      this.release(doing, { kind: "again" });
    }
  }

  protected override leftMs(doing: Doing): Ms {
    return super.leftMs(doing) - driftMs;
  }

  protected override sendExtend(doing: Doing): void {
    const { owner, leaseMs } = doing;
    this.ctx.broadcast({ type: "extend-if-mine", owner, leaseMs, nth: this.numberAsk(doing) }, this.servers());
  }

  protected override giveBack(owner: Owner): void {
    this.giveBackTo(owner, this.servers());
  }

  private giveBackTo(owner: Owner, to: readonly NodeId[]): void {
    this.ctx.broadcast({ type: "delete-if-mine", owner }, to);
  }

  protected servers(): readonly NodeId[] {
    return this.ctx.nodes("redis");
  }

  inspect(): unknown {
    const { doing } = this;
    return doing === undefined ? null : { owner: doing.owner, phase: doing.phase, granted: this.answers.count("granted") };
  }
}
