/**
 * The Redis server of the lock: one key, set if it is not there, deleted by its owner, gone after its lease
 * unless its owner extends it.
 *
 * It answers when its append-only file is synced (`appendfsync always`). A Redis that keeps its data in memory only, or syncs
 * once a second, forgets the lock in a crash and gives it to the next who asks while the first one works on. After a restart
 * nobody knows how long it was down (its stop-watch begins again), so the lock that it finds gets its whole lease anew: too
 * long is safe, too short is not. The count of grants is kept with the key, and is the fencing token.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";
import type { Acquire, Extend, FromRedis, GrantedFact, Release, ReleasedFact, ToRedis } from "./messages.ts";

/** The newest grant, as on disk. */
export interface Grant {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly token: number;
  readonly leaseMs: Ms;
  /** Who asked to delete the key; absent while it is there, or has only run out. */
  readonly releasedBy?: Owner;
}

export class Redis implements Node<ToRedis> {
  protected readonly ctx: Context<FromRedis>;
  private readonly fencing: boolean;
  /** The grants so far. */
  protected count = 0;
  /** The key's value, until its time is up. */
  protected held: Grant | undefined;
  /** When the key is gone, by `clock()`. */
  protected untilMs = 0;

  constructor(ctx: Context<FromRedis>, options: Options) {
    this.ctx = ctx;
    this.fencing = options["fencing"] === true;
  }

  /** What the disk holds is stated again: nobody heard it if a crash fell between the sync and the fact. */
  onStart(): void {
    const grant = this.recall();
    if (grant === undefined) return;
    this.count = grant.token;
    if (grant.releasedBy === undefined) {
      this.ctx.sometimes("lock found at a restart");
      this.hold(grant);
    } else this.stateReleased(grant, grant.releasedBy);
  }

  onMessage(from: NodeId, message: ToRedis): void {
    switch (message.type) {
      case "set-nx":
        this.onSet(from, message);
        break;
      case "delete-if-mine":
        this.onDelete(from, message);
        break;
      case "extend-if-mine":
        this.onExtend(from, message);
        break;
      default:
        never(message);
    }
  }

  private onSet(from: NodeId, { owner, leaseMs }: Acquire): void {
    if (this.isFree()) this.grant({ owner, client: from, token: this.nextToken(), leaseMs });
    else this.onTaken(from, owner, leaseMs);
  }

  protected onTaken(from: NodeId, owner: Owner, _leaseMs: Ms): void {
    this.ctx.send(from, { type: "taken", owner });
  }

  protected nextToken(): number {
    return this.count + 1;
  }

  private isFree(): boolean {
    if (this.held === undefined) return true;
    if (this.clock() < this.untilMs) return false;
    this.ctx.sometimes("lease ran out");
    return true;
  }

  /** Durable before anybody is told. */
  protected grant(grant: Grant): void {
    this.count = grant.token;
    this.persist(grant);
    this.hold(grant);
    this.tell(grant);
  }

  protected tell({ client, owner, token }: Grant): void {
    this.answer(client, { type: "granted", owner, ...(this.fencing && { token }) });
  }

  /** Says that something has changed. */
  protected answer(client: NodeId, message: FromRedis): void {
    this.ctx.send(client, message);
  }

  protected hold(grant: Grant): void {
    this.held = grant;
    this.startLease(grant);
  }

  /** The lease is counted from here. */
  protected startLease(grant: Grant): void {
    this.untilMs = this.clock() + grant.leaseMs;
    this.stateGranted(grant);
  }

  protected stateGranted({ owner, client, token, leaseMs }: Grant): void {
    const fact: GrantedFact = { owner, client, token, leaseMs, atMs: this.ctx.elapsed() };
    this.ctx.fact("granted", fact);
  }

  private onDelete(from: NodeId, { owner }: Release): void {
    if (this.held !== undefined && this.mayDelete(owner, this.held)) this.free(this.held, owner);
    this.ctx.send(from, { type: "released", owner });
  }

  protected mayDelete(owner: Owner, held: Grant): boolean {
    return held.owner === owner;
  }

  private free(held: Grant, by: Owner): void {
    this.held = undefined;
    this.persist({ ...held, releasedBy: by });
    this.stateReleased(held, by);
  }

  protected stateReleased({ owner }: Grant, by: Owner): void {
    const fact: ReleasedFact = { owner, by };
    this.ctx.fact("released", fact);
  }

  private onExtend(from: NodeId, { owner, leaseMs, nth }: Extend): void {
    const { held } = this;
    if (held === undefined || this.clock() >= this.untilMs || !this.mayExtend(owner, held)) {
      this.ctx.send(from, { type: "not-yours", owner });
      return;
    }
    const longer = { ...held, leaseMs };
    this.persist(longer);
    this.hold(longer);
    this.answer(from, { type: "extended", owner, nth });
  }

  protected mayExtend(owner: Owner, held: Grant): boolean {
    return held.owner === owner;
  }

  /** What leases are counted on: never jumps. */
  protected clock(): Ms {
    return this.ctx.elapsed();
  }

  protected persist(grant: Grant): void {
    this.ctx.disk.write("lock", grant);
    this.ctx.disk.sync();
  }

  protected recall(): Grant | undefined {
    return this.ctx.disk.read<Grant>("lock");
  }

  inspect(): unknown {
    return { grants: this.count, holder: this.held?.owner ?? null };
  }
}
