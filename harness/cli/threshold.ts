/** seedquake threshold: the smallest duration, rate or number that breaks a scenario, by bisection. */

import { Option } from "commander";
import { folderName, inFolder, tellFailures } from "../report/index.ts";
import {
  type ThresholdReport,
  type Tried,
  thresholdJson,
  thresholdSentences,
  thresholdText,
  triedLines,
  valueText,
} from "../report/threshold.ts";
import { replayOf } from "../report/told.ts";
import { ensureWritable, writePage, writeReports } from "../report/write.ts";
import { catalogueFor, readScenario, readText } from "../run/load.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import type { Campaign } from "../run/run.ts";
import { type Outcome, search } from "../run/threshold.ts";
import {
  type Amount,
  amountAt,
  fullName,
  loadScenario,
  readSize,
  type Scenario,
  ScenarioError,
  spread,
  withAmount,
} from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { caseOption, count, outOption, seed, usualSeed, workersOption } from "./options.ts";
import { setting } from "./setting.ts";
import { exit, out, paint, said } from "./terminal.ts";
import { UsageError } from "./usage.ts";

interface ThresholdFlags {
  readonly over: string;
  readonly from?: string;
  readonly to?: string;
  readonly precision?: string;
  readonly runs?: number;
  readonly seed: number;
  readonly case?: string;
  readonly workers: number;
  readonly out: string;
}

export const add: Add = (cli, end) => {
  cli
    .command("threshold")
    .description("the smallest duration, rate or number that breaks a scenario, by bisection, with the runs behind it")
    .argument("<scenario>", "a scenario")
    .requiredOption("--over <path>", "what is varied: nap.for, skewed.drift, workload.lease, options.heartbeat")
    .option("--from <value>", "the least value (default: found by halving the scenario's own)")
    .option("--to <value>", "the greatest value (default: found by doubling)")
    .option("--precision <value>", "how far apart the two ends may be (default: a hundredth)")
    .addOption(new Option("--runs <n>", "runs a value, instead of the scenario's own number").argParser(count("--runs", 1)))
    .addOption(
      new Option("--seed <n>", "first seed, the same for each value; `random` draws one").argParser(seed).default(usualSeed),
    )
    .addOption(caseOption())
    .addOption(workersOption())
    .addOption(outOption())
    .addHelpText(
      "after",
      `
Whatever is violated counts as broken. Exit status: 0 a threshold was found, 3 there is none in the range.

Examples:
  seedquake threshold scenarios/lock-redis-nap.yaml --case owner-checked --over nap.for
  seedquake threshold scenarios/redlock-drift.yaml --case beyond-it --over fast.drift --runs 500
  seedquake threshold scenarios/redlock-drift.yaml --case beyond-it --over workload.lease --from 100ms --to 20s`,
    )
    .action(async (file: string, flags: ThresholdFlags) => end(await threshold(file, flags)));
};

