/** Searches that promise something: a crash at every effect finds what is told too early, and a corpus is the same whoever grows it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../../protocols/index.ts";
import { faults } from "../../faults/index.ts";
import { type Catalogue, loadScenarios, type Scenario } from "../../scenario/index.ts";
import { workloads } from "../../workloads/index.ts";
import { mutantScenarios } from "../mutants.ts";
import { prepare, runOnce } from "../once.ts";
import type { Run } from "../run.ts";
import { Workshop } from "../work.ts";
import { pointsOfARun } from "./crash-points.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const folder = join(import.meta.dirname, "..", "..", "..", "scenarios");
const known = new Map<string, readonly Scenario[]>();
const read = (path: string): readonly Scenario[] => {
  const before = known.get(path);
  if (before !== undefined) return before;
  const scenarios = loadScenarios(readFileSync(join(folder, path), "utf8"), `scenarios/${path}`, catalogue);
  known.set(path, scenarios);
  return scenarios;
};

function against(protocol: string, mutant: string, strategy: Scenario["strategy"] & string): Scenario {
  const own = protocols.filter(({ name }) => name === protocol);
  const job = mutantScenarios(own, read, 100).find((one) => one.mutant.name === mutant)!;
  return { ...job.scenario, strategy };
}

describe("crash-points", () => {
  /** How many seeds it takes with the plan and the weather of each of these runs, counted from 0. */
  const runsToFind = (protocol: string, mutant: string, bases: readonly number[], most: number) => {
    const prepared = prepare(against(protocol, mutant, "crash-points"), catalogue);
    return bases.map((base) => {
      for (let i = 1; i <= most; i++) if (runOnce(prepared, base * pointsOfARun + i).verdict === "invalid") return i;
      return undefined;
    });
  };

  it.each([
    ["abd-register", "acks-before-persisting"],
    ["abd-register", "never-syncs"],
    ["ben-or", "says-before-it-persists"],
    ["lock-redis", "answers-before-it-syncs"],
    ["lock-ticket", "calls-before-it-syncs"],
    ["lock-token", "votes-before-it-syncs"],
    ["multi-paxos", "tells-before-it-syncs"],
    ["paxos", "tells-before-it-syncs"],
    ["two-phase-commit", "tells-before-it-logs"],
  ])("finds in each of three runs the crash that %s does not bear when it %s", (protocol, mutant) => {
    expect(runsToFind(protocol, mutant, [0, 1, 2], 60)).not.toContain(undefined);
  });

  it("finds what shows only if those who were told learn of it late, and the next write comes to the one that fell", () => {
    // Of the first ten runs the three that need the fewest seeds; the one that needs the most needs 631.
    expect(runsToFind("abd-register", "tells-before-it-holds", [2, 8, 9], 60)).not.toContain(undefined);
  });

  it.each([
    ["raft", "vote-not-persisted", 1, "a second candidate of the term asks when the vote is forgotten"],
    ["raft", "term-and-vote-apart", 1, "and the crash falls right behind the answer"],
    ["lock-ticket", "token-forgotten", 0, "a write of the holder before comes once more"],
  ])("finds what is forgotten and never told too early: %s, %s, in base %i: %s", (protocol, mutant, base) => {
    expect(runsToFind(protocol, mutant, [base], 40)).not.toContain(undefined);
  });

  it("puts beside a crash where something told was not on the disk a fault that keeps those who were told from knowing", () => {
    const prepared = prepare(against("abd-register", "tells-before-it-holds", "crash-points"), catalogue);
    const words = new Set<string>();
    for (let seed = 1; seed <= 150; seed++) {
      const { faults: planned } = prepared.plan(seed);
      const crash = planned.find(({ id }) => id === `point.${seed}`)!;
      const other = planned.find(({ id }) => id.endsWith(".0"));
      if (other === undefined) continue;
      words.add(other.fault);
      expect(other.moment).toEqual(crash.moment);
      if (other.fault === "pause") expect(other.params["nodes"]).not.toEqual(crash.params["nodes"]);
    }
    expect([...words]).toEqual(expect.arrayContaining(["pause", "hold", "crash"]));
  });

  it("tries another effect in each run, of the same run", () => {
    const prepared = prepare({ ...read("abd-register-harsh.yaml")[0]!, strategy: "crash-points" }, catalogue);
    const points = Array.from({ length: 40 }, (_, i) => prepared.plan(i + 1));
    const places = points.map(({ faults: list }) => {
      const { moment, atUs } = list.find(({ id }) => id.startsWith("point."))!;
      return JSON.stringify([moment, atUs]);
    });
    const own = points.map(({ faults: list }) => list.filter(({ id }) => /^(crash-1|mid-write)\.[1-9]/.test(id)).length);
    // Every third with the scenario's own crashes beside it, the others without them.
    for (const third of [true, false]) {
      const among = (_: unknown, i: number) => (i % 3 === 2) === third;
      expect(new Set(places.filter(among)).size).toBe(third ? 13 : 27);
      expect(own.filter(among).every((count) => count > 0 === third)).toBe(true);
    }
    // What is asked is the same, though some of it may come later.
    const asked = points.map(({ operations }) => JSON.stringify(operations.map(({ id, op }) => [id, op]).sort()));
    expect(new Set(asked).size).toBe(1);
  });
});

describe("coverage", () => {
  const scenario = { ...read("lock-redis-harsh.yaml")[0]!, strategy: "coverage" } as const;
  const batch = (workshop: Workshop, firstSeed: number, count: number): readonly Run[] =>
    workshop.do({ kind: "batch", scenario, firstSeed, count, bail: false, twice: false }) as Run[];
  const digests = (runs: readonly Run[]): readonly string[] => runs.map(({ digest }) => digest);

  it("comes to the same runs in one piece, in two, and in parts that two machines take in turns", () => {
    const whole = digests(batch(new Workshop(catalogue), 1, 30));
    const [one, two] = [new Workshop(catalogue), new Workshop(catalogue)];
    const parts = [batch(one, 1, 10), batch(two, 11, 10), batch(one, 21, 10)].flat();
    expect(digests(parts)).toEqual(whole);
    expect(digests(batch(new Workshop(catalogue), 25, 1))).toEqual(whole.slice(24, 25));
  });

  it("goes on from plans in whose runs something new happened", () => {
    const prepared = prepare(scenario, catalogue);
    const known = new Map<string, number>();
    let shared = 0;
    for (let seed = 1; seed <= 32; seed++) {
      const { operations } = prepared.plan(seed);
      const key = JSON.stringify(operations);
      if (known.has(key)) shared++;
      known.set(key, seed);
    }
    // Fresh plans never have their operations in common.
    expect(shared).toBeGreaterThan(2);
  });
});
