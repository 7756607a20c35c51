/** The sequential models of counters, and of what hands out identifiers. */

import { fingerprint } from "../fingerprint.ts";
import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed } from "./shared.ts";

export type CounterInput = Keyed & ({ readonly f: "add"; readonly value: number } | { readonly f: "read" });
export type FetchAddInput = Keyed & { readonly f: "fetch-add"; readonly value: number };
export type UniqueIdsInput = Keyed & { readonly f: "generate" };

/** A counter: `add` says nothing, `read` answers the sum. */
export const counter: Model<number, CounterInput, unknown> = {
  name: "counter",
  init: 0,
  step: (sum, input, output) =>
    input.f === "add" ? sum + input.value : output === undefined || output === sum ? sum : undefined,
  partition: byKey,
  readOnly: (input) => input.f === "read",
  describe: (input, output) => (input.f === "add" ? inWords(input, [input.value], output, false) : inWords(input, [], output)),
};

/** A counter whose `fetch-add` answers the sum before it. */
export const fetchAdd: Model<number, FetchAddInput, unknown> = {
  name: "fetch-add",
  init: 0,
  step: (sum, input, output) => (output === undefined || output === sum ? sum + input.value : undefined),
  partition: byKey,
  describe: (input, output) => inWords(input, [input.value], output),
};

/** Hands out identifiers, no two equal. One that nobody was told of is like no other. */
export const uniqueIds: Model<ReadonlySet<string>, UniqueIdsInput, unknown> = {
  name: "unique-ids",
  init: new Set(),
  step(given, _, output) {
    if (output === undefined) return given;
    const id = fingerprint(output) ?? String(output);
    return given.has(id) ? undefined : new Set([...given, id]);
  },
  key: (state) => [...state].sort().join(),
  partition: byKey,
  readOnly: (_, output) => output === undefined,
  describe: (input, output) => inWords(input, [], output),
};
