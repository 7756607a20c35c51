/** What waits at the end of a link: who keeps it there, who is pushed out of a full queue, and in which order a shuffle lets it go. */

import { below, finish, mix } from "./chance.ts";
import type { FaultId, Gate } from "./world.ts";

export type { Gate };

/** The end of a link. */
export interface Queue<M> {
  readonly heldBy: Set<FaultId>;
  readonly gates: Map<FaultId, Gate>;
  readonly waiting: M[];
}

/** Whether nothing gets through; a shuffle lets through what it has shuffled. */
export function isBlocked({ heldBy, gates }: Pick<Queue<unknown>, "heldBy" | "gates">): boolean {
  if (heldBy.size > 0) return true;
  for (const { kind } of gates.values()) if (kind === "jam") return true;
  return false;
}

/** Who pushes a message out of the queue, and the message's place in it; undefined while there is room. */
export function pushedOut(
  { gates, waiting }: Queue<unknown>,
  draw: number,
): { readonly by: FaultId; readonly at: number } | undefined {
  for (const [by, gate] of gates) {
    if (gate.kind !== "jam" || waiting.length <= gate.keeps) continue;
    const last = waiting.length - 1;
    return { by, at: gate.drops === "oldest" ? 0 : gate.drops === "newest" ? last : below(draw, waiting.length) };
  }
  return undefined;
}

/** The shuffles at a link, and when they let go of what waits: the least that any of them says. */
export function shuffle({ gates }: Pick<Queue<unknown>, "gates">): { by: FaultId[]; count: number; withinUs: number } {
  const all = { by: [] as FaultId[], count: Number.POSITIVE_INFINITY, withinUs: Number.POSITIVE_INFINITY };
  for (const [by, gate] of gates) {
    if (gate.kind !== "shuffle") continue;
    all.by.push(by);
    all.count = Math.min(all.count, gate.count);
    all.withinUs = Math.min(all.withinUs, gate.withinUs);
  }
  return all;
}

/** In an order that hangs on a key and on what each message is, so that one less leaves the others' order as it was. */
export function shuffled<M extends { readonly hash: number }>(
  waiting: readonly M[],
  key: number,
): { readonly message: M; readonly place: number }[] {
  const drawn = waiting.map((message, place) => ({ message, place, draw: finish(mix(key, message.hash)) }));
  return drawn.sort((a, b) => a.draw - b.draw || a.place - b.place);
}

/** Which of the messages come after one that had arrived later than they: who was overtaken. */
export function overtaken(order: readonly { readonly place: number }[]): number {
  let furthest = -1;
  let count = 0;
  for (const { place } of order) {
    if (place < furthest) count++;
    furthest = Math.max(furthest, place);
  }
  return count;
}
