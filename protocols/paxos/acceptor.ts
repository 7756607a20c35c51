/**
 * An acceptor of the synod: it keeps its promises, and what it keeps, it keeps on its disk.
 *
 * P1a: an acceptor can accept a proposal numbered n if and only if it has not responded to a prepare request having a
 * number greater than n. So it need only remember the highest number that it has promised and the highest-numbered
 * proposal that it has accepted, "even if it fails and then restarts" (§2.2).
 */

import { type Context, type Node, type NodeId, never } from "../../harness/protocol.ts";
import {
  type Accept,
  type Ballot,
  compare,
  type Decree,
  type Message,
  noBallot,
  type Prepare,
  type Proposal,
} from "./messages.ts";

/** What an acceptor remembers of one decree. */
export interface Vote {
  readonly promised: Ballot;
  readonly accepted: Proposal | null;
}

/** A line of the ledger: the last one about a decree counts. */
export interface Line extends Vote {
  readonly decree: Decree;
}

const LEDGER = "ledger";

export class Acceptor implements Node<Message> {
  protected readonly ctx: Context<Message>;
  protected readonly votes = new Map<Decree, Vote>();

  constructor(ctx: Context<Message>) {
    this.ctx = ctx;
  }

  /** A line that a crash has torn was not synced, so nobody has been told of it. */
  onStart(): void {
    for (const line of this.ctx.disk.log<Line>(LEDGER).entries()) {
      if ("torn" in line) continue;
      const { decree, promised, accepted } = line;
      this.votes.set(decree, { promised, accepted });
    }
    this.ctx.fact("recovered", { votes: [...this.votes].map(([decree, vote]) => ({ decree, ...vote })) });
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "prepare":
        this.onPrepare(from, message);
        break;
      case "accept":
        this.onAccept(from, message);
        break;
      case "promise":
      case "accepted":
      case "reject":
      case "learned":
      case "present":
        throw new Error(`${from} sent an acceptor a message of type ${message.type}, which only others are sent`);
      default:
        never(message);
    }
  }

  /** Phase 1(b). A prepare request that comes twice is answered twice. */
  private onPrepare(from: NodeId, { decree, ballot }: Prepare): void {
    const { promised, accepted } = this.vote(decree);
    if (compare(ballot, promised) < 0) {
      this.ctx.send(from, { type: "reject", decree, ballot, promised });
      return;
    }
    if (compare(ballot, promised) > 0) {
      this.remember(decree, { promised: ballot, accepted });
      this.ctx.fact("promised", { decree, ballot });
    }
    this.ctx.send(from, { type: "promise", decree, ballot, accepted });
  }

  /** Phase 2(b). What it has accepted already it says again: somebody may have missed it. */
  private onAccept(from: NodeId, { decree, ballot, value }: Accept): void {
    const { promised, accepted } = this.vote(decree);
    if (!this.mayAccept(ballot, promised)) {
      this.ctx.send(from, { type: "reject", decree, ballot, promised });
      return;
    }
    if (accepted === null || compare(accepted.ballot, ballot) !== 0 || accepted.value !== value) {
      this.accept(decree, { ballot, value });
    }
    this.ctx.broadcast({ type: "accepted", decree, ballot, value }, this.ctx.nodes("learner"));
  }

  /** P1a. */
  protected mayAccept(ballot: Ballot, promised: Ballot): boolean {
    return compare(ballot, promised) >= 0;
  }

  /** To accept n is to promise n, too. */
  protected accept(decree: Decree, proposal: Proposal): void {
    this.remember(decree, { promised: proposal.ballot, accepted: proposal });
    this.ctx.fact("accepted", { decree, ...proposal });
  }

  protected vote(decree: Decree): Vote {
    return this.votes.get(decree) ?? { promised: noBallot, accepted: null };
  }

  private remember(decree: Decree, vote: Vote): void {
    this.persist({ decree, ...vote });
    this.votes.set(decree, vote);
  }

  /** Before anybody is told. */
  protected persist(line: Line): void {
    this.ctx.disk.log<Line>(LEDGER).append(line);
    this.ctx.disk.sync();
  }

  inspect(): unknown {
    return Object.fromEntries(this.votes);
  }
}
