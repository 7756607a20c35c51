/** The table of mutants: what one campaign tells, and what several do. */

import { expect, it } from "vitest";
import type { Campaign } from "../run/run.ts";
import { isFound, type MutantRow, mutantLine, mutantSum } from "./mutants.ts";

const found = (runs: number): Campaign =>
  ({
    runs,
    failures: [
      { violation: { check: "election safety" }, after: { nodes: 3, clients: 1, operations: 2, faults: 1 }, minimal: true },
    ],
  }) as unknown as Campaign;
const missed = (runs: number): Campaign => ({ runs, failures: [] }) as unknown as Campaign;

function row(campaign: Campaign, others: MutantRow["others"] = []): MutantRow {
  const mutant = { name: "forgets", id: "R02", breaks: "", create: () => ({ onMessage() {} }) };
  return { protocol: "raft", mutant, scenario: {} as MutantRow["scenario"], campaign, others };
}

const told = (one: MutantRow): readonly string[] => mutantLine(one, [one]).split(/ {2,}/);

it("tells how many runs found it, by which check, and how small it got", () => {
  expect(told(row(found(27)))).toEqual(["raft forgets", "R02", "27", "election safety", "3", "1", "2", "1", "yes"]);
  expect(told(row(missed(500)))).toEqual(["raft forgets", "R02", "not within 500"]);
});

it("tells the median of several campaigns, and counts what was missed with all its runs", () => {
  const others = [
    { runs: 3, found: true },
    { runs: 5_000, found: false },
  ];
  expect(told(row(found(27), others))[2]).toBe("27 (most 5000, 1 missed)");
  expect(mutantSum([row(found(27), others)])).toBe(
    "1 of 1 mutant found; median 27 runs, most 27, by the medians of 3 campaigns each",
  );
});

it("is found when more than half of the campaigns have found it", () => {
  const lost = { runs: 9, found: false };
  expect(isFound(row(found(1)))).toBe(true);
  expect(isFound(row(found(1), [lost]))).toBe(false);
  expect(
    isFound(
      row(missed(9), [
        { runs: 2, found: true },
        { runs: 2, found: true },
      ]),
    ),
  ).toBe(true);
});
