/** The sequential models of registers: what a single correct copy would answer. */

import type { Model } from "./model.ts";

/** A value that a register can hold; null is the initial, missing one. */
export type Scalar = number | string | null;

export type RegisterInput = { readonly f: "read" } | { readonly f: "write"; readonly value: Scalar };
export type CasRegisterInput = RegisterInput | { readonly f: "cas"; readonly from: Scalar; readonly to: Scalar };
export type KeyValueInput = CasRegisterInput & { readonly key: string };

/** A register: `read` answers the value last written, null before the first write. The answer to a `write` says nothing. */
export const register: Model<Scalar, RegisterInput, unknown> = {
  name: "register",
  init: null,
  step: stepRegister,
  readOnly: observes,
  needs,
  sets,
  describe: (input, output) => inWords(input, output, ""),
};

/**
 * A register with compare-and-set: `cas` answers true when it found `from` and wrote `to`, false when it found another
 * value. A false answer is an observation that must be right; a cas that surely did nothing at all is a `fail`.
 */
export const casRegister: Model<Scalar, CasRegisterInput, unknown> = {
  name: "cas-register",
  init: null,
  step: stepRegister,
  readOnly: observes,
  needs,
  sets,
  describe: (input, output) => inWords(input, output, ""),
};

/** Any number of independent cas registers, by key. */
export const keyValue: Model<Scalar, KeyValueInput, unknown> = {
  name: "key-value",
  init: null,
  step: stepRegister,
  partition: (input) => input.key,
  readOnly: observes,
  needs,
  sets,
  describe: (input, output) => inWords(input, output, ` ${input.key}`),
};

function stepRegister(state: Scalar, input: CasRegisterInput, output: unknown): Scalar | undefined {
  switch (input.f) {
    case "read":
      return output === undefined || output === state ? state : undefined;
    case "write":
      return input.value;
    case "cas": {
      const equal = state === input.from;
      if (output !== undefined && output !== equal) return undefined;
      return equal ? input.to : state;
    }
  }
}

function observes(input: CasRegisterInput, output?: unknown): boolean {
  return input.f === "read" || (input.f === "cas" && output === false);
}

function needs(input: CasRegisterInput, output: unknown): Scalar | undefined {
  if (input.f === "cas") return output === true ? input.from : undefined;
  return input.f === "read" && isScalar(output) ? output : undefined;
}

function sets(input: CasRegisterInput): Scalar | undefined {
  return input.f === "write" ? input.value : input.f === "cas" ? input.to : undefined;
}

function isScalar(output: unknown): output is Scalar {
  return output === null || typeof output === "number" || typeof output === "string";
}

/** `where` is a key with a space before it, or nothing. */
function inWords(input: CasRegisterInput, output: unknown, where: string): string {
  const answer = output === undefined ? "?" : JSON.stringify(output);
  switch (input.f) {
    case "read":
      return `read${where} -> ${answer}`;
    case "write":
      return where === "" ? `write ${value(input.value)}` : `write${where} = ${value(input.value)}`;
    case "cas":
      return `cas${where} ${value(input.from)} to ${value(input.to)} -> ${answer}`;
  }
}

function value(scalar: Scalar): string {
  return JSON.stringify(scalar);
}
