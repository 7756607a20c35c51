import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Operation } from "../check/history.ts";
import { checkLinearizable } from "../check/index.ts";
import { lease } from "./lease.ts";
import type { Op } from "./workload.ts";

const settings = (more: object = {}) => lease.schema.parse({ operations: 40, within: "10s", ...more });

/** Operations of one process each, one after the other; an outcome of undefined is not known. */
function verdict(...operations: readonly (readonly [f: string, output: unknown])[]): string {
  const history = operations.map(
    ([f, output], i): Operation => ({
      process: i,
      input: { f },
      output,
      invoked: 2 * i,
      returned: output === undefined ? Number.POSITIVE_INFINITY : 2 * i + 1,
      outcome: output === undefined ? "info" : "ok",
    }),
  );
  return checkLinearizable(history, lease.model!).verdict;
}

describe("lease: the model", () => {
  test("lets a lock be taken, extended, given back, and taken again with the next token", () => {
    expect(
      verdict(
        ["acquire", { granted: 1 }],
        ["extend", { token: 1, done: true }],
        ["holder", 1],
        ["release", { token: 1, done: true }],
        ["holder", null],
        ["acquire", { granted: 2 }],
      ),
    ).toBe("valid");
  });

  test("lets a lease run out at any moment, and not come back", () => {
    expect(verdict(["acquire", { granted: 1 }], ["holder", null], ["extend", { token: 1, done: false }])).toBe("valid");
    expect(verdict(["acquire", { granted: 1 }], ["acquire", { granted: 2 }], ["release", { token: 1, done: false }])).toBe(
      "valid",
    );
    expect(verdict(["acquire", { granted: 1 }], ["holder", null], ["holder", 1])).toBe("invalid");
    expect(
      verdict(["acquire", { granted: 1 }], ["extend", { token: 1, done: false }], ["release", { token: 1, done: true }]),
    ).toBe("invalid");
  });

  test("refuses a token twice, one that is skipped, and one that nobody was granted", () => {
    expect(verdict(["acquire", { granted: 1 }], ["acquire", { granted: 1 }])).toBe("invalid");
    expect(verdict(["acquire", { granted: 2 }])).toBe("invalid");
    expect(verdict(["acquire", { taken: 1 }])).toBe("invalid");
    expect(verdict(["release", { token: 1, done: false }])).toBe("invalid");
  });

  test("refuses a release by whom the lock has left", () => {
    expect(verdict(["acquire", { granted: 1 }], ["acquire", { granted: 2 }], ["release", { token: 1, done: true }])).toBe(
      "invalid",
    );
  });

  test("takes an acquire of which nobody knows for granted, or not", () => {
    expect(verdict(["acquire", undefined], ["acquire", { taken: 1 }])).toBe("valid");
    expect(verdict(["acquire", undefined], ["acquire", { granted: 1 }])).toBe("valid");
    expect(verdict(["acquire", undefined], ["acquire", { taken: 2 }])).toBe("invalid");
  });

  test("takes a release of which nobody knows for done, or not", () => {
    expect(verdict(["acquire", { granted: 1 }], ["release", undefined], ["holder", null])).toBe("valid");
    expect(verdict(["acquire", { granted: 1 }], ["release", undefined], ["holder", 1])).toBe("valid");
  });
});

describe("lease: the plan", () => {
  test("mixes the commands as the weights say, and says for how long", () => {
    const [plan] = fc.sample(lease.draw(settings({ operations: 1_000 }), ["c1", "c2"]), { numRuns: 1, seed: 1, unbiased: true });
    const count = (f: string): number => plan!.filter(({ op }) => op.f === f).length;
    expect(count("acquire")).toBeGreaterThan(350);
    expect(count("holder")).toBeGreaterThan(150);
    expect(plan!.find(({ op }) => op.f === "acquire")!.op).toEqual({ f: "acquire", lease: 1_000 });
    const [own] = fc.sample(lease.draw(settings({ mix: { holder: 1 } }), ["c1"]), { numRuns: 1, seed: 1 });
    expect(own!.every(({ op }) => op.f === "holder")).toBe(true);
  });

  test("cannot be drawn from nothing", () => {
    expect(lease.check(settings({ mix: {} }))).toEqual([
      { path: ["mix"], message: "all weights are 0, so there is no operation to draw; expected one above 0" },
    ]);
    expect(lease.check(settings({ lease: "0s" }))[0]!.message).toContain("over before it is granted");
  });
});

test.each([
  [{ f: "acquire", lease: 500 }, undefined, true, "acquire for 500ms"],
  [{ f: "acquire", lease: 500 }, { granted: 3 }, true, "acquire for 500ms -> token 3"],
  [{ f: "acquire", lease: 500 }, { taken: 3 }, false, "acquire for 500ms -> taken, token 3"],
  [{ f: "release" }, { token: 3, done: true }, true, "release -> ok, token 3"],
  [{ f: "extend" }, { token: 3, done: false }, false, "extend -> token 3 is over"],
  [{ f: "extend" }, { token: 0, done: false }, false, "extend -> has none"],
  [{ f: "holder" }, null, true, "whose is the lock -> nobody's"],
  [{ f: "holder" }, 3, true, "whose is the lock -> of token 3"],
])("%j with %j reads well", (op: Op, result, ok, words) => {
  expect(lease.history(op, result)).toMatchObject({ f: op.f, ok });
  expect(lease.describe(op, result)).toBe(words);
});
