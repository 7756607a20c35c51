/** Every strategy: the same plan for the same seed whoever asks, and never a schedule that the scenario does not have. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../../protocols/index.ts";
import type { PlannedFault } from "../../faults/fault.ts";
import { faults } from "../../faults/index.ts";
import { asExplicit, type Catalogue, loadScenario, type Scenario, strategyNames, writeExplicit } from "../../scenario/index.ts";
import { workloads } from "../../workloads/index.ts";
import { prepare, rootSeed, runOnce } from "../once.ts";
import { Chance } from "./chance.ts";
import { combination } from "./exhaustive.ts";
import { itemOf } from "./groups.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

const text = `
protocol: raft
nodes: 3
clients: 3
workload: { key-value: { operations: 12, within: 2s, keys: 2 } }
network: { latency: { heavy-tail: { min: 1ms, median: 4ms, max: 100ms } }, duplicate: 2% }
faults:
  - { name: scripted, pause: n2, at: 300ms..500ms, for: 100ms }
  - { name: named, hold: any, when: { fact: leader, nth: 1..3 }, for: 50ms..200ms }
  - { crash: [n1], every: 200ms..600ms, back-after: 5ms..50ms }
  - { name: mid-write, crash: any, between: persists, every: 200ms..600ms, back-after: 5ms..50ms }
  - { name: cut-off, partition: any, every: 400ms..800ms, for: 50ms..300ms }
  - { name: skew, clock-drift: any, every: 500ms..700ms, for: 200ms..400ms }
`;

/** What a message's fate may be: what the weather or a hold of the scenario lets come. */
const mayBefall = ["slow-lane", "bias", "duplicate", "loss"];

function scenario(strategy: Scenario["strategy"]): Scenario {
  const loaded = loadScenario(text, "strategies.yaml", catalogue);
  return strategy === undefined ? loaded : { ...loaded, strategy };
}

/** What a fault may be in this scenario; the items that a strategy adds are within the weather. */
const word: Readonly<Record<string, string>> = {
  scripted: "pause",
  named: "hold",
  "crash-1": "crash",
  "mid-write": "crash",
  "cut-off": "partition",
  skew: "clock-drift",
  order: "bias",
  point: "crash",
};

