/** What a right file becomes: names, defaults, units, ids. */

import { describe, expect, test } from "vitest";
import { loadScenario } from "./load.ts";
import type { Scenario } from "./scenario.ts";
import { catalogue, good } from "./testing/catalogue.ts";

const minimal = "protocol: paxos\nworkload:\n  key-value: { within: 8s }\n";
const load = (text: string, file = "x.yaml"): Scenario => loadScenario(text, file, catalogue);
const and = (...lines: string[]): Scenario => load(`${minimal}${lines.join("\n")}\n`);
const ids = (scenario: Scenario): string => [...scenario.servers.map(({ id }) => id), ...scenario.clients].join(" ");

test("what is not said has its default", () => {
  expect(load(minimal)).toEqual({
    file: "x.yaml",
    name: "x",
    description: "x",
    protocol: "paxos",
    options: { batching: false, window: 8, heartbeat: 100, election: { min: 300, max: 600 }, reads: "log" },
    servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
    clients: ["c1", "c2", "c3"],
    policy: { target: "leader", tryMs: 300, timeoutMs: 1_500, retry: true },
    workload: { name: "key-value", settings: { operations: 60, within: "8s", keys: 3, mix: { read: 1, write: 1 } } },
    weather: { latency: { kind: "uniform", minUs: 1_000, maxUs: 5_000 }, lossPpm: 0, duplicatePpm: 0 },
    faults: [],
    settleUs: 3_000_000,
    check: ["linearizable", "invariants"],
    expect: { kind: "valid" },
    require: { answeredPpm: 0 },
    reach: [],
    limits: [],
    runs: 100,
    line: 1,
  });
});

test("what is said is there, in microseconds and parts per million", () => {
  expect(load(good)).toMatchObject({
    description: "the old leader must not answer",
    mutant: "vote-not-persisted",
    options: { batching: true, window: 4, heartbeat: 50, election: { min: 200, max: 400 }, reads: "lease" },
    policy: { target: "any", tryMs: 200, timeoutMs: 1_000, retry: false },
    weather: { latency: { kind: "uniform", minUs: 1_000, maxUs: 15_000 }, lossPpm: 10_000, duplicatePpm: 1_000 },
    settleUs: 4_000_000,
    expect: { kind: "violation", check: "election safety", within: 100 },
    require: { answeredPpm: 800_000 },
    runs: 500,
    line: 3,
  });
});

test("a scenario is called by its path from the scenarios folder", () => {
  const name = (file: string): string => load(minimal, file).name;
  expect(name("scenarios/mutants/raft-x.yaml")).toBe("mutants/raft-x");
  expect(name("/home/me/scenarios/old/scenarios/a.yml")).toBe("a");
  expect(name("./mine/a.b.yaml")).toBe("mine/a.b");
  expect(load(minimal, "scenarios\\mutants\\x.yaml")).toMatchObject({ file: "scenarios/mutants/x.yaml", name: "mutants/x" });
});

describe("nodes", () => {
  test("of one role are n1, n2 ..., however their number is written", () => {
    expect(ids(and("nodes: 4", "clients: 2"))).toBe("n1 n2 n3 n4 c1 c2");
    expect(ids(and("nodes: { server: 4 }", "clients: { count: 1 }"))).toBe("n1 n2 n3 n4 c1");
  });

  test("of several roles carry the role's name, with a number where there is more than one", () => {
    const commit = "protocol: commit\nworkload:\n  log: { within: 8s }\n";
    expect(ids(load(`${commit}clients: 1\n`))).toBe("coordinator participant1 participant2 participant3 c1");
    expect(load(`${commit}nodes: { participant: 2 }\n`).servers).toEqual([
      { id: "coordinator", role: "coordinator" },
      { id: "participant1", role: "participant" },
      { id: "participant2", role: "participant" },
    ]);
  });

  test("have the names that an explicit scenario gives them", () => {
    const text = `${minimal}format: 1\nseed: 1\nplan: []\nnodes: [n1, n5, n9]\nclients: { names: [c4] }\n`;
    expect(ids(load(text))).toBe("n1 n5 n9 c4");
  });
});

test("checks are those that workload and protocol offer", () => {
  expect(load("protocol: commit\nworkload:\n  log: { within: 8s }\n").check).toEqual([]);
  expect(load(minimal.replace("key-value", "log")).check).toEqual(["invariants"]);
  expect(and("check: linearizable").check).toEqual(["linearizable"]);
});

test("a violation is waited for as long as there are runs, and there are as many as it may take", () => {
  const runs = (...lines: string[]): [number, number] => {
    const { expect, runs } = and(...lines);
    return [expect.kind === "violation" ? expect.within : 0, runs];
  };
  expect(runs("expect: { violation: liveness }")).toEqual([100, 100]);
  expect(runs("expect: { violation: liveness }", "runs: 7")).toEqual([7, 7]);
  expect(runs("expect: { violation: liveness, within: 1 run }")).toEqual([1, 1]);
  expect(runs("expect: { violation: liveness, within: 5 runs }", "runs: 7")).toEqual([5, 7]);
});

