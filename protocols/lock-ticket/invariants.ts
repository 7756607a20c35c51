/** What the ticket lock promises beside what every lock does, as monitors over facts. */

import type { Invariant } from "../../harness/protocol.ts";
import { mutualExclusion, noLostWrite, type Owner, tokensGrow } from "../locking/index.ts";
import type { RecoveredFact, TicketFact } from "./messages.ts";

const newTickets: Invariant = {
  name: "tickets-are-new",
  states: "Each ticket has a greater number than all that were handed out before it, and none is forgotten in a crash.",
  monitor(_cluster, fail) {
    let newest: TicketFact | undefined;
    return {
      facts: {
        taken(now: TicketFact): void {
          if (newest !== undefined && now.ticket <= newest.ticket)
            fail(`${now.owner} was handed out ticket ${now.ticket}, after ${newest.owner} ticket ${newest.ticket}.`);
          newest = now;
        },
        recovered({ next }: RecoveredFact): void {
          if (newest !== undefined && next <= newest.ticket)
            fail(`After a restart the next ticket is ${next}, but ${newest.owner} was handed out ticket ${newest.ticket}.`);
        },
      },
      onWipe(): void {
        newest = undefined;
      },
    };
  },
};

const orderOfTickets: Invariant = {
  name: "order-of-tickets",
  states: "Tickets are called in the order of their numbers: none is called after a greater one.",
  monitor(_cluster, fail) {
    let last: TicketFact | undefined;
    return {
      facts: {
        called(now: TicketFact): void {
          if (last !== undefined && now.ticket <= last.ticket)
            fail(`Ticket ${now.ticket} of ${now.owner} was called after ticket ${last.ticket} of ${last.owner}.`);
          last = now;
        },
      },
      onWipe(): void {
        last = undefined;
      },
    };
  },
};

/** A ticket whose closing nobody heard, as a crash fell between, is not among those that are found at the restart. */
const nobodyIsForgotten: Invariant = {
  name: "nobody-is-forgotten",
  states: "A ticket is called only when every smaller one that is out has been closed.",
  monitor(_cluster, fail) {
    const open = new Map<number, Owner>();
    return {
      facts: {
        taken: ({ ticket, owner }: TicketFact): void => void open.set(ticket, owner),
        closed: ({ ticket }: TicketFact): void => void open.delete(ticket),
        recovered(recovered: RecoveredFact): void {
          const found = new Set(recovered.open);
          for (const ticket of [...open.keys()]) if (!found.has(ticket)) open.delete(ticket);
        },
        called({ ticket, owner }: TicketFact): void {
          for (const [other, waiting] of open)
            if (other < ticket)
              fail(`Ticket ${ticket} of ${owner} was called, when ${waiting} still waited with ticket ${other}.`);
        },
      },
      onWipe: () => open.clear(),
    };
  },
};

export const invariants: readonly Invariant[] = [
  mutualExclusion,
  orderOfTickets,
  nobodyIsForgotten,
  noLostWrite,
  tokensGrow,
  newTickets,
];
