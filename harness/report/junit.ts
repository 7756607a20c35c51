/** junit.xml: a testsuite for each scenario file, a testcase for each campaign; valid by the schema of Jenkins' xUnit plugin. */

import type { Campaign, Failure, Suite } from "../run/run.ts";
import { fullName, type Scenario } from "../scenario/scenario.ts";
import { inFolder } from "./names.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { found, isExpectedFind, sizes, standing, whyNotRun } from "./sentences.ts";
import { story } from "./story.ts";
import { seconds } from "./text.ts";
import { asFound, replayOf, smallerOf, type Told, tellFailures } from "./told.ts";
import { type Element, xml } from "./xml.ts";

type Outcome = "passed" | "failure" | "error" | "skipped";

/** What proves nothing is an error, so that no viewer shows it green. */
const outcomes: Readonly<Record<Campaign["verdict"], Outcome>> = {
  "as expected": "passed",
  violation: "failure",
  "not found": "failure",
  inconclusive: "error",
  unknown: "error",
  interrupted: "skipped",
};

/** "with files": each testcase names its file, which Jenkins' schema does not know and GitLab does. */
export type Shape = "by the schema" | "with files";

function outcomeOf(campaign: Campaign, setting: Setting): Outcome {
  const { verdict, scenario, failures } = campaign;
  // As pytest has it for a failure that is expected: it is told, and it is no failure.
  if (standing(campaign, setting) === "known") return "skipped";
  // An interruption hides nothing that had been found before it.
  if (verdict === "interrupted" && scenario.expect.kind === "valid" && failures.length > 0) return "failure";
  return outcomes[verdict];
}

function failureText(failure: Failure, told: Told, { words, out }: Setting): string {
  const smaller = smallerOf(told, out);
  return [
    failure.violation.sentence,
    `seed ${failure.seed}; ${sizes(failure)}`,
    "",
    ...story(failure.run, words(failure.scenario.workload.name)),
    "",
    `replay:   ${replayOf(told, out)}`,
    `as found: ${asFound(told)}`,
    ...(smaller === undefined ? [] : [`smaller:  ${smaller}`]),
    `report:   ${inFolder(out, told.folder)}/`,
  ].join("\n");
}

function resultOf(campaign: Campaign, told: ReadonlyMap<Failure, Told>, setting: Setting): Element[] {
  const { verdict, reason, failures } = campaign;
  const text = failures.map((failure) => failureText(failure, told.get(failure)!, setting)).join("\n\n");
  const outcome = outcomeOf(campaign, setting);
  if (outcome === "passed") {
    if (!isExpectedFind(campaign)) return [];
    return [{ name: "system-out", text: `${failures.map((failure) => found(campaign, failure)).join("\n")}\n\n${text}` }];
  }
  const first = verdict === "violation" || verdict === "interrupted" ? failures[0]?.violation : undefined;
  const known = standing(campaign, setting) === "known" ? `known by ${setting.baseline!.file}: ` : "";
  const attributes = { type: first?.check ?? verdict, message: `${known}${first?.sentence ?? reason}` };
  return [{ name: outcome, attributes, text: text === "" ? reason : text }];
}

function named(scenario: Scenario, time: string, shape: Shape): NonNullable<Element["attributes"]> {
  const file = shape === "with files" ? scenario.file : undefined;
  return { name: fullName(scenario), classname: `seedquake.${scenario.protocol}`, file, time };
}

function testcase(campaign: Campaign, told: ReadonlyMap<Failure, Told>, setting: Setting, shape: Shape): Element {
  const { scenario, virtualUs } = campaign;
  return {
    name: "testcase",
    attributes: named(scenario, seconds(virtualUs), shape),
    children: resultOf(campaign, told, setting),
  };
}

function leftOut(scenario: Scenario, suite: Suite, shape: Shape): Element {
  const message = whyNotRun(suite);
  const children = [{ name: "skipped", attributes: { type: "not run", message } }];
  return { name: "testcase", attributes: named(scenario, seconds(0), shape), children };
}

/** Jenkins' schema knows properties of a testsuite only; of several campaigns in one file, each one's carry its name. */
function properties(campaigns: readonly Campaign[], told: ReadonlyMap<Failure, Told>, { out }: Setting): Element {
  const own = campaigns.flatMap((campaign) => {
    const { scenario, baseSeed, digest, verdict, runs, failures } = campaign;
    const prefix = campaigns.length === 1 ? "" : `${fullName(scenario)}: `;
    const values: [string, string | number][] = [
      ["description", scenario.description],
      ["verdict", verdict],
      ["seed", baseSeed],
      ["runs", runs],
      ["digest", digest],
      ...failures.map((failure): [string, string] => ["replay", replayOf(told.get(failure)!, out)]),
    ];
    return values.map(([name, value]): Element => ({ name: "property", attributes: { name: `${prefix}${name}`, value } }));
  });
  return { name: "properties", children: own };
}

function totals(campaigns: readonly Campaign[], left: number, setting: Setting) {
  const outcomes = campaigns.map((campaign) => outcomeOf(campaign, setting));
  const numberOf = (outcome: Outcome): number => outcomes.filter((other) => other === outcome).length;
  const virtualUs = campaigns.reduce((sum, campaign) => sum + campaign.virtualUs, 0);
  return {
    tests: campaigns.length + left,
    failures: numberOf("failure"),
    errors: numberOf("error"),
    time: seconds(virtualUs),
    skipped: numberOf("skipped") + left,
  };
}

export function junit(suite: Suite, setting: Setting, shape: Shape = "by the schema"): string {
  const { campaigns, notRun = [] } = suite;
  const told = tellFailures(campaigns);
  const files = [...new Set([...campaigns.map(({ scenario }) => scenario), ...notRun].map(({ file }) => file))];
  const suites = files.map((file): Element => {
    const own = campaigns.filter(({ scenario }) => scenario.file === file);
    const left = notRun.filter((scenario) => scenario.file === file);
    return {
      name: "testsuite",
      attributes: { name: file, file, ...totals(own, left.length, setting) },
      children: [
        properties(own, told, setting),
        ...own.map((campaign) => testcase(campaign, told, setting, shape)),
        ...left.map((scenario) => leftOut(scenario, suite, shape)),
      ],
    };
  });
  // Jenkins' schema lets a whole document count no skipped ones.
  const { skipped: _skipped, ...all } = totals(campaigns, notRun.length, setting);
  return xml({ name: "testsuites", attributes: { name: "seedquake", ...all }, children: suites });
}

export const junitReporter: Reporter = {
  name: "junit",
  doc: "JUnit XML; its times are virtual seconds",
  file: "junit.xml",
  render: (suite, setting) => junit(suite, setting),
};
