/** What the articles' classes do, line by line, when two clients ask two of them. */

import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { Seat } from "./testing/seat.ts";

const [a1, a2, a3] = ["acceptor1", "acceptor2", "acceptor3"] as const;

/** A node of the article's. */
function seat(article: string, id: string): Seat {
  return Seat.of(id, mutants.find(({ name }) => name === article)!.create);
}

describe("the acceptor that they have in common", () => {
  it("takes whatever comes, in any order, and keeps nothing on its disk", () => {
    const acceptor = seat("seed-article", a1).accepts(5, 7, "proposer2").accepts(1, 8);
    expect(acceptor.did()).toEqual(["proposer2 <- accepted 5.proposer2 7", "proposer1 <- accepted 1.proposer1 8"]);
    expect(acceptor.restarted().told()).toEqual([]);
  });
});

describe("seed-article", () => {
  it("proposes at once, and has decided when more than half of the nodes have its value", () => {
    const proposer = seat("seed-article", "proposer1").asks(7).accepted(a1, 1, 7);
    expect(proposer.did()).toEqual([a1, a2, a3].map((acceptor) => `${acceptor} <- accept 1.proposer1 7`));
    expect(proposer.accepted(a2, 1, 7).did()).toEqual(["reply c1#1 7"]);
  });

  it("decides something else at the next proposer, to which the same nodes say yes again", () => {
    expect(seat("seed-article", "proposer2").asks(8).accepted(a1, 1, 8).accepted(a2, 1, 8).did().at(-1)).toBe("reply c1#1 8");
  });

  it("answers ever after with the first of what it has accepted", () => {
    const proposer = seat("seed-article", "proposer1").asks(7).accepted(a1, 1, 7).accepted(a2, 1, 7).asks(8, 2);
    proposer.told();
    expect(proposer.accepted(a1, 2, 8).did()).toEqual(["reply c1#2 7"]);
  });
});

describe("seed-article-2", () => {
  it("has learned its own value as soon as one node has accepted it", () => {
    expect(seat("seed-article-2", "proposer1").asks(7).accepted(a3, 1, 7).did().at(-1)).toBe("reply c1#1 7");
  });
});

describe("seed-article-3", () => {
  it("has decided nothing when all nodes have accepted: a number is not in a list of pairs", () => {
    const proposer = seat("seed-article-3", "proposer1").asks(7);
    proposer.told();
    expect(proposer.accepted(a1, 1, 7).accepted(a2, 1, 7).accepted(a3, 1, 7).told()).toEqual([]);
  });
});
