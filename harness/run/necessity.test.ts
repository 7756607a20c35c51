/** What each part of a counterexample is needed for: one run without it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Need, necessity } from "./necessity.ts";
import { prepare, runOnce } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

function needs(name: string, change: (text: string) => string = (text) => text): ReadonlyMap<string, Need> {
  const text = readFileSync(join(import.meta.dirname, "testing", "by-hand", `${name}.yaml`), "utf8");
  const prepared = prepare(loadScenario(change(text), `${name}.yaml`, catalogue), catalogue);
  const { violation } = runOnce(prepared, prepared.scenario.explicit!.seed);
  return new Map(necessity(prepared, catalogue, violation!).map((need) => [need.part, need]));
}

describe("the necessity of parts", () => {
  it("says of each fault, node and client what happens without it", () => {
    const found = needs("raft-vote-not-persisted");
    expect([...found.keys()]).toEqual([
      "fault deaf",
      "length of deaf",
      "fault forgets",
      "length of forgets",
      "node n1",
      "node n2",
      "node n3",
    ]);
    expect(found.get("fault forgets")).toMatchObject({ needed: true, without: "no violation" });
    expect(found.get("fault deaf")).toMatchObject({ what: "hold: n3 -> n1", needed: true });
    expect(found.get("length of deaf")).toMatchObject({ what: "1s; tried with 500ms", needed: false, without: "still fails" });
  });

  it("finds out what is superfluous", () => {
    const found = needs("raft-vote-not-persisted", (text) =>
      text.replace("faults:", "faults:\n  - { name: idle, slow: n2, extra: 1ms, at: 1900ms, for: 50ms }"),
    );
    expect(found.get("fault idle")).toMatchObject({ needed: false, without: "still fails" });
  });

  it("says which nodes a protocol cannot do without, and what an operation asks", () => {
    const found = needs("paxos-promise-not-persisted");
    expect(found.get("node acceptor")).toMatchObject({ needed: true, without: "paxos needs it to run at all" });
    expect(found.get("operation o1")).toMatchObject({ needed: true, what: "c1: propose 1 for d1" });
  });

  it("tells of noise by its kinds", () => {
    const found = needs("two-phase-commit-tells-before-it-logs", (text) =>
      text.replace("{ latency: 1ms }", "{ latency: 1ms..2ms, loss: 1%, duplicate: 1% }"),
    );
    expect([...found.keys()]).toEqual(expect.arrayContaining(["loss", "doubling", "varying delays"]));
  });
});
