/** An order within real time that explains a whole valid history, worked out when somebody asks to see it. */

import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/**
 * Explains each independent part by itself and merges the orders: an operation is put at the latest invocation so far in the
 * order of its part, which lies within its own time. Undefined when a budget ends before an order is found.
 */
export function witnessOrder<O extends Operation>(
  parts: Iterable<readonly O[]>,
  model: Model,
  limits: Limits,
): readonly O[] | undefined {
  const frontier = new Frontier();
  const placed: { readonly operation: O; readonly at: number }[] = [];
  for (const part of parts) {
    if (frontier.judge(part, model, limits) !== "valid") return undefined;
    let at = Number.NEGATIVE_INFINITY;
    for (const number of frontier.order()) {
      const operation = part[number]!;
      at = Math.max(at, operation.invoked);
      placed.push({ operation, at });
    }
  }
  return placed.sort((one, other) => one.at - other.at).map(({ operation }) => operation);
}
