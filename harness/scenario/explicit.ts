/** Explicit scenarios (`format: 1`): the one plan that a file holds. */

import type { Cluster, Params, PlannedFault } from "../faults/fault.ts";
import { parseDuration } from "../sim/units.ts";
import type { Op, PlannedOperation } from "../workloads/workload.ts";
import { type Catalogue, clusterOf, faultOf, workloadOf } from "./catalogue.ts";
import { healAt } from "./plan.ts";
import { found, type Report } from "./problems.ts";
import { randomFrom } from "./random.ts";
import type { FaultItem, Plan, Scenario } from "./scenario.ts";
import type { ScenarioFile } from "./schema.ts";

/** What only explicit scenarios have. */
const keys = ["seed", "heal", "plan"] as const;

/** Whether the file is explicit; reports when it is so by halves. */
export function isExplicit(file: ScenarioFile, report: Report): boolean {
  if (file.format !== undefined) {
    for (const key of ["seed", "plan"] as const)
      if (file[key] === undefined)
        report(["format"], `an explicit scenario (format: 1) also has "${key}"; write it beside this, or take this out`, "key");
    return true;
  }
  for (const key of keys) {
    if (file[key] !== undefined)
      report([key], 'only an explicit scenario has this key; write "format: 1" beside it, or take it out', "key");
  }
  return false;
}

/** `raw` is the plan as the file has it: an operation keeps the order of its fields. */
export function readPlan(file: ScenarioFile, raw: unknown, scenario: Scenario, catalogue: Catalogue, report: Report): Plan {
  const operations = (file.plan ?? []).map((planned, i) => {
    const path = ["plan", i];
    const same = file.plan!.findIndex(({ id }) => id === planned.id);
    if (same < i) report([...path, "id"], `another operation is called "${planned.id}" too; give each an id of its own`);
    if (!scenario.clients.includes(planned.client)) {
      report([...path, "client"], `there is no client "${planned.client}"; expected one of ${scenario.clients.join(", ")}`);
    }
    return {
      id: planned.id,
      client: planned.client,
      atUs: parseDuration(planned.at)!,
      op: operation((raw as object[])[i]!, [...path], report),
    };
  });
  const cluster = clusterOf(scenario, catalogue);
  const faults = scenario.faults.map((item) => planFault(item, cluster, catalogue));
  const withinUs = workloadOf(scenario, catalogue).withinUs(scenario.workload.settings);
  const healAtUs = file.heal === undefined ? healAt(withinUs, faults, scenario.faults) : parseDuration(file.heal)!;
  return { operations, faults, healAtUs };
}

function operation(raw: object, path: readonly (string | number)[], report: Report): Op {
  const { id: _id, client: _client, at: _at, op, ...fields } = raw as Readonly<Record<string, unknown>>;
  if (op !== undefined) {
    const others = Object.keys(fields);
    if (others.length > 0)
      report([...path, others[0]!], `expected all of the operation under "op", found "${others[0]}" beside it`, "key");
    return op as Op;
  }
  if (typeof fields["f"] !== "string")
    report([...path, "f"], `expected what is asked, such as "f: write", found ${found(fields["f"])}`);
  return fields as Op;
}

/** All there is to draw has one outcome; so any chance will do. */
function planFault(item: FaultItem, cluster: Cluster, catalogue: Catalogue): PlannedFault {
  const params: Params = faultOf(item.fault, catalogue)
    .draw(item.item, cluster)
    .generate(
      randomFrom(() => 0),
      undefined,
    ).value;
  const atUs = "at" in item.when ? item.when.at.minUs : 0;
  return { id: item.id, fault: item.fault, atUs, ...(item.for === undefined ? {} : { forUs: item.for.minUs }), params };
}

/** A scenario that is exactly this plan under this seed: one run, nothing drawn. Its faults are those of the plan. */
export function asExplicit(scenario: Scenario, seed: number, plan: Plan, catalogue: Catalogue): Scenario {
  const faults = plan.faults.map(({ id, fault, atUs, forUs, params }): FaultItem => {
    const lasting = forUs === undefined ? {} : { for: { minUs: forUs, maxUs: forUs } };
    const { explicit, schema } = faultOf(fault, catalogue);
    return {
      id,
      fault,
      item: schema.parse(explicit(params)),
      when: { at: { minUs: atUs, maxUs: atUs } },
      ...lasting,
      line: scenario.line,
    };
  });
  const { expect } = scenario;
  return {
    ...scenario,
    faults,
    expect: expect.kind === "valid" ? expect : { ...expect, within: 1 },
    require: { answeredPpm: 0 },
    runs: 1,
    explicit: { seed, plan },
  };
}

/** Operations with a field that the plan's own fields hide are written under `op:`. */
export function isHidden({ op }: PlannedOperation): boolean {
  return ["id", "client", "at", "op"].some((key) => Object.hasOwn(op, key));
}
