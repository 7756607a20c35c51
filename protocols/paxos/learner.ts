/**
 * A learner of the synod: it hears of every acceptance, and knows that a proposal is chosen once a majority has accepted it
 * (§2.3).
 *
 * It keeps nothing on its disk. Whoever needs to know again what was chosen has a proposer issue a proposal: it will
 * be for the same value, and its acceptances are heard by everybody who is up.
 */

import { type Context, type Node, type NodeId, never } from "../../harness/protocol.ts";
import { type Accepted, compare, type Decree, type Learned, type Message, majority, nameOf, type Proposal } from "./messages.ts";

export class Learner implements Node<Message> {
  protected readonly ctx: Context<Message>;
  /** Who has accepted which proposal, until one is chosen. */
  private readonly acceptors = new Map<Decree, Map<string, NodeId[]>>();
  private readonly learned = new Map<Decree, Proposal>();

  constructor(ctx: Context<Message>) {
    this.ctx = ctx;
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "accepted":
        this.onAccepted(from, message);
        break;
      case "learned":
        this.onLearned(message);
        break;
      case "prepare":
      case "promise":
      case "accept":
      case "reject":
      case "present":
        throw new Error(`${from} sent a learner a message of type ${message.type}, which only others are sent`);
      default:
        never(message);
    }
  }

  private onAccepted(from: NodeId, { decree, ballot, value }: Accepted): void {
    const known = this.learned.get(decree);
    if (known !== undefined) {
      // A proposal of later: its proposer has not heard of the decision.
      if (compare(ballot, known.ballot) > 0) {
        this.ctx.broadcast({ type: "learned", decree, ...known }, this.ctx.nodes("proposer"));
      }
      return;
    }
    const proposal = { ballot, value };
    if (this.count(from, decree, proposal) < this.quorum()) return;
    this.learn(decree, proposal);
    const others = this.ctx.nodes("learner").filter((learner) => learner !== this.ctx.id);
    this.ctx.broadcast({ type: "learned", decree, ...proposal }, [...this.ctx.nodes("proposer"), ...others]);
  }

  /** How many acceptors have accepted this very proposal. */
  protected count(from: NodeId, decree: Decree, proposal: Proposal): number {
    const all = this.acceptors.get(decree) ?? new Map<string, NodeId[]>();
    this.acceptors.set(decree, all);
    const name = this.counted(proposal);
    const before = all.get(name) ?? [];
    const after = this.isNew(from, before) ? [...before, from] : before;
    all.set(name, after);
    return after.length;
  }

  /** What is counted: acceptances of one number. A value that was accepted under two numbers has two counts. */
  protected counted({ ballot }: Proposal): string {
    return nameOf(ballot);
  }

  /** An acceptance that comes twice is one. */
  protected isNew(from: NodeId, before: readonly NodeId[]): boolean {
    return !before.includes(from);
  }

  protected quorum(): number {
    return majority(this.ctx.nodes("acceptor").length);
  }

  private onLearned({ decree, ballot, value }: Learned): void {
    if (this.learned.has(decree)) return;
    this.ctx.sometimes("learned from another learner");
    this.learn(decree, { ballot, value });
  }

  private learn(decree: Decree, proposal: Proposal): void {
    this.learned.set(decree, proposal);
    this.acceptors.delete(decree);
    this.ctx.fact("learned", { decree, ...proposal });
  }

  inspect(): unknown {
    return Object.fromEntries([...this.learned].map(([decree, { value }]) => [decree, value]));
  }
}
