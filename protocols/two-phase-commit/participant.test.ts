import { describe, expect, it } from "vitest";
import { ParticipantSeat } from "./testing/seat.ts";

const seat = (): ParticipantSeat => ParticipantSeat.make();
const debit = (amount: number): { changes: { a2: number } } => ({ changes: { a2: -amount } });

describe("the vote", () => {
  it("is on the log before it is told", () => {
    expect(seat().isAsked("t1", debit(30)).told()).toEqual([
      "append prepared t1",
      "sync",
      'fact prepared {"txn":"t1","changes":{"a2":-30}}',
      "timer in doubt t1 200ms",
      "coordinator <- vote t1 yes",
    ]);
  });

  it("carries what was read", () => {
    expect(
      seat()
        .isAsked("t1", { reads: ["a2", "a5"] })
        .did()
        .at(-1),
    ).toBe("coordinator <- vote t1 yes a2=100 a5=100");
  });

  it("is no without the funds, and no is an abort that need not be forced", () => {
    expect(seat().isAsked("t1", debit(101)).told()).toEqual([
      "append aborted t1",
      "sometimes vote no",
      "coordinator <- vote t1 no",
    ]);
  });

  it.each([
    ["changes what another changes", debit(1), debit(1), "no"],
    ["changes what another reads", { reads: ["a2"] }, debit(1), "no"],
    ["reads what another changes", debit(1), { reads: ["a2"] }, "no"],
    ["reads what another reads", { reads: ["a2"] }, { reads: ["a2"] }, "yes a2=100"],
    ["touches other accounts", debit(1), { changes: { a5: 1 } }, "yes"],
  ])("of one that %s", (_what, holder, other, vote) => {
    expect(seat().isAsked("t1", holder).isAsked("t2", other).did().at(-1)).toBe(`coordinator <- vote t2 ${vote}`);
  });

  it("is the same when asked again, and none after the commit", () => {
    const one = seat().isAsked("t1", debit(30));
    one.told();
    expect(one.isAsked("t1", debit(30)).told()).toEqual(["coordinator <- vote t1 yes"]);
    one.isTold("commit", "t1").told();
    expect(one.isAsked("t1", debit(30)).told()).toEqual([]);
  });

  it("is no when the abort came first", () => {
    expect(seat().isTold("abort", "t1").isAsked("t1", debit(30)).did().at(-1)).toBe("coordinator <- vote t1 no");
  });
});

describe("the outcome", () => {
  it("is a commit that is on the log before it is acknowledged, and frees the accounts", () => {
    const one = seat().isAsked("t1", debit(30));
    one.told();
    expect(one.isTold("commit", "t1").told()).toEqual([
      "append committed t1",
      "sync",
      'fact committed {"txn":"t1"}',
      "coordinator <- ack t1",
    ]);
    expect(
      one
        .isAsked("t2", { reads: ["a2"] })
        .did()
        .at(-1),
    ).toBe("coordinator <- vote t2 yes a2=70");
  });

  it("is acknowledged again, and not done again", () => {
    const one = seat().isAsked("t1", debit(30)).isTold("commit", "t1");
    one.told();
    expect(one.isTold("commit", "t1").told()).toEqual(["coordinator <- ack t1"]);
  });

  it("is an abort that changes nothing and need not be forced", () => {
    const one = seat().isAsked("t1", debit(30));
    one.told();
    expect(one.isTold("abort", "t1").told()).toEqual(["append aborted t1", 'fact aborted {"txn":"t1"}']);
    expect(
      one
        .isAsked("t2", { reads: ["a2"] })
        .did()
        .at(-1),
    ).toBe("coordinator <- vote t2 yes a2=100");
  });

  it("stays what it was, whatever comes late", () => {
    const one = seat().isAsked("t1", debit(30)).isTold("commit", "t1");
    one.told();
    expect(one.isTold("abort", "t1").told()).toEqual([]);
  });
});

describe("one in doubt", () => {
  it("asks the coordinator and the other participants, again and again", () => {
    const one = seat().isAsked("t1", debit(30));
    one.told();
    for (let again = 0; again < 2; again += 1) {
      expect(one.timerRings("in doubt t1", "t1").told()).toEqual([
        "sometimes in-doubt participant",
        "coordinator <- inquire t1",
        "participant2 <- inquire t1",
        "timer in doubt t1 200ms",
      ]);
    }
  });

  it("asks the coordinator alone when it is told not to ask the others", () => {
    const one = ParticipantSeat.make(undefined, { cooperative: false }).isAsked("t1", debit(30));
    one.told();
    expect(one.timerRings("in doubt t1", "t1").did()).toEqual(["coordinator <- inquire t1"]);
  });

  it("states for how long it may be, if there is a limit", () => {
    const one = ParticipantSeat.make(undefined, { "in-doubt-limit": 900 }).isAsked("t1", debit(30));
    expect(one.told()).toContain('fact prepared {"txn":"t1","changes":{"a2":-30},"limitMs":900}');
  });

  it("is still in doubt after a restart, and keeps its accounts locked", () => {
    const one = seat().isAsked("t1", debit(30)).restarted();
    expect(one.told().filter((line) => !line.startsWith("sometimes"))).toEqual([
      'fact recovered {"prepared":["t1"],"committed":[],"aborted":[]}',
      "coordinator <- inquire t1",
      "participant2 <- inquire t1",
      "timer in doubt t1 200ms",
    ]);
    expect(one.isAsked("t2", debit(1)).did().at(-1)).toBe("coordinator <- vote t2 no");
  });

  it("takes the word of another participant, and asks no more", () => {
    const one = seat().isAsked("t1", debit(30));
    one.told();
    expect(one.isTold("commit", "t1", "participant2").told()[0]).toBe("sometimes outcome learned from another participant");
    expect(one.timerRings("in doubt t1", "t1").told()).toEqual([]);
  });
});

describe("asked by one in doubt", () => {
  const asked = (one: ParticipantSeat): string[] => {
    one.told();
    return one.hears("participant2", { type: "inquire", txn: "t1" }).did();
  };

  it("tells the outcome that it knows", () => {
    expect(asked(seat().isAsked("t1", debit(30)).isTold("commit", "t1"))).toEqual(["participant2 <- commit t1"]);
  });

  it("forces an abort before it tells it, whether it has voted no, was told, or was not asked yet", () => {
    expect(asked(seat().isAsked("t1", debit(101)))).toEqual(["sync", "participant2 <- abort t1"]);
    expect(asked(seat().isAsked("t1", debit(30)).isTold("abort", "t1"))).toEqual(["sync", "participant2 <- abort t1"]);
    expect(asked(seat())).toEqual(["append aborted t1", "sync", "participant2 <- abort t1"]);
  });

  it("says nothing when it is in doubt itself", () => {
    expect(asked(seat().isAsked("t1", debit(30)))).toEqual([]);
  });

  it("aborts what it has not voted on, for good", () => {
    const one = seat();
    asked(one);
    expect(one.restarted().isAsked("t1", debit(30)).did().at(-1)).toBe("coordinator <- vote t1 no");
  });
});

it("a restart brings back every balance", () => {
  const one = seat().isAsked("t1", debit(30)).isTold("commit", "t1").isAsked("t2", debit(10)).isTold("abort", "t2");
  expect(
    one
      .restarted()
      .isAsked("t3", { reads: ["a2"] })
      .did()
      .at(-1),
  ).toBe("coordinator <- vote t3 yes a2=70");
});
