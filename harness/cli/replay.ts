/** seedquake replay: one run again, with its trace, judged as `run` judges it. */

import { Option } from "commander";
import { runCosts } from "../report/costs.ts";
import { inFolder, type LogLevel, prettyLog, tellRun, timeline, whyLines } from "../report/index.ts";
import { ensureWritable, writeRun } from "../report/write.ts";
import { isExpected } from "../run/campaign.ts";
import { catalogueFor, readRecorded, readScenario } from "../run/load.ts";
import { metricsOf } from "../run/metrics.ts";
import { prepare, rootSeed } from "../run/once.ts";
import { Pool } from "../run/pool.ts";
import type { Run } from "../run/run.ts";
import { asExplicit, fullName, mutationExpected, type Scenario, type StrategyName } from "../scenario/index.ts";
import { parseMutation } from "../sim/index.ts";
import { type Add, registry } from "./command.ts";
import { caseOption, count, futuresOption, logLevelOption, outOption, strategyOption, withStrategy } from "./options.ts";
import { saveRegression } from "./save.ts";
import { setting } from "./setting.ts";
import { complain, exit, out, paint, said } from "./terminal.ts";
import { replayUntil } from "./until.ts";
import { UsageError } from "./usage.ts";

interface ReplayFlags {
  readonly seed?: number;
  readonly case?: string;
  readonly strategy?: StrategyName;
  readonly mutation?: string;
  readonly out: string;
  /** From each side of the point of no return. */
  readonly futures?: number;
  readonly logLevel?: LogLevel;
  readonly until?: string;
  readonly inspectBrk?: string | true;
  readonly save?: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("replay")
    .description("one run again, with its trace: a scenario and a seed, or a counterexample.yaml")
    .argument("<scenario>", "a scenario or a counterexample")
    .addOption(new Option("--seed <n>", "the seed (a counterexample carries its own)").argParser(count("--seed", 0)))
    .addOption(caseOption())
    .addOption(strategyOption())
    .option("--save <name>", "keep a violation as scenarios/regressions/<name>.yaml, with a line in the suite that runs first")
    .option("--mutation <id>", "with a bug planted, as `seedquake mutate` names it")
    .addOption(futuresOption())
    .addOption(outOption())
    .addOption(
      logLevelOption("show what the nodes logged, from this level on, instead of the timeline; run.log begins there too"),
    )
    .option(
      "--until <moment>",
      "stop there: a record's number in trace.jsonl (812), or virtual time (812ms), and show every node's state",
    )
    .option(
      "--inspect-brk [address]",
      "with --until: wait for a debugger, and stop it before the handler of that moment is called",
    )
    .addHelpText(
      "after",
      `
Examples:
  seedquake replay scenarios/mutants/raft-vote-not-persisted.yaml --seed 408
  seedquake replay scenarios/raft-partitioned-leader.yaml --case reads-locally --seed 3
  seedquake replay scenarios/raft-partitioned-leader.yaml --case reads-locally --seed 3 --log-level warn
  seedquake replay reports/raft-harsh-408/counterexample.yaml --until 386.2ms
  seedquake replay reports/raft-harsh-408/counterexample.yaml --until 812 --inspect-brk
  seedquake replay reports/mutants-raft-vote-not-persisted-408/counterexample.yaml`,
    )
    .action(async (file: string, flags: ReplayFlags) => end(await replay(file, flags)));
};

/** Only what is written out has parts that can be left out, and what does not repeat itself has no futures. */
function explained({ explicit }: Scenario, { violation }: Run): boolean {
  const { check } = violation ?? {};
  return explicit !== undefined && check !== undefined && check !== "determinism" && check !== "async";
}

function mutated(scenario: Scenario, mutation: string | undefined): Scenario {
  if (mutation === undefined) return scenario;
  if (parseMutation(mutation) === undefined) throw new UsageError(`--mutation ${mutation}: ${mutationExpected}`);
  return { ...scenario, mutation };
}

