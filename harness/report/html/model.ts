/** What a page holds: plain data, which the report room writes and the browser reads. Every part that a page may lack is optional. */

import type { Held } from "../../run/holders.ts";
import type { CampaignMetrics, RunMetrics } from "../../run/metrics.ts";
import type { Sample } from "../../sim/trace.ts";

/** Grows when a field changes its meaning or goes. */
export const pageFormat = 1;

export type Page = RunPage | SuitePage;

/** One run, or one recorded history: then only the history and its faults are there. */
export interface RunPage {
  readonly page: "run";
  readonly format: number;
  readonly title: string;
  readonly verdict: "valid" | "invalid" | "unknown";
  /** "election safety is violated" */
  readonly headline: string;
  /** What was found, in a sentence. */
  readonly sentence?: string;
  /** What the violated check demands, in a sentence. */
  readonly demands?: string;
  /** What the run is about. */
  readonly description?: string;
  /** Names and values: where it comes from, how small it is. */
  readonly about: readonly (readonly [string, string])[];
  readonly commands: readonly { readonly what: string; readonly command: string }[];
  /** The scenario that replays it. */
  readonly yaml?: string;
  readonly story?: Story;
  readonly necessity?: readonly Necessity[];
  readonly noReturn?: Lost;
  readonly endUs: number;
  readonly faults: readonly FaultBand[];
  readonly diagram?: Diagram;
  readonly history?: PageHistory;
  readonly metrics?: RunMetrics;
  readonly samples?: readonly Sample[];
  /** Whom the protocol's selectors pointed at, over time. */
  readonly held?: readonly Held[];
}

export interface Story {
  readonly steps: readonly StoryStep[];
  /** Events that it leaves out. */
  readonly left: number;
}

export interface StoryStep {
  /** The record of the trace that it tells. */
  readonly n: number;
  readonly atUs: number;
  /** One node, or several: "n1, n2". */
  readonly who: string;
  readonly text: string;
  /** On what occasion, and where in the source. */
  readonly aside?: string;
  /** The records of the others that did the same. */
  readonly also?: readonly number[];
  readonly weight: "violation" | "fault" | "operation" | "fact" | "message";
}

/** What becomes of the violation without one part of the counterexample. */
export interface Necessity {
  /** "fault nap", "operation o3". */
  readonly part: string;
  readonly what: string;
  readonly needed: boolean;
  /** What happens without it. */
  readonly without: string;
}

/** How many of other futures fail, from prefixes of the run on. */
export interface Lost {
  /** "From n1's crash at 386.000 ms on it was lost: ..." */
  readonly sentence: string;
  readonly points: readonly { readonly atUs: number; readonly failed: number; readonly of: number }[];
  /** The record of the event that changed most. */
  readonly jump?: { readonly n: number; readonly atUs: number };
}

/** From where to where a fault lasted; for a moment, when both are equal. */
export interface FaultBand {
  readonly id: string;
  readonly what: string;
  /** What such a fault does, in a sentence. */
  readonly means?: string;
  /** Where it was felt: a node, or links. */
  readonly where?: string;
  readonly fromUs: number;
  readonly toUs: number;
  /** How often it really had an effect; absent where nobody counted. */
  readonly effects?: number;
}

export interface Lane {
  readonly id: string;
  readonly kind: "server" | "spare" | "client";
  readonly role: string;
}

export interface Diagram {
  readonly lanes: readonly Lane[];
  readonly trace: PackedTrace;
  readonly states: readonly PackedState[];
  /** Records that are not in `trace`, as it would be too long: the earliest. */
  readonly left: number;
  /** The record of the violation. */
  readonly violation?: number;
}

/** A trace without repetitions; see pack.ts. */
export interface PackedTrace {
  /** Texts and contents, each once. */
  readonly values: readonly unknown[];
  readonly rows: readonly (readonly number[])[];
}

/** [after record, lane, 1 of a new incarnation else 0, then name and value of each changed field (value 0: gone)], by their places in `values`, from 1. */
export type PackedState = readonly number[];

export interface PageOperation {
  /** "o17", or "line 12" of a recorded history. */
  readonly id: string;
  readonly process: number;
  readonly client?: string;
  readonly asked?: string;
  /** What came of it, in words. */
  readonly told: string;
  readonly outcome: "ok" | "fail" | "info";
  readonly fromUs: number;
  /** When it returned or was given up; null when nobody heard of it again. */
  readonly toUs: number | null;
  /** The independent part (key) of the history that it belongs to. */
  readonly part?: string;
}

export interface PageHistory {
  readonly operations: readonly PageOperation[];
  /** False when the history has no times: then positions stand in their place. */
  readonly timed: boolean;
  readonly judged?: PageJudgement;
}

/** What the checker of linearizability says of a history. Operations are places in its list. */
export interface PageJudgement {
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly reason: string;
  readonly model: string;
  /** The part that is invalid or unknown. */
  readonly part?: string;
  /** The operation that cannot be placed. */
  readonly culprit?: number;
  /** The fewest operations that contradict each other. */
  readonly core: readonly number[];
  /** An order that explains everything, or all that returned before the culprit; with the state after each. */
  readonly order: readonly { readonly operation: number; readonly atUs: number; readonly state: string }[];
}

/** A whole invocation. */
export interface SuitePage {
  readonly page: "suite";
  readonly format: number;
  readonly title: string;
  readonly baseSeed: number;
  readonly interrupted: boolean;
  readonly scenarios: readonly SuiteRow[];
  /** Scenarios that did not get their turn, and why; absent when all did. */
  readonly notRun?: {
    readonly why: string;
    readonly scenarios: readonly { readonly name: string; readonly file: string; readonly description: string }[];
  };
  /** The only place for wall-clock time: by the row, in milliseconds. */
  readonly timing: { readonly wallMs: readonly number[]; readonly workers: number };
}

export interface SuiteRow {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly protocol: string;
  readonly mutant?: string;
  readonly verdict: string;
  /** Whether that is what was to come out. */
  readonly good: boolean;
  readonly reason: string;
  readonly expects: string;
  readonly runs: number;
  readonly valid: number;
  readonly invalid: number;
  readonly unknown: number;
  readonly events: number;
  readonly virtualUs: number;
  /** In percent of the planned operations, "93.1%"; absent when there were none. */
  readonly answered?: string;
  readonly faults: readonly { readonly id: string; readonly planned: number; readonly effective: number }[];
  readonly goals: readonly { readonly name: string; readonly runs: number }[];
  readonly metrics: CampaignMetrics;
  readonly limits: readonly SuiteLimit[];
  /** That faults went beyond what the protocol bears, in how many of the runs; absent when they never did. */
  readonly beyond?: string;
  readonly failures: readonly SuiteFailure[];
}

/** What a limited figure came to: "failover.p95" was "1.2s", and may be "2s". */
export interface SuiteLimit {
  readonly name: string;
  readonly most: string;
  /** Absent when the figure never had a value. */
  readonly was?: string;
  readonly exceeded: boolean;
}

export interface SuiteFailure {
  readonly seed: number;
  readonly check: string;
  readonly sentence: string;
  readonly foundAfter: number;
  /** "5 nodes -> 3, ..." */
  readonly sizes: string;
  /** Relative links to the files of its folder. */
  readonly folder: string;
  readonly replay: string;
  readonly otherSeeds: number;
}
