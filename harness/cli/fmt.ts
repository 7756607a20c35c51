/** seedquake fmt: scenario files in one layout. */

import { findScenarioFiles, readText, writeText } from "../run/load.ts";
import { formatScenario } from "../scenario/index.ts";
import type { Add } from "./command.ts";
import { exit, out } from "./terminal.ts";

export const add: Add = (cli, end) => {
  cli
    .command("fmt")
    .description("brings scenario files into one layout; comments stay")
    .argument("<paths...>", "files, folders or globs")
    .option("--check", "write nothing; exit 1 when a file would change")
    .addHelpText("after", "\nExamples:\n  seedquake fmt scenarios\n  seedquake fmt scenarios --check")
    .action((paths: string[], flags: { check?: boolean }) => end(fmt(paths, flags)));
};

function fmt(paths: string[], flags: { check?: boolean }): number {
  const changed = findScenarioFiles(paths).filter((file) => {
    const text = readText(file);
    const tidy = formatScenario(text, file);
    if (tidy !== text && flags.check !== true) writeText(file, tidy);
    return tidy !== text;
  });
  for (const file of changed) out(flags.check === true ? `${file}: would be laid out in another way` : file);
  return flags.check === true && changed.length > 0 ? exit.violation : exit.asExpected;
}
