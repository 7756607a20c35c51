/** What the faults and the run may do to a simulated world. The world itself stands in cluster.ts. */

import type { NodeId } from "../protocol.ts";
import type { Toward } from "./bias.ts";

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
  /** From which part of its latency the weather draws; of several the last one counts. */
  readonly toward?: Toward;
  /** What is doubled comes so many times more, each copy so much later; absent: once more, with a delay like any other. */
  readonly copies?: { readonly count: number; readonly lateUs: number };
  /** So many of the messages take so much longer. */
  readonly slowLane?: { readonly ppm: number; readonly extraUs: number };
  /** The link takes no more in a second; others queue. What comes to a queue of `queue` is lost. */
  readonly rate?: { readonly perSecond: number; readonly queue?: number };
}

/** What a fault puts at the end of a link, where messages wait. */
export type Gate =
  /** Nothing gets through; of what waits at most `keeps` are kept. */
  | { readonly kind: "jam"; readonly keeps: number; readonly drops: "oldest" | "newest" | "any" }
  /** Messages wait until there are `count` of them, or the first has waited for `withinUs`, and go on in a drawn order. */
  | { readonly kind: "shuffle"; readonly count: number; readonly withinUs: number };

/** What a node does that is not as its protocol says. `field`: which of a message's fields is changed; absent: a drawn one. */
export type Lie =
  /** Of what it tells several, these are told something else. */
  | { readonly kind: "equivocate"; readonly to: readonly NodeId[]; readonly field?: string }
  /** So many of its messages have a field changed. */
  | { readonly kind: "corrupt"; readonly ppm: number; readonly field?: string }
  /** So many of its messages are sent a second time, so much later. */
  | { readonly kind: "replay"; readonly ppm: number; readonly afterUs: number };

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
 * What a disk suffers from, until it is cured. unreadable: reads fail; full: writes fail; slow: a sync takes that much longer; lies: a sync does
 * nothing, and says that it has; tears: a crash leaves the last unsynced write torn, a named record as well. `beyond`: also where that
 * destroys more than the protocol bears.
 */
export type Ailment =
  | { readonly kind: "unreadable" | "full" }
  | { readonly kind: "slow"; readonly extraUs: number }
  | { readonly kind: "lies" | "tears"; readonly beyond: boolean };

/** Which clocks of a node stand still. */
export type Clocks = "wall" | "stop-watch" | "both";

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
  gate(id: FaultId, link: Link, gate: Gate): void;
  /** What waited goes on in order of arrival, once nothing else keeps it. */
  ungate(id: FaultId, link: Link): void;

  isUp(node: NodeId): boolean;
  isPaused(node: NodeId): boolean;
  /** Drops the node object and what was not synced (as chance has it). False when it was down already. */
  crash(id: FaultId, node: NodeId): boolean;
  restart(id: FaultId, node: NodeId): boolean;
  /**
   * Empties the disk of a node that is down. Counts as an effect when there was something on it. This and whatever else destroys durable
   * state spares the servers that are more than the protocol states that it bears, unless `beyond`.
   */
  wipe(id: FaultId, node: NodeId, beyond?: boolean): void;
  ail(id: FaultId, node: NodeId, ailment: Ailment): void;
  cure(id: FaultId, node: NodeId): void;
  /** Damages one durable record or log entry, in `record` or anywhere. Counts as an effect each time that it is read. */
  rot(id: FaultId, node: NodeId, beyond: boolean, record?: string): void;
  /** Crashes the node, and takes what is durable back to what it was then. False, and nothing happens, where there is nothing to forget. */
  rollBack(id: FaultId, node: NodeId, ageUs: number, beyond: boolean): boolean;
  /** Disks keep their past from here on: for `rollBack`, which goes no further back. */
  rememberDisks(): void;
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
  /** The node lies in what it sends. Counts as an effect when a message that was changed, or sent again, is handled by somebody; clients do not lie. */
  lie(id: FaultId, node: NodeId, lie: Lie): void;
  unlie(id: FaultId, node: NodeId): void;

  /** Shifts the wall clock for good (a jump); undo by jumping back. */
  jumpClock(id: FaultId, node: NodeId, byUs: number): void;
  /** Both clocks run at 1 + ppm/1e6 until undone; drifts of several items add up. */
  drift(id: FaultId, node: NodeId, ppm: number): void;
  undrift(id: FaultId, node: NodeId): void;
  /** The clocks stand still until thawed, and go on from there. */
  freeze(id: FaultId, node: NodeId, clocks: Clocks): void;
  thaw(id: FaultId, node: NodeId): void;

  /** Calls `action` after a while of true virtual time, as an event of its own; not called any more once the world has healed. */
  later(afterUs: number, action: () => void): void;
  /** Counts an effect that the world cannot see by itself. */
  effect(id: FaultId): void;
  /** A number in 0..2^32-1 that depends only on the seed, the fault and `purpose`: for what can only be drawn at run time. */
  draw(id: FaultId, purpose: string): number;
}
