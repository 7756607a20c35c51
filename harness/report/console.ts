/** What a terminal shows: a line for each scenario, and each failure as its story with the command that repeats it. */

import type { Campaign, Failure, Suite, TracedRun } from "../run/run.ts";
import { fullName, type Scenario } from "../scenario/scenario.ts";
import { confidenceLines } from "./confidence.ts";
import { campaignCosts } from "./costs.ts";
import { needsInShort, noReturnSentence } from "./lost.ts";
import { inFolder } from "./names.ts";
import type { Live, Look, Paint, Reporter, Setting, Style } from "./reporter.ts";
import {
  baselineLines,
  beyondLine,
  bugsLine,
  effective,
  found,
  isExpectedFind,
  notRunLine,
  runsUntil,
  type Standing,
  sizes,
  standing,
} from "./sentences.ts";
import { story } from "./story.ts";
import { count, percent, visible } from "./text.ts";
import { asFound, replayOf, smallerOf, type Told, tellFailures, type Why } from "./told.ts";

/** How campaigns stand, in the order in which they are counted. */
const looks = [
  ["as expected", "\u2713", "green"],
  ["violation", "\u2717", "red"],
  ["not found", "\u2717", "red"],
  ["inconclusive", "?", "yellow"],
  ["unknown", "?", "yellow"],
  ["known", "\u2717", "yellow"],
  ["interrupted", "!", "yellow"],
] as const satisfies readonly (readonly [Standing, string, Style])[];
const verdictWidth = Math.max(...looks.map(([verdict]) => verdict.length));
const runsWidth = "10000 runs".length;
/** So many other seeds are named; the rest is counted. */
const mostSeeds = 10;

function lookOf(stands: Standing): (typeof looks)[number] {
  return looks.find(([name]) => name === stands)!;
}

function wallSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** One line: mark and verdict, name, runs, how many of them were no good, faults that had an effect, answered share, goals reached, wall-clock time. */
export function campaignLine(campaign: Campaign, nameWidth: number, paint: Paint, stands: Standing = campaign.verdict): string {
  const { scenario, runs, invalid, unknown, operations, goals, timing } = campaign;
  const [, mark, style] = lookOf(stands);
  const faults = effective(campaign);
  const reached = Object.values(goals).filter((times) => times > 0).length;
  const figures = [
    count(runs, "run").padStart(runsWidth),
    ...(invalid === 0 ? [] : [`${invalid} invalid`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    faults.planned === 0 ? noFaults(scenario) : `faults ${faults.effective}/${faults.planned} effective`,
    operations.asked === 0 ? "nothing asked" : `answered ${percent(operations.ok + operations.fail, operations.asked)}`,
    ...(Object.keys(goals).length === 0 ? [] : [`goals ${reached}/${Object.keys(goals).length}`]),
  ];
  const head = paint(style, `${mark} ${stands.padEnd(verdictWidth)}`);
  return `${head}  ${visible(fullName(scenario)).padEnd(nameWidth)}  ${figures.join(", ")}  ${paint("dim", wallSeconds(timing.wallMs))}`;
}

/** The exhaustive search plays no fault as the scenario plans it: crashes and late messages of its own stand in their places. */
function noFaults({ strategy, faults }: Campaign["scenario"]): string {
  return strategy === "exhaustive" && faults.length > 0 ? "faults only as deviations" : "no faults";
}

function smallerLine(told: Told, out: string, paint: Paint): string[] {
  const command = smallerOf(told, out);
  return command === undefined ? [] : [`smaller   ${paint("cyan", command)}, which goes on from there`];
}

function otherSeeds({ otherSeeds: seeds, moreSeeds = 0 }: Failure): string[] {
  if (seeds.length === 0) return [];
  const more = seeds.length > mostSeeds ? ` and ${seeds.length - mostSeeds + moreSeeds} more` : "";
  return [`also at   ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.slice(0, mostSeeds).join(", ")}${more}`];
}

/** What it took, and when it was lost. */
export function whyLines({ necessity = [], noReturn }: Why, run: TracedRun): string[] {
  const lost = noReturnSentence(noReturn, run);
  return [
    ...(necessity.length === 0 ? [] : [`it takes  ${needsInShort(necessity)}`]),
    ...(lost === undefined ? [] : [`lost      ${lost}`]),
  ];
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
    ...whyLines(failure, failure.run),
    `replay    ${paint("cyan", replayOf(told, out))}`,
    `as found  ${paint("dim", asFound(told))}`,
    ...smallerLine(told, out, paint),
    ...otherSeeds(failure),
    `report    ${inFolder(out, told.folder, "report.html")}`,
  ];
}

/** Whether a campaign's reason tells something that its failures do not tell themselves. */
function saysMore({ scenario, verdict, reason, failures }: Campaign): boolean {
  // How much of all schedules there were.
  if (scenario.strategy === "exhaustive") return true;
  return verdict !== "as expected" && !failures.some(({ violation }) => violation.sentence === reason);
}

/** All that is said of a campaign. `short` leaves out the stories of violations that were expected, or are known. */
export function campaignLines(
  campaign: Campaign,
  told: ReadonlyMap<Failure, Told>,
  setting: Setting,
  { nameWidth, short }: Look,
): string[] {
  const stands = standing(campaign, setting);
  const lines = [campaignLine(campaign, nameWidth, setting.paint, stands)];
  const expected = isExpectedFind(campaign);
  if (expected) {
    for (const failure of campaign.failures) lines.push(`  ${found(campaign, failure)}${short ? `; ${sizes(failure)}` : ""}`);
  } else if (stands === "known" || saysMore(campaign)) lines.push(`  ${visible(campaign.reason)}`);
  lines.push(...[...bugsLine(campaign), ...beyondLine(campaign)].map((line) => `  ${line}`));
  if (!short) lines.push(setting.paint("dim", `  ${campaignCosts(campaign)}`));
  // The reason speaks of the first.
  if (stands === "known" && short)
    for (const { violation } of campaign.failures.slice(1))
      lines.push(`  ${visible(violation.check)} is violated: ${visible(violation.sentence)}`);
  if ((expected || stands === "known") && short) {
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
export function suiteLine({ campaigns, baseSeed, interrupted, wallMs }: Suite, setting: Setting): string {
  const { out, paint } = setting;
  const stand = campaigns.map((campaign) => standing(campaign, setting));
  const counted = looks
    .map(([name, , style]) => [stand.filter((other) => other === name).length, name, style] as const)
    .filter(([n]) => n > 0)
    .map(([n, name, style]) => paint(style, `${n} ${name}`));
  const runs = campaigns.reduce((sum, campaign) => sum + campaign.runs, 0);
  const said = [
    counted.length === 0 ? "nothing ran" : counted.join(", "),
    count(runs, "run"),
    `base seed ${baseSeed}`,
    wallSeconds(wallMs ?? campaigns.reduce((sum, { timing }) => sum + timing.wallMs, 0)),
  ];
  return `${count(campaigns.length, "scenario")}: ${said.join("; ")}; reports in ${inFolder(out)}/${interrupted ? "; interrupted" : ""}`;
}

/** What is said at the end: what did not run, what the baseline knows, the last line. */
export function endLines(suite: Suite, setting: Setting): string[] {
  const could = confidenceLines(suite, setting.measured ?? [], setting.scored).map((line) => setting.paint("dim", line));
  return [...notRunLine(suite), ...baselineLines(setting), ...could, suiteLine(suite, setting)];
}

/** How wide the column of names is. */
export function nameWidth(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => visible(name).length));
}

/** Whoever runs one scenario wants its story, expected or not; among many, those that came out as expected are only named. */
export function lookAt(scenarios: readonly Scenario[]): Look {
  return { nameWidth: nameWidth(scenarios.map(fullName)), short: scenarios.length > 1 };
}

function lookOfSuite({ campaigns, notRun = [] }: Suite): Look {
  return lookAt([...campaigns.map(({ scenario }) => scenario), ...notRun]);
}

const live: Live = {
  each: (campaigns, told, setting, look) =>
    campaignLines(campaigns.at(-1)!, told, setting, look)
      .map((line) => `${line}\n`)
      .join(""),
  end(suite, setting) {
    const last = suite.campaigns.at(-1);
    const before =
      last === undefined ? undefined : campaignLines(last, tellFailures(suite.campaigns), setting, lookOfSuite(suite)).at(-1);
    return [...(before === "" ? [] : [""]), ...endLines(suite, setting), ""].join("\n");
  },
};

export const consoleReporter: Reporter = {
  name: "console",
  doc: "a line for each scenario, each failure with its story",
  live,
  render: (suite, setting) => rendered(live, suite, setting, lookOfSuite(suite)),
};

/** What a live reporter says when it comes after everything. */
export function rendered({ each, end }: Live, suite: Suite, setting: Setting, look: Look): string {
  const told = tellFailures(suite.campaigns);
  const pieces = suite.campaigns.map((_, i) => each(suite.campaigns.slice(0, i + 1), told, setting, look));
  return pieces.join("") + end(suite, setting);
}
