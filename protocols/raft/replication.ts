/** Log replication (§5.3), and what a leader may call committed (§5.4.2). */

import type { Ms, NodeId, Request } from "../../harness/protocol.ts";
import { type Configuration, everybody } from "./configuration.ts";
import { Election } from "./election.ts";
import type { AppendEntries, AppendEntriesResponse, Entry } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { reachedBy } from "./quorum.ts";

/** How many entries one AppendEntries may carry. */
const batch = 64;

export abstract class Replication<State, Op> extends Election<State, Op> {
  // Volatile state on leaders.
  /** Whom the leader sends to. */
  protected followers: Progress[] = [];
  /** The same, by their names. */
  private audience: readonly NodeId[] = [];
  /** The leader as one of the servers. */
  private own: Progress = progress("", 0, 0);
  /** The servers of each electorate, the leader among them when it is a member. */
  private counted: readonly (readonly Progress[])[] = [];
  /** Nobody else counts: nobody need be waited for. */
  protected isAlone = false;
  /** Where this leader's own no-op stands: nothing committed before its term lies behind it. */
  protected firstIndexOfTerm = 0;
  /** One number of each server, filled and sorted anew each time. */
  private readonly scratch: number[] = [];

  // ---- AppendEntries --------------------------------------------------------------------------------------------

