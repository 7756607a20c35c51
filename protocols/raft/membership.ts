/** Changes of the members: joint consensus (§6), or one server at a time (thesis §4.1, with the condition of Ongaro's post of 2015). */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import { type Configuration, everybody, isMember } from "./configuration.ts";
import type { AppendEntriesResponse, Message, PreVote } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { Snapshots } from "./snapshots.ts";

/** A leader gives up a change when the newcomers have not caught up within so many election time-outs. */
const patience = 10;

/** A change that this leader has begun: no other begins before it is through. */
interface Change {
  readonly target: readonly NodeId[];
  /** Servers that get entries and do not count, until they have caught up (thesis §4.2.1). */
  readonly newcomers: readonly NodeId[];
  readonly beganAt: Ms;
  /** A round is over when all newcomers have what the log held as it began; a short round means that little is missing. */
  readonly round: { readonly end: number; readonly beganAt: Ms };
  readonly caughtUp: boolean;
}

export abstract class Membership<State, Op> extends Snapshots<State, Op> {
  private change: Change | undefined;
  /** Who was removed, until it knows: else it would ask for votes for ever, and send its clients nowhere. */
  private leaving: readonly NodeId[] = [];

  /** From now on the cluster shall be made up of these; unless another change is under way. */
  protected changeMembers(target: readonly NodeId[]): void {
    if (!this.isLeader || !this.mayChange()) return;
    const now = this.ctx.elapsed();
    const { servers } = this.configurations.latest;
    const newcomers = target.filter((id) => !servers.includes(id));
    this.change = { target, newcomers, beganAt: now, round: { end: this.log.lastIndex, beganAt: now }, caughtUp: false };
    this.gather();
    for (const follower of this.followers) if (newcomers.includes(follower.id)) this.sendAppendEntries(follower);
    this.catchUp();
  }

  /** One change at a time: the last one is through, and an entry of this leader's own term is committed. */
  private mayChange(): boolean {
    const { latest, latestIndex } = this.configurations;
    return this.change === undefined && latest.next === undefined && latestIndex <= this.commitIndex && this.ownsItsTerm();
  }

  /**
   * Before that, a change that an earlier leader began may still come back, and the two configurations need not overlap (Ongaro, "bug in
   * single-server membership changes", raft-dev, 2015).
   */
  protected ownsItsTerm(): boolean {
    return this.commitIndex >= this.firstIndexOfTerm;
  }

  protected get newcomers(): readonly NodeId[] {
    return this.change?.newcomers ?? [];
  }

  // ---- Newcomers catch up (thesis §4.2.1) -----------------------------------------------------------------------

  protected override listeners(): readonly NodeId[] {
    const members = super.listeners();
    const guests = [...this.newcomers, ...this.leaving].filter((id) => !members.includes(id));
    return guests.length === 0 ? members : [...members, ...guests];
  }

  protected override onAccepted(follower: Progress, response: AppendEntriesResponse): void {
    super.onAccepted(follower, response);
    if (!this.isLeader) return;
    if (this.change !== undefined) this.catchUp();
    if (this.leaving.includes(follower.id)) this.takeLeave(follower);
  }

  private catchUp(): void {
    const { change } = this;
    if (change === undefined || change.caughtUp) return;
    const { newcomers, round } = change;
    if (this.followers.some(({ id, match }) => newcomers.includes(id) && match < round.end)) return;
    const now = this.ctx.elapsed();
    if (now - round.beganAt > this.settings.electionTimeout.min) {
      this.change = { ...change, round: { end: this.log.lastIndex, beganAt: now } };
      return;
    }
    this.change = { ...change, caughtUp: true };
    this.takeStep();
  }

  protected override onHeartbeat(): void {
    super.onHeartbeat();
    const { change } = this;
    if (change === undefined || change.caughtUp) return;
    if (this.ctx.elapsed() - change.beganAt <= patience * this.settings.electionTimeout.max) return;
    this.change = undefined;
    this.gather();
    this.ctx.sometimes("change of members given up");
  }

  /** It has the entry that removed it: with what is sent now it learns that this is committed. */
  private takeLeave(follower: Progress): void {
    const { latestIndex } = this.configurations;
    if (follower.match < latestIndex || this.commitIndex < latestIndex) return;
    this.sendAppendEntries(follower);
    this.leaving = this.leaving.filter((id) => id !== follower.id);
    this.gather();
  }

  /** Who asks for votes and is no member has not heard that it was removed: the leader tells it. */
  private remind(candidate: NodeId): void {
    if (!this.isLeader || this.listeners().includes(candidate)) return;
    this.leaving = [...this.leaving, candidate];
    this.gather();
  }

  protected override disregards(from: NodeId, message: Message): boolean {
    if (!super.disregards(from, message)) return false;
    this.remind(from);
    return true;
  }

  protected override onPreVote(from: NodeId, request: PreVote): void {
    super.onPreVote(from, request);
    this.remind(from);
  }

  // ---- The change itself ----------------------------------------------------------------------------------------

  /** The next configuration on the way to the target goes to the log, and counts from there on. */
  private takeStep(): void {
    if (this.change === undefined) return;
    const next = this.nextConfiguration(this.configurations.latest.servers, this.change.target);
    if (next === undefined) {
      this.change = undefined;
      this.gather();
    } else this.enter(next);
  }

  /** C_old,new; or, one server at a time, first those who are missing and then those who are too many. */
  protected nextConfiguration(servers: readonly NodeId[], target: readonly NodeId[]): Configuration | undefined {
    const missing = target.find((id) => !servers.includes(id));
    const surplus = servers.find((id) => !target.includes(id));
    if (missing === undefined && surplus === undefined) return undefined;
    if (!this.settings.singleServer) return { servers, next: target };
    return { servers: missing === undefined ? servers.filter((id) => id !== surplus) : [...servers, missing] };
  }

  private enter(configuration: Configuration): void {
    this.appendOwn(null, configuration);
    this.sendNews();
  }

  protected override configure(index: number, configuration: Configuration): void {
    super.configure(index, configuration);
    this.ctx.fact("configured", { index, ...configuration });
    if (!this.isLeader) return;
    this.noteLeaving();
    this.gather();
  }

  private noteLeaving(): void {
    const { latest, previous } = this.configurations;
    const gone = [...this.leaving, ...everybody(previous)].filter((id) => id !== this.ctx.id && !isMember(id, latest));
    this.leaving = [...new Set(gone)];
  }

  protected override advanceCommit(): void {
    const before = this.commitIndex;
    const { latest, latestIndex } = this.configurations;
    super.advanceCommit();
    if (this.commitIndex === before || latestIndex > this.commitIndex || !this.isLeader) return;
    if (latest.next !== undefined) {
      this.ctx.sometimes("joint consensus");
      this.enter({ servers: latest.next }); // C_old,new is committed: C_new may follow, whoever began the change.
    } else if (latestIndex > before) this.onChanged(latest);
  }

  private onChanged(latest: Configuration): void {
    this.ctx.fact("changed", { servers: latest.servers });
    this.ctx.sometimes("members changed");
    if (isMember(this.ctx.id, latest)) {
      this.takeStep();
      return;
    }
    // It has led a cluster that it is no member of, to commit that (§6, thesis §4.2.2).
    this.ctx.sometimes("leader removed itself");
    this.becomeFollower(this.currentTerm);
  }

  protected override becomeLeader(): void {
    this.change = undefined;
    this.leaving = [];
    this.noteLeaving();
    super.becomeLeader();
  }

  protected override stopLeading(term: number): void {
    this.change = undefined;
    super.stopLeading(term);
  }
}
