/** All strategies by their names, and the plan of a seed by the strategy of its scenario. */

import type { StrategyName } from "../../scenario/index.ts";
import type { Plan } from "../../scenario/scenario.ts";
import { Chance } from "./chance.ts";
import { coverage } from "./coverage.ts";
import { crashPoints, pointsOfARun } from "./crash-points.ts";
import { exhaustive, exhaustiveRoot } from "./exhaustive.ts";
import { fates } from "./fates.ts";
import { mixture } from "./mixture.ts";
import { places } from "./places.ts";
import { pct, pos } from "./priorities.ts";
import type { Site, Strategy } from "./strategy.ts";
import { swarm } from "./swarm.ts";

/** Makes the plans of a scenario. */
export interface Planner {
  plan(seed: number): Plan;
  /** How much of all that there is these runs have gone through, in words; only where that is known. */
  covered?(baseSeed: number, runs: number): string;
}

const transforms = {
  random: () => (plan) => plan,
  swarm,
  places,
  fates,
  pct,
  pos,
  mixture,
  "crash-points": crashPoints,
} satisfies Readonly<Record<Exclude<StrategyName, "coverage" | "exhaustive">, Strategy>>;

/** `drawn` is the plan that the scenario itself draws for a seed. */
export function planner(name: StrategyName, site: Site, drawn: (seed: number) => Plan): Planner {
  if (name === "exhaustive") {
    const { plan, covered } = exhaustive(site, () => drawn(exhaustiveRoot));
    return { plan: (seed) => plan(drawn(seed), new Chance(name, seed), seed), covered };
  }
  const transform = name === "coverage" ? coverage(site, drawn, mixture(site)) : transforms[name](site);
  return { plan: (seed) => transform(drawn(seed), new Chance(name, seed), seed) };
}

/** The seed that chance is rooted in: what is tried in the same run again and again shares its plan and its weather. */
export function strategyRoot(name: StrategyName, seed: number): number {
  if (name === "exhaustive") return exhaustiveRoot;
  return name === "crash-points" ? Math.floor((seed - 1) / pointsOfARun) + 1 : seed;
}

/** Whether its runs hold other faults than those that come again and again. */
export function replacesFaults(name: StrategyName): boolean {
  return name === "exhaustive" || name === "crash-points";
}
