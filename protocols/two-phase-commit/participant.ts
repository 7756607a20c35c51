/**
 * A participant of two-phase commit: holds some accounts, votes, and does as it is told.
 *
 * Two records are forced: what it has voted yes on, and a commit. A no is not, nor is an abort that it was told: whoever has lost
 * one stands where it stood before, and is told the same again. Only an abort that another participant has heard from it must last.
 */

import { type Context, type Node, type NodeId, never, type Options } from "../../harness/protocol.ts";
import type { Balances } from "../../harness/workloads/bank.ts";
import type { Decision, Inquire, Message, Outcome, Prepare, Txn, Work } from "./messages.ts";
import { WriteAheadLog } from "./write-ahead-log.ts";

/** What an account holds that was never changed: the bank's clients count on it. */
const initialBalance = 100;

/** A transaction on which this participant voted yes. Its accounts are locked until the outcome is known. */
export interface Prepared extends Work {
  readonly participants: readonly NodeId[];
}

/** A commit carries its changes, so that balances can be told from the commits alone. */
export type Entry =
  | ({ readonly kind: "prepared"; readonly txn: Txn } & Prepared)
  | { readonly kind: "committed"; readonly txn: Txn; readonly changes: Balances }
  | { readonly kind: "aborted"; readonly txn: Txn };

export class Participant implements Node<Message> {
  protected readonly ctx: Context<Message>;
  private readonly inDoubtMs: number;
  private readonly limitMs: number;
  private readonly cooperative: boolean;
  protected readonly log: WriteAheadLog<Entry>;
  /** Of accounts that were ever changed. */
  private readonly balances = new Map<string, number>();
  protected readonly prepared = new Map<Txn, Prepared>();
  /** Kept for good: a message about a transaction may come at any time, and a participant that forgot would vote again. */
  protected readonly outcomes = new Map<Txn, Outcome>();

  constructor(ctx: Context<Message>, options: Options) {
    this.ctx = ctx;
    this.inDoubtMs = Number(options["in-doubt"]);
    this.limitMs = Number(options["in-doubt-limit"]);
    this.cooperative = options["cooperative"] === true;
    this.log = new WriteAheadLog(ctx.disk);
  }

