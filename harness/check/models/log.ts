/** The sequential model of an append-only log. */

import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed, same, type Value } from "./shared.ts";

export type LogInput = Keyed &
  ({ readonly f: "append"; readonly value: Value } | { readonly f: "read"; readonly offset?: number });

/** `append` may answer the offset that the value got; `read` answers all values from an offset (0 unless given) to the end. */
export const log: Model<readonly Value[], LogInput, unknown> = {
  name: "log",
  init: [],
  step(values, input, output) {
    if (input.f === "append") {
      return typeof output === "number" && output !== values.length ? undefined : [...values, input.value];
    }
    return output === undefined || same(output, values.slice(input.offset ?? 0)) ? values : undefined;
  },
  partition: byKey,
  readOnly: (input) => input.f === "read",
  describe: (input, output) =>
    input.f === "read"
      ? inWords(input, input.offset === undefined ? [] : [input.offset], output)
      : inWords(input, [input.value], output, typeof output === "number"),
};
