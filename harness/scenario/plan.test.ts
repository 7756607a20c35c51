/** What is drawn for a run, and that it is drawn evenly. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadScenario } from "./load.ts";
import { drawPlan, planArbitrary, planDrawer } from "./plan.ts";
import type { Plan } from "./scenario.ts";
import { catalogue, good } from "./testing/catalogue.ts";
import { source } from "./testing/source.ts";

const load = (text: string) => loadScenario(text, "x.yaml", catalogue);
const withFaults = (...items: string[]) =>
  load(`protocol: paxos\nworkload:\n  key-value: { within: 8s }\nfaults:\n${items.map((item) => `  - ${item}\n`).join("")}`);

function plans(scenario: ReturnType<typeof load>, count: number): Plan[] {
  const draw = planDrawer(scenario, catalogue);
  return Array.from({ length: count }, (_, seed) => draw(source(seed)));
}

test("the same numbers give the same plan, others another", () => {
  const scenario = load(good);
  expect(drawPlan(scenario, catalogue, source(1))).toEqual(drawPlan(scenario, catalogue, source(1)));
  expect(drawPlan(scenario, catalogue, source(1))).not.toEqual(drawPlan(scenario, catalogue, source(2)));
});

test("a plan is plain data, has as many operations as stated, and everything in it an id of its own", () => {
  for (const plan of plans(load(good), 50)) {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.operations).toHaveLength(60);
    const ids = [...plan.operations, ...plan.faults].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(plan.faults.map(({ atUs }) => atUs)).toEqual(plan.faults.map(({ atUs }) => atUs).sort((a, b) => a - b));
  }
});

describe("a fault at a time", () => {
  test("happens once, under the item's id, somewhere in its range", () => {
    const drawn = plans(withFaults("{ name: nap, crash: any, at: 1s..3s, for: 2s..4s }"), 4_000).map((plan) => plan.faults);
    expect(drawn.every((faults) => faults.length === 1 && faults[0]!.id === "nap")).toBe(true);
    const times = drawn.map(([fault]) => fault!.atUs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(3_000_000);
    // Evenly: fast-check's bias would crowd the ends. Each tenth of the range holds about a tenth of 4,000.
    const tenths = Array.from(
      { length: 10 },
      (_, i) => times.filter((time) => Math.min(9, Math.floor((time - 1_000_000) / 200_000)) === i).length,
    );
    for (const count of tenths) expect(count).toBeGreaterThan(320);
    for (const count of tenths) expect(count).toBeLessThan(480);
  });

  test("is not cut short by the heal, which otherwise comes when the clients are done", () => {
    for (const { faults, healAtUs } of plans(withFaults("{ crash: any, at: 5s..7s, for: 2s..4s }"), 100)) {
      expect(healAtUs).toBe(Math.max(8_000_000, faults[0]!.atUs + faults[0]!.forUs!));
    }
    expect(plans(withFaults("{ crash: any, every: 3s, for: 9s }"), 1)[0]!.healAtUs).toBe(8_000_000);
  });
});

describe("a fault that is repeated", () => {
  test("comes with gaps from its range until the clients are done, numbered", () => {
    for (const { faults } of plans(withFaults("{ crash: any, every: 2s..4s, for: 500ms..2s }"), 300)) {
      expect(faults.map(({ id }) => id)).toEqual(faults.map((_, i) => `crash-1.${i + 1}`));
      const times = [0, ...faults.map(({ atUs }) => atUs)];
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000_000);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(4_000_000);
      expect(times.at(-1)!).toBeGreaterThanOrEqual(4_000_000);
      expect(times.at(-1)!).toBeLessThan(8_000_000);
    }
  });

  test("lasts anew each time, never less than its range says", () => {
    const lengths = plans(withFaults("{ crash: any, every: 1s, for: 500ms..2s }"), 100).flatMap((plan) =>
      plan.faults.map(({ forUs }) => forUs!),
    );
    expect(lengths).toHaveLength(700);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(500_000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2_000_000);
    expect(new Set(lengths).size).toBeGreaterThan(600);
  });
});

test("without for a fault lasts as long as it says itself, else until the heal", () => {
  const [{ faults }] = plans(withFaults("{ crash: any, at: 1s }"), 1) as [Plan];
  expect(faults[0]).not.toHaveProperty("forUs");

  const lasting = {
    ...catalogue,
    faults: catalogue.faults.map((fault) => ({ ...fault, usualForUs: () => fc.integer({ min: 70, max: 90 }) })),
  };
  const scenario = withFaults("{ crash: any, every: 1s }", "{ crash: any, at: 1s, for: 5s }");
  const { faults: usual } = planDrawer(scenario, lasting)(source(1));
  const stated = usual.filter(({ id }) => id === "crash-2").map(({ forUs }) => forUs);
  const own = usual.filter(({ id }) => id !== "crash-2").map(({ forUs }) => forUs!);
  expect(stated).toEqual([5_000_000]);
  expect(own).toHaveLength(7);
  expect(own.every((forUs) => forUs >= 70 && forUs <= 90)).toBe(true);
});

test("an explicit scenario has its one plan, whatever the numbers", () => {
  const explicit = load(
    `format: 1\nseed: 4\nprotocol: paxos\nworkload:\n  key-value: { within: 8s }\nplan:\n  - { id: o9, client: c2, at: 5ms, f: read }\n`,
  );
  const plan = { operations: [{ id: "o9", client: "c2", atUs: 5_000, op: { f: "read" } }], faults: [], healAtUs: 8_000_000 };
  expect(plans(explicit, 2)).toEqual([plan, plan]);
});

test("a plan shrinks by leaving out parts, which moves no other part; also one that was not drawn", () => {
  const scenario = load(good);
  const arbitrary = planArbitrary(scenario, catalogue);
  const plan = drawPlan(scenario, catalogue, source(3));
  const needed = (smaller: Plan): boolean =>
    smaller.operations.some(({ id }) => id === "o7") &&
    smaller.operations.some(({ id }) => id === "o50") &&
    smaller.faults.some(({ id }) => id === "nap");

  expect(arbitrary.canShrinkWithoutContext(plan)).toBe(true);
  let best = plan;
  for (let next: Plan | undefined = plan; next !== undefined; ) {
    best = next;
    next = arbitrary
      .shrink(best, undefined)
      .map(({ value }) => value)
      .filter(needed)
      .next().value as Plan | undefined;
  }
  expect(best.operations).toEqual(plan.operations.filter(({ id }) => id === "o7" || id === "o50"));
  expect(best.faults).toEqual(plan.faults.filter(({ id }) => id === "nap"));
  expect(best.healAtUs).toBe(plan.healAtUs);
});

test("fast-check itself may drive the arbitrary", () => {
  const details = fc.check(
    fc.property(planArbitrary(load(good), catalogue), (plan) => plan.faults.every(({ fault }) => fault !== "loss")),
    { seed: 1, numRuns: 5 },
  );
  expect(details.failed).toBe(true);
  expect(details.counterexample![0]).toMatchObject({ operations: [], faults: [{ id: "loss-1" }] });
});
