/** When a seed does not repeat: the first event that differs between two runs of it, what led to it, and what was touched from outside. */

import type { NodeState, TraceRecord } from "../sim/trace.ts";
import { formatUs } from "../sim/units.ts";
import { touchedBy } from "./ambient.ts";
import { difference } from "./diff.ts";
import { type Prepared, runTraced } from "./once.ts";

/**
 * Runs the seed twice with its trace, and says where they part. Where these two are equal, what is left over from a run may only matter
 * after another one: so it runs once more, behind its neighbours. Undefined when all that is of no use.
 */
export function parting(prepared: Prepared, seed: number): string | undefined {
  const { result, touched } = touchedBy(() => {
    const [one, other] = [runTraced(prepared, seed), runTraced(prepared, seed)];
    if (one.digest !== other.digest) return { one, other };
    for (const neighbour of [seed - 1, seed + 1, seed + 2]) {
      if (neighbour < 0) continue;
      runTraced(prepared, neighbour);
      const third = runTraced(prepared, seed);
      if (third.digest !== other.digest) return { one: other, other: third, after: neighbour };
    }
    return undefined;
  });
  if (result === undefined) return undefined;
  const { one, other, after } = result;
  const found = difference(one.trace, other.trace);
  if (found === undefined) return undefined;
  const { same, left, right } = found;
  const causes = (left === undefined ? found.causes.right : found.causes.left).map(told);
  return [
    ...(after === undefined ? [] : [`behind seed ${after} it runs otherwise than behind itself`]),
    `they part at event ${same + 1}: ${left === undefined ? "nothing" : told(left)}, and then ${right === undefined ? "nothing" : told(right)}`,
    ...(causes.length === 0 ? [] : [`led to by ${causes.join(", by ")}`]),
    ...stateBefore(one.states, other.states, left?.n ?? right!.n),
    touched.length === 0
      ? "nothing outside was touched, as far as that can be seen, so look for variables at module level"
      : `what was touched outside: ${touched.slice(0, 5).join(", ")}${touched.length > 5 ? ` and ${touched.length - 5} more` : ""}`,
  ].join("; ");
}

/** The first field of a node that had another value before anything could be seen of it. */
function stateBefore(one: readonly NodeState[], other: readonly NodeState[], n: number): string[] {
  for (const [i, state] of one.entries()) {
    if (state.n > n) return [];
    const twin = other[i];
    if (twin === undefined || twin.node !== state.node) return [];
    const field = Object.keys(state.changed).find((key) => text(state.changed[key]) !== text(twin.changed[key]));
    if (field === undefined) continue;
    const values = [state, twin].map(({ changed }) => text(changed[field]).slice(0, 80));
    return [`the first field that differs is ${state.node}'s "${field}": ${values.join(", and then ")}`];
  }
  return [];
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? "nothing";
}

function told({ n: _n, atUs, node, cause: _cause, kind, ...rest }: TraceRecord): string {
  const details = Object.values(rest)
    .map((value) => (typeof value === "string" ? value : text(value)))
    .join(" ");
  return `${kind}${node === "" ? "" : ` at ${node}`} (${formatUs(atUs)}${details === "" ? "" : `: ${details.slice(0, 160)}`})`;
}
