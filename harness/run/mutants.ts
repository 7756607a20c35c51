/** Every wrong variant against the scenario that must find it: the protocol's general harsh one, or one of its own. */

import type { Mutant, Protocol } from "../protocol.ts";
import { fullName, type Scenario } from "../scenario/scenario.ts";

export interface MutantJob {
  /** What its mutants are called by: "raft" in raft/vote-not-persisted. */
  readonly protocol: string;
  readonly mutant: Mutant;
  /** With the mutant put in, expecting a violation of whatever check it be. */
  readonly scenario: Scenario;
  /** The same without the mutant, where it is not known to hold: else whatever is wrong with the right one would be found. */
  readonly right?: Scenario;
  /** The scenario that was asked about, where it was one scenario and not whatever finds the protocol's mutants. */
  readonly asked?: string;
}

/** Where a protocol's general harsh scenario lies, from the scenarios folder. */
export function harshScenario(protocol: string): string {
  return `${protocol}-harsh.yaml`;
}

/** `read` loads a file's cases by its path from the scenarios folder. Of several the mutant's own is meant, else the right protocol's. */
export function mutantScenarios(
  protocols: readonly Protocol[],
  read: (path: string) => readonly Scenario[],
  within: number,
): MutantJob[] {
  return protocols.flatMap(({ name, mutants }) =>
    mutants.map((mutant): MutantJob => {
      const scenario = caseFor(mutant, read(mutant.needs?.scenario ?? harshScenario(name)));
      return { protocol: name, mutant, scenario: planted(scenario, mutant, within) };
    }),
  );
}

/**
 * Mutants of which nobody has shown yet that the right protocol holds where they are looked for: of a user's own protocol, or against
 * a scenario that somebody names. `scenarioFor` says where each is looked for.
 */
export function mutantsAgainst(
  mutants: readonly Mutant[],
  scenarioFor: (mutant: Mutant) => Scenario,
  { called, within, only }: { readonly called: string; readonly within: number; readonly only: boolean },
): MutantJob[] {
  return mutants.map((mutant): MutantJob => {
    const right = rightOf(scenarioFor(mutant));
    const job = { protocol: called, mutant, scenario: planted(right, mutant, within), right };
    return only ? { ...job, asked: fullName(right) } : job;
  });
}

/** The case without anything wrong in it. */
function rightOf({ mutant: _wrong, mutation: _planted, ...scenario }: Scenario): Scenario {
  return { ...scenario, expect: { kind: "valid" } };
}

/** Of several cases the mutant's own, else the right protocol's. */
export function caseFor({ name }: Mutant, cases: readonly Scenario[]): Scenario {
  return cases.find(({ mutant }) => mutant === name) ?? cases.find(({ mutant }) => mutant === undefined) ?? cases[0]!;
}

function planted(scenario: Scenario, { name }: Mutant, within: number): Scenario {
  return { ...scenario, mutant: name, expect: { kind: "violation", check: "any", within } };
}
