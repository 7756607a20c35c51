/** Dots: a character for each scenario while they run, then only what went wrong. */

import type { Suite } from "../run/run.ts";
import { fullName } from "../scenario/scenario.ts";
import { campaignLines, endLines, nameWidth, rendered } from "./console.ts";
import type { Live, Look, Reporter, Setting, Style } from "./reporter.ts";
import { isGood, type Standing, standing } from "./sentences.ts";
import { tellFailures } from "./told.ts";

const perLine = 80;

/** As the runners of other tests have it: a dot is well, F failed; and what only we have. */
const signs: Readonly<Record<Standing, readonly [string, Style]>> = {
  "as expected": [".", "green"],
  violation: ["F", "red"],
  "not found": ["F", "red"],
  inconclusive: ["?", "yellow"],
  unknown: ["?", "yellow"],
  known: ["k", "yellow"],
  interrupted: ["!", "yellow"],
};

function bad({ campaigns }: Suite, setting: Setting): Suite["campaigns"] {
  return campaigns.filter((campaign) => !isGood(standing(campaign, setting)));
}

function failures(suite: Suite, setting: Setting): string[] {
  const told = tellFailures(suite.campaigns);
  const wrong = bad(suite, setting);
  const look: Look = { nameWidth: nameWidth(wrong.map(({ scenario }) => fullName(scenario))), short: true };
  return wrong.flatMap((campaign) => {
    const lines = campaignLines(campaign, told, setting, look);
    return lines.at(-1) === "" ? lines : [...lines, ""];
  });
}

const live: Live = {
  each(campaigns, _told, setting) {
    const [sign, style] = signs[standing(campaigns.at(-1)!, setting)];
    return `${setting.paint(style, sign)}${campaigns.length % perLine === 0 ? "\n" : ""}`;
  },
  end: (suite, setting) =>
    [
      ...(suite.campaigns.length % perLine === 0 ? [] : [""]),
      "",
      ...failures(suite, setting),
      ...endLines(suite, setting),
      "",
    ].join("\n"),
};

export const dotsReporter: Reporter = {
  name: "dots",
  doc: "a dot for each scenario, then only what went wrong",
  live,
  render: (suite, setting) => rendered(live, suite, setting, { nameWidth: 0, short: true }),
};
