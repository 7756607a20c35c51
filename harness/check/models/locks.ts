/** The sequential models of locks: held by anyone, and held by an owner, with fencing tokens. */

import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed } from "./shared.ts";

export type MutexInput = Keyed & { readonly f: "acquire" | "release" };
export type LockInput = Keyed & { readonly f: "acquire" | "release"; readonly owner: string | number };

/** Held or free; nobody asks by whom. Neither can an `acquire` succeed when it is held, nor a `release` when it is free. */
export const mutex: Model<boolean, MutexInput, unknown> = {
  name: "mutex",
  init: false,
  step: (held, input) => (held === (input.f === "acquire") ? undefined : !held),
  partition: byKey,
  describe: (input) => inWords(input, [], undefined, false),
};

/** Who holds the lock, and the last fencing token that was told. */
export interface Holding {
  readonly owner: string | number | null;
  readonly token: number;
}

/**
 * A lock that only its owner can release. An `acquire` that answers a number got it as its fencing token: each must be
 * greater than all before.
 */
export const lock: Model<Holding, LockInput, unknown> = {
  name: "lock",
  init: { owner: null, token: Number.NEGATIVE_INFINITY },
  step({ owner, token }, input, output) {
    if (input.f === "release") return owner === input.owner ? { owner: null, token } : undefined;
    if (owner !== null) return undefined;
    if (typeof output !== "number") return { owner: input.owner, token };
    return output > token ? { owner: input.owner, token: output } : undefined;
  },
  key: ({ owner, token }) => `${typeof owner} ${owner} ${token}`,
  partition: byKey,
  describe: (input, output) => inWords(input, [input.owner], output, typeof output === "number"),
};
