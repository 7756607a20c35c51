/** Suite files: what a regression becomes, and what is wrong with one. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { runHere } from "../run/here.ts";
import { workloads } from "../workloads/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { loadScenario } from "./load.ts";
import { readSuite, regressionScenarios, withRegression } from "./suite.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const nap = (more: string): string => `
protocol: lock-redis
nodes: { redis: 1, resource: 1 }
clients: 2
workload: { lock: { operations: 4, within: 10s, lease: 5s, hold: 100ms, write: resource } }
faults:
  - { name: nap, pause: holder, when: { fact: acquired }, for: 9s }
settle: 10s
check: [no-lost-write]
${more}`;
const suite = `
description: bugs that we once had
suite:
  defaults: { around: 4 runs }
  regressions:
    - { file: a.yaml, seed: 7, reach: [held past its lease], was: issue 412 }
    - { file: b.yaml, seed: 9, around: 0 runs, stale: ignore }
`;

describe("a suite file", () => {
  it("names regressions, with what its defaults say of them", () => {
    expect(readSuite(suite, "suite.yaml")).toEqual([
      {
        file: "a.yaml",
        case: undefined,
        seed: 7,
        reach: ["held past its lease"],
        was: "issue 412",
        around: 4,
        stale: "fail",
        expect: "valid",
        line: 6,
      },
      {
        file: "b.yaml",
        case: undefined,
        seed: 9,
        reach: [],
        was: undefined,
        around: 0,
        stale: "ignore",
        expect: "valid",
        line: 7,
      },
    ]);
    expect(readSuite(nap(""), "a.yaml")).toBeUndefined();
  });

  it.each([
    [
      "suite: { regressions: [{ file: a.yaml }] }",
      "s.yaml:1:24: suite.regressions[0].seed: this is missing; expected a whole number",
    ],
    ["suite: { regressions: [{ file: a.yaml, seed: 1, arround: 5 runs }] }", 'did you mean "around"?'],
    ["suite: { regressions: [{ file: a.yaml, seed: 1, around: 5 }] }", "expected a number of runs such as 50 runs"],
    ["suite: { regressions: [] }\nprotocol: raft", "a suite names scenarios; write this one in a file of its own"],
  ])("%s is told", (text, sentence) => {
    expect(() => readSuite(text, "s.yaml")).toThrow(sentence);
  });

  it("grows by a line, and is begun when there is none", () => {
    const first = withRegression(undefined, "{ file: a.yaml, seed: 7, was: one }");
    const second = withRegression(first, "{ file: b.yaml, seed: 8, was: two }");
    expect(readSuite(second, "s.yaml")!.map(({ file, seed, around }) => [file, seed, around])).toEqual([
      ["a.yaml", 7, 50],
      ["b.yaml", 8, 50],
    ]);
    expect(readSuite(withRegression("suite:\n  regressions: []\n", "{ file: a.yaml, seed: 7 }"), "s.yaml")).toHaveLength(1);
  });
});

describe("a regression", () => {
  const [one] = readSuite(suite, "suite.yaml")!;
  const outcome = (more: string): string[] =>
    regressionScenarios(one!, loadScenario(nap(more), "a.yaml", catalogue), "suite.yaml", catalogue).map((scenario) => {
      const { verdict, runs, baseSeed, reason } = runHere(scenario, catalogue, { runs: 1_000, baseSeed: 1, shrinkBudget: 0 });
      return `${scenario.name} ${verdict}, ${runs} from ${baseSeed}${verdict === "as expected" ? "" : `: ${reason}`}`;
    });

  it("that came back fails, whatever seed and number of runs somebody asks for", () => {
    const [replay, around] = outcome("");
    expect(replay).toMatch(/^a violation, 1 from 7: seed 7 violates no-lost-write/);
    expect(around).toMatch(/^a\.around violation, \d from 8/);
  });

  it("that is gone is as expected, and so is its neighbourhood", () => {
    expect(outcome("options: { fencing: true }")).toEqual(["a as expected, 1 from 7", "a.around as expected, 4 from 8"]);
  });

  it("that does not get there any more has gone stale, and is not green", () => {
    const awake = outcome("runs: 3").length;
    expect(awake).toBe(2);
    const scenario = loadScenario(nap("options: { fencing: true }").replace("for: 9s", "for: 1ms"), "a.yaml", catalogue);
    const [replay] = regressionScenarios(one!, scenario, "suite.yaml", catalogue);
    const { verdict, reason } = runHere(replay!, catalogue);
    expect([verdict, reason]).toEqual([
      "inconclusive",
      expect.stringMatching(/^stale: 1 run never reached the goal "held past its lease"/) as unknown,
    ]);
  });

  it("is told when it carries another seed, or its goal is none", () => {
    const scenario = loadScenario(nap(""), "a.yaml", catalogue);
    expect(() => regressionScenarios({ ...one!, reach: ["held past its leas"] }, scenario, "suite.yaml", catalogue)).toThrow(
      'suite.yaml:6:1: reach: lock-redis has no goal "held past its leas"; did you mean "held past its lease"?',
    );
    const explicit = { ...scenario, explicit: { seed: 3, plan: { operations: [], faults: [], healAtUs: 1 } } };
    expect(() => regressionScenarios(one!, explicit, "suite.yaml", catalogue)).toThrow(
      "a.yaml carries the seed 3, found 7; write 3",
    );
  });
});
