/**
 * The order in which a failure is made small: big cuts first, then to a local minimum, then other ways and other weathers, then times; and
 * at the end the proof that no part can go.
 */

import type { PlannedFault } from "../../faults/fault.ts";
import { clients, fewerServers, servers } from "./cluster.ts";
import { afterTheFact, type List, pairs, roughly, singly, thin } from "./lists.ts";
import { calmer, singled } from "./noise.ts";
import type { Candidate, Place, Search } from "./search.ts";
import { merged, simplerFaults, simplerOperations, sooner, wider } from "./simpler.ts";
import { earlier, pinCrashes, tidy, toMoments, unnumbered } from "./times.ts";

/** Below this a story is short, and not worth searching other weathers for a shorter one. */
const short = { operations: 3, faults: 2 } as const;
/** With more parts than this another beginning is worth more than the ways around. */
const many = 10;
/** A beginning at which so many times the parts remain, once several at a time cannot go, is left. */
const hopeless = 2;
/** Other weathers in which the whole plan is tried, and those in which a calm network is tried for what is left of it. */
const [firstWeathers, otherWeathers] = [16, 12] as const;
/** Those in which anything else is: what is left, and does not fail in its own weather, seldom fails in another one. */
const fewWeathers = 3;
/** So many runs in other weathers may go into taking each part away once. */
const partWeathers = 100;
/** For one in which less happens, so many are tried as have this many events in all, between these bounds. */
const lastEvents = 2_500;
const [fewestLast, mostLast] = [8, 64] as const;

/** Of the budget, for what only makes the same parts plainer; and for the proof at the end that none of them can go. */
const [plainShare, endShare] = [5 / 24, 1 / 8] as const;

/**
 * On the way a part that was needed counts as needed still when others have gone: only the end asks about each of them once more, and all
 * over again whenever one could go. Everything before it spares what that takes.
 */
export function minimise(search: Search): void {
  search.sparing(plainShare + endShare, () => smaller(search));
  search.sparing(endShare, () => plainer(search));
  search.toTheEnd();
  for (let before: Candidate | undefined; before !== search.best && !search.over; ) {
    before = search.best;
    search.anew();
    singly(search, "faults");
    singly(search, "operations");
  }
}

/** Fewer parts. A plan from which not much could be taken is tried in other ways, always from the whole of it; the smallest remains. */
function smaller(search: Search): void {
  unnumbered(search);
  afterTheFact(search);
  const { place } = search;
  search.within(1 / 2, () => toLocalMinimum(search));
  if (isLong(search)) {
    search.within(1 / 6, () =>
      search.detour(() => {
        surroundings(search, firstWeathers, firstWeathers);
        toLocalMinimum(search);
      }, place),
    );
  }
  if (isLong(search)) search.within(1 / 12, () => search.detour(() => toLocalMinimum(search, ["operations", "faults"]), place));
  if (partsOf(search.best) > many) search.within(1 / 4, () => afresh(search, place));
  around(search);
  if (isLong(search)) search.within(1 / 4, () => afresh(search, place));
}

/** From the whole plan again, in other weathers: what hangs on many parts in one of them may hang on few in the next. */
function afresh(search: Search, place: Place): void {
  for (const weatherSeed of others(place.candidate.weatherSeed, firstWeathers)) {
    if (!isLong(search) || search.over) return;
    const parts = partsOf(search.best);
    search.detour(() => {
      if (!search.accepts({ ...place.candidate, weatherSeed })) return;
      search.anew();
      roughly(search, "faults");
      roughly(search, "operations");
      if (partsOf(search.best) > hopeless * parts) return;
      toLocalMinimum(search);
      around(search);
    }, place);
  }
}

