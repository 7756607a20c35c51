/** The usual way: each run by some of the strategies on top of each other, with weights that were measured (`seedquake mutants --compare`). */

import { places } from "./places.ts";
import { pct, pos } from "./priorities.ts";
import type { Strategy } from "./strategy.ts";
import { swarm } from "./swarm.ts";

export const mixture: Strategy = (site) => {
  const [crowds, placed, chains, races] = [swarm(site), places(site), pct(site), pos(site)];
  return (plan, chance, seed) => {
    // Some runs stay as the scenario draws them: whoever wrote it had something in mind.
    if (chance.odds(5)) return plan;
    let made = crowds(plan, chance, seed);
    if (chance.odds(75)) made = placed(made, chance, seed);
    const weather = chance.between(0, 99);
    if (weather < 30) made = chains(made, chance, seed);
    else if (weather < 40) made = races(made, chance, seed);
    return made;
  };
};
