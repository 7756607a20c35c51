/**
 * FloodSet: consensus in f + 1 rounds, where every message arrives within a known time and at most f servers crash.
 *
 * Lynch, "Distributed Algorithms" (1996), section 6.2.1. Everybody keeps the set W of all values that it knows of, and sends it
 * to everybody in each of f + 1 rounds. A crash in the middle of sending tells W to some and not to others; but f crashes
 * leave one round of f + 1 without any, after which all sets are equal, and stay so. Then everybody decides by the same rule; the
 * least value is the rule here, so that the decision is somebody's input.
 *
 * The book's rounds are given; here timers make them. Whoever first hears of a decision begins its round 1 then, within one delay
 * of the others, and what is sent in a round needs one delay more: **a round must be longer than two delays**, and than what clocks
 * drift apart in f rounds on top. Nothing else is waited for, so one message that is later breaks it.
 *
 * The book's crashed processes never come back. A server that does is still a faulty one for all that was under way: it keeps
 * silent until that is over, and takes no part in what it hears of meanwhile. Decisions are on its disk. One that has missed a
 * decision floods in vain, and is told; for that some server must have been there both times, so n > 2f where servers come back.
 */

import { type Context, type Node, type NodeId, never, type Options, type Request, type Torn } from "../../harness/protocol.ts";
import type { Decided, Flood, Message, Op, Result, Value } from "./messages.ts";

/** One decision on its way. */
export interface Instance {
  readonly key: string;
  /** From 1 to f + 1. */
  round: number;
  /** The book's W, in the order in which values came. */
  readonly values: Set<Value>;
}

type Decision = Omit<Decided, "type">;

const STARTED = "started";
const DECISIONS = "decisions";

export class FloodSet implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Result>;
  protected readonly roundMs: number;
  /** How many may crash. */
  protected readonly f: number;
  protected readonly instances = new Map<string, Instance>();
  private readonly decided = new Map<string, Value>();
  /** Came back a moment ago, and what ran before may run still. */
  protected returning = false;
  /** What was under way then: its rounds have gone on without this server. */
  private readonly missed = new Set<string>();
  private readonly waiting = new Map<string, Request<Op>>();

  constructor(ctx: Context<Message, Result>, options: Options) {
    this.ctx = ctx;
    this.roundMs = Number(options["round"]);
    this.f = Number(options["f"]);
  }

  onStart(): void {
    const { disk } = this.ctx;
    if (disk.read(STARTED) === undefined) {
      disk.write(STARTED, true);
      disk.sync();
      return;
    }
    for (const decision of disk.log<Decision>(DECISIONS).entries()) {
      // Each was synced before the next was written: nobody was told one that a crash has torn.
      if (isTorn(decision)) continue;
      this.decided.set(decision.key, decision.value);
      this.ctx.fact("decided", decision);
    }
    this.comeBack();
  }

  /** What is under way ends within f + 1 rounds; one more is for clocks and for the last message. */
  protected comeBack(): void {
    this.returning = true;
    this.ctx.setTimer("over", (this.f + 2) * this.roundMs);
  }

  // Input.

  onRequest(request: Request<Op>): void {
    const { key, value } = request.op;
    const decision = this.decided.get(key);
    if (decision !== undefined) this.ctx.reply(request, decision);
    else if (this.returning || this.missed.has(key)) {
      this.ctx.sometimes("took no part as it had come back");
      this.ctx.redirect(request);
    } else {
      this.waiting.set(request.id, request);
      const instance = this.instances.get(key);
      if (instance === undefined) this.input(key, value);
      else this.inputLate(instance, value);
    }
  }

  private input(key: string, value: Value): void {
    this.ctx.fact("input", { key, value });
    this.begin(key, [value]);
  }

  /** A value counts only from the first round on: one that comes later would not be flooded for f + 1 rounds. */
  protected inputLate(_instance: Instance, _value: Value): void {
    this.ctx.sometimes("an input came too late");
  }

  private begin(key: string, values: readonly Value[]): void {
    const instance: Instance = { key, round: 1, values: new Set(values) };
    this.instances.set(key, instance);
    this.flood(instance);
  }

  // Rounds 1 to f + 1: send W to all, and take in what the others send.

  protected flood(instance: Instance): void {
    const { key, values } = instance;
    this.beginRound(instance);
    this.ctx.broadcast({ type: "flood", key, values: [...values] });
  }

  protected beginRound({ key }: Instance): void {
    this.ctx.setTimer(`round ${key}`, this.roundMs, key);
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "flood":
        this.onFlood(from, message);
        break;
      case "decided":
        this.onDecided(message);
        break;
      default:
        never(message);
    }
  }

  private onFlood(from: NodeId, { key, values }: Flood): void {
    const decision = this.decided.get(key);
    const instance = this.instances.get(key);
    if (decision !== undefined) this.ctx.send(from, { type: "decided", key, value: decision });
    else if (instance !== undefined) this.take(instance, values);
    else if (this.returning) this.missed.add(key);
    else if (!this.missed.has(key)) this.begin(key, values);
  }

  private take(instance: Instance, values: readonly Value[]): void {
    const known = instance.values.size;
    for (const value of values) instance.values.add(value);
    if (instance.values.size === known) return;
    this.ctx.sometimes(instance.round === 1 ? "several inputs met" : "a value came after the first round");
  }

  onTimer(name: string, key?: unknown): void {
    if (name === "over") this.returning = false;
    else {
      const instance = this.instances.get(key as string);
      if (instance !== undefined) this.onRoundOver(instance);
    }
  }

  protected onRoundOver(instance: Instance): void {
    if (instance.round < this.rounds()) {
      instance.round += 1;
      this.flood(instance);
    } else this.decide(instance);
  }

  protected rounds(): number {
    return this.f + 1;
  }

  // The decision.

  protected decide(instance: Instance): void {
    const { key, values } = instance;
    this.ctx.fact("flooded", { key, values: [...values].sort((a, b) => a - b) });
    this.conclude(key, this.choose(instance));
  }

  /** Any rule, as long as all have the same. */
  protected choose({ values }: Instance): Value {
    return Math.min(...values);
  }

  /** It did not take part, or it would not have begun so late. */
  private onDecided({ key, value }: Decided): void {
    if (this.decided.has(key)) return;
    this.ctx.sometimes("was told what it had missed");
    this.ctx.cancelTimer(`round ${key}`);
    this.conclude(key, value);
  }

  private conclude(key: string, value: Value): void {
    this.instances.delete(key);
    this.decided.set(key, value);
    this.record({ key, value });
    this.ctx.fact("decided", { key, value });
    for (const request of this.waiting.values()) {
      if (request.op.key !== key) continue;
      this.waiting.delete(request.id);
      this.ctx.reply(request, value);
    }
  }

  /** On disk before anybody is told: who asks again must get the same. */
  protected record(decision: Decision): void {
    this.ctx.disk.log<Decision>(DECISIONS).append(decision);
    this.ctx.disk.sync();
  }

  inspect(): unknown {
    const underWay = [...this.instances.values()].map(({ key, round, values }) => [
      key,
      `round ${round}: ${[...values].join(" ")}`,
    ]);
    return {
      returning: this.returning,
      missed: [...this.missed],
      ...Object.fromEntries(underWay),
      ...Object.fromEntries(this.decided),
    };
  }
}

function isTorn(entry: object): entry is Torn {
  return "torn" in entry;
}
