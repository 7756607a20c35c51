/** Models that only the tests need. */

import type { Model } from "../model.ts";

export type QueueInput = { readonly f: "enqueue"; readonly value: number } | { readonly f: "dequeue" };

/** A first-in-first-out queue; dequeue answers null when it is empty. */
export const queue: Model<readonly number[], QueueInput, unknown> = {
  name: "fifo-queue",
  init: [],
  step(state, input, output) {
    if (input.f === "enqueue") return [...state, input.value];
    const first = state[0] ?? null;
    return output === undefined || output === first ? state.slice(1) : undefined;
  },
  readOnly: (input, output) => input.f === "dequeue" && output === null,
};
