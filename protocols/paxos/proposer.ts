/**
 * The single-decree synod. Leslie Lamport, "The Part-Time Parliament" (TOCS 1998) and "Paxos Made Simple" (2001).
 *
 * Proposers suggest values, acceptors choose one, learners find out which. A proposal is chosen when a majority of the
 * acceptors has accepted it. Two majorities have a member in common, and that carries the safety: before a proposer issues
 * a proposal numbered n, it has a majority promise to accept nothing numbered less any more (phase 1), and is told the
 * highest-numbered proposal that each of them has accepted; that one's value it must propose, and is free only when there
 * is none (P2c). So once a value is chosen, every higher-numbered proposal has the same value (P2b).
 *
 * Safety asks nothing of time. Progress does: two proposers may for ever overbid each other's prepare requests, so one of them is
 * distinguished (§2.4). As in the Parliament, it is the one with the last name of those present: each says at intervals that
 * it is there, and thinks itself president when it has heard no later name for a while. When two think so, the one that is
 * refused waits before it tries again; and every attempt gets more time than the last, as nobody knows how long it takes.
 *
 * Each decree has a synod of its own, so that a run can hold many of them. This file is the proposer; the others are beside it.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import {
  type Ballot,
  compare,
  type Decree,
  type Learned,
  type Message,
  majority,
  nameOf,
  noBallot,
  type Op,
  type PromiseMade,
  type Proposal,
  type Reject,
  type Value,
} from "./messages.ts";

/** A proposal on its way. */
export interface Attempt {
  readonly ballot: Ballot;
  /** Who has promised, and the highest proposal that it had accepted. Empty from phase 2 on. */
  readonly promises: (readonly [NodeId, Proposal | null])[];
  issued: boolean;
}

/** A decree that clients wait for. */
interface Motion {
  readonly decree: Decree;
  /** What its first client wants: proposed when the acceptors leave the choice. */
  readonly value: Value;
  readonly waiting: Request<Op>[];
  attempt: Attempt | undefined;
  /** How often its proposals came to nothing. */
  failures: number;
  /** The highest round that others were heard to use. */
  heard: number;
}

/** The longest wait is this many times the shortest. */
const mostWaits = 16;

