/**
 * A client's end of a session: its lease, its grace period, its cache (§2.7 to §2.9), kept by one keep-alive after the other.
 *
 * The client's view of its lease is shorter than the master's: it is counted from when the keep-alive was sent, and how long the
 * master says that it kept it, less what two stop-watches may differ by. When it is over the session is in jeopardy: nothing is
 * served from the cache, which is emptied, and calls wait. The client goes on looking for a master for a grace period; if one
 * answers, all goes on, and whoever uses the library has noticed nothing but a delay. If not, or when a master says that it had
 * given the session up, it has expired.
 */

import type { Context, Ms, NodeId } from "../../harness/protocol.ts";
import type { Content, Event, ExpiredFact, JeopardyFact, KeepAlive, Kept, LeaseFact, News, SessionId } from "./messages.ts";

/** By how much two stop-watches may differ over a lease. */
export const driftShare = 0.01;

/** Less than this no clock shows. */
const instantMs = 0.001;

export interface SessionSettings {
  readonly leaseMs: Ms;
  readonly graceMs: Ms;
  readonly tryMs: Ms;
}

/** What the user of a session hears. */
export interface SessionEvents {
  /** "safe": it has come through a jeopardy. */
  safe(): void;
  expired(): void;
  /** Whom to send keep-alives to. */
  master(): NodeId;
  /** It has kept silent. */
  silent(): void;
}

export class ClientSession {
  readonly id: SessionId;
  protected readonly ctx: Context<KeepAlive>;
  private readonly settings: SessionSettings;
  private readonly user: SessionEvents;
  private status: "safe" | "jeopardy" | "expired" = "safe";
  /** By the own stop-watch. */
  private untilMs: Ms;
  private epochNumber: number;
  /** Keep-alives so far, and when each was sent that may still be answered. */
  private sent = 0;
  private sentMs = new Map<number, Ms>();
  private taken = 0;
  protected readonly cache = new Map<string, Content>();
  /** Below this generation nothing may be cached: an invalidation may overtake the content that it is about. */
  protected readonly floors = new Map<string, number>();
  /** The newest generation that the master told of. */
  private readonly told = new Map<string, number>();

  /** `askedMs`: when the session was first asked for; its lease has not begun earlier. */
  constructor(
    id: SessionId,
    epoch: number,
    askedMs: Ms,
    ctx: Context<KeepAlive>,
    settings: SessionSettings,
    user: SessionEvents,
  ) {
    this.id = id;
    this.epochNumber = epoch;
    this.ctx = ctx;
    this.settings = settings;
    this.user = user;
    this.untilMs = this.leaseEnd(askedMs, this.ctx.elapsed(), 0);
  }

  /** Its first keep-alive, and the first look at its lease. */
  begin(): void {
    this.state();
    this.ctx.setTimer("lease", Math.max(0, this.untilMs - this.ctx.elapsed()));
    this.sendKeepAlive();
  }

  get epoch(): number {
    return this.epochNumber;
  }

  get isSafe(): boolean {
    return this.status === "safe" && this.ctx.elapsed() < this.untilMs;
  }

  // ---- Keep-alives ------------------------------------------------------------------------------------------------------

  onKept({ epoch, n, heldMs, leaseMs, events }: Kept): void {
    const sentMs = this.sentMs.get(n);
    if (sentMs === undefined || epoch < this.epochNumber || this.status === "expired") return;
    this.learn(epoch);
    for (const event of events) this.take(event);
    this.extend(this.leaseEnd(sentMs, this.ctx.elapsed(), heldMs, leaseMs));
    if (n === this.sent) this.sendKeepAlive();
  }

  /** Counted from when the master began it, as far as this client can be sure. */
  protected leaseEnd(sentMs: Ms, _nowMs: Ms, heldMs: Ms, leaseMs: Ms = this.settings.leaseMs): Ms {
    return sentMs + (heldMs + leaseMs) * (1 - driftShare);
  }

  private extend(untilMs: Ms): void {
    if (untilMs <= this.untilMs || untilMs <= this.ctx.elapsed()) return;
    this.untilMs = untilMs;
    const before = this.status;
    this.status = "safe";
    this.state();
    this.ctx.setTimer("lease", untilMs - this.ctx.elapsed());
    this.ctx.cancelTimer("grace");
    if (before === "safe") return;
    this.ctx.sometimes("session came through jeopardy");
    this.user.safe();
  }

