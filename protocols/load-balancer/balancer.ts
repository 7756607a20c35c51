/**
 * The balancer: sends each request to the living worker with the fewest open ones, and counts that one down again when it is
 * answered, has timed out, or is lost with its worker.
 *
 * Least connections is the rule of HAProxy (`leastconn`) and nginx (`least_conn`); an article printed it with a count that is
 * never given back. A worker that breaks has few open requests, so a balancer without health checks sends it everything.
 * A request whose worker is lost is tried at another one: work is done at least once, and answered at most once.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import type { Work as Op } from "../../harness/workloads/requests.ts";
import {
  type AssignedFact,
  type Assignment,
  assignmentOf,
  type LoadsFact,
  type OverFact,
  type ToBalancer,
  type ToWorker,
} from "./messages.ts";

/** A request at a worker. */
export interface Open {
  readonly assignment: Assignment;
  readonly worker: NodeId;
  readonly request: Request<Op>;
  readonly tries: number;
  /** When it times out, by the own stop-watch. */
  readonly untilMs: Ms;
}

/** What is known of a worker. */
interface Health {
  alive: boolean;
  heardMs: Ms;
  boot: number | undefined;
}

export class Balancer implements Node<ToBalancer, Op> {
  protected readonly ctx: Context<ToWorker, string>;
  private readonly checkMs: Ms;
  private readonly deadAfterMs: Ms;
  private readonly timeOutMs: Ms;
  private readonly mostTries: number;
  private readonly health = new Map<NodeId, Health>();
  /** Open requests of each worker. */
  private readonly loads = new Map<NodeId, number>();
  protected readonly open = new Map<Assignment, Open>();

  constructor(ctx: Context<ToWorker, string>, options: Options) {
    this.ctx = ctx;
    this.checkMs = Number(options["check"]);
    this.deadAfterMs = Number(options["dead-after"]);
    this.timeOutMs = Number(options["time-out"]);
    this.mostTries = Number(options["tries"]);
  }

  /** Nothing is kept on disk: what an earlier incarnation had open is nobody's any more, and workers are innocent until checked. */
  onStart(): void {
    for (const worker of this.ctx.nodes("worker")) {
      this.health.set(worker, { alive: true, heardMs: this.ctx.elapsed(), boot: undefined });
      this.loads.set(worker, 0);
    }
    this.check();
  }

  onRequest(request: Request<Op>): void {
    this.assign(request, 1);
    this.settle();
  }

  onMessage(from: NodeId, message: ToBalancer): void {
    switch (message.type) {
      case "done":
        this.onDone(from, message.assignment);
        break;
      case "alive":
        this.onAlive(from, message.boot);
        break;
      default:
        never(message);
    }
    this.settle();
  }

  onTimer(): void {
    this.check();
    this.settle();
  }

  /** Each handler ends with this: nobody is waited for longer than was said, and what is counted is stated. */
  private settle(): void {
    const overdue = [...this.open.values()].filter((open) => this.isOverdue(open));
    for (const open of overdue) this.end(open, "timed out");
    for (const open of overdue) this.again(open);
    this.stateLoads();
  }

  // Requests

  private assign(request: Request<Op>, tries: number, not?: NodeId): void {
    const worker = this.choose(this.candidates(not));
    if (worker === undefined) {
      // A worker that timed out may have done it all the same: then silence is the only honest answer.
      if (tries === 1) this.refuse(request);
      return;
    }
    const assignment = assignmentOf(request.id, tries);
    const { cost } = request.op;
    const untilMs = this.ctx.elapsed() + this.timeOutMs;
    this.open.set(assignment, { assignment, worker, request, tries, untilMs });
    this.countUp(worker);
    this.ctx.send(worker, { type: "work", assignment, cost });
    const fact: AssignedFact = { assignment, worker, untilMs, ...(not !== undefined && { not }) };
    this.ctx.fact("assigned", fact);
  }

  private refuse(request: Request<Op>): void {
    this.ctx.sometimes("no worker alive");
    this.ctx.fail(request, "no worker is alive");
  }

