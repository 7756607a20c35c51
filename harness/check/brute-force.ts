/** The dumb twin of the checker: tries all orders. Proves small cores again, and tests the clever ones, up to seven operations or so. */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** Is there an order within real time that the model allows? Failed operations did not happen, crashed ones may have. */
export function bruteForce(history: readonly Operation[], model: Model): boolean {
  return explainable(
    history.filter((operation) => operation.outcome !== "fail"),
    model.init,
    model,
  );
}

function explainable(left: readonly Operation[], state: unknown, model: Model): boolean {
  if (left.every((operation) => operation.outcome === "info")) return true;
  return left.some((operation) => {
    const others = left.filter((other) => other !== operation);
    const tooLate = others.some((other) => other.outcome === "ok" && other.returned < operation.invoked);
    if (tooLate) return false;
    const next = model.step(state, operation.input, operation.outcome === "ok" ? operation.output : undefined);
    return next !== undefined && explainable(others, next, model);
  });
}