  private state(): void {
    const fact: LeaseFact = { session: this.id, forMs: this.untilMs - this.ctx.elapsed() };
    this.ctx.fact("lease", fact);
  }

  private sendKeepAlive(): void {
    this.sent += 1;
    // Older ones may still be answered, but not much older ones.
    this.sentMs = new Map([...this.sentMs].filter(([n]) => n > this.sent - 8)).set(this.sent, this.ctx.elapsed());
    const { id: session, epochNumber: epoch, sent: n, taken } = this;
    this.ctx.send(this.user.master(), { type: "keep-alive", session, epoch, n, taken });
    const { leaseMs, tryMs } = this.settings;
    // A master that lives answers when the lease is half over.
    this.ctx.setTimer("keep-alive", this.status === "safe" ? leaseMs / 2 + tryMs : tryMs);
  }

  /** It was not answered in time, or sent to the wrong one. */
  onKeepAliveTimer(): void {
    if (this.status === "expired") return;
    this.user.silent();
    this.sendKeepAlive();
  }

  askAgain(): void {
    if (this.status !== "expired") this.sendKeepAlive();
  }

  /** Later, not at once: nobody knows a master. */
  askLater(): void {
    if (this.status !== "expired") this.ctx.setTimer("keep-alive", this.settings.tryMs);
  }

  // ---- Events (§2.5) and epochs -------------------------------------------------------------------------------------------

  /** In a new epoch the events are numbered anew, and the cache is worth nothing. */
  learn(epoch: number): void {
    if (epoch <= this.epochNumber) return;
    this.epochNumber = epoch;
    this.taken = 0;
    this.flush();
    this.floors.clear();
  }

  private take({ number, news }: Event): void {
    if (number <= this.taken) return;
    this.taken = number;
    this.on(news);
  }

  private on(news: News): void {
    switch (news.kind) {
      case "fail-over":
        this.ctx.sometimes("fail-over heard of");
        this.flush();
        break;
      case "invalidate":
        this.cache.delete(news.file);
        this.floors.set(news.file, Math.max(this.floors.get(news.file) ?? 0, news.generation + 1));
        break;
      case "modified":
        this.told.set(news.file, Math.max(this.toldOf(news.file), news.generation));
    }
  }

  toldOf(file: string): number {
    return this.told.get(file) ?? 0;
  }

  // ---- Cache -----------------------------------------------------------------------------------------------------------------

  cached(file: string): Content | undefined {
    return this.mayServe() ? this.cache.get(file) : undefined;
  }

  protected mayServe(): boolean {
    return this.isSafe;
  }

  /** What a master of this epoch has said may be cached. */
  keep(file: string, content: Content, epoch: number): void {
    if (epoch !== this.epochNumber || !this.mayKeep(file, content)) return;
    const known = this.cache.get(file);
    if (known === undefined || known.generation < content.generation) this.cache.set(file, content);
  }

  protected mayKeep(file: string, { generation }: Content): boolean {
    if (generation >= (this.floors.get(file) ?? 0)) return this.isSafe;
    this.ctx.sometimes("invalidation overtook the content");
    return false;
  }

  protected flush(): void {
    this.cache.clear();
  }

  // ---- Jeopardy (§2.8) -----------------------------------------------------------------------------------------------------------

  onLeaseTimer(): void {
    if (this.status !== "safe") return;
    const leftMs = this.untilMs - this.ctx.elapsed();
    if (leftMs > instantMs) this.ctx.setTimer("lease", leftMs);
    else this.onLeaseOver();
  }

  protected onLeaseOver(): void {
    this.status = "jeopardy";
    this.flush();
    this.ctx.sometimes("session in jeopardy");
    const { graceMs } = this.settings;
    const fact: JeopardyFact = { session: this.id, graceMs };
    this.ctx.fact("jeopardy", fact);
    this.ctx.setTimer("grace", graceMs);
    this.onKeepAliveTimer();
  }

  /** The grace period is over, or a master has said that the session is. */
  expire(): void {
    if (this.status === "expired") return;
    this.status = "expired";
    for (const timer of ["keep-alive", "lease", "grace"]) this.ctx.cancelTimer(timer);
    this.ctx.sometimes("session expired");
    const fact: ExpiredFact = { session: this.id };
    this.ctx.fact("expired", fact);
    this.user.expired();
  }

  inspect(): unknown {
    return { id: this.id, status: this.status, epoch: this.epochNumber, cache: Object.fromEntries(this.cache) };
  }
}
