/** Looks ahead: a state that some later answer needs must not be left when nothing can lead back to it in time (R6). */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import type { States } from "./states.ts";
import type { Windows } from "./windows.ts";

const NONE = -1;

/**
 * For models that say which state an answer *needs* and which state an operation *sets*.
 *
 * Why it is exact: an answer that needs state v must be linearized in v, before it returns. Once v is left, it can only be
 * entered again by an operation that sets v, is not linearized yet and was invoked before that return.
 */
export class Demand {
  /** The first window that no order whatever gets past, because nothing leads to the state needed at its end; else Infinity. */
  readonly doomed: number;
  readonly #windows: Windows;
  /** By operation: the state that it needs, and the state that it sets, or NONE. */
  readonly #needs: Int32Array;
  readonly #sets: Int32Array;
  /** By state: the operations that need it, in order of invocation, and the soonest return of each and those after it. */
  readonly #needing = new Map<number, number[]>();
  readonly #deadlines = new Map<number, number[]>();
  /** By state: the operations that set it, in order of invocation. */
  readonly #setting = new Map<number, number[]>();
  readonly #invoked: readonly number[];

  /** Looks ahead to the answers that return in the first `foresight` windows. Undefined when the model does not say enough. */
  static of(
    operations: readonly Operation[],
    windows: Windows,
    foresight: number,
    model: Model,
    states: States,
  ): Demand | undefined {
    if (model.needs === undefined || model.sets === undefined) return undefined;
    const last = foresight === 0 ? Number.NEGATIVE_INFINITY : windows.returned[windows.blocking[foresight - 1]!]!;
    const needs = new Int32Array(operations.length).fill(NONE);
    const sets = new Int32Array(operations.length).fill(NONE);
    for (let i = 0; i < operations.length; i++) {
      const { input, output, outcome } = operations[i]!;
      if (outcome === "ok" && output !== undefined && windows.returned[i]! <= last) {
        const needed = model.needs(input, output);
        if (needed !== undefined && !states.comparable(needed)) return undefined;
        if (needed !== undefined) needs[i] = states.number(needed);
      }
      if (windows.observer[i] === 1) continue;
      const set = model.sets(input);
      if (set === undefined || !states.comparable(set)) return undefined;
      sets[i] = states.number(set);
    }
    return new Demand(operations, windows, needs, sets);
  }

  private constructor(operations: readonly Operation[], windows: Windows, needs: Int32Array, sets: Int32Array) {
    this.#windows = windows;
    this.#needs = needs;
    this.#sets = sets;
    this.#invoked = operations.map(({ invoked }) => invoked);
    for (let i = 0; i < operations.length; i++) {
      if (needs[i] !== NONE) append(this.#needing, needs[i]!, i);
      if (sets[i] !== NONE) append(this.#setting, sets[i]!, i);
    }
    for (const [state, operations] of this.#needing) {
      const deadlines: number[] = [];
      let soonest = Infinity;
      for (const operation of operations.toReversed()) {
        soonest = Math.min(soonest, windows.returned[operation]!);
        deadlines.push(soonest);
      }
      this.#deadlines.set(state, deadlines.reverse());
    }
    this.doomed = this.#firstDoomed();
  }

  /** True when `operation` needs `state`. */
  needs(operation: number, state: number): boolean {
    return this.#needs[operation] === state;
  }

  /** False when the model contradicts itself: its `step` led where `needs` or `sets` say that it cannot. */
  agrees(operation: number, before: number, after: number): boolean {
    const needed = this.#needs[operation]!;
    return (needed === NONE || needed === before) && (after === before || after === this.#sets[operation]);
  }

  /** True when `state` must not be left in this configuration by `operation` (or by any that does not need it: -1). */
  lost(state: number, window: number, mask: Int32Array, operation: number): boolean {
    const needing = this.#needing.get(state);
    if (needing === undefined) return false;
    const { invoked, open, openFrom, openTo, crashed, invokedCrashed, bit } = this.#windows;
    const future = invoked[window]!;
    const at = firstFrom(needing, future);
    let deadline = at < needing.length ? this.#deadlines.get(state)![at]! : Infinity;
    for (let i = openFrom[window]!, end = openTo[window]!; i < end; i++) {
      const other = open[i]!;
      if (other === operation || isSet(mask, bit[other]!)) continue;
      if (this.#sets[other] === state) return false;
      if (this.#needs[other] === state) deadline = Math.min(deadline, this.#windows.returned[other]!);
    }
    if (deadline === Infinity) return false;
    for (let i = 0, end = invokedCrashed[window]!; i < end; i++) {
      const other = crashed[i]!;
      if (other !== operation && this.#sets[other] === state && !isSet(mask, bit[other]!)) return false;
    }
    const setting = this.#setting.get(state);
    if (setting === undefined) return true;
    const next = setting[firstFrom(setting, future)];
    return next === undefined || this.#invoked[next]! > deadline;
  }

  #firstDoomed(): number {
    const { blocking, count, returned } = this.#windows;
    for (let window = 0; window < count; window++) {
      const operation = blocking[window]!;
      const needed = this.#needs[operation]!;
      // State 0 is the initial one; it is there without anybody's doing.
      if (needed <= 0) continue;
      const setting = this.#setting.get(needed) ?? [];
      if (!setting.some((other) => other !== operation && this.#invoked[other]! < returned[operation]!)) return window;
    }
    return Infinity;
  }
}

function append(lists: Map<number, number[]>, state: number, operation: number): void {
  const list = lists.get(state);
  if (list === undefined) lists.set(state, [operation]);
  else list.push(operation);
}

function isSet(mask: Int32Array, bit: number): boolean {
  return (mask[bit >>> 5]! & (1 << (bit & 31))) !== 0;
}

/** The index of the first entry of an ascending list that is at least `least`. */
function firstFrom(list: readonly number[], least: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
