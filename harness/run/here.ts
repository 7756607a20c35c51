/** A campaign in this thread, for tests and for users of the library: the same result as the pool's, without its watchdog. */

import type { Catalogue } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { alike, extent, isExpected, Tally } from "./campaign.ts";
import { prepare, runOnce } from "./once.ts";
import type { Campaign } from "./run.ts";
import { shrinkBudget } from "./shrink.ts";
import { distinctBugs, worthTelling } from "./signature.ts";
import { Workshop } from "./work.ts";

export interface HereOptions {
  /** Default 1. */
  readonly baseSeed?: number;
  /** Instead of the scenario's own number. */
  readonly runs?: number;
  /** End at the first violation. */
  readonly bail?: boolean;
  /** Runs that shrinking may take for each kind of violation; 0 leaves the plans as they are. */
  readonly shrinkBudget?: number;
}

/** Runs a scenario's seeds one after the other, and shrinks the lowest failing seed of each kind of violation. */
export function runHere(scenario: Scenario, catalogue: Catalogue, options: HereOptions = {}): Campaign {
  const baseSeed = scenario.from ?? scenario.explicit?.seed ?? options.baseSeed ?? 1;
  const usual = extent(scenario);
  const most = scenario.explicit === undefined && scenario.from === undefined ? (options.runs ?? usual.runs) : usual.runs;
  const bail = usual.bail || options.bail === true;
  const prepared = prepare(scenario, catalogue);
  const tally = new Tally(prepared, baseSeed);
  for (let i = 0; i < most && !(bail && tally.invalid > 0) && !tally.exhausted; i++) tally.add(runOnce(prepared, baseSeed + i));
  const workshop = new Workshop(catalogue);
  const failures = worthTelling(tally.kinds).map(({ first, others, count }) => ({
    ...workshop.failure({
      kind: "failure",
      scenario,
      run: first,
      budget: options.shrinkBudget ?? shrinkBudget(isExpected(scenario, first.violation!)),
    }),
    ...alike({ others, count }),
  }));
  return tally.campaign(distinctBugs(failures), false, { wallMs: 0, workers: 0 });
}
