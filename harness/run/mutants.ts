/** Every wrong variant against the scenario that must find it: the protocol's general harsh one, or one of its own. */

import type { Mutant, Protocol } from "../protocol.ts";
import type { Scenario } from "../scenario/scenario.ts";

export interface MutantJob {
  readonly protocol: string;
  readonly mutant: Mutant;
  /** With the mutant put in, expecting a violation of whatever check it be. */
  readonly scenario: Scenario;
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
  return protocols.flatMap((protocol) =>
    protocol.mutants.map((mutant): MutantJob => {
      const cases = read(mutant.needs?.scenario ?? harshScenario(protocol.name));
      const own =
        cases.find((scenario) => scenario.mutant === mutant.name) ?? cases.find((scenario) => scenario.mutant === undefined);
      const found = own ?? cases[0]!;
      return {
        protocol: protocol.name,
        mutant,
        scenario: { ...found, mutant: mutant.name, expect: { kind: "violation", check: "any", within } },
      };
    }),
  );
}
