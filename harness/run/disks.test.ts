/** Disks that fail, in whole runs: what a protocol does not bear is excused and told, what it bears is judged, and each item keeps to itself. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import type { PlannedFault } from "../faults/fault.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { workloads } from "../workloads/index.ts";
import { type Prepared, prepare, runOnce, runTraced } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

function prepared(nodes: number, ...items: string[]): Prepared {
  const text = `
protocol: raft
strategy: random
nodes: ${nodes}
clients: 2
workload: { key-value: { operations: 20, within: 3s, keys: 2 } }
network: lan
check: linearizable
faults:
${items.map((item) => `  - { ${item} }`).join("\n")}
`;
  return prepare(loadScenario(text, "disks.yaml", catalogue), catalogue);
}

describe("durable state that is destroyed", () => {
  it("within what the protocol bears is no excuse, and nobody speaks of it", () => {
    const run = runTraced(prepared(3, "bit-rot: all, record: ballot, at: 1s", "crash: all, at: 1500ms, back-after: 10ms"), 1);
    expect([run.verdict, run.exceeded, run.unknown]).toEqual(["valid", undefined, undefined]);
    const says = run.trace.flatMap((record) => (record.kind === "disk" ? [record.says.split(":")[0]] : []));
    expect(says.toSorted()).toEqual(['has the record "ballot" damaged', "is spared", "is spared"]);
  });

  it("beyond it makes liveness nobody's fault, and says so", () => {
    const items = ["bit-rot: [n1, n2], record: ballot, at: 1s, beyond: true", "crash: all, at: 1500ms, back-after: 10ms"];
    const run = runOnce(prepared(3, ...items), 1);
    const exceeded =
      "more durable state was destroyed than raft states that it bears: of 3 members, 2 servers with a damaged disk (n1, n2), where it bears 1";
    expect([run.verdict, run.exceeded]).toEqual(["unknown", exceeded]);
    expect(run.unknown).toMatch(
      /^c1 .* were not answered within 3s after .*; but more durable state .* bears 1: nothing can be said about liveness$/,
    );
  });

  it("beyond it is no excuse for what is wrong, and is told beside it", () => {
    const forgetful = prepared(3, "old-disk: any, every: 50ms..150ms, back-after: 5ms..50ms, beyond: true");
    const run = [1, 2, 3, 4, 5].map((seed) => runOnce(forgetful, seed)).find(({ verdict }) => verdict === "invalid");
    expect(run?.violation?.check).toBe("linearizable");
    expect(run?.exceeded).toMatch(/set back to an older state/);
  });

  it("is as much as the group bears at its smallest, where orders make it smaller", () => {
    const shrinking = ["bit-rot: all, record: ballot, at: 1s", "crash: all, at: 1500ms, back-after: 10ms"];
    const order = "operate: leader, order: remove-server, at: 2s";
    const damaged = (...items: string[]): number =>
      runTraced(prepared(4, ...items), 1).trace.filter((record) => record.kind === "disk" && record.says.startsWith("has"))
        .length;
    expect([damaged(...shrinking), damaged(...shrinking, order), damaged(...shrinking, order, order)]).toEqual([1, 1, 0]);
  });
});

describe("every item", () => {
  const many = prepared(
    5,
    "torn-write: all",
    "read-error: any, every: 500ms..1s, for: 100ms..400ms",
    "full-disk: any, every: 500ms..1s, for: 100ms..400ms",
    "slow-sync: any, every: 300ms..600ms, for: 100ms..400ms",
    "clock-freeze: any, every: 500ms..1s, for: 100ms..400ms",
    "crash: any, between: persists, every: 200ms..600ms, back-after: 5ms..300ms",
    "old-disk: any, every: 500ms..1s, beyond: true",
    "bit-rot: any, every: 1s..2s, beyond: true",
    "lost-sync: any, every: 500ms..1s, for: 100ms..400ms, beyond: true",
  );

  it("leaves the same digest with a trace and without, and again", () => {
    for (const seed of [1, 2, 3]) {
      const bare = runOnce(many, seed);
      expect(runTraced(many, seed).digest).toBe(bare.digest);
      expect(runOnce(many, seed)).toEqual(bare);
    }
    const all = [1, 2, 3, 4].map((seed) => Object.entries(runOnce(many, seed).effects).filter(([, count]) => count > 0));
    const words = new Set(all.flat().map(([id]) => id.replace(/-\d+(\.\d+)?$/, "")));
    expect([...words].sort()).toEqual(
      "bit-rot clock-freeze crash full-disk lost-sync old-disk read-error slow-sync torn-write".split(" "),
    );
  });

  it("taken away leaves all that was before it as it was", () => {
    const plan = many.plan(1);
    const traceUntil = (without: PlannedFault | undefined, untilUs: number): string => {
      const left = plan.faults.filter((one) => one !== without);
      const { trace } = runTraced(many, 1, { plan: { ...plan, faults: left }, sites: false, states: false });
      const told = (record: TraceRecord): string => {
        const { n: _n, cause: _cause, ...rest } = record;
        return JSON.stringify(rest);
      };
      return trace.flatMap((record) => (record.atUs < untilUs ? [told(record)] : [])).join("\n");
    };
    for (const fault of plan.faults.filter((_, i) => i % 6 === 0 && i > 0)) {
      expect(traceUntil(fault, fault.atUs)).toBe(traceUntil(undefined, fault.atUs));
    }
  });
});
