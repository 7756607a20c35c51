/** A replica of a cell: the log under it, and what it hears from there. Chapter one of the server; see server.ts. */

import type { Context, Ms, Options, Request } from "../../harness/protocol.ts";
import { type HostedRaft, hostRaft } from "../raft/index.ts";
import { type Cell, type CellOp, cellMachine, fileOf, type Rules, rules } from "./cell.ts";
import type { FromCell, LockedFact, UnlockedFact, WrittenFact } from "./messages.ts";

export abstract class Replica {
  protected readonly ctx: Context<FromCell>;
  protected readonly raft: HostedRaft<Cell, CellOp>;
  protected readonly leaseMs: Ms;
  protected readonly lockDelayMs: Ms;
  protected readonly tryMs: Ms;
  /** The database, as far as it is applied here. */
  protected cell: Cell = cellMachine().init;
  /** The term in which this server leads the log. */
  private term: number | undefined;
  /** What to ask of the log, once it has come to rest. */
  private outbox: Request<CellOp>[] = [];

  constructor(ctx: Context<FromCell>, options: Options) {
    this.ctx = ctx;
    this.leaseMs = Number(options["lease"]);
    this.lockDelayMs = Number(options["lock-delay"]);
    this.tryMs = Number(options["try"]);
    this.raft = hostRaft<Cell, CellOp>(ctx, options, {
      machine: cellMachine(this.rules()),
      applied: (op, result, cell) => this.onApplied(op, result, cell),
      restored: (cell) => {
        this.cell = cell;
      },
      answered: (request, result) => this.onAnswered(request, result),
      redirected: ({ id }) => this.onRedirected(id),
      elected: (term) => this.onElected(term),
      deposed: () => this.onDeposed(),
    });
  }

  protected rules(): Rules {
    return rules;
  }

  /** Whoever leads the log and holds all that was decided before is the master. */
  protected abstract takeOffice(cell: Cell): void;
  protected abstract leaveOffice(): void;
  protected abstract onAnswered(request: Request<CellOp>, result: unknown): void;
  protected abstract onRedirected(id: string): void;
  protected abstract onOpened(session: string): void;
  protected abstract onEnded(session: string, before: Cell, cell: Cell): void;
  protected abstract onWritten(file: string, generation: number): void;

  /** `id` and `serial` are the same whenever the same is proposed: it takes place once. */
  protected propose(id: string, client: string, serial: number, op: CellOp): void {
    this.outbox.push({ id, client, serial, op });
  }

  protected flush(): void {
    while (this.outbox.length > 0) {
      const [next, ...rest] = this.outbox;
      this.outbox = rest;
      this.raft.onRequest(next!);
    }
  }

  /** Leading the log is not yet to be master: its own first command must stand there, and all before it be applied. */
  private onElected(term: number): void {
    this.term = term;
    this.propose(`epoch#${term}`, "epoch", term, { f: "new-epoch", master: this.ctx.id, term });
  }

  private onDeposed(): void {
    this.term = undefined;
    this.leaveOffice();
  }

  private onApplied(op: CellOp, result: unknown, cell: Cell): void {
    const before = this.cell;
    this.cell = cell;
    if (cell === before) return;
    switch (op.f) {
      case "new-epoch":
        if (op.master === this.ctx.id && op.term === this.term) this.takeOffice(cell);
        break;
      case "open-session":
        this.onOpened(op.session);
        break;
      case "end-session":
        this.ctx.fact("session-ended", { session: op.session });
        this.onEnded(op.session, before, cell);
        break;
      case "write": {
        const fact: WrittenFact = { file: op.file, generation: fileOf(cell, op.file).content };
        this.ctx.fact("written", fact);
        this.onWritten(op.file, fact.generation);
        break;
      }
      case "acquire": {
        const fact: LockedFact = { file: op.file, generation: fileOf(cell, op.file).generation, session: op.session };
        this.ctx.fact("locked", fact);
        break;
      }
      case "release": {
        const fact: UnlockedFact = { file: op.file, generation: op.generation };
        this.ctx.fact("unlocked", fact);
        break;
      }
      default:
        if (result === true) this.ctx.sometimes("lock-delay over");
    }
  }
}
