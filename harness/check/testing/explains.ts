/** The plain definition of an order that explains a history, step by step and pair by pair. */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";

/** What is wrong with an order, as a sentence; undefined when nothing is. Operations are told apart by when they were invoked. */
export function objection(order: readonly Operation[], history: readonly Operation[], model: Model): string | undefined {
  const known = new Map(history.map((operation) => [operation.invoked, operation]));
  const states = new Map<string, unknown>();
  const placed = new Set<number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (const { invoked } of order) {
    const operation = known.get(invoked);
    if (operation === undefined) return `what was invoked at ${invoked} is not in the history`;
    if (placed.has(invoked)) return `what was invoked at ${invoked} stands there twice`;
    if (operation.outcome === "ok" && operation.returned < latest)
      return `what returned at ${operation.returned} stands after what was invoked at ${latest}`;
    const part = model.partition?.(operation.input) ?? "";
    const before = states.has(part) ? states.get(part) : model.init;
    const after = model.step(before, operation.input, operation.outcome === "ok" ? operation.output : undefined);
    if (after === undefined) return `${JSON.stringify(operation.input)} cannot answer ${JSON.stringify(operation.output)} there`;
    states.set(part, after);
    placed.add(invoked);
    latest = Math.max(latest, invoked);
  }
  const missing = history.find(({ outcome, invoked }) => outcome === "ok" && !placed.has(invoked));
  return missing && `what was invoked at ${missing.invoked} returned, but is not there`;
}

/** The history as it was when the event at position `last` had just happened: what returned later is open, and nobody knows its answer. */
export function upTo<O extends Operation>(history: readonly O[], last: number): readonly Operation<O["input"], O["output"]>[] {
  return history
    .filter(({ invoked, outcome }) => invoked <= last && outcome !== "fail")
    .map((one) => (one.returned <= last ? one : { ...one, outcome: "info", output: undefined, returned: Infinity }));
}
