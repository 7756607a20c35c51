/** Where a scenario breaks: the smallest (or largest) amount at which it does, by bisection. Pure: whoever drives it makes the runs. */

/** What came of all runs at one value. "refused": the language has no such value. */
export type Outcome = "holds" | "fails" | "refused";

export interface SearchSpace {
  /** Where to begin when an end is not given: what the scenario says itself. */
  readonly start: number;
  readonly from?: number;
  readonly to?: number;
  /** The two ends may be this far apart; default a hundredth of the larger one. */
  readonly precision?: number;
}

export type Threshold =
  | {
      readonly found: true;
      /** The two neighbours between which it lies. */
      readonly holds: number;
      readonly fails: number;
      /** Values that were tried and do not fit: one that holds although it is on the failing side, or the other way round. */
      readonly odd: readonly number[];
    }
  | { readonly found: false; readonly all: "hold" | "fail"; readonly least: number; readonly most: number };

/** An end that is not given is looked for so many times, each time twice or half as far away. */
const mostSteps = 10;
/** So often it goes on from a value that fails although a nearer one holds. */
const mostRounds = 6;
/** Beyond the two ends these multiples are tried too, as what breaks need not stay broken. */
const beyond: Readonly<Record<"above" | "below", readonly (readonly [number, number])[]>> = {
  above: [
    [11, 10],
    [3, 2],
    [2, 1],
  ],
  below: [
    [9, 10],
    [1, 2],
  ],
};

/** Asks for one value after the other, and is told what came of it. Values are whole numbers from 0. */
export function* search(space: SearchSpace): Generator<number, Threshold, Outcome> {
  const seen = new Map<number, Outcome>();
  function* probe(value: number): Generator<number, Outcome, Outcome> {
    const known = seen.get(value) ?? (yield value);
    seen.set(value, known);
    return known;
  }
  const ends = yield* bracket(space, probe);
  const tried = (): number[] => [...seen].filter(([, outcome]) => outcome !== "refused").map(([value]) => value);
  if (ends === undefined) {
    const all = tried();
    return {
      found: false,
      all: [...seen.values()].includes("fails") ? "fail" : "hold",
      least: Math.min(...all),
      most: Math.max(...all),
    };
  }
  let { holds, fails } = ends;
  const up = fails > holds;
  for (let round = 0; ; round++) {
    for (;;) {
      const step = round125(space.precision ?? Math.max(holds, fails) / 100);
      if (Math.abs(fails - holds) <= step) break;
      const middle = between(holds, fails, step);
      const outcome = yield* probe(middle);
      if (outcome === "holds") holds = middle;
      else fails = middle;
    }
    for (const value of farther(space, up ? holds : fails, up ? fails : holds)) yield* probe(value);
    // What fails although less (or more) of it held is nearer to where it begins: from there it goes on.
    const strays = [...seen].flatMap(([value, outcome]) =>
      outcome === "fails" && (up ? value < holds : value > holds) ? [value] : [],
    );
    if (strays.length === 0 || round === mostRounds) break;
    const stray = up ? Math.min(...strays) : Math.max(...strays);
    const good = yield* holdingBeyond(stray, up, space, seen, probe);
    if (good === undefined) break;
    [holds, fails] = [good, stray];
  }
  const [low, high] = up ? [holds, fails] : [fails, holds];
  const odd = [...seen].filter(([value, outcome]) => {
    const side = value >= high ? (up ? "fails" : "holds") : up ? "holds" : "fails";
    return outcome !== "refused" && (value >= high || value <= low) && outcome !== side;
  });
  return { found: true, holds, fails, odd: odd.map(([value]) => value).sort((a, b) => a - b) };
}

/** Beyond the two ends, as far as the range goes. */
function farther({ from, to }: SearchSpace, low: number, high: number): readonly number[] {
  const times = (value: number, [by, of]: readonly [number, number]): number => {
    const far = Math.floor((value * by) / of);
    return far - (far % round125(far / 50));
  };
  return [
    ...beyond.above.map((ratio) => times(high, ratio)).filter((value) => value > high && value <= (to ?? value)),
    ...beyond.below.map((ratio) => times(low, ratio)).filter((value) => value < low && value >= (from ?? 0)),
  ];
}

