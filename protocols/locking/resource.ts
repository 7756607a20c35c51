/** The resource that a lock protects: takes writes, and with `fencing` none that is older than one it has taken. */

import type { Context, Node, NodeId, Options } from "../../harness/protocol.ts";
import type { AcceptedFact, FromResource, Owner, Write } from "./messages.ts";

/** The newest write, as on disk, with the newest token. */
export interface Stored {
  readonly owner: Owner;
  readonly value: number;
  readonly token: number;
}

export class Resource implements Node<Write> {
  protected readonly ctx: Context<FromResource>;
  private readonly fencing: boolean;
  protected stored: Stored | undefined;

  constructor(ctx: Context<FromResource>, options: Options) {
    this.ctx = ctx;
    this.fencing = options["fencing"] === true;
  }

  /** What the disk holds is stated again: nobody heard it if a crash fell between the sync and the fact. */
  onStart(): void {
    const stored = this.recall();
    if (stored === undefined) return;
    this.stored = stored;
    this.state(stored);
  }

  onMessage(from: NodeId, write: Write): void {
    const { owner, value, token = 0 } = write;
    const newest = this.newest(from);
    // A client's second try carries the token of its first.
    if (this.fencing && token < newest) {
      this.ctx.sometimes("stale write refused");
      this.ctx.send(from, { type: "refused", owner, newest });
    } else this.accept(from, write, { owner, value, token: Math.max(token, newest) });
  }

  /** The newest token of all clients. */
  protected newest(_client: NodeId): number {
    return this.stored?.token ?? 0;
  }

  /** Durable, the token with the value, before anybody is told: a resource that forgets its token lets the dead write. */
  protected accept(from: NodeId, { owner }: Write, stored: Stored): void {
    this.stored = stored;
    this.persist(stored);
    this.state(stored);
    this.ctx.send(from, { type: "accepted", owner });
  }

  private state({ owner, value }: Stored): void {
    const fact: AcceptedFact = { owner, value };
    this.ctx.fact("accepted", fact);
  }

  protected persist(stored: Stored): void {
    this.ctx.disk.write("stored", stored);
    this.ctx.disk.sync();
  }

  protected recall(): Stored | undefined {
    return this.ctx.disk.read<Stored>("stored");
  }
}
