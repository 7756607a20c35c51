/** The search for a handful of operations: no tables, for there are thousands of such questions on the way to a core. */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** So many are a handful. */
export const FEW = 8;

/** As Frontier judges, in a number of model steps. */
export interface Judged {
  readonly valid: boolean;
  readonly steps: number;
}

/**
 * Is there an order of at most `FEW` operations? Crashed ones may have happened; those in `optional` may have taken effect within
 * their time or not at all.
 */
export function judgeFew(operations: readonly Operation[], model: Model, optional?: ReadonlySet<Operation>): Judged {
  let must = 0;
  // By operation: those that must have been linearized before it, and those that must not.
  const before: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < operations.length; i++) {
    const one = operations[i]!;
    if (one.outcome !== "info" && optional?.has(one) !== true) must |= 1 << i;
    let [earlier, later] = [0, 0];
    for (let n = 0; n < operations.length; n++) {
      if (operations[n]!.returned < one.invoked) earlier |= 1 << n;
      if (operations[n]!.invoked > one.returned) later |= 1 << n;
    }
    before.push(earlier);
    after.push(later);
  }
  let steps = 0;
  const explains = (done: number, state: unknown): boolean => {
    if ((must & ~done) === 0) return true;
    for (let i = 0; i < operations.length; i++) {
      if ((done & (1 << i)) !== 0 || (before[i]! & must & ~done) !== 0 || (after[i]! & done) !== 0) continue;
      const { input, output, outcome } = operations[i]!;
      steps++;
      const next = model.step(state, input, outcome === "ok" ? output : undefined);
      if (next !== undefined && explains(done | (1 << i), next)) return true;
    }
    return false;
  };
  return { valid: explains(0, model.init), steps };
}
