/**
 * Primary and backups as in a blog post: **wrong on purpose**. Its scenario expects that it is found out.
 *
 * The first server in the list is the primary. It writes to its log, answers the client, and sends the entry to the backups,
 * which fetch what they miss. Everybody sends heartbeats; whoever has not been heard of for a while counts as dead, and the
 * first server that is left is the primary. Without faults it works, it survives many a crash in a demonstration, and it is
 * naive in four ways:
 *
 * 1. The primary answers before any backup has the write; it crashes, and a backup takes over without it. This is every store
 *    that replicates asynchronously and fails over by itself: Redis with Sentinel (Jepsen, 2013).
 * 2. Who is primary is each server's own opinion. Silent is not dead: a primary that is cut off or paused goes on beside the
 *    next one, and both take writes: MySQL at GitHub in October 2018, after 43 seconds without a link between two coasts.
 * 3. A primary answers reads from its own copy without asking whether it still is one.
 * 4. An old primary that comes back is primary again, with the log it had; logs that differ are compared by their length only.
 *
 * The right way is in lab 2 of MIT's 6.824 (2012 to 2015) and of DSLabs: a view service names one primary for each numbered
 * view; the primary forwards every operation, reads too, and answers when the backup of the same view has acknowledged; a new
 * primary has got the state before its view begins. Or consensus: see protocols/raft.
 */

import {
  type Context,
  type Log,
  type Ms,
  type Node,
  type NodeId,
  never,
  type Options,
  type Request,
} from "../../harness/protocol.ts";
import type { Entry, Fetch, Heartbeat, Message, Op, Replicate, Result } from "./messages.ts";

export class PrimaryBackup implements Node<Message, Op> {
  private readonly ctx: Context<Message, Result>;
  private readonly heartbeatMs: Ms;
  private readonly failoverMs: Ms;
  /** All writes, in the order in which this server took them; on disk. */
  private readonly log: Log<Entry>;
  private readonly store = new Map<string, Entry["value"]>();
  private readonly heardAt = new Map<NodeId, Ms>();
  private isPrimary = false;

  constructor(ctx: Context<Message, Result>, options: Options) {
    this.ctx = ctx;
    this.heartbeatMs = Number(options["heartbeat"]);
    this.failoverMs = Number(options["failover"]);
    this.log = ctx.disk.log("writes");
  }

  onStart(): void {
    this.recover();
    for (const peer of this.ctx.peers) this.heardAt.set(peer, this.ctx.elapsed());
    this.beat();
  }

  onRequest(request: Request<Op>): void {
    const primary = this.primary();
    if (primary === this.ctx.id) this.execute(request);
    else this.ctx.redirect(request, primary);
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "heartbeat":
        this.onHeartbeat(from, message);
        break;
      case "replicate":
        this.onReplicate(from, message);
        break;
      case "fetch":
        this.onFetch(from, message);
        break;
      default:
        never(message);
    }
  }

  onTimer(): void {
    this.beat();
  }

  // The primary.

  private execute(request: Request<Op>): void {
    const { op } = request;
    const key = op.key ?? "";
    const value = this.store.get(key) ?? null;
    switch (op.f) {
      case "read":
        this.ctx.reply(request, value);
        break;
      case "write":
        this.write(request, { key, value: op.value }, null);
        break;
      case "cas":
        if (value === op.from) this.write(request, { key, value: op.to }, true);
        else this.ctx.reply(request, false);
        break;
      default:
        never(op);
    }
  }

  /** Durable here, answered, and only then on its way to the backups. */
  private write(request: Request<Op>, entry: Entry, result: Result): void {
    const index = this.log.length;
    this.append([entry]);
    this.ctx.reply(request, result);
    this.ctx.broadcast({ type: "replicate", index, entries: [entry] });
  }

  private onFetch(from: NodeId, { index }: Fetch): void {
    this.ctx.send(from, { type: "replicate", index, entries: this.entries().slice(index) });
  }

  // The backups.

  private onReplicate(from: NodeId, { index, entries }: Replicate): void {
    const missing = index - this.log.length;
    if (missing > 0) this.ctx.send(from, { type: "fetch", index: this.log.length });
    else this.append(entries.slice(-missing));
  }

  // Who is primary.

  /** The first server in the list that has been heard of lately, or oneself. */
  private primary(): NodeId {
    const now = this.ctx.elapsed();
    const alive = (node: NodeId): boolean => node === this.ctx.id || now - (this.heardAt.get(node) ?? 0) <= this.failoverMs;
    return this.ctx.nodes().find(alive) ?? this.ctx.id;
  }

  private beat(): void {
    const isPrimary = this.primary() === this.ctx.id;
    if (isPrimary && !this.isPrimary) {
      this.ctx.fact("primary");
      if (this.ctx.id !== this.ctx.nodes()[0]) this.ctx.sometimes("a backup took over");
    }
    if (this.isPrimary && !isPrimary) this.ctx.fact("backup");
    this.isPrimary = isPrimary;
    this.ctx.broadcast({ type: "heartbeat", primary: isPrimary, length: this.log.length });
    this.ctx.setTimer("heartbeat", this.heartbeatMs);
  }

  private onHeartbeat(from: NodeId, { primary, length }: Heartbeat): void {
    if (primary && this.isPrimary) this.ctx.sometimes("two primaries at once");
    this.heardAt.set(from, this.ctx.elapsed());
    if (from === this.primary() && length > this.log.length) this.ctx.send(from, { type: "fetch", index: this.log.length });
  }

  // The log.

  private append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) {
      this.log.append(entry);
      this.store.set(entry.key, entry.value);
    }
    this.ctx.disk.sync();
  }

  private entries(): Entry[] {
    return this.log.entries().filter((entry): entry is Entry => !("torn" in entry));
  }

  /** Every append is synced in its handler, so at most the last ones are torn or missing. */
  private recover(): void {
    const whole = this.log.entries().findIndex((entry) => "torn" in entry);
    if (whole >= 0) {
      this.log.truncate(whole);
      this.ctx.disk.sync();
    }
    for (const { key, value } of this.entries()) this.store.set(key, value);
  }

  inspect(): unknown {
    return { isPrimary: this.isPrimary, length: this.log.length, store: Object.fromEntries(this.store) };
  }
}
