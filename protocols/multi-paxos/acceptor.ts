/**
 * The acceptor of a server: promises one ballot for all slots, accepts pvalues under it, and keeps both on its disk.
 *
 * On the disk stand the promise, a log of what was accepted, and a checkpoint: the state that a prefix of the slots led to. The
 * slots up to a checkpoint are decided and executed, so what was accepted for them is collected. The checkpoint's record
 * carries also what stays accepted behind it, so that the log can be emptied once that record is synced; a crash may fall
 * anywhere.
 */

import type { Context, Ms, NodeId } from "../../harness/protocol.ts";
import { type Ballot, compare, type Message, noBallot, type P1a, type P2a, type PValue, type Slot } from "./messages.ts";
import { initial, type State } from "./state.ts";

const PROMISED = "promised";
const ACCEPTED = "accepted";
const CHECKPOINT = "checkpoint";

export interface Checkpoint {
  readonly state: State;
  /** Everything accepted for later slots. */
  readonly accepted: readonly PValue[];
}

export class Acceptor {
  protected readonly ctx: Context<Message>;
  /** How long after a heartbeat it promises nothing to anybody else. */
  private readonly loyalty: Ms;
  promised: Ballot = noBallot;
  /** For each slot behind the checkpoint, what was accepted last: that has the highest ballot. */
  protected accepted = new Map<Slot, PValue>();
  /** Up to here everything is collected. */
  protected collected: Slot = 0;
  /** Which leader was last heard, and when. */
  private loyalTo: NodeId | undefined;
  private heardAt: Ms = 0;

  constructor(ctx: Context<Message>, loyalty: Ms) {
    this.ctx = ctx;
    this.loyalty = loyalty;
  }

  /** Reads the disk; returns the state of the checkpoint. */
  recover(): State {
    const { disk } = this.ctx;
    const { state, accepted } = disk.read<Checkpoint>(CHECKPOINT) ?? { state: initial, accepted: [] };
    this.promised = disk.read<Ballot>(PROMISED) ?? noBallot;
    this.collected = state.slot;
    // The log may still hold what the checkpoint covers. What is torn was never synced, and nobody was told.
    for (const pvalue of [...accepted, ...disk.log<PValue>(ACCEPTED).entries()]) if (!("torn" in pvalue)) this.restore(pvalue);
    this.heardAt = this.initiallyHeardAt();
    this.ctx.fact("recovered", { promised: this.promised, state, accepted: this.from(1).map(brief) });
    return state;
  }

  private restore(pvalue: PValue): void {
    const { slot, ballot } = pvalue;
    const before = this.accepted.get(slot);
    if (slot > this.collected && (before === undefined || compare(before.ballot, ballot) < 0)) this.accepted.set(slot, pvalue);
  }

  /** It may have acknowledged a heartbeat just before it crashed, so it is as loyal as if it had. */
  protected initiallyHeardAt(): Ms {
    return this.ctx.elapsed();
  }

  // ---- Phase 1 --------------------------------------------------------------------------------------------------

  /** `state` is that of this server's replica, at least as far as the checkpoint. */
  onP1a(from: NodeId, { ballot, from: first }: P1a, state: State): void {
    if (compare(ballot, this.promised) < 0) this.ctx.send(from, { type: "preempted", ballot: this.promised });
    else if (this.isLoyal() && from !== this.loyalTo) this.ctx.sometimes("scout turned away by the loyal");
    else {
      this.promise(ballot);
      const complete = first > this.collected;
      const accepted = this.from(complete ? first : state.slot + 1);
      this.ctx.send(from, { type: "P1b", ballot, accepted, state: complete ? null : state });
    }
  }

  /** While a leader is there, nobody else is let in: so that the leader may count on it (see lease), and is not disturbed. */
  protected isLoyal(): boolean {
    return this.ctx.elapsed() - this.heardAt < this.loyalty;
  }

  hearLeader(leader: NodeId): void {
    this.loyalTo = leader;
    this.heardAt = this.ctx.elapsed();
  }

  /** On the disk before anybody is told. */
  promise(ballot: Ballot): void {
    if (compare(ballot, this.promised) <= 0) return;
    this.promised = ballot;
    this.persistPromise(ballot);
    this.ctx.fact("promised", { ballot });
  }

  protected persistPromise(ballot: Ballot): void {
    this.ctx.disk.write(PROMISED, ballot);
    this.ctx.disk.sync();
  }

  private from(first: Slot): PValue[] {
    return [...this.accepted.values()].filter(({ slot }) => slot >= first).sort((a, b) => a.slot - b.slot);
  }

  // ---- Phase 2 --------------------------------------------------------------------------------------------------

  onP2a(from: NodeId, { ballot, slot, command }: P2a): void {
    if (!this.mayAccept(ballot)) {
      this.ctx.send(from, { type: "preempted", ballot: this.promised });
      return;
    }
    const before = this.accepted.get(slot)?.ballot ?? noBallot;
    // What is collected is decided, and what comes twice has been accepted: both can be said again.
    if (slot > this.collected && compare(before, ballot) < 0) this.accept({ slot, ballot, command });
    this.ctx.send(from, { type: "P2b", ballot, slot });
  }

  protected mayAccept(ballot: Ballot): boolean {
    return compare(ballot, this.promised) >= 0;
  }

  private accept(pvalue: PValue): void {
    this.raise(pvalue.ballot);
    this.accepted.set(pvalue.slot, pvalue);
    this.ctx.disk.log<PValue>(ACCEPTED).append(pvalue);
    this.flush();
    this.ctx.fact("accepted", brief(pvalue));
  }

  /** To accept under a ballot is to promise it, and the log in which the acceptance stands will be collected. */
  protected raise(ballot: Ballot): void {
    this.promise(ballot);
  }

  protected flush(): void {
    this.ctx.disk.sync();
  }

  // ---- Garbage --------------------------------------------------------------------------------------------------

  /** Everything up to the state's slot is decided, and in the state. */
  collect(state: State): void {
    this.collected = state.slot;
    this.accepted = new Map(this.staying(state.slot).map((pvalue) => [pvalue.slot, pvalue]));
    const checkpoint: Checkpoint = { state: this.stored(state), accepted: this.from(1) };
    this.ctx.disk.write(CHECKPOINT, checkpoint);
    this.ctx.disk.sync();
    this.ctx.disk.log<PValue>(ACCEPTED).truncate(0);
    this.ctx.fact("checkpoint", { state });
  }

  protected staying(collected: Slot): PValue[] {
    return this.from(collected + 1);
  }

  protected stored(state: State): State {
    return state;
  }

  get checkpoint(): Slot {
    return this.collected;
  }
}

/** A pvalue, as facts tell it. */
function brief({ slot, ballot, command }: PValue): { slot: Slot; ballot: Ballot; request: string | null } {
  return { slot, ballot, request: command?.id ?? null };
}
