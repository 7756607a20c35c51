/** What a fault is: what it takes (schema), how it is drawn, how it begins and ends. One file = one fault. */

import type * as fc from "fast-check";
import type { z } from "zod";
import type { Byzantine, NodeId, Tolerance } from "../protocol.ts";
import type { MomentWord } from "../sim/moments.ts";
import type { CutPlace, World } from "../sim/world.ts";

/** The cluster as it is known before a run: what targets and shapes are drawn from. */
export interface Cluster {
  readonly servers: readonly { readonly id: NodeId; readonly role: string }[];
  readonly clients: readonly NodeId[];
  /** Nodes that stand in one place, and so may fail together; by the zone's name. */
  readonly zones?: Readonly<Record<string, readonly NodeId[]>>;
  /** Names of the protocol's selectors. */
  readonly selectors: readonly string[];
  /** What the protocol stands on, where it is known: some faults are nothing to one of them. */
  readonly transport?: "datagram" | "stream";
  /** Names of the orders that the protocol's nodes understand, where the protocol is known. */
  readonly orders?: readonly string[];
  /** How much durable state may be destroyed, where the protocol is known. */
  readonly bears?: Tolerance;
  /** The lies of servers that the protocol bears, where it is known. */
  readonly byzantine?: readonly Byzantine[];
  /** Whether clients are the protocol's own, and whether it applies a request once that comes twice; where it is known. */
  readonly asking?: { readonly ownClients: boolean; readonly once: boolean };
}

/** Values that a plan may hold: JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Params = { readonly [key: string]: Json };

/**
 * A named moment in a plan. `by`: a node's name, a role, or a selector, whose doings count. Without it a moment before or after
 * something counts the fault's own target, if it aims at nodes; else whoever it happens to.
 */
export type PlannedMoment = {
  readonly place: "before" | "after" | "when";
  readonly what: MomentWord;
  readonly name?: string;
  readonly by?: string;
  readonly nth: number;
};

/** A fault in a plan: everything drawn, nothing left but selectors ("leader"), which only the run can resolve. Plain JSON. */
export interface PlannedFault {
  /** Unique in the plan, stable when others are removed: "lonely-leader" or "crash-1", with ".3" for the third of a repeated one. */
  readonly id: string;
  /** The fault word: "partition", "crash" ... */
  readonly fault: string;
  readonly atUs: number;
  /** How long it lasts; absent for what happens at one moment (a clock jump) or lasts until the heal. */
  readonly forUs?: number;
  /** Begins at this moment, and not at a time (`atUs` is 0 then). */
  readonly moment?: PlannedMoment;
  /** The fault's own, as its `draw` made them. */
  readonly params: Params;
}

/** A problem in a fault item that the schema cannot see: the path inside the item, and a whole sentence. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * A fault. `Item` is what stands in the YAML (without name, at, every, for), `P` what a plan holds.
 * Begin returns what undoes it; the run calls that after `forUs`, or at the heal, exactly once.
 */
export interface Fault<Item = unknown, P extends Params = Params> {
  /** The word in the scenario: `partition: leader`. */
  readonly word: string;
  /** One sentence, for the schema's hover text and the reference. */
  readonly doc: string;
  /** What counts as its effect, in words: "a message was really cut". */
  readonly effect: string;
  /** Whether it may carry `for`, and what it lasts when none is given: until the heal, or nothing at all (a moment). */
  readonly lasts: "for" | "moment";
  /** True: the weather may do the same by itself, so nothing fails because of it, and nobody has to get over it. */
  readonly ordinary?: true;
  /** How long it lasts, drawn, when its item has no `for`. Absent: until the heal. */
  usualForUs?(item: Item): fc.Arbitrary<number>;
  /** The option of its own that says how long it lasts, in the place of `for`. */
  readonly lengthOption?: string;
  /**
   * Where `forUs` counts from: the begin (default), or the effect, for what may have to wait for its moment (a crash between two
   * effects). Such a fault gets `forUs` at its begin and ends by itself; the run calls its undo only at the heal.
   */
  readonly forFrom?: "begin" | "effect";
  /** A strict zod object: the fault word itself (the target) and the fault's own options, each with .describe(). No transforms. */
  readonly schema: z.ZodType<Item>;
  /** Checks an item against the cluster (unknown node, upside-down range, impossible number). */
  check(item: Item, cluster: Cluster): readonly Problem[];
  /** Everything that can be drawn before the run, as plain JSON in the plan. Shapes become explicit names here. */
  draw(item: Item, cluster: Cluster): fc.Arbitrary<P>;
  /** The plan's parameters written back in the scenario's language, so that a counterexample is a scenario. draw(explicit(p)) gives p again. */
  explicit(params: P): Item;
  /** Simpler variants to try when shrinking, simplest first: fewer targets, smaller numbers, a hold instead. May be empty. */
  simpler(params: P, cluster: Cluster): readonly { readonly fault: string; readonly params: Params }[];
  /** Parameters without these nodes (the shrinker takes nodes away), or undefined when nothing is left to do. */
  without(params: P, gone: ReadonlySet<NodeId>): P | undefined;
  /** For a crash between two effects: parameters that name the place where it fell, so that a counterexample is exact. */
  pin?(params: P, place: CutPlace): P;
  /** Called once before anything happens, for what the world has to keep from then on. */
  prepare?(world: World, params: P): void;
  begin(world: World, id: string, params: P, forUs?: number): () => void;
}
