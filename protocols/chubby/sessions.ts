/** A master and its sessions: fail-over (§2.9), keep-alives and leases (§2.8). Chapter two of the server; see server.ts. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Cell, CellOp, Standing } from "./cell.ts";
import type { Call, KeepAlive, News, SessionId } from "./messages.ts";
import { Office, type Session, type Waiting } from "./office.ts";
import { Replica } from "./replica.ts";

/** Less than this no clock shows: a timer set for it would ring at once, and again. */
const instantMs = 0.001;

/** A keep-alive whose answer waits until the log has said who is master. */
export interface Confirming extends Waiting {
  readonly session: SessionId;
  readonly askedMs: Ms;
}

export abstract class Sessions extends Replica {
  /** While it is master. */
  protected office: Office | undefined;
  private readonly confirming = new Map<string, Confirming>();
  private confirmations = 0;

  protected abstract onCall(from: NodeId, call: Call): void;
  /** The client of this session has dropped its copies of this generation and older. */
  protected abstract onInvalidated(office: Office, session: Session, file: string, generation: number): void;
  protected abstract startDelay(file: string): void;

  // ---- Fail-over ------------------------------------------------------------------------------------------------------

  /**
   * 1. It has picked a new epoch. 2. and 3. It builds what it keeps in memory from the database; leases are extended to the
   * maximum that the previous master may have been using. 4. From here on it answers keep-alives, and no calls.
   */
  protected override takeOffice(cell: Cell): void {
    const office = new Office(cell.epoch);
    this.office = office;
    this.ctx.fact("master", { epoch: cell.epoch });
    for (const id of Object.keys(cell.sessions)) this.inherit(office, id);
    for (const [name, { lock }] of Object.entries(cell.files)) if (lock === "delayed") this.startDelay(name);
    if (office.sessions.size > 0) this.ctx.sometimes("new master with sessions");
    this.openOffice(office);
  }

  /** 5. Every session hears of the fail-over: its client flushes its cache, as it may have missed an invalidation. */
  protected inherit(office: Office, id: SessionId): void {
    const session = office.add(id, this.ctx.elapsed() + this.inheritedLeaseMs());
    this.startLease(session);
    this.tell(office, session, { kind: "fail-over" });
    office.unaware.add(id);
  }

  protected inheritedLeaseMs(): Ms {
    return this.leaseMs;
  }

  /** 6. It waits until each session has acknowledged that, or is over. 7. Then all operations proceed. */
  protected openOffice(office: Office): void {
    if (office.open || office.unaware.size > 0) return;
    office.open = true;
    const { waiting } = office;
    office.waiting = [];
    for (const { from, call } of waiting) this.onCall(from, call);
  }

  protected override leaveOffice(): void {
    if (this.office !== undefined) this.ctx.sometimes("master deposed");
    this.office = undefined;
    this.confirming.clear();
  }

  protected sendOn(from: NodeId): void {
    const { leader } = this.raft;
    const known = leader !== undefined && leader !== this.ctx.id;
    this.ctx.send(from, { type: "not-master", ...(known && { master: leader }) });
  }

  /** Numbers of events, keep-alives and acknowledgements mean something in one epoch only. */
  protected isOfEpoch(epoch: number, office: Office): boolean {
    return epoch === office.epoch;
  }

  // ---- Keep-alives ----------------------------------------------------------------------------------------------------

  protected onKeepAlive(from: NodeId, { session: id, epoch, n, taken }: KeepAlive): void {
    const { office } = this;
    if (office === undefined) {
      this.sendOn(from);
      return;
    }
    if (!this.isOfEpoch(epoch, office)) {
      this.ctx.send(from, { type: "new-epoch", epoch: office.epoch });
      return;
    }
    const waiting: Waiting = { from, n, cameMs: this.ctx.elapsed() };
    const session = office.sessions.get(id);
    if (session === undefined) {
      this.confirm(id, waiting);
      return;
    }
    this.onTaken(office, session, taken);
    if (n <= session.newest) return;
    session.newest = n;
    session.keepAlive = waiting;
    this.answerKeepAlive(session);
  }

