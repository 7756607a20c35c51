/** seedquake list: the scenarios of a folder, and the protocols, workloads and faults that there are. */

import { nameWidth } from "../report/index.ts";
import { catalogueFor, findScenarioFiles, readScenarios } from "../run/load.ts";
import { type Add, registry } from "./command.ts";
import { complain, exit, out } from "./terminal.ts";

export const add: Add = (cli, end) => {
  cli
    .command("list")
    .description("the scenarios of a folder, and the protocols, workloads and faults that there are")
    .argument("[paths...]", "files, folders or globs", ["scenarios"])
    .addHelpText("after", "\nExamples:\n  seedquake list\n  seedquake list scenarios/mutants")
    .action(async (paths: string[]) => end(await list(paths)));
};

async function list(paths: string[]): Promise<number> {
  const files = findScenarioFiles(paths);
  const catalogue = await catalogueFor(registry, files);
  const { scenarios, problems } = readScenarios(files, catalogue);
  const named = scenarios.map((scenario) => [
    `${scenario.file}${scenario.case === undefined ? "" : ` ${scenario.case}`}`,
    scenario.description,
  ]);
  const width = nameWidth(named.map(([name]) => name!));
  out("scenarios");
  for (const [name, description] of named) out(`  ${name!.padEnd(width)}  ${description}`);
  out("protocols");
  for (const { name, description, mutants: wrong } of catalogue.protocols) {
    out(`  ${name.padEnd(width)}  ${description}`);
    for (const mutant of wrong)
      out(`    ${`${mutant.name}${mutant.id === undefined ? "" : ` (${mutant.id})`}`.padEnd(width)}  ${mutant.breaks}`);
  }
  out("workloads");
  for (const { name, doc } of catalogue.workloads) out(`  ${name.padEnd(width)}  ${doc}`);
  out("faults");
  for (const { word, doc } of catalogue.faults) out(`  ${word.padEnd(width)}  ${doc}`);
  for (const problem of problems) complain(problem);
  return problems.length > 0 ? exit.usage : exit.asExpected;
}
