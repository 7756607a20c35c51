/** What the faults and the run may do to a simulated world. The world itself stands in cluster.ts. */

import type { NodeId } from "../protocol.ts";

/** Identifies one planned fault; what it really did is counted under it. */
export type FaultId = string;

/** A directed link. */
export interface Link {
  readonly from: NodeId;
  readonly to: NodeId;
}

/** How long a message travels, in whole microseconds. */
export type Latency =
  | { readonly kind: "constant"; readonly us: number }
  | { readonly kind: "uniform"; readonly minUs: number; readonly maxUs: number }
  /** minUs plus an exponential delay of the given mean. */
  | { readonly kind: "exponential"; readonly minUs: number; readonly meanUs: number }
  /** minUs plus a Pareto delay (shape 2) such that the median of the whole is medianUs; cut at maxUs. */
  | { readonly kind: "heavy-tail"; readonly minUs: number; readonly medianUs: number; readonly maxUs: number };

/** The ordinary weather of a link. Shares in parts per million. */
export interface Weather {
  readonly latency: Latency;
  readonly lossPpm: number;
  readonly duplicatePpm: number;
  /** Links whose latency is their own, each in one direction. */
  readonly links?: readonly (Link & { readonly latency: Latency })[];
}

/** A temporary worsening of a link, on top of its weather. */
export interface LinkChange {
  /** Added to every message's delay. */
  readonly extraLatency?: Latency;
  /** In addition to the link's own. */
  readonly lossPpm?: number;
  readonly duplicatePpm?: number;
}

/** Who hears at once of a connection that a fault breaks; "one": the end named first. The others learn it from their keep-alive. */
export type Heard = "both" | "one" | "none";

/** Which handler a crash between effects cuts: the next one of the node that ... */
export type CutCondition = "persists" | "sends" | "two-effects";

/** An exact place of a crash inside a handler: as reported by an earlier run, or written by hand. */
export interface CutPlace {
  /** "start", "request", "timer election", "message AppendEntries", "connect n2", "order add-server": kind, then the timer's name, the message's `type`, the peer or the order. */
  readonly handler: string;
  /** How many of the handler's effects were applied before the crash. */
  readonly after: number;
}

/**
 * The world, as a fault sees it. Faults of different items may overlap: every change is made under the item's id and
 * undone under it, and holds as long as any item wants it. What really happened under an id (a message really cut, a
 * skewed clock really read) is counted by the world itself; only what no one but the fault can see is counted with `effect`.
 */
export interface World {
  readonly nowUs: number;
  readonly servers: readonly NodeId[];
  readonly clients: readonly NodeId[];
  role(node: NodeId): string;
  /** The node that a selector of the protocol points at now. */
  select(selector: string): NodeId | undefined;

  cut(id: FaultId, link: Link): void;
  uncut(id: FaultId, link: Link): void;
  /** Messages wait at the link's end, and are delivered in order of arrival once nobody holds it any more. */
  hold(id: FaultId, link: Link): void;
  release(id: FaultId, link: Link): void;
  worsen(id: FaultId, link: Link, change: LinkChange): void;
  mend(id: FaultId, link: Link): void;

  isUp(node: NodeId): boolean;
  isPaused(node: NodeId): boolean;
  /** Drops the node object and what was not synced (as chance has it). False when it was down already. */
  crash(id: FaultId, node: NodeId): boolean;
  restart(id: FaultId, node: NodeId): boolean;
  /** Empties the disk of a node that is down. Counts as an effect when there was something on it. */
  wipe(id: FaultId, node: NodeId): void;
  /** Breaks the connection between two servers, if there is one; see `Heard` for who is told. What has not heard goes on sending, in vain. */
  disconnect(id: FaultId, first: NodeId, second: NodeId, heard: Heard): void;
  /** Crashes the node between two effects of the next handler that fits; `then` is called at that moment. */
  armCrash(id: FaultId, node: NodeId, where: CutCondition | CutPlace, then: () => void): void;
  disarmCrash(id: FaultId, node: NodeId): void;
  pause(id: FaultId, node: NodeId): void;
  resume(id: FaultId, node: NodeId): void;
  /** Hands an order to a node that is up; one that is paused gets it at resume. Counts as an effect when the node gets it. A client only gets one of `resubmits`, and counts when it sends something; one of a protocol's own gets none. */
  operate(id: FaultId, node: NodeId, order: string): void;
  /** Every event handled by the node keeps it busy for `extraUs`. */
  slow(id: FaultId, node: NodeId, extraUs: number): void;
  unslow(id: FaultId, node: NodeId): void;

  /** Shifts the wall clock for good (a jump); undo by jumping back. */
  jumpClock(id: FaultId, node: NodeId, byUs: number): void;
  /** Both clocks run at 1 + ppm/1e6 until undone; drifts of several items add up. */
  drift(id: FaultId, node: NodeId, ppm: number): void;
  undrift(id: FaultId, node: NodeId): void;

  /** Calls `action` after a while of true virtual time, as an event of its own; not called any more once the world has healed. */
  later(afterUs: number, action: () => void): void;
  /** Counts an effect that the world cannot see by itself. */
  effect(id: FaultId): void;
  /** A number in 0..2^32-1 that depends only on the seed, the fault and `purpose`: for what can only be drawn at run time. */
  draw(id: FaultId, purpose: string): number;
}
