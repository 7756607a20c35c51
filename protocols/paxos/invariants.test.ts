/** Each monitor on stories that it must accept and stories that it must refuse. */

import { describe, expect, it } from "vitest";
import type { Invariant, Monitor } from "../../harness/protocol.ts";
import {
  agreement,
  chosenBinds,
  invariants,
  learnedIsChosen,
  numbersAreUnique,
  president,
  promisesBind,
  validity,
} from "./invariants.ts";

/** [node, fact, data], or [node, "crash" | "restart" | "wipe"]. */
type Step = readonly [node: string, what: string, data?: object];

const nodes = ["proposer1", "proposer2", "acceptor1", "acceptor2", "acceptor3", "learner1"];
const cluster = { nodes, spares: [], role: (node: string) => node.replace(/\d+$/, "") };
const [a1, a2, a3] = ["acceptor1", "acceptor2", "acceptor3"] as const;

function tell(monitor: Monitor, steps: readonly Step[]): void {
  for (const [i, [node, what, data]] of steps.entries()) {
    if (what === "crash") monitor.onCrash?.(node);
    else if (what === "restart") monitor.onRestart?.(node);
    else if (what === "wipe") monitor.onWipe?.(node);
    else monitor.facts?.[what]?.((data ?? {}) as never, { node, atMs: i });
  }
}

/** What the invariant says against this story; empty when it accepts it. */
function judged(invariant: Invariant, ...steps: Step[]): string[] {
  const sentences: string[] = [];
  tell(
    invariant.monitor(cluster, (sentence) => sentences.push(sentence)),
    steps,
  );
  return sentences;
}

const ballot = (round: number) => ({ round, proposer: "proposer1" });
const requested = (value: number, decree = "d1"): Step => ["proposer1", "requested", { decree, value }];
const issued = (round: number, value: number, node = "proposer1"): Step => [
  node,
  "issued",
  { decree: "d1", ballot: ballot(round), value },
];
const promised = (node: string, round: number): Step => [node, "promised", { decree: "d1", ballot: ballot(round) }];
const accepted = (node: string, round: number, value: number, decree = "d1"): Step => [
  node,
  "accepted",
  { decree, ballot: ballot(round), value },
];
const learned = (value: number): Step => ["learner1", "learned", { decree: "d1", ballot: ballot(1), value }];
const recovered = (node: string, round: number, proposal: readonly [round: number, value: number] | null = null): Step => [
  node,
  "recovered",
  {
    votes: [
      {
        decree: "d1",
        promised: ballot(round),
        accepted: proposal === null ? null : { ballot: ballot(proposal[0]), value: proposal[1] },
      },
    ],
  },
];
const chosen = (round: number, value: number, decree = "d1"): Step[] => [
  accepted(a1, round, value, decree),
  accepted(a2, round, value, decree),
];

describe("validity", () => {
  it("accepts what some client had asked for, and refuses what nobody had", () => {
    expect(judged(validity, requested(7), requested(8), ...chosen(1, 8))).toEqual([]);
    expect(judged(validity, requested(7), ...chosen(1, 8))).toEqual([
      "proposal 1.proposer1 for 8 was chosen on d1, and no client had proposed 8.",
    ]);
    expect(judged(validity, requested(8, "d2"), ...chosen(1, 8))).toHaveLength(1);
  });

  it("asks for nothing before a majority has accepted it", () => {
    expect(judged(validity, accepted(a1, 1, 8), accepted(a1, 1, 8))).toEqual([]);
  });
});

describe("agreement", () => {
  it("accepts one value chosen under several numbers, and others on other decrees", () => {
    expect(judged(agreement, ...chosen(1, 7), accepted(a3, 2, 7), accepted(a2, 2, 7), ...chosen(1, 8, "d2"))).toEqual([]);
  });

  it("accepts acceptances without a majority, of one value under two numbers as well", () => {
    expect(judged(agreement, ...chosen(2, 7), accepted(a3, 1, 8))).toEqual([]);
    expect(judged(agreement, accepted(a1, 1, 8), accepted(a2, 2, 8), ...chosen(3, 7))).toEqual([]);
  });

  it("refuses a second value", () => {
    expect(judged(agreement, ...chosen(1, 7), accepted(a2, 2, 8), accepted(a3, 2, 8))).toEqual([
      "on d1 proposal 1.proposer1 for 7 was chosen, and then proposal 2.proposer1 for 8.",
    ]);
  });

  it("hears also of an acceptance whose fact a crash had swallowed", () => {
    expect(judged(agreement, ...chosen(1, 7), accepted(a3, 2, 8), recovered(a2, 2, [2, 8]))).toHaveLength(1);
  });
});

