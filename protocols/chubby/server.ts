/**
 * A replica of a Chubby cell, which may come to be its master. Mike Burrows, "The Chubby lock service for loosely-coupled distributed
 * systems", OSDI 2006.
 *
 * A cell is a small database on a consensus log: files, each with an advisory lock. Clients hold *sessions*, leases that they
 * renew by keep-alives, and cache what they read. Three promises carry everything. A client's view of its lease ends before
 * the master's. A file is changed only when whoever may cache it has let go of its copy, or has lost its lease. A lock whose
 * holder is lost is withheld from others for a while (the lock-delay), since what the holder has sent may still be under way;
 * and each holding has a generation, which a *sequencer* carries to the servers that the lock protects.
 *
 * All that must survive is in the log (cell.ts); sessions' leases and who caches what only the master knows, and a new one
 * starts from the worst (§2.9): a new epoch, every lease at its full length, every cache flushed before anything is changed.
 *
 * Left out or changed: one cell with a flat name space; no handles, access control, sequential or ephemeral nodes, proxies; locks are
 * exclusive, tried and tried again rather than waited for. The paper's master has a lease from its replicas; here it asks
 * the log whether it is still the master before it extends a session's lease (with Raft's option `reads: lease` that is the
 * paper's way, and costs no message). A session's lease begins when it asked: nobody else can have become master before.
 *
 * The class comes in chapters, each of which extends the one before: replica.ts (the log and what it says), sessions.ts (fail-over,
 * keep-alives, leases), and here calls, caching and locks. What it all changes is cell.ts.
 */

import type { Node, NodeId, Request } from "../../harness/protocol.ts";
import { type Cell, type CellOp, fileOf, type Standing } from "./cell.ts";
import type { Answer, Call, Content, SessionId, ToCell } from "./messages.ts";
import type { Office, PendingWrite, Session } from "./office.ts";
import { Sessions } from "./sessions.ts";

export class ChubbyServer extends Sessions implements Node {
  /** Calls that are in the log or on their way there, by id: where to answer. */
  private readonly callers = new Map<string, NodeId>();

  onStart(): void {
    this.raft.onStart();
    this.flush();
  }

  onMessage(from: NodeId, message: unknown): void {
    if (!isToCell(message)) this.raft.onMessage(from, message);
    else if (message.type === "call") this.onCall(from, message);
    else this.onKeepAlive(from, message);
    this.flush();
  }

  onTimer(name: string): void {
    if (!this.raft.onTimer(name)) this.onOwnTimer(name);
    this.flush();
  }

  onOrder(order: string): void {
    this.raft.onOrder(order);
    this.flush();
  }

  /** "hold" and "lease" are a session's, "delay" is a file's. */
  private onOwnTimer(timer: string): void {
    const { office } = this;
    if (office === undefined) return;
    const [what, ...rest] = timer.split(" ");
    const of = rest.join(" ");
    const session = office.sessions.get(of);
    if (what === "delay") this.onDelayOver(of);
    else if (session !== undefined && what === "hold") this.answerKeepAlive(session);
    else if (session !== undefined) this.onLeaseTimer(office, session);
  }

  protected override leaveOffice(): void {
    super.leaveOffice();
    this.callers.clear();
  }

  // ---- Calls ------------------------------------------------------------------------------------------------------------

  protected override onCall(from: NodeId, call: Call): void {
    const { office } = this;
    if (office === undefined) this.sendOn(from);
    else if (call.op.f !== "open-session" && !this.isOfEpoch(call.epoch, office))
      this.ctx.send(from, { type: "new-epoch", epoch: office.epoch });
    else if (!office.open) office.waiting.push({ from, call });
    else if (call.op.f === "write") this.onWrite(office, from, call, call.op.file);
    else this.take(from, call);
  }

  private take(from: NodeId, { id, serial, op }: Call): void {
    this.callers.set(id, from);
    this.propose(id, from, serial, op);
  }

  protected override onAnswered({ id, client, serial, op }: Request<CellOp>, result: unknown): void {
    if (op.f === "session") {
      this.onConfirmed(id, result as Standing);
      return;
    }
    const from = this.callers.get(id);
    const { office } = this;
    this.callers.delete(id);
    if (from === undefined || office === undefined) return;
    if (op.f !== "read") this.forgetWrites(office, client, serial);
    const cacheable = op.f === "read" && result !== "gone" && this.isCachedBy(office, op.session, op.file, result as Content);
    const answer: Answer = { type: "answer", id, epoch: office.epoch, result, cacheable };
    this.ctx.send(from, answer);
  }

