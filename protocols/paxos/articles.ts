/**
 * The Paxos classes of three articles, spread over processes as their words say: whoever proposes holds the object, and asks the
 * other nodes by messages. Each is a proposer that also learns, and an acceptor; there is no president, no promise, and no disk.
 */

import type { Context, Node, NodeId, Request } from "../../harness/protocol.ts";
import {
  type Accept,
  type Accepted,
  type Decree,
  type Message,
  majority,
  type Op,
  type Proposal,
  type Value,
} from "./messages.ts";

/** Takes whatever it is sent, and says so to whoever sent it. */
export class ArticleAcceptor implements Node<Message> {
  private readonly ctx: Context<Message>;

  constructor(ctx: Context<Message>) {
    this.ctx = ctx;
  }

  onMessage(from: NodeId, message: Message): void {
    const { decree, ballot, value } = message as Accept;
    this.ctx.fact("accepted", { decree, ballot, value });
    this.ctx.send(from, { type: "accepted", decree, ballot, value });
  }
}

/** Has nothing to do: the articles' processes each learn for themselves. */
export class ArticleLearner implements Node<Message> {
  onMessage(): void {}
}

/** What the three have in common: a request becomes a proposal of one's own, at once. */
abstract class ArticleProposer implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Value>;
  private readonly waiting = new Map<string, Request<Op>>();
  /** Proposals so far: their number. */
  private proposals = 0;

  constructor(ctx: Context<Message, Value>) {
    this.ctx = ctx;
  }

  onRequest(request: Request<Op>): void {
    const { key: decree, value } = request.op;
    this.ctx.fact("requested", { decree, value });
    this.waiting.set(request.id, request);
    this.proposals += 1;
    const ballot = { round: this.proposals, proposer: this.ctx.id };
    this.ctx.fact("issued", { decree, ballot, value });
    this.ctx.broadcast({ type: "accept", decree, ballot, value }, this.ctx.nodes("acceptor"));
  }

  onMessage(from: NodeId, message: Message): void {
    const accepted = message as Accepted;
    this.onAccepted(from, accepted);
    const { decree, ballot } = accepted;
    const value = this.getValue(accepted);
    if (value === undefined) return;
    this.ctx.fact("learned", { decree, ballot, value });
    for (const request of this.waiting.values()) if (request.op.key === decree) this.answer(request, value);
  }

  private answer(request: Request<Op>, value: Value): void {
    this.waiting.delete(request.id);
    this.ctx.reply(request, value);
  }

  protected abstract onAccepted(from: NodeId, accepted: Accepted): void;
  /** What this process takes for decided, once it does. */
  protected abstract getValue(about: Accepted): Value | undefined;
}

/**
 * propose: "proposals[node] = value" for every node, over what was there; accept: when more than half of the nodes have the
 * value, "accepted_values[value] = True"; get_value: the first key of accepted_values.
 */
export class OverwritesProposals extends ArticleProposer {
  private readonly proposalsOf = new Map<Decree, Map<NodeId, Value>>();
  private readonly acceptedValues = new Map<Decree, Value[]>();

  protected override onAccepted(from: NodeId, { decree, value }: Accepted): void {
    const proposals = this.proposalsOf.get(decree) ?? new Map<NodeId, Value>();
    this.proposalsOf.set(decree, proposals.set(from, value));
    const nodes = [...proposals.values()].filter((proposed) => proposed === value);
    const accepted = this.acceptedValues.get(decree) ?? [];
    if (nodes.length >= majority(this.ctx.nodes("acceptor").length)) this.acceptedValues.set(decree, [...accepted, value]);
  }
  protected override getValue({ decree }: Accepted): Value | undefined {
    return this.acceptedValues.get(decree)?.[0];
  }
}

/** propose calls accept, which calls learn, which says True: one node that had not voted on this number is enough. */
export class LearnsFromOne extends ArticleProposer {
  private readonly learns = new Map<Decree, Value[]>();

  protected override onAccepted(_from: NodeId, { decree, value }: Accepted): void {
    this.learns.set(decree, [...(this.learns.get(decree) ?? []), value]);
  }
  protected override getValue({ value }: Accepted): Value {
    return value;
  }
}

/**
 * propose: "proposal_id = len(self.proposals)", and appends the pair of value and id; decide: "if proposal_id not in
 * self.proposals: return False". An id is no pair, so it never is in there.
 */
export class NeverDecides extends ArticleProposer {
  private readonly pairs: (readonly [Value, number])[] = [];
  private readonly acceptedValues: (readonly [Value, number])[] = [];

  override onRequest(request: Request<Op>): void {
    this.pairs.push([request.op.value, this.pairs.length]);
    super.onRequest(request);
  }
  protected override onAccepted(_from: NodeId, { ballot, value }: Proposal): void {
    const id = ballot.round - 1;
    if ((this.pairs as readonly unknown[]).includes(id)) this.acceptedValues.push([value, id]);
  }
  protected override getValue(): Value | undefined {
    return this.acceptedValues[0]?.[0];
  }
}
