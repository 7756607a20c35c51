/**
 * The election of a coordinator: by a majority, one in an epoch, for a reign that must be renewed.
 *
 * Garcia-Molina's elections (IEEE Transactions on Computers, 1982) let the highest of those that can hear each other win, the bully; when the
 * network is cut that gives one coordinator on each side. So it takes the votes of a majority here. What a server promised is on
 * its disk before it is told: one vote in an epoch, and no way back to an older one. A vote, and an answer to a heartbeat, is a lease
 * besides (Gray and Cheriton, SOSP 1989): for the time of a reign, the server votes for nobody else. A coordinator that cannot
 * renew its reign at a majority knows that it is over before anybody else can be elected, and needs to hear of nobody for that. A
 * server that has just started does not know what it had promised, and waits for a reign before it votes.
 */

import type { Context, Ms, NodeId, Options } from "../../harness/protocol.ts";
import { driftShare } from "../locking/index.ts";
import type { Alive, AmongServers, Candidate, CoordinatorFact, Heard, Promised, PromisedFact, Vote } from "./messages.ts";

/** Rounds are numbered from the start on: 3000012 is the 12th since the third. */
const roundsAStart = 1_000_000;

/** What is promised: nothing older than this epoch, and in it nobody else. */
interface Promise {
  readonly epoch: number;
  readonly votedFor: NodeId;
}

/** Whom the election serves. */
export interface Candidacy {
  /** By a majority, in an epoch that nobody else is elected in. */
  onElected(): void;
  /** The reign was renewed. */
  onRenewed(): void;
  /** Somebody else's epoch is later, or nobody answers: whatever the coordinator was doing is over. */
  onDeposed(): void;
}

export class Election {
  protected readonly ctx: Context<AmongServers>;
  private readonly candidacy: Candidacy;
  private readonly reignMs: Ms;
  private readonly heartbeatMs: Ms;
  private readonly electionTimeout: { readonly min: Ms; readonly max: Ms };
  private promise: Promise = { epoch: 0, votedFor: "" };
  /** Until then it votes for nobody but whom it has promised to. */
  private boundUntilMs: Ms = 0;
  /** Whom it last heard as coordinator of its epoch. */
  private known: NodeId | undefined;
  /** The epoch in which it stands for election, or was elected. */
  private standing: { readonly epoch: number; readonly nth: number; readonly votes: NodeId[] } | undefined;
  private elected = false;
  /** Starts so far, on disk: a vote that was meant for a candidacy before the last crash must not pass for one of today's. */
  private starts = 0;
  /** When each round of asking (for votes, or whether it is heard) was sent. */
  private readonly rounds = new Map<number, Ms>();
  private readonly heardRound = new Map<NodeId, number>();
  private reignUntilMs: Ms = 0;

  constructor(ctx: Context<AmongServers>, options: Options, candidacy: Candidacy) {
    this.ctx = ctx;
    this.candidacy = candidacy;
    this.reignMs = Number(options["reign"]);
    this.heartbeatMs = Number(options["heartbeat"]);
    this.electionTimeout = options["election-timeout"] as { readonly min: Ms; readonly max: Ms };
  }

  /** What the disk holds is stated again; what was promised by word of mouth is over after a reign. */
  start(): void {
    this.promise = this.ctx.disk.read<Promise>("promise") ?? this.promise;
    if (this.promise.epoch > 0) this.statePromise();
    this.starts = (this.ctx.disk.read<number>("starts") ?? 0) + 1;
    this.ctx.disk.write("starts", this.starts);
    this.ctx.disk.sync();
    this.boundUntilMs = this.ctx.elapsed() + this.boundAtStartMs();
    this.awaitCoordinator();
  }

  protected boundAtStartMs(): Ms {
    return this.reignMs;
  }

  get epoch(): number {
    return this.promise.epoch;
  }

  get coordinator(): NodeId | undefined {
    return this.elected ? this.ctx.id : this.known;
  }

  /** Whether nobody else can have been elected. */
  reigns(): boolean {
    return this.elected && this.ctx.elapsed() < this.reignUntilMs;
  }

  onMessage(from: NodeId, message: AmongServers): void {
    switch (message.type) {
      case "candidate":
        this.onCandidate(from, message);
        break;
      case "vote":
        this.onVote(from, message);
        break;
      case "alive":
        this.onAlive(from, message);
        break;
      case "heard":
        this.onHeard(from, message);
        break;
      case "promised":
        this.onPromised(message);
    }
  }

  /** The timer "election": nobody was heard for a while, or it is time for the next heartbeat. */
  onTimer(): void {
    if (this.elected) this.sayAlive();
    else this.stand();
  }

  private awaitCoordinator(): void {
    const { min, max } = this.electionTimeout;
    this.ctx.setTimer("election", this.ctx.random.integer(min, max));
  }

  // Standing for election

  /** Votes for itself last, when the others have, so that a server that nobody hears does not leave the others' epoch behind. */
  private stand(): void {
    this.standing = { epoch: this.promise.epoch + 1, nth: this.beginRound(), votes: [] };
    this.ctx.broadcast({ type: "candidate", epoch: this.standing.epoch, nth: this.standing.nth }, this.others());
    this.winIfEnough();
    if (!this.elected) this.awaitCoordinator();
  }

