/** Goals, limits and expectations, over campaigns that really run. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { isExpected } from "./campaign.ts";
import { runHere } from "./here.ts";
import { prepare, runOnce } from "./once.ts";
import type { Campaign, Violation } from "./run.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const calm = `protocol: raft
nodes: 5
clients: 3
workload: { key-value: { operations: 40, within: 5s, keys: 2 } }
`;
const cut = `${calm}faults: [{ name: lonely, partition: leader, with: one client, at: 1s..2s, for: 2s..3s }]\n`;
const load = (text: string) => loadScenario(text, "x.yaml", catalogue);
const campaign = (text: string): Campaign => runHere(load(text), catalogue, { runs: 5, shrinkBudget: 0 });

describe("a goal", () => {
  const reach = "reach: [second leader elected, request redirected]\n";

  it("that no run reaches makes a campaign inconclusive", () => {
    expect(campaign(`${calm}${reach}`)).toMatchObject({
      verdict: "inconclusive",
      reason: '5 runs never reached the goal "second leader elected", which the scenario is to reach',
    });
    expect(campaign(`${cut}${reach}`).verdict).toBe("as expected");
  });

  it("is not asked for where a violation is expected", () => {
    const wrong = `${calm}${reach}expect: { violation: linearizable }\n`;
    expect(campaign(wrong).verdict).toBe("not found");
  });
});

describe("a limit", () => {
  it("that is exceeded is a violation, told with its figure", () => {
    const dear = campaign(`${cut}limits: { failover.p95: 10s, messages: 2 }\n`);
    expect(dear.verdict).toBe("violation");
    expect(dear.reason).toMatch(/^a limit is exceeded: messages was [\d.]+ \(of 5 values; at seed \d\), and the limit is 2$/);
    expect(Object.keys(dear.figures)).toEqual(["failover.p95", "messages"]);
    expect(dear.failures).toEqual([]);
  });

  it("on the time without answers notices that a majority was paused", () => {
    const limit = "limits: { unavailable: 1900ms }\n";
    expect(campaign(`${calm}${limit}`).verdict).toBe("as expected");
    expect(campaign(`${calm}${limit}faults: [{ pause: 3, at: 2s, for: 2s }]\n`).verdict).toBe("violation");
  });

  it("changes nothing in the run", () => {
    const limited = runOnce(prepare(load(`${cut}limits: { latency.p99: 5s }\n`), catalogue), 7);
    expect(runOnce(prepare(load(cut), catalogue), 7)).toEqual(limited);
    expect(limited.figures.latency.length).toBeGreaterThanOrEqual(limited.operations.ok);
    expect(limited.figures.failover).toHaveLength(1);
  });
});

describe("an expected violation", () => {
  const violation = (family: Violation["family"], check: string): Violation => ({ family, check, sentence: "", atUs: 0 });
  const all = [
    violation("linearizable", "linearizable"),
    violation("invariant", "election safety"),
    violation("liveness", "liveness"),
    violation("contract", "determinism"),
  ];

  it.each([
    ["linearizable", [true, false, false, false]],
    ["election safety", [false, true, false, false]],
    ["invariants", [false, true, false, false]],
    ["liveness", [false, false, true, false]],
    ["contract", [false, false, false, true]],
    ["any", [true, true, true, true]],
  ])("%s", (check, expected) => {
    const scenario = load(`${calm}expect: { violation: ${check} }\n`);
    expect(all.map((one) => isExpected(scenario, one))).toEqual(expected);
  });

  it("is found by an invariant that alone judges", () => {
    const { invariants } = prepare(load(`${calm}check: [election safety]\n`), catalogue);
    expect(invariants.map(({ name }) => name)).toEqual(["election safety"]);
  });
});
