/**
 * The server's book, on its disk: every ticket that is taken, called and closed, a line each; now and then copied out fair.
 *
 * The lines are numbered: after a crash the last ones, which were not synced, may be torn or missing, also one in the middle of them.
 * What was synced is whole and in sequence, so the first line that is not ends the book. The fair copy is on the disk before the lines that
 * it replaces are struck out; if the crash falls between, their numbers tell that they are in it.
 */

import type { Disk, Log } from "../../harness/protocol.ts";
import type { Line, Serving, Ticket } from "./messages.ts";

/** All that the lines before it came to. */
interface FairCopy {
  /** The number of the first line after it. */
  readonly line: number;
  /** The next ticket. */
  readonly next: number;
  readonly open: readonly Ticket[];
  readonly serving?: Serving;
}

type Numbered = Line & { readonly line: number };

const linesBeforeCopy = 24;

export class Book {
  protected readonly disk: Disk;
  protected readonly lines: Log<Numbered>;
  private line = 0;
  /** The next ticket. */
  next = 1;
  /** In the order of taking. */
  readonly open = new Map<number, Ticket>();
  serving: Serving | undefined;

  constructor(disk: Disk) {
    this.disk = disk;
    this.lines = disk.log<Numbered>("book");
  }

  recover(): void {
    const copy = this.disk.read<FairCopy>("fair-copy");
    if (copy !== undefined) {
      this.line = copy.line;
      this.next = copy.next;
      this.serving = copy.serving;
      for (const ticket of copy.open) this.open.set(ticket.ticket, ticket);
    }
    let whole = 0;
    for (const line of this.lines.entries()) {
      if (!this.isNext(line)) break;
      whole += 1;
      if (line.line < this.line) continue;
      this.line += 1;
      this.apply(line);
    }
    if (whole < this.lines.length) this.lines.truncate(whole);
  }

  /** Whole, and in sequence; or in the fair copy already. */
  protected isNext(line: Numbered | { readonly torn: true }): line is Numbered {
    return !("torn" in line) && line.line <= this.line;
  }

  write(line: Line): void {
    this.lines.append({ ...line, line: this.line });
    this.line += 1;
    this.apply(line);
  }

  private apply(line: Line): void {
    switch (line.kind) {
      case "taken":
        this.open.set(line.ticket, { ticket: line.ticket, owner: line.owner, client: line.client, leaseMs: line.leaseMs });
        this.next = Math.max(this.next, line.ticket + 1);
        break;
      case "called":
        this.serving = { ticket: line.ticket, nth: line.nth };
        break;
      case "closed":
        this.open.delete(line.ticket);
        if (this.serving?.ticket === line.ticket) this.serving = undefined;
    }
  }

  /** What was written is sure to be found again from here on. */
  sync(): void {
    this.disk.sync();
    if (this.lines.length >= linesBeforeCopy) this.copyOut();
  }

  protected copyOut(): void {
    this.writeCopy();
    this.disk.sync();
    this.lines.truncate(0);
  }

  protected writeCopy(): void {
    const { line, serving } = this;
    const open = [...this.open.values()];
    const copy: FairCopy = { line, next: this.nextInCopy(), open, ...(serving !== undefined && { serving }) };
    this.disk.write("fair-copy", copy);
  }

  protected nextInCopy(): number {
    return this.next;
  }

  find(owner: string): Ticket | undefined {
    return [...this.open.values()].find((ticket) => ticket.owner === owner);
  }
}
