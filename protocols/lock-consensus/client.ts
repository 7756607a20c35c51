/**
 * The client of a lock in a log. Every command is asked again, of whoever leads, under the same name until it is answered: the log
 * carries it out once. So nothing is ever in doubt but the time that it took, and that the lease pays for.
 *
 * It serves two workloads. Under `lock` it uses the lock as all clients here do (see ../locking); under `lease` it carries out single
 * commands, whose history tells whether there is one lock.
 */

import { type ClientContext, type Ms, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import type { LeaseOp } from "../../harness/workloads/lease.ts";
import type { Use } from "../../harness/workloads/lock.ts";
import { type Doing, LockClient, notToBeHad, type Owner } from "../locking/index.ts";
import { Caller } from "./caller.ts";
import type { Acquired, Ask, FromServer, LockOp } from "./messages.ts";

/** More often than this no client asks anything for one operation. */
const mostCommands = 2 ** 20;

/** A command under way, and what it was asked for. */
interface Command {
  readonly id: string;
  readonly op: LockOp;
  /** Of an extension: which of the asks it is. */
  readonly nth: number;
}

export class ConsensusLockClient extends LockClient<Ask, FromServer> {
  private readonly caller: Caller;
  /** How long a single command may take. */
  private readonly singleMs: Ms;
  private commands = 0;
  private command: Command | undefined;
  /** Under `lease`: the operation, and the grant that the latest acquire came to. */
  private single: Request<LeaseOp> | undefined;
  private owner: Owner = "";
  private token = 0;

  constructor(ctx: ClientContext<Ask>, options: Options) {
    super(ctx as ClientContext, options);
    this.caller = new Caller(ctx, this.tryMs);
    this.singleMs = Number(options["patience"]);
  }

  override onRequest(request: Request<Use | LeaseOp>): void {
    this.commands = 0;
    if (request.op.f === "use") super.onRequest(request as Request<Use>);
    else this.carryOut(request as Request<LeaseOp>);
  }

  override onTimer(name: string): void {
    if (name === "again") this.caller.again();
    else if (name === "out of patience") this.giveUpSingle();
    else super.onTimer(name);
  }

  protected override onLockMessage(from: NodeId, message: FromServer): void {
    const command = this.command;
    const answer = this.caller.hear(from, message);
    if (answer === undefined || command === undefined) return;
    this.command = undefined;
    if (this.single !== undefined) this.endSingle(this.single, command.op, answer.result);
    else if (this.doing !== undefined) this.onAnswer(this.doing, command, answer.result);
  }

  private tell(request: Request, op: LockOp, nth = 0): void {
    this.commands += 1;
    const id = `${request.id}.${this.commands}`;
    this.command = { id, op, nth };
    this.caller.call({ type: "ask", id, serial: request.serial * mostCommands + this.commands, op });
  }

  // ---- lock: taken, held, written under, given back -----------------------------------------------------------------

  protected override sendAsk({ request, owner, leaseMs }: Doing): void {
    this.tell(request, { f: "acquire", owner, client: this.ctx.id, leaseMs });
  }

  protected override sendExtend(doing: Doing): void {
    // Not the earlier one again: that would begin the lease when it was first asked for.
    this.tell(doing.request, { f: "extend", owner: doing.owner }, this.numberAsk(doing));
  }

  protected override giveBack(owner: Owner): void {
    const asked = this.command?.op;
    if (this.doing === undefined || (asked?.f === "release" && asked.owner === owner)) return;
    this.tell(this.doing.request, { f: "release", owner });
  }

  /** It is being asked again; until patience is at an end, nobody else can tell what came of it. */
  protected override onSilence(doing: Doing): void {
    if (this.isOutOfPatience(doing)) this.release(doing, { kind: "fail", reason: notToBeHad });
    else this.ctx.setTimer("next", this.tryMs);
  }

  private onAnswer(doing: Doing, { op, nth }: Command, result: unknown): void {
    switch (op.f) {
      case "acquire":
        if (doing.phase === "asking") this.onAcquired(doing, result as Acquired);
        break;
      case "extend":
        if (result === true) this.extended(doing, nth);
        else this.lost(doing);
        break;
      case "release":
        this.released(doing);
        break;
      case "expire":
      case "holder":
        break;
      default:
        never(op);
    }
  }

  private onAcquired(doing: Doing, result: Acquired): void {
    if ("granted" in result) this.granted(doing, { token: result.granted });
    else this.wait(doing);
  }

  // ---- lease: single commands ---------------------------------------------------------------------------------------

  private carryOut(request: Request<LeaseOp>): void {
    this.single = request;
    this.ctx.setTimer("out of patience", this.singleMs);
    this.tell(request, this.commandFor(request));
  }

  private commandFor({ id, op }: Request<LeaseOp>): LockOp {
    switch (op.f) {
      case "acquire":
        return { f: "acquire", owner: id, client: this.ctx.id, leaseMs: op.lease };
      case "extend":
      case "release":
        return { f: op.f, owner: this.owner };
      case "holder":
        return op;
      default:
        return never(op);
    }
  }

  private endSingle(request: Request<LeaseOp>, op: LockOp, result: unknown): void {
    this.single = undefined;
    this.ctx.cancelTimer("out of patience");
    if (op.f === "acquire" && "granted" in (result as Acquired)) {
      this.owner = op.owner;
      this.token = (result as { readonly granted: number }).granted;
    }
    const done = op.f === "extend" || op.f === "release" ? { token: this.token, done: result } : result;
    this.ctx.reply(request, done as never);
  }

  private giveUpSingle(): void {
    const single = this.single;
    if (single === undefined) return;
    this.single = undefined;
    this.caller.drop();
    this.ctx.giveUp(single, "no answer before patience was at an end");
  }

  inspect(): unknown {
    const { phase, owner, token } = this.doing ?? {};
    return { phase: phase ?? null, owner: owner ?? this.owner, token: token ?? this.token, command: this.command?.op ?? null };
  }
}
