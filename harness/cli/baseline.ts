/** The baseline on the command line: read before the run, written after it when that is asked for. */

import { existsSync } from "node:fs";
import { against, baselineText, isKnown, type Known, knownInWords, readBaseline, updated } from "../report/baseline.ts";
import { readText, writeText } from "../run/load.ts";
import type { Campaign } from "../run/run.ts";
import { fullName } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./usage.ts";

export interface BaselineFlags {
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly bail?: boolean;
  readonly shard?: string;
}

export class Gate {
  private readonly file: string | undefined;
  private readonly bail: boolean;
  private entries: readonly Known[] = [];

  /** Reads it. @throws UsageError, BaselineError */
  constructor({ baseline, updateBaseline, bail, shard }: BaselineFlags) {
    this.file = baseline?.replaceAll("\\", "/");
    this.bail = bail === true;
    if (updateBaseline === true && this.file === undefined)
      throw new UsageError(
        "--update-baseline: expected to know which, found no --baseline <file>; say for instance --baseline scenarios/baseline.json",
      );
    if (updateBaseline === true && (this.bail || shard !== undefined))
      throw new UsageError(
        `--update-baseline with ${this.bail ? "--bail" : "--shard"}: what fails would be known in part only; leave ${this.bail ? "--bail" : "--shard"} away`,
      );
    if (this.file === undefined) return;
    if (existsSync(this.file)) this.entries = readBaseline(readText(this.file), this.file);
    else if (updateBaseline !== true)
      throw new UsageError(`--baseline ${this.file}: expected a baseline, found nothing there; --update-baseline writes one`);
  }

  /** For reports: what is known of these campaigns. */
  setting(campaigns: readonly Campaign[]): { readonly baseline?: ReturnType<typeof against> } {
    return this.file === undefined ? {} : { baseline: against(this.file, campaigns, this.entries, this.bail) };
  }

  /** Whether it is as expected, or known. */
  lets(campaign: Campaign): boolean {
    return campaign.verdict === "as expected" || isKnown(campaign, this.entries);
  }

  /** Behind a known failure there may be a new one: such a scenario does not end at its first. */
  bails(scenario: Scenario): boolean {
    return this.bail && !this.entries.some((entry) => entry.scenario === fullName(scenario));
  }

  /** Writes it anew and returns what changed, in lines. */
  update(campaigns: readonly Campaign[]): string[] {
    const file = this.file!;
    const before = new Set(this.entries.map(knownInWords));
    const entries = updated(this.entries, campaigns);
    const after = new Set(entries.map(knownInWords));
    writeText(file, baselineText(entries));
    this.entries = entries;
    const added = [...after].filter((line) => !before.has(line)).map((line) => `  + ${line}`);
    const gone = [...before].filter((line) => !after.has(line)).map((line) => `  - ${line}`);
    const how = added.length + gone.length === 0 ? "as it was" : `${added.length} new, ${gone.length} gone`;
    return [`${file}: ${entries.length} known ${entries.length === 1 ? "failure" : "failures"}, ${how}`, ...added, ...gone];
  }
}
