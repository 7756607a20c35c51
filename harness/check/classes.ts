/** Tells which operations are equal, so that only one of them need be tried where several could go (R3). */

import { fingerprint } from "./fingerprint.ts";
import type { Operation } from "./history.ts";

/** Numbers of classes, by operation. Classes of inputs and of whole operations are numbered together, from 0 to `count`. */
export class Classes {
  /** Operations with equal inputs. */
  readonly input: Int32Array;
  /** Operations with equal inputs and outputs; crashed ones, with equal inputs. */
  readonly whole: Int32Array;
  count = 0;
  readonly #numbers = new Map<string, number>();

  constructor(operations: readonly Operation[], optional: ReadonlySet<Operation>) {
    this.input = new Int32Array(operations.length);
    this.whole = new Int32Array(operations.length);
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i]!;
      const asked = fingerprint(operation.input);
      const input = this.#number(asked);
      this.input[i] = input;
      if (operation.outcome === "info") {
        this.whole[i] = input;
      } else {
        // An optional one cannot stand in for one that must happen, so these two are never equal.
        const told = optional.has(operation) ? "optional" : fingerprint(operation.output);
        this.whole[i] = this.#number(asked && told && `${asked} ${told}`);
      }
    }
  }

  /** The number of a class, by its name; what has no name is like nothing else. */
  #number(name: string | undefined): number {
    const known = name === undefined ? undefined : this.#numbers.get(name);
    if (known !== undefined) return known;
    if (name !== undefined) this.#numbers.set(name, this.count);
    return this.count++;
  }
}
