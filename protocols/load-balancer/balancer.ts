/**
 * The balancer: sends each request to one of the workers in service, which one by its policy, and counts that one down again when it
 * is answered, has timed out, or is lost with its worker.
 *
 * A worker that breaks has few open requests, so a balancer that counts them and checks nobody's health sends it
 * everything; an article printed one whose count is never given back. A request whose worker is lost is tried at
 * another one: work is done at least once, and answered at most once.
 */

import { type Context, type Ms, type Node, type NodeId, never, type Options, type Request } from "../../harness/protocol.ts";
import type { Work as Op } from "../../harness/workloads/requests.ts";
import {
  type Alive,
  type Asked,
  type AssignedFact,
  type Assignment,
  assignmentOf,
  type CheckedFact,
  type LoadsFact,
  type OverFact,
  type ToBalancer,
  type ToWorker,
} from "./messages.ts";
import { type Policy, type PolicyName, policies, type View } from "./policies.ts";

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
export interface Health {
  alive: boolean;
  draining: boolean;
  /** When the newest question was put that it has answered. */
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
  private readonly policyName: PolicyName;
  private readonly boundPercent: number;
  private readonly virtualNodes: number;
  private policy!: Policy;
  protected boot = 0;
  private checkedMs: Ms = 0;

  constructor(ctx: Context<ToWorker, string>, options: Options) {
    this.ctx = ctx;
    this.checkMs = Number(options["check"]);
    this.deadAfterMs = Number(options["dead-after"]);
    this.timeOutMs = Number(options["time-out"]);
    this.mostTries = Number(options["tries"]);
    this.boundPercent = Number(options["bound"]);
    this.policyName = options["policy"] as PolicyName;
    this.virtualNodes = Number(options["virtual-nodes"]);
  }

  protected rule(name: PolicyName, view: View): Policy {
    return policies[name](view);
  }

