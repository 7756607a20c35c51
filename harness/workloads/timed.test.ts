import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { lock } from "./lock.ts";
import { requests } from "./requests.ts";
import type { Op, PlannedOperation, Workload } from "./workload.ts";

const clients = ["c1", "c2", "c3"];

function settingsOf(workload: Workload, more: object = {}): unknown {
  return workload.schema.parse({ operations: 40, within: "10s", ...more });
}

function plans(workload: Workload, more: object = {}, count = 20): readonly (readonly PlannedOperation[])[] {
  const settings = settingsOf(workload, more);
  expect(workload.check(settings)).toEqual([]);
  return fc.sample(workload.draw(settings, clients), { numRuns: count, seed: 1, unbiased: true });
}

describe.each([lock, requests].map((workload) => [workload.name, workload as Workload] as const))("%s", (_name, workload) => {
  test.each([1, 7, 300])("plans exactly %i operations when that many are stated, in the order of time", (operations) => {
    for (const plan of plans(workload, { operations }, 5)) {
      expect(plan.map(({ id }) => id)).toEqual(Array.from({ length: operations }, (_, i) => `o${i + 1}`));
      expect(plan.map(({ atUs }) => atUs)).toEqual(plan.map(({ atUs }) => atUs).sort((a, b) => a - b));
    }
  });

  test("spreads them evenly over the time and the clients", () => {
    const [plan] = plans(workload, { operations: 3_000 }, 1);
    expect(plan!.filter(({ atUs }) => atUs < 5_000_000).length / 3_000).toBeCloseTo(0.5, 1);
    for (const client of clients) expect(plan!.filter((one) => one.client === client).length / 1_000).toBeCloseTo(1, 0);
  });

  test("plans are plain JSON, and the same for the same seed", () => {
    const [plan] = plans(workload);
    expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
    expect(plans(workload)).toEqual(plans(workload));
  });

  test("is judged by monitors only", () => {
    expect(workload.model).toBeUndefined();
  });

  test("has a strict schema, described for editors, with a count and a time", () => {
    const schema = z.toJSONSchema(workload.schema, { io: "input", target: "draft-7" });
    expect(schema).toMatchObject({ additionalProperties: false, required: ["operations", "within"] });
    for (const field of Object.values(schema.properties ?? {})) expect(field).toHaveProperty("description");
    expect(workload.withinUs(settingsOf(workload, { within: "1.5s" }))).toBe(1_500_000);
  });

  test("tells a time in which nothing can interleave in a sentence", () => {
    expect(workload.check(settingsOf(workload, { within: "0s" }))).toEqual([
      { path: ["within"], message: "all operations within 0s leave nothing to interleave; expected more" },
    ]);
  });

  test("a simpler operation is as simple as can be", () => {
    for (const { op } of plans(workload, {}, 1)[0]!)
      for (const simpler of workload.simpler(op)) expect(workload.simpler(simpler)).toEqual([]);
  });
});

describe("lock", () => {
  const settings = { lease: "5s", hold: "100ms..1s", write: "resource" };
  const use = { f: "use", lease: 5_000, hold: 350, write: "resource", value: 7 };

  test("an operation says for how long, and writes a value that is its own", () => {
    for (const plan of plans(lock, settings)) {
      for (const { id, op } of plan) {
        expect(op).toMatchObject({ f: "use", lease: 5_000, write: "resource" });
        expect(op["hold"]).toBeGreaterThanOrEqual(100);
        expect(op["hold"]).toBeLessThanOrEqual(1_000);
        expect(id).toBe(`o${op["value"]}`);
      }
    }
  });

  test("nothing is written where nothing is named", () => {
    expect(plans(lock, {}, 1)[0]!.every(({ op }) => !("write" in op))).toBe(true);
  });

  test("a lock may be held for longer than its lease where the lease is extended", () => {
    const full = lock.schema.parse({ operations: 5, within: "10s", lease: "50ms", hold: "100ms", extend: true });
    expect(lock.check(full)).toEqual([]);
    expect(lock.probes(full, "c1", 0)).toMatchObject([{ lease: 50, hold: 100, extend: true }]);
  });

  test("a probe holds the lock as briefly as any, and writes what nobody else writes", () => {
    const full = lock.schema.parse({ operations: 40, within: "10s", ...settings });
    const ops = clients.flatMap((client) => [0, 1, 2].flatMap((round) => lock.probes(full, client, round)));
    expect(ops.every(({ hold }) => hold === 100)).toBe(true);
    expect(new Set(ops.map(({ value }) => value)).size).toBe(9);
    expect(ops.every(({ value }) => Number(value) > 1_000_000)).toBe(true);
  });

  test.each([
    [{ hold: "2s..1s" }, "hold", "the range 2s..1s is upside down; did you mean 1s..2s?"],
    [
      { lease: "500ms" },
      "lease",
      "a lease of 500ms is over before a client has held the lock for 100ms..1s; expected a longer lease, a shorter hold, or extend: true",
    ],
    [{ lease: "0s", hold: "0s" }, "lease", "a lease of 0s is over before it is granted; expected 1ms or more"],
  ])("refuses %j", (wrong, field, message) => {
    const full = lock.schema.parse({ operations: 40, within: "10s", ...settings, ...wrong });
    expect(lock.check(full)).toEqual([{ path: [field], message }]);
  });

  test.each([
    [use, undefined, { f: "use", value: { hold: 350, write: 7 }, ok: true }, "use the lock for 350ms, write 7"],
    [use, {}, { f: "use", value: { hold: 350, write: 7 }, ok: true }, "use the lock for 350ms, write 7 -> ok"],
    [
      use,
      { token: 3 },
      { f: "use", value: { hold: 350, write: 7, token: 3 }, ok: true },
      "use the lock for 350ms, write 7 -> ok, token 3",
    ],
    [{ f: "use", lease: 5_000, hold: 2, value: 7 }, {}, { f: "use", value: { hold: 2 }, ok: true }, "use the lock for 2ms -> ok"],
  ])("%j with %j reads well", (op: Op, result, fields, words) => {
    expect(lock.history(op, result)).toStrictEqual(fields);
    expect(lock.describe(op, result)).toBe(words);
  });
});

describe("requests", () => {
  test("each costs something within the stated range", () => {
    for (const { op } of plans(requests, { cost: "20ms..30ms" })[0]!) {
      expect(op["cost"]).toBeGreaterThanOrEqual(20);
      expect(op["cost"]).toBeLessThanOrEqual(30);
    }
  });

  test("a range of costs that is upside down is told", () => {
    const full = requests.schema.parse({ operations: 40, within: "10s", cost: "30ms..20ms" });
    expect(requests.check(full)).toEqual([
      { path: ["cost"], message: "the range 30ms..20ms is upside down; did you mean 20ms..30ms?" },
    ]);
  });

  test.each([
    [undefined, 25, "request 25ms of work"],
    ["worker2", "worker2", "request 25ms of work -> worker2"],
    [{ deep: 1 }, { deep: 1 }, "request 25ms of work -> ok"],
  ])("answered with %j it reads well", (result, value, words) => {
    const op = { f: "request", cost: 25 };
    expect(requests.history(op, result)).toStrictEqual({ f: "request", value, ok: true });
    expect(requests.describe(op, result)).toBe(words);
  });
});
