import { describe, expect, it } from "vitest";
import { summaryReporter } from "./summary.ts";
import { readSummary } from "./summary-schema.ts";
import { everything, suite, withBaseline } from "./testing/sample.ts";
import { readTrend, type TrendLine, trendDifferences, trendLine, trendText, withLine } from "./trend.ts";

const summary = readSummary(summaryReporter.render(suite, withBaseline), "summary.json");
const commit = (hash: string, dirty = false) => ({
  hash,
  date: "2026-01-02T03:04:05+00:00",
  subject: `what ${hash} does`,
  dirty,
});
const first = trendLine(summary, commit("aaa"));
const scenario = "mutants/raft-local-reads";

/** The line of a later commit in which a scenario came to something else. */
function later(change: Partial<TrendLine["scenarios"][string]>): TrendLine {
  const own = first.scenarios[scenario]!;
  const figures = { ...own.figures, ...change.figures };
  return {
    ...first,
    commit: "bbb",
    scenarios: { ...first.scenarios, [scenario]: { ...own, digest: "other", ...change, figures } },
  };
}

describe("a line of the trend", () => {
  it("has the commit and of each scenario the figures in virtual time, and nothing of the wall clock", () => {
    expect(first).toEqual({
      commit: "aaa",
      date: "2026-01-02T03:04:05+00:00",
      subject: "what aaa does",
      baseSeed: 401,
      scenarios: {
        abd: expect.objectContaining({ verdict: "as expected", runs: 500, goals: 0 }),
        [scenario]: {
          verdict: "violation",
          runs: 500,
          digest: "fedcba9876543210",
          goals: 1,
          figures: expect.objectContaining({ answered: 93.11, "failover.p95": 900_000, "latency.p99": 410_000, messages: 11.43 }),
        },
      },
    });
    expect(trendLine(readSummary(summaryReporter.render(everything, withBaseline), "s"), commit("b", true)).dirty).toBe(true);
  });

  it("comes at the end, or in the place of the same commit's, and is read again", () => {
    const [a, b, c] = ["a", "b", "c"].map((hash) => trendLine(summary, commit(hash))) as [TrendLine, TrendLine, TrendLine];
    expect(withLine([], a)).toEqual({ lines: [a], before: undefined });
    expect(withLine([a, b], c)).toEqual({ lines: [a, b, c], before: b });
    expect(withLine([a, b, c], { ...b, dirty: true })).toEqual({ lines: [a, { ...b, dirty: true }, c], before: a });
    expect(withLine([a, b], { ...a })).toMatchObject({ before: undefined });
    expect(readTrend(trendText([a, b]), "trend.jsonl")).toEqual([a, b]);
  });

  it("is refused with its place when it is none", () => {
    for (const bad of ["{}", "<html>"])
      expect(() => readTrend(`${trendText([first])}${bad}\n`, "t.jsonl")).toThrow(
        /^t\.jsonl:2: expected a line as `seedquake trend` writes it, found another/,
      );
  });
});

describe("the differences of two commits", () => {
  it("are none when every digest is the same", () => {
    expect(trendDifferences(first, { ...first, commit: "bbb" })).toEqual(["nothing differs in 2 scenarios"]);
  });

  it("are told by scenario: verdicts, figures that moved by a twentieth, the others counted", () => {
    const now = later({ verdict: "as expected", figures: { "failover.p95": 1_800_000, "latency.p99": 411_000, messages: 10 } });
    expect(trendDifferences(first, now)).toEqual([
      `${scenario}: violation -> as expected, failover.p95 900ms -> 1.8s (+100%), messages 11.43 -> 10 (-13%), 1 figure by less than 5%`,
    ]);
    expect(trendDifferences(first, later({}))).toEqual([`${scenario}: other runs, with the same figures`]);
  });

  it("name scenarios that came and went, and other seeds", () => {
    const { abd: _gone, ...rest } = first.scenarios;
    expect(trendDifferences({ ...first, scenarios: rest }, first)).toEqual(["abd: new: as expected"]);
    expect(trendDifferences(first, { ...first, baseSeed: 7, scenarios: rest })).toEqual([
      "the seeds are others: 401 then, 7 now",
      "abd: did not run",
    ]);
  });
});
