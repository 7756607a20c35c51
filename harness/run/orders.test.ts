/** Orders and spares from the file to the counterexample: a register moves to a spare when it is told to. */

import { expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario, writeExplicit } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce, runTraced } from "./once.ts";
import { shrink } from "./shrink.ts";
import { ends, handover } from "./testing/handover.ts";

const catalogue: Catalogue = { protocols: [handover], workloads, faults };
const text = (more = "", check = "linearizable"): string => `
protocol: handover
spare: 2
workload: { register: { operations: 30, within: 3s } }
faults:
  - { operate: n1, order: move, at: 1s..2s }
  - { operate: any, every: 500ms..1s }
check: [${check}]
${more}`;
const load = (source: string) => prepare({ ...loadScenario(source, "handover.yaml", catalogue), strategy: "random" }, catalogue);
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

it("the right one moves once, and is followed there", () => {
  const runs = seeds.map((seed) => runTraced(load(text()), seed));
  expect(runs.map(({ verdict }) => verdict)).toEqual(seeds.map(() => "valid"));
  expect(runs.every(({ goals }) => goals.includes("moved to a spare"))).toBe(true);
  expect(runs.every(({ effects }) => effects["operate-1"] === 1)).toBe(true);
  const [first] = runs;
  expect(first!.trace.filter(({ kind }) => kind === "order").length).toBeGreaterThan(2);
  const moved = first!.trace.findIndex((record) => record.kind === "fact" && record.name === "moved");
  expect(
    first!.trace.slice(moved).some((record) => record.kind === "deliver" && record.channel === "request" && record.node === "n3"),
  ).toBe(true);
});

it("an owner that lingers is found, and shrunk to the orders that matter, which replays from its file", () => {
  const prepared = load(text("mutant: lingers"));
  const failed = seeds.map((seed) => runOnce(prepared, seed)).find(({ verdict }) => verdict === "invalid")!;
  const small = shrink(prepared, catalogue, failed.seed, failed);
  expect([...new Set(small.scenario.faults.map(({ fault }) => fault))]).toEqual(["operate"]);
  expect(small.after.faults).toBeLessThanOrEqual(2);
  expect(small.minimal).toBe(true);
  const file = writeExplicit(small.scenario, catalogue);
  expect(file).toMatch(/spare: \[n3\]/);
  expect(file).toMatch(/operate: n1, order: move, at: /);
  expect(runOnce(load(file), small.scenario.explicit!.seed).digest).toBe(small.run.digest);
});

it("an order that the protocol does not have is refused with its place", () => {
  expect(() => load(text().replace("order: move", "order: mvoe"))).toThrow(
    'handover.yaml:6:27: faults[0].order: this protocol has no order "mvoe"; did you mean "move"?',
  );
});

it("a monitor hears of clients, and its end comes when the settle time is over", () => {
  const crash = "  - { crash: c1, at: 500ms, back-after: 300ms }\n";
  const scenario = (check: string) => load(text("settle: 4s", check).replace("faults:\n", `faults:\n${crash}`));
  ends.heard = [];
  const judged = runOnce(scenario("told"), 1);
  expect(ends.heard[0]).toBe("c1 fell");
  expect(ends.heard[1]).toBe("c1 came back");
  const heal = Number(ends.heard[2]!.split(" ")[2]);
  expect(ends.heard.slice(2)).toEqual([`heal at ${heal}`, `end at ${heal + 4_000}`]);
  expect(judged.virtualUs).toBe((heal + 4_000) * 1_000);
  // Where nothing is judged at the end, a run is over when the last client is answered.
  expect(runOnce(scenario("linearizable"), 1).virtualUs).toBeLessThan((heal + 1_000) * 1_000);
  expect(judged.settledUs).toBeLessThan(1_000_000);
});
