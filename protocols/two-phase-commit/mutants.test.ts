import { describe, expect, it } from "vitest";
import type { Op } from "./messages.ts";
import { mutants } from "./mutants.ts";
import { CoordinatorSeat, type Make, ParticipantSeat } from "./testing/seat.ts";

/** The decision that a mutant gets wrong: a story, and what comes of it with the right node and with the wrong one. */
interface Difference {
  readonly mutant: string;
  readonly of: string;
  story(make?: Make): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const transfer: Op = { f: "transfer", from: "a1", to: "a2", amount: 30 };
const [one, two] = ["participant3", "participant1"] as const;
const debit = { changes: { a2: -30 } };
const ack = { type: "ack", txn: "t1" } as const;
const inquire = { type: "inquire", txn: "t1" } as const;

const differences: readonly Difference[] = [
  {
    mutant: "tells-before-it-logs",
    of: "whether a commit is on the log before it is told",
    story: (make) => CoordinatorSeat.make(make).asks(transfer).votes("t1", true, one, two).did().slice(4),
    right: ["append committed t1", "sync", `${one} <- commit t1`, `${two} <- commit t1`, "reply c1#1 true"],
    wrong: [`${one} <- commit t1`, `${two} <- commit t1`, "reply c1#1 true", "append committed t1", "sync"],
  },
  {
    mutant: "aborts-in-doubt",
    of: "what it does when it has heard nothing for a while",
    story(make) {
      const seat = ParticipantSeat.make(make).isAsked("t1", debit);
      seat.told();
      return seat.timerRings("in doubt t1", "t1").did();
    },
    right: ["coordinator <- inquire t1", "participant2 <- inquire t1"],
    wrong: ["append aborted t1", "sync"],
  },
  {
    mutant: "prepared-in-memory",
    of: "whether a yes is on the log",
    story: (make) => ParticipantSeat.make(make).isAsked("t1", debit).did(),
    right: ["append prepared t1", "sync", "coordinator <- vote t1 yes"],
    wrong: ["coordinator <- vote t1 yes"],
  },
  {
    mutant: "never-inquires",
    of: "whether it asks what became of its vote",
    story(make) {
      const seat = ParticipantSeat.make(make).isAsked("t1", debit);
      seat.told();
      return seat.timerRings("in doubt t1", "t1").did();
    },
    right: ["coordinator <- inquire t1", "participant2 <- inquire t1"],
    wrong: [],
  },
  {
    mutant: "asks-only-who-pays",
    of: "whether it waits for the vote of who gets the money",
    story(make) {
      const seat = CoordinatorSeat.make(make).asks(transfer);
      seat.told();
      return seat.votes("t1", true, one).did().at(-1);
    },
    right: undefined,
    wrong: "reply c1#1 true",
  },
  {
    mutant: "executes-retries",
    of: "what a request does that is sent again",
    story(make) {
      const seat = CoordinatorSeat.make(make).asks(transfer);
      seat.told();
      return seat.asks(transfer).did();
    },
    right: [],
    wrong: ["append started t2", "sync", `${one} <- prepare t2 a1-30`, `${two} <- prepare t2 a2+30`],
  },
  {
    mutant: "counts-messages",
    of: "whether a doubled yes is two",
    story: (make) => CoordinatorSeat.make(make).asks(transfer).votes("t1", true, one, one).did().slice(4),
    right: [],
    wrong: ["append committed t1", "sync", `${one} <- commit t1`, `${two} <- commit t1`, "reply c1#1 true"],
  },
  {
    mutant: "forgets-once-told",
    of: "what it tells one who has not acknowledged",
    story: (make) =>
      CoordinatorSeat.make(make).asks(transfer).votes("t1", true, one, two).hears(two, ack).hears(one, inquire).did().at(-1),
    right: `${one} <- commit t1`,
    wrong: `${one} <- abort t1`,
  },
  {
    mutant: "presumes-too-early",
    of: "what it tells while votes are coming in",
    story(make) {
      const seat = CoordinatorSeat.make(make).asks(transfer);
      seat.told();
      return seat.hears(one, inquire).did();
    },
    right: [],
    wrong: [`${one} <- abort t1`],
  },
  {
    mutant: "starts-unforced",
    of: "whether the start is durable before votes are asked for",
    story: (make) => CoordinatorSeat.make(make).asks(transfer).did().slice(0, 2),
    right: ["append started t1", "sync"],
    wrong: ["append started t1", `${one} <- prepare t1 a1-30`],
  },
  {
    mutant: "unlocks-when-voted",
    of: "whether two may spend the same money",
    story: (make) =>
      ParticipantSeat.make(make)
        .isAsked("t1", { changes: { a2: -60 } })
        .isAsked("t2", { changes: { a2: -60 } })
        .did()
        .at(-1),
    right: "coordinator <- vote t2 no",
    wrong: "coordinator <- vote t2 yes",
  },
  {
    mutant: "reads-unlock-when-voted",
    of: "whether an account may be changed under a read",
    story: (make) =>
      ParticipantSeat.make(make)
        .isAsked("t1", { reads: ["a2"] })
        .isAsked("t2", debit)
        .did()
        .at(-1),
    right: "coordinator <- vote t2 no",
    wrong: "coordinator <- vote t2 yes",
  },
  {
    mutant: "acknowledges-before-it-logs",
    of: "whether a commit is on the log before it is acknowledged",
    story: (make) => ParticipantSeat.make(make).isAsked("t1", debit).isTold("commit", "t1").did().slice(3),
    right: ["append committed t1", "sync", "coordinator <- ack t1"],
    wrong: ["coordinator <- ack t1", "append committed t1", "sync"],
  },
  {
    mutant: "says-abort-without-aborting",
    of: "how it votes on what it has told another to abort",
    story: (make) => ParticipantSeat.make(make).hears("participant2", inquire).isAsked("t1", debit).did().at(-1),
    right: "coordinator <- vote t1 no",
    wrong: "coordinator <- vote t1 yes",
  },
  {
    mutant: "tells-abort-unforced",
    of: "whether an abort is on disk before another participant is told",
    story: (make) => ParticipantSeat.make(make).hears("participant2", inquire).did(),
    right: ["append aborted t1", "sync", "participant2 <- abort t1"],
    wrong: ["append aborted t1", "participant2 <- abort t1"],
  },
  {
    mutant: "takes-promises-for-decisions",
    of: "what one in doubt tells another",
    story(make) {
      const seat = ParticipantSeat.make(make).isAsked("t1", debit);
      seat.told();
      return seat.hears("participant2", inquire).did();
    },
    right: [],
    wrong: ["participant2 <- commit t1"],
  },
];

describe.each(differences)("$mutant", ({ mutant, of, story, right, wrong }) => {
  it(`differs in ${of}`, () => {
    const { create } = mutants.find(({ name }) => name === mutant)!;
    expect(story()).toEqual(right);
    expect(story(create)).toEqual(wrong);
  });
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual(differences.map(({ mutant }) => mutant));
});
