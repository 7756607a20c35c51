/** What a scenario draws, as arbitraries of fast-check by themselves: for properties of one's own. */

import type * as fc from "fast-check";
import type { Cluster, Fault, Params } from "../faults/fault.ts";
import type { NodeId } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { PlannedOperation, Workload } from "../workloads/workload.ts";

/** A fault with everything drawn but its time. */
export interface DrawnFault {
  /** The fault word. */
  readonly fault: string;
  readonly params: Params;
}

/**
 * What clients ask in one run of a workload: `settings` as they stand in a scenario under the workload's name
 * (`{ operations: 20, within: "5s" }`). Lengths are exactly what the settings state, and values are drawn without bias.
 * @throws an Error with a sentence when the settings are no settings of this workload
 */
export function operationsArbitrary(
  workload: Workload,
  settings: unknown,
  clients: readonly NodeId[],
): fc.Arbitrary<readonly PlannedOperation[]> {
  const read = workload.schema.safeParse(settings);
  if (!read.success) throw new Error(`${workload.name}: ${sentences(read.error)}`);
  const [problem] = workload.check(read.data);
  if (problem !== undefined) throw new Error(`${workload.name}, at ${problem.path.join(".")}: ${problem.message}`);
  return workload.draw(read.data, clients);
}

/**
 * A fault as a scenario writes it, without its times (`{ crash: "minority" }`, `{ partition: "halves" }`): whom it hits and
 * how hard, drawn as for a run.
 * @throws an Error with a sentence when there is no such fault, or it does not fit the cluster
 */
export function faultArbitrary(item: object, cluster: Cluster, faults: readonly Fault[]): fc.Arbitrary<DrawnFault> {
  const words = faults.map(({ word }) => word);
  const fault = faults.find(({ word }) => Object.hasOwn(item, word));
  if (fault === undefined) {
    const [key = "nothing"] = Object.keys(item);
    throw new Error(`expected a fault with its target, such as { crash: "any" }, found ${key}; ${didYouMean(key, words)}`);
  }
  const read = fault.schema.safeParse(item);
  if (!read.success) throw new Error(`${fault.word}: ${sentences(read.error)}`);
  const [problem] = fault.check(read.data, cluster);
  if (problem !== undefined) throw new Error(`${fault.word}, at ${problem.path.join(".")}: ${problem.message}`);
  return fault.draw(read.data, cluster).map((params) => ({ fault: fault.word, params }));
}

function sentences({
  issues,
}: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `at ${path.map(String).join(".")}: ${message}`))
    .join("; ");
}
