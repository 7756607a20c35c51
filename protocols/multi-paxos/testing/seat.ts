/** n1 of three servers of Multi-Paxos with its fake ctx, and what may happen to it. */

import type { Context, Node, NodeId, Options } from "../../../harness/protocol.ts";
import { FakeContext, FakeDisk } from "../../paxos/testing/fake-context.ts";
import { multiPaxos } from "../index.ts";
import { type Ballot, type Command, type Message, nameOf, type Op, type PValue, type Slot } from "../messages.ts";
import type { State } from "../state.ts";

const servers = { server: ["n1", "n2", "n3"] };
const usual: Options = { heartbeat: 50, "election-timeout": { min: 200, max: 400 }, checkpoint: 100, reads: "log", drift: 10 };

export type Make = typeof multiPaxos.create;

export class Seat {
  readonly disk: FakeDisk;
  private readonly make: Make;
  private readonly options: Options;
  private readonly ctx: FakeContext<Message>;
  private readonly node: Node<Message, Op>;

  private constructor(make: Make, options: Options, disk: FakeDisk, elapsedMs: number) {
    this.make = make;
    this.options = options;
    this.disk = disk;
    this.ctx = new FakeContext<Message>({ id: "n1", servers, words }, disk);
    this.ctx.elapsedMs = elapsedMs;
    this.node = make(this.ctx as Context, { ...usual, ...options }) as Node<Message, Op>;
    this.node.onStart?.();
  }

  /** Booted from an empty disk. */
  static make(make: Make = multiPaxos.create, options: Options = {}): Seat {
    const seat = new Seat(make, options, new FakeDisk(), 1_000);
    seat.told();
    return seat;
  }

  /** Leads under 1.n1, with the promises of itself and n2, who had accepted this. */
  static leading(make?: Make, options?: Options, ...accepted: PValue[]): Seat {
    const seat = Seat.make(make, options).timesOut();
    seat.promised("n1", ballot(1)).promised("n2", ballot(1), accepted);
    seat.told();
    return seat;
  }

  /** The next incarnation, on the same disk; what it does at its start is to be seen. */
  restarted(): Seat {
    return new Seat(this.make, this.options, this.disk, this.ctx.elapsedMs);
  }

  hears(from: NodeId, message: Message): this {
    this.node.onMessage(from, message);
    return this;
  }

  asks(op: Op, serial = 1, client: NodeId = "c1"): this {
    this.node.onRequest?.(request(op, serial, client));
    return this;
  }

  /** Phase 1 from the acceptor's side. */
  scouted(by: NodeId, under: Ballot, from: Slot = 1): this {
    return this.hears(by, { type: "P1a", ballot: under, from });
  }
  /** Phase 2 from the acceptor's side. */
  commanded(by: NodeId, pvalue: PValue): this {
    return this.hears(by, { type: "P2a", ...pvalue });
  }
  /** Phase 1 from the leader's side. */
  promised(by: NodeId, under: Ballot, accepted: readonly PValue[] = [], state: State | null = null): this {
    return this.hears(by, { type: "P1b", ballot: under, accepted, state });
  }
  /** Phase 2 from the leader's side, under 1.n1. */
  accepted(slot: Slot, ...by: NodeId[]): this {
    for (const acceptor of by) this.hears(acceptor, { type: "P2b", ballot: ballot(1), slot });
    return this;
  }
  decided(slot: Slot, command: Command): this {
    return this.hears("n2", { type: "decision", slot, command });
  }
  /** Decided in this order from slot 1 on. */
  knows(...commands: Command[]): this {
    for (const [i, command] of commands.entries()) this.decided(i + 1, command);
    return this;
  }
  heartbeat(from: NodeId, under: Ballot, decided = 0): this {
    return this.hears(from, { type: "heartbeat", ballot: under, decided, sent: 7 });
  }
  acknowledged(by: NodeId, sent: number): this {
    return this.hears(by, { type: "heartbeat-ack", ballot: ballot(1), sent });
  }

  rings(name: string): this {
    this.node.onTimer?.(name);
    return this;
  }
  later(ms: number): this {
    this.ctx.elapsedMs += ms;
    return this;
  }
  timesOut(): this {
    return this.later(400).rings("election");
  }
  get elapsed(): number {
    return this.ctx.elapsedMs;
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

  goals(): string[] {
    return this.told().flatMap((line) => /^sometimes (.*)/.exec(line)?.[1] ?? []);
  }
}

export function ballot(round: number, leader: NodeId = "n1"): Ballot {
  return { round, leader };
}

export function request(op: Op, serial = 1, client: NodeId = "c1"): NonNullable<Command> {
  return { id: `${client}#${serial}`, client, serial, op };
}

export function write(value: number, serial = 1, client: NodeId = "c1"): NonNullable<Command> {
  return request({ f: "write", key: "x", value }, serial, client);
}

export function pvalue(slot: Slot, under: Ballot, command: Command): PValue {
  return { slot, ballot: under, command };
}

function words(message: Message): string {
  const { type } = message;
  switch (type) {
    case "P1a":
      return `P1a ${nameOf(message.ballot)} from ${message.from}`;
    case "P1b": {
      const { accepted, state } = message;
      const behind = state === null ? "" : ` behind ${state.slot}`;
      return `P1b ${nameOf(message.ballot)}${behind} [${accepted.map(({ slot, ballot, command }) => `${slot} ${nameOf(ballot)} ${said(command)}`).join(", ")}]`;
    }
    case "P2a":
      return `P2a ${nameOf(message.ballot)} ${message.slot} ${said(message.command)}`;
    case "P2b":
      return `P2b ${nameOf(message.ballot)} ${message.slot}`;
    case "decision":
      return `decision ${message.slot} ${said(message.command)}`;
    case "catch-up":
      return `catch-up from ${message.from}`;
    case "caught-up": {
      const { state, decisions } = message;
      const behind = state === null ? "" : ` behind ${state.slot}`;
      return `caught-up${behind} [${decisions.map(({ slot, command }) => `${slot} ${said(command)}`).join(", ")}]`;
    }
    case "heartbeat":
      return `heartbeat ${nameOf(message.ballot)} decided ${message.decided}`;
    default:
      return `${type} ${nameOf(message.ballot)}`;
  }
}

function said(command: Command): string {
  return command?.id ?? "no-op";
}
