/** Leadership transfer (thesis §3.10): the leader brings another server up to date and has it stand for election at once. */

import type { Ms, NodeId, Request } from "../../harness/protocol.ts";
import type { AppendEntriesResponse, TimeoutNow } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { Reads } from "./reads.ts";

/** Under way until the other leads, or for an election time-out. */
interface Transfer {
  readonly to: NodeId;
  readonly beganAt: Ms;
  readonly asked: boolean;
}

export abstract class Transfers<State, Op> extends Reads<State, Op> {
  private transfer: Transfer | undefined;

  protected transferLeadership(to: NodeId): void {
    if (!this.isLeader || this.transfer !== undefined) return;
    this.transfer = { to, beganAt: this.ctx.elapsed(), asked: false };
    this.proceed();
  }

  /** Nothing new is appended meanwhile: the other one could never catch up. */
  protected override onWrite(request: Request): void {
    if (this.transfer === undefined) super.onWrite(request);
    else this.homeless.set(request.id, request);
  }

  protected override onAccepted(follower: Progress, response: AppendEntriesResponse): void {
    super.onAccepted(follower, response);
    if (this.transfer !== undefined) this.proceed();
  }

  private proceed(): void {
    const { transfer } = this;
    if (transfer === undefined || transfer.asked) return;
    const follower = this.followers.find(({ id }) => id === transfer.to);
    if (follower === undefined || follower.match < this.log.lastIndex) return;
    this.transfer = { ...transfer, asked: true };
    this.giveUpLease();
    this.ctx.send(transfer.to, { type: "TimeoutNow", term: this.currentTerm });
  }

  protected onTimeoutNow(_from: NodeId, { term }: TimeoutNow): void {
    if (term !== this.currentTerm || this.role !== "follower" || !this.mayStand()) return;
    this.ctx.sometimes("leadership handed over");
    this.startElection(true);
  }

  protected override onHeartbeat(): void {
    super.onHeartbeat();
    const { transfer } = this;
    if (transfer === undefined || this.ctx.elapsed() - transfer.beganAt <= this.settings.electionTimeout.max) return;
    // It leads on. The other one may still stand, when the message reaches it late.
    this.transfer = undefined;
    this.ctx.sometimes("transfer given up");
    this.welcome();
  }

  protected override becomeLeader(): void {
    this.transfer = undefined;
    super.becomeLeader();
  }

  protected override stopLeading(term: number): void {
    this.transfer = undefined;
    super.stopLeading(term);
  }
}
