/**
 * What a strategy is: it makes the plan of a seed. Everything it does stands in the plan as ordinary items, so that replay, explicit
 * files, shrinking and shards know nothing of it, and a counterexample replays without it.
 *
 * A strategy changes how likely a schedule is, never which there are: it may leave out and move occurrences of what comes `every` so often,
 * draw their parts again as their items say, and choose within the network's own weather. What stands at a time or a moment, stays.
 */

import type { PlanSource } from "../../scenario/index.ts";
import type { Plan, Scenario } from "../../scenario/scenario.ts";
import type { Scout } from "../../sim/index.ts";
import type { Chance } from "./chance.ts";
import type { Profile } from "./profile.ts";

/** What a strategy may know of the scenario. */
export interface Site {
  readonly scenario: Scenario;
  readonly source: PlanSource;
  /** What handlers and effects there are; made at the first call, from a few dry runs of the right protocol. */
  profile(): Profile;
  /** Runs a plan under a seed's weather, with the code that is under test. */
  dry(seed: number, plan: Plan, scout: Scout): void;
}

/** Makes a plan of the one that the scenario draws for this seed. */
export type Transform = (plan: Plan, chance: Chance, seed: number) => Plan;

/** Made once a scenario. */
export type Strategy = (site: Site) => Transform;