export class Proposer implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Value>;
  private readonly presence: Ms;
  private readonly absence: Ms;
  private readonly patience: Ms;
  private readonly backOff: { readonly min: Ms; readonly max: Ms };
  private readonly motions = new Map<Decree, Motion>();
  private readonly decided = new Map<Decree, Value>();
  /** When each of the others was last heard to be present, on this one's stop-watch. */
  private readonly seen = new Map<NodeId, Ms>();
  private presided: NodeId | undefined;

  constructor(ctx: Context<Message, Value>, options: Options) {
    this.ctx = ctx;
    this.presence = options["presence"] as Ms;
    this.absence = options["absence"] as Ms;
    this.patience = options["patience"] as Ms;
    this.backOff = options["back-off"] as { min: Ms; max: Ms };
  }

  /** Nobody is taken to be absent before there was time to hear of them. */
  onStart(): void {
    const now = this.ctx.elapsed();
    for (const other of this.others()) this.seen.set(other, now);
    this.sayPresent();
  }

  // ---- Clients --------------------------------------------------------------------------------------------------

  onRequest(request: Request<Op>): void {
    const { key: decree, value } = request.op;
    this.ctx.fact("requested", { decree, value });
    const decided = this.decided.get(decree);
    if (decided !== undefined) this.ctx.reply(request, decided);
    else if (this.presides()) this.move(request);
    else this.handOver([request]);
  }

  private move(request: Request<Op>): void {
    const { key: decree, value } = request.op;
    const motion = this.motions.get(decree);
    if (motion !== undefined) {
      if (!motion.waiting.some(({ id }) => id === request.id)) motion.waiting.push(request);
      return;
    }
    const fresh: Motion = { decree, value, waiting: [request], attempt: undefined, failures: 0, heard: 0 };
    this.motions.set(decree, fresh);
    this.prepare(fresh);
  }

  private handOver(requests: readonly Request<Op>[]): void {
    this.ctx.sometimes("request handed to the president");
    for (const request of requests) this.ctx.redirect(request, this.president());
  }

  // ---- Phase 1 --------------------------------------------------------------------------------------------------

  /** (a): a number above all that it has used, with which it asks for promises. */
  private prepare(motion: Motion): void {
    const { decree } = motion;
    const ballot = this.nextBallot(Math.max(this.lastRound(decree), motion.heard) + 1);
    this.persistRound(decree, ballot.round);
    motion.attempt = { ballot, promises: [], issued: false };
    this.ctx.setTimer(`retry ${decree}`, this.patience * this.longer(motion.failures), decree);
    this.ctx.broadcast({ type: "prepare", decree, ballot }, this.ctx.nodes("acceptor"));
  }

  protected nextBallot(round: number): Ballot {
    return { round, proposer: this.ctx.id };
  }

  /** "A proposer remembers (in stable storage) the highest-numbered proposal it has tried to issue" (§2.5). */
  protected lastRound(decree: Decree): number {
    return this.ctx.disk.read<number>(`tried ${decree}`) ?? 0;
  }

  protected persistRound(decree: Decree, round: number): void {
    this.ctx.disk.write(`tried ${decree}`, round);
    this.ctx.disk.sync();
  }

  /** (b), received: with the promises of a majority it may issue a proposal. */
  private onPromise(from: NodeId, { decree, ballot, accepted }: PromiseMade): void {
    const motion = this.motions.get(decree);
    const attempt = motion?.attempt;
    if (motion === undefined || attempt === undefined || attempt.issued || compare(attempt.ballot, ballot) !== 0) return;
    if (this.isNew(from, attempt)) attempt.promises.push([from, accepted]);
    if (attempt.promises.length >= this.quorum()) this.issue(motion, attempt);
  }

  /** A promise that comes twice is one promise. */
  protected isNew(from: NodeId, { promises }: Attempt): boolean {
    return !promises.some(([acceptor]) => acceptor === from);
  }

  protected quorum(): number {
    return majority(this.ctx.nodes("acceptor").length);
  }

  // ---- Phase 2 --------------------------------------------------------------------------------------------------

  /** (a) */
  private issue(motion: Motion, attempt: Attempt): void {
    const { decree } = motion;
    const { ballot, promises } = attempt;
    const reported = promises.flatMap(([, accepted]) => (accepted === null ? [] : [accepted]));
    const value = this.valueOf(reported, motion.value);
    if (value !== motion.value) this.ctx.sometimes("recovered proposal");
    attempt.issued = true;
    this.ctx.fact("issued", { decree, ballot, value });
    this.ctx.broadcast({ type: "accept", decree, ballot, value }, this.ctx.nodes("acceptor"));
  }

  /** P2c: the value of the highest-numbered proposal that was reported; its own when there is none. */
  protected valueOf(reported: readonly Proposal[], own: Value): Value {
    let highest: { readonly ballot: Ballot; readonly value: Value } = { ballot: noBallot, value: own };
    for (const proposal of reported) if (compare(proposal.ballot, highest.ballot) > 0) highest = proposal;
    return highest.value;
  }

  /** Somebody else is at it with a higher number: abandon this proposal (§2.2), and leave them some time. */
  private onReject({ decree, ballot, promised }: Reject): void {
    const motion = this.motions.get(decree);
    if (motion === undefined) return;
    motion.heard = Math.max(motion.heard, promised.round);
    if (motion.attempt === undefined || compare(motion.attempt.ballot, ballot) !== 0) return;
    this.ctx.sometimes(motion.attempt.issued ? "proposal refused" : "dueling prepares");
    this.abandon(motion);
    this.ctx.setTimer(`retry ${decree}`, this.waitAfter(motion.failures), decree);
  }

  private abandon(motion: Motion): void {
    motion.attempt = undefined;
    motion.failures += 1;
  }

  /** Never the same for two proposers. */
  private waitAfter(failures: number): Ms {
    const { min, max } = this.backOff;
    return (min + this.ctx.random.real() * (max - min)) * this.longer(failures - 1);
  }

  /** Twice as long after each failure: nobody knows how fast messages are, or how many others try. */
  protected longer(failures: number): number {
    return Math.min(2 ** failures, mostWaits);
  }

  /** It has waited long enough after a refusal, or for answers that may be lost. */
  private onRetry(motion: Motion): void {
    if (!this.presides()) {
      this.motions.delete(motion.decree);
      this.handOver(motion.waiting);
      return;
    }
    if (motion.attempt !== undefined) this.abandon(motion);
    this.prepare(motion);
  }

  // ---- Learning -------------------------------------------------------------------------------------------------

  private onLearned({ decree, value }: Learned): void {
    if (this.decided.has(decree)) return;
    this.decided.set(decree, value);
    const motion = this.motions.get(decree);
    if (motion === undefined) return;
    this.motions.delete(decree);
    this.ctx.cancelTimer(`retry ${decree}`);
    if (motion.value !== value) this.ctx.sometimes("somebody else's value was chosen");
    for (const request of motion.waiting) this.ctx.reply(request, value);
  }

  // ---- The distinguished proposer -------------------------------------------------------------------------------

  /** The last name among those that were heard of lately (The Part-Time Parliament, §3.3.1). */
  private president(): NodeId {
    const now = this.ctx.elapsed();
    const present = this.others().filter((other) => now - this.seen.get(other)! <= this.absence);
    return [this.ctx.id, ...present].reduce((last, name) => (name > last ? name : last));
  }

  protected presides(): boolean {
    const president = this.president();
    if (president !== this.presided && this.presided !== undefined) this.ctx.sometimes("presidency changed");
    this.presided = president;
    return president === this.ctx.id;
  }

  private sayPresent(): void {
    this.ctx.broadcast({ type: "present" }, this.others());
    this.ctx.setTimer("presence", this.presence);
  }

  private others(): readonly NodeId[] {
    return this.ctx.nodes("proposer").filter((other) => other !== this.ctx.id);
  }

  // ---- What happens ---------------------------------------------------------------------------------------------

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "promise":
        this.onPromise(from, message);
        break;
      case "reject":
        this.onReject(message);
        break;
      case "learned":
        this.onLearned(message);
        break;
      case "present":
        this.seen.set(from, this.ctx.elapsed());
        break;
      case "prepare":
      case "accept":
      case "accepted":
        throw new Error(`${from} sent a proposer a message of type ${message.type}, which only others are sent`);
      default:
        never(message);
    }
  }

  onTimer(name: string, data?: unknown): void {
    if (name === "presence") {
      this.sayPresent();
      return;
    }
    const motion = this.motions.get(data as Decree);
    if (motion !== undefined) this.onRetry(motion);
  }

  inspect(): unknown {
    return {
      president: this.presided ?? null,
      decided: Object.fromEntries(this.decided),
      open: Object.fromEntries(
        [...this.motions.values()].map(({ decree, waiting, attempt }) => [
          decree,
          { ballot: attempt === undefined ? null : nameOf(attempt.ballot), waiting: waiting.length },
        ]),
      ),
    };
  }
}
