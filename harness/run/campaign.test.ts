/** What runs add up to: a campaign that proved nothing is not green, unknown is not green, and the expected must be found. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { exitStatus, Tally } from "./campaign.ts";
import { prepare } from "./once.ts";
import type { Campaign, Run, Violation } from "./run.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const text = `
protocol: abd-register
workload: { register: { operations: 10, within: 2s, mix: { read: 1, write: 1 } } }
faults:
  - { name: nap, pause: any, every: 500ms..1s, for: 100ms }
require: { answered: 50% }
runs: 3
`;

function run(seed: number, changes: Partial<Run> = {}): Run {
  return {
    seed,
    digest: seed.toString(16).padStart(16, "0"),
    verdict: "valid",
    events: 100,
    messages: 50,
    virtualUs: 2_000_000,
    operations: { asked: 10, ok: 9, fail: 0, info: 1 },
    effects: { "nap.1": 3, "nap.2": 0 },
    goals: [],
    post: { sent: 50, delivered: 45, lost: 3, cut: 2 },
    figures: { failover: [], unavailable: [100_000], latency: [5_000], messages: [5] },
    ...changes,
  };
}

const violation = (check: string, family: Violation["family"] = "invariant"): Partial<Run> => ({
  verdict: "invalid",
  violation: { family, check, sentence: "it broke.", atUs: 1 },
});

function campaign(runs: readonly Run[], more = ""): Campaign {
  const tally = new Tally(prepare(loadScenario(text + more, "tally.yaml", catalogue), catalogue), 1);
  for (const one of runs) tally.add(one);
  return tally.campaign([], false, { wallMs: 0, workers: 1 });
}

describe("a campaign", () => {
  it("is as expected when nothing was violated and its minima hold", () => {
    const all = campaign([run(1), run(2), run(3)]);
    expect(all.verdict).toBe("as expected");
    expect(all.operations).toEqual({ asked: 30, ok: 27, fail: 0, info: 3 });
    expect(all.effects["nap"]).toEqual({ planned: 6, effective: 3, effects: 9 });
    expect(exitStatus([all])).toBe(0);
  });

  it("is inconclusive, never green, when too little was answered or a fault never had an effect", () => {
    const silent = campaign([run(1, { operations: { asked: 10, ok: 4, fail: 0, info: 6 } })]);
    expect([silent.verdict, exitStatus([silent])]).toEqual(["inconclusive", 3]);
    expect(silent.reason).toContain("only 4 of 10 operations (40%) were answered");
    const idle = campaign([run(1, { effects: { "nap.1": 0 } }), run(2, { effects: { "nap.1": 0 } })]);
    expect([idle.verdict, idle.reason.includes("the fault nap was planned 2 times, but never had an effect")]).toEqual([
      "inconclusive",
      true,
    ]);
    const never = campaign([run(1, { effects: {} })]);
    expect(never.reason).toContain("the fault nap was never planned");
  });

  it("is unknown when a run could not be judged, and a violation when another one broke", () => {
    const unknown = run(2, { verdict: "unknown", unknown: "the budget ran out" });
    expect([campaign([run(1), unknown]).verdict, exitStatus([campaign([run(1), unknown])])]).toEqual(["unknown", 3]);
    expect(campaign([run(1), unknown, run(3, violation("x"))]).verdict).toBe("violation");
  });

  it("that expects a violation fails when none is found, or another one", () => {
    const expects = "expect: { violation: linearizable }\n";
    expect(campaign([run(1), run(2)], expects).verdict).toBe("not found");
    const found = campaign([run(1), run(2, violation("linearizable", "linearizable"))], expects);
    expect([found.verdict, exitStatus([found])]).toEqual(["as expected", 0]);
    const other = campaign([run(1, violation("timestamps only grow"))], expects);
    expect([other.verdict, exitStatus([other])]).toEqual(["violation", 1]);
    expect(other.reason).toContain("expected a violation of linearizable, but seed 1 violates timestamps only grow");
  });

  it("has a digest that depends on every run and its seed, and not on who came first", () => {
    const [one, two] = [run(1).digest, run(2).digest];
    const swapped = [run(1, { digest: two }), run(2, { digest: one })];
    const digests = [[run(1), run(2)], swapped, [run(1)], [run(1), run(3)]].map((runs) => campaign(runs).digest);
    expect(new Set(digests).size).toBe(4);
    expect(campaign([run(2), run(1)]).digest).toBe(digests[0]);
  });

  it("counts one kind of violation once, by its lowest seed, and lists the others", () => {
    const tally = new Tally(prepare(loadScenario(text, "tally.yaml", catalogue), catalogue), 1);
    for (const one of [run(1, violation("a")), run(2, violation("b")), run(3, violation("a"))]) tally.add(one);
    expect([...tally.kinds.values()].map(({ first, others, count }) => [first.seed, others, count])).toEqual([
      [1, [3], 2],
      [2, [], 1],
    ]);
  });
});
