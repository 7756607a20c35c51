import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation } from "../check/history.ts";
import { checkLinearizable } from "../check/index.ts";
import { type FileOp, files } from "./files.ts";
import type { Op } from "./workload.ts";

const settings = (more: object = {}) => files.schema.parse({ operations: 40, within: "10s", ...more });

/** Operations of one process each, one after the other; an outcome of undefined is not known. */
function verdict(...operations: readonly (readonly [op: Partial<FileOp>, output: unknown])[]): string {
  const history = operations.map(
    ([op, output], i): Operation => ({
      process: i,
      input: { file: "f1", ...op },
      output,
      invoked: 2 * i,
      returned: output === undefined ? Number.POSITIVE_INFINITY : 2 * i + 1,
      outcome: output === undefined ? "info" : "ok",
    }),
  );
  return checkLinearizable(history, files.model!).verdict;
}

test("a file is a register of its own", () => {
  expect(
    verdict([{ f: "read" }, null], [{ f: "write", value: 7 }, "ok"], [{ f: "read" }, 7], [{ f: "read", file: "f2" }, null]),
  ).toBe("valid");
  expect(verdict([{ f: "write", value: 7 }, "ok"], [{ f: "read" }, null])).toBe("invalid");
});

test("later uses of a lock have greater generations, and leave the content as it is", () => {
  const use = (generation: number) => [{ f: "use" }, { generation }] as [Partial<FileOp>, unknown];
  expect(verdict(use(1), [{ f: "read" }, null], use(3), [{ f: "use" }, undefined])).toBe("valid");
  expect(verdict(use(3), use(3))).toBe("invalid");
  expect(verdict(use(3), use(2))).toBe("invalid");
});

test("a plan mixes as the weights say; written values are the operations' own numbers", () => {
  const [plan] = fc.sample(
    files.draw(settings({ operations: 1_000, files: 3, hold: "5ms..9ms", write: "resource" }), ["c1", "c2"]),
    {
      numRuns: 1,
      seed: 1,
      unbiased: true,
    },
  );
  const of = (f: string) => plan!.filter(({ op }) => op.f === f);
  expect(of("read").length / 1_000).toBeCloseTo(0.5, 1);
  expect(of("write").length / 1_000).toBeCloseTo(0.2, 1);
  expect(new Set(plan!.map(({ op }) => op["file"]))).toEqual(new Set(["f1", "f2", "f3"]));
  for (const { id, op } of [...of("write"), ...of("use")]) expect(id).toBe(`o${op["value"]}`);
  for (const { op } of of("use")) expect(op).toMatchObject({ write: "resource", hold: expect.any(Number) });
});

test("probes write a value that nobody else writes, use the lock, and read", () => {
  const ops = ["c1", "c2"].flatMap((client) => [0, 1].flatMap((round) => files.probes(settings(), client, round)));
  expect(ops.map(({ f }) => f)).toEqual(Array.from({ length: 4 }, () => ["write", "use", "read"]).flat());
  expect(new Set(ops.filter(({ f }) => f === "write").map(({ value }) => value)).size).toBe(4);
});

test("settings that cannot be are told in a sentence", () => {
  expect(files.check(settings({ mix: {}, hold: "9ms..5ms" })).map(({ message }) => message)).toEqual([
    "the range 9ms..5ms is upside down; did you mean 5ms..9ms?",
    "all weights are 0, so there is no operation to draw; expected one above 0",
  ]);
});

test.each([
  [{ f: "read", file: "f1" }, undefined, "read f1"],
  [{ f: "read", file: "f1" }, null, "read f1 -> null"],
  [{ f: "write", file: "f1", value: 7 }, "ok", "write f1 = 7 -> ok"],
  [{ f: "use", file: "f1", hold: 5, value: 7 }, { generation: 2 }, "use the lock of f1 for 5ms -> ok, generation 2"],
  [{ f: "use", file: "f1", hold: 5, write: "resource", value: 7 }, undefined, "use the lock of f1 for 5ms, write 7"],
])("%j with %j reads well", (op: Op, result, words) => {
  expect(files.history(op, result)).toMatchObject({ f: op.f, key: "f1", ok: true });
  expect(files.describe(op, result)).toBe(words);
});
