/**
 * Raft. Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014
 * (https://raft.github.io/raft.pdf); client sessions and reads after Ongaro's thesis, "Consensus: Bridging Theory and
 * Practice", 2014, §6.3 and §6.4.
 *
 * Servers agree on a log. One of them, elected by a majority for a term, appends its clients' requests and sends them to
 * the others; an entry that a majority has stored is committed, and every server applies committed entries in order. Two
 * rules carry the safety: a server votes only for a candidate whose log is at least as up-to-date as its own, so that
 * whoever is elected holds all that was committed; and a leader counts copies only of entries of its own term. What a
 * server promises by a message (its term, its vote, its entries) is on its disk before the message leaves.
 *
 * The handlers stand in the order of Figure 2. A decision that a mutant gets wrong is a small protected method.
 */

import type { Context, Ms, Node, NodeId, Options, Request } from "../../harness/protocol.ts";
import { never } from "../../harness/protocol.ts";
import { RaftLog } from "./log.ts";
import type { AppendEntries, AppendEntriesResponse, Entry, Message, RequestVote, RequestVoteResponse } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { majority, reachedBy } from "./quorum.ts";
import { Sessions, type Standing } from "./sessions.ts";
import type { StateMachine } from "./state-machine.ts";

/** How many entries one AppendEntries may carry. */
const batch = 64;

/** currentTerm and votedFor are one record: they change together or not at all. */
export interface Ballot {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

/** A read that waits until a majority has answered its round, and until what was committed before it is applied. */
interface WaitingRead {
  readonly request: Request;
  /** The latest round that had begun when it came: only a later one was sent after it. */
  readonly after: Ms;
  readonly index: number;
}

export class Raft<State, Op> implements Node<Message, Op> {
  protected readonly ctx: Context<Message>;
  private readonly heartbeat: Ms;
  private readonly electionTimeout: { readonly min: Ms; readonly max: Ms };

  // Persistent state on all servers: on the disk, and here.
  protected currentTerm = 0;
  protected votedFor: NodeId | null = null;
  protected readonly log: RaftLog;

  // Volatile state on all servers.
  private role: "follower" | "candidate" | "leader" = "follower";
  protected commitIndex = 0;
  private lastApplied = 0;
  protected readonly sessions: Sessions<State, Op>;
  /** The leader of this term, once it is known. */
  private leader: NodeId | undefined;
  /** When a leader or a candidate worth a vote was last heard, and how long to wait from then. */
  private heardAt: Ms = 0;
  private timeout: Ms = 0;
  /** Requests that came while nobody knew a leader, by id. */
  private readonly homeless = new Map<string, Request>();

  // Volatile state on candidates.
  private readonly votes = new Set<NodeId>();

  // Volatile state on leaders.
  protected followers: Progress[] = [];
  /** Where this leader's own no-op stands: nothing committed before its term lies behind it. */
  protected firstIndexOfTerm = 0;
  /** Requests in the log that are not applied yet, by id. */
  private readonly pending = new Map<string, Request>();
  /**
   * The latest round of reads, named by the moment when it began on this server's stop-watch. Never goes back while this object
   * lives, so an answer to an older round never counts for a later one. (A moment and not a count: then no message depends on
   * how many reads there were before.)
   */
  private round: Ms = 0;
  private reads: WaitingRead[] = [];
  /** One number of each server, filled and sorted anew each time. */
  private readonly scratch: number[] = [];

  constructor(ctx: Context<Message>, options: Options, machine: StateMachine<State, Op>) {
    this.ctx = ctx;
    this.heartbeat = options["heartbeat"] as Ms;
    this.electionTimeout = options["election-timeout"] as { min: Ms; max: Ms };
    this.log = new RaftLog(ctx.disk);
    this.sessions = new Sessions(machine);
  }

  onStart(): void {
    this.readBallot();
    const entries = this.log.restore();
    // What was heard of this server before the crash need not be what the disk kept.
    if (this.currentTerm > 0) this.ctx.fact("term", { term: this.currentTerm });
    if (entries.length > 0) this.ctx.fact("recovered", { entries: entries.map(brief) });
    this.awaitLeader();
  }

