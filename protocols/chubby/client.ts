/**
 * A client of Chubby: a small application over the library, which reads and writes files, and uses their locks to write to a resource.
 *
 * While its session is in jeopardy it quiesces: it writes nothing to the resource until the session is safe again. What it has sent by
 * then may still arrive late, and that is what sequencers are for.
 */

import {
  type ClientContext,
  type Ms,
  type Node,
  type NodeId,
  never,
  type Options,
  type Request,
} from "../../harness/protocol.ts";
import type { FileOp } from "../../harness/workloads/files.ts";
import { Library } from "./library.ts";
import type { Acquired, AcquiredFact, Answer, CallOp, Content, FromCell, ReadFact, ToCell, Write, Written } from "./messages.ts";
import type { ClientSession } from "./session.ts";

/** The lock that it holds, and what it does with it. */
interface Holding {
  readonly file: string;
  readonly generation: number;
  phase: "holding" | "writing" | "releasing";
  /** It waits until the session is safe again. */
  quiet: boolean;
  outcome: { readonly kind: "ok" } | { readonly kind: "fail" | "info"; readonly reason: string };
  writes: number;
}

/** The operation under way. */
interface Doing {
  readonly request: Request<FileOp>;
  readonly beganMs: Ms;
  holding: Holding | undefined;
  /** Of a read: what it had been told of when it began. */
  told: number;
}

export class ChubbyClient extends Library implements Node<FromCell | Written, FileOp> {
  private readonly options: Options;
  private doing: Doing | undefined;

  constructor(ctx: ClientContext<ToCell | Write>, options: Options) {
    super(ctx, options);
    this.options = options;
  }

  /** Whatever it held before a crash, it knows nothing of it: that session ends by itself. */
  onStart(): void {
    this.ctx.fact("left");
  }

  onRequest(request: Request<FileOp>): void {
    const { op } = request;
    if (op.f === "use" && op.write !== undefined && op.write !== "resource")
      throw new Error(`the workload writes to the role "${op.write}", but what a lock protects has the role "resource"`);
    this.doing = { request, beganMs: this.ctx.elapsed(), holding: undefined, told: 0 };
    this.beginCalls();
    this.begin(this.doing);
  }

  onMessage(from: NodeId, message: FromCell | Written): void {
    if (isWritten(message)) this.onWritten(message);
    else this.onCellMessage(from, message);
  }

  onTimer(name: string): void {
    const { doing } = this;
    if (this.onLibraryTimer(name) || doing === undefined) return;
    if (doing.holding === undefined) this.begin(doing);
    else if (doing.holding.phase !== "releasing") this.write(doing, doing.holding);
  }

  /** From the start, also after a session was lost: nothing has happened yet. */
  private begin(doing: Doing): void {
    const { session } = this;
    const { request } = doing;
    const { op } = request;
    if (session === undefined) this.openSession(request);
    else if (op.f === "read") this.read(doing, session, op.file);
    else if (op.f === "write") this.call(request, { f: "write", session: session.id, file: op.file, value: op.value });
    else this.acquire(doing, session, op.file);
  }

  private end(doing: Doing, tell: () => void): void {
    if (this.doing !== doing) return;
    this.doing = undefined;
    this.ctx.cancelTimer("next");
    tell();
  }

  protected override onResult(op: CallOp, { result, epoch, cacheable }: Answer): void {
    const { doing } = this;
    if (doing === undefined) return;
    switch (op.f) {
      case "read":
        if (cacheable) this.session?.keep(op.file, result as Content, epoch);
        this.endRead(doing, op.file, result as Content, false);
        break;
      case "write":
        this.end(doing, () => this.ctx.reply(doing.request, "ok"));
        break;
      case "acquire":
        this.onAcquired(doing, op.file, result as Acquired);
        break;
      case "release":
        this.endUse(doing);
        break;
      case "open-session":
        break;
      default:
        never(op);
    }
  }

  // ---- Its session ----------------------------------------------------------------------------------------------------

  protected override onSession(): void {
    if (this.doing !== undefined) this.begin(this.doing);
  }

  protected override onSafe(): void {
    const { doing } = this;
    if (doing?.holding?.quiet === true) this.write(doing, doing.holding);
  }

  protected override onExpired(unanswered: CallOp["f"] | undefined): void {
    const { doing } = this;
    if (doing === undefined) return;
    const { holding, request } = doing;
    if (holding !== undefined) this.lose(doing, holding);
    else if (unanswered === "write")
      this.end(doing, () => this.ctx.giveUp(request, "the session expired before the write was answered"));
    else this.begin(doing);
  }

