/** A scenario, loaded: everything checked against the registries, durations in microseconds, defaults filled in. Plain JSON. */

import type { Params, PlannedFault, PlannedMoment } from "../faults/fault.ts";
import type { ClientPolicy, NodeId, Options } from "../protocol.ts";
import type { Weather } from "../sim/world.ts";
import type { PlannedOperation } from "../workloads/workload.ts";
import type { StrategyName } from "./strategies.ts";

/** A range of microseconds, both ends included; min = max for a single value. */
export interface RangeUs {
  readonly minUs: number;
  readonly maxUs: number;
}

/** A moment that a fault waits for, before it is drawn which one: `nth` counts from 1, both ends included. */
export interface MomentRange extends Omit<PlannedMoment, "nth"> {
  readonly nth: { readonly min: number; readonly max: number };
}

/** When a fault happens: once at a time, again and again, at a named moment, or at every effect of a node, one in each run. */
export type When =
  | { readonly at: RangeUs }
  | { readonly every: RangeUs }
  | { readonly moment: MomentRange }
  | { readonly enumerate: { readonly place: "before" | "after" } };

/** One item under `faults:`. */
export interface FaultItem {
  /** Its `name`, or the fault word with a number ("crash-2": the second crash item that has no name). */
  readonly id: string;
  readonly fault: string;
  /** The item itself, less its name and times: what the fault's schema takes. */
  readonly item: unknown;
  readonly when: When;
  /** Absent: until the heal, or a moment, as the fault says. */
  readonly for?: RangeUs;
  /** 1-based, in the file. */
  readonly line: number;
}

/** What may be limited, in virtual time (or messages): see `limits` in the language. */
export type FigureName = "failover" | "unavailable" | "latency" | "messages";

/** What a campaign may cost at the most. */
export interface Limit {
  readonly figure: FigureName;
  /** "max": no single value may exceed it. */
  readonly quantile: "p50" | "p95" | "p99" | "max";
  /** In microseconds; messages are counted. */
  readonly most: number;
}

/**
 * What should come out of a campaign. `within` bounds the runs until it must have been found. `check`: "linearizable", an invariant's name,
 * "invariants" (any of them), "liveness", "contract" or "any".
 */
export type Expectation =
  | { readonly kind: "valid" }
  | { readonly kind: "violation"; readonly check: string; readonly within: number };

/** A checkable sentence about an algorithm or a guarantee, and who says it. */
export interface Claim {
  readonly says: string;
  readonly source: string;
  /** Under which condition it is true, where it is so only in some of the cases. */
  readonly "only-if"?: string | undefined;
  /** Why, in one sentence. */
  readonly because: string;
}

export interface Scenario {
  /** As the user wrote it, with forward slashes. */
  readonly file: string;
  /** The file's path from the scenarios folder (or as given), without .yaml: "mutants/raft-vote-not-persisted". */
  readonly name: string;
  /** Which of the file's cases this is; absent in a file without any. */
  readonly case?: string;
  readonly description: string;
  /** The sentence that all cases of its file are about. */
  readonly claim?: Claim;
  readonly protocol: string;
  /** Full name of the mutant, never its alias. */
  readonly mutant?: string;
  /** A bug planted in the nodes by `seedquake mutate`, by its id. */
  readonly mutation?: string;
  /** Every option of the protocol, defaults filled in. */
  readonly options: Options;
  /** Members, and behind them the spares. */
  readonly servers: readonly { readonly id: NodeId; readonly role: string; readonly spare?: true }[];
  readonly clients: readonly NodeId[];
  /** Nodes that stand in one place, by its name; for the targets of faults. */
  readonly zones?: Readonly<Record<string, readonly NodeId[]>>;
  readonly policy: ClientPolicy;
  readonly workload: { readonly name: string; readonly settings: unknown };
  readonly weather: Weather;
  /** Of a protocol on streams: how long a connection bears silence. */
  readonly streamTimeoutUs?: number;
  readonly faults: readonly FaultItem[];
  /** Within this time after the heal every client's fresh operations must be answered. */
  readonly settleUs: number;
  /** "linearizable", "invariants" (all of them), invariants by name. Liveness and the contract are always judged. */
  readonly check: readonly string[];
  readonly expect: Expectation;
  /** Minima over the campaign; ppm of the planned operations that were answered (ok or fail). */
  readonly require: { readonly answeredPpm: number };
  /** Goals of the protocol that the campaign must have reached. */
  readonly reach: readonly string[];
  readonly limits: readonly Limit[];
  readonly runs: number;
  /** How schedules are searched; absent: the usual way. */
  readonly strategy?: StrategyName;
  /** Of a regression: its runs begin at this seed, whatever the command line says; an explicit one's weather changes with them. */
  readonly from?: number;
  /** It stands in a suite file, as a bug that was once found. */
  readonly regression?: true;
  /** Present in an explicit scenario (`format: 1`): the one plan, and the seed of its weather. Nothing is drawn then. */
  readonly explicit?: { readonly seed: number; readonly plan: Plan };
  /** 1-based line of the case, or of the protocol key, for annotations. */
  readonly line: number;
}

/** "raft-harsh", or "raft-harsh.nodes-3" of a case: what a scenario is called wherever somebody picks one. */
export function fullName({ name, case: own }: Pick<Scenario, "name" | "case">): string {
  return own === undefined ? name : `${name}.${own}`;
}

/** Everything that fast-check generated for one run. Plain JSON; each part has an id and an absolute time, so removing one moves no other. */
export interface Plan {
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** When chaos ends and everything heals. */
  readonly healAtUs: number;
}

export type { Params };
