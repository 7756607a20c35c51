/** What a terminal shows: a line for each scenario, and each failure as its story with the command that repeats it. */

import type { Campaign, Failure, Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import { campaignCosts } from "./costs.ts";
import { inFolder } from "./names.ts";
import type { Paint, Reporter, Setting, Style } from "./reporter.ts";
import { effective, found, isExpectedFind, runsUntil, sizes } from "./sentences.ts";
import { story } from "./story.ts";
import { count, percent, visible } from "./text.ts";
import { asFound, replayOf, type Told, tellFailures } from "./told.ts";

/** The verdicts in the order in which they are counted. */
const looks = [
  ["as expected", "\u2713", "green"],
  ["violation", "\u2717", "red"],
  ["not found", "\u2717", "red"],
  ["inconclusive", "?", "yellow"],
  ["unknown", "?", "yellow"],
  ["interrupted", "!", "yellow"],
] as const satisfies readonly (readonly [Campaign["verdict"], string, Style])[];
const verdictWidth = Math.max(...looks.map(([verdict]) => verdict.length));
const runsWidth = "10000 runs".length;
/** So many other seeds are named; the rest is counted. */
const mostSeeds = 10;

function lookOf(verdict: Campaign["verdict"]): (typeof looks)[number] {
  return looks.find(([name]) => name === verdict)!;
}

function wallSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** One line: mark and verdict, name, runs, how many of them were no good, faults that had an effect, answered share, goals reached, wall-clock time. */
export function campaignLine(campaign: Campaign, nameWidth: number, paint: Paint): string {
  const { verdict, scenario, runs, invalid, unknown, operations, goals, timing } = campaign;
  const [, mark, style] = lookOf(verdict);
  const faults = effective(campaign);
  const reached = Object.values(goals).filter((times) => times > 0).length;
  const figures = [
    count(runs, "run").padStart(runsWidth),
    ...(invalid === 0 ? [] : [`${invalid} invalid`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    faults.planned === 0 ? "no faults" : `faults ${faults.effective}/${faults.planned} effective`,
    operations.asked === 0 ? "nothing asked" : `answered ${percent(operations.ok + operations.fail, operations.asked)}`,
    ...(Object.keys(goals).length === 0 ? [] : [`goals ${reached}/${Object.keys(goals).length}`]),
  ];
  const head = paint(style, `${mark} ${verdict.padEnd(verdictWidth)}`);
  return `${head}  ${visible(fullName(scenario)).padEnd(nameWidth)}  ${figures.join(", ")}  ${paint("dim", wallSeconds(timing.wallMs))}`;
}

function otherSeeds({ otherSeeds: seeds }: Failure): string[] {
  if (seeds.length === 0) return [];
  const more = seeds.length > mostSeeds ? ` and ${seeds.length - mostSeeds} more` : "";
  return [`also at   ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.slice(0, mostSeeds).join(", ")}${more}`];
}

/** A failure in full: what was violated, the sizes, the story, the command, the folder. */
export function failureLines(campaign: Campaign, failure: Failure, told: Told, { words, out, paint }: Setting): string[] {
  const { check, sentence } = failure.violation;
  const nth = `seed ${failure.seed}, run ${runsUntil(campaign, failure)} of ${campaign.runs}`;
  const style = isExpectedFind(campaign) ? "bold" : "red";
  return [
    `${paint(style, `${visible(check)} is violated`)} (${nth})`,
    visible(sentence),
    sizes(failure),
    "",
    ...story(failure.run, words(failure.scenario.workload.name)).map((line) => `  ${line}`),
    "",
    `replay    ${paint("cyan", replayOf(told, out))}`,
    `as found  ${paint("dim", asFound(told))}`,
    ...otherSeeds(failure),
    `report    ${inFolder(out, told.folder, "report.html")}`,
  ];
}

/** Whether a campaign's reason tells something that its failures do not tell themselves. */
function saysMore({ verdict, reason, failures }: Campaign): boolean {
  return verdict !== "as expected" && !failures.some(({ violation }) => violation.sentence === reason);
}

/** All that is said of a campaign. `short` leaves out the stories of violations that were expected. */
export function campaignLines(
  campaign: Campaign,
  told: ReadonlyMap<Failure, Told>,
  setting: Setting,
  { nameWidth, short }: { readonly nameWidth: number; readonly short: boolean },
): string[] {
  const lines = [campaignLine(campaign, nameWidth, setting.paint)];
  const expected = isExpectedFind(campaign);
  if (expected) {
    for (const failure of campaign.failures) lines.push(`  ${found(campaign, failure)}${short ? `; ${sizes(failure)}` : ""}`);
  } else if (saysMore(campaign)) lines.push(`  ${visible(campaign.reason)}`);
  if (!short) lines.push(setting.paint("dim", `  ${campaignCosts(campaign)}`));
  if (expected && short) {
    for (const failure of campaign.failures) lines.push(setting.paint("dim", `  ${replayOf(told.get(failure)!, setting.out)}`));
    return lines;
  }
  for (const failure of campaign.failures) {
    const whole = failureLines(campaign, failure, told.get(failure)!, setting);
    lines.push("", ...whole.map((line) => (line === "" ? "" : `    ${line}`)));
  }
  if (campaign.failures.length > 0) lines.push("");
  return lines;
}

/** The last line: verdicts counted, the base seed, where the reports lie. */
export function suiteLine({ campaigns, baseSeed, interrupted }: Suite, { out, paint }: Setting): string {
  const counted = looks
    .map(([verdict, , style]) => [campaigns.filter((campaign) => campaign.verdict === verdict).length, verdict, style] as const)
    .filter(([n]) => n > 0)
    .map(([n, verdict, style]) => paint(style, `${n} ${verdict}`));
  const runs = campaigns.reduce((sum, campaign) => sum + campaign.runs, 0);
  const wallMs = campaigns.reduce((sum, { timing }) => sum + timing.wallMs, 0);
  const said = [
    counted.length === 0 ? "nothing ran" : counted.join(", "),
    count(runs, "run"),
    `base seed ${baseSeed}`,
    wallSeconds(wallMs),
  ];
  return `${count(campaigns.length, "scenario")}: ${said.join("; ")}; reports in ${inFolder(out)}/${interrupted ? "; interrupted" : ""}`;
}

/** How wide the column of names is. */
export function nameWidth(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => visible(name).length));
}

export const consoleReporter: Reporter = {
  name: "console",
  doc: "a line for each scenario, each failure with its story",
  render(suite, setting) {
    const told = tellFailures(suite.campaigns);
    // Whoever runs one scenario wants its story, expected or not; among many, those that came out as expected are only named.
    const look = {
      nameWidth: nameWidth(suite.campaigns.map(({ scenario }) => fullName(scenario))),
      short: suite.campaigns.length > 1,
    };
    const lines = suite.campaigns.flatMap((campaign) => campaignLines(campaign, told, setting, look));
    return [...lines, ...(lines.at(-1) === "" ? [] : [""]), suiteLine(suite, setting), ""].join("\n");
  },
};
