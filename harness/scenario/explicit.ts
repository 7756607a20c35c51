/** Explicit scenarios (`format: 1`): the one plan that a file holds. */

import type * as fc from "fast-check";
import type { Params } from "../faults/fault.ts";
import { parseDuration } from "../sim/units.ts";
import type { Op, PlannedOperation } from "../workloads/workload.ts";
import { type Catalogue, clusterOf, faultOf, workloadOf } from "./catalogue.ts";
import { flow } from "./flow.ts";
import { healAt } from "./plan.ts";
import { found, type Path, type Report } from "./problems.ts";
import { randomFrom } from "./random.ts";
import type { FaultItem, Plan, Scenario } from "./scenario.ts";
import type { ScenarioFile } from "./schema.ts";

/** What only explicit scenarios have. */
const keys = ["seed", "heal", "plan"] as const;

/** Whether the file is explicit; reports when it is so by halves. */
export function isExplicit(file: ScenarioFile, report: Report): boolean {
  if (file.format !== undefined) {
    for (const key of ["seed", "plan"] as const) {
      if (file[key] !== undefined) continue;
      report(["format"], `an explicit scenario (format: 1) also has "${key}"; write it beside this, or take this out`, "key");
    }
    return true;
  }
  for (const key of keys) {
    if (file[key] === undefined) continue;
    report([key], 'only an explicit scenario has this key; write "format: 1" beside it, or take it out', "key");
  }
  return false;
}

/** `raw` is the plan as the file has it: an operation keeps the order of its fields. */
export function readPlan(file: ScenarioFile, raw: unknown, scenario: Scenario, catalogue: Catalogue, report: Report): Plan {
  const ids = new Set<string>();
  const operations = (file.plan ?? []).map((planned, i) => {
    const path = ["plan", i];
    if (ids.has(planned.id))
      report([...path, "id"], `another operation is called "${planned.id}" too; give each an id of its own`);
    ids.add(planned.id);
    if (!scenario.clients.includes(planned.client)) {
      report([...path, "client"], `there is no client "${planned.client}"; expected one of ${scenario.clients.join(", ")}`);
    }
    return {
      id: planned.id,
      client: planned.client,
      atUs: parseDuration(planned.at)!,
      op: operation((raw as object[])[i]!, path, report),
    };
  });
  const cluster = clusterOf(scenario, catalogue);
  const faults = scenario.faults.map((item, i) => {
    const fault = faultOf(item.fault, catalogue);
    const [params, ...others] = outcomes(fault.draw(item.item, cluster));
    if (others.length > 0) {
      const one = flow(fault.explicit(params!));
      report(["faults", i], `nothing is drawn in an explicit scenario; write one of all that this may mean, such as ${one}`);
    }
    const { when } = item;
    return {
      id: item.id,
      fault: item.fault,
      atUs: "at" in when ? when.at.minUs : 0,
      ...("moment" in when ? { moment: { ...when.moment, nth: when.moment.nth.min } } : {}),
      ...(item.for === undefined ? {} : { forUs: item.for.minUs }),
      params: params!,
    };
  });
  const withinUs = workloadOf(scenario, catalogue).withinUs(scenario.workload.settings);
  const healAtUs = file.heal === undefined ? healAt(withinUs, faults, scenario.faults) : parseDuration(file.heal)!;
  return { operations, faults, healAtUs };
}

function operation(raw: object, path: Path, report: Report): Op {
  const { id: _id, client: _client, at: _at, op, ...fields } = raw as Readonly<Record<string, unknown>>;
  if (op !== undefined) {
    const others = Object.keys(fields);
    if (others.length > 0) {
      report([...path, others[0]!], `expected all of the operation under "op", found "${others[0]}" beside it`, "key");
    }
    return op as Op;
  }
  if (typeof fields["f"] !== "string") {
    report([...path, "f"], `expected what is asked, such as "f: write", found ${found(fields["f"])}`);
  }
  return fields as Op;
}

/** The different things that a few tries draw; where nothing is left to chance, one. */
function outcomes(params: fc.Arbitrary<Params>): readonly Params[] {
  const drawn = [1, 2, 3, 4, 5, 6, 7, 8].map((start) => {
    let state = start;
    const next = (): number => {
      // A full period over all 32-bit numbers, so that no rejection loop waits forever.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    return params.generate(randomFrom(next), undefined).value;
  });
  return [...new Map(drawn.map((one) => [JSON.stringify(one), one])).values()];
}

/** A scenario that is exactly this plan under this seed: one run, nothing drawn. Its faults are those of the plan. */
export function asExplicit(scenario: Scenario, seed: number, plan: Plan, catalogue: Catalogue): Scenario {
  const faults = plan.faults.map(({ id, fault, atUs, moment, forUs, params }): FaultItem => {
    const lasting = forUs === undefined ? {} : { for: { minUs: forUs, maxUs: forUs } };
    const { explicit, schema } = faultOf(fault, catalogue);
    return {
      id,
      fault,
      item: schema.parse(explicit(params)),
      when:
        moment === undefined
          ? { at: { minUs: atUs, maxUs: atUs } }
          : { moment: { ...moment, nth: { min: moment.nth, max: moment.nth } } },
      ...lasting,
      line: scenario.line,
    };
  });
  // A case is written out, and what many runs must show says nothing about one.
  // Zones are names for targets, and every target is written out.
  const { expect, case: _case, strategy: _strategy, zones: _zones, from: _from, regression: _regression, ...own } = scenario;
  return {
    ...own,
    faults,
    expect: expect.kind === "valid" ? expect : { ...expect, within: 1 },
    require: { answeredPpm: 0 },
    reach: [],
    limits: [],
    runs: 1,
    explicit: { seed, plan },
  };
}

/** Operations with a field that the plan's own fields hide are written under `op:`. */
export function isHidden({ op }: PlannedOperation): boolean {
  return ["id", "client", "at", "op"].some((key) => Object.hasOwn(op, key));
}
