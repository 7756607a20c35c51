/** --seed next and the file behind it: which seeds were run before. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { campaignKey } from "../run/journal.ts";
import { type LedgerLine, nextSeed, readLedger } from "../run/ledger.ts";
import type { Campaign } from "../run/run.ts";
import type { Scenario } from "../scenario/index.ts";
import { ourPackage } from "./package.ts";

/** Where it lies unless --ledger says otherwise. */
export function ledgerOf(folder: string, file: string | undefined): string {
  return file ?? join(folder, "ledger.jsonl");
}

/** The first of the seeds that none of these scenarios has had yet, as they are. */
export function freshSeed(ledger: string, scenarios: readonly Scenario[]): number {
  const text = existsSync(ledger) ? readFileSync(ledger, "utf8") : "";
  return nextSeed(readLedger(text), new Set(scenarios.map(campaignKey)), ourPackage.version);
}

/** What draws nothing, and what begins at a seed of its own, has no seeds to be counted. */
export function enter(ledger: string, { scenario, baseSeed, runs }: Campaign): void {
  if (runs === 0 || scenario.explicit !== undefined || scenario.from !== undefined) return;
  const line: LedgerLine = { campaign: campaignKey(scenario), version: ourPackage.version, from: baseSeed, to: baseSeed + runs };
  appendFileSync(ledger, `${JSON.stringify(line)}\n`);
}
