/** Moments that a fault may wait for, named in the contract's own words: before the second send of "commit", after a sync. */

import { effectKind } from "./effects.ts";
import type { Hollow } from "./mutating.ts";
import type { FaultId } from "./world.ts";

/** What happens at a node. "effect" is any effect that a crash could fall before, counted without regard to what it is. */
export const momentWords = ["send", "receive", "write", "sync", "reply", "timer", "fact", "effect"] as const;
export type MomentWord = (typeof momentWords)[number];

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

/** All who wait for moments. */
export class Watches {
  private list: readonly Watch[] = [];

  get none(): boolean {
    return this.list.length === 0;
  }

  add(watch: Watch): void {
    this.list = [...this.list, watch];
  }

  clear(): void {
    this.list = [];
  }

  /** It happens at this node: whoever waits for just this gets his turn, once. */
  happen(node: { readonly id: string }, at: "before" | "after", what: MomentWord, name: string): void {
    const now = firing(this.list, at, what, name, node.id);
    if (now.length === 0) return;
    this.list = this.list.filter((watch) => !now.includes(watch));
    for (const { then } of now) then();
  }
}

/** The watches that fire now. `at` is where we stand: before or after what happens. */
function firing(watches: readonly Watch[], at: "before" | "after", what: MomentWord, name: string, node: string): Watch[] {
  return watches.filter((watch) => {
    const { place, what: wanted, name: named, nth } = watch.moment;
    if ((place === "before") !== (at === "before")) return false;
    // Receiving and a timer's firing are no effects: they begin a handler.
    if (wanted === "effect" ? what === "receive" || what === "timer" : wanted !== what) return false;
    if (named !== undefined && named !== name) return false;
    return watch.counts(node) && ++watch.seen === nth;
  });
}
