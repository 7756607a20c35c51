import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkLinearizable } from "../check/index.ts";
import { type Propose, propose } from "./propose.ts";
import type { PlannedOperation } from "./workload.ts";

const clients = ["c1", "c2", "c3"];

function plans(more: object = {}, count = 20): readonly (readonly PlannedOperation[])[] {
  const settings = propose.schema.parse({ operations: 40, within: "10s", ...more });
  expect(propose.check(settings)).toEqual([]);
  return fc.sample(propose.draw(settings, clients), { numRuns: count, seed: 1, unbiased: true });
}

const asked = (plan: readonly PlannedOperation[]): readonly Propose[] => plan.map(({ op }) => op as Propose);

describe("the plan", () => {
  test.each([1, 7, 300])("has exactly %i proposals when that many are stated, in the order of time", (operations) => {
    for (const plan of plans({ operations }, 5)) {
      expect(plan.map(({ id }) => id)).toEqual(Array.from({ length: operations }, (_, i) => `o${i + 1}`));
      expect(plan.map(({ atUs }) => atUs)).toEqual(plan.map(({ atUs }) => atUs).sort((a, b) => a - b));
      expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
    }
  });

  test("deals the proposals out to the decisions evenly, and for each of them to the clients in turn", () => {
    for (const plan of plans({ operations: 12, decisions: 4 })) {
      for (const key of ["d1", "d2", "d3", "d4"]) {
        const those = plan.filter(({ op }) => op["key"] === key);
        expect(those.map(({ client }) => client).sort()).toEqual(clients);
      }
    }
  });

  test("lets those for one decision come at about the same moment, and all of them in time", () => {
    for (const plan of plans({ operations: 12, decisions: 4, spread: "20ms" })) {
      expect(plan.at(-1)!.atUs).toBeLessThanOrEqual(10_000_000);
      for (const { op, atUs } of plan)
        for (const other of plan)
          if (other.op["key"] === op["key"]) expect(Math.abs(other.atUs - atUs)).toBeLessThanOrEqual(20_000);
    }
  });

  test("proposes 0 and 1, or no value twice, in no order", () => {
    const bits = plans().flatMap((plan) => asked(plan).map(({ value }) => value));
    expect([...new Set(bits)].sort()).toEqual([0, 1]);
    expect(bits.filter((bit) => bit === 1).length / bits.length).toBeCloseTo(0.5, 1);
    for (const plan of plans({ values: "unique" })) {
      const values = asked(plan).map(({ value }) => value);
      expect(new Set(values).size).toBe(40);
      expect(values).not.toEqual([...values].sort((a, b) => a - b));
    }
  });
});

describe("the judgement", () => {
  const d1 = (value: number): Propose => ({ f: "propose", key: "d1", value });
  const told = (...answers: readonly (readonly [Propose, number])[]): string =>
    checkLinearizable(
      answers.map(([input, output], i) => {
        const times = { invoked: i, returned: i + 10, invokedAtUs: i, returnedAtUs: i + 10 };
        return { id: `o${i}`, client: `c${i}`, process: i, input, output, outcome: "ok" as const, ...times };
      }),
      propose.model!,
    ).verdict;

  test("is that all are told the same, and something that was proposed", () => {
    expect(told([d1(1), 0], [d1(0), 0])).toBe("valid");
    expect(told([d1(1), 1], [d1(0), 0])).toBe("invalid");
    expect(told([d1(1), 0], [d1(1), 0])).toBe("invalid");
  });

  test("is made for each decision on its own", () => {
    expect(told([d1(1), 1], [{ ...d1(0), key: "d2" }, 0])).toBe("valid");
  });
});

test("after the heal each client asks for all decisions of the plan, and for a fresh one", () => {
  const settings = propose.schema.parse({ operations: 4, decisions: 2, within: "1s", values: "unique" });
  const probes = propose.probes(settings, "c2", 0) as readonly Propose[];
  expect(probes.map(({ key }) => key)).toEqual(["d1", "d2", "fresh1"]);
  for (const { value } of probes) expect(value).toBeGreaterThan(4);
});

test("it is told in words, and in history.jsonl as the model consensus reads it", () => {
  const op: Propose = { f: "propose", key: "d3", value: 1 };
  expect(propose.describe(op, undefined)).toBe("propose 1 for d3");
  expect(propose.describe(op, 0)).toBe("propose 1 for d3 -> 0 was decided");
  expect(propose.history(op, undefined)).toEqual({ f: "propose", key: "d3", value: 1, ok: true });
  expect(propose.history(op, 0)).toEqual({ f: "propose", key: "d3", value: 0, ok: true });
});

describe("settings", () => {
  test("are described for editors, with a count and a time", () => {
    const schema = z.toJSONSchema(propose.schema, { io: "input", target: "draft-7" });
    expect(schema).toMatchObject({ additionalProperties: false, required: ["operations", "within"] });
    for (const field of Object.values(schema.properties ?? {})) expect(field).toHaveProperty("description");
  });

  test.each([
    [{ decisions: 9 }, "decisions", "9 decisions need as many proposals at least, and there are 4 operations"],
    [{ spread: "3s" }, "spread", "proposals that are spread over 3s do not all come within 2s; expected a shorter spread"],
  ])("that cannot be are refused in a sentence: %o", (wrong, field, message) => {
    const settings = propose.schema.parse({ operations: 4, within: "2s", ...wrong });
    expect(propose.check(settings)).toEqual([{ path: [field], message }]);
  });
});
