/** One node of Paxos with its fake ctx, and what may happen to it: two proposers, three acceptors, two learners. */

import type { Context, Node, NodeId, Options } from "../../../harness/protocol.ts";
import { paxos } from "../index.ts";
import { type Message, nameOf, type Op, type Proposal } from "../messages.ts";
import { FakeContext, FakeDisk } from "./fake-context.ts";

const servers = {
  proposer: ["proposer1", "proposer2"],
  acceptor: ["acceptor1", "acceptor2", "acceptor3"],
  learner: ["learner1", "learner2"],
};

const options: Options = { presence: 40, absence: 150, patience: 100, "back-off": { min: 10, max: 30 } };

export type Make = typeof paxos.create;

export class Seat {
  readonly disk: FakeDisk;
  private readonly id: NodeId;
  private readonly make: Make;
  private readonly ctx: FakeContext<Message>;
  private readonly node: Node<Message, Op>;

  private constructor(id: NodeId, make: Make, disk: FakeDisk) {
    this.id = id;
    this.make = make;
    this.disk = disk;
    this.ctx = new FakeContext<Message>({ id, servers, words }, disk);
    this.node = make(this.ctx as Context, options) as Node<Message, Op>;
    this.node.onStart?.();
  }

  /** Booted from an empty disk. */
  static of(id: NodeId, make: Make = paxos.create): Seat {
    const seat = new Seat(id, make, new FakeDisk());
    seat.told();
    return seat;
  }

  /** The next incarnation, on the same disk; what it does at its start is to be seen. */
  restarted(): Seat {
    return new Seat(this.id, this.make, this.disk);
  }

  asks(value: number, serial = 1, client: NodeId = "c1"): this {
    this.node.onRequest?.({ id: `${client}#${serial}`, client, serial, op: { f: "propose", key: "d1", value } });
    return this;
  }

  hears(from: NodeId, message: Message): this {
    this.node.onMessage(from, message);
    return this;
  }

  prepared(round: number, proposer = "proposer1"): this {
    return this.hears(proposer, { type: "prepare", decree: "d1", ballot: { round, proposer } });
  }

  accepts(round: number, value: number, proposer = "proposer1"): this {
    return this.hears(proposer, { type: "accept", decree: "d1", ballot: { round, proposer }, value });
  }

  /** A promise to proposer1 or proposer2, whoever this is. */
  promised(acceptor: NodeId, round: number, accepted: Proposal | null = null): this {
    return this.hears(acceptor, { type: "promise", decree: "d1", ballot: { round, proposer: this.id }, accepted });
  }

  rejected(round: number, promised: { round: number; proposer: NodeId }): this {
    return this.hears("acceptor1", { type: "reject", decree: "d1", ballot: { round, proposer: this.id }, promised });
  }

  accepted(acceptor: NodeId, round: number, value: number, proposer = "proposer1"): this {
    return this.hears(acceptor, { type: "accepted", decree: "d1", ballot: { round, proposer }, value });
  }

  learned(value: number): this {
    return this.hears("learner1", { type: "learned", decree: "d1", ballot: { round: 1, proposer: "proposer1" }, value });
  }

  timerRings(name: string, data?: unknown): this {
    this.node.onTimer?.(name, data);
    return this;
  }

  later(ms: number): this {
    this.ctx.elapsedMs += ms;
    return this;
  }

  /** All effects since the last look. */
  told(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }

  /** Without facts, goals and timers. */
  did(): string[] {
    return this.told().filter((line) => !/^(fact|sometimes|timer|cancel)/.test(line));
  }
}

export function proposal(round: number, value: number, proposer = "proposer1"): Proposal {
  return { ballot: { round, proposer }, value };
}

function words(message: Message): string {
  switch (message.type) {
    case "prepare":
      return `prepare ${nameOf(message.ballot)}`;
    case "promise": {
      const { accepted } = message;
      return `promise ${nameOf(message.ballot)}${accepted === null ? "" : `, accepted ${nameOf(accepted.ballot)} ${accepted.value}`}`;
    }
    case "reject":
      return `reject ${nameOf(message.ballot)}, promised ${nameOf(message.promised)}`;
    case "present":
      return "present";
    default:
      return `${message.type} ${nameOf(message.ballot)} ${message.value}`;
  }
}
