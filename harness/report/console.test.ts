import { describe, expect, it } from "vitest";
import type { Campaign, Suite } from "../run/run.ts";
import { campaignLine, consoleReporter } from "./console.ts";
import type { Paint } from "./reporter.ts";
import { expected, failure, setting, suite, valid, violated, violation } from "./testing/sample.ts";

const suiteOf = (...campaigns: Campaign[]): Suite => ({ campaigns, baseSeed: 401, interrupted: false });
const shown = (...campaigns: Campaign[]): string => consoleReporter.render(suiteOf(...campaigns), setting);

describe("the console", () => {
  it("shows a line for each scenario, and each failure with its story and the command that repeats it", () => {
    expect(`\n${consoleReporter.render(suite, setting)}`).toMatchInlineSnapshot(`
      "
      ✓ as expected   abd                         500 runs, no faults, answered 100%  1.0 s
      ✗ violation     mutants/raft-local-reads    500 runs, 3 invalid, faults 1287/1300 effective, answered 93.1%, goals 1/2  3.2 s
        at least 1 distinct bug in 3 failing seeds

          linearizable is violated (seed 408, run 8 of 500)
          c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so.
          5 nodes -> 3, 47 operations -> 4, 9 faults -> 2, 212 runs

             12.000 ms  n1     Heartbeat to n3 is sent twice
             13.700 ms  n1     leader {term: 1}
             20.000 ms  c1     write x = 1 -> ok, says n1 (after 3.250 ms)
            100.000 ms  fault  lonely-leader begins: partition n1 | n2 n3
            110.000 ms  n1     Heartbeat to n2 is cut off (lonely-leader) (2 times)
            110.000 ms  n1     Heartbeat to n3 is held back (lonely-leader)
            130.000 ms  n3     crashes in its handler of message Append, after 1 of 3 effects; 1 unsynced write lost (crash-1)
            140.000 ms  c2     asks: write x = 2
            150.000 ms  fault  crash-1 ends
            150.000 ms  n3     restarts
            160.000 ms  n2     falls asleep
            165.000 ms  n2     wakes up
            170.000 ms  n2     leader {term: 2}
            180.000 ms  c2     write x = 2 -> ok
            190.000 ms  c2     asks: write x = 3
            200.000 ms  c1     read x -> 1 (after 3.000 ms)
            203.000 ms         linearizable is violated

          it takes  2 of 3 parts: fault lonely-leader, operation o2; without effect: length of lonely-leader
          lost      From the end of c2's operation o2 at 180.000 ms on it was lost: 12 of 100 futures failed before it, 100 of 100 after it.
          replay    npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml
          as found  npx seedquake replay scenarios/mutants/raft-local-reads.yaml --seed 408
          also at   seeds 412, 433
          report    reports/mutants-raft-local-reads-408/report.html

      2 scenarios: 1 as expected, 1 violation; 1000 runs; base seed 401; 4.2 s; reports in reports/
      "
    `);
  });

  it("tells an expected violation as found, in two lines among many", () => {
    expect(`\n${shown(expected, valid)}`).toMatchInlineSnapshot(`
      "
      ✓ as expected   mutants/raft-local-reads      8 runs, 3 invalid, faults 1287/1300 effective, answered 93.1%, goals 1/2  3.2 s
        found linearizable at seed 408 after 8 runs; 5 nodes -> 3, 47 operations -> 4, 9 faults -> 2, 212 runs
        at least 1 distinct bug in 3 failing seeds
        npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml
      ✓ as expected   abd                         500 runs, no faults, answered 100%  1.0 s

      2 scenarios: 2 as expected; 508 runs; base seed 401; 4.2 s; reports in reports/
      "
    `);
  });

  it("tells an expected violation with its story to whoever runs only that", () => {
    const text = shown(expected);
    expect(text).toContain("  found linearizable at seed 408 after 8 runs\n");
    expect(text).toContain("203.000 ms         linearizable is violated\n");
  });

  it("gives the reason of whatever is not as expected, unless the failure says the same", () => {
    const unsure: Campaign = {
      ...valid,
      verdict: "inconclusive",
      reason: "only 3% of the operations were answered, 80% are required.",
    };
    expect(shown(unsure)).toContain("? inconclusive  abd");
    expect(shown(unsure)).toContain("\n  only 3% of the operations were answered, 80% are required.\n");
    expect(shown(violated).split(violation.sentence)).toHaveLength(2);
  });

  it("says when shrinking did not come to its end, or was not tried", () => {
    const with_ = (own: Partial<typeof failure>) => shown({ ...violated, failures: [{ ...failure, ...own }] });
    expect(with_({ minimal: false })).toContain("212 runs (not the smallest: its budget was spent)\n");
    expect(with_({ minimal: false })).toContain(
      "\n    smaller   npx seedquake run reports/mutants-raft-local-reads-408/counterexample.yaml, which goes on from there\n",
    );
    expect(with_({})).not.toContain("smaller ");
    expect(with_({ cutShort: true })).toBe(with_({ minimal: false }));
    expect(with_({ shrinkRuns: 0, after: { nodes: 1, clients: 1, operations: 2, faults: 1, events: 9 } })).toContain(
      "1 node, 2 operations, 1 fault, not shrunk\n",
    );
  });

  it("lists other seeds of the same kind, and counts them when there are many", () => {
    const many = { ...failure, otherSeeds: Array.from({ length: 25 }, (_, i) => 500 + i) };
    expect(shown({ ...violated, failures: [many] })).toContain("500, 501, 502, 503, 504, 505, 506, 507, 508, 509 and 15 more\n");
    expect(shown({ ...violated, failures: [{ ...failure, otherSeeds: [] }] })).not.toContain("also at");
  });

  it("paints only through the function that it is given, and says the same without colour", () => {
    const paint: Paint = (style, text) => `<${style}>${text}</${style}>`;
    const coloured = consoleReporter.render(suite, { ...setting, paint });
    expect(coloured).toContain("<red>\u2717 violation   </red>");
    expect(coloured.replace(/<\/?\w+>/g, "")).toBe(consoleReporter.render(suite, setting));
  });

  it("shows nothing of a protocol's that could move the cursor", () => {
    const sentence = "x was \u001b[2J\nforged";
    const text = shown({ ...violated, failures: [{ ...failure, violation: { ...violation, sentence } }] });
    expect(text).not.toContain("\u001b");
    expect(text).toContain("x was \\u001b[2J\\u000aforged");
  });

  it("rounds no share up, and speaks of no faults and no operations where there are none", () => {
    const line = (own: Partial<Campaign>) => campaignLine({ ...valid, ...own }, 3, setting.paint);
    expect(line({ operations: { asked: 10_000, ok: 9_998, fail: 1, info: 1 } })).toContain("answered 99.9%");
    expect(line({ operations: { asked: 0, ok: 0, fail: 0, info: 0 } })).toContain("no faults, nothing asked");
    const searched = { ...valid.scenario, strategy: "exhaustive" as const };
    expect(line({ scenario: searched })).toContain("500 runs, no faults, ");
    expect(line({ scenario: { ...searched, faults: [{} as never] } })).toContain("500 runs, faults only as deviations, ");
    expect(line({ goals: { a: 0, b: 3 } })).toContain("goals 1/2");
    expect(line({ unknown: 2 })).toContain("500 runs, 2 unknown");
  });

  it("says that an interrupted suite was interrupted, and that an empty one ran nothing", () => {
    expect(consoleReporter.render({ ...suite, interrupted: true }, setting)).toMatch(/; interrupted\n$/);
    expect(shown()).toBe("\n0 scenarios: nothing ran; 0 runs; base seed 401; 0.0 s; reports in reports/\n");
  });
});
