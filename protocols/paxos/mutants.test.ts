/** The decision that each mutant gets wrong: a story, and what comes of it with the right node and with the wrong one. */

import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { type Make, proposal, Seat } from "./testing/seat.ts";

interface Difference {
  readonly mutant: string;
  readonly of: string;
  story(make?: Make): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const acceptor = (make?: Make): Seat => Seat.of("acceptor1", make);
const proposer = (make?: Make): Seat => Seat.of("proposer2", make);
const learner = (make?: Make): Seat => Seat.of("learner1", make);
const [a1, a2] = ["acceptor1", "acceptor2"] as const;
/** What was sent last, to whomever. */
const last = (seat: Seat): string =>
  seat
    .did()
    .at(-1)!
    .replace(/^\w+ <- /, "");

const differences: readonly Difference[] = [
  {
    mutant: "promise-not-persisted",
    of: "what it accepts after a restart",
    story: (make) => last(acceptor(make).prepared(5, "proposer2").restarted().accepts(4, 7)),
    right: "reject 4.proposer1, promised 5.proposer2",
    wrong: "accepted 4.proposer1 7",
  },
  {
    mutant: "acceptance-not-persisted",
    of: "what it reports after a restart",
    story: (make) => last(acceptor(make).accepts(1, 7).restarted().prepared(2)),
    right: "promise 2.proposer1, accepted 1.proposer1 7",
    wrong: "promise 2.proposer1",
  },
  {
    mutant: "tells-before-it-syncs",
    of: "whether a promise is durable before it is told",
    story: (make) => acceptor(make).prepared(1).did(),
    right: ["append ledger", "sync", "proposer1 <- promise 1.proposer1"],
    wrong: ["append ledger", "proposer1 <- promise 1.proposer1"],
  },
  {
    mutant: "accepts-below-its-promise",
    of: "whether a promise binds",
    story: (make) => last(acceptor(make).prepared(5, "proposer2").accepts(4, 7)),
    right: "reject 4.proposer1, promised 5.proposer2",
    wrong: "accepted 4.proposer1 7",
  },
  {
    mutant: "proposes-its-own",
    of: "what it proposes when something was reported",
    story: (make) => last(proposer(make).asks(7).promised(a1, 1).promised(a2, 1, proposal(4, 40))),
    right: "accept 1.proposer2 40",
    wrong: "accept 1.proposer2 7",
  },
  {
    mutant: "adopts-the-lowest",
    of: "what it proposes when two were reported",
    story: (make) => last(proposer(make).asks(7).promised(a1, 1, proposal(4, 40)).promised(a2, 1, proposal(3, 30))),
    right: "accept 1.proposer2 40",
    wrong: "accept 1.proposer2 30",
  },
  {
    mutant: "shared-numbers",
    of: "whose number it is",
    story: (make) => last(proposer(make).asks(7)),
    right: "prepare 1.proposer2",
    wrong: "prepare 1.anybody",
  },
  {
    mutant: "number-used-again",
    of: "which number it takes after a restart",
    story: (make) => last(proposer(make).asks(7).restarted().asks(7)),
    right: "prepare 2.proposer2",
    wrong: "prepare 1.proposer2",
  },
  {
    mutant: "half-is-a-quorum",
    of: "how many promises it waits for",
    story: (make) => last(proposer(make).asks(7).promised(a1, 1)),
    right: "prepare 1.proposer2",
    wrong: "accept 1.proposer2 7",
  },
  {
    mutant: "promises-counted-as-messages",
    of: "how often it counts a doubled promise",
    story: (make) => last(proposer(make).asks(7).promised(a1, 1).promised(a1, 1)),
    right: "prepare 1.proposer2",
    wrong: "accept 1.proposer2 7",
  },
  {
    mutant: "never-waits-longer",
    of: "how long it waits the third time",
    story(make) {
      const seat = proposer(make).asks(7).timerRings("retry d1", "d1").timerRings("retry d1", "d1");
      return seat.told().findLast((line) => line.startsWith("timer"));
    },
    right: "timer retry d1 400ms",
    wrong: "timer retry d1 100ms",
  },
  {
    mutant: "acceptances-counted-by-value",
    of: "whether one value under two numbers is chosen",
    story: (make) => learner(make).accepted(a1, 1, 7).accepted(a2, 2, 7).did().length,
    right: 0,
    wrong: 3,
  },
  {
    mutant: "acceptances-counted-as-messages",
    of: "whether a doubled acceptance is two",
    story: (make) => learner(make).accepted(a1, 1, 7).accepted(a1, 1, 7).did().length,
    right: 0,
    wrong: 3,
  },
];

describe.each(differences.map((difference) => [difference.mutant, difference] as const))("%s", (name, {
  of,
  story,
  right,
  wrong,
}) => {
  const { create } = mutants.find((mutant) => mutant.name === name)!;

  it(`differs from the right one in ${of}`, () => {
    expect(story()).toEqual(right);
    expect(story(create)).toEqual(wrong);
  });
});

it("every mutant has its story, here or, of the articles', in a file of their own", () => {
  const names = mutants.map(({ name }) => name).filter((name) => !name.startsWith("seed-article"));
  expect(differences.map(({ mutant }) => mutant)).toEqual(names);
});
