/** Numbers the states of a model, so that the search compares and stores small integers. */

import { fingerprint } from "./fingerprint.ts";
import type { Model } from "./model.ts";

/** The states seen so far: state number n is `values[n]`. The initial state has number 0. */
export class States {
  readonly values: unknown[] = [];
  /** About how many bytes they take: a state may be a set of ten thousand elements. */
  bytes = 0;
  readonly #model: Model;
  /** By the model's key, by primitive value, or by identity. */
  readonly #numbers = new Map<unknown, number>();
  /** By contents: states that are objects, when the model has no key. */
  readonly #contents = new Map<string, number>();

  constructor(model: Model) {
    this.#model = model;
    this.number(model.init);
  }

  /** True when an equal state would get the same number. */
  comparable(state: unknown): boolean {
    return this.#model.key !== undefined || fingerprint(state) !== undefined;
  }

  /** The number of this state, a new one if it was never seen. */
  number(state: unknown): number {
    let name = state;
    let numbers: Map<unknown, number> = this.#numbers;
    if (this.#model.key !== undefined) {
      name = this.#model.key(state);
    } else if (typeof state === "object" && state !== null) {
      const contents = fingerprint(state);
      if (contents !== undefined) {
        name = contents;
        numbers = this.#contents as Map<unknown, number>;
      }
    }
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, this.values.length);
    this.bytes += 64 + size(state) + (name === state ? 0 : size(name));
    return this.values.push(state) - 1;
  }
}

/** About how many bytes a value takes, without what is nested in it. */
function size(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return 8 * value.length;
  return value instanceof Set || value instanceof Map ? 40 * value.size : 0;
}
