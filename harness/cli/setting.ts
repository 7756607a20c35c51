/** How reports are told on this command line: the words of the workloads, the files of counterexamples, colours. */

import type { Setting } from "../report/index.ts";
import { holders } from "../run/holders.ts";
import type { Suite } from "../run/run.ts";
import { type Catalogue, writeExplicit } from "../scenario/index.ts";
import { pageParts } from "./page-parts.ts";
import { paint } from "./terminal.ts";

export function setting(catalogue: Catalogue, outDir: string, failures: Suite["campaigns"] = []): Setting {
  const violations = new Map(
    failures.flatMap((campaign) => campaign.failures.map((failure) => [failure.scenario, failure.violation])),
  );
  return {
    words: (name) => catalogue.workloads.find((workload) => workload.name === name)!,
    yaml: (scenario) => {
      const violation = violations.get(scenario);
      return writeExplicit(
        scenario,
        catalogue,
        violation === undefined ? [] : [`${violation.check} is violated: ${violation.sentence}`],
      );
    },
    demands: ({ protocol }, check) =>
      [...(catalogue.protocols.find(({ name }) => name === protocol)?.invariants ?? []), ...(catalogue.invariants ?? [])].find(
        ({ name }) => name === check,
      )?.states,
    breaks: ({ protocol, mutant }) =>
      catalogue.protocols.find(({ name }) => name === protocol)?.mutants.find(({ name }) => name === mutant)?.breaks,
    holders: (scenario, trace, endUs) => {
      const protocol = catalogue.protocols.find(({ name }) => name === scenario.protocol);
      return protocol === undefined ? [] : holders(protocol, scenario, trace, endUs);
    },
    page: pageParts(),
    out: outDir.replaceAll("\\", "/"),
    paint,
  };
}
