/** Leader election (§5.2), restricted to candidates who hold all that is committed (§5.4.1); pre-vote, and loyalty to a leader (thesis §9.6, §4.2.3). */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import { electorates, everybody, isMember } from "./configuration.ts";
import type { Message, PreVote, PreVoteResponse, RequestVote, RequestVoteResponse } from "./messages.ts";
import { majority } from "./quorum.ts";
import { Server } from "./server.ts";

export abstract class Election<State, Op> extends Server<State, Op> {
  /** When a leader or a candidate worth a vote was last heard, and how long to wait from then. */
  private heardAt: Ms = 0;
  private timeout: Ms = 0;
  /** When a leader was last heard. */
  private leaderHeardAt: Ms = Number.NEGATIVE_INFINITY;

  // Volatile state on candidates.
  private readonly votes = new Set<NodeId>();
  /** Who would vote for this server, in the term after its own; undefined while it does not ask. */
  private preVotes: Set<NodeId> | undefined;

  // ---- RequestVote ----------------------------------------------------------------------------------------------

  protected onRequestVote(from: NodeId, request: RequestVote): void {
    const granted = request.term === this.currentTerm && this.isFreeToVoteFor(from) && this.isUpToDate(request);
    if (granted) {
      if (this.votedFor === null) {
        this.votedFor = from;
        this.persistBallot();
      }
      this.heardAt = this.ctx.elapsed();
    }
    this.ctx.send(from, { type: "RequestVoteResponse", term: this.currentTerm, granted });
  }

  private isFreeToVoteFor(candidate: NodeId): boolean {
    return this.votedFor === null || this.votedFor === candidate;
  }

  /** §5.4.1: the later last term wins; with equal terms the longer log. */
  protected isUpToDate(candidate: RequestVote | PreVote): boolean {
    const { lastTerm } = this.log;
    if (candidate.lastLogTerm !== lastTerm) return candidate.lastLogTerm > lastTerm;
    return candidate.lastLogIndex >= this.log.lastIndex;
  }

  protected onRequestVoteResponse(from: NodeId, response: RequestVoteResponse): void {
    if (this.role !== "candidate" || response.term !== this.currentTerm || !response.granted) return;
    this.countVote(from);
  }

  /** A vote that arrives twice is one vote. */
  protected countVote(from: NodeId): void {
    this.votes.add(from);
    if (!this.haveMajorities((servers) => this.votesOf(servers))) return;
    this.preVotes = undefined;
    this.becomeLeader();
  }

  /** How many of these have voted for this server. */
  protected votesOf(servers: readonly NodeId[]): number {
    return among(servers, this.votes);
  }

  /** Whether enough of those who make up the cluster are counted; of both clusters while one becomes the other (§6). */
  private haveMajorities(counted: (servers: readonly NodeId[]) => number): boolean {
    for (const servers of this.electorates()) if (counted(servers) < this.quorum(servers.length)) return false;
    return true;
  }

  protected electorates(): readonly (readonly NodeId[])[] {
    return electorates(this.configurations.latest);
  }

  protected quorum(servers: number): number {
    return majority(servers);
  }

  // ---- Rules for servers: all -----------------------------------------------------------------------------------

  /** Another server is ahead, or this one leads no longer: follow, as a leader or a candidate too. */
  protected becomeFollower(term: number): void {
    const led = this.role === "leader" ? this.currentTerm : undefined;
    this.role = "follower";
    this.leader = undefined;
    this.preVotes = undefined;
    if (term > this.currentTerm) this.raiseTerm(term);
    if (led !== undefined) this.stopLeading(led);
  }

  /** A leader of this term speaks. */
  protected follow(leader: NodeId): void {
    this.heardAt = this.ctx.elapsed();
    this.leaderHeardAt = this.heardAt;
    this.leader = leader;
    this.preVotes = undefined;
  }

  /**
   * Who hears a leader disregards candidates, and their terms: they were cut off, or removed from the cluster (§6). It is a
   * promise too: as long as it lasts, nobody else is elected (thesis §6.4.1).
   */
  protected disregards(_from: NodeId, message: Message): boolean {
    return message.type === "RequestVote" && this.settings.stickyLeader && message.transfer !== true && this.hearsLeader();
  }