test("a short timeout shortens the tries, where these are not stated", () => {
  expect(and("clients: { timeout: 100ms }").policy).toMatchObject({ tryMs: 100, timeoutMs: 100 });
  expect(and("clients: { timeout: 100ms, try: 50ms }").policy).toMatchObject({ tryMs: 50, timeoutMs: 100 });
});

test("the weather is a preset or its parts", () => {
  const weather = (line: string) => and(`network: ${line}`).weather;
  const none = { lossPpm: 0, duplicatePpm: 0 };
  expect(weather("lan")).toEqual(load(minimal).weather);
  expect(weather("wan")).toEqual({
    latency: { kind: "exponential", minUs: 20_000, meanUs: 30_000 },
    lossPpm: 1_000,
    duplicatePpm: 0,
  });
  expect(weather("mobile")).toEqual({
    latency: { kind: "heavy-tail", minUs: 30_000, medianUs: 40_000, maxUs: 2_000_000 },
    lossPpm: 10_000,
    duplicatePpm: 1_000,
  });
  expect(weather("{ loss: 2% }")).toEqual({ ...load(minimal).weather, lossPpm: 20_000 });
  expect(weather("{ latency: 5ms }")).toEqual({ latency: { kind: "constant", us: 5_000 }, ...none });
  expect(weather("{ latency: { constant: 5ms } }")).toEqual({ latency: { kind: "constant", us: 5_000 }, ...none });
  expect(weather("{ latency: 5ms..5ms }")).toEqual({ latency: { kind: "uniform", minUs: 5_000, maxUs: 5_000 }, ...none });
});

describe("a fault item", () => {
  const items = (...faults: string[]) => and("faults:", ...faults.map((fault) => `  - ${fault}`)).faults;

  test("is called by its name, else by its word and how many of that word had no name before", () => {
    expect(items("crash: any", "{ name: nap, crash: any }", "loss: 5%", "crash: n1", "crash: n2").map(({ id }) => id)).toEqual([
      "crash-1",
      "nap",
      "loss-1",
      "crash-2",
      "crash-3",
    ]);
  });

  test("holds what the fault takes, and apart from that when it happens and for how long", () => {
    expect(items("{ name: nap, loss: 5%, at: 1s..3s, for: 2s }", "{ clock-jump: n1, by: 1s, every: 2s }", "crash: 2")).toEqual([
      {
        id: "nap",
        fault: "loss",
        item: { loss: "5%", on: "every link" },
        when: { at: { minUs: 1_000_000, maxUs: 3_000_000 } },
        for: { minUs: 2_000_000, maxUs: 2_000_000 },
        line: 5,
      },
      {
        id: "clock-jump-1",
        fault: "clock-jump",
        item: { "clock-jump": "n1", by: "1s" },
        when: { every: { minUs: 2_000_000, maxUs: 2_000_000 } },
        line: 6,
      },
      { id: "crash-1", fault: "crash", item: { crash: 2 }, when: { at: { minUs: 0, maxUs: 0 } }, line: 7 },
    ]);
  });

  test("may begin after the clients are done when it says, itself or its fault, how long it lasts", () => {
    expect(items("{ crash: any, at: 9s, for: 1s }")).toHaveLength(1);
    const lasting = { ...catalogue, faults: catalogue.faults.map((fault) => ({ ...fault, usualForUs: () => expect.fail() })) };
    expect(loadScenario(`${minimal}faults: [{ crash: any, at: 9s }]\n`, "x.yaml", lasting).faults).toHaveLength(1);
  });
});

test("an explicit scenario heals when it says, else when the clients and its faults are done", () => {
  const heal = (...lines: string[]) => and("format: 1", "seed: 408", "plan: []", ...lines).explicit!.plan.healAtUs;
  expect(heal("heal: 5s")).toBe(5_000_000);
  expect(heal()).toBe(8_000_000);
  expect(heal("faults: [{ crash: n1, at: 7s, for: 2s }]")).toBe(9_000_000);
});

test("an explicit scenario's faults are planned as they stand there", () => {
  const explicit = and(
    "format: 1",
    "seed: 408",
    "plan: []",
    "faults: [{ name: nap.3, crash: [n1], at: 1s, for: 2s }, { clock-jump: n2, by: 1s, at: 2s }]",
  );
  expect(explicit.explicit).toMatchObject({
    seed: 408,
    plan: {
      faults: [
        { id: "nap.3", fault: "crash", atUs: 1_000_000, forUs: 2_000_000, params: { nodes: ["n1"] } },
        { id: "clock-jump-1", fault: "clock-jump", atUs: 2_000_000, params: { node: "n2", byUs: 1_000_000 } },
      ],
    },
  });
  expect(explicit.runs).toBe(1);
});
