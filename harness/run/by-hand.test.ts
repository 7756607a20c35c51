/**
 * How small is small: ten counterexamples written by hand, each the shortest that its author could think of, beside what shrinking makes of
 * a campaign's failure of the same mutant. SEEDQUAKE_ALL=1 compares those whose search takes longer, too.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario, loadScenarios } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { workloads } from "../workloads/index.ts";
import { mutantScenarios } from "./mutants.ts";
import { prepare, runOnce } from "./once.ts";
import type { Run } from "./run.ts";
import { shrink } from "./shrink.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const folder = join(import.meta.dirname, "testing", "by-hand");
const scenarios = join(import.meta.dirname, "..", "..", "scenarios");
const byHand = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ""));
/** These begin as runs of thousands of events. */
const slow = [
  "paxos-promise-not-persisted",
  "raft-no-sessions",
  "abd-register-no-write-back",
  "ben-or-decides-on-t",
  "lock-redis-release-without-owner-check",
  "redlock-restarts-empty",
];
const compared = byHand.filter((name) => process.env["SEEDQUAKE_ALL"] !== undefined || !slow.includes(name));

const hand = (name: string): Scenario =>
  loadScenario(readFileSync(join(folder, `${name}.yaml`), "utf8"), `${name}.yaml`, catalogue);
const runOf = (scenario: Scenario): Run => runOnce(prepare(scenario, catalogue), scenario.explicit!.seed);

/** The scenario that is to find the mutant, as `seedquake mutants` has it. */
function harsh({ protocol, mutant }: Scenario): Scenario {
  const only = protocols.filter(({ name }) => name === protocol);
  const read = (path: string): readonly Scenario[] => loadScenarios(readFileSync(join(scenarios, path), "utf8"), path, catalogue);
  return { ...mutantScenarios(only, read, 5_000).find((job) => job.mutant.name === mutant)!.scenario, strategy: "random" };
}

/** The first of its campaign's failures that violates the same check. */
function failureOf(scenario: Scenario, check: string): Run {
  const prepared = prepare(scenario, catalogue);
  for (let seed = 1; seed < 2_000; seed++) {
    const run = runOnce(prepared, seed);
    if (run.violation?.check === check) return run;
  }
  throw new Error(`no seed violates ${check}`);
}

describe("counterexamples by hand", () => {
  it("are ten, of seven protocols", () => {
    expect([byHand.length, new Set(byHand.map((name) => hand(name).protocol)).size]).toEqual([10, 7]);
  });

  it.each(byHand)("%s shows what it says", (name) => {
    const scenario = hand(name);
    expect(scenario.expect).toMatchObject({ check: runOf(scenario).violation?.check });
  });
});

describe("shrinking, compared with what is written by hand", () => {
  it.each(compared)("%s has at most 1.5 times the events", (name) => {
    const own = runOf(hand(name));
    const scenario = harsh(hand(name));
    const failed = failureOf(scenario, own.violation!.check);
    const small = shrink(prepare(scenario, catalogue), catalogue, failed.seed, failed);
    expect(small.minimal).toBe(true);
    expect([name, small.after.events]).toEqual([name, Math.min(small.after.events, Math.floor(own.events * 1.5))]);
  });
});
