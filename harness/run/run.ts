/** What one run tells: its verdict, its digest, and what really happened. Plain data. */

import type { Operation } from "../check/history.ts";
import type { NodeId } from "../protocol.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import type { NodeState, Sample, TraceRecord } from "../sim/trace.ts";
import type { Op } from "../workloads/workload.ts";
import type { Distinct } from "./distinct.ts";
import type { Figures } from "./figures.ts";
import type { CampaignMetrics, Post } from "./metrics.ts";
import type { Need } from "./necessity.ts";
import type { NoReturn } from "./no-return.ts";

/** What was violated. Two violations are of the same kind when `family` and `check` are equal. */
export interface Violation {
  /** "contract": the protocol broke the rules of protocol.ts (threw, returned a Promise, sent a Map, never ended). */
  readonly family: "linearizable" | "invariant" | "liveness" | "contract";
  /** "linearizable", "liveness", "contract", or the invariant's name ("election safety"). */
  readonly check: string;
  /** The whole story in one sentence. */
  readonly sentence: string;
  readonly atUs: number;
}

/** A recorded operation: what the checkers judge, with what reports want to know beside it. */
export interface RecordedOperation extends Operation<Op, unknown> {
  /** Its id in the plan, or "probe-c1-0". */
  readonly id: string;
  readonly client: NodeId;
  readonly invokedAtUs: number;
  /** Infinity when it never returned; then `infoAtUs` is when the client gave up, if it did. */
  readonly returnedAtUs: number;
  readonly infoAtUs?: number;
  /** The position of that moment among the invocations and returns. */
  readonly infoAt?: number;
  /** Why a `fail` or an `info`. */
  readonly reason?: string;
}

export interface Run {
  readonly seed: number;
  /** 16 hex digits over everything that happened, in order. */
  readonly digest: string;
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly violation?: Violation;
  /** Why "unknown", in a sentence. */
  readonly unknown?: string;
  /** That more durable state was destroyed than the protocol bears, in a sentence without a stop. */
  readonly exceeded?: string;
  readonly events: number;
  readonly messages: number;
  readonly post: Post;
  readonly virtualUs: number;
  /** Of the plan (probes not counted); `asked` were planned, the others add up to those that were invoked. */
  readonly operations: { readonly asked: number; readonly ok: number; readonly fail: number; readonly info: number };
  /** Virtual time from the heal until every client was answered; absent when it did not come to that. */
  readonly settledUs?: number;
  /** By the planned fault's id: how often it really had an effect. A planned fault without one is listed with 0. */
  readonly effects: Readonly<Record<string, number>>;
  readonly goals: readonly string[];
  readonly figures: Figures;
}

/** A run with everything kept. Its digest equals that of the bare run. */
export interface TracedRun extends Run {
  readonly plan: Plan;
  readonly history: readonly RecordedOperation[];
  readonly trace: readonly TraceRecord[];
  /** What nodes said through ctx.count, ctx.gauge and ctx.observe. */
  readonly samples: readonly Sample[];
  /** What nodes showed of themselves through `inspect()`. */
  readonly states: readonly NodeState[];
}

/** What a story counts before and after shrinking. */
export interface Sizes {
  readonly nodes: number;
  readonly clients: number;
  readonly operations: number;
  readonly faults: number;
  readonly events: number;
}

/** One failure of a campaign, shrunk. */
export interface Failure {
  readonly seed: number;
  /** Digest of the run of that seed as it was found, before anything was taken away. */
  readonly foundDigest: string;
  readonly violation: Violation;
  /** The explicit scenario (format 1) that replays it: the minimal one, or the original plan when shrinking was off. */
  readonly scenario: Scenario;
  readonly run: TracedRun;
  readonly before: Sizes;
  readonly after: Sizes;
  /** Runs that shrinking took, and whether it came to its end (1-minimal) or its budget ran out. */
  readonly shrinkRuns: number;
  readonly minimal: boolean;
  /** Whether the budget ended the search for fewer parts: no single one can go where `minimal` is true, and several together may. */
  readonly cutShort?: boolean;
  /** What becomes of the violation without each part that is left; absent when nothing was taken away. */
  readonly necessity?: readonly Need[];
  /** From when on it was lost; absent when nothing was taken away, or nothing led to it. */
  readonly noReturn?: NoReturn;
  /** Equal for failures that are the same bug, as far as their stories tell. */
  readonly signature: string;
  /** Other seeds of this campaign with the same bug, ascending; the lowest thousand. */
  readonly otherSeeds: readonly number[];
  /** How many more there are. */
  readonly moreSeeds?: number;
}

/** What came of one scenario. */
export interface Campaign {
  readonly scenario: Scenario;
  readonly baseSeed: number;
  readonly verdict: "as expected" | "violation" | "not found" | "inconclusive" | "unknown" | "interrupted";
  /** Why, in a sentence. */
  readonly reason: string;
  readonly runs: number;
  readonly valid: number;
  readonly invalid: number;
  readonly unknown: number;
  readonly events: number;
  readonly virtualUs: number;
  readonly operations: { readonly asked: number; readonly ok: number; readonly fail: number; readonly info: number };
  /** By the fault item's id (not the planned fault's): planned how often, with an effect how often, effects in all. */
  readonly effects: Readonly<Record<string, { readonly planned: number; readonly effective: number; readonly effects: number }>>;
  /** Every goal of the protocol, and in how many runs it was reached. */
  readonly goals: Readonly<Record<string, number>>;
  /** What the limited figures came to, by the limit's name: microseconds, or messages. */
  readonly figures: Readonly<Record<string, number>>;
  readonly metrics: CampaignMetrics;
  readonly failures: readonly Failure[];
  /** In how many runs more durable state was destroyed than the protocol bears, and what was in the first of them. */
  readonly exceeded?: { readonly runs: number; readonly seed: number; readonly sentence: string };
  /** How many different runs there were, told by their digests. */
  readonly distinct: Distinct;
  /** The digests of all runs with their seeds, added up: the same however the seeds were divided among machines. */
  readonly digest: string;
  /** The only place for wall-clock time. */
  readonly timing: { readonly wallMs: number; readonly workers: number };
}

/** A whole invocation of `seedquake run`. */
export interface Suite {
  readonly campaigns: readonly Campaign[];
  readonly baseSeed: number;
  readonly interrupted: boolean;
  /** From the begin of the first campaign to the end of the last; less than their sum, as the next one begins while failures are made small. */
  readonly wallMs?: number;
  /** Scenarios that were asked for and did not get their turn: the suite was interrupted, or ended early. Absent: none. */
  readonly notRun?: readonly Scenario[];
  /** sha256 of the code of the user's own files, when scenarios name some. */
  readonly own?: string;
}
