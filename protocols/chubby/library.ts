/**
 * The Chubby library: finds the master, opens a session when it is first needed and keeps it, and sends each call until it is answered,
 * always under the same name. Calls wait while the session is in jeopardy; whoever uses the library notices nothing but a delay.
 */

import type { ClientContext, Ms, NodeId, Options, Request } from "../../harness/protocol.ts";
import type { Answer, CallOp, FromCell, SessionId, ToCell, Write } from "./messages.ts";
import { ClientSession, type SessionEvents, type SessionSettings } from "./session.ts";

/** More often than this nobody calls for one operation. */
const mostCalls = 2 ** 20;

/** A call that has not been answered. */
interface Calling {
  readonly id: string;
  readonly serial: number;
  readonly op: CallOp;
  readonly askedMs: Ms;
}

export abstract class Library {
  protected readonly ctx: ClientContext<ToCell | Write>;
  protected readonly settings: SessionSettings;
  protected session: ClientSession | undefined;
  private calling: Calling | undefined;
  /** Of the operation under way. */
  private calls = 0;
  private master: NodeId | undefined;
  private asked: NodeId | undefined;

  constructor(ctx: ClientContext<ToCell | Write>, options: Options) {
    this.ctx = ctx;
    this.settings = {
      leaseMs: Number(options["lease"]),
      graceMs: Number(options["grace"]),
      tryMs: Number(options["try"]),
    };
  }

  // What the application hears.

  /** There is a session: what was to be done may be begun. */
  protected abstract onSession(): void;
  protected abstract onResult(op: CallOp, answer: Answer): void;
  /** The session has come through a jeopardy. */
  protected abstract onSafe(): void;
  /** The session is over, and with it all its locks. `unanswered`: what was called for may have been done, or not. */
  protected abstract onExpired(unanswered: CallOp["f"] | undefined): void;

  protected onCellMessage(from: NodeId, message: FromCell): void {
    const { session } = this;
    switch (message.type) {
      case "answer":
        this.master = from;
        this.onAnswer(message);
        break;
      case "kept":
        if (message.session !== session?.id) break;
        this.master = from;
        session.onKept(message);
        break;
      case "session-over":
        if (message.session === session?.id) session.expire();
        break;
      case "new-epoch":
        this.master = from;
        this.onNewEpoch(message.epoch);
        break;
      case "not-master":
        this.onNotMaster(from, message.master);
    }
  }

  /** True when the timer was the library's. */
  protected onLibraryTimer(name: string): boolean {
    switch (name) {
      case "keep-alive":
        this.session?.onKeepAliveTimer();
        return true;
      case "lease":
        this.session?.onLeaseTimer();
        return true;
      case "grace":
        this.session?.expire();
        return true;
      case "call":
        this.master = undefined;
        this.callAgain();
        return true;
      default:
        return false;
    }
  }

  // ---- Finding the master ---------------------------------------------------------------------------------------------

  /** Who is known to be it; else another than the one that was asked last. */
  private target(): NodeId {
    const servers = this.ctx.nodes("server");
    const others = servers.filter((server) => server !== this.asked);
    this.asked = this.master ?? this.ctx.random.pick(others.length === 0 ? servers : others);
    return this.asked;
  }

  private onNotMaster(from: NodeId, master: NodeId | undefined): void {
    if (from !== this.asked) return;
    const hinted = master !== undefined && master !== this.master;
    this.master = master;
    if (!hinted) this.session?.askLater();
    else {
      this.callAgain();
      this.session?.askAgain();
    }
  }

  private onNewEpoch(epoch: number): void {
    const { session } = this;
    if (session === undefined || epoch <= session.epoch) return;
    session.learn(epoch);
    session.askAgain();
    this.callAgain();
  }

  // ---- Calls ----------------------------------------------------------------------------------------------------------

  /** For an operation, the next of its calls. There is one at a time. */
  protected call(request: Request, op: CallOp): void {
    const { id, serial } = this.nameOf(request);
    this.calling = { id, serial, op, askedMs: this.ctx.elapsed() };
    this.callAgain();
  }

  protected openSession(request: Request): void {
    const { id, serial } = this.nameOf(request);
    const op: CallOp = { f: "open-session", session: id, client: this.ctx.id };
    this.calling = { id, serial, op, askedMs: this.ctx.elapsed() };
    this.callAgain();
  }

  protected beginCalls(): void {
    this.calls = 0;
  }

  private nameOf({ id, serial }: Request): { readonly id: string; readonly serial: number } {
    this.calls += 1;
    return { id: `${id}.${this.calls}`, serial: serial * mostCalls + this.calls };
  }

  /** In jeopardy calls wait: whoever answered now might not be the master. */
  private callAgain(): void {
    if (this.calling === undefined) return;
    const { session } = this;
    const { id, serial, op } = this.calling;
    this.ctx.setTimer("call", this.settings.tryMs);
    if (op.f !== "open-session" && session?.isSafe !== true) return;
    this.ctx.send(this.target(), { type: "call", id, serial, epoch: session?.epoch ?? 0, op });
  }

  private hangUp(): void {
    this.calling = undefined;
    this.ctx.cancelTimer("call");
  }

  private onAnswer(answer: Answer): void {
    if (this.calling?.id !== answer.id) return;
    const { op, askedMs } = this.calling;
    this.hangUp();
    this.session?.learn(answer.epoch);
    if (op.f === "open-session") this.onOpened(op.session, answer.epoch, askedMs);
    else if (answer.result === "gone") this.session?.expire();
    else this.onResult(op, answer);
  }

  // ---- The session ----------------------------------------------------------------------------------------------------

  private onOpened(id: SessionId, epoch: number, askedMs: Ms): void {
    const events: SessionEvents = {
      safe: () => {
        this.callAgain();
        this.onSafe();
      },
      expired: () => {
        const unanswered = this.calling?.op.f;
        this.session = undefined;
        this.hangUp();
        this.onExpired(unanswered);
      },
      master: () => this.target(),
      silent: () => {
        this.master = undefined;
      },
    };
    this.session = this.newSession(id, epoch, askedMs, events);
    this.session.begin();
    this.onSession();
  }

  protected newSession(id: SessionId, epoch: number, askedMs: Ms, events: SessionEvents): ClientSession {
    return new ClientSession(id, epoch, askedMs, this.ctx as never, this.settings, events);
  }
}
