/**
 * The client of a Redis lock: takes it, holds it for a while, writes to the resource, and gives it back.
 *
 * It counts its lease from before it asked, less what two stop-watches may differ by, and does not begin what it cannot end
 * within it. It renews nothing. Before the write it does not look at the time again: whatever looks first may be stopped
 * between the look and the write (a handler here is never stopped inside, a program is), and a message may be late as well.
 * So a client that sleeps past its lease does write, and only the resource can refuse it, by the fencing token.
 */

import {
  type ClientContext,
  type Ms,
  type Node,
  type NodeId,
  never,
  type Options,
  type Request,
} from "../../harness/protocol.ts";
import type { Use, Used } from "../../harness/workloads/lock.ts";
import type { Granted, HolderFact, Owner, Refused, ToClient, ToRedis, ToResource } from "./messages.ts";

/** By how much two stop-watches may differ over a lease: Redlock's clock drift factor. */
export const driftShare = 0.01;

/** How an operation ends, once the lock is given back. */
type Outcome =
  | { readonly kind: "ok"; readonly result: Used }
  | { readonly kind: "fail" | "info"; readonly reason: string }
  /** Not at all: the lock was not to be had yet. */
  | { readonly kind: "again" };

/** The operation under way. */
export interface Doing {
  readonly request: Request<Use>;
  readonly beganMs: Ms;
  tries: number;
  phase: "asking" | "waiting" | "holding" | "writing" | "releasing";
  owner: Owner;
  /** When the lock was asked for, by the own stop-watch: the lease cannot have begun earlier. */
  askedMs: Ms;
  token: number | undefined;
  writes: number;
  outcome: Outcome;
}

export class LockClient implements Node<ToClient, Use> {
  protected readonly ctx: ClientContext<ToRedis | ToResource, Used>;
  private readonly tryMs: Ms;
  private readonly patienceMs: Ms;
  private readonly backOff: { readonly min: Ms; readonly max: Ms };
  private doing: Doing | undefined;

  constructor(ctx: ClientContext<ToRedis | ToResource, Used>, options: Options) {
    this.ctx = ctx;
    this.tryMs = Number(options["try"]);
    this.patienceMs = Number(options["patience"]);
    this.backOff = options["back-off"] as { readonly min: Ms; readonly max: Ms };
  }

  /** Whatever it held before a crash, it knows nothing of it: the lock runs out by itself. */
  onStart(): void {
    this.ctx.fact("left");
  }

  onRequest(request: Request<Use>): void {
    const { write } = request.op;
    if (write !== undefined && write !== "resource")
      throw new Error(`the workload writes to the role "${write}", but what a Redis lock protects has the role "resource"`);
    this.doing = {
      request,
      beganMs: this.ctx.elapsed(),
      tries: 0,
      phase: "waiting",
      owner: "",
      askedMs: 0,
      token: undefined,
      writes: 0,
      outcome: { kind: "again" },
    };
    this.ask(this.doing);
  }

  onMessage(_from: NodeId, message: ToClient): void {
    const { doing } = this;
    if (doing?.owner !== message.owner) {
      if (message.type === "granted") this.giveBack(message.owner);
      return;
    }
    switch (message.type) {
      case "granted":
        if (doing.phase === "asking") this.onGranted(doing, message);
        else this.giveBack(message.owner);
        break;
      case "taken":
        if (doing.phase === "asking") this.wait(doing);
        break;
      case "accepted":
        if (doing.phase === "writing") this.release(doing, this.success(doing));
        break;
      case "refused":
        if (doing.phase === "writing") this.release(doing, this.refused(doing, message));
        break;
      case "released":
        if (doing.phase === "releasing") this.end(doing);
        break;
      default:
        never(message);
    }
  }

  onTimer(): void {
    const { doing } = this;
    if (doing === undefined) return;
    switch (doing.phase) {
      case "waiting":
        this.ask(doing);
        break;
      case "asking":
        // It may have been granted all the same: give it back before asking under another name.
        this.release(doing, { kind: "again" });
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
    const { request, beganMs } = doing;
    if (this.ctx.elapsed() - beganMs > this.givesUpAfterMs(request.op)) {
      this.giveUp(doing);
      return;
    }
    doing.tries += 1;
    doing.owner = `${request.id}.${doing.tries}`;
    doing.askedMs = this.ctx.elapsed();
    doing.phase = "asking";
    this.ctx.send(this.redis(), { type: "set-nx", owner: doing.owner, leaseMs: request.op.lease });
    this.ctx.setTimer("next", this.tryMs);
  }

  protected givesUpAfterMs(_use: Use): Ms {
    return this.patienceMs;
  }

  /** Every earlier try has been given back. */
  protected giveUp({ request }: Doing): void {
    this.doing = undefined;
    this.ctx.fail(request, "the lock was not to be had");
  }

  /** Not all at once, and not in step. */
  private wait(doing: Doing): void {
    doing.phase = "waiting";
    this.ctx.setTimer("next", this.waitMs());
  }

  protected waitMs(): Ms {
    return this.ctx.random.integer(this.backOff.min, this.backOff.max);
  }

  private onGranted(doing: Doing, { token }: Granted): void {
    if (!this.isLongEnough(this.leftMs(doing), doing.request.op)) {
      this.ctx.sometimes("granted too late to be used");
      this.release(doing, { kind: "again" });
      return;
    }
    doing.phase = "holding";
    doing.token = token;
    this.state("acquired", doing);
    this.ctx.setTimer("next", doing.request.op.hold);
  }

  /** What is left of the lease, on the safe side. */
  protected leftMs({ askedMs, request }: Doing): Ms {
    return request.op.lease * (1 - driftShare) - (this.ctx.elapsed() - askedMs);
  }

  /** To hold it as long as is meant. */
  protected isLongEnough(leftMs: Ms, { hold }: Use): boolean {
    return leftMs >= hold;
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

  private success({ token }: Doing): Outcome {
    return { kind: "ok", result: token === undefined ? {} : { token } };
  }

  private refused({ writes, token }: Doing, { newest }: Refused): Outcome {
    const reason = `the resource refused the write: its token ${token} is older than ${newest}`;
    return writes === 1 ? { kind: "fail", reason } : { kind: "info", reason: `${reason}; an earlier try may have been accepted` };
  }

  // Give back

  protected release(doing: Doing, outcome: Outcome): void {
    if (doing.phase !== "asking") this.state("left", doing);
    doing.phase = "releasing";
    doing.outcome = outcome;
    this.sendRelease(doing);
  }

  private sendRelease({ owner }: Doing): void {
    this.giveBack(owner);
    this.ctx.setTimer("next", this.tryMs);
  }

  /** Also what was granted so late that it is no longer wanted. */
  protected giveBack(owner: Owner): void {
    this.ctx.send(this.redis(), { type: "delete-if-mine", owner });
  }

  /** Until it is acknowledged, or there is nothing left to give back. */
  private releaseAgain(doing: Doing): void {
    if (this.leftMs(doing) > 0) this.sendRelease(doing);
    else this.end(doing);
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

  private redis(): NodeId {
    return this.ctx.nodes("redis")[0]!;
  }

  private state(name: "acquired" | "left", { owner, request }: Doing): void {
    const fact: HolderFact = { owner, leaseMs: request.op.lease };
    this.ctx.fact(name, fact);
  }
}
