/** Two runs of one seed: that the first difference is the first, and that what is told of it is what happened. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { compared, diffLines } from "../report/diff.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { workloads } from "../workloads/index.ts";
import { difference } from "./diff.ts";
import { prepare, runTraced } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const text = `
protocol: raft
nodes: 3
clients: 3
workload: { key-value: { operations: 30, within: 3s, keys: 1 } }
faults:
  - { partition: leader, with: one client, at: 500ms..1s, for: 1s..2s }
settle: 3s
`;
const right = loadScenario(text, "right.yaml", catalogue);
const run = (mutant: string | undefined, seed: number) =>
  runTraced(prepare(mutant === undefined ? right : { ...right, mutant }, catalogue), seed);

describe("the difference between two runs", () => {
  it("of the same protocol is none", () => {
    expect(difference(run(undefined, 1).trace, run(undefined, 1).trace)).toBeUndefined();
  });

  it("of a right and a wrong one is the first decision that the wrong one takes otherwise, with what led to it", () => {
    const [good, bad] = [run(undefined, 4), run("local-reads", 4)];
    const found = difference(compared(good), compared(bad))!;
    expect(found.same).toBeGreaterThan(10);
    expect(good.trace.slice(0, found.same).map(({ kind, atUs }) => [kind, atUs])).toEqual(
      bad.trace.slice(0, found.same).map(({ kind, atUs }) => [kind, atUs]),
    );
    // It answers where the right one asks the others first, or has not been able to answer.
    expect(found.right).toMatchObject({ kind: "send", channel: "answer" });
    expect(found.left).not.toMatchObject({ kind: "send", channel: "answer" });
    expect(found.causes.right[0]!.n).toBe(found.right!.cause);
    const words = workloads.find(({ name }) => name === "key-value")!;
    const lines = diffLines("right, seed 4", { name: "right", run: good }, { name: "local-reads", run: bad }, found, words);
    expect(lines[0]).toBe(
      `right, seed 4: right and local-reads are the same for ${found.same} records, and part at ${(found.right!.atUs / 1_000).toFixed(3)} ms:`,
    );
    expect(lines[2]).toMatch(/^ {2}local-reads {2}\d+\.\d+ ms {2}n\d -> c\d answer ok {2}\(protocols\/raft\//);
    expect(lines).toContain("led to by");
    expect(lines.at(-2)).toBe("  right        valid");
  });

  const record = (n: number, own: object): TraceRecord => ({ n, atUs: n, node: "n1", cause: n - 1, ...own }) as TraceRecord;
  const fact = (n: number, name: string, more: object = {}): TraceRecord => record(n, { kind: "fact", name, data: {}, ...more });

  it("does not count lines of the source, and counts everything else", () => {
    expect(difference([fact(1, "a", { site: "x.ts:1" })], [fact(1, "a", { site: "y.ts:2" })])).toBeUndefined();
    expect(difference([fact(1, "a")], [fact(1, "a", { data: { x: 1n } })])).toMatchObject({ same: 0 });
    expect(difference([fact(1, "a")], [fact(1, "a", { atUs: 2 })])).toMatchObject({ same: 0 });
  });

  describe("in what a line has no room for", () => {
    const log = (last: object) => [...Array.from({ length: 30 }, (_, i) => ({ id: `c1#${i}`, client: "c1" })), last];
    const words = workloads.find(({ name }) => name === "key-value")!;
    const good = run(undefined, 4);
    const lines = (left: TraceRecord, other: TraceRecord) => {
      const sides = [left, other].map((one, i) => ({ name: ["right", "wrong"][i]!, run: { ...good, trace: [one] } }));
      return diffLines("x", sides[0]!, sides[1]!, difference([left], [other]), words);
    };

    it("is told by its path and the two values", () => {
      const write = (last: object) => record(1, { kind: "write", record: "state", value: { view: 7, log: log(last) } });
      const text = lines(write({ id: "c1#4", client: "c1" }), write({ id: "c3#6", client: "c1", late: true }));
      expect(text.slice(3, 6)).toEqual([
        "there they differ in",
        '  value.log[30].id: "c1#4" in right, "c3#6" in wrong',
        "  value.log[30].late: nothing in right, true in wrong",
      ]);
      expect(text[1]!.replace("right", "wrong")).toBe(text[2]);
    });

    it("is cut around what differs, and counted where there is too much of it", () => {
      const write = (end: string) =>
        record(1, { kind: "write", record: "state", value: log({ text: `${"a".repeat(200)}${end}` }) });
      expect(lines(write("b"), write("c"))[4]).toBe(
        `  value[30].text: ~${"a".repeat(15)}b in right, ~${"a".repeat(15)}c in wrong`,
      );
      const many = (by: string) => record(1, { kind: "write", record: "state", value: [...log({}), ...`${by}`.repeat(5)] });
      expect(lines(many("b"), many("c"))[7]).toBe("  (2 more places)");
    });

    it("is not repeated where the lines show it, and found where no line ever would", () => {
      expect(lines(fact(1, "a"), fact(1, "b"))).not.toContain("there they differ in");
      expect(lines(fact(1, "a", { cause: 0 }), fact(1, "a", { cause: 1 }))[4]).toBe("  cause: 0 in right, 1 in wrong");
    });
  });

  it("is where one of them ends, when the other goes on", () => {
    const found = difference([fact(1, "a")], [fact(1, "a"), fact(2, "b")])!;
    expect(found).toMatchObject({ same: 1, right: { name: "b" }, causes: { left: [], right: [{ name: "a" }] } });
    expect(found).not.toHaveProperty("left");
  });

  it("tells of what followed only that which the other side never has, whenever it has it", () => {
    const left = [fact(1, "x"), fact(2, "both"), fact(3, "twice"), fact(4, "twice")];
    const other = [fact(1, "y"), fact(2, "twice"), record(3, { kind: "sync" }), fact(4, "both")];
    const { follows } = difference(left, other)!;
    expect(follows.left.map(({ n }) => n)).toEqual([1, 4]);
    expect(follows.right.map(({ n }) => n)).toEqual([1]);
  });
});
