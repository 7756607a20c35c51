/**
 * What every client of a lock does once it knows how to ask for it: take it, hold it for a while, write to the resource, give it back.
 *
 * It counts its lease from before it asked, less what two stop-watches may differ by (Gray and Cheriton, Leases, SOSP 1989: the
 * holder's view of a lease must end first), and does not begin what it cannot end within it. Before the write it does not look
 * at the time again: whatever looks first may be stopped between the look and the write (a handler here is never stopped
 * inside, a program is), and a message may be late as well. So a client that sleeps past its lease does write, and only the
 * resource can refuse it, by the fencing token.
 *
 * How the lock is asked for, extended and given back is the business of each lock's own client, which extends this one.
 */

import type { ClientContext, Ms, Node, NodeId, Options, Request } from "../../harness/protocol.ts";
import type { Use, Used } from "../../harness/workloads/lock.ts";
import type { AcquiredFact, FromResource, LeftFact, Owner, Refused, Write } from "./messages.ts";

/** By how much two stop-watches may differ over a lease: Redlock's clock drift factor. */
export const driftShare = 0.01;

/** How an operation ends, once the lock is given back. */
export type Outcome =
  | { readonly kind: "ok"; readonly result: Used }
  | { readonly kind: "fail" | "info"; readonly reason: string }
  /** Not at all: the lock was not to be had yet. */
  | { readonly kind: "again" };

/** The operation under way. */
export interface Doing {
  readonly request: Request<Use>;
  readonly beganMs: Ms;
  tries: number;
  phase: "waiting" | "asking" | "holding" | "writing" | "releasing";
  owner: Owner;
  /** When this owner asked, and asked again, by the own stop-watch. */
  asked: Ms[];
  /** The lease cannot have begun earlier. */
  sinceMs: Ms;
  leaseMs: Ms;
  token: number | undefined;
  writes: number;
  outcome: Outcome;
}

/** What was granted: in answer to which of the asks, and for how long, where that is not what was asked for. */
export interface Terms {
  readonly token?: number | undefined;
  readonly nth?: number;
  readonly leaseMs?: Ms;
}

