/** What a green suite says of itself, and what it does not say. */

import { describe, expect, it } from "vitest";
import type { Campaign, Suite } from "../run/run.ts";
import { fullName } from "../scenario/index.ts";
import { confidence, confidenceLines, type Detection } from "./confidence.ts";
import { violated as campaign } from "./testing/sample.ts";

const of = (more: Partial<Campaign>, scenario: Partial<Campaign["scenario"]> = {}): Campaign => {
  const { mutant: _mutant, ...own } = campaign.scenario;
  return {
    ...campaign,
    verdict: "as expected",
    scenario: { ...own, protocol: "raft", expect: { kind: "valid" }, ...scenario },
    runs: 1_000,
    virtualUs: 3_600_000_000,
    effects: { cut: { planned: 9, effective: 9, effects: 9 }, quiet: { planned: 9, effective: 0, effects: 0 } },
    goals: { a: 3, b: 0 },
    distinct: { count: 998, exact: true },
    failures: [],
    ...more,
  };
};
const planted = (mutant: string, verdict: Campaign["verdict"]): Campaign =>
  of({ verdict }, { mutant, expect: { kind: "violation", check: "any", within: 10 } });
const suite = (...campaigns: Campaign[]): Suite => ({ campaigns, baseSeed: 1, interrupted: false });
const measured: Detection = { protocol: "raft", mutants: 41, found: 38, medianRuns: 34, within: 5_000 };

describe("what a green suite could have found", () => {
  it("is how much ran, how different it was, what happened in it, and which wrong variants it catches", () => {
    const all = suite(
      of({}),
      of({ distinct: { count: 500, exact: false }, goals: { a: 0, b: 1 } }),
      planted("x", "as expected"),
      planted("y", "as expected"),
    );
    expect(confidenceLines(all, [measured])).toEqual([
      "what this could have found:",
      "  raft: 2000 runs (2 h of virtual time), about 1498 of them different, 2 of 4 faults with an effect, 2 of 2 goals reached, caught 2 of 2 wrong variants that it plants, the general scenario finds 38 of 41 wrong variants, half of them within 34 runs",
    ]);
  });

  it("counts no fault as one without effect that the exhaustive search does not play", () => {
    const searched = of({}, { strategy: "exhaustive" });
    expect(confidenceLines(suite(searched), [])[1]).toContain(", faults only as deviations, ");
    expect(confidenceLines(suite(searched, of({})), [])[1]).toContain(", 1 of 2 faults with an effect, ");
  });

  it("says that nobody has measured what nobody has measured", () => {
    expect(confidenceLines(suite(of({})), [{ ...measured, protocol: "paxos" }])[1]).toContain(
      "how many wrong variants it would catch is not measured (`seedquake mutants raft`)",
    );
    expect(confidence(suite(of({})), [])[0]).not.toHaveProperty("measured");
  });

  it("says what was measured of its own scenarios, by planting one bug at a time", () => {
    const mine = suite(of({}, { protocol: "./mine.ts", name: "mine" }));
    const [score, other] = [
      { scenario: fullName(mine.campaigns[0]!.scenario), caught: 8, of: 23 },
      { scenario: "other", caught: 1, of: 1 },
    ];
    expect(confidenceLines(mine, [])[1]).toMatch(
      /, how many planted bugs it would catch is not measured \(`seedquake mutate`\)$/,
    );
    expect(confidenceLines(mine, [], [other, score])[1]).toMatch(/, mine\S* catches 8 of 23 bugs planted one at a time$/);
    expect(confidence(mine, [], [other, score])[0]!.scored).toEqual([score]);
  });

  it("says what was measured of a scenario of its own, and never what was of another", () => {
    const mine = suite(of({}, { protocol: "./mine.ts", name: "mine" }), planted("x", "as expected"));
    const [title] = mine.campaigns.map(({ scenario }) => fullName(scenario));
    const one = { ...measured, protocol: "./mine.ts", scenario: "other" };
    expect(confidence(mine, [one])[0]).not.toHaveProperty("measured");
    const here = { ...one, scenario: title!, mutants: 2, found: 0, medianRuns: 0 };
    expect(confidenceLines(mine, [one, here])[1]).toMatch(new RegExp(`, ${title} finds 0 of 2 wrong variants$`));
  });

  it("counts a wrong variant that was not caught, and is silent where something else is to be said", () => {
    const red = suite(of({}), planted("x", "as expected"), planted("y", "not found"));
    expect(confidence(red, [])[0]!.planted).toEqual({ mutants: 2, caught: 1 });
    expect(confidenceLines(red, [])).toEqual([]);
    expect(confidenceLines(suite(planted("x", "as expected")), [])).toEqual([]);
  });

  it("is one sentence where there are many protocols", () => {
    const many = Array.from({ length: 7 }, (_, i) => of({}, { protocol: `p${i}` }));
    const lines = confidenceLines(suite(...many), [{ ...measured, protocol: "p1" }]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^what this could have found: 7 protocols, 7000 runs \(7 h .*38 of 41 wrong variants.*of 6 protocols it is not measured/,
    );
  });
});
