/** Simpler parts: faults with fewer targets or smaller numbers, one long fault in the place of several, operations that ask for less. */

import type { Json, PlannedFault } from "../../faults/fault.ts";
import { clusterOf } from "../../scenario/index.ts";
import type { Op } from "../../workloads/workload.ts";
import { least } from "./numbers.ts";
import type { Search } from "./search.ts";

export function simplerFaults(search: Search): void {
  const cluster = clusterOf(search.best.scenario, search.catalogue);
  for (const { id } of search.best.plan.faults) {
    for (let simpler = true; simpler; ) {
      const planned = search.fault(id)!;
      const variants = search.prepared.faults.get(planned.fault)!.simpler(planned.params, cluster);
      simpler = variants.some((variant) =>
        search.once(`${id} ${JSON.stringify(variant)}`, search.withFault({ ...planned, ...variant })),
      );
    }
    const { forUs } = search.fault(id)!;
    if (forUs !== undefined && search.firstTime(`less of ${id}`))
      least(search, forUs, 1_000, (us) => search.withFault({ ...search.fault(id)!, forUs: us }));
  }
}

/** Faults of one word become one that lasts from the first one's begin to the last one's end. */
export function merged(search: Search): void {
  for (let again = true; again; ) {
    again = false;
    const { faults } = search.best.plan;
    for (const [i, first] of faults.entries()) {
      const second = faults.slice(i + 1).find((other) => mergeable(first, other));
      if (second === undefined) continue;
      const endUs = Math.max(first.atUs + first.forUs!, second.atUs + second.forUs!);
      const one = { ...first, forUs: endUs - first.atUs };
      const others = faults.filter(({ id }) => id !== second.id).map((fault) => (fault.id === first.id ? one : fault));
      if (!search.once(`${first.id} and ${second.id}`, search.with({ faults: others }))) continue;
      again = true;
      break;
    }
  }
}

function mergeable(first: PlannedFault, second: PlannedFault): boolean {
  const timed = ({ forUs, moment }: PlannedFault): boolean => forUs !== undefined && moment === undefined;
  return first.fault === second.fault && first.atUs <= second.atUs && timed(first) && timed(second);
}

/** Faults that last until the heal, and from the beginning: what does not hang on a moment survives more changes around it. */
export function wider(search: Search): void {
  for (const { id } of search.best.plan.faults) {
    const { forUs, moment, atUs } = search.fault(id)!;
    if (forUs === undefined || moment !== undefined) continue;
    const { healAtUs } = search.best.plan;
    for (const fromUs of [0, Math.floor(atUs / 2), atUs]) {
      if (search.accepts(search.withFault({ ...search.fault(id)!, atUs: fromUs, forUs: healAtUs - fromUs }))) break;
    }
  }
}

/** Of those that a fault may wait for, the first few are tried. */
const laterThanSoon = 4;

/** A fault that waits for the second of its kind may wait for the first one, when nobody asks for what leads to that. */
export function sooner(search: Search): void {
  for (const { id } of search.best.plan.faults) {
    const { moment } = search.fault(id)!;
    if (moment === undefined) continue;
    for (let nth = 1; nth < Math.min(moment.nth, laterThanSoon); nth++) {
      const fault = { ...search.fault(id)!, moment: { ...moment, nth } };
      const found = search.best.plan.operations.some((gone) => {
        const operations = search.best.plan.operations.filter((operation) => operation !== gone);
        const { plan } = search.withFault(fault);
        // What the second was asked for ends later than what the first one was asked for: the heal may have to come sooner.
        const lastUs = operations.at(-1)?.atUs ?? 0;
        return [plan.healAtUs, Math.ceil((plan.healAtUs + lastUs) / 2)].some((healAtUs) =>
          search.accepts(search.with({ ...plan, operations, healAtUs })),
        );
      });
      if (found) break;
    }
  }
}

export function simplerOperations(search: Search): void {
  for (const { id } of search.best.plan.operations) {
    const planned = search.operation(id)!;
    search.prepared.workload.simpler(planned.op).some((op) => search.accepts(search.withOperation({ ...planned, op })));
  }
  plainNames(search);
}

/** The texts and numbers that operations speak of (keys, values): fewer different ones, and numbers from 1 on. */
function plainNames(search: Search): void {
  const names = [...new Set(search.best.plan.operations.flatMap(({ op }) => Object.keys(op)))].filter((name) => name !== "f");
  for (const name of names) {
    const values = [...new Set(search.best.plan.operations.map(({ op }) => op[name]))];
    if (values.every((value) => typeof value === "string") && values.length > 1) {
      const [first] = [...values].sort();
      search.accepts(renamed(search, name, () => first));
    }
    if (values.every((value) => typeof value === "number" && Number.isInteger(value))) {
      const places = new Map(values.map((value, i) => [value, i + 1]));
      if (values.some((value) => places.get(value) !== value))
        search.accepts(renamed(search, name, (value) => places.get(value)));
    }
  }
}

function renamed(search: Search, name: string, to: (value: unknown) => unknown): ReturnType<Search["with"]> {
  const operations = search.best.plan.operations.map((planned) => {
    if (!Object.hasOwn(planned.op, name)) return planned;
    return { ...planned, op: { ...planned.op, [name]: to(planned.op[name]) as Json } as Op };
  });
  return search.with({ operations });
}