export abstract class LockClient<ToLock, FromLock extends { readonly type: string }>
  implements Node<FromLock | FromResource, Use>
{
  protected readonly ctx: ClientContext<ToLock | Write, Used>;
  protected readonly tryMs: Ms;
  private readonly patienceMs: Ms;
  private readonly backOff: { readonly min: Ms; readonly max: Ms };
  protected doing: Doing | undefined;

  constructor(ctx: ClientContext<ToLock | Write, Used>, options: Options) {
    this.ctx = ctx;
    this.tryMs = Number(options["try"]);
    this.patienceMs = Number(options["patience"]);
    this.backOff = options["back-off"] as { readonly min: Ms; readonly max: Ms };
  }

  // How this lock is asked for.

  /** Asks for the lock in the name of `doing.owner`; the answer ends in `granted`, `taken` or silence. */
  protected abstract sendAsk(doing: Doing): void;
  /** Asks for as much time again. The answer ends in `extended`, `lost` or silence. */
  protected abstract sendExtend(doing: Doing): void;
  /** Gives back what this owner has, or may have; answered by a call of `released`. */
  protected abstract giveBack(owner: Owner): void;
  protected abstract onLockMessage(from: NodeId, message: FromLock): void;

  /** Nobody has answered within the time of a try. */
  protected onSilence(doing: Doing): void {
    // It may have been granted all the same: give it back before asking under another name.
    this.release(doing, { kind: "again" });
  }

  // What happens to a client

  /** Whatever it held before a crash, it knows nothing of it: the lock runs out by itself. */
  onStart(): void {
    this.ctx.fact("left");
  }

  onRequest(request: Request<Use>): void {
    const { write, lease } = request.op;
    if (write !== undefined && write !== "resource")
      throw new Error(`the workload writes to the role "${write}", but what a lock protects has the role "resource"`);
    this.doing = {
      request,
      beganMs: this.ctx.elapsed(),
      tries: 0,
      phase: "waiting",
      owner: "",
      asked: [],
      sinceMs: 0,
      leaseMs: lease,
      token: undefined,
      writes: 0,
      outcome: { kind: "again" },
    };
    this.ask(this.doing);
  }

  onMessage(from: NodeId, message: FromLock | FromResource): void {
    if (isFromResource(message)) this.onResourceMessage(message);
    else this.onLockMessage(from, message);
  }

  private onResourceMessage(message: FromResource): void {
    const { doing } = this;
    if (doing?.owner !== message.owner || doing.phase !== "writing") return;
    this.release(doing, message.type === "accepted" ? this.success(doing) : this.refused(doing, message));
  }

  onTimer(name: string): void {
    const { doing } = this;
    if (doing === undefined) return;
    if (name === "extend") this.extend(doing);
    else this.onNext(doing);
  }

  private onNext(doing: Doing): void {
    switch (doing.phase) {
      case "waiting":
        this.ask(doing);
        break;
      case "asking":
        this.onSilence(doing);
        break;
      case "holding":
        this.write(doing);
        break;
      case "writing":
        this.writeAgain(doing);
        break;
      case "releasing":
        this.releaseAgain(doing);
    }
  }

  // Take

  private ask(doing: Doing): void {
    if (this.isOutOfPatience(doing)) {
      this.giveUp(doing);
      return;
    }
    doing.tries += 1;
    doing.owner = `${doing.request.id}.${doing.tries}`;
    doing.asked = [];
    doing.leaseMs = doing.request.op.lease;
    doing.token = undefined;
    doing.phase = "asking";
    doing.sinceMs = doing.asked[this.numberAsk(doing)]!;
    this.sendAsk(doing);
    this.ctx.setTimer("next", this.tryMs);
  }

  /** Every ask has a number, by which the answer tells from when its lease may be counted. */
  protected numberAsk(doing: Doing): number {
    return doing.asked.push(this.ctx.elapsed()) - 1;
  }

  protected isOutOfPatience({ beganMs, request }: Doing): boolean {
    return this.ctx.elapsed() - beganMs > this.givesUpAfterMs(request.op);
  }

  protected givesUpAfterMs(_use: Use): Ms {
    return this.patienceMs;
  }

  /** Every earlier try has been given back. */
  protected giveUp({ request }: Doing): void {
    this.doing = undefined;
    this.ctx.fail(request, notToBeHad);
  }

  /** Not all at once, and not in step. */
  protected wait(doing: Doing): void {
    doing.phase = "waiting";
    this.ctx.setTimer("next", this.waitMs());
  }

  protected waitMs(): Ms {
    return this.ctx.random.integer(this.backOff.min, this.backOff.max);
  }

  protected granted(doing: Doing, { token, nth = 0, leaseMs = doing.leaseMs }: Terms): void {
    doing.sinceMs = doing.asked[nth] ?? doing.sinceMs;
    doing.leaseMs = leaseMs;
    doing.token = token;
    const { hold } = doing.request.op;
    if (!this.extends(doing) && hold > leaseMs * (1 - driftShare)) {
      const reason = `the lock is to be had for ${leaseMs} ms at a time, less than the ${hold} ms that it is wanted for`;
      this.release(doing, { kind: "fail", reason });
    } else if (this.isLongEnough(this.leftMs(doing), doing)) this.hold(doing);
    else {
      this.ctx.sometimes("granted too late to be used");
      this.release(doing, { kind: "again" });
    }
  }

  private hold(doing: Doing): void {
    doing.phase = "holding";
    this.stateAcquired(doing);
    this.ctx.setTimer("next", doing.request.op.hold);
    if (this.extends(doing)) this.ctx.setTimer("extend", this.extendAfterMs(doing));
  }

  /** What is left of the lease, on the safe side. */
  protected leftMs({ sinceMs, leaseMs }: Doing): Ms {
    return leaseMs * (1 - driftShare) - (this.ctx.elapsed() - sinceMs);
  }

  /** To hold it as long as is meant, or until there was time to ask for more. */
  protected isLongEnough(leftMs: Ms, doing: Doing): boolean {
    const { hold } = doing.request.op;
    return leftMs >= (this.extends(doing) ? Math.min(hold, this.extendAfterMs(doing)) : hold);
  }

  // Extend

  private extends({ request }: Doing): boolean {
    return request.op.extend === true;
  }

  /** Early enough to be late twice. */
  private extendAfterMs({ leaseMs }: Doing): Ms {
    return leaseMs / 3;
  }

  private extend(doing: Doing): void {
    if (doing.phase !== "holding") return;
    this.sendExtend(doing);
    this.ctx.setTimer("extend", this.extendAfterMs(doing));
  }

  /** The lease was counted anew after the nth ask. Answers may come in any order, and so late that it is over again. */
  protected extended(doing: Doing, nth: number): void {
    const sinceMs = doing.asked[nth];
    if (doing.phase !== "holding" || sinceMs === undefined || sinceMs <= doing.sinceMs) return;
    if (this.leftMs({ ...doing, sinceMs }) <= 0) return;
    doing.sinceMs = sinceMs;
    this.ctx.sometimes("lease extended");
    this.stateAcquired(doing);
  }

  /** Somebody else may have it by now. */
  protected lost(doing: Doing): void {
    if (doing.phase !== "holding") return;
    this.ctx.sometimes("lock lost while held");
    this.release(doing, { kind: "fail", reason: "the lock was lost before anything was written" });
  }

  // Write

  protected write(doing: Doing): void {
    const [resource] = this.ctx.nodes("resource");
    const { write, value } = doing.request.op;
    if (write === undefined || resource === undefined) {
      this.release(doing, this.success(doing));
      return;
    }
    if (this.leftMs(doing) <= 0) this.ctx.sometimes("held past its lease");
    const { owner, token } = doing;
    doing.phase = "writing";
    doing.writes += 1;
    this.ctx.send(resource, { type: "write", owner, value, ...(token !== undefined && { token }) });
    this.ctx.setTimer("next", this.tryMs);
  }

  private writeAgain(doing: Doing): void {
    if (this.leftMs(doing) > 0) this.write(doing);
    else this.release(doing, { kind: "info", reason: "the resource has not answered, and the lease is over" });
  }

  protected success({ token }: Doing): Outcome {
    return { kind: "ok", result: token === undefined ? {} : { token } };
  }

  private refused({ writes, token }: Doing, { newest }: Refused): Outcome {
    const reason = `the resource refused the write: its token ${token} is older than ${newest}`;
    return writes === 1 ? { kind: "fail", reason } : { kind: "info", reason: `${reason}; an earlier try may have been accepted` };
  }

  // Give back

  protected release(doing: Doing, outcome: Outcome): void {
    if (doing.phase === "holding" || doing.phase === "writing") this.stateLeft(doing);
    doing.phase = "releasing";
    doing.outcome = outcome;
    this.sendRelease(doing);
  }

  private sendRelease({ owner }: Doing): void {
    this.giveBack(owner);
    this.ctx.setTimer("next", this.tryMs);
  }

  /** Until it is acknowledged, or there is nothing left to give back. */
  private releaseAgain(doing: Doing): void {
    if (this.leftMs(doing) > 0) this.sendRelease(doing);
    else this.end(doing);
  }

  protected released(doing: Doing): void {
    if (doing.phase === "releasing") this.end(doing);
  }

  private end(doing: Doing): void {
    const { request, outcome } = doing;
    if (outcome.kind === "again") {
      this.wait(doing);
      return;
    }
    this.doing = undefined;
    this.ctx.cancelTimer("next");
    switch (outcome.kind) {
      case "ok":
        this.ctx.reply(request, outcome.result);
        break;
      case "fail":
        this.ctx.fail(request, outcome.reason);
        break;
      case "info":
        this.ctx.giveUp(request, outcome.reason);
    }
  }

  private stateAcquired(doing: Doing): void {
    const { owner, leaseMs, token } = doing;
    const fact: AcquiredFact = { owner, leaseMs, leftMs: this.leftMs(doing), ...(token !== undefined && { token }) };
    this.ctx.fact("acquired", fact);
  }

  private stateLeft(doing: Doing): void {
    const fact: LeftFact = { owner: doing.owner, leftMs: this.leftMs(doing) };
    this.ctx.fact("left", fact);
  }
}

export const notToBeHad = "the lock was not to be had";

function isFromResource(message: { readonly type: string }): message is FromResource {
  return message.type === "accepted" || message.type === "refused";
}
