/**
 * A server of the token lock: any may be elected coordinator; the coordinator has the token, hands it out, and gets it back.
 *
 * The centralised algorithm of the text books (Tanenbaum and van Steen, Distributed Systems, 6.3.2): who wants the token asks the
 * coordinator, which hands it out or puts them in its queue. They add what it needs to outlive its parts:
 *
 * A token may be lost with its holder. So it is lent for a time (a lease, Gray and Cheriton 1989), and when that is over without its
 * coming back, there is a new one. That is right while two stop-watches differ by less than a share that the holder
 * takes off: the only assumption, and what a holder that sleeps does not heed, which is why the resource refuses an old token.
 *
 * The coordinator may be lost, with its queue and with its knowledge of who has the token. It hands out nothing while it does not know
 * that nobody else can have been elected (see election.ts), and its successor nothing for as long as the longest lease, by when every
 * token that was handed out before is over. Nothing of that need be on a disk. A token is the epoch with a count, as a zxid of
 * ZooKeeper is: so one of a later coordinator is greater than all that were handed out before.
 */

import type { Context, Ms, Node, NodeId, Options } from "../../harness/protocol.ts";
import { driftShare, type Owner } from "../locking/index.ts";
import { type Candidacy, Election } from "./election.ts";
import type { AmongServers, Extend, FromClient, QueueFact, Return, ToClient, Want } from "./messages.ts";

/** Decimal, so that 3000012 reads as the 12th token of epoch 3. */
const tokensAnEpoch = 1_000_000;

/** Who waits for the token, and when it last asked. */
export interface Waiting {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly leaseMs: Ms;
  nth: number;
  heardMs: Ms;
}

/** Who has the token. */
export interface Holder {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly token: number;
  readonly leaseMs: Ms;
  readonly nth: number;
  untilMs: Ms;
}

export class TokenServer implements Node<AmongServers | FromClient>, Candidacy {
  protected readonly ctx: Context<AmongServers | ToClient>;
  protected readonly election: Election;
  protected readonly longestLeaseMs: Ms;
  private readonly silentMs: Ms;
  protected queue: Waiting[] = [];
  protected holder: Holder | undefined;
  /** Tokens handed out in this epoch. */
  private count = 0;
  /** Before, a token of another coordinator may be out. */
  private readyMs: Ms = 0;

  constructor(ctx: Context<AmongServers | ToClient>, options: Options) {
    this.ctx = ctx;
    this.longestLeaseMs = Number(options["longest-lease"]);
    this.silentMs = Number(options["silent"]);
    this.election = this.elections(ctx, options);
  }

  protected elections(ctx: Context<AmongServers>, options: Options): Election {
    return new Election(ctx, options, this);
  }

  onStart(): void {
    this.election.start();
  }

  onMessage(from: NodeId, message: AmongServers | FromClient): void {
    switch (message.type) {
      case "want":
        this.onWant(from, message);
        break;
      case "return":
        this.onReturn(from, message);
        break;
      case "extend":
        this.onExtend(from, message);
        break;
      default:
        this.election.onMessage(from, message);
    }
  }

  onTimer(name: string): void {
    if (name === "election") this.election.onTimer();
    else this.serve();
  }

  // The coordinator comes and goes

  onElected(): void {
    this.queue = [];
    this.holder = undefined;
    this.count = 0;
    this.readyMs = this.ctx.elapsed() + this.waitsAtFirstMs();
    this.ctx.setTimer("serve", this.waitsAtFirstMs());
  }

  /** No token that was handed out before outlives this. */
  protected waitsAtFirstMs(): Ms {
    return this.longestLeaseMs * (1 + driftShare);
  }

  onRenewed(): void {
    this.serve();
  }

  onDeposed(): void {
    this.queue = [];
    this.ctx.cancelTimer("serve");
  }

  // The token goes and comes

