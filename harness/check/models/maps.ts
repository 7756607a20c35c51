/** The sequential models of several registers: strings by key, and registers that one operation reads and writes together. */

import { fingerprint } from "../fingerprint.ts";
import type { Model } from "../model.ts";
import { byKey, inWords, same, type Value } from "./shared.ts";

export type KvInput =
  | { readonly f: "get"; readonly key: string }
  | { readonly f: "put" | "append"; readonly key: string; readonly value: string };

/** ["read", key, what it answered or null while nobody knows] or ["write", key, value] */
export type MultiRegisterStep = readonly [f: "read" | "write", key: string, value: Value];
export type MultiRegisterInput = { readonly f: "txn"; readonly value: readonly MultiRegisterStep[] };

/** Strings by key, "" at first: `get`, `put`, and `append` to the end. */
export const kv: Model<string, KvInput, unknown> = {
  name: "kv",
  init: "",
  step(text, input, output) {
    if (input.f === "put") return input.value;
    if (input.f === "append") return text + input.value;
    return output === undefined || output === text ? text : undefined;
  },
  partition: byKey,
  readOnly: (input) => input.f === "get",
  needs: (input, output) => (input.f === "get" && typeof output === "string" ? output : undefined),
  sets: (input) => (input.f === "put" ? input.value : undefined),
  reaches: (text, needed) => needed.startsWith(text),
  describe: (input, output) => (input.f === "get" ? inWords(input, [], output) : inWords(input, [input.value], output, false)),
};

/**
 * Registers, null at first, of which a `txn` reads and writes some at once, step by step. Its answer is the list of steps with
 * the values read; a step that answered null says nothing.
 */
export const multiRegister: Model<Readonly<Record<string, Value>>, MultiRegisterInput, unknown> = {
  name: "multi-register",
  init: {},
  step(registers, input, output) {
    const answers = Array.isArray(output) ? (output as readonly MultiRegisterStep[]) : undefined;
    const after: Record<string, Value> = { ...registers };
    for (let i = 0; i < input.value.length; i++) {
      const [f, key, value] = input.value[i]!;
      const answered = answers?.[i]?.[2] ?? null;
      if (f === "write") after[key] = value;
      else if (answered !== null && !same(answered, after[key] ?? null)) return undefined;
    }
    return after;
  },
  key: (registers) => fingerprint(registers) ?? "",
  readOnly: (input) => input.value.every(([f]) => f === "read"),
  describe: (input, output) => inWords(input, [input.value], output),
};
