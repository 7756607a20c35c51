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

/** As Knossos has it: there is no answer "empty". */
export const knossosQueue: Model<readonly number[], QueueInput, unknown> = {
  name: "fifo-queue",
  init: [],
  step(state, input, output) {
    if (input.f === "enqueue") return [...state, input.value];
    if (state.length === 0) return undefined;
    return output === undefined || output === state[0] ? state.slice(1) : undefined;
  },
};

export type MutexInput = { readonly f: "acquire" } | { readonly f: "release" };

export const mutex: Model<boolean, MutexInput, unknown> = {
  name: "mutex",
  init: false,
  step: (held, input) => (held === (input.f === "acquire") ? undefined : !held),
};

export type StringInput =
  | { readonly f: "get"; readonly key: string }
  | { readonly f: "put" | "append"; readonly key: string; readonly value: string };

/** Strings by key, "" at first. */
export const strings: Model<string, StringInput, unknown> = {
  name: "kv",
  init: "",
  partition: (input) => input.key,
  readOnly: (input) => input.f === "get",
  step(state, input, output) {
    if (input.f === "put") return input.value;
    if (input.f === "append") return state + input.value;
    return output === undefined || output === state ? state : undefined;
  },
};
