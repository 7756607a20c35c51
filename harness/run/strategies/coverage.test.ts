/** What is new in a run, to a corpus: handlers after one another, and what a node handles in which class of states. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../../protocols/index.ts";
import { faults } from "../../faults/index.ts";
import type { NodeId } from "../../protocol.ts";
import { type Catalogue, loadScenarios, planSource } from "../../scenario/index.ts";
import { Effects } from "../../sim/effects.ts";
import { workloads } from "../../workloads/index.ts";
import { prepare } from "../once.ts";
import { featuresOf } from "./coverage.ts";
import type { Site } from "./strategy.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const path = join(import.meta.dirname, "..", "..", "..", "scenarios", "raft-harsh.yaml");
const [scenario] = loadScenarios(readFileSync(path, "utf8"), "raft-harsh.yaml", catalogue);
const prepared = prepare({ ...scenario!, strategy: "random" }, catalogue);
const plan = prepared.plan(1);

/** A handler at a node, and the state that it leaves. */
type Step = readonly [node: NodeId, handler: string, state: unknown];

/** How many features a run of these steps has that a run of those had not. */
function news(those: readonly Step[], these: readonly Step[]): number {
  const features = (steps: readonly Step[]): ReadonlySet<number> => {
    const site: Site = {
      scenario: prepared.scenario,
      source: planSource(prepared.scenario, catalogue),
      profile: () => {
        throw new Error("nobody asks for a profile");
      },
      dry: (_seed, _plan, scout) => {
        for (const [id, handler, state] of steps) {
          const inspected = <T>(read: (state: unknown) => T): T => {
            if (state instanceof Error) throw state;
            return read(state);
          };
          scout({ id, isClient: false }, handler, new Effects(), { atUs: 0, subject: undefined, inspected });
        }
      },
    };
    return featuresOf(site, 1, plan);
  };
  const known = features(those);
  return [...features(these)].filter((one) => !known.has(one)).length;
}

describe("what is new in a run", () => {
  const vote = "message RequestVote";
  const run = (state: unknown, handler = vote, id = "n1"): readonly Step[] => [
    [id, "start", state],
    [id, handler, state],
  ];

  it("is a message in another class of states than before, though it is answered as ever", () => {
    expect(news(run({ role: "follower" }), run({ role: "candidate" }))).toBe(1);
    expect(news(run({ votedFor: "n1" }), run({ votedFor: "n2" }))).toBe(1);
    expect(news(run({ term: 5, votedFor: "n3" }), run({ term: 9, votedFor: "n2" }))).toBe(0);
    expect(news(run({ votedFor: "n1" }), run({ votedFor: "n2" }, vote, "n2"))).toBe(0);
  });

  it("is the state that the handler finds, not the one that it leaves", () => {
    const end = (state: unknown): readonly Step[] => [...run({ role: "follower" }), ["n1", vote, state]];
    expect(news(end({ role: "follower" }), end({ role: "leader" }))).toBe(0);
    expect(news([...end({ role: "follower" }), ["n1", vote, {}]], [...end({ role: "leader" }), ["n1", vote, {}]])).toBe(1);
  });

  it("is, at a start, the state that has fallen", () => {
    const again = (state: unknown): readonly Step[] => [...run(state), ["n1", "start", {}]];
    const elsewhere = run({ role: "leader" }, vote, "n2");
    expect(news([...elsewhere, ...again({ role: "follower" })], [...elsewhere, ...again({ role: "leader" })])).toBe(1);
  });

  it("is no other id in the name of a timer, where states are concerned", () => {
    // The pair of handlers is another one, and nothing else.
    expect(news(run({}, "timer hold c1#7"), run({}, "timer hold c2#9"))).toBe(1);
    expect(news(run({}, "timer hold c1#7"), run({}, "timer lease c1#7"))).toBe(2);
  });

  it("does not need a state that can be looked at", () => {
    const fails = new Error("inspect() failed");
    expect(news(run(fails), run(new Error("for another reason")))).toBe(0);
    expect(news(run(fails), run({ role: "follower" }))).toBe(1);
  });
});
