/** The usual way: each run by some of the strategies on top of each other, with weights that were measured (`seedquake mutants --compare`). */

import { fates } from "./fates.ts";
import { places } from "./places.ts";
import { pct, pos } from "./priorities.ts";
import type { Strategy } from "./strategy.ts";
import { briefly, type Crowd, crowds } from "./swarm.ts";

/** Faults as long as the scenario draws them find what short ones hide, and let less work get done: so not every run has them. */
const long: Crowd = { leftOut: 0, asDrawn: 30, short: false };

export const mixture: Strategy = (site) => {
  const [placed, fated, chains, races] = [places(site), fates(site), pct(site), pos(site)];
  return (plan, chance, seed) => {
    // Some runs stay as the scenario draws them: whoever wrote it had something in mind.
    if (chance.odds(5)) return plan;
    let made = crowds(site, plan, chance, chance.odds(25) ? long : briefly);
    if (chance.odds(60)) made = fated(made, chance, seed);
    if (chance.odds(65)) made = placed(made, chance, seed);
    const weather = chance.between(0, 99);
    if (weather < 15) made = chains(made, chance, seed);
    else if (weather < 25) made = races(made, chance, seed);
    return made;
  };
};
