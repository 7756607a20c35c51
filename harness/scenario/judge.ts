/** What judges a scenario's runs, and what should come out: check, expect, reach, runs. */

import type { Protocol } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Report } from "./problems.ts";
import type { Expectation } from "./scenario.ts";
import type { ScenarioFile } from "./schema.ts";

const defaultRuns = 100;

/** By default all that workload and protocol offer. */
export function checks(
  file: ScenarioFile,
  protocol: Protocol,
  workload: Workload,
  { invariants: own = [] }: Catalogue,
  report: Report,
): readonly string[] {
  const invariants = protocol.invariants.map(({ name }) => name);
  const paths = own.map(({ name }) => name);
  const offered = new Map<string, boolean>([
    ["linearizable", workload.model !== undefined],
    ["invariants", invariants.length > 0],
  ]);
  const named = typeof file.check === "string" ? [file.check] : file.check;
  if (named === undefined) return [...offered].filter(([, has]) => has).map(([check]) => check);
  named.forEach((check, i) => {
    const path = typeof file.check === "string" ? ["check"] : ["check", i];
    if (named.indexOf(check) < i) report(path, `"${check}" stands here twice; name it once`);
    if (paths.includes(check)) return;
    if (invariants.includes(check)) {
      if (named.includes("invariants"))
        report(path, `"${check}" is one of the invariants, which all stand here; take one of the two out`);
      return;
    }
    if (!offered.has(check)) {
      report(path, `there is no check "${check}"; ${didYouMean(check, [...offered.keys(), ...invariants, ...paths])}`);
      return;
    }
    if (offered.get(check)) return;
    const lack =
      check === "linearizable"
        ? `the workload ${workload.name} has no sequential model`
        : `${protocol.name} states no invariants`;
    report(path, `"${check}" cannot judge this scenario: ${lack}; take it out`);
  });
  return named;
}

/** Goals that must be reached: such as the protocol names. */
export function goals(file: ScenarioFile, protocol: Protocol, report: Report): readonly string[] {
  const known = protocol.goals ?? [];
  const asked = file.reach ?? [];
  asked.forEach((goal, i) => {
    if (asked.indexOf(goal) < i) report(["reach", i], `"${goal}" stands here twice; name it once`);
    else if (known.length === 0) report(["reach", i], `${protocol.name} has no goals; take "${goal}" out`);
    else if (!known.includes(goal)) report(["reach", i], `${protocol.name} has no goal "${goal}"; ${didYouMean(goal, known)}`);
  });
  return asked;
}

export interface Expected {
  readonly expect: Expectation;
  readonly runs: number;
}

/** `judging` are the checks of this scenario. An explicit scenario is one run. */
export function expected(
  file: ScenarioFile,
  judging: readonly string[],
  protocol: Protocol,
  catalogue: Catalogue,
  report: Report,
): Expected {
  const explicit = file.format !== undefined;
  if (explicit && file.runs !== undefined && file.runs !== 1) {
    report(["runs"], `an explicit scenario (format: 1) is one run, found ${file.runs}; take the key out`);
  }
  const within =
    typeof file.expect === "object" && file.expect.within !== undefined ? Number.parseInt(file.expect.within, 10) : undefined;
  const runs = explicit ? 1 : (file.runs ?? within ?? defaultRuns);
  if (within !== undefined && within > runs) {
    const ways = explicit ? "take it out" : `write a larger "runs", or "within: ${runs} runs"`;
    report(["expect", "within"], `the violation cannot be waited for over ${within} runs where there are only ${runs}; ${ways}`);
  }
  if (typeof file.expect !== "object") return { expect: { kind: "valid" }, runs };

  const check = file.expect.violation;
  const invariants = [...protocol.invariants, ...(catalogue.invariants ?? [])].map(({ name }) => name);
  const all = judging.includes("invariants") ? protocol.invariants.map(({ name }) => name) : [];
  const stated = invariants.filter((name) => all.includes(name) || judging.includes(name));
  const judged = [
    ...(judging.includes("linearizable") ? ["linearizable"] : []),
    ...stated,
    ...(stated.length > 0 ? ["invariants"] : []),
    ...["liveness", "contract", "any"],
  ];
  if (!judged.includes(check)) {
    const known = ["linearizable", "invariants", ...invariants].includes(check);
    const why = known
      ? `"${check}" does not judge this scenario; add it to "check"`
      : `there is no check "${check}"; ${didYouMean(check, judged)}`;
    report(["expect", "violation"], why);
  }
  return { expect: { kind: "violation", check, within: within ?? runs }, runs };
}
