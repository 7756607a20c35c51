/** seedquake show: a case, or one run with everything drawn, as a file of its own. */

import { Option } from "commander";
import { catalogueFor, readScenario, readText } from "../run/load.ts";
import { prepare, rootSeed } from "../run/once.ts";
import { asExplicit, fullName, type StrategyName, writeCase, writeExplicit } from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { caseOption, count, strategyOption, usualSeed, withStrategy } from "./options.ts";
import { exit } from "./terminal.ts";

interface ShowFlags {
  readonly explicit?: boolean;
  readonly case?: string;
  readonly strategy?: StrategyName;
  readonly seed: number;
}

export const add: Add = (cli, end) => {
  cli
    .command("show")
    .description("a case written out as a file of its own; or one run with everything drawn, as a file that replays by itself")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption())
    .addOption(strategyOption())
    .addOption(new Option("--seed <n>", "the run").argParser(count("--seed", 0)).default(usualSeed))
    .option("--explicit", "the run of this seed, with everything that was drawn")
    .addHelpText(
      "after",
      `
Examples:
  seedquake show scenarios/raft-partitioned-leader.yaml --case reads-locally
  seedquake show scenarios/raft-harsh.yaml --explicit --seed 408 > story.yaml`,
    )
    .action(async (file: string, flags: ShowFlags) => end(await show(file, flags)));
};

async function show(file: string, flags: ShowFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = withStrategy(readScenario(file, catalogue, flags.case), flags.strategy);
  if (flags.explicit !== true) {
    process.stdout.write(writeCase(readText(file), scenario.case));
    return exit.asExpected;
  }
  const seed = scenario.explicit?.seed ?? flags.seed;
  const explicit = asExplicit(scenario, rootSeed(scenario, seed), prepare(scenario, catalogue).plan(seed), catalogue);
  process.stdout.write(writeExplicit(explicit, catalogue, [`${fullName(scenario)}, seed ${seed}`]));
  return exit.asExpected;
}
