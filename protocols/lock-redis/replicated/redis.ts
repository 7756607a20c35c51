/**
 * A Redis server with replicas: the primary answers, and replicates what it has answered; a replica takes over when the sentinel says so.
 *
 * Replication is asynchronous: a client may have its lock before any replica has heard of it, and if the primary dies in
 * between, the replica that takes its place gives the lock to the next ("the lock lost at fail-over", Redis documentation,
 * "Why failover-based implementations are not enough"). With `wait` the primary holds back its answer until so many replicas have the
 * grant on their disks (`WAIT`, with `appendfsync always`): that is enough if whoever is promoted is one of them.
 *
 * A token is the epoch with the count of grants in it, as a zxid of ZooKeeper is: a primary may have forgotten grants of the one before, but
 * not that it reigns later, so its tokens are greater all the same.
 */

import type { Context, NodeId, Options } from "../../../harness/protocol.ts";
import type { Extended, FromRedis, Granted, ToRedis } from "../messages.ts";
import { type Grant, Redis } from "../redis.ts";
import type { Config, Ping, Pong, PrimaryFact, ReadOnly, Replicate, Replicated, ToReplicated } from "./messages.ts";

/** Decimal, so that 3000012 reads as the 12th grant of epoch 3. */
const grantsAnEpoch = 1_000_000;

const replicateEveryMs = 50;

/** The key as on disk, and which of whose changes made it so. */
interface Copy extends Grant {
  readonly epoch: number;
  readonly offset: number;
}

/** An answer that is not given before enough replicas hold what it says. */
interface HeldBack {
  readonly to: NodeId;
  readonly message: FromRedis;
  readonly offset: number;
}

export class ReplicatedRedis extends Redis {
  protected override readonly ctx: Context<FromRedis | ReadOnly | Replicate | Replicated | Pong>;
  private readonly wait: number;
  private config: Config = { epoch: 0, primary: "" };
  /** The newest state of the key, also when it is free. */
  private copy: Copy | undefined;
  private heldBack: HeldBack[] = [];
  /** The newest offset of this epoch that each replica has acknowledged. */
  private readonly acknowledged = new Map<NodeId, number>();

  constructor(ctx: Context<FromRedis | ReadOnly | Replicate | Replicated | Pong>, options: Options) {
    super(ctx, options);
    this.ctx = ctx;
    this.wait = Number(options["wait"]);
  }

  override onStart(): void {
    this.config = this.ctx.disk.read<Config>("config") ?? { epoch: 1, primary: this.ctx.nodes("redis")[0]! };
    this.copy = this.recall();
    super.onStart();
    if (this.isPrimary()) this.reign();
  }

  override onMessage(from: NodeId, message: ToRedis | ToReplicated): void {
    switch (message.type) {
      case "replicate":
        this.onReplicate(from, message);
        break;
      case "replicated":
        this.onReplicated(from, message);
        break;
      case "ping":
        this.onPing(from, message);
        break;
      default:
        if (this.isPrimary()) this.onCommand(from, message);
        else this.ctx.send(from, { type: "read-only", owner: message.owner });
    }
  }

  private isPrimary(): boolean {
    return this.config.primary === this.ctx.id;
  }

  // The primary

  private reign(): void {
    const fact: PrimaryFact = { epoch: this.config.epoch };
    this.ctx.fact("primary", fact);
    this.replicate();
    this.ctx.setTimer("replicate", replicateEveryMs);
  }

  private onCommand(from: NodeId, message: ToRedis): void {
    const before = this.copy;
    super.onMessage(from, message);
    if (this.copy !== before) this.replicate();
  }

  protected override nextToken(): number {
    return Math.max(this.count, this.config.epoch * grantsAnEpoch) + 1;
  }

  protected override persist(grant: Grant): void {
    this.keep({ ...grant, epoch: this.config.epoch, offset: (this.copy?.offset ?? 0) + 1 });
  }

  private keep(copy: Copy): void {
    this.copy = copy;
    this.write(copy);
  }

  protected write(copy: Grant): void {
    super.persist(copy);
  }

  protected override recall(): Copy | undefined {
    return this.ctx.disk.read<Copy>("lock");
  }

  /** What lets somebody work waits for the replicas. */
  protected override answer(to: NodeId, message: Granted | Extended): void {
    if (this.wait === 0) super.answer(to, message);
    else this.heldBack.push({ to, message, offset: this.copy!.offset });
  }

  /** To all who have not acknowledged the newest change. */
  private replicate(): void {
    if (this.copy === undefined) return;
    const { epoch } = this.config;
    const { epoch: _copied, offset, ...grant } = this.copy;
    const behind = this.ctx.nodes("redis").filter((id) => id !== this.ctx.id && (this.acknowledged.get(id) ?? 0) < offset);
    if (behind.length > 0) this.ctx.broadcast({ type: "replicate", epoch, offset, grant: this.copyOf(grant) }, behind);
  }

  protected copyOf(grant: Grant): Grant {
    return grant;
  }

  onTimer(_name: string): void {
    if (!this.isPrimary()) return;
    this.replicate();
    this.ctx.setTimer("replicate", replicateEveryMs);
  }

  private onReplicated(from: NodeId, { epoch, offset }: Replicated): void {
    if (!this.isPrimary() || epoch !== this.config.epoch) return;
    this.acknowledged.set(from, Math.max(offset, this.acknowledged.get(from) ?? 0));
    const holds = [...this.acknowledged.values()].toSorted((a, b) => b - a)[this.wait - 1] ?? 0;
    for (const { to, message, offset: needed } of this.heldBack) if (needed <= holds) this.ctx.send(to, message);
    this.heldBack = this.heldBack.filter(({ offset: needed }) => needed > holds);
  }

  // A replica

  private onReplicate(from: NodeId, message: Replicate): void {
    const { epoch, offset } = message;
    if (!this.obeys(epoch)) return;
    if (this.copy === undefined || this.copy.epoch < epoch || this.copy.offset < offset) this.holdCopy(message);
    this.ctx.send(from, { type: "replicated", epoch, offset });
  }

  /** For as long from here as it was granted for there: too long is safe, too short is not. */
  protected holdCopy({ epoch, offset, grant }: Replicate): void {
    this.keep({ ...grant, epoch, offset });
    this.count = grant.token;
    if (grant.releasedBy === undefined) this.hold(grant);
    else this.held = undefined;
  }

  protected obeys(epoch: number): boolean {
    return !this.isPrimary() && epoch === this.config.epoch;
  }

  /** A copy is no grant. */
  protected override stateGranted(grant: Grant): void {
    if (this.isPrimary()) super.stateGranted(grant);
  }

  // Fail-over

  /** Durable before anything is done under the new primary: who restarts must not fall back. */
  private onPing(from: NodeId, { epoch, primary }: Ping): void {
    if (epoch > this.config.epoch) {
      const deposed = this.isPrimary();
      this.config = { epoch, primary };
      this.ctx.disk.write("config", this.config);
      this.ctx.disk.sync();
      this.heldBack = [];
      this.acknowledged.clear();
      if (this.isPrimary()) this.reign();
      else if (deposed) this.ctx.sometimes("old primary deposed alive");
    }
    const { epoch: copied = 0, offset = 0 } = this.copy ?? {};
    this.ctx.send(from, { type: "pong", epoch: copied, offset });
  }

  override inspect(): unknown {
    return { ...this.config, grants: this.count, holder: this.held?.owner ?? null, offset: this.copy?.offset ?? 0 };
  }
}
