/** The occurrences of a plan by the item that they come from, and which of them a strategy may touch. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { FaultItem, Plan, Scenario } from "../../scenario/scenario.ts";

export interface Group {
  readonly item: FaultItem & { readonly when: { readonly every: { readonly minUs: number; readonly maxUs: number } } };
  readonly faults: readonly PlannedFault[];
}

/** Orders may be what keeps a cluster going: they come as the scenario says. */
const ordered = "operate";

/** What comes again and again, by item; the rest stays as it is. */
export function grouped(
  scenario: Scenario,
  plan: Plan,
): { readonly groups: readonly Group[]; readonly rest: readonly PlannedFault[] } {
  const free = new Map<string, Group["item"]>();
  for (const item of scenario.faults)
    if ("every" in item.when && item.fault !== ordered) free.set(item.id, item as Group["item"]);
  const byItem = new Map<string, PlannedFault[]>();
  const rest: PlannedFault[] = [];
  for (const fault of plan.faults) {
    const id = itemOf(fault.id);
    if (!free.has(id)) rest.push(fault);
    else byItem.set(id, [...(byItem.get(id) ?? []), fault]);
  }
  return { groups: [...byItem].map(([id, faults]) => ({ item: free.get(id)!, faults })), rest };
}

/** "crash-1.3" is the third of "crash-1". */
export function itemOf(id: string): string {
  return id.replace(/\.\d+$/, "");
}

/** The plan with these faults, in the order of their times. */
export function withFaults(plan: Plan, faults: readonly PlannedFault[]): Plan {
  return { ...plan, faults: faults.toSorted((a, b) => a.atUs - b.atUs || (a.id < b.id ? -1 : 1)) };
}
