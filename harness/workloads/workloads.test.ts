import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { workloads } from "./index.ts";
import { keyValue } from "./key-value.ts";
import type { RegisterOp } from "./read-write-cas.ts";
import { register } from "./register.ts";
import type { Op, PlannedOperation, Workload } from "./workload.ts";

const clients = ["c1", "c2", "c3", "c4"];

function plans(workload: Workload, settings: object, count = 20, of = clients): readonly (readonly PlannedOperation[])[] {
  const full = workload.schema.parse({ operations: 60, within: "8s", ...settings });
  expect(workload.check(full)).toEqual([]);
  return fc.sample(workload.draw(full, of), { numRuns: count, seed: 1, unbiased: true });
}

/** What clients would be told if all operations went one after the other. */
function oneAfterTheOther(plan: readonly PlannedOperation[]): readonly { readonly op: RegisterOp; readonly result: unknown }[] {
  const state = new Map<string | undefined, number | null>();
  return plan.map((planned) => {
    const op = planned.op as RegisterOp;
    const value = state.get(op.key) ?? null;
    if (op.f === "read") return { op, result: value };
    const matches = op.f === "write" || op.from === value;
    if (matches) state.set(op.key, op.f === "write" ? op.value : op.to);
    return { op, result: op.f === "write" ? "ok" : matches };
  });
}

/** Whether the model takes these results in this order. */
function accepts(workload: Workload, history: readonly { readonly op: Op; readonly result: unknown }[]): boolean {
  const model = workload.model!;
  const states = new Map<string, unknown>();
  return history.every(({ op, result }) => {
    const part = model.partition?.(op) ?? "";
    const next = model.step(states.has(part) ? states.get(part) : model.init, op, result);
    states.set(part, next);
    return next !== undefined;
  });
}

function written(op: RegisterOp): number | undefined {
  return op.f === "read" ? undefined : op.f === "write" ? op.value : op.to;
}

test("workloads are listed by name, each once", () => {
  const names = workloads.map((workload) => workload.name);
  expect(names).toEqual([...new Set(names)].sort());
});

describe.each([keyValue, register].map((workload) => [workload.name, workload as Workload] as const))("%s", (_name, workload) => {
  describe("the plan", () => {
    test.each([1, 7, 60, 500])("has exactly %i operations when that many are stated, in the order of time", (operations) => {
      for (const plan of plans(workload, { operations }, 5)) {
        expect(plan.map(({ id }) => id)).toEqual(Array.from({ length: operations }, (_, i) => `o${i + 1}`));
        expect(plan.map(({ atUs }) => atUs)).toEqual(plan.map(({ atUs }) => atUs).sort((a, b) => a - b));
      }
    });

    test("spreads them evenly over the time and the clients, however many clients there are", () => {
      for (const of of [["c1"], clients]) {
        const [plan] = plans(workload, { operations: 4_000 }, 1, of);
        for (let quarter = 0; quarter < 4; quarter++) {
          const inIt = plan!.filter(({ atUs }) => Math.min(3, Math.floor(atUs / 2_000_000)) === quarter);
          expect(inIt.length).toBeGreaterThan(850);
          expect(inIt.length).toBeLessThan(1_150);
        }
        for (const client of of) expect(plan!.filter((one) => one.client === client).length).toBeGreaterThan(850);
      }
    });

    test("mixes as the weights say, and only what they name", () => {
      const count = (plan: readonly PlannedOperation[], f: string): number => plan.filter(({ op }) => op.f === f).length;
      const [usual] = plans(workload, { operations: 5_000 }, 1);
      expect(count(usual!, "read") / 5_000).toBeCloseTo(0.5, 1);
      expect(count(usual!, "write") / 5_000).toBeCloseTo(0.3, 1);
      expect(count(usual!, "cas") / 5_000).toBeCloseTo(0.2, 1);
      const [own] = plans(workload, { mix: { read: 1, write: 1 } }, 1);
      expect(count(own!, "cas")).toBe(0);
      const [onlyCas] = plans(workload, { mix: { cas: 1 } }, 1);
      expect(count(onlyCas!, "cas")).toBe(60);
    });

    test("is plain JSON, and the same for the same seed", () => {
      const [plan] = plans(workload, {});
      expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
      expect(plans(workload, {})).toEqual(plans(workload, {}));
    });

    test("writes every value once, told from the operation's own number, so that it stays when others go", () => {
      for (const plan of plans(workload, {})) {
        for (const { id, op } of plan) {
          const value = written(op as RegisterOp);
          if (value !== undefined) expect(id).toBe(`o${value}`);
        }
      }
    });

    test("writes 0 to 4 when values are small", () => {
      const values = plans(workload, { values: "small" }).flatMap((plan) =>
        plan.flatMap(({ op }) => written(op as RegisterOp) ?? []),
      );
      expect([...new Set(values)].sort()).toEqual([0, 1, 2, 3, 4]);
    });

    test.each([
      "unique",
      "small",
    ] as const)("lets a fair share of compare-and-sets match, and a fair share not (%s values)", (values) => {
      const cas = plans(workload, { values }, 100).flatMap((plan) => oneAfterTheOther(plan).filter(({ op }) => op.f === "cas"));
      const share = cas.filter(({ result }) => result === true).length / cas.length;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.9);
    });

    test("expects only values that could be there: written before, or the initial null", () => {
      for (const plan of plans(workload, {})) {
        plan.forEach(({ op }, i) => {
          const cas = op as RegisterOp;
          if (cas.f !== "cas" || cas.from === null) return;
          const earlier = plan.slice(0, i).map((one) => one.op as RegisterOp);
          expect(earlier.some((one) => one.key === cas.key && written(one) === cas.from)).toBe(true);
        });
      }
    });
  });

  describe("the model", () => {
    test("accepts what happens when all operations go one after the other", () => {
      for (const plan of plans(workload, {})) expect(accepts(workload, oneAfterTheOther(plan))).toBe(true);
    });

    test("refuses the same history with one wrong answer", () => {
      for (const plan of plans(workload, {}, 10)) {
        const right = oneAfterTheOther(plan);
        right.forEach(({ op, result }, i) => {
          if (op.f === "write") return;
          const wrong = op.f === "read" ? (result === null ? 9_999 : null) : !result;
          expect(accepts(workload, right.with(i, { op, result: wrong }))).toBe(false);
        });
      }
    });
  });

  describe("probes", () => {
    const settings = workload.schema.parse({ operations: 60, within: "8s" });

    test("write a value that nobody else writes, and read it back", () => {
      const seen = new Set<unknown>(Array.from({ length: 60 }, (_, i) => i + 1));
      for (const client of [...clients, "c10", "c21"]) {
        for (let round = 0; round < 5; round++) {
          const [write, read] = workload.probes(settings, client, round) as readonly RegisterOp[];
          expect(write!.f).toBe("write");
          expect(seen.has(written(write!))).toBe(false);
          seen.add(written(write!));
          expect(read).toEqual({ f: "read", ...(write!.key !== undefined && { key: write!.key }) });
        }
      }
    });
  });

  describe("shrinking", () => {
    test("a compare-and-set may become a write of the same value, and then stays", () => {
      for (const { op } of plans(workload, {}, 1)[0]!) {
        const simpler = workload.simpler(op);
        expect(simpler).toHaveLength(op.f === "cas" ? 1 : 0);
        for (const one of simpler) {
          expect(written(one as RegisterOp)).toBe(op["to"]);
          expect(one["key"]).toBe(op["key"]);
          expect(workload.simpler(one)).toEqual([]);
        }
      }
    });
  });

  describe("settings", () => {
    test("have a strict schema, described for editors, with a count and a time", () => {
      const schema = z.toJSONSchema(workload.schema, { io: "input", target: "draft-7" });
      expect(schema).toMatchObject({ additionalProperties: false, required: ["operations", "within"] });
      for (const field of Object.values(schema.properties ?? {})) expect(field).toHaveProperty("description");
      expect(workload.withinUs(workload.schema.parse({ operations: 1, within: "1.5s" }))).toBe(1_500_000);
    });

    test("that cannot be are told in a sentence", () => {
      const settings = workload.schema.parse({ operations: 1, within: "0s", mix: {} });
      expect(workload.check(settings)).toEqual([
        { path: ["within"], message: "all operations within 0s leave nothing to interleave; expected more" },
        { path: ["mix"], message: "all weights are 0, so there is no operation to draw; expected one above 0" },
      ]);
      expect(workload.schema.safeParse({ operations: 0, within: "1s" }).success).toBe(false);
    });
  });
});

