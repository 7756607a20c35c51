/** The sequential models of what is decided once: consensus, and a register that is written once. */

import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed, same, type Value } from "./shared.ts";

export type ConsensusInput = Keyed & { readonly f: "propose"; readonly value: Value };
export type WriteOnceInput = Keyed & ({ readonly f: "write"; readonly value: Value } | { readonly f: "read" });

/** What was decided, if anything. */
export type Decided = { readonly value: Value } | null;

/** The first value proposed is decided, and every `propose` answers it. */
export const consensus: Model<Decided, ConsensusInput, unknown> = {
  name: "consensus",
  init: null,
  step(decided, input, output) {
    const after = decided ?? { value: input.value };
    return output === undefined || same(output, after.value) ? after : undefined;
  },
  partition: byKey,
  readOnly: (input, output) => output !== undefined && !same(output, input.value),
  describe: (input, output) => inWords(input, [input.value], output),
};

/**
 * A register that keeps the first value: `write` answers whether it was the first (any answer but true and false says
 * nothing), `read` answers the value, or null before the first write.
 */
export const writeOnce: Model<Decided, WriteOnceInput, unknown> = {
  name: "write-once",
  init: null,
  step(decided, input, output) {
    if (input.f === "read") return output === undefined || same(output, decided?.value ?? null) ? decided : undefined;
    if (typeof output === "boolean" && output !== (decided === null)) return undefined;
    return decided ?? { value: input.value };
  },
  partition: byKey,
  readOnly: (input, output) => input.f === "read" || output === false,
  describe: (input, output) =>
    input.f === "read" ? inWords(input, [], output) : inWords(input, [input.value], output, typeof output === "boolean"),
};