  private beginRound(): number {
    const nth = this.starts * roundsAStart + this.rounds.size;
    this.rounds.set(nth, this.ctx.elapsed());
    return nth;
  }

  protected onCandidate(from: NodeId, { epoch, nth }: Candidate): void {
    if (!this.mayVoteFor(from, epoch)) {
      if (epoch <= this.promise.epoch) this.ctx.send(from, { type: "promised", epoch: this.promise.epoch });
      return;
    }
    this.promiseTo(epoch, from);
    this.awaitCoordinator();
    this.ctx.send(from, { type: "vote", epoch, nth });
  }

  protected mayVoteFor(candidate: NodeId, epoch: number): boolean {
    if (epoch === this.promise.epoch) return this.promise.votedFor === candidate;
    return epoch > this.promise.epoch && this.isFree() && !this.reigns();
  }

  private isFree(): boolean {
    return this.ctx.elapsed() >= this.boundUntilMs;
  }

  private promiseTo(epoch: number, votedFor: NodeId): void {
    this.bind();
    if (epoch === this.promise.epoch && votedFor === this.promise.votedFor) return;
    this.depose();
    this.known = undefined;
    this.promise = { epoch, votedFor };
    this.persist(this.promise);
    this.statePromise();
  }

  private bind(): void {
    this.boundUntilMs = Math.max(this.boundUntilMs, this.ctx.elapsed() + this.reignMs);
  }

  protected persist(promise: Promise): void {
    this.ctx.disk.write("promise", promise);
    this.ctx.disk.sync();
  }

  private statePromise(): void {
    const fact: PromisedFact = this.promise;
    this.ctx.fact("promised", fact);
  }

  private onVote(from: NodeId, { epoch, nth }: Vote): void {
    const { standing } = this;
    if (this.elected || standing?.epoch !== epoch || standing.nth !== nth) return;
    this.count(standing.votes, from);
    this.winIfEnough();
  }

  protected count(votes: NodeId[], from: NodeId): void {
    if (!votes.includes(from)) votes.push(from);
  }

  /** With its own vote, if that is still to be had. */
  private winIfEnough(): void {
    const { standing } = this;
    if (standing === undefined || !this.isMajority(standing.votes.length + 1)) return;
    const { epoch, nth } = standing;
    if (!this.mayVoteFor(this.ctx.id, epoch)) return;
    this.promiseTo(epoch, this.ctx.id);
    this.standing = undefined;
    this.elected = true;
    this.heardRound.clear();
    this.reignFrom(nth);
    const fact: CoordinatorFact = { epoch };
    this.ctx.fact("coordinator", fact);
    this.candidacy.onElected();
    this.sayAlive();
  }

  protected isMajority(count: number): boolean {
    return count > (this.others().length + 1) / 2;
  }

  // Reigning

  private sayAlive(): void {
    const nth = this.beginRound();
    this.ctx.broadcast({ type: "alive", epoch: this.promise.epoch, nth }, this.others());
    if (this.isMajority(1)) this.renew(nth);
    this.ctx.setTimer("election", this.heartbeatMs);
  }

  private onAlive(from: NodeId, { epoch, nth }: Alive): void {
    if (epoch < this.promise.epoch) {
      this.ctx.send(from, { type: "promised", epoch: this.promise.epoch });
      return;
    }
    if (epoch > this.promise.epoch || this.promise.votedFor !== from) this.promiseTo(epoch, from);
    this.bind();
    this.known = from;
    this.awaitCoordinator();
    this.ctx.send(from, { type: "heard", epoch, nth });
  }

  private onHeard(from: NodeId, { epoch, nth }: Heard): void {
    if (!this.elected || epoch !== this.promise.epoch) return;
    this.heardRound.set(from, Math.max(nth, this.heardRound.get(from) ?? -1));
    // With oneself, a majority has heard the round that so many others have heard.
    const needed = Math.floor((this.others().length + 1) / 2);
    const enough = [...this.heardRound.values()].toSorted((a, b) => b - a)[needed - 1];
    if (enough !== undefined) this.renew(enough);
  }

  private renew(nth: number): void {
    this.reignFrom(nth);
    if (this.reigns()) this.candidacy.onRenewed();
  }

  /** Counted from when it asked, and on the safe side, as every lease. */
  private reignFrom(nth: number): void {
    this.reignUntilMs = Math.max(this.reignUntilMs, this.rounds.get(nth)! + this.reignMs * (1 - driftShare));
  }

  /** A later epoch: this one is over, though nobody has been elected in that one yet. */
  private onPromised({ epoch }: Promised): void {
    if (epoch <= this.promise.epoch) return;
    this.promise = { epoch, votedFor: "" };
    this.persist(this.promise);
    this.statePromise();
    this.known = undefined;
    this.depose();
  }

  private depose(): void {
    this.standing = undefined;
    if (!this.elected) return;
    this.elected = false;
    this.ctx.sometimes("coordinator deposed");
    this.candidacy.onDeposed();
    this.awaitCoordinator();
  }

  private others(): readonly NodeId[] {
    return this.ctx.nodes("server").filter((id) => id !== this.ctx.id);
  }

  inspect(): object {
    return { ...this.promise, elected: this.elected };
  }
}