  private hearsLeader(): boolean {
    return this.role === "leader" || this.ctx.elapsed() - this.leaderHeardAt < this.settings.electionTimeout.min;
  }

  /** Before the crash it may have promised a leader not to vote, and has forgotten: so it promises anew. */
  protected promiseAnew(): void {
    this.leaderHeardAt = this.ctx.elapsed();
  }

  // ---- Rules for servers: followers and candidates --------------------------------------------------------------

  protected awaitLeader(): void {
    const { min, max } = this.settings.electionTimeout;
    this.heardAt = this.ctx.elapsed();
    this.timeout = min + this.ctx.random.real() * (max - min);
    this.ctx.setTimer("election", this.timeout);
  }

  /** Who hears a leader only notes the time; the timer looks at it when due, so that a heartbeat costs no timer. */
  protected onElectionTimer(): void {
    if (this.role === "leader") return;
    const left = this.timeout - (this.ctx.elapsed() - this.heardAt);
    if (left >= 1) this.ctx.setTimer("election", left);
    else if (!this.mayStand()) this.awaitLeader();
    else if (this.settings.preVote) this.askBeforeStanding();
    else this.startElection();
  }

  /**
   * Members stand for election; and who is being removed, until it knows that this is committed: it may be the only one whose
   * log is long enough (thesis §4.2.2).
   */
  protected mayStand(): boolean {
    const { latest, latestIndex, previous } = this.configurations;
    return isMember(this.ctx.id, latest) || (latestIndex > this.commitIndex && isMember(this.ctx.id, previous));
  }

  /** `transfer`: because the leader wants it. */
  protected startElection(transfer = false): void {
    this.role = "candidate";
    this.leader = undefined;
    this.preVotes = undefined;
    this.currentTerm += 1;
    this.votedFor = this.ctx.id;
    this.persistBallot();
    this.ctx.fact("term", { term: this.currentTerm });
    this.awaitLeader();
    this.votes.clear();
    this.countVote(this.ctx.id);
    if (this.isLeader) return;
    const { lastIndex, lastTerm } = this.log;
    const request: RequestVote = { type: "RequestVote", term: this.currentTerm, lastLogIndex: lastIndex, lastLogTerm: lastTerm };
    this.ctx.broadcast(transfer ? { ...request, transfer } : request, this.others());
  }

  /** Whether this server leads, as far as it knows. */
  get isLeader(): boolean {
    return this.role === "leader";
  }

  private others(): readonly NodeId[] {
    return everybody(this.configurations.latest).filter((id) => id !== this.ctx.id);
  }

  // ---- Pre-vote (thesis §9.6) -----------------------------------------------------------------------------------

  /** Raises no term and moves nobody, unless a majority would vote: who was cut off comes back without a higher term. */
  private askBeforeStanding(): void {
    this.leader = undefined;
    this.awaitLeader();
    this.preVotes = new Set();
    this.countPreVote(this.ctx.id);
    if (this.preVotes === undefined) return;
    const { lastIndex, lastTerm } = this.log;
    this.ctx.broadcast(
      { type: "PreVote", term: this.currentTerm + 1, lastLogIndex: lastIndex, lastLogTerm: lastTerm },
      this.others(),
    );
  }

  protected onPreVote(from: NodeId, request: PreVote): void {
    const granted = request.term > this.currentTerm && !this.hearsLeader() && this.isUpToDate(request);
    this.ctx.send(from, { type: "PreVoteResponse", term: this.currentTerm, asked: request.term, granted });
  }

  protected onPreVoteResponse(from: NodeId, { asked, granted }: PreVoteResponse): void {
    if (this.preVotes === undefined || asked !== this.currentTerm + 1) return;
    if (granted) this.countPreVote(from);
    else this.ctx.sometimes("pre-vote refused");
  }

  private countPreVote(from: NodeId): void {
    const { preVotes } = this;
    preVotes?.add(from);
    if (preVotes !== undefined && this.haveMajorities((servers) => among(servers, preVotes))) this.startElection();
  }

  protected abstract becomeLeader(): void;
  protected abstract stopLeading(term: number): void;
}

function among(servers: readonly NodeId[], counted: ReadonlySet<NodeId>): number {
  let count = 0;
  for (const server of servers) if (counted.has(server)) count += 1;
  return count;
}
