/** GitLab's Code Quality report: one finding for each thing that went wrong, at its scenario's line, under a fingerprint that seeds do not change. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Campaign, Suite } from "../run/run.ts";
import { failuresOf, type Known, knownInWords } from "./baseline.ts";
import { fromRoot } from "./github.ts";
import { junit } from "./junit.ts";
import type { Reporter, Setting } from "./reporter.ts";
import { standing } from "./sentences.ts";
import { json } from "./text.ts";

type Severity = "info" | "minor" | "major" | "critical" | "blocker";

/** What proves nothing is no defect of the protocol; what is known is no news. */
const severities: Readonly<Record<Known["verdict"], Severity>> = {
  violation: "critical",
  "not found": "major",
  inconclusive: "minor",
  unknown: "minor",
};

/** GitLab takes two findings of one fingerprint for one, on one branch or on two: it is made of what a baseline knows failures by. */
function fingerprint({ scenario, verdict, check = "", signature = "" }: Known): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([scenario, verdict, check, signature]))));
}

/** Several failures of one check and no signature are one finding. */
function findings(campaign: Campaign, setting: Setting): object[] {
  const { scenario, reason, failures } = campaign;
  const known = standing(campaign, setting) === "known";
  const byPrint = new Map(failuresOf(campaign).map((found) => [fingerprint(found), found]));
  return [...byPrint].map(([print, found]) => {
    const own = failures.find(({ violation }) => found.check?.endsWith(violation.check) === true);
    return {
      description: `${knownInWords({ ...found, signature: undefined })}: ${own?.violation.sentence ?? reason}`,
      check_name: `seedquake/${found.check ?? found.verdict}`,
      fingerprint: print,
      severity: known ? "info" : severities[found.verdict],
      location: { path: fromRoot(scenario.file, setting), lines: { begin: scenario.line } },
    };
  });
}

export function codeQuality({ campaigns }: Suite, setting: Setting): string {
  return `${json(
    campaigns.flatMap((campaign) => findings(campaign, setting)),
    2,
  )}\n`;
}

export const gitlabReporter: Reporter = {
  name: "gitlab",
  doc: "GitLab's Code Quality report, as JSON",
  render: codeQuality,
};

/** Jenkins' schema, which junit.xml is valid by, knows no file of a testcase; GitLab leads from there to the scenario. */
export const gitlabJunitReporter: Reporter = {
  name: "gitlab-junit",
  doc: "JUnit XML with the file of each testcase, which GitLab links to",
  render: (suite, setting) => junit(suite, setting, "with files"),
};
