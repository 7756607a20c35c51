/** The search for a threshold: what it finds where there is one, where there is none, and where what breaks does not stay broken. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { amountAt, type Catalogue, loadScenario, spread, withAmount } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { runHere } from "./here.ts";
import { type Outcome, type SearchSpace, search, type Threshold } from "./threshold.ts";

function drive(space: SearchSpace, outcome: (value: number) => Outcome): { found: Threshold; tried: number[] } {
  const tried: number[] = [];
  const searching = search(space);
  let step = searching.next();
  while (!step.done) {
    tried.push(step.value);
    step = searching.next(outcome(step.value));
  }
  return { found: step.value, tried };
}
const fails = (when: boolean): Outcome => (when ? "fails" : "holds");

describe("the search for a threshold", () => {
  it.each([
    [3_000_000, 5_130_000],
    [90_000_000, 5_130_000],
    [1, 700],
    [1, 2],
  ])("from %i finds %i within a hundredth, with a value that holds and one that fails", (start, threshold) => {
    const { found, tried } = drive({ start }, (value) => fails(value >= threshold));
    if (!found.found) throw new Error("it is there");
    expect(found.holds).toBeLessThan(threshold);
    expect(found.fails).toBeGreaterThanOrEqual(threshold);
    expect(found.fails - found.holds).toBeLessThanOrEqual(Math.max(1, threshold / 100));
    expect(tried).toEqual(expect.arrayContaining([found.holds, found.fails]));
    expect(new Set(tried).size).toBe(tried.length);
    expect(tried.length).toBeLessThan(40);
  });

  it("finds where it begins to hold, too: a lease that is too short", () => {
    const { found } = drive({ start: 1_000, precision: 1 }, (value) => fails(value <= 333));
    expect(found).toEqual({ found: true, holds: 334, fails: 333, odd: [] });
    expect(drive({ start: 100, precision: 1 }, (value) => fails(value <= 333)).found).toMatchObject({ holds: 334, fails: 333 });
  });

  it("stays in the range that is given, and says when all of it is the same", () => {
    const { found, tried } = drive({ start: 50, from: 10, to: 200 }, () => "holds");
    expect(found).toEqual({ found: false, all: "hold", least: 10, most: 200 });
    expect(tried.every((value) => value >= 10 && value <= 200)).toBe(true);
    expect(drive({ start: 900, from: 10, to: 200 }, () => "fails").found).toEqual({
      found: false,
      all: "fail",
      least: 10,
      most: 200,
    });
  });

  it("takes what the language refuses for the end of the range, and looks just before it", () => {
    const { found } = drive({ start: 30 }, (value) => (value > 100 ? "refused" : fails(value >= 90)));
    expect(found).toMatchObject({ found: true, fails: 90, holds: 89 });
    expect(drive({ start: 30 }, (value) => (value > 100 ? "refused" : "holds")).found).toMatchObject({
      found: false,
      all: "hold",
      least: 0,
    });
  });

  it("notices what does not stay broken, and what was broken before", () => {
    const window = drive({ start: 100, from: 100, to: 10_000 }, (value) => fails(value >= 1_000 && value < 1_400));
    // Both ends hold: without a start inside of it there is nothing to go by.
    expect(window.found).toMatchObject({ found: false, all: "hold" });
    const healed = drive({ start: 1_200 }, (value) => fails(value >= 1_000 && value < 1_400)).found;
    expect(healed).toMatchObject({ found: true, odd: expect.arrayContaining([2_000]) as unknown });
    const before = drive({ start: 1_200 }, (value) => fails(value >= 1_000 || (value > 400 && value < 550))).found;
    // The least that breaks it is what was asked for; what holds above that is told.
    expect(before).toMatchObject({ found: true, odd: expect.arrayContaining([900]) as unknown });
    if (!before.found) throw new Error("it is there");
    expect(before.holds).toBeLessThanOrEqual(400);
    expect(before.fails).toBeGreaterThan(400);
    expect(before.fails).toBeLessThan(410);
    const least = drive({ start: 100, precision: 1 }, (value) => fails(value <= 333 || (value > 600 && value < 800))).found;
    expect(least).toMatchObject({ found: true, holds: 800, fails: 799, odd: expect.arrayContaining([334]) as unknown });
  });
});

describe("a lock whose holder sleeps", () => {
  const catalogue: Catalogue = { protocols, workloads, faults };
  const text = `
protocol: lock-redis
nodes: { redis: 1, resource: 1 }
clients: 3
workload: { lock: { operations: 20, within: 60s, lease: 5s, hold: 100ms..1s, write: resource } }
faults:
  - { name: nap, pause: holder, when: { fact: acquired, nth: 1..5 }, for: 3s..9s }
settle: 10s
check: [no-lost-write]
`;
  it("breaks from the lease on, and not before", () => {
    const parts = spread(text, "nap.yaml", undefined, catalogue);
    const amount = amountAt(parts.amounts, "nap");
    if (typeof amount === "string") throw new Error(amount);
    const { found } = drive({ start: amount.size!, precision: 250_000 }, (value) => {
      const scenario = loadScenario(withAmount(parts, amount, value), "nap.yaml", catalogue);
      return fails(runHere(scenario, catalogue, { runs: 25, bail: true, shrinkBudget: 0 }).invalid > 0);
    });
    if (!found.found) throw new Error("it is there");
    expect(found.fails).toBeGreaterThan(5_000_000);
    expect(found.fails).toBeLessThan(6_000_000);
    expect(found.odd).toEqual([]);
  });
});
