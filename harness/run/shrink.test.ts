/** Shrinking: the same kind of failure, every part that is left is necessary, and the file that is written replays to the same run. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario, writeExplicit } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { workloads } from "../workloads/index.ts";
import { type Prepared, prepare, runOnce } from "./once.ts";
import type { Run } from "./run.ts";
import { sameKind, shrink } from "./shrink.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

function scenario(protocol: string, mutant: string, more = ""): Scenario {
  const text = `
protocol: ${protocol}
strategy: random
mutant: ${mutant}
nodes: 5
clients: 4
workload: { ${protocol === "raft" ? "key-value" : "register"}: { operations: 60, within: 8s, mix: { read: 5, write: 5 } } }
network: { latency: { heavy-tail: { min: 1ms, median: 6ms, max: 400ms } }, loss: 1%, duplicate: 3% }
faults:
  - { partition: any, every: 1s..3s, for: 500ms..2s }
  - { crash: any, between: persists, every: 500ms..2s, back-after: 10ms..1s }
  - { hold: any, direction: out, clients: keep, every: 1s..3s, for: 500ms..2s }
  - { pause: any, every: 2s..4s, for: 200ms..1s }
${more}`;
  return loadScenario(text, "shrink.yaml", catalogue);
}

function firstFailure(prepared: Prepared, from = 1): Run {
  for (let seed = from; seed < from + 3_000; seed++) {
    const run = runOnce(prepared, seed);
    if (run.verdict === "invalid") return run;
  }
  throw new Error("no seed fails");
}

describe.each([
  ["raft", "local-reads", 1],
  ["raft", "no-up-to-date-check", 1],
  ["raft", "acks-before-sync", 1],
  ["raft", "no-sessions", 1],
  ["abd-register", "no-write-back", 1],
  // A rare one: the search begins where it was found last.
  ["abd-register", "counts-messages", 800],
])("%s %s, shrunk", (protocol, mutant, from) => {
  const prepared = prepare(scenario(protocol, mutant), catalogue);
  const failed = firstFailure(prepared, from);
  const small = shrink(prepared, catalogue, failed.seed, failed);
  const again = prepare(small.scenario, catalogue);
  const { seed, plan } = small.scenario.explicit!;

  it("fails in the same way, and is short", () => {
    expect(sameKind(small.run.violation, failed.violation)).toBe(true);
    expect(small.after.operations).toBeLessThanOrEqual(6);
    expect(small.after.faults).toBeLessThanOrEqual(4);
    expect(small.minimal).toBe(true);
  });

  it("is 1-minimal: without any one operation or fault the failure is gone", () => {
    const fails = (left: typeof plan): boolean => sameKind(runOnce(again, seed, { plan: left }).violation, failed.violation);
    expect(fails(plan)).toBe(true);
    for (const { id } of plan.operations) {
      expect([id, fails({ ...plan, operations: plan.operations.filter((operation) => operation.id !== id) })]).toEqual([
        id,
        false,
      ]);
    }
    for (const { id } of plan.faults) {
      expect([id, fails({ ...plan, faults: plan.faults.filter((fault) => fault.id !== id) })]).toEqual([id, false]);
    }
  });

  it("replays from its file to the same digest", () => {
    const read = loadScenario(writeExplicit(small.scenario, catalogue), "counterexample.yaml", catalogue);
    expect(runOnce(prepare(read, catalogue), seed).digest).toBe(small.run.digest);
  });
});

/** All that was committed is wiped from two of three disks. */
const wiped = `
format: 1
protocol: raft
nodes: [n1, n2, n3]
clients: { names: [c1] }
workload: { key-value: { operations: 1, within: 2s } }
network: { latency: 1ms }
settle: 3s
check: [linearizable, invariants]
expect: { violation: any }
seed: 1
heal: 3s
faults:
  - { name: cut, hold: [n1 -> n3, n2 -> n3], at: 900ms, for: 900ms }
  - { name: first, crash: n1, disk: wipe, beyond: true, at: 1500ms, for: 10ms }
  - { name: second, crash: n2, disk: wipe, beyond: true, at: 1500ms, for: 10ms }
plan:
  - { id: o1, client: c1, at: 1s, f: write, key: x, value: 1 }
`;

describe("shrinking", () => {
  const prepared = prepare(scenario("raft", "local-reads"), catalogue);
  const failed = firstFailure(prepared);

  it("stops at its budget, and says that it did", () => {
    const cut = shrink(prepared, catalogue, failed.seed, failed, 20);
    expect([cut.runs, cut.minimal]).toEqual([20, false]);
    expect(sameKind(cut.run.violation, failed.violation)).toBe(true);
  });

  it("goes on from where it was stopped: what it wrote then is shrunk like anything else", () => {
    const cut = shrink(prepared, catalogue, failed.seed, failed, 30);
    const read = loadScenario(writeExplicit(cut.scenario, catalogue), "counterexample.yaml", catalogue);
    const on = shrink(prepare(read, catalogue), catalogue, read.explicit!.seed, cut.run);
    expect(cut.minimal).toBe(false);
    expect(on.minimal).toBe(true);
    expect(on.before).toEqual(cut.after);
    expect(on.after.operations + on.after.faults).toBeLessThan(cut.after.operations + cut.after.faults);
  });

  it("keeps within what the protocol bears: a failure there does not become one beyond it", () => {
    const exceeded = "more durable state was destroyed than raft states that it bears";
    const wiping = prepare(loadScenario(wiped, "wiped.yaml", catalogue), catalogue);
    const lost = runOnce(wiping, 1);
    expect([lost.verdict, lost.exceeded]).toEqual(["invalid", expect.stringContaining(exceeded)]);
    // As if it had been found within: then it is another failure.
    expect(() => shrink(wiping, catalogue, 1, { ...lost, exceeded: undefined } as unknown as Run)).toThrow(
      "did not fail in the same way",
    );
  });

  it("keeps the best so far when it is interrupted", () => {
    let asked = 0;
    const cut = shrink(prepared, catalogue, failed.seed, failed, 1_000, { interrupted: () => ++asked > 25 });
    expect([cut.minimal, sameKind(cut.run.violation, failed.violation)]).toEqual([false, true]);
    expect(cut.runs).toBeLessThanOrEqual(25);
    expect(cut.after.faults).toBeLessThan(cut.before.faults);
  });

  it("gives the same story every time", () => {
    const [a, b] = [1, 2].map(() => shrink(prepared, catalogue, failed.seed, failed, 100));
    expect(a!.scenario).toEqual(b!.scenario);
    expect(a!.runs).toBe(b!.runs);
  });

  it("refuses a run that does not fail again", () => {
    const other = { ...failed, violation: { ...failed.violation!, check: "election safety", family: "invariant" as const } };
    expect(() => shrink(prepared, catalogue, failed.seed, other)).toThrow("did not fail in the same way");
  });
});