  /** The client has taken in these events: what it was told to let go of, it has. */
  private onTaken(office: Office, session: Session, taken: number): void {
    const done = session.events.filter(({ number }) => number <= taken);
    session.events = session.events.filter(({ number }) => number > taken);
    for (const { news } of done) {
      if (news.kind === "fail-over") office.unaware.delete(session.id);
      else if (news.kind === "invalidate") this.onInvalidated(office, session, news.file, news.generation);
    }
    this.openOffice(office);
  }

  protected tell(office: Office, session: Session, news: News): void {
    office.tell(session, news);
    this.answerKeepAlive(session);
  }

  /** At once when there is news or the lease is half over; else later, so that a quiet session costs little. */
  protected answerKeepAlive(session: Session): void {
    const { keepAlive } = session;
    if (keepAlive === undefined || session.ending) return;
    const spareMs = session.untilMs - this.ctx.elapsed() - this.leaseMs / 2;
    if (session.events.length === 0 && spareMs > instantMs) {
      this.ctx.setTimer(`hold ${session.id}`, spareMs);
      return;
    }
    session.keepAlive = undefined;
    this.confirm(session.id, keepAlive);
  }

  /** Before it promises more, it makes sure that nobody else keeps the sessions. */
  protected confirm(session: SessionId, waiting: Waiting): void {
    this.confirmations += 1;
    const id = `confirm#${this.confirmations}`;
    this.confirming.set(id, { ...waiting, session, askedMs: this.ctx.elapsed() });
    this.propose(id, "confirm", this.confirmations, { f: "session", session });
  }

  protected onConfirmed(id: string, standing: Standing): void {
    const asked = this.confirming.get(id);
    this.confirming.delete(id);
    if (asked !== undefined) this.keep(asked, standing);
  }

  protected override onRedirected(id: string): void {
    this.confirming.delete(id);
  }

  protected keep(asked: Confirming, { epoch, alive }: Standing): void {
    const { office } = this;
    if (office === undefined || epoch !== office.epoch) return;
    const session = office.sessions.get(asked.session);
    if (!alive) this.ctx.send(asked.from, { type: "session-over", session: asked.session });
    else if (session !== undefined && !session.ending) this.extend(office, session, asked);
  }

  /** From when it asked, not from now: only until then was it surely the one who keeps the sessions. */
  private extend({ epoch }: Office, session: Session, { from, n, cameMs, askedMs }: Confirming): void {
    session.untilMs = Math.max(session.untilMs, askedMs + this.leaseMs);
    const { id, events } = session;
    const heldMs = askedMs - cameMs;
    this.ctx.send(from, { type: "kept", session: id, epoch, n, heldMs, leaseMs: this.leaseMs, events });
  }

  // ---- Leases ---------------------------------------------------------------------------------------------------------

  protected override onOpened(id: SessionId): void {
    if (this.office === undefined) return;
    this.startLease(this.office.add(id, this.ctx.elapsed() + this.leaseMs));
  }

  private startLease(session: Session): void {
    this.ctx.setTimer(`lease ${session.id}`, session.untilMs - this.ctx.elapsed());
  }

  /** It ends where that stands in the log. */
  protected onLeaseTimer({ epoch }: Office, session: Session): void {
    const leftMs = session.untilMs - this.ctx.elapsed();
    if (leftMs > instantMs && !session.ending) {
      this.startLease(session);
      return;
    }
    this.stopKeeping(session);
    const op: CellOp = { f: "end-session", session: session.id, epoch };
    this.propose(`end#${session.id}#${epoch}`, `end ${session.id}`, epoch, op);
    this.ctx.setTimer(`lease ${session.id}`, this.tryMs);
  }

  /** That may be at any moment: from here on it is promised nothing more. */
  protected stopKeeping(session: Session): void {
    session.ending = true;
  }
}
