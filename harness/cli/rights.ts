/** Whether the right protocol holds where its wrong variants are looked for: else what is found would not be theirs. */

import { replayCommand } from "../report/index.ts";
import { extent } from "../run/campaign.ts";
import { readCases } from "../run/load.ts";
import type { MutantJob } from "../run/mutants.ts";
import { type Pool, runCampaign } from "../run/pool.ts";
import { type Catalogue, fullName, type Scenario } from "../scenario/index.ts";
import { out, said } from "./terminal.ts";

/** More are played only where a mutant takes more. */
const usualRuns = 300;

export class Rights {
  private readonly pool: Pool;
  private readonly catalogue: Catalogue;
  private readonly baseSeed: number;
  /** For how many runs each is known to hold. */
  private readonly known = new Map<string, number>();

  constructor(pool: Pool, catalogue: Catalogue, baseSeed: number) {
    this.pool = pool;
    this.catalogue = catalogue;
    this.baseSeed = baseSeed;
  }

  /** Whether all of them hold for as many runs as they state, and says so of each. */
  async hold(jobs: readonly MutantJob[], most: number): Promise<boolean> {
    for (const { right, protocol } of jobs) {
      if (right === undefined || this.known.has(keyOf(right))) continue;
      const runs = Math.min(usualRuns, most, extent(right).runs);
      if (!(await this.holds(right, runs))) return false;
      out(
        `${protocol} is right: ${fullName(right)} (${right.file}) holds in ${runs} runs from seed ${this.baseSeed} without any wrong variant`,
      );
    }
    return true;
  }

  /** Whether the right one holds for as many runs as it took to find the mutant. */
  async holdsFor({ right }: MutantJob, runs: number): Promise<boolean> {
    return right === undefined || this.holds(right, runs);
  }

  private async holds(right: Scenario, runs: number): Promise<boolean> {
    const before = this.known.get(keyOf(right)) ?? 0;
    if (runs <= before) return true;
    const options = { baseSeed: this.baseSeed + before, runs: runs - before, bail: true, shrink: "none" } as const;
    const [failure] = (await runCampaign(this.pool, right, this.catalogue, options)).failures;
    if (failure === undefined) {
      this.known.set(keyOf(right), runs);
      return true;
    }
    const { seed, violation } = failure;
    const told = `seed ${seed} violates ${violation.check}: ${violation.sentence}`;
    out(`no table: ${fullName(right)} fails without any wrong variant. ${told.replace("s", "S")}`);
    said(told);
    const written = readCases(right.file, this.catalogue).find((one) => keyOf(one) === keyOf(right));
    // Where it was written with a mutant there is no command that plays it without.
    if (written?.mutant === undefined)
      out(replayCommand(right.file, seed, right.case, right.strategy === written?.strategy ? undefined : right.strategy));
    return false;
  }
}

function keyOf({ file, case: own }: Scenario): string {
  return JSON.stringify([file, own]);
}
