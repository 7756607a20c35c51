/**
 * npm run soak: 10,000 seeds of every correct scenario that says how much must be answered; no violation, no unknown run, enough
 * answered. The others show one thing each, and are soaked when they are named. `--slice` is a fixed part for CI.
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { catalogueFrom, findScenarioFiles, readCases } from "../run/load.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import { fullName } from "../scenario/index.ts";

const registry = new URL("../../protocols/index.js", import.meta.url).href;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    slice: { type: "boolean", default: false },
    seeds: { type: "string", default: "10000" },
    base: { type: "string", default: "1" },
  },
});
const seeds = values.slice ? 100 : Number(values.seeds);
const answeredAtLeast = 0.7;

const catalogue = await catalogueFrom(registry);
const files = findScenarioFiles(positionals.length > 0 ? positionals : ["scenarios"]);
const scenarios = files
  .flatMap((file) => readCases(file, catalogue))
  .filter(({ expect, mutant, explicit }) => expect.kind === "valid" && mutant === undefined && explicit === undefined)
  .filter(({ require }) => positionals.length > 0 || require.answeredPpm > 0);
const pool = new Pool({ workers: availableParallelism(), registry });
let failed = 0;
console.log(`${seeds} seeds of each of ${scenarios.length} correct scenarios, from seed ${values.base}`);
for (const scenario of scenarios) {
  const campaign = await runCampaign(pool, scenario, catalogue, { baseSeed: Number(values.base), runs: seeds });
  const { asked, ok, fail } = campaign.operations;
  const answered = (ok + fail) / asked;
  const good = campaign.invalid === 0 && campaign.unknown === 0 && answered >= answeredAtLeast;
  if (!good) failed++;
  const goals = Object.entries(campaign.goals);
  console.log(
    `${good ? "held  " : "FAILED"} ${fullName(scenario)}: ${campaign.runs} runs, ${campaign.invalid} violations, ${campaign.unknown} unknown, ` +
      `${(answered * 100).toFixed(1)} % answered, ${goals.filter(([, times]) => times > 0).length}/${goals.length} goals, ` +
      `${Math.round(campaign.events / campaign.runs)} events a run, ${(campaign.timing.wallMs / 1000).toFixed(1)} s`,
  );
  for (const failure of campaign.failures)
    console.log(
      `       seed ${failure.seed}: ${failure.violation.check}: ${failure.violation.sentence} (${failure.otherSeeds.length} more)`,
    );
  if (campaign.verdict === "unknown" || campaign.verdict === "inconclusive") console.log(`       ${campaign.reason}`);
}
await pool.close();
process.exitCode = failed === 0 ? 0 : 1;
