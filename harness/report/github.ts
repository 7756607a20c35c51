/** Annotations of GitHub's workflows: a line of the log for each scenario that went wrong, shown at its line in the pull request. */

import type { Campaign, Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import { knownInWords } from "./baseline.ts";
import { quoted } from "./names.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { isGood, type Standing, standing, whyNotRun } from "./sentences.ts";
import { count } from "./text.ts";
import { replayOf, tellFailures } from "./told.ts";

type Command = "error" | "warning" | "notice";

/** As actions/toolkit writes a command's message. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As actions/toolkit writes a command's properties. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function command(name: Command, properties: Readonly<Record<string, string | number>>, message: string): string {
  const written = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${name}${written.length === 0 ? "" : ` ${written.join(",")}`}::${data(message)}`;
}

/** What is known, or was cut short, breaks nothing. */
function commandOf(stands: Standing): Command {
  return stands === "known" || stands === "interrupted" ? "warning" : "error";
}

/** From the root of the repository, as CI servers want it. */
export function fromRoot(file: string, { prefix = "" }: Pick<Setting, "prefix">): string {
  return file.startsWith("/") ? file : `${prefix}${file.replace(/^\.\//, "")}`;
}

export function github(suite: Suite, setting: Setting): string {
  const { campaigns, notRun = [] } = suite;
  const told = tellFailures(campaigns);
  const lineOf = (campaign: Campaign): string => {
    const { scenario, reason, failures } = campaign;
    const stands = standing(campaign, setting);
    const [first] = failures;
    const what = first === undefined ? stands : `${first.violation.check} is violated`;
    const message = [
      // Of a violation the shrunk story's sentence says the same, and more shortly.
      ...(failures.length === 0 || scenario.expect.kind === "violation" ? [reason] : []),
      ...failures.map(({ violation }) => violation.sentence),
      ...failures.map((failure) => `replay: ${replayOf(told.get(failure)!, setting.out)}`),
    ];
    const title = `${fullName(scenario)}: ${stands === "known" ? `known, ` : ""}${what}`;
    return command(commandOf(stands), { file: fromRoot(scenario.file, setting), line: scenario.line, title }, message.join("\n"));
  };
  const wrong = campaigns.filter((campaign) => standing(campaign, setting) !== "as expected");
  // GitHub shows the first ten of each step: what breaks the gate comes first.
  const inOrder = [
    ...wrong.filter((campaign) => !isGood(standing(campaign, setting))),
    ...wrong.filter((campaign) => isGood(standing(campaign, setting))),
  ];
  const { baseline } = setting;
  const lines = [
    ...inOrder.map(lineOf),
    ...(notRun.length === 0 ? [] : [command("warning", {}, `${count(notRun.length, "scenario")} ${whyNotRun(suite)}`)]),
    ...(baseline?.fixed ?? []).map((entry) =>
      command(
        "notice",
        { file: fromRoot(baseline!.file, setting), title: "fixed, or not found with these seeds" },
        `${knownInWords(entry)}; \`seedquake run --baseline ${quoted(baseline!.file)} --update-baseline\` takes it out`,
      ),
    ),
  ];
  return `${lines.length === 0 ? command("notice", {}, `seedquake: ${count(campaigns.length, "scenario")} as expected`) : lines.join("\n")}\n`;
}

export const githubReporter: Reporter = {
  name: "github",
  doc: "annotations for GitHub's workflows, and a summary of the job",
  beside: true,
  render: github,
};