/** Away from a local minimum: by ways that lead up before they lead down, or through other weathers. */
function around(search: Search): void {
  const tries = (candidate: Candidate): boolean => inSomeWeather(search, candidate, weathersFor(candidate));
  search.within(1 / 4, () => {
    while (isLong(search) && !search.over) {
      const before = search.best;
      singly(search, "faults", tries);
      singly(search, "operations", tries);
      if (search.best === before) break;
      toLocalMinimum(search);
    }
  });
  singled(search, tries);
  surroundings(search, otherWeathers, fewWeathers);
  search.detour(() => {
    wider(search);
    surroundings(search, otherWeathers, fewWeathers);
    toLocalMinimum(search);
  });
  pairs(search);
  sooner(search);
  toLocalMinimum(search);
}

/** The same parts, with less around them. */
function plainer(search: Search): void {
  toLocalMinimum(search);
  pinCrashes(search);
  shorter(search);
  tidy(search);
  // Tidying may have made a part superfluous.
  toLocalMinimum(search);
}

/**
 * A calm network and a small cluster, in whatever weather. Of use while the plan is still whole, too: as long as a lot goes wrong, most
 * failures come back somewhere, and later each part that is left hangs on all the others.
 */
function surroundings(search: Search, calm: number, few: number): void {
  calmer(search, (candidate) => inSomeWeather(search, candidate, calm));
  fewerServers(search, (candidate) => inSomeWeather(search, candidate, few));
}

/** Fewer parts until none can go; then simpler ones, which may make room for fewer. */
function toLocalMinimum(search: Search, order: readonly List[] = ["faults", "operations"]): void {
  search.anew();
  for (let before: Candidate | undefined; before !== search.best && !search.over; ) {
    before = search.best;
    fewerParts(search, order);
    merged(search);
    simplerFaults(search);
    simplerOperations(search);
  }
}

function fewerParts(search: Search, order: readonly List[]): void {
  for (let before: Candidate | undefined; before !== search.best && !search.over; ) {
    before = search.best;
    afterTheFact(search);
    for (const which of order) thin(search, which);
    clients(search);
    servers(search);
    calmer(search);
  }
}

function partsOf({ plan }: Candidate): number {
  return plan.operations.length + plan.faults.length;
}

function isLong({ best }: Search): boolean {
  const { operations, faults } = best.plan;
  return operations.length > short.operations || faults.length > short.faults;
}

/**
 * As `accepts`, also under other weathers. What is left of a plan may need another delay here or there to fail again, and the
 * weather's seed is a part of the counterexample like any other.
 */
function inSomeWeather(search: Search, candidate: Candidate, count: number): boolean {
  if (search.accepts(candidate)) return true;
  return others(search.best.weatherSeed, count).some((weatherSeed) => search.accepts({ ...candidate, weatherSeed }));
}

/** Less time and fewer events for the same parts: without the waiting in it, and in a weather in which less happens. */
function shorter(search: Search): void {
  earlier(search);
  const count = Math.max(fewestLast, Math.min(mostLast, Math.floor(lastEvents / search.run.events)));
  for (const weatherSeed of others(search.best.weatherSeed, count)) {
    const { events } = search.run;
    const less = events - 1;
    if (search.accepts({ ...search.best, weatherSeed }, less)) continue;
    // What waits for its place in the code may wait from the beginning.
    const waits = ({ fault }: PlannedFault): boolean => search.prepared.faults.get(fault)!.pin !== undefined;
    const early = search.best.plan.faults.map((fault) => (waits(fault) ? { ...fault, atUs: 0 } : fault));
    if (early.some((fault, i) => fault.atUs !== search.best.plan.faults[i]!.atUs))
      search.accepts({ ...search.with({ faults: early }), weatherSeed }, less);
  }
  toMoments(search);
  earlier(search);
}

/** The fewer parts there are, the more weathers each candidate is worth. */
function weathersFor(candidate: Candidate): number {
  return Math.max(fewWeathers, Math.min(otherWeathers, Math.floor(partWeathers / partsOf(candidate))));
}

function others(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => (first + (i + 1) * 1_000_003) % 2 ** 32);
}
