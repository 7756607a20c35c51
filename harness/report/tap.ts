/**
 * The Test Anything Protocol, with YAML diagnostics. The first line says 13, as Node's own runner does: harnesses for 14 read it, and those
 * that only know 13 (Debian's `prove` is one) refuse a 14. Nothing else here differs between the two.
 */

import type { Campaign, Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { isExpectedFind, runsUntil, standing, whyNotRun } from "./sentences.ts";
import { visible } from "./text.ts";
import { asFound, replayOf, type Told, tellFailures } from "./told.ts";

/** A "#" would begin a directive. */
function described(text: string): string {
  return visible(text).replace(/[\\#]/g, "\\$&");
}

/** A YAML scalar: what JSON quotes, YAML reads. */
const quoted = (text: string): string => JSON.stringify(text);

function diagnostics(campaign: Campaign, told: ReadonlyMap<Campaign["failures"][number], Told>, { out }: Setting): string[] {
  const { scenario, verdict, reason, failures, baseSeed, runs, digest } = campaign;
  const found = failures.flatMap((failure) => [
    `  - check: ${quoted(failure.violation.check)}`,
    `    sentence: ${quoted(failure.violation.sentence)}`,
    `    seed: ${failure.seed}`,
    `    foundAfter: ${runsUntil(campaign, failure)}`,
    `    replay: ${quoted(replayOf(told.get(failure)!, out))}`,
    `    asFound: ${quoted(asFound(told.get(failure)!))}`,
  ]);
  return [
    "---",
    `message: ${quoted(reason)}`,
    `severity: ${isExpectedFind(campaign) ? "comment" : "fail"}`,
    `verdict: ${quoted(verdict)}`,
    "at:",
    `  file: ${quoted(scenario.file)}`,
    `  line: ${scenario.line}`,
    `baseSeed: ${baseSeed}`,
    `runs: ${runs}`,
    `digest: ${quoted(digest)}`,
    ...(found.length === 0 ? [] : ["failures:", ...found]),
    "...",
  ].map((line) => `  ${line}`);
}

export function tap(suite: Suite, setting: Setting): string {
  const { campaigns, notRun = [], interrupted } = suite;
  const told = tellFailures(campaigns);
  const ran = campaigns.flatMap((campaign, i) => {
    const stands = standing(campaign, setting);
    const ok = stands === "as expected" || stands === "interrupted";
    const directive =
      stands === "known" ? " # TODO known by the baseline" : stands === "interrupted" ? " # SKIP interrupted" : "";
    const line = `${ok ? "ok" : "not ok"} ${i + 1} - ${described(fullName(campaign.scenario))}${directive}`;
    return ok && campaign.failures.length === 0 ? [line] : [line, ...diagnostics(campaign, told, setting)];
  });
  const left = notRun.map(
    (scenario, i) => `ok ${campaigns.length + i + 1} - ${described(fullName(scenario))} # SKIP ${whyNotRun(suite)}`,
  );
  const total = campaigns.length + notRun.length;
  return [
    "TAP version 13",
    total === 0 ? `1..0 # SKIP no scenario ran` : `1..${total}`,
    ...ran,
    ...left,
    ...(interrupted ? ["Bail out! interrupted"] : []),
    "",
  ].join("\n");
}

export const tapReporter: Reporter = {
  name: "tap",
  doc: "the Test Anything Protocol, with YAML diagnostics",
  render: tap,
};
