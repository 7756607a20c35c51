/** seedquake points: the moments that a run reaches, for when, before and after. */

import { Option } from "commander";
import { catalogueFor, readScenario } from "../run/load.ts";
import { prepare, runTraced } from "../run/once.ts";
import { pointLines, points } from "../run/points.ts";
import { type Add, registry } from "./command.ts";
import { caseOption, count, usualSeed } from "./options.ts";
import { exit, out } from "./terminal.ts";

interface PointsFlags {
  readonly case?: string;
  readonly seed: number;
}

export const add: Add = (cli, end) => {
  cli
    .command("points")
    .description("every moment that a run reaches, to be named under when, before and after")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption())
    .addOption(new Option("--seed <n>", "the run").argParser(count("--seed", 0)).default(usualSeed))
    .addHelpText("after", "\nExamples:\n  seedquake points scenarios/raft-calm.yaml")
    .action(async (file: string, flags: PointsFlags) => end(await pointsOf(file, flags)));
};

async function pointsOf(file: string, flags: PointsFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = readScenario(file, catalogue, flags.case);
  const seed = scenario.explicit?.seed ?? flags.seed;
  // A dry run: without its faults, which are to be placed.
  const { trace } = runTraced(prepare({ ...scenario, faults: [] }, catalogue), seed);
  for (const line of pointLines(points(trace), [...scenario.servers.map(({ id }) => id), ...scenario.clients])) out(line);
  return exit.asExpected;
}
