/** What `run` keeps of what it does, and what it takes up: the journal in the reports folder, or those of the shards to be merged. */

import { existsSync } from "node:fs";
import {
  type Asked,
  askedOtherwise,
  beginJournal,
  campaignKey,
  continueJournal,
  journalIn,
  readJournal,
  removeJournal,
  writerIn,
} from "../run/journal.ts";
import type { Merged } from "../run/merge.ts";
import type { CampaignOptions, Pool } from "../run/pool.ts";
import type { Entry, Shard } from "../run/slices.ts";
import { fullName, type Scenario } from "../scenario/index.ts";
import { complain } from "./terminal.ts";
import { UsageError } from "./usage.ts";

export interface Journals {
  /** For `runCampaign`. */
  of(scenario: Scenario): NonNullable<CampaignOptions["journal"]>;
  /** The suite has come to its end: nobody will take this up. */
  done(): void;
}

/** `merged`: no run is made, and nothing is written. */
export function openJournals(
  folder: string,
  asked: Asked,
  scenarios: readonly Scenario[],
  {
    shard,
    resume,
    merged,
  }: { readonly shard?: Shard | undefined; readonly resume: boolean; readonly merged?: Merged | undefined },
): Journals {
  if (merged !== undefined) {
    const known = new Set(scenarios.map(campaignKey));
    checkKnown([...merged.entries.keys()], known, "the shards");
    return { of: (scenario) => ({ entries: merged.entries.get(campaignKey(scenario)) ?? [] }), done: () => undefined };
  }
  const writer = writerIn(folder);
  if (writer !== undefined)
    throw new UsageError(
      `${folder}: another run (process ${writer}) writes its reports here; wait for its end, or name another folder with --out`,
    );
  const file = resume ? readJournal(folder) : undefined;
  if (file !== undefined) {
    const otherwise = askedOtherwise(file.head, asked);
    const [there, here] = [file.head.shard, shard].map((one) => (one === undefined ? "none" : `${one.index}/${one.of}`));
    const what = otherwise ?? (there === here ? undefined : `--shard: ${there} there, ${here} here`);
    if (what !== undefined) throw new UsageError(`--resume: ${journalIn(folder)} is of another suite; they differ in ${what}`);
    checkKnown([...file.entries.keys()], new Set(scenarios.map(campaignKey)), journalIn(folder));
  }
  if (file === undefined && existsSync(journalIn(folder)) && shard === undefined)
    complain(`${journalIn(folder)}: a suite was cut off here; this one begins anew, where --resume would have gone on`);
  const append = file === undefined ? beginJournal(folder, asked, shard) : continueJournal(file);
  return {
    of: (scenario) => {
      const key = campaignKey(scenario);
      return { entries: file?.entries.get(key) ?? [], append: (entry) => append(key, entry) };
    },
    // A shard's journal is what it hands over.
    done: () => shard === undefined && removeJournal(folder),
  };
}

function checkKnown(keys: readonly string[], known: ReadonlySet<string>, where: string): void {
  const other = keys.find((key) => !known.has(key));
  if (other === undefined) return;
  const [name] = other.split(" ");
  throw new UsageError(`${name}: ${where} ran this scenario as it was, and it has been changed since; run it again`);
}

/** Whether the code still does what it did: one run of what is taken up, again. A sentence when not. */
export async function changedSince(
  pool: Pool,
  scenario: Scenario,
  baseSeed: number,
  entries: readonly Entry[],
): Promise<string | undefined> {
  const [first] = entries;
  if (first === undefined) return undefined;
  const firstSeed = baseSeed + first.from;
  const again = await pool.run(scenario, firstSeed);
  if (again.digest === first.digest) return undefined;
  return `${fullName(scenario)}: seed ${firstSeed} had the digest ${first.digest}, and has ${again.digest} now: the protocol or seedquake has changed since; run it again`;
}
