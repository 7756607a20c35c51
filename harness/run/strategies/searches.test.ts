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
const read = (path: string): readonly Scenario[] =>
  loadScenarios(readFileSync(join(folder, path), "utf8"), `scenarios/${path}`, catalogue);

function against(protocol: string, mutant: string, strategy: Scenario["strategy"] & string): Scenario {
  const own = protocols.filter(({ name }) => name === protocol);
  const job = mutantScenarios(own, read, 100).find((one) => one.mutant.name === mutant)!;
  return { ...job.scenario, strategy };
}

describe("crash-points", () => {
  it.each([
    ["abd-register", "acks-before-persisting"],
    ["lock-ticket", "calls-before-it-syncs"],
    ["multi-paxos", "tells-before-it-syncs"],
  ])("finds in each of three runs the crash that %s does not bear when it %s", (protocol, mutant) => {
    const prepared = prepare(against(protocol, mutant, "crash-points"), catalogue);
    for (let run = 0; run < 3; run++) {
      const first = run * pointsOfARun + 1;
      const found = Array.from({ length: 60 }, (_, i) => first + i).find((seed) => runOnce(prepared, seed).verdict === "invalid");
      expect(found).toBeDefined();
    }
  });

  it("tries another effect in each run, of the same run", () => {
    const prepared = prepare({ ...read("abd-register-harsh.yaml")[0]!, strategy: "crash-points" }, catalogue);
    const points = Array.from({ length: 40 }, (_, i) => prepared.plan(i + 1));
    const places = points.map(({ faults: list }) => JSON.stringify(list.find(({ id }) => id.startsWith("point."))!.moment));
    expect(new Set(places).size).toBe(40);
    expect(new Set(points.map(({ operations }) => JSON.stringify(operations))).size).toBe(1);
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
