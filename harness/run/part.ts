/** What some runs of a campaign add up to, in a room that does not grow with them: parts add up to the whole, in whatever order. */

import type { Limit } from "../scenario/scenario.ts";
import { finish, mix } from "../sim/chance.ts";
import { DistinctCount, type DistinctData } from "./distinct.ts";
import { type FiguresData, FigureTally } from "./figures.ts";
import { type MetricsData, MetricsTally } from "./metrics.ts";
import type { Campaign, Run, Violation } from "./run.ts";
import { lookKey } from "./signature.ts";

/** So many seeds of each kind of violation are kept; the rest is counted. */
export const mostSeeds = 1_000;

/** "invariant/election safety": violations of one kind have one name. */
export function kindOf({ family, check }: Violation): string {
  return family === check ? check : `${family}/${check}`;
}

/** All violations that look alike. */
export interface Kind {
  /** The run of the lowest seed. */
  readonly first: Run;
  /** The lowest other seeds, ascending, at most `mostSeeds`. */
  readonly others: readonly number[];
  /** How many there are in all. */
  readonly count: number;
}

interface Unjudged {
  readonly seed: number;
  readonly sentence: string;
}

/** Runs in which more durable state was destroyed than the protocol bears: how many, and what was in the first. */
export type Exceeded = Unjudged & { readonly runs: number };

type Effects = { planned: number; effective: number; effects: number };
type Operations = { asked: number; ok: number; fail: number; info: number };

/** A part as plain data, for the journal. */
export interface PartData {
  readonly runs: number;
  readonly counts: { readonly valid: number; readonly invalid: number; readonly unknown: number };
  readonly events: number;
  readonly virtualUs: number;
  readonly operations: Readonly<Operations>;
  readonly effects: readonly (readonly [string, Readonly<Effects>])[];
  readonly goals: readonly (readonly [string, number])[];
  readonly figures: FiguresData;
  readonly metrics: MetricsData;
  readonly distinct: DistinctData;
  readonly digest: string;
  readonly kinds: readonly (readonly [string, Kind])[];
  readonly unjudged?: Unjudged;
  readonly exceeded?: Exceeded;
}

export class Part {
  runs = 0;
  readonly counts = { valid: 0, invalid: 0, unknown: 0 };
  events = 0;
  virtualUs = 0;
  readonly operations: Operations = { asked: 0, ok: 0, fail: 0, info: 0 };
  readonly effects = new Map<string, Effects>();
  readonly goals = new Map<string, number>();
  readonly figures: FigureTally;
  readonly metrics = new MetricsTally();
  readonly distinct = new DistinctCount();
  readonly kinds = new Map<string, Kind>();
  /** The lowest seed that could not be judged. */
  unjudged: Unjudged | undefined;
  exceeded: Exceeded | undefined;
  private high = 0;
  private low = 0;

  /** `items`: the ids of the fault items; `goals`: those of the protocol. All are told of, also when nothing came of them. */
  constructor(limits: readonly Limit[], items: readonly string[], goals: readonly string[]) {
    this.figures = new FigureTally(limits);
    for (const id of items) this.effects.set(id, { planned: 0, effective: 0, effects: 0 });
    for (const goal of goals) this.goals.set(goal, 0);
  }

  add(run: Run): void {
    this.runs++;
    this.counts[run.verdict]++;
    this.events += run.events;
    this.virtualUs += run.virtualUs;
    for (const key of ["asked", "ok", "fail", "info"] as const) this.operations[key] += run.operations[key];
    for (const [id, effects] of Object.entries(run.effects)) {
      const sum = this.effects.get(id) ?? this.effects.get(id.replace(/\.\d+$/, ""));
      if (sum === undefined) continue;
      sum.planned++;
      sum.effects += effects;
      if (effects > 0) sum.effective++;
    }
    for (const goal of run.goals) this.goals.set(goal, (this.goals.get(goal) ?? 0) + 1);
    this.figures.add(run.seed, run.figures);
    this.metrics.add(run);
    this.distinct.add(run.digest);
    this.sum(digestAt(run.seed, run.digest));
    if (run.verdict === "unknown") this.leave({ seed: run.seed, sentence: run.unknown! });
    if (run.exceeded !== undefined) this.exceed({ runs: 1, seed: run.seed, sentence: run.exceeded });
    if (run.violation !== undefined) this.kind(lookKey(run.violation), { first: run, others: [], count: 1 });
  }

