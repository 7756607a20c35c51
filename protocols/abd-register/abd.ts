/**
 * The ABD register: an atomic register on servers of which a minority may be down, without any consensus.
 *
 * Attiya, Bar-Noy, Dolev, "Sharing Memory Robustly in Message-Passing Systems" (JACM 1995); several writers by Lynch and
 * Shvartsman (FTCS 1997). Each operation is two rounds of the paper's `communicate` (send to all, wait for a majority): the
 * first asks what the replicas hold, the second makes a majority hold the answer, for a read as for a write. Any two
 * majorities share a replica, so whoever asks after an operation has ended hears of it.
 *
 * What the paper leaves to its model is done here: the server that got the request coordinates it; messages are lost, so a
 * coordinator asks the silent again; a server comes back from its disk after a crash, so it persists before it tells, and
 * numbers its incarnations. Every server is its own first replica, without a message.
 */

import { type Context, type Node, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import {
  type Ack,
  type Copy,
  isNewer,
  isSame,
  type Message,
  NOTHING,
  type Op,
  type Phase,
  type Query,
  type Result,
  recordOf,
  type Store,
  type Timestamp,
} from "./messages.ts";

/** An operation that this server coordinates. */
export interface Operation {
  readonly number: number;
  readonly request: Request<Op>;
  readonly key: string;
  /** The current phase: what it sends, kept to be sent again. */
  message: Query | Store;
  /** Who has answered the current phase: a set of nodes, since a replica that is asked twice answers twice. */
  acks: NodeId[];
  /** Query phase: the newest copy heard of. Store phase: the copy that is stored. */
  copy: Copy;
  /** Of those who have answered the query, how many hold this copy. */
  holders: number;
  askedAgain: boolean;
}

export class Abd implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Result>;
  private readonly askAgainMs: number;
  private incarnation = 0;
  private operationsBegun = 0;
  /** What this replica holds, as on disk: every entry was synced before anybody was told. Read from disk when first asked for. */
  private readonly copies = new Map<string, Copy>();
  private readonly operations = new Map<number, Operation>();

  constructor(ctx: Context<Message, Result>, options: Options) {
    this.ctx = ctx;
    this.askAgainMs = Number(options["ask-again"]);
  }

  onStart(): void {
    this.incarnation = this.nextIncarnation();
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "query":
        this.onQuery(from, message);
        break;
      case "store":
        this.onStore(from, message);
        break;
      case "ack":
        this.onAck(from, message);
        break;
      default:
        never(message);
    }
  }

  // The coordinator: the paper's reader and writer.

  onRequest(request: Request<Op>): void {
    const { op } = request;
    if (op.f === "cas") {
      this.ctx.fail(request, "An ABD register only reads and writes: compare-and-set needs consensus.");
      return;
    }
    if (this.operations.size === 0) this.ctx.setTimer("ask again", this.askAgainMs);
    const key = op.key ?? "";
    const number = this.operationsBegun + 1;
    const message: Query = { type: "query", phase: this.phase(number, "query"), key };
    const operation = { number, request, key, message, acks: [], copy: this.held(key), holders: 1, askedAgain: false };
    this.operationsBegun = number;
    this.operations.set(number, operation);
    this.begin(operation);
  }

  /** First phase: what does a majority hold? */
  protected begin(operation: Operation): void {
    this.communicate(operation, operation.message);
  }

  /** A reader makes a majority hold what it found, lest a later read finds something older; a writer stores its own value. */
  protected onQueried(operation: Operation): void {
    const { op } = operation.request;
    if (op.f !== "write") {
      if (operation.holders === 1 && operation.acks.length > 1)
        this.ctx.sometimes("read met a write that one replica of its majority held");
      this.store(operation, operation.copy);
    } else this.store(operation, { timestamp: this.nextTimestamp(operation), value: op.value });
  }

  /**
   * Greater than what a majority held, and than every timestamp given out here: those stand in the own copy, which is on disk
   * before anybody is told. So neither a second write under way nor one of an earlier incarnation got the same.
   */
  protected nextTimestamp(operation: Operation): Timestamp {
    const counter = Math.max(operation.copy.timestamp.counter, this.held(operation.key).timestamp.counter) + 1;
    return { counter, writer: this.ctx.id };
  }

  /** Second phase: a majority shall hold this, or something newer. Oneself first, durably, before anybody is told. */
  protected store(operation: Operation, copy: Copy): void {
    operation.copy = copy;
    this.adopt(operation.key, copy);
    this.communicate(operation, this.storing(operation));
  }

  protected storing({ number, key, copy }: Operation): Store {
    return { type: "store", phase: this.phase(number, "store"), key, copy };
  }

  protected onStored(operation: Operation): void {
    this.operations.delete(operation.number);
    this.ctx.reply(operation.request, operation.request.op.f === "write" ? null : operation.copy.value);
  }

  /** The paper's procedure: send to all, wait until a majority has acknowledged. */
  protected communicate(operation: Operation, message: Query | Store): void {
    operation.message = message;
    operation.acks = [this.ctx.id];
    operation.askedAgain = false;
    this.ctx.broadcast(message);
    this.proceed(operation);
  }

  private onAck(from: NodeId, { phase, copy }: Ack): void {
    if (phase.incarnation !== this.incarnation) {
      this.ctx.sometimes("answer to an earlier incarnation");
      return;
    }
    const operation = this.operations.get(phase.operation);
    if (operation === undefined || !this.answers(operation, phase)) return;
    if (operation.message.type === "query") this.hear(operation, copy);
    this.count(operation, from);
    this.proceed(operation);
  }

  private hear(operation: Operation, copy: Copy): void {
    if (isNewer(copy.timestamp, operation.copy.timestamp)) {
      operation.copy = copy;
      operation.holders = 0;
    }
    if (isSame(copy.timestamp, operation.copy.timestamp)) operation.holders += 1;
  }

  private proceed(operation: Operation): void {
    if (operation.acks.length < this.quorum()) return;
    if (operation.askedAgain) this.ctx.sometimes("majority only after asking again");
    if (operation.message.type === "query") this.onQueried(operation);
    else this.onStored(operation);
  }

  protected quorum(): number {
    return Math.floor(this.ctx.nodes().length / 2) + 1;
  }

  /** Whether an acknowledgement is for the operation's current phase: that of an earlier phase promises nothing for this one. */
  protected answers(operation: Operation, phase: Phase): boolean {
    return operation.message.phase.name === phase.name;
  }

  protected count(operation: Operation, from: NodeId): void {
    if (!operation.acks.includes(from)) operation.acks.push(from);
  }

  /** Messages get lost. What was asked stays asked until a majority has answered, however long ago the client gave up. */
  onTimer(): void {
    for (const operation of this.operations.values()) {
      operation.askedAgain = true;
      this.ctx.broadcast(
        operation.message,
        this.ctx.peers.filter((peer) => !operation.acks.includes(peer)),
      );
    }
    if (this.operations.size > 0) this.ctx.setTimer("ask again", this.askAgainMs);
  }

  private phase(operation: number, name: Phase["name"]): Phase {
    return { incarnation: this.incarnation, operation, name };
  }

  /** On disk before the first message that carries it, so no answer to an earlier incarnation can be taken for one to this. */
  private nextIncarnation(): number {
    const incarnation = (this.ctx.disk.read<number>("incarnation") ?? 0) + 1;
    this.ctx.disk.write("incarnation", incarnation);
    this.ctx.disk.sync();
    return incarnation;
  }

  // The replica.

  private onQuery(from: NodeId, { phase, key }: Query): void {
    this.ctx.send(from, { type: "ack", phase, copy: this.held(key) });
  }

  protected onStore(from: NodeId, { phase, key, copy }: Store): void {
    this.notice(this.held(key).timestamp, copy.timestamp);
    this.adopt(key, copy);
    this.acknowledge(from, phase, key);
  }

  /** The fact "acknowledged": from here on a coordinator may count on it that this replica holds this copy, or a newer one. */
  protected acknowledge(from: NodeId, phase: Phase, key: string): void {
    const copy = this.held(key);
    this.ctx.send(from, { type: "ack", phase, copy });
    this.ctx.fact("acknowledged", { key, ...copy.timestamp });
  }

  /** Holds the copy from now on, unless what is held is newer. */
  protected adopt(key: string, copy: Copy): void {
    if (isNewer(copy.timestamp, this.held(key).timestamp)) this.hold(key, copy);
  }

  protected hold(key: string, copy: Copy): void {
    this.copies.set(key, copy);
    this.persist(key, copy);
    this.state(key, copy);
  }

  protected persist(key: string, copy: Copy): void {
    this.ctx.disk.write(recordOf(key), copy);
    this.ctx.disk.sync();
  }

  protected held(key: string): Copy {
    const known = this.copies.get(key);
    if (known !== undefined) return known;
    const copy = this.ctx.disk.read<Copy>(recordOf(key)) ?? NOTHING;
    this.copies.set(key, copy);
    this.state(key, copy);
    return copy;
  }

  /** The fact "holds": this replica durably holds this copy. Stated after each change, and when read from disk again. */
  private state(key: string, { timestamp, value }: Copy): void {
    this.ctx.fact("holds", { key, ...timestamp, value });
  }

  private notice(held: Timestamp, offered: Timestamp): void {
    if (held.counter === offered.counter && held.writer !== offered.writer) this.ctx.sometimes("two writers with one counter");
    if (offered.counter > held.counter + 1) this.ctx.sometimes("replica had missed a write");
  }

  inspect(): unknown {
    return {
      incarnation: this.incarnation,
      copies: Object.fromEntries(this.copies),
      operations: [...this.operations.values()].map(({ request, message, acks }) => ({
        f: request.op.f,
        phase: message.type,
        acks: [...acks],
      })),
    };
  }
}
