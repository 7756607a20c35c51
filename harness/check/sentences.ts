/** What the verdicts say: whole sentences about real operations. */

import { fingerprint } from "./fingerprint.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** "process 3, "read x -> 4" in [812.000 ms, 830.000 ms]" */
export function told(operation: Operation, model: Model): string {
  return `process ${operation.process}, "${inWords(operation, model)}" ${interval(operation)}`;
}

function inWords({ input, output, outcome }: Operation, model: Model): string {
  if (model.describe !== undefined) return model.describe(input, outcome === "ok" ? output : undefined);
  return outcome === "ok" ? `${shown(input)} -> ${shown(output)}` : shown(input);
}

/** In time when the operation knows its times, else in positions. */
function interval({ invoked, returned, invokedAtUs, returnedAtUs }: Operation): string {
  if (invokedAtUs === undefined) return `at positions [${invoked}, ${returned === Infinity ? "never" : returned}]`;
  const end = returned === Infinity || returnedAtUs === undefined ? "never" : milliseconds(returnedAtUs);
  return `in [${milliseconds(invokedAtUs)}, ${end}]`;
}

/** "from 812.000 ms to 830.000 ms" */
export function span({ invoked, returned, invokedAtUs, returnedAtUs }: Operation): string {
  if (invokedAtUs === undefined || returnedAtUs === undefined) return `from position ${invoked} to ${returned}`;
  return `from ${milliseconds(invokedAtUs)} to ${milliseconds(returnedAtUs)}`;
}

function milliseconds(us: number): string {
  return Number.isFinite(us) ? `${(us / 1000).toFixed(3)} ms` : "never";
}

/** "1 operation", "7 operations" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "2", "2 or 3", "one of 5 states" */
export function possible(states: readonly unknown[]): string {
  const words = states.map(shown);
  if (words.length > 4) return `one of ${words.length === 16 ? "many" : words.length} states`;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function shown(value: unknown): string {
  const text = fingerprint(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
