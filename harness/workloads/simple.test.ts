/** Workloads of one's own in a few lines: what is asked, and how it stands in stories. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simpleWorkload } from "./simple.ts";

const queue = simpleWorkload({
  name: "queue",
  doc: "Clients put numbers and take them.",
  operations: { put: (n) => ({ f: "put", value: n }), take: () => ({ f: "take" }), move: () => ({ f: "move", from: 1, to: 2 }) },
});
const settings = queue.schema.parse({ operations: 90, within: "3s" });

describe("a simple workload", () => {
  it("asks as many operations as stated, all kinds of them, in time, each with a number of its own", () => {
    for (const plan of fc.sample(queue.draw(settings, ["c1", "c2"]), { numRuns: 5, seed: 1, unbiased: true })) {
      expect(plan).toHaveLength(90);
      expect(new Set(plan.map(({ op }) => op.f))).toEqual(new Set(["put", "take", "move"]));
      expect(new Set(plan.map(({ client }) => client))).toEqual(new Set(["c1", "c2"]));
      expect(plan.map(({ atUs }) => atUs)).toEqual(plan.map(({ atUs }) => atUs).sort((a, b) => a - b));
      expect(plan.at(-1)!.atUs).toBeLessThanOrEqual(3_000_000);
      const put = plan.flatMap(({ op }) => op["value"] ?? []);
      expect(new Set(put).size).toBe(put.length);
    }
  });

  it("shows with each operation once that all works again, with fresh numbers every time", () => {
    const [one, other] = [queue.probes(settings, "c1", 0), queue.probes(settings, "c1", 1)];
    expect(one.map(({ f }) => f)).toEqual(["put", "take", "move"]);
    expect(one[0]!["value"]).not.toBe(other[0]!["value"]);
    expect(Number(one[0]!["value"])).toBeGreaterThan(90);
  });

  it.each([
    [{ f: "put", value: 3 }, undefined, "put 3", { f: "put", value: 3, ok: true }],
    [{ f: "put", value: 3 }, null, "put 3 -> ok", { f: "put", value: 3, ok: true }],
    [{ f: "take" }, undefined, "take", { f: "take", value: null, ok: true }],
    [{ f: "take" }, 7, "take -> 7", { f: "take", value: 7, ok: true }],
    [{ f: "move", from: 1, to: 2 }, false, 'move {"from":1,"to":2} -> false', { f: "move", value: false, ok: true }],
  ])("tells of %j, answered %j, as %s", (op, result, words, line) => {
    expect(queue.describe(op, result)).toBe(words);
    expect(queue.history(op, result)).toEqual(line);
  });

  it("needs something to ask", () => {
    expect(() => simpleWorkload({ name: "idle", doc: "", operations: {} })).toThrow(
      'the workload "idle": expected an operation or more, found none',
    );
  });
});
