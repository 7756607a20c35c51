/** The catalogue of what the tool says, and how to find in it what a sentence means. */

import type { Code, Group } from "./code.ts";
import { contract } from "./contract.ts";
import { faults } from "./faults.ts";
import { files } from "./files.ts";
import { histories } from "./histories.ts";
import { outcomes } from "./outcomes.ts";
import { runs } from "./runs.ts";
import { scenario } from "./scenario.ts";
import { usage } from "./usage.ts";

export type { Code, Group } from "./code.ts";

/** In the order of the list. */
export const groups: readonly Group[] = [outcomes, runs, contract, scenario, faults, usage, files, histories];

export const codes: readonly Code[] = groups.flatMap((group) => group.codes);

/** The codes that explain this sentence, or a text that holds several. */
export function codesOf(sentence: string): readonly Code[] {
  const text = sentence.replace(/\s+/g, " ");
  return codes.filter(({ says }) => says.some((part) => part.test(text)));
}
