/** --save: a failure becomes a file under scenarios/regressions/ and a line in the suite that runs first from then on. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderName } from "../report/index.ts";
import { isExpected } from "../run/campaign.ts";
import { readText, writeText } from "../run/load.ts";
import type { Campaign, Run, Violation } from "../run/run.ts";
import { type Catalogue, flow, fullName, type Scenario, withRegression, writeExplicit } from "../scenario/index.ts";
import { UsageError } from "./usage.ts";

/** The suite, and the folder beside it. */
const suite = "scenarios/regressions.yaml";
const folder = "regressions";

export interface Saved {
  readonly file: string;
  readonly suite: string;
}

/** Keeps what a suite found, but for what it expected to find; says so in a line each. */
export function saveFailures(campaigns: readonly Campaign[], catalogue: Catalogue): readonly string[] {
  return campaigns.flatMap(({ scenario, failures }) =>
    failures
      .filter(({ violation }) => !isExpected(scenario, violation) && scenario.regression !== true)
      .map(({ scenario: explicit, violation, seed, run }) => {
        const name = folderName(scenario, seed);
        if (existsSync(regressionFile(name))) return `${regressionFile(name)} is there already`;
        const was = `${violation.check} at seed ${seed} of ${fullName(scenario)}`;
        const { file } = saveRegression(name, explicit, { violation, goals: run.goals, was }, catalogue);
        return `saved as ${file}, to be run first from now on (${suite})`;
      }),
  );
}

function regressionFile(name: string): string {
  return join(dirname(suite), folder, `${name}.yaml`).replaceAll("\\", "/");
}

/** `explicit`: the run that failed, with everything drawn. @throws UsageError when there is another of this name. */
export function saveRegression(
  name: string,
  explicit: Scenario,
  { violation, goals, was }: { readonly violation: Violation; readonly goals: Run["goals"]; readonly was: string },
  catalogue: Catalogue,
): Saved {
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name))
    throw new UsageError(`--save ${name}: expected a name of letters, digits, dots and dashes, such as issue-521`);
  const file = regressionFile(name);
  if (existsSync(file)) throw new UsageError(`--save ${name}: ${file} is there already; choose another name, or remove it`);
  mkdirSync(dirname(file), { recursive: true });
  writeText(file, writeExplicit(explicit, catalogue, [`${violation.check} was violated: ${violation.sentence}`]));
  const fields = {
    file: `${folder}/${name}.yaml`,
    seed: explicit.explicit!.seed,
    ...(goals.length === 0 ? {} : { reach: goals }),
    was,
    // A planted bug stays: the file goes on expecting it.
    ...(explicit.mutant === undefined ? {} : { expect: "as-written" }),
  };
  const before = existsSync(suite) ? readText(suite) : undefined;
  writeText(suite, withRegression(before, flow(fields)));
  return { file, suite };
}
