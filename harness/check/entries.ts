/** What a history may look like from some moment on, when nothing is known of what came before but what was asked. */

import type { Names } from "./fingerprint.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { States } from "./states.ts";

/** A state that the object may be in, and the open operations that must have taken effect for that. */
export interface Entry {
  readonly state: unknown;
  readonly used: ReadonlySet<Operation>;
}

/** More than so many entries are of no use. */
const MOST = 40;

/**
 * Everything that operations may have led to that were invoked before a moment, each of which may have happened or not, with any
 * answer: in whatever order, and as often as they like when they returned before. So these are all that can be, and maybe more.
 * Of two entries with the same state, the one that used more is left out. Undefined when there are too many.
 */
export function entriesAt(past: readonly Operation[], moment: number, model: Model, names: Names): readonly Entry[] | undefined {
  const states = new States(model);
  const closed = new Map<unknown, Operation>();
  const open: Operation[] = [];
  for (const operation of past) {
    if (operation.returned > moment) open.push(operation);
    else closed.set(names.of(operation), operation);
  }
  const entries: Entry[] = [];
  const numbers: number[] = [];
  const add = (state: unknown, used: ReadonlySet<Operation>): void => {
    const number = states.number(state);
    const known = entries.some((entry, i) => numbers[i] === number && [...entry.used].every((one) => used.has(one)));
    if (known) return;
    entries.push({ state, used });
    numbers.push(number);
  };
  add(model.init, new Set());
  // First all states without any open operation, so that those leave out the most.
  for (const withOpen of [false, true]) {
    for (let n = 0; n < entries.length; n++) {
      const { state, used } = entries[n]!;
      for (const operation of closed.values()) {
        const next = model.step(state, operation.input, undefined);
        if (next !== undefined) add(next, used);
      }
      for (const operation of withOpen ? open : []) {
        const next = used.has(operation) ? undefined : model.step(state, operation.input, undefined);
        if (next !== undefined) add(next, new Set([...used, operation]));
      }
      if (entries.length > MOST) return undefined;
    }
  }
  return entries;
}
