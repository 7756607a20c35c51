/** The score of a scenario in words: in what order the gaps are read. */

import { describe, expect, it } from "vitest";
import type { Outcome, Score } from "../run/mutate.ts";
import { scoreLines, scoreMarkdown } from "./mutate.ts";

const outcome = (operator: Outcome["operator"], place: string, name = ""): Outcome => ({
  id: `${operator}${name === "" ? "" : `:${name}`}@${place}`,
  operator,
  name,
  places: [place],
  outcome: "survived",
  runs: 20,
  played: 20,
  differed: 3,
  executed: 20,
  mattered: 20,
});
const mutations = [
  outcome("no-timer", "code/a.ts:3", "tick"),
  outcome("no-sync", "code/a.ts:10"),
  outcome("no-reply", "code/a.ts:10", "ok"),
  outcome("older", "code/a.ts:9", "vote"),
  outcome("twice", "code/a.ts:9", "ask"),
  outcome("late-write", "code/b.ts:1", "log"),
];
const score: Score = {
  scenario: { file: "scenarios/mine.yaml", name: "mine" },
  protocol: "mine",
  baseSeed: 1,
  runs: 20,
  digest: "a",
  planned: mutations.length,
  mutations,
  neverExecuted: [],
};
const inOrder = ["older:vote", "no-sync", "late-write:log", "no-timer:tick", "twice:ask", "no-reply:ok"];

describe("survivors", () => {
  it("are told with what must outlive a crash first, then the rest, each by place", () => {
    const ids = (text: string): string[] => [...text.matchAll(/([\w:-]+)@code/g)].map(([, id]) => id!);
    expect(ids(scoreLines(score).join("\n"))).toEqual(inOrder);
    expect(ids(scoreMarkdown(score))).toEqual(inOrder);
  });
});
