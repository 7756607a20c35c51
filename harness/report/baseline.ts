/** The baseline: failures that are known, each by what it violates and never by a seed. Known ones do not break the gate; others do. */

import { z } from "zod";
import { isExpected, kindOf } from "../run/campaign.ts";
import type { Campaign, Failure } from "../run/run.ts";
import { limitName } from "../scenario/index.ts";
import { fullName } from "../scenario/scenario.ts";

/** Grows when an older baseline can no longer be read. */
const format = 1;

/** "interrupted" is no verdict that anybody could get used to. */
const verdicts = ["violation", "not found", "inconclusive", "unknown"] as const;

const known = z.strictObject({
  scenario: z.string().min(1),
  verdict: z.enum(verdicts),
  /** "linearizable", "invariant/election safety", "limit failover.p95"; what was not found. A campaign that proves nothing has none. */
  check: z.string().min(1).optional(),
  /** Which of several failures of one check, by its shrunk story; who takes it out accepts any of them. */
  signature: z.string().min(1).optional(),
  /** The user's own: why it is here. Kept when the file is written anew. */
  note: z.string().optional(),
});
const schema = z.strictObject({ format: z.literal(format), failures: z.array(known) });

/** One line of a baseline. */
export type Known = z.output<typeof known>;

/** What a baseline says of a suite. */
export interface Against {
  readonly file: string;
  /** Campaigns all of whose failures are known. */
  readonly known: ReadonlySet<Campaign>;
  /** Failures that are known and did not come in a scenario that ran. */
  readonly fixed: readonly Known[];
}

/** A baseline that cannot be read; the message is a whole sentence. */
export class BaselineError extends Error {}

/** @throws BaselineError */
export function readBaseline(text: string, file: string): readonly Known[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new BaselineError(`${file}: expected a baseline, which is JSON, found something else: ${(error as Error).message}`);
  }
  const read = schema.safeParse(data);
  if (read.success) return read.data.failures;
  const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
  const place = path.length === 0 ? "" : ` at ${path.join(".")}`;
  throw new BaselineError(
    `${file}: expected a baseline as --update-baseline writes it ({ "format": ${format}, "failures": [...] }), found a mistake${place}: ${message}`,
  );
}

/** What would have to be known of this campaign for the gate to stay open: nothing of one that is as expected. */
export function failuresOf(campaign: Campaign): readonly Known[] {
  const { scenario, verdict, failures, figures } = campaign;
  const own = { scenario: fullName(scenario) };
  switch (verdict) {
    case "as expected":
    case "interrupted":
      return [];
    case "violation": {
      const found = failures
        .filter(({ violation }) => !isExpected(scenario, violation))
        .map((failure) => ({ ...own, verdict, check: kindOf(failure.violation), ...signed(failure) }));
      const limits = scenario.limits
        .filter((limit) => (figures[limitName(limit)] ?? 0) > limit.most)
        .map((limit) => ({ ...own, verdict, check: `limit ${limitName(limit)}` }));
      return found.length > 0 ? found : limits;
    }
    case "not found":
      return [{ ...own, verdict, ...(scenario.expect.kind === "violation" ? { check: scenario.expect.check } : {}) }];
    default:
      return [{ ...own, verdict }];
  }
}

/** Two failures of one check may still be two bugs: their shrunk stories tell them apart. One that was not shrunk has no such story. */
function signed({ signature, shrinkRuns }: Failure): { readonly signature?: string } {
  return shrinkRuns === 0 ? {} : { signature };
}

function covers(entry: Known, found: Known): boolean {
  return (
    entry.scenario === found.scenario &&
    entry.verdict === found.verdict &&
    entry.check === found.check &&
    (entry.signature === undefined || found.signature === undefined || entry.signature === found.signature)
  );
}

/** Whether all that went wrong in this campaign is known: one new failure among known ones is new. */
export function isKnown(campaign: Campaign, entries: readonly Known[]): boolean {
  const found = failuresOf(campaign);
  return found.length > 0 && found.every((failure) => entries.some((entry) => covers(entry, failure)));
}

/**
 * A suite against its baseline. A failure counts as fixed only where its scenario came to its end: not when it was interrupted, and not
 * when it ended early (`bailed`) at another failure.
 */
export function against(file: string, campaigns: readonly Campaign[], entries: readonly Known[], bailed: boolean): Against {
  const fixed = entries.filter((entry) => {
    const ran = campaigns.filter(({ scenario }) => fullName(scenario) === entry.scenario);
    return (
      ran.length > 0 &&
      ran.every(
        (campaign) =>
          campaign.verdict !== "interrupted" &&
          !(bailed && campaign.verdict === "violation") &&
          !failuresOf(campaign).some((found) => covers(entry, found)),
      )
    );
  });
  return { file, known: new Set(campaigns.filter((campaign) => isKnown(campaign, entries))), fixed };
}

/** The baseline after this suite: what was found now, and what is known of scenarios that did not run to their end. Notes stay. */
export function updated(entries: readonly Known[], campaigns: readonly Campaign[]): readonly Known[] {
  const ended = campaigns.filter(({ verdict }) => verdict !== "interrupted");
  const names = new Set(ended.map(({ scenario }) => fullName(scenario)));
  const found = ended.flatMap(failuresOf).map((failure) => {
    const note = entries.find((entry) => covers(entry, failure) && entry.note !== undefined)?.note;
    return note === undefined ? failure : { ...failure, note };
  });
  const all = [...entries.filter(({ scenario }) => !names.has(scenario)), ...found];
  const byKey = new Map(all.map((entry) => [keyOf(entry), entry]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function keyOf({ scenario, verdict, check = "", signature = "" }: Known): string {
  return JSON.stringify([scenario, verdict, check, signature]);
}

/** One failure a line, so that a merge of two branches' baselines seldom conflicts. */
export function baselineText(entries: readonly Known[]): string {
  const lines = entries.map(({ scenario, verdict, check, signature, note }) => {
    const fields = Object.entries({ scenario, verdict, check, signature, note }).filter(([, value]) => value !== undefined);
    return `    { ${fields.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(", ")} }`;
  });
  return `{\n  "format": ${format},\n  "failures": [${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n  `}]\n}\n`;
}

/** "raft-harsh: linearizable is violated", "raft-harsh: inconclusive". */
export function knownInWords({ scenario, verdict, check, signature }: Known): string {
  const which = signature === undefined ? "" : ` (${signature})`;
  if (check === undefined) return `${scenario}: ${verdict}`;
  return verdict === "violation" ? `${scenario}: ${check} is violated${which}` : `${scenario}: ${check} is ${verdict}`;
}
