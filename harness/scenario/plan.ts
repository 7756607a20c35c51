/** What fast-check generates for one run of a scenario: the operations of its clients, and its faults with everything drawn. */

import * as fc from "fast-check";
import type { Cluster, Fault, Params, PlannedFault, PlannedMoment } from "../faults/fault.ts";
import type { NodeId } from "../protocol.ts";
import type { PlannedOperation } from "../workloads/workload.ts";
import { type Catalogue, clusterOf, faultOf, workloadOf } from "./catalogue.ts";
import { randomFrom } from "./random.ts";
import type { FaultItem, Plan, RangeUs, Scenario } from "./scenario.ts";

/** Plans without bias, whatever the caller asks. Shrinks any plan, also one from a file, by leaving parts out. */
export function planArbitrary(scenario: Scenario, catalogue: Catalogue): fc.Arbitrary<Plan> {
  const { explicit } = scenario;
  return new PlanArbitrary(explicit === undefined ? drawing(scenario, catalogue) : () => explicit.plan);
}

/**
 * The plan of each run from a source of whole numbers in 0..2^32-1. Made once a scenario, called once a run. `index` says which effect a
 * fault falls on that goes through all of them; the first, when it is not given.
 */
export function planDrawer(scenario: Scenario, catalogue: Catalogue): (next: () => number, index?: number) => Plan {
  const { explicit } = scenario;
  if (explicit !== undefined) return () => explicit.plan;
  const draw = drawing(scenario, catalogue);
  return (next, index) => draw(randomFrom(next), index);
}

/** One plan. For many of one scenario, keep a `planDrawer`. */
export function drawPlan(scenario: Scenario, catalogue: Catalogue, next: () => number): Plan {
  return planDrawer(scenario, catalogue)(next);
}

/** What plans of a scenario are drawn from, part by part: for whoever composes other plans of the same parts. */
export interface PlanSource {
  /** Operations of these clients; `settings` in the place of the scenario's. */
  operations(next: () => number, clients: readonly NodeId[], settings?: unknown): readonly PlannedOperation[];
  /** Another target, size or shape for an occurrence of the fault item with this id. */
  params(next: () => number, item: string): Params;
  /** Another length for it, if it has one. */
  lasting(next: () => number, item: string): number | undefined;
}

export function planSource(scenario: Scenario, catalogue: Catalogue): PlanSource {
  const workload = workloadOf(scenario, catalogue);
  const cluster = clusterOf(scenario, catalogue);
  const items = new Map(scenario.faults.map((item) => [item.id, prepare(item, faultOf(item.fault, catalogue), cluster)]));
  return {
    operations: (next, clients, settings = scenario.workload.settings) =>
      workload.draw(settings, clients).generate(randomFrom(next), undefined).value,
    params: (next, item) => items.get(item)!.params.generate(randomFrom(next), undefined).value,
    lasting: (next, item) => items.get(item)!.lasting?.(randomFrom(next)),
  };
}

class PlanArbitrary extends fc.Arbitrary<Plan> {
  readonly #draw: (random: fc.Random) => Plan;

  constructor(draw: (random: fc.Random) => Plan) {
    super();
    this.#draw = draw;
  }

  override generate(random: fc.Random): fc.Value<Plan> {
    return new fc.Value(this.#draw(random), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Plan {
    return typeof value === "object" && value !== null && "operations" in value && "faults" in value;
  }

  override shrink(plan: Plan): fc.Stream<fc.Value<Plan>> {
    return fc.stream(smaller(plan)).map((value) => new fc.Value(value, undefined));
  }
}

/** First without half of the faults or operations, at last without a single one. */
function* smaller(plan: Plan): Generator<Plan> {
  for (const faults of shorter(plan.faults)) yield { ...plan, faults };
  for (const operations of shorter(plan.operations)) yield { ...plan, operations };
}

function* shorter<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size) yield [...list.slice(0, from), ...list.slice(from + size)];
  }
}

function drawing(scenario: Scenario, catalogue: Catalogue): (random: fc.Random, index?: number) => Plan {
  const workload = workloadOf(scenario, catalogue);
  const { settings } = scenario.workload;
  const withinUs = workload.withinUs(settings);
  const operations = workload.draw(settings, scenario.clients);
  const cluster = clusterOf(scenario, catalogue);
  const items = scenario.faults.map((item) => prepare(item, faultOf(item.fault, catalogue), cluster));

  return (random, index = 1) => {
    const asked = operations.generate(random, undefined).value;
    const faults = items.flatMap((item) => occurrences(item, withinUs, index, random)).sort((a, b) => a.atUs - b.atUs);
    return { operations: asked, faults, healAtUs: healAt(withinUs, faults, scenario.faults) };
  };
}

/** A fault item with what its occurrences are drawn from. */
interface Prepared {
  readonly item: FaultItem;
  readonly params: fc.Arbitrary<Params>;
  /** How long an occurrence lasts; absent: until the heal, or no time at all. */
  readonly lasting: ((random: fc.Random) => number) | undefined;
}

function prepare(item: FaultItem, fault: Fault, cluster: Cluster): Prepared {
  const params = fault.draw(item.item, cluster);
  const range = item.for;
  if (range !== undefined) return { item, params, lasting: (random) => within(range, random) };
  const usual = fault.usualForUs?.(item.item);
  return { item, params, lasting: usual && ((random) => usual.generate(random, undefined).value) };
}

/** Once, or again and again until the clients are done. */
function occurrences({ item, params, lasting }: Prepared, withinUs: number, index: number, random: fc.Random): PlannedFault[] {
  const one = (id: string, atUs: number, moment?: PlannedMoment): PlannedFault => {
    const length = lasting === undefined ? {} : { forUs: lasting(random) };
    const waiting = moment === undefined ? {} : { moment };
    return { id, fault: item.fault, atUs, ...waiting, ...length, params: params.generate(random, undefined).value };
  };
  const { when } = item;
  if ("at" in when) return [one(item.id, within(when.at, random))];
  if ("enumerate" in when) return [one(item.id, 0, { ...when.enumerate, what: "effect", nth: index })];
  if ("moment" in when) {
    const { min, max } = when.moment.nth;
    return [one(item.id, 0, { ...when.moment, nth: min === max ? min : random.nextInt(min, max) })];
  }
  const list: PlannedFault[] = [];
  for (let atUs = within(when.every, random); atUs < withinUs; atUs += within(when.every, random)) {
    list.push(one(`${item.id}.${list.length + 1}`, atUs));
  }
  return list;
}

function within({ minUs, maxUs }: RangeUs, random: fc.Random): number {
  return minUs === maxUs ? minUs : random.nextInt(minUs, maxUs);
}

/** Chaos ends when the clients are done, but not before what was asked for at a time has had its time. */
export function healAt(withinUs: number, faults: readonly PlannedFault[], items: readonly FaultItem[]): number {
  const scripted = new Set(items.filter((item) => "at" in item.when).map((item) => item.id));
  const ends = faults.filter(({ id }) => scripted.has(id)).map(({ atUs, forUs }) => atUs + (forUs ?? 0));
  return Math.max(withinUs, ...ends);
}
