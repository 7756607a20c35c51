/** Figures of runs, in virtual time: what they were, and whether they keep to a scenario's limits. */

import { limitName } from "../scenario/index.ts";
import type { FigureName, Limit } from "../scenario/scenario.ts";
import { formatUs } from "../sim/units.ts";
import { Histogram, type HistogramData } from "./histogram.ts";

/** One run's values of each figure, in microseconds (messages: a number). A figure may have none, one or many. */
export type Figures = Readonly<Record<FigureName, readonly number[]>>;

/** What is known of an operation for this. */
export interface Timed {
  readonly outcome: "open" | "ok" | "fail" | "info";
  readonly invokedAtUs: number;
  /** When it returned, or the client gave up; Infinity when neither happened. */
  readonly returnedAtUs: number;
}

/**
 * `operations` with the probes; `effectsAtUs`: when each fault first had an effect, without those that are no more than the weather.
 *
 * failover: from there to the next answer (ok or fail), for each fault. unavailable: the longest time, of a run, in which operations were
 * open and none was answered; a client that gives up does not end it, its next operation goes on with it. latency: from
 * invocation to ok. messages: all of the run for each answered operation.
 */
export function figuresOf(operations: readonly Timed[], messages: number, effectsAtUs: Iterable<number>, endUs: number): Figures {
  const answers = operations.filter(isAnswered).map(({ returnedAtUs }) => returnedAtUs);
  answers.sort((a, b) => a - b);
  const failover = [...effectsAtUs].flatMap((atUs) => {
    const next = answers.find((answer) => answer >= atUs);
    return next === undefined ? [] : [next - atUs];
  });
  return {
    failover,
    unavailable: [unavailable(operations, endUs)],
    latency: operations
      .filter(({ outcome }) => outcome === "ok")
      .map(({ invokedAtUs, returnedAtUs }) => returnedAtUs - invokedAtUs),
    messages: answers.length === 0 ? [] : [messages / answers.length],
  };
}

function isAnswered({ outcome }: Timed): boolean {
  return outcome === "ok" || outcome === "fail";
}

/** Counts only while something is open, from one answer to the next. */
function unavailable(operations: readonly Timed[], endUs: number): number {
  const changes = operations.flatMap((operation): [number, "open" | "answer" | "over"][] => [
    [operation.invokedAtUs, "open"],
    [Math.min(operation.returnedAtUs, endUs), isAnswered(operation) ? "answer" : "over"],
  ]);
  const order = { answer: 0, over: 1, open: 2 };
  changes.sort(([a, one], [b, other]) => a - b || order[one] - order[other]);
  let [open, since, sum, longest] = [0, 0, 0, 0];
  for (const [atUs, what] of changes) {
    if (open > 0) sum += atUs - since;
    since = atUs;
    open += what === "open" ? 1 : -1;
    longest = Math.max(longest, sum);
    if (what === "answer") sum = 0;
  }
  return longest;
}

/** Different values of a figure that are kept as they are; of more, quantiles are told within one part in 128. */
const mostExact = 20_000;
/** Messages for each answer have fractions. */
const scale = 1_000;

/** How often each value came: exactly, until there are too many different ones. */
class Values {
  count = 0;
  private exact: Map<number, number> | undefined = new Map();
  private readonly rough = new Histogram();

  add(value: number, times = 1): void {
    this.count += times;
    if (this.exact === undefined) {
      this.rough.add(Math.ceil(value * scale), times);
      return;
    }
    this.exact.set(value, (this.exact.get(value) ?? 0) + times);
    if (this.exact.size <= mostExact) return;
    const { exact } = this;
    this.exact = undefined;
    this.count -= [...exact.values()].reduce((sum, each) => sum + each, 0);
    for (const [each, often] of exact) this.add(each, often);
  }

  /** The least value that this share of all values does not exceed. */
  at(percent: number): number | undefined {
    if (this.count === 0) return undefined;
    if (this.exact === undefined) return this.rough.at(percent) / scale;
    let left = Math.ceil((this.count * percent) / 100);
    for (const [value, times] of [...this.exact].sort(([a], [b]) => a - b)) {
      left -= times;
      if (left <= 0) return value;
    }
    return undefined;
  }

