/** seedquake replay: one run again, with its trace, judged as `run` judges it. */

import { Option } from "commander";
import { runCosts } from "../report/costs.ts";
import { inFolder, tellRun, timeline } from "../report/index.ts";
import { ensureWritable, writeRun } from "../report/write.ts";
import { isExpected } from "../run/campaign.ts";
import { catalogueFor, readRecorded, readScenario } from "../run/load.ts";
import { metricsOf } from "../run/metrics.ts";
import { Pool } from "../run/pool.ts";
import { type Add, registry } from "./command.ts";
import { caseOption, count, outOption } from "./options.ts";
import { setting } from "./setting.ts";
import { complain, exit, out, paint } from "./terminal.ts";
import { UsageError } from "./usage.ts";

interface ReplayFlags {
  readonly seed?: number;
  readonly case?: string;
  readonly out: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("replay")
    .description("one run again, with its trace: a scenario and a seed, or a counterexample.yaml")
    .argument("<scenario>", "a scenario or a counterexample")
    .addOption(new Option("--seed <n>", "the seed (a counterexample carries its own)").argParser(count("--seed", 0)))
    .addOption(caseOption())
    .addOption(outOption())
    .addHelpText(
      "after",
      `
Examples:
  seedquake replay scenarios/mutants/raft-vote-not-persisted.yaml --seed 408
  seedquake replay scenarios/raft-partitioned-leader.yaml --case reads-locally --seed 3
  seedquake replay reports/mutants-raft-vote-not-persisted-408/counterexample.yaml`,
    )
    .action(async (file: string, flags: ReplayFlags) => end(await replay(file, flags)));
};

async function replay(file: string, flags: ReplayFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = readScenario(file, catalogue, flags.case);
  const seed = scenario.explicit?.seed ?? flags.seed;
  if (seed === undefined)
    throw new UsageError(`${file}: expected --seed <n>, as this scenario draws its runs from seeds; found none`);
  if (scenario.explicit !== undefined && flags.seed !== undefined && flags.seed !== seed) {
    throw new UsageError(`${file}: it carries its own seed ${seed}; leave --seed ${flags.seed} away`);
  }
  ensureWritable(flags.out);
  const pool = new Pool({ workers: 1, registry, own: catalogue.own });
  try {
    const [bare] = await pool.batch({ kind: "batch", scenario, firstSeed: seed, count: 1, bail: false, twice: false });
    const traced = await pool.trace(scenario, seed);
    const how = setting(catalogue, flags.out);
    const alone = tellRun(scenario, traced);
    // Beside the report of the campaign that found it, never in its place.
    const told = { ...alone, folder: `${alone.folder}.replay` };
    for (const line of timeline(traced, scenario, how.words(scenario.workload.name))) out(line);
    out("");
    const { violation } = bare!;
    if (violation !== undefined) out(`${paint("red", `${violation.check} is violated`)}: ${violation.sentence}`);
    else
      out(
        bare!.verdict === "valid"
          ? `${paint("green", "valid")}: nothing was violated`
          : `${paint("yellow", "unknown")}: ${bare!.unknown}`,
      );
    out(`seed ${seed}, digest ${bare!.digest}, ${bare!.events} events, ${traced.trace.length} records`);
    out(runCosts(metricsOf(traced.trace, traced.history, traced.samples, traced.virtualUs)));
    writeRun(flags.out, told, how);
    out(`report ${inFolder(how.out, told.folder, "report.html")}`);
    if (traced.digest !== bare!.digest) {
      complain(`the run with its trace has another digest (${traced.digest}): that is a fault of seedquake's own`);
      return exit.ours;
    }
    const recorded = readRecorded(file, scenario, seed, flags.out);
    if (recorded !== undefined && recorded.digest !== bare!.digest) {
      complain(
        `${recorded.where} records the digest ${recorded.digest} for this run, and it is ${bare!.digest} now: the protocol, the scenario or seedquake has changed since; a counterexample.yaml keeps its plan through such changes`,
      );
      return exit.undecided;
    }
    if (recorded !== undefined) out(`the digest is the one in ${recorded.where}`);
    if (violation !== undefined) return isExpected(scenario, violation) ? exit.asExpected : exit.violation;
    if (scenario.expect.kind === "violation") {
      complain(`expected a violation of ${scenario.expect.check}, and this run has none`);
      return exit.violation;
    }
    return bare!.verdict === "valid" ? exit.asExpected : exit.undecided;
  } finally {
    await pool.close();
  }
}
