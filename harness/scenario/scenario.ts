/** A scenario, loaded: everything checked against the registries, durations in microseconds, defaults filled in. Plain JSON. */

import type { Params, PlannedFault } from "../faults/fault.ts";
import type { ClientPolicy, NodeId, Options } from "../protocol.ts";
import type { Weather } from "../sim/world.ts";
import type { PlannedOperation } from "../workloads/workload.ts";

/** A range of microseconds, both ends included; min = max for a single value. */
export interface RangeUs {
  readonly minUs: number;
  readonly maxUs: number;
}

/** One item under `faults:`. */
export interface FaultItem {
  /** Its `name`, or the fault word with a number ("crash-2": the second crash item that has no name). */
  readonly id: string;
  readonly fault: string;
  /** The item itself, less name, at, every, for: what the fault's schema takes. */
  readonly item: unknown;
  readonly when: { readonly at: RangeUs } | { readonly every: RangeUs };
  /** Absent: until the heal, or a moment, as the fault says. */
  readonly for?: RangeUs;
  /** 1-based, in the file. */
  readonly line: number;
}

/** What should come out of a campaign. `within` bounds the runs until it must have been found. */
export type Expectation =
  | { readonly kind: "valid" }
  | { readonly kind: "violation"; readonly check: string; readonly within: number };

export interface Scenario {
  /** As the user wrote it, with forward slashes. */
  readonly file: string;
  /** The file's path from the scenarios folder (or as given), without .yaml: "mutants/raft-vote-not-persisted". */
  readonly name: string;
  readonly description: string;
  readonly protocol: string;
  /** Full name of the mutant, never its alias. */
  readonly mutant?: string;
  /** Every option of the protocol, defaults filled in. */
  readonly options: Options;
  readonly servers: readonly { readonly id: NodeId; readonly role: string }[];
  readonly clients: readonly NodeId[];
  readonly policy: ClientPolicy;
  readonly workload: { readonly name: string; readonly settings: unknown };
  readonly weather: Weather;
  readonly faults: readonly FaultItem[];
  /** Within this time after the heal every client's fresh operations must be answered. */
  readonly settleUs: number;
  /** "linearizable" and/or "invariants". Liveness and the contract are always judged. */
  readonly check: readonly string[];
  readonly expect: Expectation;
  /** Minima over the campaign; ppm of the planned operations that were answered (ok or fail). */
  readonly require: { readonly answeredPpm: number };
  readonly runs: number;
  /** Present in an explicit scenario (`format: 1`): the one plan, and the seed of its weather. Nothing is drawn then. */
  readonly explicit?: { readonly seed: number; readonly plan: Plan };
  /** 1-based line of the protocol key, for annotations. */
  readonly line: number;
}

/** Everything that fast-check generated for one run. Plain JSON; each part has an id and an absolute time, so removing one moves no other. */
export interface Plan {
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** When chaos ends and everything heals. */
  readonly healAtUs: number;
}

export type { Params };
