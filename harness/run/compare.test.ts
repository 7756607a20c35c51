/** Comparing strategies: what is left to do, what cells add up to, and how the table tells it. */

import { describe, expect, it } from "vitest";
import { plot, table } from "../report/compare.ts";
import { type Cell, cellsToDo, summed } from "./compare.ts";

const cell = (strategy: Cell["strategy"], campaign: number, runs: number, check?: string): Cell => ({
  mutant: "raft forgets",
  strategy,
  campaign,
  runs,
  seconds: runs / 100,
  ...(check === undefined ? {} : { check }),
});

describe("cells", () => {
  it("are taken up where they were left, mutants in turns", () => {
    const done = [cell("random", 0, 5, "safety")];
    const left = cellsToDo(["raft forgets", "paxos forgets"], ["random", "places"], 2, done);
    expect(left).toHaveLength(7);
    expect(left.slice(0, 3).map(({ mutant, strategy }) => `${mutant} ${strategy}`)).toEqual([
      "raft forgets places",
      "paxos forgets random",
      "paxos forgets places",
    ]);
  });

  it("add up with those that found nothing as all their runs", () => {
    const all = [cell("random", 0, 10, "a"), cell("random", 1, 5_000), cell("random", 2, 30, "b"), cell("random", 3, 20, "b")];
    expect(summed(all)).toMatchObject({ campaigns: 4, missed: 1, medianRuns: 20, p95Runs: 5_000, check: "b" });
    expect(summed(all).meanRuns).toBeCloseTo(5_060 / 3);
  });
});

describe("the table", () => {
  const cells = [cell("random", 0, 40, "a"), cell("random", 1, 80, "a"), cell("places", 0, 10, "a"), cell("places", 1, 5_000)];
  const comparison = { mutants: ["raft forgets"], strategies: ["random", "places"], cells, cap: 5_000 } as const;

  it("says what each took, what was missed, and the ratio", () => {
    const text = table(comparison).join("\n");
    expect(text).toContain("| raft forgets | 40 / 80 (0.40 s) | 10 / 5000 (0.10 s, 1 missed) | a |");
    expect(text).toContain("places against random, geometric mean over 1 mutant: 4.00 times fewer runs by the medians, ");
    expect(text).toMatch(/, 83\.50 times more by the runs for each find, 4\.00 times fewer seconds\.$/);
  });

  it("says what needs more as more, and what needs as much as that", () => {
    const slow = [cell("random", 0, 40, "a"), { ...cell("places", 0, 40, "a"), seconds: 4 }];
    expect(table({ ...comparison, cells: slow }).at(-1)).toMatch(
      /: as many runs by the medians, as many by the runs for each find, 10\.00 times more seconds\.$/,
    );
    const nothing = [cell("random", 0, 1, "a"), cell("places", 0, 1, "a")].map((one) => ({ ...one, seconds: 0 }));
    expect(table({ ...comparison, cells: nothing }).at(-1)).toMatch(/, as many seconds\.$/);
    expect(table({ ...comparison, cells: [cell("random", 0, 1, "a")] }).join("")).not.toContain("geometric mean");
  });

  it("has a plot with a dot for each", () => {
    expect(plot(comparison).match(/<circle/g)).toHaveLength(2 + 2);
  });
});
