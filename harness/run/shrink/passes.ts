/** The order in which a failure is made small: big cuts first, then to a local minimum, then other weathers, then times. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Run } from "../run.ts";
import { clients, fewerServers, servers } from "./cluster.ts";
import { afterTheFact, pairs, thin } from "./lists.ts";
import { calmer, singled } from "./noise.ts";
import type { Candidate, Search } from "./search.ts";
import { merged, simplerFaults, simplerOperations, sooner, wider } from "./simpler.ts";
import { earlier, pinCrashes, tidy, toMoments } from "./times.ts";

/** Below this a story is short, and not worth searching other weathers for a shorter one. */
const short = { operations: 3, faults: 2 } as const;
/** Other weathers in which a smaller plan is tried. */
const otherWeathers = 12;
/** Others in which the whole plan is tried in simpler surroundings. */
const firstWeathers = 16;
/** For one in which less happens, so many are tried as have this many events in all, between these bounds. */
const lastEvents = 4_000;
const [fewestLast, mostLast] = [8, 100] as const;

export function minimise(search: Search): void {
  const { place } = search;
  search.within(1 / 3, () => toLocalMinimum(search));
  if (isLong(search)) {
    search.within(1 / 3, () =>
      search.detour(() => {
        surroundings(search, firstWeathers);
        toLocalMinimum(search);
      }, place),
    );
  }
  while (isLong(search) && !search.over) {
    const before = search.best;
    const tries = (candidate: Candidate): boolean => inSomeWeather(search, candidate, otherWeathers);
    thin(search, "faults", tries);
    thin(search, "operations", tries);
    if (search.best === before) break;
    toLocalMinimum(search);
  }
  singled(search, (candidate) => inSomeWeather(search, candidate, otherWeathers));
  surroundings(search, otherWeathers);
  search.detour(() => {
    wider(search);
    surroundings(search, otherWeathers);
    toLocalMinimum(search);
  });
  pairs(search);
  sooner(search);
  toLocalMinimum(search);
  pinCrashes(search);
  shorter(search);
  tidy(search);
  // Tidying may have made a part superfluous.
  toLocalMinimum(search);
  search.toTheEnd();
  thin(search, "faults");
  thin(search, "operations");
}

/**
 * A calm network and a small cluster, in whatever weather. Of use while the plan is still whole, too: as long as a lot goes wrong, most
 * failures come back somewhere, and later each part that is left hangs on all the others.
 */
function surroundings(search: Search, weathers: number): void {
  const tries = (candidate: Candidate): boolean => inSomeWeather(search, candidate, weathers);
  calmer(search, tries);
  fewerServers(search, tries);
}

/** Fewer parts until none can go; then simpler ones, which may make room for fewer. */
function toLocalMinimum(search: Search): void {
  for (let before: Candidate | undefined; before !== search.best && !search.over; ) {
    before = search.best;
    fewerParts(search);
    merged(search);
    simplerFaults(search);
    simplerOperations(search);
  }
}

function fewerParts(search: Search): void {
  for (let before: Candidate | undefined; before !== search.best && !search.over; ) {
    before = search.best;
    afterTheFact(search);
    thin(search, "faults");
    thin(search, "operations");
    clients(search);
    servers(search);
    calmer(search);
  }
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
    const less = (run: Run): boolean => run.events < events;
    if (search.accepts({ ...search.best, weatherSeed }, less)) continue;
    // What waits for its place in the code may wait from the beginning.
    const waits = ({ fault }: PlannedFault): boolean => search.prepared.faults.get(fault)!.pin !== undefined;
    const early = search.best.plan.faults.map((fault) => (waits(fault) ? { ...fault, atUs: 0 } : fault));
    if (early.some((fault, i) => fault.atUs !== search.best.plan.faults[i]!.atUs))
      search.accepts({ ...search.with({ faults: early }), weatherSeed }, less);
  }
  toMoments(search, others(search.best.weatherSeed, otherWeathers));
  earlier(search);
}

function others(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => (first + (i + 1) * 1_000_003) % 2 ** 32);
}
