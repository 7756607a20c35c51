/** What clients do, and the model that judges it. One file = one workload. */

import type * as fc from "fast-check";
import type { z } from "zod";
import type { Model } from "../check/model.ts";
import type { NodeId } from "../protocol.ts";

/** One operation of a plan. Plain JSON. */
export interface PlannedOperation {
  /** Unique in the plan, stable when others are removed: "o17". */
  readonly id: string;
  readonly client: NodeId;
  /** Earliest virtual time; later when the client is still busy. */
  readonly atUs: number;
  readonly op: Op;
}

/** Every operation says what it is in `f`; the rest is the workload's own, plain JSON. */
export interface Op {
  readonly f: string;
  readonly [field: string]: unknown;
}

/** How an operation stands in history.jsonl. */
export interface HistoryFields {
  readonly f: string;
  readonly key?: string;
  readonly value: unknown;
}

/**
 * `Settings` is what stands in the YAML under the workload's name, after defaults.
 * The lengths are exactly what the scenario states, and values are drawn without bias.
 */
export interface Workload<Settings = unknown> {
  readonly name: string;
  readonly doc: string;
  /** A strict zod object with `operations` (a count) and `within` (a duration) among its fields, each with .describe(). No transforms. */
  readonly schema: z.ZodType<Settings>;
  /** How long clients work, in microseconds. */
  withinUs(settings: Settings): number;
  /** Sentences about impossible settings, with the path inside the settings. */
  check(settings: Settings): readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  /** The operations of one run: their count as stated, sorted by time, ids o1, o2 ... */
  draw(settings: Settings, clients: readonly NodeId[]): fc.Arbitrary<readonly PlannedOperation[]>;
  /**
   * Fresh operations by which a client shows after the heal that everything works again: each must be answered. `round`
   * counts from 0 and makes written values unique.
   */
  probes(settings: Settings, client: NodeId, round: number): readonly Op[];
  /** Judges histories of (op, result); absent when only monitors judge. */
  readonly model?: Model<unknown, Op, unknown>;
  /** Simpler operations to try when shrinking (a cas becomes a write), simplest first. */
  simpler(op: Op): readonly Op[];
  /** For history.jsonl; `result` is undefined on an invoke. `ok: false` writes a `fail` line (a compare-and-set that found another value). */
  history(op: Op, result: unknown): HistoryFields & { readonly ok: boolean };
  /** "write x = 7", "write x = 7 -> ok": for stories and timelines. */
  describe(op: Op, result: unknown): string;
}
