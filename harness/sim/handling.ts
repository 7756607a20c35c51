/** One call of a handler: what it records, what it may not do, and when it is over. */

import { DiskError } from "../protocol.ts";
import { ContractError, returned, thrown, tooLate } from "./breach.ts";
import type { NodeContext } from "./context.ts";
import { Effects, effectKind } from "./effects.ts";
import { entering, leaving } from "./guards.ts";
import { inspected } from "./inspected.ts";
import { Mutating } from "./mutating.ts";
import type { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { Survey } from "./survey.ts";

export const handlers = {
  start: 0,
  request: 1,
  message: 2,
  timer: 3,
  answer: 4,
  connect: 5,
  disconnect: 6,
  order: 7,
} as const;
const names = Object.keys(handlers);

export class Handling {
  /** The ctx whose handler is running. */
  active: NodeContext | undefined = undefined;
  /** What it has recorded so far. */
  readonly effects: Effects;
  /** Only in a world with a mutation. */
  readonly mutating: Mutating | undefined;
  /** Only where somebody takes stock. */
  private readonly survey: Survey | undefined;
  readonly mostEffects: number;
  /** Which handler is running, or was the last to run: its kind, and what it was called with. */
  kind = 0;
  subject: unknown = undefined;
  /** A handler whose call has returned, but whose node goes on: see Driver. */
  open: { readonly node: SimNode; readonly cause: number } | undefined = undefined;
  private readonly parts: Parts;
  private closed = false;

  constructor(parts: Parts, sites: boolean) {
    this.parts = parts;
    this.mostEffects = parts.loop.budgets.effects;
    const { mutation, survey } = parts.options;
    this.mutating = mutation === undefined ? undefined : new Mutating(parts, mutation);
    this.survey = survey;
    this.effects = this.mutating?.effects ?? survey?.effects ?? new Effects();
    if (sites) this.effects.sites = [];
  }

  /** From here on ctx is in force. */
  enter(node: SimNode, kind: number, subject: unknown): void {
    const { loop, journal, options } = this.parts;
    const { budgets } = loop;
    const events = ++loop.events;
    if (events > budgets.events) {
      journal.halt("budget", "events", `the run did not end within ${budgets.events} events; the last one was at ${node.id}`);
    } else if (loop.queue.size > budgets.pending) {
      const sentence = `more than ${budgets.pending} messages and timers were under way at once; the last event was at ${node.id}`;
      journal.halt("budget", "pending", sentence);
    }
    options.beat?.(events, node.index, loop.nowUs);
    this.kind = kind;
    this.subject = subject;
    this.effects.count = 0;
    if (this.mutating !== undefined) this.mutating.enter(node);
    if (this.survey !== undefined) this.survey.enter(kind, subject);
    this.active = node.context;
    entering();
  }

  /** The handler has returned: its effects are applied, unless its node goes on by itself. */
  leave(node: SimNode, result: unknown, cause: number): void {
    leaving();
    if (node.goesOn && this.parts.loop.stop === undefined && result === undefined) {
      this.mustRest();
      this.open = { node, cause };
      return;
    }
    this.done(node, result, cause);
  }

  /** Only step() lets a node come to rest before the next event. */
  mustRest(): void {
    if (this.open === undefined) return;
    throw new Error(
      `${this.open.node.id} goes on after its handlers have returned; run its world with step(), one event at a time`,
    );
  }

  /** The node that went on is at rest now; then it is the turn of what waited meanwhile, of whatever node. False when it goes on again. */
  settle(): boolean {
    if (this.open === undefined) return true;
    const { node, cause } = this.open;
    this.open = undefined;
    try {
      node.handler?.settle?.();
    } catch (error) {
      this.threw(node, error);
    }
    if (this.active === node.context) this.done(node, undefined, cause);
    // Somebody took the node away while it was at it.
    else this.active = undefined;
    const { roster, line } = this.parts;
    for (const other of roster.nodes) line.drain(other);
    return this.open === undefined;
  }

  private done(node: SimNode, result: unknown, cause: number): void {
    const { loop, blame, line, applying } = this.parts;
    this.active = undefined;
    if (result !== undefined) this.broke(returned(node.id, this.label(), result).sentence);
    if (loop.stop !== undefined) return;
    if (this.mutating !== undefined) this.mutating.rewrite();
    this.parts.states?.after(node);
    this.parts.options.scout?.(node, this.label(), this.effects, {
      atUs: loop.nowUs,
      subject: this.subject,
      inspected: (read) => inspected(node, read),
    });
    if (node.slowBy.size > 0) {
      blame.all(node.slowBy.keys());
      line.busy(node, this.effects.rest(0), cause, node.slowUs());
      return;
    }
    applying.apply(node, this.effects, cause);
  }

  threw(node: SimNode, error: unknown): void {
    leaving();
    // It was told where it was thrown.
    if (error instanceof ContractError) return;
    if (error instanceof DiskError) {
      this.effects.add(effectKind.die, error, undefined, 0, 0);
      return;
    }
    const { sentence, where } = thrown(node.id, this.label(), error);
    this.broke(sentence, where);
  }

  /** "message AppendEntries": which handler is running, as reports and cut places name it. */
  label(): string {
    const name = names[this.kind]!;
    if (this.kind === handlers.timer || this.kind >= handlers.connect) return `${name} ${String(this.subject)}`;
    if (this.kind !== handlers.message) return name;
    const subject = this.subject as { readonly type?: unknown } | null;
    const type = typeof subject === "object" ? subject?.type : subject;
    return typeof type === "string" ? `message ${type}` : "message";
  }

  /** Ends the run because the protocol broke its contract; returns the error to throw. */
  broke(sentence: string, where?: string): ContractError {
    if (this.closed) tooLate(sentence);
    this.parts.journal.halt("contract", "contract", sentence, where);
    return new ContractError(sentence);
  }

  /** The run has been judged: whoever uses ctx from now on does so in a promise or a callback that outlived it. */
  close(): void {
    this.closed = true;
  }
}