  protected onAppendEntries(from: NodeId, request: AppendEntries): void {
    const { prevLogIndex, round } = request;
    if (!this.obeys(from, request.term, prevLogIndex)) return;
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

  /** Rule 1: the leader of an older term is told to step down, and nothing is confirmed to it. */
  protected obeys(leader: NodeId, term: number, index: number): boolean {
    if (this.isOutdated(term)) {
      this.answer(leader, false, index, index, 0);
      return false;
    }
    if (this.role !== "follower") this.becomeFollower(term);
    this.follow(leader);
    return true;
  }

  protected isOutdated(term: number): boolean {
    return term < this.currentTerm;
  }

  /** Whether this log holds the entry that the new ones follow. What a snapshot includes is committed, and so the same everywhere. */
  protected matches(prevLogIndex: number, prevLogTerm: number): boolean {
    if (prevLogIndex < this.log.base.index) return true;
    return prevLogIndex <= this.log.lastIndex && this.log.termAt(prevLogIndex) === prevLogTerm;
  }

  /** Rules 3 and 4: entries that are here already stay, and only a real conflict removes what follows it: this may be an old message. */
  protected store(prevLogIndex: number, entries: readonly Entry[]): void {
    let known = 0;
    while (known < entries.length && this.holds(entries[known]!)) known += 1;
    if (known === entries.length) return;
    if (prevLogIndex + known < this.log.lastIndex) {
      this.truncate(prevLogIndex + known);
      this.ctx.sometimes("log overwritten");
    }
    this.append(known === 0 ? entries : entries.slice(known));
  }

  protected holds({ index, term }: Entry): boolean {
    return index <= this.log.base.index || this.log.termAt(index) === term;
  }

  protected answer(to: NodeId, success: boolean, index: number, hint: number, round: Ms): void {
    this.ctx.send(to, { type: "AppendEntriesResponse", term: this.currentTerm, success, index, hint, round });
  }

  protected onAppendEntriesResponse(from: NodeId, response: AppendEntriesResponse): void {
    if (this.role !== "leader" || response.term !== this.currentTerm) return;
    const follower = progressOf(from, this.followers);
    if (follower === undefined) return;
    follower.heardAt = this.ctx.elapsed();
    if (response.round > follower.round) follower.round = response.round;
    if (response.success) this.onAccepted(follower, response);
    else this.onRejected(follower, response);
  }

  protected onAccepted(follower: Progress, response: AppendEntriesResponse): void {
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

  // ---- Rules for servers: leaders -------------------------------------------------------------------------------

  protected becomeLeader(): void {
    this.role = "leader";
    this.leader = this.ctx.id;
    this.followers = [];
    this.gather();
    this.ctx.fact("leader", { term: this.currentTerm });
    if (this.log.lastTerm > 0) this.ctx.sometimes("second leader elected");
    this.ctx.cancelTimer("election");
    this.ctx.setTimer("heartbeat", this.settings.heartbeat);
    this.beginTerm();
    this.sendToAll();
  }

  /** An entry of one's own term, so that those of older terms can be committed with it (§5.4.2, §8). */
  protected beginTerm(): void {
    this.appendOwn(null);
    this.firstIndexOfTerm = this.log.lastIndex;
  }

  protected stopLeading(term: number): void {
    this.ctx.fact("stepped-down", { term });
    this.ctx.sometimes("leader stepped down");
    this.ctx.cancelTimer("heartbeat");
    this.awaitLeader();
  }

  /** Whom a leader sends to, and whose copies count: anew whenever the members change. What is known of a server stays known. */
  protected gather(): void {
    const { followers } = this;
    const now = this.ctx.elapsed();
    const next = this.log.lastIndex + 1;
    this.own = progress(this.ctx.id, next, now);
    this.audience = this.listeners().filter((id) => id !== this.ctx.id);
    this.followers = this.audience.map((id) => progressOf(id, followers) ?? progress(id, next, now));
    this.counted = this.electorates().map((servers) =>
      servers.map((id) => (id === this.ctx.id ? this.own : (progressOf(id, this.followers) ?? progress(id, next, now)))),
    );
    this.isAlone = this.counted.every((servers) => servers.every((server) => server === this.own));
  }

  /** All who get the leader's entries. */
  protected listeners(): readonly NodeId[] {
    return everybody(this.configurations.latest);
  }

  protected appendOwn(request: Request | null, configuration?: Configuration): void {
    const entry = { index: this.log.lastIndex + 1, term: this.currentTerm, request };
    this.append([configuration === undefined ? entry : { ...entry, configuration }]);
    if (this.isAlone) this.advanceCommit();
  }

  /** If a majority holds an entry of this term, it and all before it are committed. */
  protected advanceCommit(): void {
    this.own.match = this.log.lastIndex;
    const index = this.reached((server) => server.match);
    if (index <= this.commitIndex || !this.mayCommit(index)) return;
    this.commitIndex = index;
    this.ctx.fact("committed", { index, term: this.currentTerm });
    this.applyCommitted();
  }

  /** §5.4.2: copies of an older term's entry are no promise that no later leader overwrites it. */
  protected mayCommit(index: number): boolean {
    return this.log.termAt(index) === this.currentTerm;
  }

  /** The highest number that a quorum of every electorate reaches. */
  protected reached(numberOf: (server: Progress) => number): number {
    const numbers = this.scratch;
    let least = Number.POSITIVE_INFINITY;
    for (const servers of this.counted) {
      numbers.length = servers.length;
      for (let i = 0; i < servers.length; i++) numbers[i] = numberOf(servers[i]!);
      least = Math.min(least, reachedBy(this.quorum(servers.length), numbers));
    }
    return least;
  }

  protected onHeartbeat(): void {
    if (this.role !== "leader") return;
    if (this.settings.checkQuorum && !this.hearsMajority()) {
      this.becomeFollower(this.currentTerm);
      return;
    }
    this.ctx.setTimer("heartbeat", this.settings.heartbeat);
    this.sendToAll();
  }

  /** A leader that is cut off must not keep its clients waiting (thesis §6.2). */
  private hearsMajority(): boolean {
    this.own.heardAt = this.ctx.elapsed();
    return this.reached((server) => server.heardAt) >= this.own.heardAt - this.settings.electionTimeout.max;
  }

  /** A heartbeat for all. Followers that stand at the same place, as they mostly do, get one and the same message. */
  protected sendToAll(): void {
    const first = this.followers[0];
    if (first === undefined) return;
    const apart = this.followers.some(({ next }) => next !== first.next);
    if (apart || this.needsSnapshot(first)) {
      for (const each of this.followers) this.sendAppendEntries(each);
      return;
    }
    const message = this.appendEntriesFrom(first.next);
    this.ctx.broadcast(message, this.audience);
    for (const follower of this.followers) this.noteSent(follower, message);
  }

  /** New entries, at once, to those whose logs are known to match. */
  protected sendNews(): void {
    let probing = 0;
    for (const follower of this.followers) if (follower.probing) probing += 1;
    if (probing === 0) this.sendToAll();
    else for (const follower of this.followers) if (!follower.probing) this.sendAppendEntries(follower);
  }

  protected sendAppendEntries(follower: Progress): void {
    if (this.needsSnapshot(follower)) {
      this.sendSnapshot(follower);
      return;
    }
    const message = this.appendEntriesFrom(follower.next);
    this.ctx.send(follower.id, message);
    this.noteSent(follower, message);
  }

  /** What this follower lacks is no longer in the log. */
  private needsSnapshot({ next }: Progress): boolean {
    return next <= this.log.base.index;
  }

  protected abstract sendSnapshot(follower: Progress): void;

  private appendEntriesFrom(next: number): AppendEntries {
    return {
      type: "AppendEntries",
      term: this.currentTerm,
      prevLogIndex: next - 1,
      prevLogTerm: this.log.termAt(next - 1),
      entries: this.log.from(next, batch),
      leaderCommit: this.commitIndex,
      round: this.roundUnderWay(),
    };
  }

  private noteSent(follower: Progress, { entries }: AppendEntries): void {
    if (entries !== null && !follower.probing) follower.next += entries.length;
  }

  /** What messages carry to confirm reads, when they are answered: see reads.ts. */
  protected abstract roundUnderWay(): Ms;
}

function progress(id: NodeId, next: number, now: Ms): Progress {
  return { id, next, match: 0, probing: true, round: 0, heardAt: now };
}

function progressOf(id: NodeId, followers: readonly Progress[]): Progress | undefined {
  for (const follower of followers) if (follower.id === id) return follower;
  return undefined;
}
