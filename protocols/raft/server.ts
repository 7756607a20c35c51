/** What every Raft server keeps (Figure 2, State), on its disk and in memory, and the applying of what is committed. */

import type { Context, NodeId, Options, Request } from "../../harness/protocol.ts";
import { type Configuration, Configurations } from "./configuration.ts";
import { RaftLog } from "./log.ts";
import { brief, type Entry, type Message } from "./messages.ts";
import { Sessions } from "./sessions.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { StateMachine } from "./state-machine.ts";

/** currentTerm and votedFor are one record: they change together or not at all. */
export interface Ballot {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

export abstract class Server<State, Op> {
  protected readonly ctx: Context<Message>;
  protected readonly settings: Settings;

  // Persistent state on all servers: on the disk, and here.
  protected currentTerm = 0;
  protected votedFor: NodeId | null = null;
  protected readonly log: RaftLog;

  // Volatile state on all servers.
  protected role: "follower" | "candidate" | "leader" = "follower";
  /** The leader of this term, once it is known. */
  protected leader: NodeId | undefined;
  protected commitIndex = 0;
  protected lastApplied = 0;
  protected readonly sessions: Sessions<State, Op>;
  /** Who makes up the cluster, by this server's log. */
  protected readonly configurations = new Configurations();

  constructor(ctx: Context<Message>, options: Options, machine: StateMachine<State, Op>) {
    this.ctx = ctx;
    this.settings = settingsOf(options);
    this.log = new RaftLog(ctx.disk);
    this.sessions = new Sessions(machine);
  }

  /** Term and vote are on the disk before any message of this term, and before a vote leaves. */
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

  protected raiseTerm(term: number): void {
    this.currentTerm = term;
    this.votedFor = null;
    this.persistTerm();
    this.ctx.fact("term", { term });
  }

  protected persistTerm(): void {
    this.persistBallot();
  }

  /** What was appended is on the disk before anybody counts on it. */
  protected append(entries: readonly Entry[]): void {
    for (const entry of entries) this.log.append(entry);
    this.flushLog();
    for (const entry of entries) {
      this.ctx.fact("appended", brief(entry));
      if (entry.configuration !== undefined) this.configure(entry.index, entry.configuration);
    }
  }

  protected flushLog(): void {
    this.ctx.disk.sync();
  }

  /** Synced by itself, before anything is written behind it: see recover(). */
  protected truncate(length: number): void {
    this.log.truncate(length);
    this.ctx.disk.sync();
    this.ctx.fact("truncated", { length });
    this.fallBack(length);
  }

  /** A configuration counts as soon as it is in the log (§6). */
  protected configure(index: number, configuration: Configuration): void {
    this.configurations.add(index, configuration);
  }

  protected fallBack(length: number): void {
    this.configurations.truncate(length);
  }

  protected learnCommitted(index: number): void {
    if (index <= this.commitIndex) return;
    this.commitIndex = index;
    this.applyCommitted();
  }

  protected applyCommitted(): void {
    while (this.lastApplied < this.commitIndex) {
      const entry = this.log.at(this.lastApplied + 1);
      if (entry === undefined) return;
      this.lastApplied += 1;
      this.ctx.fact("applied", brief(entry));
      if (entry.request !== null) this.apply(entry.request);
    }
  }

  /** Clients' requests go through their sessions: see clients.ts. */
  protected abstract apply(request: Request): void;
}
