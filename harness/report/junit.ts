/** junit.xml: a testsuite for each scenario file, a testcase for each campaign; valid by the schema of Jenkins' xUnit plugin. */

import type { Campaign, Failure, Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import { inFolder } from "./names.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { found, isExpectedFind, sizes } from "./sentences.ts";
import { story } from "./story.ts";
import { seconds } from "./text.ts";
import { asFound, replayOf, type Told, tellFailures } from "./told.ts";
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

function outcomeOf({ verdict, scenario, failures }: Campaign): Outcome {
  // An interruption hides nothing that had been found before it.
  if (verdict === "interrupted" && scenario.expect.kind === "valid" && failures.length > 0) return "failure";
  return outcomes[verdict];
}

function failureText(failure: Failure, told: Told, { words, out }: Setting): string {
  return [
    failure.violation.sentence,
    `seed ${failure.seed}; ${sizes(failure)}`,
    "",
    ...story(failure.run, words(failure.scenario.workload.name)),
    "",
    `replay:   ${replayOf(told, out)}`,
    `as found: ${asFound(told)}`,
    `report:   ${inFolder(out, told.folder)}/`,
  ].join("\n");
}

function resultOf(campaign: Campaign, told: ReadonlyMap<Failure, Told>, setting: Setting): Element[] {
  const { verdict, reason, failures } = campaign;
  const text = failures.map((failure) => failureText(failure, told.get(failure)!, setting)).join("\n\n");
  const outcome = outcomeOf(campaign);
  if (outcome === "passed") {
    if (!isExpectedFind(campaign)) return [];
    return [{ name: "system-out", text: `${failures.map((failure) => found(campaign, failure)).join("\n")}\n\n${text}` }];
  }
  const first = verdict === "violation" || verdict === "interrupted" ? failures[0]?.violation : undefined;
  const attributes = { type: first?.check ?? verdict, message: first?.sentence ?? reason };
  return [{ name: outcome, attributes, text: text === "" ? reason : text }];
}

function testcase(campaign: Campaign, told: ReadonlyMap<Failure, Told>, setting: Setting): Element {
  const { scenario, virtualUs } = campaign;
  const attributes = { name: fullName(scenario), classname: `seedquake.${scenario.protocol}`, time: seconds(virtualUs) };
  return { name: "testcase", attributes, children: resultOf(campaign, told, setting) };
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

function numberOf(outcome: Outcome, campaigns: readonly Campaign[]): number {
  return campaigns.filter((campaign) => outcomeOf(campaign) === outcome).length;
}

function totals(campaigns: readonly Campaign[]): { tests: number; failures: number; errors: number; time: string } {
  const virtualUs = campaigns.reduce((sum, campaign) => sum + campaign.virtualUs, 0);
  return {
    tests: campaigns.length,
    failures: numberOf("failure", campaigns),
    errors: numberOf("error", campaigns),
    time: seconds(virtualUs),
  };
}

function testsuite(file: string, campaigns: readonly Campaign[], told: ReadonlyMap<Failure, Told>, setting: Setting): Element {
  return {
    name: "testsuite",
    attributes: { name: file, file, ...totals(campaigns), skipped: numberOf("skipped", campaigns) },
    children: [properties(campaigns, told, setting), ...campaigns.map((campaign) => testcase(campaign, told, setting))],
  };
}

export function junit(suite: Suite, setting: Setting): string {
  const told = tellFailures(suite.campaigns);
  const files = [...new Set(suite.campaigns.map(({ scenario }) => scenario.file))];
  const suites = files.map((file) => {
    const campaigns = suite.campaigns.filter(({ scenario }) => scenario.file === file);
    return testsuite(file, campaigns, told, setting);
  });
  return xml({ name: "testsuites", attributes: { name: "seedquake", ...totals(suite.campaigns) }, children: suites });
}

export const junitReporter: Reporter = {
  name: "junit",
  doc: "JUnit XML; its times are virtual seconds",
  file: "junit.xml",
  render: junit,
};
