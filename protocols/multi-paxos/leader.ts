/** The leader of a server: scouts for a majority of promises, then commands one slot after the other, many at a time. */

import type { Context, Ms, NodeId } from "../../harness/protocol.ts";
import type { Acceptor } from "./acceptor.ts";
import {
  type Ballot,
  type Command,
  compare,
  type Heartbeat,
  type HeartbeatAck,
  type Message,
  majority,
  noBallot,
  type P1b,
  type P2b,
  type PValue,
  type Slot,
} from "./messages.ts";
import type { Replica } from "./replica.ts";

/** Phase 1 of a ballot: who has promised, and what they had accepted. */
interface Scout {
  readonly promises: P1b[];
  readonly acceptors: NodeId[];
}

/** Phase 2 of one slot: who has accepted. */
interface Commander {
  readonly command: Command;
  readonly acceptors: NodeId[];
  /** Sent since the last heartbeat: not yet to be sent again. */
  fresh: boolean;
}

export class Leader {
  protected readonly ctx: Context<Message>;
  private readonly acceptor: Acceptor;
  private readonly replica: Replica;
  private ballot: Ballot = noBallot;
  /** The highest ballot that anybody was heard of. */
  private heard: Ballot = noBallot;
  private scout: Scout | undefined;
  active = false;
  /** Where the next command goes. */
  private nextSlot: Slot = 1;
  /** Nothing that earlier leaders decided lies behind this slot. */
  private inherited: Slot = 0;
  private readonly commanders = new Map<Slot, Commander>();
  private activeSince: Ms = 0;
  /** For each of the others the latest heartbeat that it has acknowledged, by when it was sent. */
  private readonly acknowledged = new Map<NodeId, Ms>();

  constructor(ctx: Context<Message>, acceptor: Acceptor, replica: Replica) {
    this.ctx = ctx;
    this.acceptor = acceptor;
    this.replica = replica;
  }

  // ---- Phase 1: the scout ---------------------------------------------------------------------------------------

  /** A ballot above all that it knows. Its own acceptor has it on its disk first, so it is never used again. */
  startScout(): void {
    const round = Math.max(this.acceptor.promised.round, this.heard.round) + 1;
    this.ballot = { round, leader: this.ctx.id };
    this.acceptor.promise(this.ballot);
    this.scout = { promises: [], acceptors: [] };
    this.ctx.broadcast({ type: "P1a", ballot: this.ballot, from: this.replica.next }, this.ctx.nodes());
  }

  /** True when it has become the leader. */
  onP1b(from: NodeId, message: P1b): boolean {
    const { scout } = this;
    if (scout === undefined || compare(message.ballot, this.ballot) !== 0) return false;
    if (this.isNew(from, scout.acceptors)) {
      scout.acceptors.push(from);
      scout.promises.push(message);
    }
    if (scout.acceptors.length < this.quorum()) return false;
    this.scout = undefined;
    this.adopt(scout.promises);
    return true;
  }

  /** What comes twice counts once. */
  protected isNew(from: NodeId, acceptors: readonly NodeId[]): boolean {
    return !acceptors.includes(from);
  }

  protected quorum(): number {
    return majority(this.ctx.nodes().length);
  }

  /**
   * For each open slot "pmax", the accepted command of the highest ballot: the only one that may have been chosen. For a slot
   * between, of which nobody knows anything, a no-op: no majority can have accepted a command for it.
   */
  private adopt(promises: readonly P1b[]): void {
    this.active = true;
    this.activeSince = this.ctx.elapsed();
    this.ctx.fact("leader", { ballot: this.ballot });
    if (this.replica.state.slot > 0 || promises.some(({ accepted }) => accepted.length > 0))
      this.ctx.sometimes("second leader elected");
    for (const { state } of promises) {
      if (state === null || state.slot < this.replica.next) continue;
      this.ctx.sometimes("leader learned from a checkpoint");
      this.replica.install(state);
    }
    const pmax = new Map<Slot, PValue>();
    for (const pvalue of promises.flatMap(({ accepted }) => accepted)) {
      const before = pmax.get(pvalue.slot);
      if (before === undefined || this.isHigher(pvalue, before)) pmax.set(pvalue.slot, pvalue);
    }
    const first = this.replica.next;
    const last = Math.max(first - 1, ...pmax.keys());
    this.nextSlot = last + 1;
    this.inherited = last;
    this.commanders.clear();
    this.acknowledged.clear();
    for (let slot = first; slot <= last; slot += 1) if (!this.replica.knows(slot)) this.inherit(slot, pmax.get(slot));
  }