  /** This one and earlier ones of the client: they have been carried out, or never will be. */
  private forgetWrites({ writes }: Office, client: NodeId, serial: number): void {
    for (const { call, from } of writes.values()) if (from === client && call.serial <= serial) writes.delete(call.id);
  }

  /** It was not for this server to take: the client asks again. */
  protected override onRedirected(id: string): void {
    super.onRedirected(id);
    this.callers.delete(id);
  }

  // ---- Caching (§2.7) -----------------------------------------------------------------------------------------------------

  /** Whoever may cache is written down before it is told the content. */
  private isCachedBy(office: Office, id: SessionId, file: string, { generation }: Content): boolean {
    const session = office.sessions.get(id);
    if (session === undefined || session.ending) return false;
    session.interests.add(file);
    if (!this.isCachable(office, file)) {
      this.ctx.sometimes("read while a write waits");
      return false;
    }
    session.caches.set(file, generation);
    return true;
  }

  protected isCachable(office: Office, file: string): boolean {
    return !office.isUncachable(file);
  }

  protected onWrite(office: Office, from: NodeId, call: Call, file: string): void {
    if (office.writes.has(call.id)) return;
    const caching = [...office.sessions.values()].filter(({ caches }) => caches.has(file));
    const write: PendingWrite = { call, from, file, waitsFor: new Set(caching.map(({ id }) => id)), proposed: false };
    office.writes.set(call.id, write);
    if (caching.length > 0) this.ctx.sometimes("write waited for caches");
    const generation = fileOf(this.cell, file).content;
    for (const session of caching) this.tell(office, session, { kind: "invalidate", file, generation });
    this.writeWhenFree(write);
  }

  /** It has read the file again since, when the acknowledgement is late or there were two invalidations: that copy is another. */
  protected override onInvalidated(office: Office, session: Session, file: string, generation: number): void {
    if (this.isLetGo(session.caches.get(file) ?? 0, generation)) this.letGo(office, session, file);
  }

  protected isLetGo(cached: number, invalidated: number): boolean {
    return cached <= invalidated;
  }

  /** It has dropped its copy, or may not use it any more. */
  private letGo(office: Office, { id, caches }: Session, file: string): void {
    caches.delete(file);
    for (const write of office.writes.values()) {
      if (write.file === file && write.waitsFor.delete(id)) this.writeWhenFree(write);
    }
  }

  private writeWhenFree(write: PendingWrite): void {
    if (write.proposed || !this.mayWrite(write)) return;
    write.proposed = true;
    this.take(write.from, write.call);
  }

  protected mayWrite({ waitsFor }: PendingWrite): boolean {
    return waitsFor.size === 0;
  }

  /** Told after the change, so that whoever hears of it and reads sees it (§2.5). */
  protected override onWritten(file: string, generation: number): void {
    const { office } = this;
    if (office === undefined) return;
    for (const session of office.sessions.values())
      if (session.interests.has(file)) this.tell(office, session, { kind: "modified", file, generation });
  }

  // ---- Lock-delay (§2.4) --------------------------------------------------------------------------------------------------------

  /** Counted from here, and by a new master from the start: what the lost holder sent may still be under way. */
  protected override startDelay(name: string): void {
    this.ctx.sometimes("lock withheld");
    this.ctx.setTimer(`delay ${name}`, this.lockDelayMs);
  }

  private onDelayOver(name: string): void {
    const { lock, generation } = fileOf(this.cell, name);
    if (lock !== "delayed") return;
    this.propose(`delay#${name}#${generation}`, `delay ${name}`, generation, { f: "end-delay", file: name, generation });
    this.ctx.setTimer(`delay ${name}`, this.tryMs);
  }

  /** What it may have cached, it may not serve any more; what it held is withheld from others for a while. */
  protected override onEnded(id: SessionId, before: Cell, cell: Cell): void {
    const { office } = this;
    if (office === undefined) return;
    this.ctx.sometimes("session ended");
    for (const [name, { lock }] of Object.entries(cell.files))
      if (lock === "delayed" && fileOf(before, name).lock !== "delayed") this.startDelay(name);
    const session = office.sessions.get(id);
    office.sessions.delete(id);
    office.unaware.delete(id);
    if (session !== undefined) for (const file of [...session.caches.keys()]) this.letGo(office, session, file);
    this.openOffice(office);
  }

  inspect(): unknown {
    const { epoch, sessions, files } = this.cell;
    return {
      raft: this.raft.inspect(),
      master: this.office !== undefined,
      open: this.office?.open ?? false,
      epoch,
      sessions,
      files,
    };
  }
}

function isToCell(message: unknown): message is ToCell {
  const { type } = message as { readonly type: string };
  return type === "call" || type === "keep-alive";
}
