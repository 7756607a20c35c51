/**
 * The point of no return: from prefixes of a failing run other futures are played (the same past, the same plan, other chance from
 * there on), and the share of them that fails tells how far it was decided by then. Where that share jumps, something was lost.
 * Budgeted in runs and in events, never in time.
 */

import { finish, mix, type Roots, roots } from "../sim/index.ts";
import { defaultBudgets } from "../sim/setup.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { type Beating, type Prepared, runOnce, runTraced } from "./once.ts";
import type { TracedRun } from "./run.ts";
import { sameKind } from "./shrink/search.ts";

/** How many futures of one prefix were played, and how many of them failed in the same way. */
export interface Share {
  readonly failed: number;
  readonly of: number;
}

/** A prefix: everything that had happened by then. */
export interface Prefix extends Share {
  /** How many handlers had run. */
  readonly handlers: number;
  readonly atUs: number;
}

export interface NoReturn {
  /** In the order of time; the first is the beginning, the last all that happened until the violation. */
  readonly prefixes: readonly Prefix[];
  /** The one event that changed most, where it changed anything: the record of the trace that tells it. */
  readonly jump?: { readonly n: number; readonly atUs: number; readonly before: Share; readonly after: Share };
  /** Futures that were played. */
  readonly runs: number;
}

export interface FutureBudget {
  /** From each side of the jump. */
  readonly futures: number;
  /** In all of them together. */
  readonly runs: number;
  readonly events: number;
}

/** About a second, for a story of usual length. */
export const fewFutures: FutureBudget = { futures: 100, runs: 600, events: 200_000 };

/** A budget for so many futures from each side. */
export function futuresOf(futures: number): FutureBudget {
  return { futures, runs: futures * 20, events: futures * 40_000 };
}

/** Prefixes that are looked at first, at even distances. */
const firstLooks = 8;
/** Futures from each, until it is known where the jump is. */
const glance = 15;
/** A future so much longer than the failing run will not fail any more. */
const longer = { times: 2, events: 2_000 } as const;
/** A smaller change is none. */
const leastJump = 0.1;

/** `run` is the failing run of this prepared explicit scenario, with its trace. Undefined when nothing led to the violation. */
export function noReturn(
  prepared: Prepared,
  run: TracedRun,
  budget: FutureBudget = fewFutures,
  beating: Beating = {},
): NoReturn | undefined {
  const seed = prepared.scenario.explicit!.seed;
  const { marks, records } = marksOf(prepared, seed, run, beating);
  if (marks.length < 2) return undefined;
  const player = new Futures(prepared, marks, run, budget, beating);
  const last = marks.length - 1;
  const looks = Array.from({ length: firstLooks + 1 }, (_, i) => Math.round((i * last) / firstLooks));
  for (const place of new Set(looks)) player.play(place, glance);
  let [from, to] = player.steepest();
  // Where nothing changes there is nothing to be looked for.
  if (shareOf(player.of(to)) === shareOf(player.of(from))) [from, to] = [last - 1, last];
  while (to - from > 1 && !player.over) {
    player.play((from + to) >> 1, glance);
    [from, to] = player.steepest(from, to);
  }
  if (jumped(player.of(from), player.of(to))) for (const place of [from, to]) player.play(place, budget.futures);
  const prefixes = player.all().map(([place, share]) => ({ ...share, handlers: place, atUs: marks[place]!.atUs }));
  const [before, after] = [player.of(from), player.of(to)];
  const telling = to - from === 1 ? tellingOf(records, marks[from]!.records, marks[to]!.records) : undefined;
  const jumps = jumped(before, after) && telling !== undefined;
  return {
    prefixes,
    ...(jumps ? { jump: { n: telling.n, atUs: telling.atUs, before, after } } : {}),
    runs: player.runs,
  };
}

function jumped(before: Share, after: Share): boolean {
  return shareOf(after) - shareOf(before) >= leastJump;
}

function shareOf({ failed, of }: Share): number {
  return of === 0 ? 0 : failed / of;
}

interface Mark {
  /** The event that is next. */
  readonly next: number;
  readonly atUs: number;
  /** Records in the trace by then. */
  readonly records: number;
}

