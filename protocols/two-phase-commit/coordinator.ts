/**
 * Two-phase commit: several participants commit a transaction all together, or not at all.
 *
 * Gray, "Notes on Data Base Operating Systems" (1978); Bernstein, Hadzilacos, Goodman, "Concurrency Control and Recovery in
 * Database Systems" (1987), chapter 7, whose words and rules AC1 to AC5 are used here. First phase: the coordinator asks
 * for votes, and a yes is a promise to do as told. Second phase: all yes is commit, anything else abort. A commit is on
 * the log before it is told, and is told until everybody has acknowledged. Aborts are presumed (Mohan, Lindsay, Obermarck, TODS
 * 1986): none is forced, acknowledged or told again, as whoever asks about what has not committed is told abort. Who has voted yes
 * and hears nothing is in doubt, and blocked: it asks the coordinator and the other participants (cooperative termination, 7.4), of
 * whom one that knows, or one that has not voted, can help; when all are in doubt, nobody can, until the coordinator is back.
 *
 * What the books leave to a session layer is done here: messages are lost and doubled, so whoever counts, counts nodes; and
 * a request that is sent again is the same transaction, as the start record on the log names its client and serial (that
 * record the paper does without). Its read-only votes are left out: a participant may drop out with its vote, and unlock what it
 * has read, when all have their locks by then, and here they get them with the vote.
 */

