/** seedquake why: a scenario in plain English. */

import { catalogueFor, readCases, readScenario } from "../run/load.ts";
import { fullName, why } from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { caseOption } from "./options.ts";
import { exit, out, paint } from "./terminal.ts";

export const add: Add = (cli, end) => {
  cli
    .command("why")
    .description("a scenario in plain English: what happens, what judges it, what it would prove")
    .argument("<scenario>", "a scenario")
    .addOption(caseOption())
    .addHelpText("after", "\nExamples:\n  seedquake why scenarios/raft-harsh.yaml")
    .action(async (file: string, flags: { case?: string }) => end(await whyOf(file, flags)));
};

async function whyOf(file: string, flags: { case?: string }): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const all = flags.case === undefined ? readCases(file, catalogue) : [readScenario(file, catalogue, flags.case)];
  out(
    all
      .map((scenario) => `${paint("bold", fullName(scenario))}: ${scenario.description}\n${why(scenario, catalogue)}`)
      .join("\n\n"),
  );
  return exit.asExpected;
}