  merge({ exact, rough }: ValuesData): void {
    for (const [value, times] of exact ?? []) this.add(value, times);
    if (rough === undefined) return;
    const before = this.exact ?? [];
    this.exact = undefined;
    for (const [value, times] of before) this.rough.add(Math.ceil(value * scale), times);
    this.rough.merge(rough);
    this.count += rough.buckets.reduce((sum, [, times]) => sum + times, 0);
  }

  data(): ValuesData {
    return this.exact === undefined ? { rough: this.rough.data() } : { exact: [...this.exact].sort(([a], [b]) => a - b) };
  }
}

interface ValuesData {
  readonly exact?: readonly (readonly [number, number])[];
  readonly rough?: HistogramData;
}

interface Worst {
  readonly value: number;
  readonly seed: number;
}

/** The limited figures of some runs as plain data. */
export interface FiguresData {
  readonly values: readonly (readonly [FigureName, ValuesData])[];
  readonly worst: readonly (readonly [FigureName, Worst])[];
  /** How many values were above each limit. */
  readonly above: readonly number[];
}

/** The limited figures of a campaign. Its room does not grow with the runs, and whether a limit is exceeded stays exact. */
export class FigureTally {
  private readonly limits: readonly Limit[];
  private readonly values = new Map<FigureName, Values>();
  private readonly worst = new Map<FigureName, Worst>();
  private readonly above: number[];

  constructor(limits: readonly Limit[]) {
    this.limits = limits;
    this.above = limits.map(() => 0);
    for (const { figure } of limits) this.values.set(figure, new Values());
  }

  add(seed: number, figures: Figures): void {
    for (const [figure, all] of this.values) {
      for (const value of figures[figure]) {
        all.add(value);
        this.consider(figure, { value, seed });
      }
    }
    for (const [i, { figure, most }] of this.limits.entries())
      for (const value of figures[figure]) if (value > most) this.above[i]!++;
  }

  merge({ values, worst, above }: FiguresData): void {
    for (const [figure, all] of values) this.values.get(figure)!.merge(all);
    for (const [figure, one] of worst) this.consider(figure, one);
    for (const [i, times] of above.entries()) this.above[i]! += times;
  }

  data(): FiguresData {
    return {
      values: [...this.values].map(([figure, all]) => [figure, all.data()] as const),
      worst: [...this.worst],
      above: [...this.above],
    };
  }

  /** Of several that are equally bad, the lowest seed's. */
  private consider(figure: FigureName, { value, seed }: Worst): void {
    const worst = this.worst.get(figure);
    if (worst === undefined || value > worst.value || (value === worst.value && seed < worst.seed))
      this.worst.set(figure, { value, seed });
  }

  /** By the limit's name: what it came to. A figure without any value has none. */
  figures(): Readonly<Record<string, number>> {
    const reached = this.limits.map((limit) => [limitName(limit), this.value(limit)] as const);
    return Object.fromEntries(reached.filter((entry): entry is [string, number] => entry[1] !== undefined));
  }

  /** A sentence about the first limit that was exceeded. */
  exceeded(): string | undefined {
    for (const [i, limit] of this.limits.entries()) {
      const { figure, quantile } = limit;
      const { count } = this.values.get(figure)!;
      const within = quantile === "max" ? count : Math.ceil((count * Number(quantile.slice(1))) / 100);
      if (count - this.above[i]! >= within) continue;
      const worst = this.worst.get(figure)!;
      const peak =
        quantile === "max" ? `at seed ${worst.seed}` : `the worst was ${amount(figure, worst.value)}, at seed ${worst.seed}`;
      return `${limitName(limit)} was ${amount(figure, this.value(limit)!)} (of ${count} values; ${peak}), and the limit is ${amount(figure, limit.most)}`;
    }
    return undefined;
  }

  private value({ figure, quantile }: Limit): number | undefined {
    if (quantile === "max") return this.worst.get(figure)?.value;
    return this.values.get(figure)!.at(Number(quantile.slice(1)));
  }
}

/** "1.2s"; messages are a number. */
export function amount(figure: FigureName, value: number): string {
  return figure === "messages" ? String(Math.round(value * 10) / 10) : formatUs(value);
}
