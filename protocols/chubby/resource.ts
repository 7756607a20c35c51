/** What the locks protect: takes a value under each lock, and with `sequencers` none from an older holding than it has seen (§2.4). */

import type { Context, Node, NodeId, Options } from "../../harness/protocol.ts";
import type { AcceptedFact, SessionId, Write, Written } from "./messages.ts";

/** The newest write under a lock, as on disk, with the newest generation of its sequencers. */
interface Stored {
  readonly value: number;
  readonly session: SessionId;
  readonly generation: number;
}

export class Resource implements Node<Write> {
  protected readonly ctx: Context<Written>;
  private readonly sequencers: boolean;

  constructor(ctx: Context<Written>, options: Options) {
    this.ctx = ctx;
    this.sequencers = options["sequencers"] === true;
  }

  /** Durable, the generation with the value, before anybody is told. */
  onMessage(from: NodeId, { id, session, sequencer, value }: Write): void {
    const { file, generation } = sequencer;
    const newest = this.ctx.disk.read<Stored>(file)?.generation ?? 0;
    if (this.sequencers && this.isStale(generation, newest)) {
      this.ctx.sometimes("stale sequencer refused");
      this.ctx.send(from, { type: "refused", id });
      return;
    }
    const stored: Stored = { value, session, generation: Math.max(generation, newest) };
    this.ctx.disk.write(file, stored);
    this.ctx.disk.sync();
    const fact: AcceptedFact = { file, generation, session, value };
    this.ctx.fact("accepted", fact);
    this.ctx.send(from, { type: "accepted", id });
  }

  /** A holder may try again under the sequencer that it has written under: its first answer may be lost. */
  protected isStale(generation: number, newest: number): boolean {
    return generation < newest;
  }
}
