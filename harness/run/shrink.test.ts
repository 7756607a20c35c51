/** Shrinking: the same kind of failure, every part that is left is necessary, and the file that is written replays to the same run. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario, writeExplicit } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { workloads } from "../workloads/index.ts";
import { type Prepared, prepare, rootSeed, runOnce } from "./once.ts";
import type { Run } from "./run.ts";
import { least } from "./shrink/numbers.ts";
import { type Candidate, Search } from "./shrink/search.ts";
import { sameKind, shrink, shrinkBudget } from "./shrink.ts";

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

describe("a crash at the so-and-so-manieth effect of its node", () => {
  it("is written where it fell before anything is taken away, and so does not hold on to all that came before it", () => {
    const text = `
protocol: paxos
mutant: tells-before-it-syncs
strategy: crash-points
clients: 2
workload: { propose: { operations: 6, within: 1s } }
faults: [{ crash: any, every: 1s..2s, back-after: 10ms..1s }]
`;
    const prepared = prepare(loadScenario(text, "points.yaml", catalogue), catalogue);
    const failed = firstFailure(prepared, 3);
    const numbered = prepared.plan(failed.seed).faults.find(({ fault }) => fault === "crash");
    expect(numbered?.moment).toMatchObject({ place: "before", what: "effect" });
    const small = shrink(prepared, catalogue, failed.seed, failed);
    const left = small.scenario.explicit!.plan;
    const crash = left.faults.find(({ id }) => id === numbered!.id);
    expect(crash).toBeDefined();
    expect(crash?.moment).toBeUndefined();
    expect(left.operations).toHaveLength(1);
  });
});

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
    expect([small.minimal, small.cutShort]).toEqual([true, false]);
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

/** Less than making this failure small and plain takes. */
const littleBudget = 120;

describe("shrinking", () => {
  const prepared = prepare(scenario("raft", "local-reads"), catalogue);
  const failed = firstFailure(prepared);

  it("stops at its budget, and says that it did", () => {
    const cut = shrink(prepared, catalogue, failed.seed, failed, 20);
    expect([cut.runs, cut.minimal]).toEqual([20, false]);
    expect(sameKind(cut.run.violation, failed.violation)).toBe(true);
  });

  it("keeps a part of its budget for the end: what is left is 1-minimal, though there was no time to make it plain", () => {
    const little = shrink(prepared, catalogue, failed.seed, failed, littleBudget);
    const again = prepare(little.scenario, catalogue);
    const { seed, plan } = little.scenario.explicit!;
    const fails = (left: typeof plan): boolean => sameKind(runOnce(again, seed, { plan: left }).violation, failed.violation);
    expect([little.minimal, little.cutShort, little.runs < littleBudget]).toEqual([true, true, true]);
    for (const { id } of plan.operations)
      expect([id, fails({ ...plan, operations: plan.operations.filter((other) => other.id !== id) })]).toEqual([id, false]);
    for (const { id } of plan.faults)
      expect([id, fails({ ...plan, faults: plan.faults.filter((other) => other.id !== id) })]).toEqual([id, false]);
  });

  it("comes to its end within the budget of an expected violation, though it hangs on many faults", () => {
    const path = join(import.meta.dirname, "..", "..", "scenarios", "mutants", "raft-never-falls-back.yaml");
    const deep = prepare({ ...loadScenario(readFileSync(path, "utf8"), path, catalogue), strategy: "random" }, catalogue);
    const lost = firstFailure(deep);
    const small = shrink(deep, catalogue, lost.seed, lost, shrinkBudget(true));
    expect([small.before.faults > 100, small.after.faults > 5, small.minimal]).toEqual([true, true, true]);
    expect(small.runs).toBeLessThan(shrinkBudget(true));
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

/** A search that has come nowhere yet. */
function searchOf(prepared: Prepared, failed: Run): Search {
  const first = {
    scenario: prepared.scenario,
    plan: prepared.plan(failed.seed),
    weatherSeed: rootSeed(prepared.scenario, failed.seed),
  };
  const search = new Search(prepared, catalogue, first, failed, 1_000, {});
  expect(search.accepts(first)).toBe(true);
  return search;
}

describe("a search for a smaller failure", () => {
  const prepared = prepare(scenario("raft", "local-reads"), catalogue);
  const failed = firstFailure(prepared);

  it("does not try again what was in vain, though other parts have gone since, until it begins anew", () => {
    const search = searchOf(prepared, failed);
    const nothing = (): Candidate => search.with({ operations: [], faults: search.best.plan.faults.slice(-1) });
    expect([search.once("almost all", nothing()), search.runs]).toEqual([false, 2]);
    const { faults: all } = search.best.plan;
    expect(all.some((gone) => search.accepts(search.with({ faults: all.filter((fault) => fault !== gone) })))).toBe(true);
    const { runs } = search;
    const fewer = (): Candidate => search.with({ operations: search.best.plan.operations.slice(-1), faults: [] });
    // Another candidate, under the same name.
    expect([search.once("almost all", fewer()), search.runs]).toEqual([false, runs]);
    search.anew();
    expect([search.once("almost all", fewer()), search.runs]).toEqual([false, runs + 1]);
  });

  it("spares a share of its budget for what comes later, of events too", () => {
    const search = searchOf(prepared, failed);
    let runs = 0;
    const spend = (): void => {
      for (let us = 1; !search.over; us++) {
        search.accepts(
          search.with(
            { operations: [], faults: [] },
            { settleUs: us, clients: [...search.best.scenario.clients, `c${us + 100}`] },
          ),
        );
        runs++;
      }
    };
    search.sparing(0.97, spend);
    expect([runs, search.runs, search.over]).toEqual([29, 30, false]);
  });

  it("follows a run no further than it would be wanted", () => {
    const search = searchOf(prepared, failed);
    const { events } = search.run;
    const seen: number[] = [];
    const watched = new Search(prepared, catalogue, search.best, failed, 1_000, { beat: (event) => seen.push(event) });
    expect([watched.accepts(search.best, events), watched.run.events]).toEqual([true, events]);
    seen.length = 0;
    expect(watched.accepts(search.with({ operations: [] }), 100)).toBe(false);
    expect(seen.length).toBeLessThanOrEqual(101);
  });
});

describe("a number", () => {
  /** A search in which a number fails from `edge` on, and that counts what it is asked. */
  const trying = (edge: number): { readonly search: Search; readonly asked: number[] } => {
    const asked: number[] = [];
    const accepts = (candidate: unknown): boolean => asked.push(candidate as number) > 0 && (candidate as number) >= edge;
    return { search: { accepts } as unknown as Search, asked };
  };
  const make = (value: number): Candidate => value as unknown as Candidate;

  it.each([1_000, 1_700_000, 2_345_000, 2_999_000])("is moved close to where %d us would be too little, by halves", (edge) => {
    const { search, asked } = trying(edge);
    least(search, 3_000_000, 1_000, make);
    const best = Math.min(3_000_000, ...asked.filter((value) => value >= edge));
    expect(best - edge).toBeLessThanOrEqual(best / 5);
    expect(asked.length).toBeLessThanOrEqual(8);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("that is small is moved to the very edge", () => {
    const { search, asked } = trying(3);
    least(search, 7, 1, make, 1);
    expect(Math.min(...asked.filter((value) => value >= 3))).toBe(3);
  });
});