  /** Locks what it has voted on before anything else may happen, and asks what became of it. */
  onStart(): void {
    for (const entry of this.log.recover()) {
      if (entry.kind === "prepared") this.prepared.set(entry.txn, entry);
      else this.conclude(entry.txn, entry.kind === "committed" ? "commit" : "abort");
      if (entry.kind === "committed") this.apply(entry.changes);
    }
    const of = (outcome: Outcome): Txn[] => [...this.outcomes.keys()].filter((txn) => this.outcomes.get(txn) === outcome);
    const prepared = [...this.prepared.keys()];
    this.ctx.fact("recovered", { prepared, committed: of("commit"), aborted: of("abort") });
    for (const txn of prepared) this.onInDoubt(txn);
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "prepare":
        this.onPrepare(from, message);
        break;
      case "commit":
        this.onCommit(from, message);
        break;
      case "abort":
        this.onAbort(from, message);
        break;
      case "inquire":
        this.onInquire(from, message);
        break;
      case "vote":
      case "ack":
        throw new Error(`${from} sent a participant a ${message.type}, which only the coordinator is told`);
      default:
        never(message);
    }
  }

  // First phase.

  private onPrepare(from: NodeId, { txn, work, participants }: Prepare): void {
    if (this.outcomes.get(txn) === "commit") return;
    if (!this.prepared.has(txn) && !this.outcomes.has(txn)) {
      if (this.accepts(work)) this.prepare(txn, { ...work, participants });
      else this.refuse(txn);
    }
    this.vote(from, txn);
  }

  /** One that cannot have its locks at once is refused: nobody waits, so nobody waits for each other. */
  private accepts({ changes, reads }: Work): boolean {
    for (const holder of this.prepared.values()) if (this.conflicts(holder, { changes, reads })) return false;
    return Object.entries(changes).every(([account, change]) => this.balance(account) + change >= 0);
  }

  /** Many may read an account, or one may change it. */
  protected conflicts(holder: Work, other: Work): boolean {
    const written = (work: Work, account: string): boolean => Object.hasOwn(work.changes, account);
    return (
      [...Object.keys(other.changes), ...other.reads].some((account) => written(holder, account)) ||
      holder.reads.some((account) => written(other, account))
    );
  }

  /** The promise is on disk before it is made. */
  private prepare(txn: Txn, prepared: Prepared): void {
    this.prepared.set(txn, prepared);
    this.logPrepared(txn, prepared);
    this.ctx.fact("prepared", { txn, changes: prepared.changes, ...(this.limitMs > 0 && { limitMs: this.limitMs }) });
    this.awaitOutcome(txn);
  }

  protected logPrepared(txn: Txn, prepared: Prepared): void {
    this.log.force({ kind: "prepared", txn, ...prepared });
  }

  /** Nobody but the coordinator hears of it, and a no that it has heard it does not forget. */
  private refuse(txn: Txn): void {
    this.log.append({ kind: "aborted", txn });
    this.conclude(txn, "abort");
  }

  private vote(coordinator: NodeId, txn: Txn): void {
    const prepared = this.prepared.get(txn);
    if (prepared === undefined) this.ctx.sometimes("vote no");
    const read = Object.fromEntries((prepared?.reads ?? []).map((account) => [account, this.balance(account)]));
    this.ctx.send(coordinator, { type: "vote", txn, yes: prepared !== undefined, read });
  }

  // Second phase.

  /** When it is prepared no more, it has committed before, and its acknowledgement was lost. */
  protected onCommit(from: NodeId, { txn }: Decision): void {
    this.noticeTeller(from, txn);
    this.commit(txn);
    this.acknowledge(txn);
  }

  protected commit(txn: Txn): void {
    const prepared = this.prepared.get(txn);
    if (prepared === undefined) return;
    const { changes } = prepared;
    this.log.force({ kind: "committed", txn, changes });
    this.apply(changes);
    this.conclude(txn, "commit");
    this.ctx.fact("committed", { txn });
  }

  /** The coordinator may forget the transaction now. */
  protected acknowledge(txn: Txn): void {
    this.ctx.send(this.coordinator(), { type: "ack", txn });
  }

  /** Not forced: when it is lost, this participant is in doubt again, asks, and is told the same. */
  private onAbort(from: NodeId, { txn }: Decision): void {
    if (this.outcomes.has(txn)) return;
    this.noticeTeller(from, txn);
    this.abort(txn);
  }

  protected abort(txn: Txn): void {
    this.log.append({ kind: "aborted", txn });
    this.conclude(txn, "abort");
    this.ctx.fact("aborted", { txn });
  }

  // Termination.

  onTimer(_name: string, txn: unknown): void {
    if (this.prepared.has(txn as Txn)) this.onInDoubt(txn as Txn);
  }

  /** A yes cannot be taken back: all that is left is to ask, the coordinator and everybody who may have heard from it. */
  protected onInDoubt(txn: Txn): void {
    this.ctx.sometimes("in-doubt participant");
    const { participants } = this.prepared.get(txn)!;
    const others = this.cooperative ? participants.filter((participant) => participant !== this.ctx.id) : [];
    this.ctx.broadcast({ type: "inquire", txn }, [this.coordinator(), ...others]);
    this.awaitOutcome(txn);
  }

  /** Cooperative termination: who knows the outcome tells it, and who has not voted yes makes it an abort. */
  protected onInquire(from: NodeId, { txn }: Inquire): void {
    if (this.prepared.has(txn)) return;
    if (!this.outcomes.has(txn)) this.ctx.sometimes("aborted on being asked");
    if (this.outcomes.get(txn) !== "commit") this.abortForGood(txn);
    this.ctx.send(from, { type: this.outcomes.get(txn)!, txn });
  }

  /** Who has not voted yes may abort, and must not vote yes ever after: so it is on disk before another acts on it. */
  protected abortForGood(txn: Txn): void {
    if (!this.outcomes.has(txn)) {
      this.log.append({ kind: "aborted", txn });
      this.conclude(txn, "abort");
    }
    this.log.force();
    this.ctx.fact("aborted", { txn });
  }

  private awaitOutcome(txn: Txn): void {
    this.ctx.setTimer(`in doubt ${txn}`, this.inDoubtMs, txn);
  }

  private conclude(txn: Txn, outcome: Outcome): void {
    this.prepared.delete(txn);
    this.outcomes.set(txn, outcome);
  }

  private apply(changes: Balances): void {
    for (const [account, change] of Object.entries(changes)) this.balances.set(account, this.balance(account) + change);
  }

  private balance(account: string): number {
    return this.balances.get(account) ?? initialBalance;
  }

  private coordinator(): NodeId {
    return this.ctx.nodes("coordinator")[0]!;
  }

  private noticeTeller(from: NodeId, txn: Txn): void {
    if (from !== this.coordinator() && this.prepared.has(txn)) this.ctx.sometimes("outcome learned from another participant");
  }

  inspect(): unknown {
    return { balances: Object.fromEntries(this.balances), inDoubt: [...this.prepared.keys()], decided: this.outcomes.size };
  }
}
