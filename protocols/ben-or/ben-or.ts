/**
 * Ben-Or's randomised consensus: all decide on 0 or all on 1, in a network without any bound on delays.
 *
 * Ben-Or, "Another Advantage of Free Choice: Completely Asynchronous Agreement Protocols" (PODC 1983), protocol A, for t < n/2
 * processes that stop. In each round everybody reports its value and waits for n - t reports; whoever sees more than n/2 of
 * one value proposes that, else nothing ("?"). Then it waits for n - t proposals: more than t for a value decide it, a single
 * one is adopted, and where nobody proposes, a coin is flipped. Two majorities of one round cannot differ; and when somebody
 * has decided, everybody has heard one of those proposals. No deterministic protocol can end here (Fischer, Lynch, Paterson);
 * this one goes on only as long as the coins keep falling apart, which they do for ever with probability 0.
 *
 * What the paper leaves to its model is done here. Processes of the paper that stop never come back; a server of ours does, and
 * is then no more than slow: what it says is on its disk before anybody hears it, the fall of a coin included. Messages are
 * lost: whoever is in a round repeats what it has said in it, and whoever is further answers with what it had said then. The
 * paper goes on after the decision, for ever; here a decided server says "decided", once to all and again to who still asks.
 * A server that no client has asked takes for its input the first value that it hears.
 */

import { type Context, type Node, type NodeId, never, type Options, type Request, type Torn } from "../../harness/protocol.ts";
import {
  count,
  type Decided,
  type Heard,
  type Message,
  type Op,
  type Proposal,
  type Report,
  type Result,
  type Step,
  type Value,
} from "./messages.ts";

/** What is on the log: every word of this server, in order. */
export type Entry = Report | Proposal | Decided;

/** One decision on its way. */
export interface Instance {
  readonly key: string;
  round: number;
  step: Step["type"];
  /** The paper's x. */
  value: Value;
  /** Every word of this server, for those who are behind. */
  readonly said: Step[];
  /** What was heard in this step and in later ones. */
  readonly heard: Map<string, Heard>;
  decided?: Value;
}

export class BenOr implements Node<Message, Op> {
  protected readonly ctx: Context<Message, Result>;
  private readonly repeatMs: number;
  protected readonly instances = new Map<string, Instance>();
  /** Clients that wait for a decision, by their requests. */
  private readonly waiting = new Map<string, Request<Op>>();

  constructor(ctx: Context<Message, Result>, options: Options) {
    this.ctx = ctx;
    this.repeatMs = Number(options["repeat"]);
  }

  /** The n of the paper. */
  protected get n(): number {
    return this.ctx.nodes().length;
  }

  /** The t of the paper: as many as can be spared, so that more than half remain. */
  protected get t(): number {
    return Math.ceil(this.n / 2) - 1;
  }

  /** Comes back with all that it had said. What it had heard is gone, and will be repeated by who still needs an answer. */
  onStart(): void {
    for (const entry of this.recover()) {
      const { key } = entry;
      const instance = this.instances.get(key) ?? this.open(key, entry.value as Value);
      if (entry.type === "decided") instance.decided = entry.value;
      else this.resume(instance, entry);
      this.state(entry);
    }
    const undecided = this.undecided();
    if (undecided.length > 0) this.ctx.sometimes("came back in the middle of a round");
    this.repeat();
    for (const instance of undecided) this.proceed(instance);
  }

  private resume(instance: Instance, said: Step): void {
    instance.round = said.round;
    instance.step = said.type;
    if (said.type === "report") instance.value = said.value;
    instance.said.push(said);
    instance.heard.clear();
    this.note(instance, this.ctx.id, said);
  }

  /** Each entry was synced before the next was written: one that a crash has torn was never told to anybody. */
  protected recover(): Entry[] {
    return this.ctx.disk
      .log<Entry>("said")
      .entries()
      .filter((entry): entry is Entry => !isTorn(entry));
  }

