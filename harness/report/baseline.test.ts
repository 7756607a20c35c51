import { describe, expect, it } from "vitest";
import type { Campaign, Failure } from "../run/run.ts";
import { against, baselineText, failuresOf, isKnown, type Known, knownInWords, readBaseline, updated } from "./baseline.ts";
import { expected, violated as sample, scenario, valid } from "./testing/sample.ts";

const file = "scenarios/baseline.json";
const name = "mutants/raft-local-reads";
const signature = "led to by an answer";
const stale: Known = { scenario: name, verdict: "violation", check: "linearizable", signature };
const failure: Failure = { ...sample.failures[0]!, signature };
const violated: Campaign = { ...sample, failures: [failure] };

function failing(...checks: readonly (readonly [family: Failure["violation"]["family"], check: string])[]): Campaign {
  const failures = checks.map(([family, check], i) => ({
    ...failure,
    seed: 500 + i,
    violation: { ...failure.violation, family, check },
  }));
  return { ...violated, failures };
}

describe("a baseline knows a failure", () => {
  it("by its scenario and check, whatever the seed", () => {
    expect(failuresOf(violated)).toEqual([stale]);
    const elsewhere = { ...violated, failures: [{ ...failure, seed: 9_999, otherSeeds: [] }] };
    expect(isKnown(elsewhere, [stale])).toBe(true);
    expect(isKnown(violated, [{ ...stale, scenario: "raft" }])).toBe(false);
  });

  it("but no other one of the same scenario, not even beside the known one", () => {
    const other = failing(["invariant", "election safety"]);
    expect(isKnown(other, [stale])).toBe(false);
    expect(isKnown(failing(["linearizable", "linearizable"], ["invariant", "election safety"]), [stale])).toBe(false);
    expect(failuresOf(other)).toEqual([{ ...stale, check: "invariant/election safety" }]);
    // An invariant of that name is not the checker of that name.
    expect(isKnown(failing(["invariant", "linearizable"]), [stale])).toBe(false);
  });

  it("by the signature of its shrunk story, where there is one and the baseline states it", () => {
    const { signature: _any, ...anyOf } = stale;
    const another = { ...violated, failures: [{ ...failure, signature: "led to by a crash" }] };
    expect(isKnown(another, [stale])).toBe(false);
    expect(isKnown(another, [anyOf])).toBe(true);
    // Without a shrunk story nobody can say which of them it is.
    const unshrunk = { ...violated, failures: [{ ...failure, shrinkRuns: 0, signature: "linearizable" }] };
    expect(failuresOf(unshrunk)).toEqual([anyOf]);
    expect(isKnown(unshrunk, [stale])).toBe(true);
  });

  it("of a limit, of what was not found, and of what proves nothing, each by its verdict", () => {
    const limits = [
      { figure: "failover", quantile: "p95", most: 1_000 },
      { figure: "latency", quantile: "max", most: 9_000 },
    ] as const;
    const slow = {
      ...violated,
      scenario: { ...scenario, limits },
      failures: [],
      figures: { "failover.p95": 1_001, latency: 9_000 },
    };
    expect(failuresOf(slow)).toEqual([{ scenario: name, verdict: "violation", check: "limit failover.p95" }]);
    expect(failuresOf({ ...expected, verdict: "not found", failures: [] })).toEqual([
      { scenario: name, verdict: "not found", check: "linearizable" },
    ]);
    expect(failuresOf({ ...valid, verdict: "inconclusive" })).toEqual([{ scenario: "abd", verdict: "inconclusive" }]);
    // What proved nothing and now violates something is new.
    expect(isKnown(violated, [{ scenario: name, verdict: "inconclusive" }])).toBe(false);
  });

  it("of no scenario that is as expected, or that was interrupted", () => {
    for (const campaign of [valid, expected, { ...valid, verdict: "interrupted" as const }])
      expect(failuresOf(campaign)).toEqual([]);
  });
});

describe("a suite against its baseline", () => {
  const gone: Known = { ...stale, check: "invariant/election safety" };
  const elsewhere: Known = { ...stale, scenario: "did not run" };

  it("tells known from new, and what is fixed of the scenarios that ran", () => {
    expect(against(file, [valid, violated], [stale, gone, elsewhere], false)).toEqual({
      file,
      known: new Set([violated]),
      fixed: [gone],
    });
  });

  it("calls nothing fixed that may only not have been reached", () => {
    expect(against(file, [violated], [stale, gone], true).fixed).toEqual([]);
    expect(against(file, [{ ...valid, scenario, verdict: "interrupted" }], [stale], false).fixed).toEqual([]);
  });

  it("is written anew with what fails now; other scenarios and the user's notes stay, in one order", () => {
    const old = [{ ...stale, note: "issue 412" }, gone, elsewhere];
    const now = updated(old, [failing(["linearizable", "linearizable"], ["liveness", "liveness"]), valid]);
    expect(now).toEqual([elsewhere, { ...stale, note: "issue 412" }, { ...stale, check: "liveness" }]);
    expect(updated(now.toReversed(), [])).toEqual(now);
    expect(readBaseline(baselineText(now), file)).toEqual(now);
    const bare = now.map(({ signature: _story, ...rest }) => rest);
    expect(baselineText(bare)).toMatchInlineSnapshot(`
      "{
        "format": 1,
        "failures": [
          { "scenario": "did not run", "verdict": "violation", "check": "linearizable" },
          { "scenario": "mutants/raft-local-reads", "verdict": "violation", "check": "linearizable", "note": "issue 412" },
          { "scenario": "mutants/raft-local-reads", "verdict": "violation", "check": "liveness" }
        ]
      }
      "
    `);
    expect(baselineText([])).toBe('{\n  "format": 1,\n  "failures": []\n}\n');
  });
});

it("says in a sentence what is wrong with a baseline", () => {
  const wrong = (text: string): string => {
    try {
      return String(readBaseline(text, file).length);
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(wrong("failures: []")).toMatch(/^scenarios\/baseline\.json: expected a baseline, which is JSON, found something else: /);
  expect(wrong('{"format":2,"failures":[]}')).toMatch(/found a mistake at format: .*expected 1/);
  expect(wrong('{"format":1,"failures":[{"scenario":"a","verdict":"flaky"}]}')).toMatch(/at failures\.0\.verdict: /);
  expect(wrong('{"format":1,"failures":[{"scenario":"a","verdict":"unknown","seed":3}]}')).toMatch(/at failures\.0: .*"seed"/);
});

it("puts a failure in words", () => {
  expect(
    [
      stale,
      { ...stale, signature: undefined },
      { ...stale, verdict: "not found" as const, signature: undefined },
      { scenario: "a", verdict: "unknown" as const },
    ].map(knownInWords),
  ).toEqual([
    `${name}: linearizable is violated (led to by an answer)`,
    `${name}: linearizable is violated`,
    `${name}: linearizable is not found`,
    "a: unknown",
  ]);
});
