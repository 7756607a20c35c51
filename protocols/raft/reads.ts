/** Reads that stay out of the log: by read index (thesis §6.4), or under a lease (§6.4.1). */

import type { Ms, NodeId, Request } from "../../harness/protocol.ts";
import { Clients } from "./clients.ts";
import type { AppendEntriesResponse } from "./messages.ts";

/** A read that waits until a majority has answered its round, and until what was committed before it is applied. */
interface WaitingRead {
  readonly request: Request;
  /** The latest round that had begun when it came: only a later one was sent after it. */
  readonly after: Ms;
  readonly index: number;
}

export abstract class Reads<State, Op> extends Clients<State, Op> {
  /**
   * The latest round of reads, named by the moment when it began on this server's stop-watch. Never goes back while this object
   * lives, so an answer to an older round never counts for a later one. (A moment and not a count: then no message depends on
   * how many reads there were before; and a lease begins there.)
   */
  protected round: Ms = 0;
  private reads: WaitingRead[] = [];
  /** Whether this leader has asked another server to take over: whenever that message arrives, the lease is worth nothing. */
  protected handedOver = false;

  // ---- Read index -----------------------------------------------------------------------------------------------

  protected override onRead(request: Request): void {
    if (this.settings.leases && this.holdsLease() && this.readIndex() <= this.lastApplied) {
      this.ctx.sometimes("read under a lease");
      this.ctx.reply(request, this.sessions.read(request.op));
      return;
    }
    const inFlight = this.roundReached() < this.round;
    // A round that is under way was sent before this read came, and proves nothing for it.
    if (inFlight) this.ctx.sometimes("read waited for a round");
    this.reads.push({ request, after: this.round, index: this.readIndex() });
    if (!inFlight) this.startRound();
  }

  /** All that is committed. Until its own no-op is, a leader does not know how far that is; but no farther than that no-op. */
  protected readIndex(): number {
    return Math.max(this.commitIndex, this.firstIndexOfTerm);
  }

  protected override roundUnderWay(): Ms {
    return this.reads.length > 0 || this.settings.leases ? this.round : 0;
  }

  protected nextRound(): void {
    this.round = Math.max(this.ctx.elapsed(), this.round + 0.001);
  }

  private startRound(): void {
    this.nextRound();
    if (this.isAlone) this.serveReads();
    else this.sendToAll();
  }

  /** The latest round that a majority has answered: until it began, no later leader had been elected. */
  protected roundReached(): Ms {
    return this.reached((server) => (server.id === this.ctx.id ? this.round : server.round));
  }

  private serveReads(): void {
    const reached = this.roundReached();
    let served = 0;
    for (const read of this.reads) {
      if (reached <= read.after || read.index > this.lastApplied) break;
      this.ctx.reply(read.request, this.sessions.read(read.request.op));
      served += 1;
    }
    if (served > 0) this.reads = this.reads.slice(served);
    if (reached === this.round && this.reads.at(-1)?.after === this.round) this.startRound();
  }

  protected override onAppendEntriesResponse(from: NodeId, response: AppendEntriesResponse): void {
    super.onAppendEntriesResponse(from, response);
    if (this.reads.length > 0) this.serveReads();
  }

  protected override onHeartbeat(): void {
    // What is sent now, is sent after all reads that wait.
    if (this.reads.length > 0 || this.settings.leases) this.nextRound();
    super.onHeartbeat();
  }

  protected override becomeLeader(): void {
    this.handedOver = false;
    if (this.settings.leases) this.nextRound();
    super.becomeLeader();
  }

  protected override stopLeading(term: number): void {
    super.stopLeading(term);
    // Reads have not happened, and may go to the next leader.
    for (const { request } of this.reads) this.homeless.set(request.id, request);
    this.reads = [];
  }

  // ---- Leases ---------------------------------------------------------------------------------------------------

  /**
   * A majority has promised to vote for nobody else for a while (see disregards()), and that while is not over even if all clocks are
   * as wrong as the bound allows: so no other leader is elected yet, and none has committed anything.
   */
  protected holdsLease(): boolean {
    return !this.handedOver && this.ctx.elapsed() < this.roundReached() + this.settings.lease;
  }

  protected giveUpLease(): void {
    this.handedOver = true;
  }
}
