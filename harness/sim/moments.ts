/** Moments that a fault may wait for, named in the contract's own words: before the second send of "commit", after a sync. */

import { effectKind } from "./effects.ts";
import type { Hollow } from "./mutating.ts";
import type { FaultId } from "./world.ts";

/** What happens at a node. "effect" is any effect that a crash could fall before, counted without regard to what it is. */
export type MomentWord = "send" | "receive" | "write" | "sync" | "reply" | "timer" | "fact" | "effect";

/** `nth` counts from 1 over all nodes that match. "when" means after, and reads better with facts. */
export interface Moment {
  readonly place: "before" | "after" | "when";
  readonly what: MomentWord;
  /** The message's `type`, the record's or log's name, the timer's or the fact's; absent: any. */
  readonly name?: string;
  readonly nth: number;
}

/** Somebody who waits for a moment; fires once. */
export interface Watch {
  readonly id: FaultId;
  readonly moment: Moment;
  /** Whether what happens at this node counts. Asked at the moment itself, as a selector may point elsewhere by then. */
  counts(node: string): boolean;
  then(): void;
  seen: number;
}

/** What an effect is called in a moment; undefined for what no crash point is wanted at (a line for the log). */
export function momentOf(
  kind: number,
  subject: unknown,
  detail: unknown,
  channel: number,
): { what: MomentWord; name: string } | undefined {
  switch (kind) {
    case effectKind.send:
      if (channel === 2) return { what: "reply", name: (detail as { readonly kind: string }).kind };
      return { what: "send", name: channel === 1 ? "request" : typeOf(detail) };
    case effectKind.disk:
      return { what: "write", name: (subject as { readonly name: string }).name };
    case effectKind.sync:
    case effectKind.synced:
      return { what: "sync", name: "" };
    case effectKind.fact:
      return { what: "fact", name: subject as string };
    case effectKind.done:
      return { what: "reply", name: subject as string };
    case effectKind.setTimer:
      return { what: "effect", name: "" };
    case effectKind.hollow: {
      // A fault that waits for it comes when it would without the mutation.
      const instead = subject as Hollow;
      return momentOf(instead.kind, instead.subject, instead.detail, instead.number);
    }
    default:
      return undefined;
  }
}

/** A message's name: its `type`. */
export function typeOf(message: unknown): string {
  const type = typeof message === "object" && message !== null ? (message as { readonly type?: unknown }).type : undefined;
  return typeof type === "string" ? type : "";
}

/** Where we stand: before or after what happens. */
export type Side = "before" | "after";

/** Those who wait for one word: for things of a name, or for any. */
interface Waiting {
  readonly named: Map<string, Watch[]>;
  any: Watch[];
}

/** All who wait for moments, by what they wait for: most of what happens is of interest to nobody, and must cost next to nothing. */
export class Watches {
  private readonly sides: Readonly<Record<Side, Map<MomentWord, Waiting>>> = { before: new Map(), after: new Map() };
  /** Their order, in which several fire at once. */
  private readonly turns = new Map<Watch, number>();
  private turn = 0;

  get none(): boolean {
    return this.turns.size === 0;
  }

  add(watch: Watch): void {
    const { place, what, name } = watch.moment;
    const words = this.sides[place === "before" ? "before" : "after"];
    const waiting = words.get(what) ?? { named: new Map(), any: [] };
    words.set(what, waiting);
    if (name === undefined) waiting.any = [...waiting.any, watch];
    else waiting.named.set(name, [...(waiting.named.get(name) ?? []), watch]);
    this.turns.set(watch, this.turn++);
  }

  clear(): void {
    this.turns.clear();
    for (const words of Object.values(this.sides)) words.clear();
  }

  /** Whether anybody waits for such a thing, wherever it happens. */
  waits(at: Side, what: MomentWord, name: string): boolean {
    const words = this.sides[at];
    const own = words.get(what);
    if (own !== undefined && (own.any.length > 0 || own.named.has(name))) return true;
    return isEffect(what) && words.has("effect");
  }

  /** It happens at this node: whoever waits for just this gets his turn, once. */
  happen(node: { readonly id: string }, at: Side, what: MomentWord, name: string): void {
    if (!this.waits(at, what, name)) return;
    const words = this.sides[at];
    const own = words.get(what);
    const now: Watch[] = [];
    const ask = (watches: readonly Watch[] = []): void => {
      for (const watch of watches) if (watch.counts(node.id) && ++watch.seen === watch.moment.nth) now.push(watch);
    };
    ask(own?.any);
    ask(own?.named.get(name));
    if (isEffect(what) && what !== "effect") {
      ask(words.get("effect")?.any);
      ask(words.get("effect")?.named.get(name));
    }
    if (now.length === 0) return;
    now.sort((one, other) => this.turns.get(one)! - this.turns.get(other)!);
    for (const watch of now) this.remove(watch, words);
    for (const { then } of now) then();
  }

  private remove(watch: Watch, words: Map<MomentWord, Waiting>): void {
    this.turns.delete(watch);
    const { what, name } = watch.moment;
    const waiting = words.get(what)!;
    const others = (watches: readonly Watch[]): Watch[] => watches.filter((other) => other !== watch);
    if (name === undefined) waiting.any = others(waiting.any);
    else {
      const left = others(waiting.named.get(name)!);
      if (left.length > 0) waiting.named.set(name, left);
      else waiting.named.delete(name);
    }
    if (waiting.any.length === 0 && waiting.named.size === 0) words.delete(what);
  }
}

/** Receiving and a timer's firing are no effects: they begin a handler. */
function isEffect(what: MomentWord): boolean {
  return what !== "receive" && what !== "timer";
}
