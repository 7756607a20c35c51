/** Raft as a part of another node: two groups in one cluster, run under faults and judged. */

import { describe, expect, it } from "vitest";
import { faults } from "../../harness/faults/index.ts";
import type { Protocol } from "../../harness/protocol.ts";
import { runHere } from "../../harness/run/here.ts";
import { prepare, runTraced } from "../../harness/run/once.ts";
import { loadScenario } from "../../harness/scenario/index.ts";
import { workloads } from "../../harness/workloads/index.ts";
import { mutants } from "./mutants.ts";
import type { Raft } from "./raft.ts";
import { twoGroups } from "./testing/two-groups.ts";

const scenario = `
protocol: two-groups
options: { snapshot-every: 8 }
clients: 3
workload: { key-value: { operations: 40, within: 4s, keys: 2 } }
network: { latency: 1ms..15ms, duplicate: 3% }
faults:
  - { partition: left-leader, at: 1s..2s, for: 1s }
  - { crash: n3, between: persists, every: 500ms..1s, back-after: 5ms..300ms }
  - { crash: right-leader, every: 1s..2s, back-after: 50ms..500ms }
settle: 4s
check: [linearizable, invariants]
reach: [second leader elected, snapshot taken, request redirected]
require: { answered: 80% }
expect: EXPECT
`;

function campaign(protocol: Protocol, runs: number, expected = "valid") {
  const catalogue = { protocols: [protocol], workloads, faults };
  const loaded = loadScenario(scenario.replace("EXPECT", expected), "two-groups.yaml", catalogue);
  return runHere(loaded, catalogue, { runs, shrinkBudget: 0 });
}

describe("two Raft groups in one cluster", () => {
  it("stay safe and live under faults, each under its own invariants", () => {
    const { verdict, reason, invalid, effects } = campaign(twoGroups(), 15);
    expect([verdict, reason, invalid]).toEqual(["as expected", expect.anything(), 0]);
    expect(Object.values(effects).every(({ effective }) => effective > 0)).toBe(true);
  });

  it.each([
    ["no-prev-check", /^(left|right): log matching/],
    ["local-reads", /^linearizable/],
  ])("are caught when they are made of a wrong Raft: %s", (name, check) => {
    const wrong = mutants.find((mutant) => mutant.name === name)!;
    const made = twoGroups((ctx, options) => wrong.create(ctx, options) as Raft<never, never>);
    const { failures } = campaign(made, 60, "{ violation: any, within: 60 runs }");
    expect(failures[0]?.violation.check).toMatch(check);
  });

  it("keep their messages, timers, facts and files apart by their names", () => {
    const catalogue = { protocols: [twoGroups()], workloads, faults };
    const prepared = prepare(loadScenario(scenario.replace("EXPECT", "valid"), "two-groups.yaml", catalogue), catalogue);
    const told = runTraced(prepared, 1).trace.map((record) => record as unknown as Record<string, unknown>);
    const ofShared = told.filter(({ node }) => node === "n3");
    const names = (kind: string, field: string): string[] => [
      ...new Set(ofShared.filter((record) => record["kind"] === kind).map((record) => String(record[field]))),
    ];
    expect(names("fact", "name").every((name) => /^(left|right)\//.test(name))).toBe(true);
    expect(names("write", "record").sort()).toEqual(["left/ballot", "left/snapshot", "right/ballot", "right/snapshot"]);
    expect(names("append", "log")).toEqual(expect.arrayContaining(["left/log", "right/log"]));
    expect(names("timer", "name").sort()).toEqual(expect.arrayContaining(["left/election", "right/election"]));
    const sent = ofShared.filter(({ kind, channel }) => kind === "send" && channel === "message");
    expect(sent.every(({ message }) => /^(left|right)\/\w+$/.test((message as { type: string }).type))).toBe(true);
  });
});