  onMessage(from: NodeId, message: Message): void {
    // Rules for servers: whoever hears of a higher term becomes a follower in it.
    if (message.term > this.currentTerm) this.becomeFollower(message.term);
    switch (message.type) {
      case "RequestVote":
        this.onRequestVote(from, message);
        break;
      case "RequestVoteResponse":
        this.onRequestVoteResponse(from, message);
        break;
      case "AppendEntries":
        this.onAppendEntries(from, message);
        break;
      case "AppendEntriesResponse":
        this.onAppendEntriesResponse(from, message);
        break;
      default:
        never(message);
    }
  }

  onTimer(name: string): void {
    if (name === "heartbeat") this.onHeartbeat();
    else this.onElectionTimer();
  }

  // ---- RequestVote ----------------------------------------------------------------------------------------------

  private onRequestVote(from: NodeId, request: RequestVote): void {
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
  protected isUpToDate(candidate: RequestVote): boolean {
    const lastTerm = this.log.lastTerm;
    if (candidate.lastLogTerm !== lastTerm) return candidate.lastLogTerm > lastTerm;
    return candidate.lastLogIndex >= this.log.lastIndex;
  }

  private onRequestVoteResponse(from: NodeId, response: RequestVoteResponse): void {
    if (this.role !== "candidate" || response.term !== this.currentTerm || !response.granted) return;
    if (this.countVote(from) >= this.quorum()) this.becomeLeader();
  }

  /** How many servers have voted for this one: a vote that arrives twice is one vote. */
  protected countVote(from: NodeId): number {
    this.votes.add(from);
    return this.votes.size;
  }

  // ---- AppendEntries --------------------------------------------------------------------------------------------

  private onAppendEntries(from: NodeId, request: AppendEntries): void {
    const { prevLogIndex, round } = request;
    if (this.isOutdated(request.term)) {
      // Rule 1. It tells an old leader to step down, and confirms nothing.
      this.answer(from, false, prevLogIndex, prevLogIndex, 0);
      return;
    }
    if (this.role !== "follower") this.becomeFollower(request.term);
    this.follow(from);
    if (!this.matches(prevLogIndex, request.prevLogTerm)) {
      // Rule 2, with the hint of §5.3: skip the whole term in which the logs differ, but nothing that is committed.
      const { lastIndex } = this.log;
      const hint = prevLogIndex > lastIndex ? lastIndex : this.log.firstOfTerm(prevLogIndex) - 1;
      this.answer(from, false, prevLogIndex, Math.max(hint, this.commitIndex), round);
      return;
    }
    const lastNew = prevLogIndex + (request.entries?.length ?? 0);
    if (request.entries !== null) this.store(prevLogIndex, request.entries);
    this.answer(from, true, lastNew, lastNew, round);
    // Rule 5. Beyond the last new entry this log may still differ from the leader's.
    if (request.leaderCommit > this.commitIndex) this.learnCommitted(Math.min(request.leaderCommit, lastNew));
  }

  protected isOutdated(term: number): boolean {
    return term < this.currentTerm;
  }

  /** Whether this log holds the entry that the new ones follow. */
  protected matches(prevLogIndex: number, prevLogTerm: number): boolean {
    return prevLogIndex <= this.log.lastIndex && this.log.termAt(prevLogIndex) === prevLogTerm;
  }

  /** Rules 3 and 4: entries that are here already stay, and only a real conflict removes what follows it: this may be an old message. */
  protected store(prevLogIndex: number, entries: readonly Entry[]): void {
    let known = 0;
    while (known < entries.length && this.log.termAt(prevLogIndex + 1 + known) === entries[known]?.term) known += 1;
    if (known === entries.length) return;
    if (prevLogIndex + known < this.log.lastIndex) {
      this.truncate(prevLogIndex + known);
      this.ctx.sometimes("log overwritten");
    }
    this.append(known === 0 ? entries : entries.slice(known));
  }

  /** What was appended is on the disk before anybody counts on it. */
  protected append(entries: readonly Entry[]): void {
    for (const entry of entries) this.log.append(entry);
    this.flushLog();
    for (const entry of entries) this.ctx.fact("appended", brief(entry));
  }

  protected flushLog(): void {
    this.ctx.disk.sync();
  }

  /** Synced by itself, before anything is written behind it: see recover(). */
  protected truncate(length: number): void {
    this.log.truncate(length);
    this.ctx.disk.sync();
    this.ctx.fact("truncated", { length });
  }

  private answer(to: NodeId, success: boolean, index: number, hint: number, round: number): void {
    this.ctx.send(to, { type: "AppendEntriesResponse", term: this.currentTerm, success, index, hint, round });
  }

  private onAppendEntriesResponse(from: NodeId, response: AppendEntriesResponse): void {
    if (this.role !== "leader" || response.term !== this.currentTerm) return;
    const follower = progressOf(from, this.followers);
    if (follower === undefined) return;
    follower.heardAt = this.ctx.elapsed();
    if (response.round > follower.round) follower.round = response.round;
    if (response.success) this.onAccepted(follower, response);
    else this.onRejected(follower, response);
    if (this.reads.length > 0) this.serveReads();
  }

  private onAccepted(follower: Progress, response: AppendEntriesResponse): void {
    const match = this.matchOf(follower, response);
    follower.probing = false;
    if (match > follower.match) {
      follower.match = match;
      if (follower.next <= match) follower.next = match + 1;
      this.advanceCommit();
    }
    if (follower.next <= this.log.lastIndex) this.sendAppendEntries(follower);
  }

  /** The answer says how far the logs match; what was sent since then says nothing. */
  protected matchOf(_follower: Progress, response: AppendEntriesResponse): number {
    return response.index;
  }

  private onRejected(follower: Progress, { index, hint }: AppendEntriesResponse): void {
    // A late answer: to something it accepted since, or to an earlier probe than the last.
    if (index <= follower.match || (follower.probing && index !== follower.next - 1)) return;
    follower.next = Math.max(follower.match, Math.min(hint, index - 1)) + 1;
    follower.probing = true;
    this.sendAppendEntries(follower);
  }

  // ---- Rules for servers: all -----------------------------------------------------------------------------------

  private learnCommitted(index: number): void {
    if (index <= this.commitIndex) return;
    this.commitIndex = index;
    this.applyCommitted();
  }

  private applyCommitted(): void {
    while (this.lastApplied < this.commitIndex) {
      const entry = this.log.at(this.lastApplied + 1);
      if (entry === undefined) return;
      this.lastApplied += 1;
      this.ctx.fact("applied", brief(entry));
      if (entry.request !== null) this.apply(entry.request);
    }
  }

  private apply(request: Request): void {
    const standing = this.standing(request);
    if (standing === "new") this.sessions.apply(request);
    if (!this.pending.delete(request.id) || standing === "superseded") return;
    if (standing === "answered") this.ctx.sometimes("retried request answered from the session");
    this.ctx.reply(request, this.sessions.result(request.client));
  }

  /** Whether this request was applied before (thesis §6.3). */
  protected standing(request: Request): Standing {
    return this.sessions.standing(request);
  }

  /** Another server is ahead: follow it, as a leader or a candidate too. */
  private becomeFollower(term: number): void {
    const led = this.role === "leader" ? this.currentTerm : undefined;
    this.role = "follower";
    this.leader = undefined;
    if (term > this.currentTerm) this.raiseTerm(term);
    if (led !== undefined) this.stopLeading(led);
  }

  private raiseTerm(term: number): void {
    this.currentTerm = term;
    this.votedFor = null;
    this.persistTerm();
    this.ctx.fact("term", { term });
  }

  protected persistTerm(): void {
    this.persistBallot();
  }

  /** Before any message of this term, and before a vote leaves. */
  protected persistBallot(): void {
    const ballot: Ballot = { term: this.currentTerm, votedFor: this.votedFor };
    this.ctx.disk.write("ballot", ballot);
    this.ctx.disk.sync();
  }

  protected readBallot(): void {
    const ballot = this.ctx.disk.read<Ballot>("ballot");
    this.currentTerm = ballot?.term ?? 0;
    this.votedFor = ballot?.votedFor ?? null;
  }

  // ---- Rules for servers: followers and candidates --------------------------------------------------------------

  private follow(leader: NodeId): void {
    this.heardAt = this.ctx.elapsed();
    if (this.leader === leader) return;
    this.leader = leader;
    for (const request of this.homeless.values()) this.redirect(request, leader);
    this.homeless.clear();
  }

  private awaitLeader(): void {
    this.heardAt = this.ctx.elapsed();
    this.timeout = this.electionTimeout.min + this.ctx.random.real() * (this.electionTimeout.max - this.electionTimeout.min);
    this.ctx.setTimer("election", this.timeout);
  }

  /** Who hears a leader only notes the time; the timer looks at it when due, so that a heartbeat costs no timer. */
  private onElectionTimer(): void {
    if (this.role === "leader") return;
    const left = this.timeout - (this.ctx.elapsed() - this.heardAt);
    if (left >= 1) this.ctx.setTimer("election", left);
    else this.startElection();
  }

  private startElection(): void {
    this.role = "candidate";
    this.leader = undefined;
    this.currentTerm += 1;
    this.votedFor = this.ctx.id;
    this.persistBallot();
    this.ctx.fact("term", { term: this.currentTerm });
    this.awaitLeader();
    this.votes.clear();
    if (this.countVote(this.ctx.id) >= this.quorum()) {
      this.becomeLeader();
      return;
    }
    const { lastIndex, lastTerm } = this.log;
    this.ctx.broadcast({ type: "RequestVote", term: this.currentTerm, lastLogIndex: lastIndex, lastLogTerm: lastTerm });
  }

  // ---- Rules for servers: leaders -------------------------------------------------------------------------------

  private becomeLeader(): void {
    const now = this.ctx.elapsed();
    this.role = "leader";
    this.leader = this.ctx.id;
    const next = this.log.lastIndex + 1;
    this.followers = this.ctx.peers.map((id) => ({ id, next, match: 0, probing: true, round: 0, heardAt: now }));
    this.ctx.fact("leader", { term: this.currentTerm });
    if (this.log.lastTerm > 0) this.ctx.sometimes("second leader elected");
    this.ctx.cancelTimer("election");
    this.ctx.setTimer("heartbeat", this.heartbeat);
    this.beginTerm();
    this.sendToAll();
    for (const request of this.homeless.values()) this.onRequest(request);
    this.homeless.clear();
  }

  /** An entry of one's own term, so that those of older terms can be committed with it (§5.4.2, §8). */
  protected beginTerm(): void {
    this.appendOwn(null);
    this.firstIndexOfTerm = this.log.lastIndex;
  }

  private stopLeading(term: number): void {
    this.ctx.fact("stepped-down", { term });
    this.ctx.sometimes("leader stepped down");
    this.ctx.cancelTimer("heartbeat");
    this.awaitLeader();
    // Reads have not happened, and may go to the next leader. Nobody knows yet what becomes of the writes: say nothing.
    for (const read of this.reads) this.homeless.set(read.request.id, read.request);
    this.reads = [];
    this.pending.clear();
  }

  onRequest(request: Request): void {
    if (this.role !== "leader") {
      if (this.leader === undefined) this.homeless.set(request.id, request);
      else this.redirect(request, this.leader);
      return;
    }
    if (this.sessions.isRead(request.op)) {
      this.onRead(request);
      return;
    }
    const standing = this.standing(request);
    if (standing === "answered") {
      this.ctx.sometimes("retried request answered from the session");
      this.ctx.reply(request, this.sessions.result(request.client));
    } else if (standing === "new" && !this.pending.has(request.id)) {
      this.pending.set(request.id, request);
      this.appendOwn(request);
      this.sendNews();
    }
  }

  private redirect(request: Request, leader: NodeId): void {
    this.ctx.redirect(request, leader);
    this.ctx.sometimes("request redirected");
  }

  private appendOwn(request: Request | null): void {
    this.append([{ index: this.log.lastIndex + 1, term: this.currentTerm, request }]);
    if (this.followers.length === 0) this.advanceCommit();
  }

  /** If a majority holds an entry of this term, it and all before it are committed. */
  private advanceCommit(): void {
    const { followers, scratch } = this;
    for (let i = 0; i < followers.length; i++) scratch[i] = followers[i]!.match;
    scratch[followers.length] = this.log.lastIndex;
    const index = reachedBy(this.quorum(), scratch);
    if (index <= this.commitIndex || !this.mayCommit(index)) return;
    this.commitIndex = index;
    this.ctx.fact("committed", { index, term: this.currentTerm });
    this.applyCommitted();
  }

  /** §5.4.2: copies of an older term's entry are no promise that no later leader overwrites it. */
  protected mayCommit(index: number): boolean {
    return this.log.termAt(index) === this.currentTerm;
  }

  protected quorum(): number {
    return majority(this.ctx.peers.length + 1);
  }

  private onHeartbeat(): void {
    if (this.role !== "leader") return;
    if (!this.hearsMajority()) {
      this.becomeFollower(this.currentTerm);
      return;
    }
    if (this.reads.length > 0) this.nextRound(); // What is sent now, is sent after all reads that wait.
    this.ctx.setTimer("heartbeat", this.heartbeat);
    this.sendToAll();
  }

  /** A leader that is cut off must not keep its clients waiting (thesis §6.2). */
  private hearsMajority(): boolean {
    const now = this.ctx.elapsed();
    let heard = 1;
    for (const follower of this.followers) if (now - follower.heardAt <= this.electionTimeout.max) heard += 1;
    return heard >= this.quorum();
  }

  /** A heartbeat for all. Followers that stand at the same place, as they mostly do, get one and the same message. */
  private sendToAll(): void {
    const first = this.followers[0];
    if (first === undefined) return;
    for (const follower of this.followers) {
      if (follower.next !== first.next) {
        for (const each of this.followers) this.sendAppendEntries(each);
        return;
      }
    }
    const message = this.appendEntriesFrom(first.next);
    this.ctx.broadcast(message);
    for (const follower of this.followers) this.noteSent(follower, message);
  }

  /** New entries, at once, to those whose logs are known to match. */
  private sendNews(): void {
    let probing = 0;
    for (const follower of this.followers) if (follower.probing) probing += 1;
    if (probing === 0) this.sendToAll();
    else for (const follower of this.followers) if (!follower.probing) this.sendAppendEntries(follower);
  }

  private sendAppendEntries(follower: Progress): void {
    const message = this.appendEntriesFrom(follower.next);
    this.ctx.send(follower.id, message);
    this.noteSent(follower, message);
  }

  private appendEntriesFrom(next: number): AppendEntries {
    return {
      type: "AppendEntries",
      term: this.currentTerm,
      prevLogIndex: next - 1,
      prevLogTerm: this.log.termAt(next - 1),
      entries: this.log.from(next, batch),
      leaderCommit: this.commitIndex,
      round: this.reads.length > 0 ? this.round : 0,
    };
  }

  private noteSent(follower: Progress, { entries }: AppendEntries): void {
    if (entries !== null && !follower.probing) follower.next += entries.length;
  }

  // ---- Reads by read index (thesis §6.4) ------------------------------------------------------------------------

  protected onRead(request: Request): void {
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

  private nextRound(): void {
    this.round = Math.max(this.ctx.elapsed(), this.round + 0.001);
  }

  private startRound(): void {
    this.nextRound();
    if (this.followers.length === 0) this.serveReads();
    else this.sendToAll();
  }

  /** The latest round that a majority has answered: until it began, no later leader had been elected. */
  protected roundReached(): number {
    const { followers, scratch } = this;
    for (let i = 0; i < followers.length; i++) scratch[i] = followers[i]!.round;
    scratch[followers.length] = this.round;
    return reachedBy(this.quorum(), scratch);
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

  inspect(): unknown {
    const { role, currentTerm, votedFor, leader, commitIndex, lastApplied, log } = this;
    return {
      role,
      currentTerm,
      votedFor,
      leader,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
      commitIndex,
      lastApplied,
    };
  }
}

function progressOf(id: NodeId, followers: readonly Progress[]): Progress | undefined {
  for (const follower of followers) if (follower.id === id) return follower;
  return undefined;
}

/** An entry, as facts tell it. */
function brief({ index, term, request }: Entry): { index: number; term: number; request: string | null } {
  return { index, term, request: request?.id ?? null };
}