  protected isHigher(a: PValue, b: PValue): boolean {
    return compare(a.ballot, b.ballot) > 0;
  }

  protected inherit(slot: Slot, pvalue: PValue | undefined): void {
    this.ctx.sometimes(pvalue === undefined ? "hole filled" : "recovered proposal");
    this.command(slot, pvalue?.command ?? null);
  }

  // ---- Phase 2: the commanders ----------------------------------------------------------------------------------

  propose(command: Command): void {
    this.command(this.nextSlot, command);
    this.nextSlot += 1;
  }

  private command(slot: Slot, command: Command): void {
    this.commanders.set(slot, { command, acceptors: [], fresh: true });
    this.ctx.fact("proposed", { slot, ballot: this.ballot, request: command?.id ?? null });
    this.ctx.broadcast({ type: "P2a", ballot: this.ballot, slot, command }, this.ctx.nodes());
  }

  onP2b(from: NodeId, { ballot, slot }: P2b): void {
    const commander = this.commanders.get(slot);
    if (!this.active || commander === undefined || compare(ballot, this.ballot) !== 0) return;
    const { acceptors, command } = commander;
    if (this.isNew(from, acceptors)) acceptors.push(from);
    if (acceptors.length < this.quorum()) return;
    this.commanders.delete(slot);
    this.ctx.fact("decided", { slot, ballot, request: command?.id ?? null });
    this.ctx.broadcast({ type: "decision", slot, command });
    this.replica.learn({ slot, command });
  }

  /** Messages may be lost: what nobody has answered for a while is asked again. */
  private commandAgain(): void {
    for (const [slot, commander] of this.commanders) {
      const { command, acceptors, fresh } = commander;
      commander.fresh = false;
      if (fresh) continue;
      const silent = this.ctx.nodes().filter((node) => !acceptors.includes(node));
      this.ctx.broadcast({ type: "P2a", ballot: this.ballot, slot, command }, silent);
    }
  }

  // ---- Who leads ------------------------------------------------------------------------------------------------

  /** Also a ballot to which nobody here promises anything: its owner has, and will follow only a higher one. */
  note(ballot: Ballot): void {
    if (compare(ballot, this.heard) > 0) this.heard = ballot;
  }

  /** Somebody has a higher ballot. True when this one led. */
  onPreempted(ballot: Ballot): boolean {
    this.note(ballot);
    if (compare(ballot, this.ballot) <= 0) return false;
    if (this.scout !== undefined) this.ctx.sometimes("dueling prepares");
    return this.stop();
  }

  /** What is proposed may yet be decided, by the next leader: nobody is told anything. True when this one led. */
  stop(): boolean {
    const led = this.active;
    this.scout = undefined;
    this.active = false;
    this.commanders.clear();
    if (led) this.ctx.fact("stepped-down", { ballot: this.ballot });
    return led;
  }

  heartbeat(): void {
    const heartbeat: Heartbeat = {
      type: "heartbeat",
      ballot: this.ballot,
      decided: this.replica.state.slot,
      sent: this.ctx.elapsed(),
    };
    this.acceptor.hearLeader(this.ctx.id);
    this.ctx.broadcast(heartbeat);
    this.commandAgain();
  }

  onHeartbeatAck(from: NodeId, { ballot, sent }: HeartbeatAck): void {
    if (!this.active || compare(ballot, this.ballot) !== 0) return;
    this.acknowledged.set(from, Math.max(sent, this.acknowledged.get(from) ?? sent));
  }

  /** A leader that nobody answers must not keep its clients waiting. */
  hearsMajorityWithin(time: Ms): boolean {
    const since = Math.max(this.activeSince, this.heardByMajority() ?? 0);
    return this.ctx.elapsed() - since <= time;
  }

  /** When it sent the latest heartbeat that a majority, itself among it, has heard. */
  heardByMajority(): Ms | undefined {
    const own = this.ctx.elapsed();
    const latest = [own, ...this.acknowledged.values()].sort((a, b) => b - a);
    return latest[this.quorum() - 1];
  }

  /** Whether everything that earlier leaders decided has been executed here. */
  isSettled(): boolean {
    return this.replica.state.slot >= this.inherited;
  }
}
