/**
 * The ticket server: who comes takes a number, numbers are called in their order, and who does not answer is passed over.
 *
 * Lamport's bakery (A New Solution of Dijkstra's Concurrent Programming Problem, CACM 1974) with a machine at the door: in his, customers
 * read each other's numbers and take the next, so that no machine can break; but each of them can stop all others by dying, unless
 * everybody learns of it. Here one server hands out the numbers, as the ticket lock of Mellor-Crummey and Scott (TOCS 1991) does in one
 * word of memory, keeps a book of them on its disk, and calls the next. It may crash at any time and goes on where it was.
 *
 * A customer may die too. Who waits goes on asking, and who has not asked for a while when its number comes is passed over. Whose number
 * is called has the lock for a time (a lease, which is right while two stop-watches differ by less than what the holder takes off), and
 * then the next is called. A number that was passed over or timed out is never called again: who comes back takes another. So
 * numbers are called in ascending order, and the number is the fencing token.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";
import { Book } from "./book.ts";
import type { Extend, RecoveredFact, Return, Take, Ticket, TicketFact, ToClient, ToServer } from "./messages.ts";

/** When an owner last asked, and which of its asks that was. */
interface Heard {
  readonly atMs: Ms;
  readonly nth: number;
}

export class TicketServer implements Node<ToServer> {
  protected readonly ctx: Context<ToClient>;
  protected readonly book: Book;
  private readonly silentMs: Ms;
  private readonly heard = new Map<number, Heard>();
  /** When the time of the ticket that is being served is up. */
  protected untilMs: Ms = 0;

  constructor(ctx: Context<ToClient>, options: Options) {
    this.ctx = ctx;
    this.silentMs = Number(options["silent"]);
    this.book = this.bookOf(ctx);
  }

  protected bookOf({ disk }: Context<ToClient>): Book {
    return new Book(disk);
  }

  /** Whose ticket was called keeps it for a whole lease: nobody knows how long the server was down. */
  onStart(): void {
    this.book.recover();
    const { open, next, serving } = this.book;
    const fact: RecoveredFact = { open: [...open.keys()], next };
    this.ctx.fact("recovered", fact);
    for (const ticket of open.keys()) this.heard.set(ticket, { atMs: this.ctx.elapsed(), nth: 0 });
    if (serving !== undefined) {
      this.ctx.sometimes("ticket being served at a restart");
      this.lend(open.get(serving.ticket)!);
    } else this.callNext();
  }

  onMessage(from: NodeId, message: ToServer): void {
    switch (message.type) {
      case "take":
        this.onTake(from, message);
        break;
      case "return":
        this.onReturn(from, message);
        break;
      case "extend":
        this.onExtend(from, message);
        break;
      default:
        never(message);
    }
  }

  /** Time is up: lending it again sets the timer anew. */
  onTimer(_name: string): void {
    const { serving } = this.book;
    if (serving !== undefined) {
      this.ctx.sometimes("holder timed out");
      this.close(this.book.open.get(serving.ticket)!);
    }
    this.callNext();
  }

  // Take a ticket

  private onTake(from: NodeId, { owner, nth, leaseMs }: Take): void {
    const ticket = this.book.find(owner) ?? this.handOut({ ticket: this.numberOf(from, owner), owner, client: from, leaseMs });
    const before = this.heard.get(ticket.ticket)?.nth ?? 0;
    this.heard.set(ticket.ticket, { atMs: this.ctx.elapsed(), nth: Math.max(nth, before) });
    if (this.book.serving === undefined) this.callNext();
    else if (this.book.serving.ticket === ticket.ticket) this.tellCalled(ticket);
    if (this.book.serving?.ticket !== ticket.ticket) this.ctx.send(from, { type: "wait", owner, ticket: ticket.ticket });
  }

  protected numberOf(_client: NodeId, _owner: Owner): number {
    return this.book.next;
  }

  /** In the book before anybody is told: a number that was handed out is never handed out again. */
  private handOut(ticket: Ticket): Ticket {
    this.book.write({ kind: "taken", ...ticket });
    this.syncTaken();
    this.state("taken", ticket);
    return ticket;
  }

  protected syncTaken(): void {
    this.book.sync();
  }

  // Call a ticket

  private callNext(): void {
    if (this.book.serving !== undefined) return;
    for (const next of this.inOrder()) {
      if (this.isThere(next)) {
        this.call(next);
        return;
      }
      this.ctx.sometimes("ticket passed over");
      this.close(next);
    }
  }

  /** The Map keeps the order of taking. */
  protected inOrder(): readonly Ticket[] {
    return [...this.book.open.values()];
  }

  protected isThere({ ticket }: Ticket): boolean {
    return this.ctx.elapsed() - this.heard.get(ticket)!.atMs < this.silentMs;
  }

  private call(ticket: Ticket): void {
    this.book.write({ kind: "called", ticket: ticket.ticket, nth: this.heard.get(ticket.ticket)!.nth });
    this.syncCalled();
    this.state("called", ticket);
    this.lend(ticket);
    this.tellCalled(ticket);
  }

  protected syncCalled(): void {
    this.book.sync();
  }

  protected lend({ leaseMs }: Ticket): void {
    this.untilMs = this.ctx.elapsed() + leaseMs;
    this.ctx.setTimer("up", leaseMs);
  }

  /** `nth` is that of the call, also when it is told again: the lease has run since then. */
  private tellCalled({ owner, client, ticket, leaseMs }: Ticket): void {
    this.ctx.send(client, { type: "called", owner, ticket, nth: this.book.serving!.nth, leaseMs });
  }

  private onExtend(from: NodeId, { owner, ticket: held, nth }: Extend): void {
    const ticket = this.book.find(owner);
    if (ticket?.ticket !== held || this.book.serving?.ticket !== held || this.ctx.elapsed() >= this.untilMs) {
      this.ctx.send(from, { type: "not-yours", owner });
      return;
    }
    this.lend(ticket);
    this.ctx.send(from, { type: "extended", owner, nth });
  }

  // Give a ticket back

  private onReturn(from: NodeId, { owner }: Return): void {
    const ticket = this.returned(owner);
    if (ticket !== undefined) {
      this.close(ticket);
      this.book.sync();
    }
    this.ctx.send(from, { type: "returned", owner });
    this.callNext();
  }

  protected returned(owner: Owner): Ticket | undefined {
    return this.book.find(owner);
  }

  /** In the book for good with the next sync, before the next ticket is called: if a crash falls between, it is closed once more. */
  protected close(ticket: Ticket): void {
    this.book.write({ kind: "closed", ticket: ticket.ticket });
    this.heard.delete(ticket.ticket);
    this.state("closed", ticket);
  }

  private state(name: "taken" | "called" | "closed", { ticket, owner }: Ticket): void {
    const fact: TicketFact = { ticket, owner };
    this.ctx.fact(name, fact);
  }

  inspect(): unknown {
    return { next: this.book.next, open: [...this.book.open.keys()], serving: this.book.serving?.ticket ?? null };
  }
}