async function replay(file: string, flags: ReplayFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const scenario = withStrategy(mutated(readScenario(file, catalogue, flags.case), flags.mutation), flags.strategy);
  const seed = scenario.explicit?.seed ?? flags.seed;
  if (seed === undefined)
    throw new UsageError(`${file}: expected --seed <n>, as this scenario draws its runs from seeds; found none`);
  if (scenario.explicit !== undefined && flags.seed !== undefined && flags.seed !== seed) {
    throw new UsageError(`${file}: it carries its own seed ${seed}; leave --seed ${flags.seed} away`);
  }
  if (flags.until !== undefined) return await replayUntil(scenario, seed, catalogue, flags.until, flags.inspectBrk);
  if (flags.inspectBrk !== undefined)
    throw new UsageError(
      "--inspect-brk: expected --until <moment> beside it, which says where the debugger is to stop; found none",
    );
  ensureWritable(flags.out);
  const pool = new Pool({ workers: 1, registry, own: catalogue.own });
  try {
    const bare = await pool.run(scenario, seed);
    const traced = await pool.trace(scenario, seed);
    const { logLevel } = flags;
    const how = { ...setting(catalogue, flags.out), ...(logLevel === undefined ? {} : { logLevel }) };
    const alone = tellRun(scenario, traced);
    const futures = flags.futures === undefined ? {} : { futures: flags.futures };
    const why = explained(scenario, bare) ? await pool.why({ kind: "why", scenario, ...futures }) : {};
    // Beside the report of the campaign that found it, never in its place.
    const told = { ...alone, folder: `${alone.folder}.replay`, why };
    const shown =
      logLevel === undefined
        ? timeline(traced, scenario, how.words(scenario.workload.name))
        : prettyLog(traced, logLevel, how.paint);
    for (const line of shown) out(line);
    out("");
    const { violation } = bare;
    said(violation === undefined ? (bare.unknown ?? "") : `seed ${seed} violates ${violation.check}: ${violation.sentence}`);
    if (violation !== undefined) out(`${paint("red", `${violation.check} is violated`)}: ${violation.sentence}`);
    else
      out(
        bare.verdict === "valid"
          ? `${paint("green", "valid")}: nothing was violated`
          : `${paint("yellow", "unknown")}: ${bare.unknown}`,
      );
    for (const line of whyLines(why, traced)) out(line);
    if (flags.save !== undefined) {
      if (violation === undefined)
        throw new UsageError(`--save ${flags.save}: expected a run that violates something, found none at seed ${seed}`);
      const root = rootSeed(scenario, seed);
      const explicit =
        scenario.explicit === undefined
          ? asExplicit(scenario, root, prepare(scenario, catalogue).plan(seed), catalogue)
          : scenario;
      const was = `${violation.check} at seed ${seed} of ${fullName(scenario)}`;
      const saved = saveRegression(flags.save, explicit, { violation, goals: traced.goals, was }, catalogue);
      out(`saved as ${saved.file}, to be run first from now on (${saved.suite})`);
    }
    out(`seed ${seed}, digest ${bare.digest}, ${bare.events} events, ${traced.trace.length} records`);
    out(runCosts(metricsOf(traced.trace, traced.history, traced.samples, traced.virtualUs)));
    writeRun(flags.out, told, how);
    out(`report ${inFolder(how.out, told.folder, "report.html")}`);
    if (traced.digest !== bare.digest) {
      complain(`the run with its trace has another digest (${traced.digest}): that is a fault of seedquake's own`);
      return exit.ours;
    }
    const mutation = flags.mutation === undefined ? undefined : parseMutation(flags.mutation);
    if (mutation !== undefined && violation === undefined) {
      const { executed } = await pool.trial({ kind: "trial", scenario, mutation, seeds: [seed], digests: [bare.digest] });
      if (executed === 0) {
        complain(
          `--mutation ${flags.mutation}: nothing in this run came by it, so it was the protocol as it is; take another seed, or copy the name anew from score.md, as lines move`,
        );
        return exit.undecided;
      }
    }
    // What an earlier report holds for this seed is the run without it.
    const recorded = flags.mutation === undefined ? readRecorded(file, scenario, seed, flags.out) : undefined;
    if (recorded !== undefined && recorded.digest !== bare.digest) {
      complain(
        `${recorded.where} records the digest ${recorded.digest} for this run, and it is ${bare.digest} now: the protocol, the scenario or seedquake has changed since; a counterexample.yaml keeps its plan through such changes`,
      );
      return exit.undecided;
    }
    if (recorded !== undefined) out(`the digest is the one in ${recorded.where}`);
    if (violation !== undefined) return isExpected(scenario, violation) ? exit.asExpected : exit.violation;
    if (scenario.expect.kind === "violation") {
      complain(`expected a violation of ${scenario.expect.check}, and this run has none`);
      return exit.violation;
    }
    return bare.verdict === "valid" ? exit.asExpected : exit.undecided;
  } finally {
    await pool.close();
  }
}