  private onWant(from: NodeId, { owner, nth, leaseMs }: Want): void {
    if (!this.isMine(from, owner)) return;
    if (this.holder?.owner === owner) {
      this.tell(this.holder);
      return;
    }
    const waiting = this.queue.find((one) => one.owner === owner);
    const heardMs = this.ctx.elapsed();
    if (waiting === undefined) {
      this.enqueue({ owner, client: from, leaseMs: Math.min(leaseMs, this.longestLeaseMs), nth, heardMs });
      this.state("queued", owner);
    } else {
      waiting.nth = Math.max(nth, waiting.nth);
      waiting.heardMs = heardMs;
    }
    this.serve();
    if (this.queue.some((one) => one.owner === owner)) this.ctx.send(from, { type: "queued", owner });
  }

  protected enqueue(waiting: Waiting): void {
    this.queue.push(waiting);
  }

  /** Not the coordinator, or not sure to be: says where to ask. */
  private isMine(from: NodeId, owner: Owner): boolean {
    if (this.mayServe()) return true;
    const { coordinator } = this.election;
    const known = coordinator !== undefined && coordinator !== this.ctx.id;
    this.ctx.send(from, { type: "elsewhere", owner, ...(known && { coordinator }) });
    return false;
  }

  protected mayServe(): boolean {
    return this.election.reigns();
  }

  /** To the next in the queue who still asks, if there is a token. */
  private serve(): void {
    const now = this.ctx.elapsed();
    if (!this.mayServe() || now < this.readyMs) return;
    if (this.holder !== undefined) {
      if (now < this.holder.untilMs) return;
      this.ctx.sometimes("token lost with its holder");
      this.holder = undefined;
    }
    const next = this.nextInQueue();
    if (next === undefined) return;
    this.count += 1;
    const { owner, client, leaseMs, nth } = next;
    this.holder = { owner, client, leaseMs, nth, token: this.token(this.count), untilMs: now + leaseMs };
    this.expire(this.holder);
    this.state("served", owner);
    this.tell(this.holder);
  }

  private nextInQueue(): Waiting | undefined {
    for (;;) {
      const next = this.queue.shift();
      if (next === undefined || this.isThere(next)) return next;
      this.ctx.sometimes("gone from the queue");
      this.state("withdrawn", next.owner);
    }
  }

  /** Who waits goes on asking. */
  protected isThere({ heardMs }: Waiting): boolean {
    return this.ctx.elapsed() - heardMs < this.silentMs;
  }

  protected token(count: number): number {
    return this.election.epoch * tokensAnEpoch + count;
  }

  protected expire({ untilMs }: Holder): void {
    this.ctx.setTimer("serve", untilMs - this.ctx.elapsed());
  }

  private tell({ owner, client, token, nth, leaseMs }: Holder): void {
    this.ctx.send(client, { type: "granted", owner, token, nth, leaseMs });
  }

  private onReturn(from: NodeId, { owner }: Return): void {
    if (!this.isMine(from, owner)) return;
    if (this.holder !== undefined && this.mayReturn(owner, this.holder)) this.holder = undefined;
    if (this.queue.some((one) => one.owner === owner)) {
      this.queue = this.queue.filter((one) => one.owner !== owner);
      this.state("withdrawn", owner);
    }
    this.ctx.send(from, { type: "returned", owner });
    this.serve();
  }

  protected mayReturn(owner: Owner, holder: Holder): boolean {
    return holder.owner === owner;
  }

  private onExtend(from: NodeId, { owner, nth }: Extend): void {
    if (!this.isMine(from, owner)) return;
    const { holder } = this;
    if (holder === undefined || holder.owner !== owner || this.ctx.elapsed() >= holder.untilMs) {
      this.ctx.send(from, { type: "not-yours", owner });
      return;
    }
    holder.untilMs = this.ctx.elapsed() + holder.leaseMs;
    this.expire(holder);
    this.ctx.send(from, { type: "extended", owner, nth });
  }

  private state(name: "queued" | "served" | "withdrawn", owner: Owner): void {
    const fact: QueueFact = { epoch: this.election.epoch, owner };
    this.ctx.fact(name, fact);
  }

  inspect(): unknown {
    const queue = this.queue.map(({ owner }) => owner);
    return { ...this.election.inspect(), holder: this.holder?.owner ?? null, queue };
  }
}
