/** Which failures are one bug: looks that leave out what differs from seed to seed, and stories that are the same. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { runHere } from "./here.ts";
import { type Kind, kindOf } from "./part.ts";
import type { Failure, Run, Violation } from "./run.ts";
import { distinctBugs, look, lookKey, seedsOf, worthTelling } from "./signature.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const violation = (sentence: string, check = "election safety"): Violation => ({ family: "invariant", check, sentence, atUs: 1 });

describe("the look of a failure", () => {
  it("leaves out nodes, numbers, times and values", () => {
    const [a, b] = [
      violation('n3 was elected leader of term 2, which had elected n1 already, with {"x":1} after 3.5ms (raft.ts:12)'),
      violation('n12 was elected leader of term 77, which had elected n4 already, with {"y":[2]} after 812ms (raft.ts:13)'),
    ];
    expect(look(a!)).toBe(
      "invariant/election safety: n# was elected leader of term #, which had elected n# already, with . after #",
    );
    expect(lookKey(a!)).toBe(lookKey(b!));
  });

  it("takes a list for one of what it lists", () => {
    expect(look(violation("n1, n2 and n3 agree"))).toBe(look(violation("n1 and n5 agree")));
  });

  it("takes all that is not repeatable for one bug, whichever event of a run differs first", () => {
    const [a, b] = ["4e627c9c594fb161", "efd6f02ec3f1ad4f"].map((digest) =>
      violation(`seed 1 gave the digest ${digest}; they part at event 9: send at n1, and then timer at n2`, "determinism"),
    );
    expect(lookKey(a!)).toBe(lookKey(b!));
  });

  it("tells different sentences and different checks apart", () => {
    expect(lookKey(violation("n1 lost entry 3"))).not.toBe(lookKey(violation("n1 was elected twice")));
    expect(lookKey(violation("n1 lost entry 3"))).not.toBe(lookKey(violation("n1 lost entry 3", "log matching")));
  });

  it("has no more than so many names for one check, whatever sentences say", () => {
    const names = Array.from({ length: 5_000 }, (_, i) =>
      lookKey(violation(`reason ${"abcdefghij"[i % 10]}${"x".repeat(i % 500)}`)),
    );
    expect(new Set(names).size).toBeLessThanOrEqual(64);
  });
});

describe("bugs", () => {
  const failure = (seed: number, signature: string, otherSeeds: number[], moreSeeds?: number): Failure =>
    ({ seed, signature, otherSeeds, ...(moreSeeds === undefined ? {} : { moreSeeds }) }) as unknown as Failure;

  it("are told once, by the lowest seed, with all seeds that show them", () => {
    const bugs = distinctBugs([failure(1, "a", [4]), failure(2, "b", []), failure(3, "a", [5, 6], 10)]);
    expect(bugs.map(({ seed, otherSeeds, moreSeeds }) => [seed, otherSeeds, moreSeeds])).toEqual([
      [1, [3, 4, 5, 6], 10],
      [2, [], undefined],
    ]);
    expect(bugs.map(seedsOf)).toEqual([15, 1]);
  });

  it("are looked for in the first looks of a check; the other seeds are counted to the first", () => {
    const kinds = new Map(
      Array.from({ length: 20 }, (_, i): [string, Kind] => [
        `${i}`,
        { first: { seed: i + 1, violation: violation("v") } as unknown as Run, others: [], count: 1 },
      ]),
    );
    const told = worthTelling(kinds);
    expect(told.map(({ first }) => first.seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(told[0]!.count).toBe(9);
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  });

  it("of a campaign: dozens of failing seeds of one mutant collapse", () => {
    const text = `
protocol: paxos
mutant: promise-not-persisted
nodes: { proposer: 2, acceptor: 3, learner: 1 }
clients: 2
workload: { propose: { operations: 20, within: 2s, decisions: 4 } }
faults:
  - { crash: acceptor, every: 10ms..30ms, back-after: 1ms..5ms }
runs: 40
`;
    const campaign = runHere(loadScenario(text, "many.yaml", catalogue), catalogue);
    expect(campaign.invalid).toBeGreaterThan(20);
    expect(new Set(campaign.failures.map(({ violation: found }) => kindOf(found)))).toEqual(new Set(["invariant/promises bind"]));
    expect(campaign.failures.length).toBeLessThanOrEqual(2);
    expect(campaign.failures.reduce((sum, one) => sum + seedsOf(one), 0)).toBe(campaign.invalid);
  });
});