/** What had happened before the first handler, after the first, after the second ... until the violation. */
function marksOf(
  prepared: Prepared,
  seed: number,
  { violation }: TracedRun,
  beating: Beating,
): { readonly marks: readonly Mark[]; readonly records: readonly TraceRecord[] } {
  const marks: Mark[] = [];
  const { trace } = runTraced(prepared, seed, {
    sites: false,
    states: false,
    ...beating,
    step: (next, world) => {
      if (world.nowUs > violation!.atUs) return;
      const latest = world.trace.at(-1);
      // What the handler is called for stands in the trace already, and belongs to what it does.
      const own = latest !== undefined && latest.atUs === world.nowUs && occasions.has(latest.kind) ? 1 : 0;
      const records = world.trace.length - own;
      marks.push({ next, atUs: world.trace[records - 1]?.atUs ?? 0, records });
    },
  });
  const last = trace.filter(({ atUs, kind }) => atUs <= violation!.atUs && kind !== "violation").at(-1);
  const end = { next: Number.POSITIVE_INFINITY, atUs: violation!.atUs, records: last?.n ?? 0 };
  return { marks: [...marks, end], records: trace };
}

/** Of what happened between two prefixes, what tells most. */
const weights: readonly TraceRecord["kind"][] = [
  "crash",
  "restart",
  "pause",
  "resume",
  "return",
  "fact",
  "invoke",
  "fault",
  "deliver",
  "timer",
  "drop",
  "start",
];
/** What handlers are called for. */
const occasions: ReadonlySet<TraceRecord["kind"]> = new Set([
  "start",
  "restart",
  "deliver",
  "timer",
  "order",
  "connect",
  "disconnect",
  "invoke",
]);

function tellingOf(trace: readonly TraceRecord[], after: number, until: number): TraceRecord | undefined {
  const between = trace.filter(({ n }) => n > after && n <= until);
  for (const kind of weights) {
    const found = between.find((record) => record.kind === kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

class Futures {
  runs = 0;
  private events = 0;
  private readonly prepared: Prepared;
  private readonly marks: readonly Mark[];
  private readonly failing: TracedRun;
  private readonly budget: FutureBudget;
  private readonly beating: Beating;
  private readonly shares = new Map<number, Share>();
  private readonly roots = new Map<number, Roots>();

  constructor(prepared: Prepared, marks: readonly Mark[], failing: TracedRun, budget: FutureBudget, beating: Beating) {
    this.prepared = prepared;
    this.marks = marks;
    this.failing = failing;
    this.budget = budget;
    this.beating = beating;
  }

  get over(): boolean {
    return this.runs >= this.budget.runs || this.events >= this.budget.events;
  }

  /** Until so many futures of the prefix have been played. The same futures everywhere: what differs is the past. */
  play(place: number, count: number): void {
    const { seed } = this.prepared.scenario.explicit!;
    const { next } = this.marks[place]!;
    for (let i = this.of(place).of; i < Math.min(count, this.budget.futures) && !this.over; i++) {
      const other = this.chance(i);
      let turned = false;
      const run = runOnce(this.prepared, seed, {
        budgets: { ...defaultBudgets, events: this.failing.events * longer.times + longer.events },
        ...this.beating,
        step: (event, world) => {
          if (turned || event < next) return;
          turned = true;
          world.reroot(other);
        },
      });
      this.runs++;
      this.events += run.events;
      const { failed, of } = this.of(place);
      const fails = sameKind(run.violation, this.failing.violation);
      this.shares.set(place, { failed: failed + (fails ? 1 : 0), of: of + 1 });
    }
  }

  of(place: number): Share {
    return this.shares.get(place) ?? { failed: 0, of: 0 };
  }

  all(): readonly (readonly [number, Share])[] {
    return [...this.shares].sort(([a], [b]) => a - b);
  }

  /** The neighbours, among those that were looked at between these two, between which the share grows most; the later of equal ones. */
  steepest(from = 0, to = Number.POSITIVE_INFINITY): [number, number] {
    const looked = this.all().filter(([place]) => place >= from && place <= to);
    let best: [number, number] = [looked[0]![0], looked.at(-1)![0]];
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < looked.length; i++) {
      const growth = shareOf(looked[i]![1]) - shareOf(looked[i - 1]![1]);
      if (growth < most) continue;
      most = growth;
      best = [looked[i - 1]![0], looked[i]![0]];
    }
    return best;
  }

  private chance(i: number): Roots {
    const known = this.roots.get(i);
    if (known !== undefined) return known;
    const made = roots(finish(mix(mix(this.prepared.scenario.explicit!.seed | 0, 0x0f), i)));
    this.roots.set(i, made);
    return made;
  }
}
