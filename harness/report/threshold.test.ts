/** What a search for a threshold says at its head: a threshold only where there is one. */

import { describe, expect, it } from "vitest";
import { search } from "../run/threshold.ts";
import { type ThresholdReport, type Tried, thresholdSentences } from "./threshold.ts";

const s = 1_000_000;

function sentences(start: number, breaks: (value: number) => boolean): string[] {
  const tried: Tried[] = [];
  const searching = search({ start });
  let step = searching.next();
  while (!step.done) {
    const outcome = breaks(step.value) ? "fails" : "holds";
    tried.push({ value: step.value, outcome, runs: 20, told: outcome === "fails" ? "linearizable, seed 4" : "" });
    step = searching.next(outcome);
  }
  const amount: ThresholdReport["amount"] = { path: "nap.for", kind: "duration", sign: 1 };
  return thresholdSentences({ scenario: "x", amount, runs: 20, baseSeed: 1, threshold: step.value, tried });
}

describe("the head of a search for a threshold", () => {
  it("is the two ends, where everything below holds and everything above fails", () => {
    expect(sentences(3 * s, (value) => value > 5 * s)).toEqual([
      "nap.for: holds to 5s (20 runs), fails from 5.05s: linearizable, seed 4",
    ]);
  });

  it("says that it is none, where it holds again above; the least that broke it, and each value that does not fit", () => {
    const [head, ...notes] = sentences(3 * s, (value) => value > 5 * s && (value < 5.4 * s || value > 5.8 * s));
    expect(head).toBe(
      "no clear threshold of nap.for: it holds from 2.5s to 5s, fails from 5.05s to 5.25s, holds at 5.5s, fails from 6s to 10s; the smallest value that was seen to break it: 5.05s (linearizable, seed 4)",
    );
    expect(notes.every((note) => /^not monotone: 5\.5s, which is above, holds \(20 runs\); look closer/.test(note))).toBe(true);
    expect(notes).toHaveLength(1);
  });

  it("tells the most that broke it where too little breaks it, and no more turns than can be read", () => {
    const [head] = sentences(3 * s, (value) => value < s || (value > 1.05 * s && value < 1.15 * s));
    expect(head).toMatch(
      /^no clear threshold of nap\.for: it fails from .*; the largest value that was seen to break it: 1\.1\d?s /,
    );
    const [comb] = sentences(3 * s, (value) => value > 2 * s && Math.floor(value / 10_000) % 2 === 0);
    expect(comb!.split(", ").length).toBeLessThan(11);
  });
});
