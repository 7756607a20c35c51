/** One node of two-phase commit with its fake ctx, and what may happen to it. Accounts a1, a2, a3 live at the participants in turn. */

import type { Node, NodeId, Options } from "../../../harness/protocol.ts";
import { twoPhaseCommit } from "../index.ts";
import type { Message, Op, Txn, Work } from "../messages.ts";
import { FakeContext, FakeDisk } from "./fake-context.ts";

const options: Options = {
  "vote-timeout": 150,
  "re-send": 100,
  "in-doubt": 200,
  cooperative: true,
  "in-doubt-limit": 0,
};

export type Make = typeof twoPhaseCommit.create;

class Seat {
  readonly disk: FakeDisk;
  private readonly make: Make;
  private readonly more: Options;
  private readonly id: NodeId;
  private readonly ctx: FakeContext;
  protected readonly node: Node<Message, Op>;

  constructor(id: NodeId, make: Make = twoPhaseCommit.create, more: Options = {}, disk = new FakeDisk(), keepStart = false) {
    this.id = id;
    this.make = make;
    this.more = more;
    this.disk = disk;
    this.ctx = new FakeContext(id, disk);
    this.node = make(this.ctx, { ...options, ...more }) as Node<Message, Op>;
    this.node.onStart?.();
    if (!keepStart) this.ctx.told = [];
  }

  hears(from: NodeId, message: Message): this {
    this.node.onMessage(from, message);
    return this;
  }

  timerRings(name: string, txn?: Txn): this {
    this.node.onTimer?.(name, txn);
    return this;
  }

  /** The next incarnation, on the same disk; what it does at its start is to be seen. */
  restarted(): this {
    const Same = this.constructor as new (...given: ConstructorParameters<typeof Seat>) => this;
    return new Same(this.id, this.make, this.more, this.disk, true);
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

export class CoordinatorSeat extends Seat {
  static make(make?: Make): CoordinatorSeat {
    return new CoordinatorSeat("coordinator", make);
  }

  asks(op: Op, serial = 1, client: NodeId = "c1"): this {
    this.node.onRequest?.({ id: `${client}#${serial}`, client, serial, op });
    return this;
  }

  votes(txn: Txn, yes: boolean, ...from: NodeId[]): this {
    for (const participant of from) this.hears(participant, { type: "vote", txn, yes, read: {} });
    return this;
  }
}

export class ParticipantSeat extends Seat {
  static make(make?: Make, more?: Options): ParticipantSeat {
    return new ParticipantSeat("participant1", make, more);
  }

  isAsked(txn: Txn, work: Partial<Work>): this {
    const participants = ["participant1", "participant2"];
    return this.hears("coordinator", { type: "prepare", txn, work: { changes: {}, reads: [], ...work }, participants });
  }

  isTold(type: "commit" | "abort", txn: Txn, from: NodeId = "coordinator"): this {
    return this.hears(from, { type, txn });
  }
}