describe.each(strategyNames)("%s", (name) => {
  it("makes the same plan of a seed whoever asks, in whatever order", () => {
    const one = prepare(scenario(name), catalogue);
    const other = prepare(scenario(name), catalogue);
    const seeds = [3, 7, 12];
    const plans = seeds.map((seed) => one.plan(seed));
    expect(
      seeds
        .toReversed()
        .map((seed) => other.plan(seed))
        .toReversed(),
    ).toEqual(plans);
    expect(runOnce(other, 7).digest).toBe(runOnce(one, 7).digest);
  });

  it("is gone from an explicit scenario, which runs the same", () => {
    const prepared = prepare(scenario(name), catalogue);
    const explicit = asExplicit(prepared.scenario, rootSeed(prepared.scenario, 5), prepared.plan(5), catalogue);
    const read = loadScenario(writeExplicit(explicit, catalogue), "explicit.yaml", catalogue);
    expect(read.strategy).toBeUndefined();
    expect(runOnce(prepare(read, catalogue), 1).digest).toBe(runOnce(prepared, 5).digest);
  });

  it("leaves what stands at a time or a moment, and plans nothing that the scenario could not", () => {
    const right = prepare(scenario("random"), catalogue);
    const prepared = prepare(scenario(name), catalogue);
    for (let seed = 1; seed <= 8; seed++) {
      const plan = prepared.plan(seed);
      const scripted = (list: readonly PlannedFault[]): PlannedFault[] =>
        list.filter(({ id }) => ["scripted", "named"].includes(id));
      if (rootSeed(prepared.scenario, seed) === seed && name !== "coverage")
        expect(scripted(plan.faults)).toEqual(scripted(right.plan(seed).faults));
      expect(new Set(plan.faults.map(({ id }) => id)).size).toBe(plan.faults.length);
      for (const fault of plan.faults) {
        if (["fate", "rival", "shaken"].includes(itemOf(fault.id))) {
          expect(mayBefall).toContain(fault.fault);
          if (itemOf(fault.id) === "fate") expect(fault.moment).toMatchObject({ place: "before", what: "send" });
          // The longest hold; and nothing is lost where the network loses nothing.
          expect(Number(fault.params["extraUs"] ?? fault.params["lateUs"] ?? 0)).toBeLessThanOrEqual(200_000);
          expect(fault.fault).not.toBe("loss");
        } else if (!fault.id.startsWith("deviation")) expect(word[itemOf(fault.id)]).toBe(fault.fault);
        expect(fault.atUs).toBeGreaterThanOrEqual(0);
        expect(fault.atUs).toBeLessThanOrEqual(plan.healAtUs);
        if (itemOf(fault.id) === "crash-1") expect(fault.params["nodes"]).toEqual(["n1"]);
        if (itemOf(fault.id) === "skew") expect(fault.moment).toBeUndefined();
        if (itemOf(fault.id) === "cut-off") expect(fault.forUs).toBeLessThanOrEqual(300_000);
      }
      // Skews of one item never lie on each other more than the scenario lets them.
      const skews = plan.faults.filter(({ id }) => itemOf(id) === "skew").map(({ atUs }) => atUs);
      for (const [i, at] of skews.slice(1).entries()) expect(at - skews[i]!).toBeGreaterThanOrEqual(500_000);
      expect(plan.operations).toHaveLength(12);
      for (const { atUs } of plan.operations) expect(atUs).toBeLessThanOrEqual(2_000_000);
    }
  });
});

describe("the words", () => {
  it("are checked, with what was meant", () => {
    expect(() => loadScenario(`${text}strategy: plases\n`, "slip.yaml", catalogue)).toThrow(
      /there is no strategy "plases"; did you mean "places"\?/,
    );
    expect(loadScenario(`${text}strategy: pos\n`, "right.yaml", catalogue).strategy).toBe("pos");
  });

  it("mean nothing to a plan that is written out", () => {
    const plain = prepare(scenario("random"), catalogue);
    const explicit = asExplicit(plain.scenario, 2, plain.plan(2), catalogue);
    expect(prepare({ ...explicit, strategy: "places" }, catalogue).plan(9)).toEqual(plain.plan(2));
  });
});

describe("places", () => {
  it("crashes in the middle of what writes only where an item says so, and at rare moments as at common ones", () => {
    const prepared = prepare(scenario("places"), catalogue);
    const moments = new Map<string, number>();
    for (let seed = 1; seed <= 60; seed++) {
      for (const { id, moment } of prepared.plan(seed).faults) {
        if (moment === undefined || itemOf(id) === "named") continue;
        if (itemOf(id) === "crash-1") expect(["receive", "timer"]).toContain(moment.what);
        if (itemOf(id) === "mid-write") expect(moment.what).not.toBe("send");
        const kind = `${moment.what} ${moment.name ?? ""}`;
        moments.set(kind, (moments.get(kind) ?? 0) + 1);
      }
    }
    // A vote is written a few times a run, and heartbeats come by the hundred.
    expect(moments.get("receive RequestVote")! * 3).toBeGreaterThan(moments.get("receive AppendEntries")!);
  });
});

