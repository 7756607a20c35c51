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

/** `read` loads a scenario by its path from the scenarios folder. */
export function mutantScenarios(protocols: readonly Protocol[], read: (path: string) => Scenario, within: number): MutantJob[] {
  return protocols.flatMap((protocol) =>
    protocol.mutants.map((mutant): MutantJob => {
      const found = read(mutant.needs?.scenario ?? harshScenario(protocol.name));
      return {
        protocol: protocol.name,
        mutant,
        scenario: { ...found, mutant: mutant.name, expect: { kind: "violation", check: "any", within } },
      };
    }),
  );
}