  /** The living; not the one where the request has just come to nothing, if there is another. */
  protected candidates(not: NodeId | undefined): readonly NodeId[] {
    const living = this.ctx.nodes("worker").filter((worker) => this.isAlive(worker));
    const others = living.filter((worker) => worker !== not);
    return others.length > 0 ? others : living;
  }

  /** The one with the fewest open requests. */
  protected choose(candidates: readonly NodeId[]): NodeId | undefined {
    const fewest = Math.min(...candidates.map((worker) => this.load(worker)));
    return candidates.find((worker) => this.load(worker) === fewest);
  }

  /** Messages get doubled, and come late: only who is waited for is counted down and answers. */
  private onDone(worker: NodeId, assignment: Assignment): void {
    const open = this.open.get(assignment);
    if (open === undefined) {
      this.onStray(worker, assignment);
      return;
    }
    this.end(open, "done");
    this.answer(open.request, worker);
  }

  /** The answer to something that is not open, or no longer. */
  protected onStray(_worker: NodeId, _assignment: Assignment): void {
    this.ctx.sometimes("answer that nobody waits for");
  }

  protected answer(request: Request<Op>, worker: NodeId): void {
    this.ctx.reply(request, worker);
    this.ctx.fact("answered", { request: request.id });
  }

  protected isOverdue({ untilMs }: Open): boolean {
    return this.ctx.elapsed() >= untilMs;
  }

  private again({ request, tries, worker }: Open): void {
    if (tries >= this.mostTries) return;
    this.ctx.sometimes("request tried again");
    this.assign(request, tries + 1, worker);
  }

  private end(open: Open, why: OverFact["why"]): void {
    const { assignment, worker } = open;
    this.open.delete(assignment);
    this.ctx.fact("over", { assignment, worker, why });
    this.countDown(worker);
  }

  // Counts

  private countUp(worker: NodeId): void {
    this.loads.set(worker, this.load(worker) + 1);
  }

  protected countDown(worker: NodeId): void {
    this.loads.set(worker, this.load(worker) - 1);
  }

  private load(worker: NodeId): number {
    return this.loads.get(worker) ?? 0;
  }

  private stateLoads(): void {
    const fact: LoadsFact = { atMs: this.ctx.elapsed(), open: Object.fromEntries(this.loads) };
    this.ctx.fact("loads", fact);
    for (const [worker, load] of this.loads) this.ctx.gauge("open requests", load, { worker });
  }

  // Health

  private check(): void {
    const dead = [...this.health].filter(([, { alive, heardMs }]) => alive && this.ctx.elapsed() - heardMs > this.deadAfterMs);
    for (const [worker, health] of dead) this.died(worker, health);
    // All of them first: nothing shall be tried at one that is about to be held for dead.
    for (const [worker] of dead) this.lost(worker);
    this.ctx.broadcast({ type: "check" });
    this.ctx.setTimer("check", this.checkMs);
  }

  private died(worker: NodeId, health: Health): void {
    health.alive = false;
    this.ctx.fact("dead", { worker });
    this.ctx.sometimes("worker held for dead");
  }

  private onAlive(worker: NodeId, boot: number): void {
    const health = this.health.get(worker);
    if (health === undefined) return;
    health.heardMs = this.ctx.elapsed();
    if (!health.alive) {
      health.alive = true;
      this.ctx.fact("alive", { worker });
    }
    const before = health.boot;
    health.boot = boot;
    if (before !== undefined && before !== boot) {
      this.ctx.sometimes("worker started again");
      this.lost(worker);
    }
  }

  /** All that the worker had is given back, and tried elsewhere. */
  protected lost(worker: NodeId): void {
    const lost = [...this.open.values()].filter((open) => open.worker === worker);
    for (const open of lost) this.end(open, "worker lost it");
    for (const open of lost) this.again(open);
  }

  private isAlive(worker: NodeId): boolean {
    return this.health.get(worker)?.alive === true;
  }

  inspect(): unknown {
    return {
      loads: Object.fromEntries(this.loads),
      dead: [...this.health].filter(([, { alive }]) => !alive).map(([worker]) => worker),
    };
  }
}