describe("learned is chosen", () => {
  it("accepts what a majority has accepted, and refuses what one acceptor has", () => {
    expect(judged(learnedIsChosen, ...chosen(1, 7), learned(7))).toEqual([]);
    expect(judged(learnedIsChosen, accepted(a1, 1, 7), learned(7))).toEqual([
      "learner1 learned 7 on d1, from proposal 1.proposer1, and no majority has accepted 7.",
    ]);
  });
});

describe("promises bind", () => {
  it("accepts numbers that grow, and a restart that remembers", () => {
    const steps = [promised(a1, 1), accepted(a1, 1, 7), promised(a1, 4), recovered(a1, 4, [1, 7]), accepted(a1, 4, 7)];
    expect(judged(promisesBind, ...steps)).toEqual([]);
  });

  it("accepts a restart that remembers more than was heard: the crash fell before the fact", () => {
    expect(judged(promisesBind, promised(a1, 1), recovered(a1, 5), accepted(a1, 5, 7))).toEqual([]);
  });

  it("refuses an acceptance below the promise", () => {
    expect(judged(promisesBind, promised(a1, 4), accepted(a1, 1, 7))).toEqual([
      "acceptor1 accepted proposal 1.proposer1 on d1, and had promised 4.proposer1.",
    ]);
  });

  it("refuses a restart that has forgotten, unless the disk was emptied", () => {
    const nothing: Step = [a1, "recovered", { votes: [] }];
    expect(judged(promisesBind, promised(a1, 4), recovered(a1, 1))).toEqual([
      "acceptor1 had promised 4.proposer1 on d1, and only 1.proposer1 is in its ledger after a restart.",
    ]);
    expect(judged(promisesBind, promised(a1, 4), nothing)).toEqual([
      "acceptor1 had promised 4.proposer1 on d1, and nothing is in its ledger after a restart.",
    ]);
    expect(judged(promisesBind, promised(a1, 4), [a1, "wipe"], nothing)).toEqual([]);
  });
});

describe("numbers are unique", () => {
  it("accepts a proposal that is issued again, and refuses another one under its number", () => {
    expect(judged(numbersAreUnique, issued(1, 7), issued(1, 7), issued(2, 8))).toEqual([]);
    expect(judged(numbersAreUnique, issued(1, 7), issued(1, 8, "proposer2"))).toEqual([
      "on d1 proposal 1.proposer1 was for 7 when proposer1 issued it, and for 8 when proposer2 did.",
    ]);
  });
});

describe("chosen binds", () => {
  it("accepts higher proposals for the same value, and lower ones for any", () => {
    expect(judged(chosenBinds, issued(1, 8), issued(3, 7), ...chosen(3, 7), issued(5, 7))).toEqual([]);
  });

  it("refuses a higher one for another value, also when it was issued before the lower one was chosen", () => {
    const sentence = "on d1 proposal 3.proposer1 for 7 was chosen, and the higher-numbered 5.proposer1 was issued for 8.";
    expect(judged(chosenBinds, ...chosen(3, 7), issued(5, 8))).toEqual([sentence]);
    expect(judged(chosenBinds, issued(5, 8), ...chosen(3, 7))).toEqual([sentence]);
  });

  it("goes by the lowest that was chosen, also when it is heard of last", () => {
    expect(judged(chosenBinds, ...chosen(5, 7), issued(4, 8), ...chosen(3, 7))).toHaveLength(1);
  });
});

describe("the selector president", () => {
  it("is the last by name of those that are up", () => {
    const selector = president.track(cluster);
    expect(selector.current()).toBe("proposer2");
    tell(selector, [["proposer2", "crash"]]);
    expect(selector.current()).toBe("proposer1");
    tell(selector, [["proposer1", "crash"]]);
    expect(selector.current()).toBeUndefined();
    tell(selector, [
      ["acceptor1", "restart"],
      ["proposer2", "restart"],
    ]);
    expect(selector.current()).toBe("proposer2");
  });
});

it("the invariants are those of §2.1 and §2.2", () => {
  expect(invariants.map(({ name }) => name)).toEqual([
    "validity",
    "agreement",
    "learned is chosen",
    "promises bind",
    "numbers are unique",
    "chosen binds",
  ]);
});
