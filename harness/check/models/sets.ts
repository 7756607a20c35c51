/** The sequential models of sets: with removal, and grow-only. */

import { fingerprint } from "../fingerprint.ts";
import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed, type Value } from "./shared.ts";

export type GrowOnlySetInput = Keyed & ({ readonly f: "add"; readonly value: Value } | { readonly f: "read" });
export type SetInput = GrowOnlySetInput | (Keyed & { readonly f: "remove" | "contains"; readonly value: Value });

/**
 * A set. `add` and `remove` may answer whether they changed anything (any answer but true and false says nothing), `contains`
 * answers true or false, `read` all elements in any order.
 */
export const set: Model<ReadonlySet<string>, SetInput, unknown> = {
  name: "set",
  init: new Set(),
  step: stepSet,
  key: (state) => [...state].sort().join(),
  partition: byKey,
  readOnly: observes,
  describe: words,
};

/** A set that only grows: `add`, and `read` of all elements in any order. */
export const growOnlySet: Model<ReadonlySet<string>, GrowOnlySetInput, unknown> = {
  name: "g-set",
  init: new Set(),
  step: stepSet,
  key: (state) => [...state].sort().join(),
  partition: byKey,
  readOnly: observes,
  describe: words,
};

function stepSet(state: ReadonlySet<string>, input: SetInput, output: unknown): ReadonlySet<string> | undefined {
  if (input.f === "read") return output === undefined || holds(state, output) ? state : undefined;
  const element = nameOf(input.value);
  const present = state.has(element);
  const told = typeof output === "boolean" ? output : undefined;
  switch (input.f) {
    case "contains":
      return told === undefined || told === present ? state : undefined;
    case "add":
      if (told === present) return undefined;
      return present ? state : new Set([...state, element]);
    case "remove":
      if (told === !present) return undefined;
      return present ? new Set([...state].filter((other) => other !== element)) : state;
  }
}

function holds(state: ReadonlySet<string>, output: unknown): boolean {
  return Array.isArray(output) && output.length === state.size && within(new Set(output.map(nameOf)), state);
}

/** What tells elements apart. */
export function nameOf(element: Value): string {
  return fingerprint(element) ?? String(element);
}

function observes(input: SetInput, output?: unknown): boolean {
  return input.f === "read" || input.f === "contains" || output === false;
}

function words(input: SetInput, output: unknown): string {
  return input.f === "read" ? inWords(input, [], output) : inWords(input, [input.value], output, typeof output === "boolean");
}

function within(some: ReadonlySet<string>, state: ReadonlySet<string>): boolean {
  return some.size === state.size && [...some].every((element) => state.has(element));
}