/** The nearest value beyond `stray` that is known to hold, or one that is found by halves (upwards: twice as much each time). */
function* holdingBeyond(
  stray: number,
  up: boolean,
  { from = 0, to }: SearchSpace,
  seen: ReadonlyMap<number, Outcome>,
  probe: Probe,
): Generator<number, number | undefined, Outcome> {
  const known = [...seen].flatMap(([value, outcome]) =>
    outcome === "holds" && (up ? value < stray : value > stray) ? [value] : [],
  );
  if (known.length > 0) return up ? Math.max(...known) : Math.min(...known);
  let at = stray;
  for (let i = 0; i < mostSteps; i++) {
    const next = up ? Math.max(from, Math.floor(at / 2)) : Math.min(to ?? at * 2, at * 2);
    if (next === at) return undefined;
    if ((yield* probe(next)) === "holds") return next;
    at = next;
  }
  return undefined;
}

type Probe = (value: number) => Generator<number, Outcome, Outcome>;

/** Two values of which one holds and one fails; undefined when none are found. */
function* bracket(
  { start, from, to }: SearchSpace,
  probe: Probe,
): Generator<number, { holds: number; fails: number } | undefined, Outcome> {
  const first = Math.min(Math.max(start, from ?? 0), to ?? start);
  const own = yield* probe(first);
  const parted = (a: number, one: Outcome, b: number, other: Outcome): { holds: number; fails: number } | undefined =>
    one === "holds" && other === "fails"
      ? { holds: a, fails: b }
      : one === "fails" && other === "holds"
        ? { holds: b, fails: a }
        : undefined;

  function* away(
    next: (value: number) => number | undefined,
  ): Generator<number, { holds: number; fails: number } | undefined, Outcome> {
    let at = first;
    for (let i = 0; i < mostSteps; i++) {
      const value = next(at);
      if (value === undefined) return undefined;
      const outcome = yield* probe(value);
      if (outcome === "refused") return yield* lastTaken(at, value);
      const ends = parted(at, own, value, outcome);
      if (ends !== undefined) return ends;
      at = value;
    }
    return undefined;
  }
  /** The language ends before `refused`: what lies just before that counts as the end of the range. */
  function* lastTaken(taken: number, refused: number): Generator<number, { holds: number; fails: number } | undefined, Outcome> {
    let [good, bad] = [taken, refused];
    for (let i = 0; i < 4 && Math.abs(bad - good) > 1; i++) {
      const middle = between(good, bad, 1);
      const outcome = yield* probe(middle);
      const ends = parted(good, own, middle, outcome);
      if (ends !== undefined) return ends;
      if (outcome === "refused") bad = middle;
      else good = middle;
    }
    return undefined;
  }
  const upwards = (): ReturnType<typeof away> =>
    away((at) => (to === undefined ? Math.max(1, at * 2) : at >= to ? undefined : to));
  const downwards = (): ReturnType<typeof away> => {
    let halved = 0;
    return away((at) => {
      if (from !== undefined) return at <= from ? undefined : from;
      halved++;
      if (at === 0) return undefined;
      return halved >= mostSteps ? 0 : Math.floor(at / 2);
    });
  };
  // More of it usually breaks more; where it is the other way round, the other end is tried too.
  return own === "fails" ? ((yield* downwards()) ?? (yield* upwards())) : ((yield* upwards()) ?? (yield* downwards()));
}

/** A value between the two, with as few digits as the step allows. */
function between(a: number, b: number, step: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  const middle = Math.floor((low + high) / 2 / step) * step;
  return middle > low && middle < high ? middle : Math.floor((low + high) / 2);
}

/** 1, 2 or 5 times a power of ten, no more than the wanted step and at least 1. */
function round125(wanted: number): number {
  let step = 1;
  for (let i = 0; ; i++) {
    const next = step * (i % 3 === 1 ? 2.5 : 2);
    if (next > wanted) return step;
    step = next;
  }
}