  // ---- Reading --------------------------------------------------------------------------------------------------------

  private read(doing: Doing, session: ClientSession, file: string): void {
    doing.told = session.toldOf(file);
    const content = session.cached(file);
    if (content === undefined) this.call(doing.request, { f: "read", session: session.id, file });
    else {
      this.ctx.sometimes("read from the cache");
      this.endRead(doing, file, content, true);
    }
  }

  private endRead(doing: Doing, file: string, { value, generation }: Content, cached: boolean): void {
    const fact: ReadFact = { session: this.session?.id ?? "", file, generation, cached, told: doing.told };
    this.ctx.fact("read", fact);
    this.end(doing, () => this.ctx.reply(doing.request, value));
  }

  // ---- Using a lock ---------------------------------------------------------------------------------------------------

  private acquire(doing: Doing, { id: session }: ClientSession, file: string): void {
    const patienceMs = Number(this.options["patience"]);
    if (this.ctx.elapsed() - doing.beganMs > patienceMs)
      this.end(doing, () => this.ctx.fail(doing.request, "the lock was not to be had"));
    else this.call(doing.request, { f: "acquire", session, file });
  }

  private onAcquired(doing: Doing, file: string, result: Acquired): void {
    const { op } = doing.request;
    if ("taken" in result) {
      const { min, max } = this.options["back-off"] as { readonly min: Ms; readonly max: Ms };
      this.ctx.setTimer("next", this.ctx.random.integer(min, max));
      return;
    }
    const generation = result.granted;
    doing.holding = { file, generation, phase: "holding", quiet: false, outcome: { kind: "ok" }, writes: 0 };
    const session = this.session?.id ?? "";
    const fact: AcquiredFact = { file, generation, session, delayMs: Number(this.options["lock-delay"]) };
    this.ctx.fact("acquired", fact);
    this.ctx.setTimer("next", op.f === "use" ? op.hold : 0);
  }

  /** In jeopardy it quiesces: somebody else may have the lock before long. */
  private write(doing: Doing, holding: Holding): void {
    const { op, id } = doing.request;
    const [resource] = this.ctx.nodes("resource");
    holding.quiet = this.session?.isSafe !== true;
    if (this.session === undefined || holding.quiet) {
      this.ctx.sometimes("holder in jeopardy");
      return;
    }
    if (op.f !== "use" || op.write === undefined || resource === undefined) {
      this.release(doing, holding);
      return;
    }
    const { file, generation } = holding;
    holding.phase = "writing";
    holding.writes += 1;
    const sequencer = { file, generation };
    this.ctx.send(resource, { type: "write", id, session: this.session.id, sequencer, value: op.value });
    this.ctx.setTimer("next", this.settings.tryMs);
  }

  private onWritten({ id, type }: Written): void {
    const { doing } = this;
    const holding = doing?.holding;
    if (doing === undefined || doing.request.id !== id || holding?.phase !== "writing") return;
    if (type === "refused") {
      const reason = "the resource has seen a newer sequencer";
      holding.outcome = { kind: holding.writes === 1 ? "fail" : "info", reason };
    }
    this.release(doing, holding);
  }

  private release(doing: Doing, holding: Holding): void {
    const { file, generation } = holding;
    holding.phase = "releasing";
    this.ctx.cancelTimer("next");
    this.ctx.fact("left");
    if (this.session === undefined) this.endUse(doing);
    else this.call(doing.request, { f: "release", session: this.session.id, file, generation });
  }

  /** The lock went with the session. */
  private lose(doing: Doing, holding: Holding): void {
    if (holding.phase !== "releasing") this.ctx.fact("left");
    if (holding.phase === "holding")
      holding.outcome = { kind: "fail", reason: "the session expired before anything was written" };
    else if (holding.phase === "writing")
      holding.outcome = { kind: "info", reason: "the session expired before the resource answered" };
    this.endUse(doing);
  }

  private endUse(doing: Doing): void {
    const { holding, request } = doing;
    if (holding === undefined) return;
    const { outcome, generation } = holding;
    this.end(doing, () => {
      if (outcome.kind === "ok") this.ctx.reply(request, { generation });
      else if (outcome.kind === "fail") this.ctx.fail(request, outcome.reason);
      else this.ctx.giveUp(request, outcome.reason);
    });
  }

  inspect(): unknown {
    const { request, holding } = this.doing ?? {};
    return { session: this.session?.inspect() ?? null, doing: request?.id ?? null, holding: holding ?? null };
  }
}

function isWritten(message: FromCell | Written): message is Written {
  return message.type === "accepted" || message.type === "refused";
}