describe("words and fields", () => {
  test("keys are x, y, z, then k4 and on", () => {
    const [plan] = plans(keyValue as Workload, { operations: 500, keys: 5 }, 1);
    expect([...new Set(plan!.map(({ op }) => op["key"]))].sort()).toEqual(["k4", "k5", "x", "y", "z"]);
    expect(plans(register as Workload, {}, 1)[0]!.some(({ op }) => "key" in op)).toBe(false);
  });

  test.each([
    [{ f: "read", key: "x" }, undefined, { f: "read", key: "x", value: null, ok: true }, "read x"],
    [{ f: "read", key: "x" }, 3, { f: "read", key: "x", value: 3, ok: true }, "read x -> 3"],
    [{ f: "read", key: "x" }, null, { f: "read", key: "x", value: null, ok: true }, "read x -> null"],
    [{ f: "write", key: "x", value: 7 }, undefined, { f: "write", key: "x", value: 7, ok: true }, "write x = 7"],
    [{ f: "write", key: "x", value: 7 }, "ok", { f: "write", key: "x", value: 7, ok: true }, "write x = 7 -> ok"],
    [{ f: "cas", key: "x", from: 3, to: 7 }, undefined, { f: "cas", key: "x", value: [3, 7], ok: true }, "cas x 3 to 7"],
    [{ f: "cas", key: "x", from: 3, to: 7 }, true, { f: "cas", key: "x", value: [3, 7], ok: true }, "cas x 3 to 7 -> ok"],
    [
      { f: "cas", key: "x", from: null, to: 7 },
      false,
      { f: "cas", key: "x", value: [null, 7], ok: false },
      "cas x null to 7 -> no match",
    ],
  ])("%j with %j", (op, result, fields, words) => {
    expect(keyValue.history(op, result)).toStrictEqual(fields);
    expect(keyValue.describe(op, result)).toBe(words);
  });

  test("a register has no key in either", () => {
    expect(register.history({ f: "write", value: 7 }, "ok")).toStrictEqual({ f: "write", value: 7, ok: true });
    expect(register.describe({ f: "write", value: 7 }, "ok")).toBe("write 7 -> ok");
    expect(register.describe({ f: "read" }, 7)).toBe("read -> 7");
  });
});
