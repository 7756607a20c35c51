/** Looks ahead where values only grow: a text that is not the beginning of one that must be read soon is a dead end. */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import type { Windows } from "./windows.ts";

/**
 * For models that say which state an answer needs, and which states can still become another one by operations that set none.
 *
 * Why it is exact: an answer that needs state v must be linearized in v before it returns. As long as no operation that sets a
 * state can take effect before, only the others can lead there.
 */
export class Growth {
  readonly #windows: Windows;
  readonly #reaches: NonNullable<Model["reaches"]>;
  /** By operation: the state that its answer needs; undefined for none. */
  readonly #needs: readonly unknown[];
  /** By operation: 1 when it sets a state, 2 when it does and crashed. */
  readonly #sets: Uint8Array;
  /** By window: the first one from there on at whose end an answer returns that needs a state; and by number of operation, the next that sets one. */
  readonly #asking: Int32Array;
  readonly #setting: Int32Array;
  readonly #invoked: readonly number[];

  /** Looks ahead to the answers that return in the first `foresight` windows. Undefined when the model does not say enough. */
  static of(operations: readonly Operation[], windows: Windows, foresight: number, model: Model): Growth | undefined {
    const { needs, sets, reaches } = model;
    if (needs === undefined || sets === undefined || reaches === undefined) return undefined;
    const last = foresight === 0 ? Number.NEGATIVE_INFINITY : windows.returned[windows.blocking[foresight - 1]!]!;
    const needed = operations.map(({ input, output, outcome }, i) =>
      outcome === "ok" && output !== undefined && windows.returned[i]! <= last ? needs(input, output) : undefined,
    );
    const setters = Uint8Array.from(operations, ({ input, outcome }, i) =>
      windows.observer[i] === 1 || sets(input) === undefined ? 0 : outcome === "info" ? 2 : 1,
    );
    return new Growth(operations, windows, reaches, needed, setters);
  }

  private constructor(
    operations: readonly Operation[],
    windows: Windows,
    reaches: NonNullable<Model["reaches"]>,
    needs: readonly unknown[],
    sets: Uint8Array,
  ) {
    this.#windows = windows;
    this.#reaches = reaches;
    this.#needs = needs;
    this.#sets = sets;
    this.#invoked = operations.map(({ invoked }) => invoked);
    this.#asking = new Int32Array(windows.count + 1).fill(windows.count);
    for (let window = windows.count - 1; window >= 0; window--) {
      this.#asking[window] = needs[windows.blocking[window]!] === undefined ? this.#asking[window + 1]! : window;
    }
    this.#setting = new Int32Array(operations.length + 1).fill(operations.length);
    for (let i = operations.length - 1; i >= 0; i--) this.#setting[i] = sets[i] === 0 ? this.#setting[i + 1]! : i;
  }

  /** True when some answer can no longer come about from this configuration. */
  isDead(state: unknown, window: number, mask: Int32Array): boolean {
    const { open, openFrom, openTo, returned, invoked, crashed, invokedCrashed, bit, blocking, count } = this.#windows;
    const isSet = (operation: number): boolean => (mask[bit[operation]! >>> 5]! & (1 << (bit[operation]! & 31))) !== 0;
    const from = openFrom[window]!;
    const to = openTo[window]!;
    for (let i = from; i < to; i++) if (this.#sets[open[i]!] !== 0 && !isSet(open[i]!)) return false;
    for (let i = 0; i < invokedCrashed[window]!; i++) if (this.#sets[crashed[i]!] === 2 && !isSet(crashed[i]!)) return false;
    const next = this.#setting[invoked[window]!]!;
    const until = next < this.#invoked.length ? this.#invoked[next]! : Infinity;
    for (let i = from; i < to; i++) {
      const operation = open[i]!;
      if (returned[operation]! > until) break;
      const needed = this.#needs[operation];
      if (needed !== undefined && !isSet(operation) && !this.#reaches(state, needed)) return true;
    }
    // The next one that has not even begun.
    let asking = this.#asking[window]!;
    while (asking < count && blocking[asking]! < invoked[window]!) asking = this.#asking[asking + 1]!;
    if (asking === count || returned[blocking[asking]!]! > until) return false;
    return !this.#reaches(state, this.#needs[blocking[asking]!]);
  }
}