describe("fates", () => {
  it("meet a rare message as often as a common one, and each in its own way", () => {
    const prepared = prepare(scenario("fates"), catalogue);
    const met = new Map<string, number>();
    for (let seed = 1; seed <= 30; seed++) {
      for (const { id, fault, moment } of prepared.plan(seed).faults) {
        if (itemOf(id) !== "fate") continue;
        for (const key of [fault, moment!.name!]) met.set(key, (met.get(key) ?? 0) + 1);
      }
    }
    expect(met.get("RequestVote")! * 2).toBeGreaterThan(met.get("AppendEntries")!);
    for (const word of ["bias", "duplicate"]) expect(met.get(word)).toBeGreaterThan(30);
    // The one hold of this scenario comes once, at a fact, and not again and again.
    expect(met.has("slow-lane")).toBe(false);
  });

  it("have an effect: messages come later, twice, and when nobody waits for them", () => {
    const held = loadScenario(
      text.replace("hold: any, when: { fact: leader, nth: 1..3 }", "hold: any, every: 1s"),
      "held.yaml",
      catalogue,
    );
    const prepared = prepare({ ...held, strategy: "fates" }, catalogue);
    const effects = new Set<string>();
    for (let seed = 1; seed <= 6; seed++) {
      const plan = prepared.plan(seed);
      const run = runOnce(prepared, seed, { plan });
      for (const { id, fault } of plan.faults) if (itemOf(id) === "fate" && (run.effects[id] ?? 0) > 0) effects.add(fault);
    }
    expect([...effects].sort()).toEqual(["bias", "duplicate", "slow-lane"]);
  });
});

describe("exhaustive", () => {
  it("goes through every set once, the small ones first", () => {
    const sets = Array.from({ length: 1 + 5 + 10 + 10 + 5 + 1 }, (_, i) => combination(5, i));
    expect(sets.slice(0, 8)).toEqual([[], [0], [1], [2], [3], [4], [0, 1], [0, 2]]);
    expect(new Set(sets.map(String)).size).toBe(sets.length);
    expect(sets.at(-1)).toEqual([0, 1, 2, 3, 4]);
    expect(combination(5, 32)).toEqual([]);
  });

  it("says how much of the space its runs are", () => {
    const tiny = `
protocol: paxos
nodes: { proposer: 1, acceptor: 3, learner: 1 }
clients: 1
workload: { propose: { operations: 1, decisions: 1, within: 200ms } }
network: { latency: 1ms }
faults:
  - { crash: acceptor, every: 50ms..100ms, back-after: 5ms }
  - { hold: acceptor, every: 50ms..100ms, for: 20ms }
strategy: exhaustive
`;
    const prepared = prepare(loadScenario(tiny, "tiny.yaml", catalogue), catalogue);
    const [, all] =
      /^1 of ([\d,]+) schedules with at most 1 deviation: /.exec(
        prepared.covered(1, 1)!.replace("0 deviations", "1 deviation"),
      ) ?? [];
    const singles = prepared.covered(1, 2)!;
    const n = Number(/of ([\d,]+) schedules with at most 1 deviation/.exec(singles)![1]!.replaceAll(",", "")) - 1;
    expect(all).toBe("1");
    // Each of them is one fault of its own, and none comes twice.
    const plans = Array.from({ length: n }, (_, i) => prepared.plan(i + 2).faults);
    expect(plans.every((list) => list.length === 1)).toBe(true);
    expect(new Set(plans.map((list) => list[0]!.id)).size).toBe(n);
    expect(prepared.plan(n + 2).faults).toHaveLength(2);
    expect(prepared.covered(1, n + 2)).toBe(
      `${String(n + 2)} of ${String(1 + n + (n * (n - 1)) / 2).replace(/\B(?=(\d{3})+$)/g, ",")} schedules with at most 2 deviations: ${prepared.covered(1, n + 2)!.split(": ")[1]}`,
    );
  });
});

describe("chance", () => {
  it("takes as many as it was asked for, and every one of them now and then", () => {
    const chance = new Chance("test");
    const taken = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const some = chance.some([1, 2, 3, 4, 5], 2);
      expect(some).toHaveLength(2);
      for (const one of some) taken.add(one);
    }
    expect(taken.size).toBe(5);
  });
});
