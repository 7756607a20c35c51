/** An order within real time that explains a whole valid history, worked out when somebody asks to see it. */

import type { Form, Searching } from "./forms/form.ts";
import { explained } from "./forms/judge.ts";
import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** Parts with fewer operations are searched first, as for the verdict. */
const SMALL = 48;

/**
 * Explains each independent part by itself, by its closed form when there is one, and merges the orders: an operation is put at
 * the latest invocation so far in the order of its part, which lies within its own time. Undefined when a budget ends before an
 * order is found.
 */
export function witnessOrder<O extends Operation>(
  parts: Iterable<readonly O[]>,
  model: Model,
  form: Form | undefined,
  limits: Limits,
): readonly O[] | undefined {
  const frontier = new Frontier();
  const placed: { readonly operation: O; readonly at: number }[] = [];
  for (const part of parts) {
    const order =
      (part.length < SMALL ? undefined : byForm(part, model, form, limits)) ?? searched(frontier, part, model, limits);
    if (order === undefined) return undefined;
    let at = Number.NEGATIVE_INFINITY;
    for (const number of order) {
      const operation = part[number]!;
      at = Math.max(at, operation.invoked);
      placed.push({ operation, at });
    }
  }
  return placed.sort((one, other) => one.at - other.at).map(({ operation }) => operation);
}

function searched(frontier: Frontier, part: readonly Operation[], model: Model, limits: Limits): readonly number[] | undefined {
  return frontier.judge(part, model, limits) === "valid" ? frontier.order() : undefined;
}

function byForm(
  part: readonly Operation[],
  model: Model,
  form: Form | undefined,
  limits: Limits,
): (ArrayLike<number> & Iterable<number>) | undefined {
  const columns = form?.read(part, model);
  if (form === undefined || columns === undefined || typeof columns === "string") return undefined;
  const search: Searching = (some) => {
    const operations = some.map((i) => part[i]!);
    const order = searched(new Frontier(), operations, model, limits);
    return order === undefined ? { verdict: "unknown" } : { verdict: "valid", order: order.map((n) => some[n]!) };
  };
  return explained(form, columns, search);
}
