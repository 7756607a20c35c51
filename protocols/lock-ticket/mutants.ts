/** The ticket lock done wrong: each differs from the right one in one decision, the article's in all that it says. */

import type { Context, Disk, Mutant, NodeId } from "../../harness/protocol.ts";
import { type Doing, ForgetsItsToken, mutantOf, type Terms } from "../locking/index.ts";
import { Book } from "./book.ts";
import { TicketClient } from "./client.ts";
import type { Line, Ticket, ToClient } from "./messages.ts";
import { right } from "./nodes.ts";
import { TicketServer } from "./server.ts";

/**
 * "Each node is assigned a unique ticket number when it joins the system. When a node wants to acquire a lock, it sends a request along
 * with its ticket number. The coordinator maintains a queue of waiting nodes, sorted by their ticket numbers. When the coordinator
 * grants the lock to a node, it removes it from the queue and notifies it." So the number is the node's, not the turn's; and of a
 * node that dies it says nothing.
 */
class ArticleServer extends TicketServer {
  private readonly joined: NodeId[] = [];

  protected override numberOf(client: NodeId): number {
    if (!this.joined.includes(client)) this.joined.push(client);
    return this.joined.indexOf(client) + 1;
  }
  protected override inOrder(): readonly Ticket[] {
    return [...super.inOrder()].sort((a, b) => a.ticket - b.ticket);
  }
  protected override isThere(): boolean {
    return true;
  }
  protected override lend(): void {
    this.untilMs = Number.MAX_SAFE_INTEGER;
  }
}

class ForgetsTheHolder extends TicketServer {
  override onStart(): void {
    super.onStart();
    const { serving, open } = this.book;
    if (serving === undefined) return;
    this.close(open.get(serving.ticket)!);
    this.onTimer("up");
  }
}

class WaitsForTheDead extends TicketServer {
  protected override isThere(): boolean {
    return true;
  }
  protected override lend(): void {
    this.untilMs = Number.MAX_SAFE_INTEGER;
  }
}

/** Silence tells that somebody waits no longer. It does not tell that a holder is dead. */
class TakesSilenceForDeath extends TicketServer {
  protected override lend(ticket: Ticket): void {
    super.lend({ ...ticket, leaseMs: Math.min(ticket.leaseMs, 300) });
  }
}

class CallsThePassedOver extends TicketServer {
  private readonly gone = new Map<string, number>();

  protected override close(ticket: Ticket): void {
    this.gone.set(ticket.owner, ticket.ticket);
    super.close(ticket);
  }
  protected override numberOf(client: NodeId, owner: string): number {
    return this.gone.get(owner) ?? super.numberOf(client, owner);
  }
  protected override inOrder(): readonly Ticket[] {
    return [...super.inOrder()].sort((a, b) => a.ticket - b.ticket);
  }
}

class ClosesWhoseverTicket extends TicketServer {
  protected override returned(owner: string): Ticket | undefined {
    const { serving, open } = this.book;
    return super.returned(owner) ?? (serving && open.get(serving.ticket));
  }
}

class HandsOutBeforeItSyncs extends TicketServer {
  protected override syncTaken(): void {}
}

class CallsBeforeItSyncs extends TicketServer {
  protected override syncCalled(): void {}
}

function keeping(Wrong: new (disk: Disk) => Book): Partial<typeof right> {
  class ServerKeeping extends TicketServer {
    protected override bookOf({ disk }: Context<ToClient>): Book {
      return new Wrong(disk);
    }
  }
  return { server: ServerKeeping };
}

class StrikesOutFirst extends Book {
  protected override copyOut(): void {
    this.writeCopy();
    this.lines.truncate(0);
  }
}

class CopiesOpenTicketsOnly extends Book {
  protected override nextInCopy(): number {
    return Math.max(0, ...this.open.keys()) + 1;
  }
}

class ReadsOnBehindAHole extends Book {
  protected override isNext(line: (Line & { readonly line: number }) | { readonly torn: true }): line is Line & {
    readonly line: number;
  } {
    return !("torn" in line);
  }
}

class CountsFromTheAnswer extends TicketClient {
  protected override granted(doing: Doing, terms: Terms): void {
    doing.asked[terms.nth ?? 0] = this.ctx.elapsed();
    super.granted(doing, terms);
  }
}

const mutant = mutantOf(right);

export const mutants: readonly Mutant[] = [
  mutant(
    "seed-article",
    { server: ArticleServer },
    "Each client has one number for good, and of those who wait the smallest comes first, however often it has had its turn; whoever dies in the shop stops everybody (the ticket-based algorithm as articles tell it).",
  ),
  mutant(
    "hands-out-before-it-syncs",
    { server: HandsOutBeforeItSyncs },
    "A ticket is told before it is in the book for good, so after a crash its number is handed out again.",
  ),
  mutant(
    "calls-before-it-syncs",
    { server: CallsBeforeItSyncs },
    "A ticket is called before the book says so, so after a crash it is called again, or its holder is passed over while it holds the lock.",
  ),
  mutant(
    "forgets-the-holder",
    { server: ForgetsTheHolder },
    "After a restart the server calls the next ticket instead of waiting for the one that it had called (the restart in the debate of Kleppmann and Sanfilippo, 2016).",
    "L06",
  ),
  mutant(
    "waits-for-the-dead",
    { server: WaitsForTheDead },
    "A ticket is neither passed over nor timed out, so the first customer who dies stops all others: Lamport's bakery assumes that who fails comes back with his number taken down.",
  ),
  mutant(
    "takes-silence-for-death",
    { server: TakesSilenceForDeath },
    "Calls the next ticket when the holder has not been heard for a while, before the time that it was promised is up (a failure detector in the place of a lease).",
  ),
  mutant(
    "calls-the-passed-over",
    { server: CallsThePassedOver },
    "Who was passed over and comes back keeps the old number, which is called after greater ones, and is refused at the resource.",
  ),
  mutant(
    "closes-whosever-ticket",
    { server: ClosesWhoseverTicket },
    "A return closes the ticket that is being served, whosever it is, so one that comes late lets the next in beside the holder (zk-ruby #34, the same in another coat).",
    "L02",
  ),
  mutant(
    "strikes-out-first",
    keeping(StrikesOutFirst),
    "The lines of the book are struck out before the fair copy of them is on the disk, so a crash may leave neither.",
  ),
  mutant(
    "copies-open-tickets-only",
    keeping(CopiesOpenTicketsOnly),
    "The fair copy leaves the count to the tickets that are still out, so numbers that were handed out and closed are handed out again.",
  ),
  mutant(
    "reads-on-behind-a-hole",
    keeping(ReadsOnBehindAHole),
    "Recovery takes every whole line instead of ending at the first that is missing, so the book tells of a ticket that was called and never taken.",
  ),
  mutant(
    "lease-counted-from-the-answer",
    { client: CountsFromTheAnswer },
    "A client counts its lease from when it hears its number, so one that hears it late holds the lock when the next is called (as waiters did in etcd 3.4.3 under Jepsen).",
    "L08",
  ),
  mutant(
    "token-forgotten",
    { resource: ForgetsItsToken },
    "The resource keeps the newest ticket in memory only, so after a restart it accepts a write that it would have refused.",
  ),
];