  merge(part: PartData): void {
    this.runs += part.runs;
    for (const key of ["valid", "invalid", "unknown"] as const) this.counts[key] += part.counts[key];
    this.events += part.events;
    this.virtualUs += part.virtualUs;
    for (const key of ["asked", "ok", "fail", "info"] as const) this.operations[key] += part.operations[key];
    for (const [id, { planned, effective, effects }] of part.effects) {
      const sum = this.effects.get(id);
      if (sum === undefined) this.effects.set(id, { planned, effective, effects });
      else {
        sum.planned += planned;
        sum.effective += effective;
        sum.effects += effects;
      }
    }
    for (const [goal, times] of part.goals) this.goals.set(goal, (this.goals.get(goal) ?? 0) + times);
    this.figures.merge(part.figures);
    this.metrics.merge(part.metrics);
    this.distinct.merge(part.distinct);
    this.sum([Number.parseInt(part.digest.slice(0, 8), 16), Number.parseInt(part.digest.slice(8), 16)]);
    if (part.unjudged !== undefined) this.leave(part.unjudged);
    if (part.exceeded !== undefined) this.exceed(part.exceeded);
    for (const [name, kind] of part.kinds) this.kind(name, kind);
  }

  data(): PartData {
    const { runs, counts, events, virtualUs, operations, figures, metrics, distinct, unjudged, exceeded } = this;
    return {
      runs,
      counts: { ...counts },
      events,
      virtualUs,
      operations: { ...operations },
      effects: [...this.effects],
      goals: [...this.goals],
      figures: figures.data(),
      metrics: metrics.data(),
      distinct: distinct.data(),
      digest: this.digest,
      kinds: [...this.kinds],
      ...(unjudged === undefined ? {} : { unjudged }),
      ...(exceeded === undefined ? {} : { exceeded }),
    };
  }

  /** 16 hexadecimal digits: a sum over all runs, each with its seed, so that it does not depend on how they are divided. */
  get digest(): string {
    return [this.high, this.low].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  }

  /** What a campaign tells of its runs. */
  told(): Pick<
    Campaign,
    | "runs"
    | "valid"
    | "invalid"
    | "unknown"
    | "events"
    | "virtualUs"
    | "operations"
    | "effects"
    | "goals"
    | "figures"
    | "metrics"
    | "distinct"
    | "digest"
    | "exceeded"
  > {
    return {
      runs: this.runs,
      ...this.counts,
      events: this.events,
      virtualUs: this.virtualUs,
      operations: { ...this.operations },
      effects: Object.fromEntries(this.effects),
      goals: Object.fromEntries(this.goals),
      figures: this.figures.figures(),
      metrics: this.metrics.metrics(),
      distinct: this.distinct.told(),
      digest: this.digest,
      ...(this.exceeded === undefined ? {} : { exceeded: this.exceeded }),
    };
  }

  private sum([high, low]: readonly [number, number]): void {
    this.high = (this.high + high) >>> 0;
    this.low = (this.low + low) >>> 0;
  }

  private leave(one: Unjudged): void {
    if (this.unjudged === undefined || one.seed < this.unjudged.seed) this.unjudged = one;
  }

  private exceed(one: Exceeded): void {
    const { exceeded } = this;
    if (exceeded === undefined) this.exceeded = one;
    else this.exceeded = { ...(one.seed < exceeded.seed ? one : exceeded), runs: exceeded.runs + one.runs };
  }

  private kind(name: string, more: Kind): void {
    const kind = this.kinds.get(name);
    if (kind === undefined) {
      this.kinds.set(name, more);
      return;
    }
    const [first, later] = kind.first.seed < more.first.seed ? [kind.first, more.first] : [more.first, kind.first];
    const count = kind.count + more.count;
    // Runs come in order as a rule: then there is nothing to sort, and when the room is full nothing to do.
    if (kind.others.length >= mostSeeds && more.first.seed > kind.others.at(-1)!) {
      this.kinds.set(name, { ...kind, count });
      return;
    }
    const others = [...kind.others, ...more.others, later.seed].sort((a, b) => a - b).slice(0, mostSeeds);
    this.kinds.set(name, { first, others, count });
  }
}

/** A run's digest with its place: the same digest under another seed adds something else. */
function digestAt(seed: number, digest: string): readonly [number, number] {
  const high = Number.parseInt(digest.slice(0, 8), 16);
  const low = Number.parseInt(digest.slice(8, 16), 16);
  const place = mix(mix(0x6b79d38b, seed >>> 0), Math.floor(seed / 2 ** 32));
  return [finish(mix(mix(place, high), low)) >>> 0, finish(mix(mix(high, low), place)) >>> 0];
}