import { type Context, type Node, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import type { Balances } from "../../harness/workloads/bank.ts";
import {
  type Ack,
  type Inquire,
  type Message,
  type Op,
  type Outcome,
  parts,
  type Result,
  type Txn,
  type Vote,
} from "./messages.ts";
import { WriteAheadLog } from "./write-ahead-log.ts";

export interface Started {
  readonly kind: "started";
  readonly txn: Txn;
  readonly participants: readonly NodeId[];
  readonly client: NodeId;
  readonly serial: number;
}

export type Entry =
  | Started
  | { readonly kind: "committed"; readonly txn: Txn; readonly result: Result }
  | { readonly kind: "aborted"; readonly txn: Txn }
  /** Everybody has acknowledged the commit. */
  | { readonly kind: "end"; readonly txn: Txn };

/** A transaction whose votes are coming in. */
export interface Transaction {
  readonly txn: Txn;
  readonly request: Request<Op>;
  readonly participants: readonly NodeId[];
  /** From whom a yes has come; twice, when the message was doubled. */
  readonly yes: NodeId[];
  read: Balances;
}

/** A client's latest request, and what came of it; nothing as long as that is open. */
interface Session {
  readonly serial: number;
  readonly txn: Txn;
  result?: Result | "aborted";
}

export class Coordinator implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Result>;
  private readonly voteTimeoutMs: number;
  private readonly resendMs: number;
  protected readonly log: WriteAheadLog<Entry>;
  /** Transactions ever started: each gets a number of its own. */
  private started = 0;
  protected readonly open = new Map<Txn, Transaction>();
  /** Committed, and who has yet to acknowledge. What is neither here nor open is aborted, or nobody asks any more. */
  protected readonly committed = new Map<Txn, readonly NodeId[]>();
  private readonly sessions = new Map<NodeId, Session>();

  constructor(ctx: Context<Message, Result>, options: Options) {
    this.ctx = ctx;
    this.voteTimeoutMs = Number(options["vote-timeout"]);
    this.resendMs = Number(options["re-send"]);
    this.log = new WriteAheadLog(ctx.disk);
  }

  /** What was committed is told again; what was started and not decided is aborted. */
  onStart(): void {
    const started = new Map<Txn, Started>();
    const outcomes = new Map<Txn, Outcome>();
    for (const entry of this.log.recover()) {
      const { txn } = entry;
      if (entry.kind === "started") {
        this.started += 1;
        started.set(txn, entry);
        this.sessions.set(entry.client, { serial: entry.serial, txn });
      } else if (entry.kind === "end") {
        this.committed.delete(txn);
      } else {
        const { client, participants } = started.get(txn)!;
        const commits = entry.kind === "committed";
        if (commits) this.committed.set(txn, participants);
        outcomes.set(txn, commits ? "commit" : "abort");
        this.conclude(client, txn, commits ? entry.result : "aborted");
      }
    }
    const of = (outcome: Outcome): Txn[] => [...outcomes.keys()].filter((txn) => outcomes.get(txn) === outcome);
    this.ctx.fact("recovered", { prepared: [], committed: of("commit"), aborted: of("abort") });
    for (const [txn, { client, participants }] of started) {
      if (outcomes.has(txn)) continue;
      this.ctx.sometimes("aborted at recovery");
      this.logAbort(txn, client);
      this.ctx.broadcast({ type: "abort", txn }, participants);
    }
    this.resend();
  }

  // First phase.

  onRequest(request: Request<Op>): void {
    if (!this.isRetry(request)) this.start(request);
  }

  /** Whether this is the client's latest request once more, or an older one, on which nobody waits. */
  protected isRetry(request: Request<Op>): boolean {
    const session = this.sessions.get(request.client);
    if (session === undefined || request.serial > session.serial) return false;
    if (request.serial === session.serial && session.result !== undefined) {
      this.ctx.sometimes("retried request answered from the session");
      this.answer(request, session.result, "it was aborted");
    }
    return true;
  }

  private start(request: Request<Op>): void {
    this.started += 1;
    const txn = `t${this.started}`;
    const work = parts(request.op, this.ctx.nodes("participant"));
    const participants = [...work.keys()];
    const { client, serial } = request;
    this.open.set(txn, { txn, request, participants, yes: [], read: {} });
    this.sessions.set(client, { serial, txn });
    this.logStart({ kind: "started", txn, participants, client, serial });
    this.ctx.setTimer(`votes ${txn}`, this.voteTimeoutMs, txn);
    for (const [participant, part] of work) this.ctx.send(participant, { type: "prepare", txn, work: part, participants });
  }

  /** From here on the request is this transaction, and this transaction is this request. */
  protected logStart(started: Started): void {
    this.log.force(started);
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "vote":
        this.onVote(from, message);
        break;
      case "ack":
        this.onAck(from, message);
        break;
      case "inquire":
        this.onInquire(from, message);
        break;
      case "prepare":
      case "commit":
      case "abort":
        throw new Error(`${from} sent the coordinator a ${message.type}, which only participants are told`);
      default:
        never(message);
    }
  }

  private onVote(from: NodeId, { txn, yes, read }: Vote): void {
    const transaction = this.open.get(txn);
    if (transaction === undefined) return;
    if (!yes) {
      this.abort(transaction, `${from} voted no`);
      return;
    }
    transaction.yes.push(from);
    transaction.read = { ...transaction.read, ...read };
    if (this.isUnanimous(transaction)) this.commit(transaction);
  }

  protected isUnanimous({ participants, yes }: Transaction): boolean {
    return participants.every((participant) => yes.includes(participant));
  }

  /** Silence is a no: until the decision, anybody may abort. */
  private onVotesMissing(txn: Txn): void {
    const transaction = this.open.get(txn);
    if (transaction === undefined) return;
    this.ctx.sometimes("aborted by time-out");
    this.abort(transaction, "not everybody voted in time");
  }

  // Second phase.

  protected commit(transaction: Transaction): void {
    this.close(transaction);
    this.logCommit(transaction);
    this.tellCommit(transaction);
  }

  /** From here on it is committed, whatever happens. */
  protected logCommit({ txn, request, participants, read }: Transaction): void {
    const result = request.op.f === "read" ? read : true;
    this.log.force({ kind: "committed", txn, result });
    this.ctx.fact("decided", { txn, outcome: "commit", participants });
    this.conclude(request.client, txn, result);
  }

  protected tellCommit({ txn, request, participants, read }: Transaction): void {
    if (this.committed.size === 0) this.ctx.setTimer("re-send", this.resendMs);
    this.committed.set(txn, participants);
    this.ctx.broadcast({ type: "commit", txn }, participants);
    this.answer(request, request.op.f === "read" ? read : true);
  }

  private abort(transaction: Transaction, reason: string): void {
    const { txn, request, participants } = transaction;
    this.close(transaction);
    this.logAbort(txn, request.client);
    this.ctx.broadcast({ type: "abort", txn }, participants);
    this.answer(request, "aborted", reason);
  }

  /** Not forced: a start without a commit says the same. */
  private logAbort(txn: Txn, client: NodeId): void {
    this.log.append({ kind: "aborted", txn });
    this.ctx.fact("decided", { txn, outcome: "abort", participants: [] });
    this.conclude(client, txn, "aborted");
  }

  /** To a transfer false is an answer; of a read that saw nothing there is nothing to tell. */
  private answer(request: Request<Op>, result: Result | "aborted", reason = ""): void {
    if (result !== "aborted") this.ctx.reply(request, result);
    else if (request.op.f === "transfer") this.ctx.reply(request, false);
    else this.ctx.fail(request, reason);
  }

  protected close({ txn }: Transaction): void {
    this.open.delete(txn);
    this.ctx.cancelTimer(`votes ${txn}`);
  }

  /** When the client has given up and asked something else since, nobody will ask for this result. */
  private conclude(client: NodeId, txn: Txn, result: Result | "aborted"): void {
    const session = this.sessions.get(client);
    if (session?.txn === txn) session.result = result;
  }

  private onAck(from: NodeId, { txn }: Ack): void {
    const waiting = this.committed.get(txn)?.filter((participant) => participant !== from);
    if (waiting === undefined) return;
    this.committed.set(txn, waiting);
    if (waiting.length === 0) this.forget(txn);
  }

  /** Not forced: when it is lost, the commit is told and acknowledged once more. */
  protected forget(txn: Txn): void {
    this.committed.delete(txn);
    this.log.append({ kind: "end", txn });
  }

  onTimer(name: string, data?: unknown): void {
    if (name === "re-send") this.resend();
    else this.onVotesMissing(data as Txn);
  }

  private resend(): void {
    for (const [txn, waiting] of this.committed) {
      this.ctx.sometimes("decision re-sent");
      this.ctx.broadcast({ type: "commit", txn }, waiting);
    }
    if (this.committed.size > 0) this.ctx.setTimer("re-send", this.resendMs);
  }

  // Termination and recovery.

  /** While votes are coming in there is nothing to tell; the decision will be. */
  protected onInquire(from: NodeId, { txn }: Inquire): void {
    if (this.open.has(txn)) return;
    const known = this.committed.has(txn);
    if (!known) this.ctx.sometimes("abort presumed");
    this.ctx.send(from, { type: known ? "commit" : "abort", txn });
  }

  inspect(): unknown {
    return {
      started: this.started,
      open: [...this.open.values()].map(({ txn, request, yes }) => ({ txn, request: request.id, yes: [...yes] })),
      committed: Object.fromEntries(this.committed),
    };
  }
}