  /** Nothing is kept on disk: what an earlier incarnation had open is nobody's any more, and workers are innocent until checked. */
  onStart(): void {
    for (const worker of this.ctx.nodes("worker")) {
      this.health.set(worker, { alive: true, draining: false, heardMs: this.ctx.elapsed(), boot: undefined });
      this.loads.set(worker, 0);
    }
    this.policy = this.rule(this.policyName, {
      workers: this.ctx.nodes("worker"),
      load: (worker) => this.load(worker),
      random: this.ctx.random,
      virtualNodes: this.virtualNodes,
      boundPercent: this.boundPercent,
    });
    this.boot = this.ctx.random.integer(1, 1_000_000_000);
    this.checkedMs = this.ctx.elapsed();
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
        this.onAlive(from, message);
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

  /**
   * On streams: what was under way to this worker is gone. It may be up all the same, and says so when it is next asked; a
   * connection whose other end is gone without a word breaks only for who sends on it, so health is checked all the same.
   */
  onDisconnect(peer: NodeId): void {
    const health = this.health.get(peer);
    if (health === undefined) return;
    if ([...this.open.values()].some(({ worker }) => worker === peer)) this.ctx.sometimes("connection lost with open requests");
    if (health.alive) this.died(peer, health);
    this.lost(peer);
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
    const candidates = this.candidates(not);
    if (candidates.length === 0) {
      // A worker that timed out may have done it all the same: then silence is the only honest answer.
      if (tries === 1) this.refuse(request);
      return;
    }
    const assignment = assignmentOf(request.id, tries);
    const { cost, key = request.client } = request.op;
    const choice = this.policy.choose(candidates, key);
    const { worker } = choice;
    const untilMs = this.ctx.elapsed() + this.timeOutMs;
    this.open.set(assignment, { assignment, worker, request, tries, untilMs });
    this.countUp(worker);
    this.ctx.send(worker, { type: "work", assignment, cost });
    const { policyName: policy, boundPercent } = this;
    const fact: AssignedFact = { ...choice, assignment, policy, key, boundPercent, untilMs, ...(not !== undefined && { not }) };
    this.ctx.fact("assigned", fact);
  }

  private refuse(request: Request<Op>): void {
    this.ctx.sometimes("no worker in service");
    this.ctx.fail(request, "no worker is in service");
  }

  /**
   * Those in service, or, if all that live are draining, those: who drains everybody did not mean that. Not the one where the request
   * has just come to nothing, if there is another.
   */
  private candidates(not: NodeId | undefined): readonly NodeId[] {
    const inService = this.ctx.nodes("worker").filter((worker) => this.serves(worker));
    const serving = inService.length > 0 ? inService : this.ctx.nodes("worker").filter((worker) => this.isAlive(worker));
    const others = serving.filter((worker) => worker !== not);
    return others.length > 0 ? others : serving;
  }

  protected serves(worker: NodeId): boolean {
    return this.isAlive(worker) && this.health.get(worker)?.draining === false;
  }

  protected isAlive(worker: NodeId): boolean {
    return this.health.get(worker)?.alive === true;
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
    const nowMs = this.ctx.elapsed();
    const slept = nowMs - this.checkedMs > 2 * this.checkMs;
    this.checkedMs = nowMs;
    // Who has slept has heard nothing, and knows nothing against anybody.
    if (slept) for (const health of this.health.values()) if (health.alive) health.heardMs = nowMs;
    const dead = [...this.health].filter(([, health]) => health.alive && this.isSilent(health, nowMs));
    for (const [worker, health] of dead) this.died(worker, health);
    // All of them first: nothing shall be tried at one that is about to be held for dead.
    for (const [worker] of dead) this.lost(worker);
    const fact: CheckedFact = { noticedAfter: Math.floor(this.deadAfterMs / this.checkMs) + 2, slept };
    this.ctx.fact("checked", fact);
    this.ctx.broadcast({ type: "check", asked: { atMs: nowMs, boot: this.boot } }, this.ctx.nodes("worker"));
    this.ctx.setTimer("check", this.checkMs);
  }

  protected isSilent({ heardMs }: Health, nowMs: Ms): boolean {
    return nowMs - heardMs > this.deadAfterMs;
  }

  private died(worker: NodeId, health: Health): void {
    health.alive = false;
    this.ctx.fact("dead", { worker });
    this.ctx.sometimes("worker held for dead");
  }

  /** Answers get doubled, and come late: the newest question counts, and only if it was put not long ago. */
  private onAlive(worker: NodeId, { asked, boot, draining }: Alive): void {
    const health = this.health.get(worker);
    if (health === undefined || this.isStale(health, asked)) return;
    health.heardMs = Math.max(health.heardMs, asked.atMs);
    if (!health.alive) {
      health.alive = true;
      this.ctx.fact("alive", { worker });
    }
    if (draining !== health.draining) {
      health.draining = draining;
      this.ctx.fact(draining ? "draining" : "serving", { worker });
      if (draining) this.ctx.sometimes("worker drained");
    }
    const before = health.boot;
    health.boot = boot;
    if (before !== undefined && before !== boot) {
      this.ctx.sometimes("worker started again");
      this.lost(worker);
    }
  }

  /** A stop-watch begins anew with its node, so what an earlier incarnation has asked may seem to lie ahead. */
  protected isStale({ heardMs }: Health, { atMs, boot }: Asked): boolean {
    return boot !== this.boot || atMs < heardMs || this.ctx.elapsed() - atMs > this.deadAfterMs;
  }

  /** All that the worker had is given back, and tried elsewhere. */
  protected lost(worker: NodeId): void {
    const lost = [...this.open.values()].filter((open) => open.worker === worker);
    for (const open of lost) this.end(open, "worker lost it");
    for (const open of lost) this.again(open);
  }

  inspect(): unknown {
    return {
      loads: Object.fromEntries(this.loads),
      dead: [...this.health].filter(([, { alive }]) => !alive).map(([worker]) => worker),
      draining: [...this.health].filter(([, { draining }]) => draining).map(([worker]) => worker),
    };
  }
}