async function threshold(file: string, flags: ThresholdFlags): Promise<number> {
  const catalogue = await catalogueFor(registry, [file]);
  const base = readScenario(file, catalogue, flags.case);
  if (base.explicit !== undefined)
    throw new UsageError(
      `${file}: expected a scenario that draws its runs, found an explicit one (format: 1); name the scenario it came from`,
    );
  const text = readText(file);
  const parts = spread(text, file, base.case, catalogue);
  const amount = amountAt(parts.amounts, flags.over);
  if (typeof amount === "string") throw new UsageError(`--over ${flags.over}: ${amount}`);
  const space = spaceOf(amount, flags);
  ensureWritable(flags.out);

  const runs = flags.runs ?? base.runs;
  const folder = `threshold-${folderName(base, flags.seed).replace(/-\d+$/, "")}-${amount.path.replace(/[^\w.-]+/g, "-")}`;
  const written = inFolder(flags.out.replaceAll("\\", "/"), folder, "fails.yaml");
  const at = (value: number): { readonly text: string; readonly scenario: Scenario } => {
    const varied = withAmount(parts, amount, value);
    const { case: _case, ...scenario } = loadScenario(varied, file, catalogue);
    // What many runs must show says nothing about where it breaks.
    return { text: varied, scenario: { ...scenario, expect: { kind: "valid" }, require: { answeredPpm: 0 }, reach: [], runs } };
  };
  const pool = new Pool({ workers: flags.workers, registry, own: catalogue.own });
  const campaign = (scenario: Scenario, shrink: "first" | "none"): Promise<Campaign> =>
    runCampaign(pool, scenario, catalogue, { baseSeed: flags.seed, runs, bail: true, shrink });
  const tried: Tried[] = [];
  try {
    const searching = search(space);
    let step = searching.next();
    while (!step.done) {
      const value = step.value;
      const one = await tryAt(value);
      tried.push(one);
      const look = { holds: "green", fails: "red", refused: "dim" } as const;
      out(`  ${paint(look[one.outcome], `${valueText(amount, value)} ${one.outcome}`)}${one.told === "" ? "" : `: ${one.told}`}`);
      step = searching.next(one.outcome);
    }
    const found = step.value;
    const report: ThresholdReport = { scenario: fullName(base), amount, runs, baseSeed: flags.seed, threshold: found, tried };
    if (!found.found) return tell(report);
    const failing = at(found.fails);
    writePage(written, failing.text);
    const again = await campaign({ ...failing.scenario, file: written, name: folder }, "first");
    const how = setting(catalogue, inFolder(flags.out.replaceAll("\\", "/"), folder), [again]);
    writeReports(inFolder(flags.out, folder), { campaigns: [again], baseSeed: flags.seed, interrupted: false }, how);
    const [failure] = again.failures;
    const replay =
      failure === undefined ? `npx seedquake run ${written}` : replayOf(tellFailures([again]).get(failure)!, how.out);
    return tell({ ...report, replay });
  } finally {
    await pool.close();
  }

  async function tryAt(value: number): Promise<Tried> {
    let scenario: Scenario;
    try {
      scenario = at(value).scenario;
    } catch (error) {
      // The first value is the user's or the scenario's own; any other one is a limit of the language.
      if (!(error instanceof ScenarioError) || tried.length === 0) throw error;
      return { value, outcome: "refused", runs: 0, told: error.problems[0]!.message };
    }
    const result = await campaign(scenario, "none");
    const [failure] = result.failures;
    const outcome: Outcome = result.verdict === "violation" ? "fails" : "holds";
    const found = failure === undefined ? {} : { check: failure.violation.check, seed: failure.seed };
    return { value, outcome, runs: result.runs, told: told(result), ...found };
  }

  function tell(report: ThresholdReport): number {
    out("");
    for (const sentence of thresholdSentences(report)) {
      out(sentence);
      said(sentence);
    }
    out("");
    for (const line of triedLines(report)) out(`  ${line}`);
    if (report.replay !== undefined) out(`\nreplay  ${paint("cyan", report.replay)}`);
    writePage(inFolder(flags.out, folder, "threshold.txt"), thresholdText(report));
    writePage(inFolder(flags.out, folder, "threshold.json"), thresholdJson(report));
    out(`report  ${inFolder(flags.out, folder, "threshold.txt")}`);
    return report.threshold.found ? exit.asExpected : exit.undecided;
  }
}

function told({ verdict, reason, failures, runs, unknown }: Campaign): string {
  const [failure] = failures;
  if (failure !== undefined) return `${failure.violation.check}, seed ${failure.seed}`;
  if (verdict === "as expected") return "";
  return unknown > 0 ? `${unknown} of ${runs} runs could not be judged` : reason;
}

/** Where to search, from the command line and what the scenario says. */
function spaceOf(amount: Amount, flags: ThresholdFlags): Parameters<typeof search>[0] {
  const usual = { duration: 1_000_000, rate: 10_000, number: 1 }[amount.kind];
  const example = { duration: "500ms", rate: "2%", number: "3" }[amount.kind];
  const read = (name: "from" | "to" | "precision"): { [key in typeof name]?: number } => {
    const text = flags[name];
    if (text === undefined) return {};
    const value = readSize(text, amount);
    if (value === undefined) throw new UsageError(`--${name} ${text}: expected a value of ${amount.path}, such as ${example}`);
    return { [name]: value };
  };
  const space = { start: amount.size ?? usual, ...read("from"), ...read("to"), ...read("precision") };
  if (space.from !== undefined && space.to !== undefined && space.from >= space.to)
    throw new UsageError(`--from ${flags.from} --to ${flags.to}: expected the lesser value first`);
  if (space.precision === 0) throw new UsageError("--precision 0: expected more than nothing; the two ends are never the same");
  return space;
}
