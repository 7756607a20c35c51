/** Figures of runs, in virtual time: what they were, and whether they keep to a scenario's limits. */

import { limitName } from "../scenario/index.ts";
import type { FigureName, Limit } from "../scenario/scenario.ts";
import { formatUs } from "../sim/units.ts";

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
 * `operations` with the probes; `effectsAtUs`: when each fault first had an effect.
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

/** The limited figures of a campaign. */
export class FigureTally {
  private readonly limits: readonly Limit[];
  private readonly values = new Map<FigureName, number[]>();
  private readonly worst = new Map<FigureName, { readonly value: number; readonly seed: number }>();

  constructor(limits: readonly Limit[]) {
    this.limits = limits;
    for (const { figure } of limits) this.values.set(figure, []);
  }

  add(seed: number, figures: Figures): void {
    for (const [figure, all] of this.values) {
      for (const value of figures[figure]) {
        all.push(value);
        const worst = this.worst.get(figure);
        if (worst === undefined || value > worst.value) this.worst.set(figure, { value, seed });
      }
    }
  }

  /** By the limit's name: what it came to. A figure without any value has none. */
  figures(): Readonly<Record<string, number>> {
    const reached = this.limits.map((limit) => [limitName(limit), this.value(limit)] as const);
    return Object.fromEntries(reached.filter((entry): entry is [string, number] => entry[1] !== undefined));
  }

  /** A sentence about the first limit that was exceeded. */
  exceeded(): string | undefined {
    for (const limit of this.limits) {
      const value = this.value(limit);
      if (value === undefined || value <= limit.most) continue;
      const { figure } = limit;
      const worst = this.worst.get(figure)!;
      const of = `${this.values.get(figure)!.length} values`;
      const peak =
        limit.quantile === "max"
          ? `at seed ${worst.seed}`
          : `the worst was ${amount(figure, worst.value)}, at seed ${worst.seed}`;
      return `${limitName(limit)} was ${amount(figure, value)} (of ${of}; ${peak}), and the limit is ${amount(figure, limit.most)}`;
    }
    return undefined;
  }

  private value({ figure, quantile }: Limit): number | undefined {
    if (quantile === "max") return this.worst.get(figure)?.value;
    const sorted = Float64Array.from(this.values.get(figure)!).sort();
    const percent = Number(quantile.slice(1));
    // The least value that this share of all values does not exceed.
    return sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  }
}

function amount(figure: FigureName, value: number): string {
  return figure === "messages" ? String(Math.round(value * 10) / 10) : formatUs(value);
}