  // Clients.

  onRequest(request: Request<Op>): void {
    const { key, value } = request.op;
    if (value !== 0 && value !== 1)
      throw new Error(`${request.client} proposes ${value}, and Ben-Or's protocol decides between 0 and 1: use "values: binary"`);
    const instance = this.instances.get(key);
    if (instance?.decided !== undefined) {
      this.ctx.reply(request, instance.decided);
      return;
    }
    this.waiting.set(request.id, request);
    if (instance === undefined) this.begin(key, value);
  }

  // Step 0: set r := 1.

  private begin(key: string, value: Value): Instance {
    if (this.undecided().length === 0) this.ctx.setTimer("repeat", this.repeatMs);
    const instance = this.open(key, value);
    this.report(instance);
    return instance;
  }

  private open(key: string, value: Value): Instance {
    const instance: Instance = { key, round: 1, step: "report", value, said: [], heard: new Map() };
    this.instances.set(key, instance);
    return instance;
  }

  // Step 1: send (1, r, x) to all.

  private report(instance: Instance): void {
    const { key, round, value } = instance;
    instance.step = "report";
    this.say(instance, { type: "report", key, round, value });
  }

  // Step 2: wait for n - t reports; if more than n/2 have the same value v, send (2, r, v, D) to all, else (2, r, ?).

  protected onReports(instance: Instance, heard: Heard): void {
    const { key, round } = instance;
    const value = ([0, 1] as const).find((value) => this.isMajority(count(heard, value), heard)) ?? "?";
    instance.step = "proposal";
    this.say(instance, { type: "proposal", key, round, value });
  }

  /** Of all, not of those that were heard. */
  protected isMajority(reports: number, _heard: Heard): boolean {
    return reports > this.n / 2;
  }

  // Step 3: wait for n - t proposals; (a) one of v: x := v; (b) more than t of v: decide v; (c) none: x := 0 or 1, by chance.

  protected onProposals(instance: Instance, heard: Heard): void {
    const value = ([0, 1] as const).find((value) => count(heard, value) > 0);
    if (value !== undefined && this.decides(count(heard, value))) {
      this.decide(instance, value, instance.round);
      return;
    }
    instance.value = this.choose(instance, value);
    this.nextRound(instance);
  }

  /** Among any n - t others hear is then one of these. */
  protected decides(proposals: number): boolean {
    return proposals > this.t;
  }

  protected choose(_instance: Instance, proposed: Value | undefined): Value {
    this.ctx.sometimes(proposed === undefined ? "coin flipped" : "adopted what another had proposed");
    return proposed ?? this.ctx.random.pick<Value>([0, 1]);
  }

  // Step 4: set r := r + 1 and go to step 1.

  private nextRound(instance: Instance): void {
    instance.round += 1;
    this.report(instance);
  }

  // Saying and hearing.

  /** On disk before anybody hears of it: who comes back must not say anything else. Oneself hears it first. */
  private say(instance: Instance, said: Step): void {
    instance.said.push(said);
    this.tell(said);
    this.hear(instance, this.ctx.id, said);
  }

  protected tell(said: Step): void {
    this.persist(said);
    this.ctx.broadcast(said);
  }

  /** The facts "report", "proposal" and "decided": it is on the disk, and others may hear it. Stated again by who comes back. */
  protected persist(entry: Entry): void {
    this.ctx.disk.log<Entry>("said").append(entry);
    this.ctx.disk.sync();
    this.state(entry);
  }

