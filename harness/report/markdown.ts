/** summary.md: what went wrong and how to repeat it, as Markdown: GitHub's job summary, or a comment that somebody pastes. */

import type { Campaign, Failure, Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import { inFolder } from "./names.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { baselineLines, effective, isExpectedFind, isGood, notRunLine, type Standing, sizes, standing } from "./sentences.ts";
import { story } from "./story.ts";
import { count, percent, visible } from "./text.ts";
import { asFound, replayOf, smallerOf, type Told, tellFailures } from "./told.ts";

/** GitHub takes a megabyte for a job's summary. A story has at most some three kilobytes: so many are told, the rest is in the table. */
const mostStories = 50;

const marks: Readonly<Record<Standing, string>> = {
  "as expected": "\u2705",
  violation: "\u274c",
  "not found": "\u274c",
  inconclusive: "\u2753",
  unknown: "\u2753",
  known: "\u26a0\ufe0f",
  interrupted: "\u23f9\ufe0f",
};

/** Text that means only itself, also inside of a table. */
function plain(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_{}[\]|#~@]/g, "\\$&");
}

/** Text as it stands; the fence is longer than any within. */
function fenced(lines: readonly string[], language: string): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

function table(campaigns: readonly Campaign[], setting: Setting): string[] {
  if (campaigns.length === 0) return [];
  const rows = campaigns.map((campaign) => {
    const { scenario, runs, operations, reason } = campaign;
    const stands = standing(campaign, setting);
    const faults = effective(campaign);
    return [
      `${marks[stands]} ${stands}`,
      plain(fullName(scenario)),
      String(runs),
      faults.planned === 0 ? "none" : `${faults.effective} of ${faults.planned}`,
      operations.asked === 0 ? "" : percent(operations.ok + operations.fail, operations.asked),
      plain(reason),
    ];
  });
  const head = ["verdict", "scenario", "runs", "faults with effect", "answered", "why"];
  return [head, head.map((_, i) => ([2, 3, 4].includes(i) ? "--:" : "---")), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function failureLines(campaign: Campaign, failure: Failure, told: Told, { words, out }: Setting): string[] {
  const smaller = smallerOf(told, out);
  return [
    `### ${plain(fullName(campaign.scenario))}: ${plain(failure.violation.check)} is violated`,
    "",
    plain(failure.violation.sentence),
    "",
    `Seed ${failure.seed}; ${sizes(failure)}.`,
    "",
    ...fenced(story(failure.run, words(failure.scenario.workload.name)), "text"),
    "",
    ...fenced(
      [
        replayOf(told, out),
        `${asFound(told)}   # as found`,
        ...(smaller === undefined ? [] : [`${smaller}   # goes on making it smaller`]),
      ],
      "sh",
    ),
    "",
    `The whole story: ${plain(inFolder(out, told.folder, "report.html"))}`,
    "",
  ];
}

export function markdown(suite: Suite, setting: Setting): string {
  const { campaigns, baseSeed, interrupted } = suite;
  const told = tellFailures(campaigns);
  const bad = campaigns.filter((campaign) => !isGood(standing(campaign, setting)));
  const known = campaigns.filter((campaign) => standing(campaign, setting) === "known");
  const good = campaigns.filter((campaign) => standing(campaign, setting) === "as expected");
  const failures = bad.flatMap((campaign) =>
    isExpectedFind(campaign) ? [] : campaign.failures.map((failure) => [campaign, failure] as const),
  );
  const runs = campaigns.reduce((sum, campaign) => sum + campaign.runs, 0);
  const headline =
    campaigns.length === 0
      ? "no scenario ran"
      : bad.length === 0
        ? `${count(campaigns.length, "scenario")} as expected${known.length === 0 ? "" : ", or known"}`
        : `${bad.length} of ${count(campaigns.length, "scenario")} not as expected`;
  const notes = [...notRunLine(suite), ...baselineLines(setting)];
  return `${[
    `## seedquake: ${headline}`,
    "",
    `${count(runs, "run")}, base seed ${baseSeed}${interrupted ? "; interrupted" : ""}.`,
    "",
    ...(notes.length === 0 ? [] : [...notes.map((note) => `- ${plain(note)}`), ""]),
    ...(bad.length + known.length === 0 ? [] : [...table([...bad, ...known], setting), ""]),
    ...failures
      .slice(0, mostStories)
      .flatMap(([campaign, failure]) => failureLines(campaign, failure, told.get(failure)!, setting)),
    ...(failures.length <= mostStories
      ? []
      : [`${count(failures.length - mostStories, "further failure")}: see index.html.`, ""]),
    ...(good.length === 0
      ? []
      : [
          "<details>",
          `<summary>${count(good.length, "scenario")} as expected</summary>`,
          "",
          ...table(good, setting),
          "",
          "</details>",
          "",
        ]),
  ]
    .join("\n")
    .replace(/\n+$/, "")}\n`;
}

export const markdownReporter: Reporter = {
  name: "markdown",
  doc: "what went wrong and how to repeat it, as Markdown",
  file: "summary.md",
  render: markdown,
};