  private state({ type, ...data }: Entry): void {
    this.ctx.fact(type, data);
  }

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "report":
      case "proposal":
        this.onStep(from, message);
        break;
      case "decided":
        this.onDecided(message);
        break;
      default:
        never(message);
    }
  }

  private onStep(from: NodeId, message: Step): void {
    const { key, round, value } = message;
    const instance = this.instances.get(key);
    if (instance?.decided !== undefined) this.help(from, { type: "decided", key, value: instance.decided });
    else if (instance !== undefined && round < instance.round) this.onBehind(from, instance, message);
    else if (instance !== undefined) this.hear(instance, from, message);
    // Who proposes nothing repeats its report as well, so a value will come.
    else if (value !== "?") {
      this.ctx.sometimes("took its input from another server");
      this.hear(this.begin(key, value), from, message);
    }
  }

  /** One who is rounds behind gets what it lacks: what was said here in its round. */
  protected onBehind(from: NodeId, instance: Instance, { type, round }: Step): void {
    const said = instance.said.find((step) => step.type === type && step.round === round);
    if (said === undefined) return;
    this.ctx.sometimes("one behind was helped");
    this.help(from, said);
  }

  protected help(from: NodeId, message: Message): void {
    this.ctx.send(from, message);
  }

  protected hear(instance: Instance, from: NodeId, message: Step): void {
    this.note(instance, from, message);
    this.proceed(instance);
  }

  private note(instance: Instance, from: NodeId, message: Step): void {
    const step = this.stepOf(message);
    const heard: Heard = instance.heard.get(step) ?? new Map();
    instance.heard.set(step, heard.set(this.voiceOf(from, heard), message.value));
  }

  /** Under what a message is counted: its round, and what it is in it. */
  protected stepOf({ type, round }: Pick<Step, "type" | "round">): string {
    return `${type} ${round}`;
  }

  /** Who is counted: a server, since a message may be doubled, and is repeated anyway. */
  protected voiceOf(from: NodeId, _heard: Heard): NodeId {
    return from;
  }

  /** What was heard ahead of time may end the next step at once: then saying something leads here again. */
  private proceed(instance: Instance): void {
    const step = this.stepOf({ type: instance.step, round: instance.round });
    const heard = instance.heard.get(step);
    if (instance.decided !== undefined || heard === undefined || heard.size < this.n - this.t) return;
    instance.heard.delete(step);
    if (instance.step === "report") this.onReports(instance, heard);
    else this.onProposals(instance, heard);
  }

  // After the decision.

  private onDecided({ key, value }: Decided): void {
    const instance = this.instances.get(key) ?? this.open(key, value);
    if (instance.decided !== undefined) return;
    this.ctx.sometimes("was told the decision");
    this.decide(instance, value);
  }

  /** `round` is absent when another server has told it. */
  protected decide(instance: Instance, value: Value, round?: number): void {
    const { key } = instance;
    const decided: Decided = { type: "decided", key, value, ...(round !== undefined && { round }) };
    instance.decided = value;
    instance.heard.clear();
    this.persist(decided);
    if (round !== undefined) {
      this.ctx.observe("rounds to decide", round);
      this.ctx.sometimes(round === 1 ? "decided in the first round" : "decided in a later round");
      this.ctx.broadcast(decided);
    }
    for (const request of this.waiting.values()) {
      if (request.op.key !== key) continue;
      this.waiting.delete(request.id);
      this.ctx.reply(request, value);
    }
  }

  // Messages get lost.

  onTimer(): void {
    this.repeat();
  }

  /** Both words of the round: who has not heard of this decision needs a value, and "?" is none. */
  protected repeat(): void {
    const undecided = this.undecided();
    for (const { said, round } of undecided) for (const step of said) if (step.round === round) this.ctx.broadcast(step);
    if (undecided.length > 0) this.ctx.setTimer("repeat", this.repeatMs);
  }

  private undecided(): Instance[] {
    return [...this.instances.values()].filter(({ decided }) => decided === undefined);
  }

  inspect(): unknown {
    return Object.fromEntries(
      [...this.instances.values()].map(({ key, round, step, value, decided }) => [key, decided ?? `${step} ${round}: ${value}`]),
    );
  }
}

function isTorn(entry: object): entry is Torn {
  return "torn" in entry;
}
