import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import type { Op } from "./messages.ts";
import { CoordinatorSeat } from "./testing/seat.ts";

const transfer: Op = { f: "transfer", from: "a1", to: "a2", amount: 30 };
const read: Op = { f: "read", accounts: ["a1", "a2"] };
const [one, two] = ["participant3", "participant1"] as const;

describe("the first phase", () => {
  it("logs the start, then asks whoever has a part in it", () => {
    expect(CoordinatorSeat.make().asks(transfer).told()).toEqual([
      "append started t1",
      "sync",
      "timer votes t1 150ms",
      `${one} <- prepare t1 a1-30`,
      `${two} <- prepare t1 a2+30`,
    ]);
  });

  it("asks one participant for both accounts where it holds both", () => {
    const told = CoordinatorSeat.make().asks({ f: "transfer", from: "a1", to: "a4", amount: 5 }).did();
    expect(told.slice(2)).toEqual([`${one} <- prepare t1 a1-5 a4+5`]);
  });

  it("waits for every vote, and counts a doubled one once", () => {
    const seat = CoordinatorSeat.make().asks(transfer);
    seat.told();
    expect(seat.votes("t1", true, one, one).told()).toEqual([]);
  });
});

describe("the second phase", () => {
  it("logs the commit, then tells it", () => {
    const seat = CoordinatorSeat.make().asks(transfer);
    seat.told();
    expect(seat.votes("t1", true, one, two).told()).toEqual([
      "cancel votes t1",
      "append committed t1",
      "sync",
      `fact decided {"txn":"t1","outcome":"commit","participants":["${one}","${two}"]}`,
      "timer re-send 100ms",
      `${one} <- commit t1`,
      `${two} <- commit t1`,
      "reply c1#1 true",
    ]);
  });

  it("puts a read together from all votes", () => {
    const seat = CoordinatorSeat.make().asks(read);
    seat.hears(one, { type: "vote", txn: "t1", yes: true, read: { a1: 70 } });
    seat.hears(two, { type: "vote", txn: "t1", yes: true, read: { a2: 130 } });
    expect(seat.did().at(-1)).toBe('reply c1#1 {"a1":70,"a2":130}');
  });

  it("aborts on the first no, forces nothing, and takes no votes any more", () => {
    const seat = CoordinatorSeat.make().asks(transfer);
    seat.told();
    expect(seat.votes("t1", false, two).did()).toEqual([
      "append aborted t1",
      `${one} <- abort t1`,
      `${two} <- abort t1`,
      "reply c1#1 false",
    ]);
    expect(seat.votes("t1", true, one, two).told()).toEqual([]);
  });

  it("aborts when a vote is missing, and a read that was aborted is a failure", () => {
    const seat = CoordinatorSeat.make().asks(read).votes("t1", true, one);
    seat.told();
    expect(seat.timerRings("votes t1", "t1").did().at(-1)).toBe("fail c1#1: not everybody voted in time");
  });

  it("tells a commit again until everybody has acknowledged it, and then forgets it", () => {
    const seat = CoordinatorSeat.make().asks(transfer).votes("t1", true, one, two);
    seat.hears(one, { type: "ack", txn: "t1" });
    seat.told();
    expect(seat.timerRings("re-send").told()).toEqual([
      "sometimes decision re-sent",
      `${two} <- commit t1`,
      "timer re-send 100ms",
    ]);
    expect(seat.hears(two, { type: "ack", txn: "t1" }).told()).toEqual(["append end t1"]);
    expect(seat.timerRings("re-send").told()).toEqual([]);
  });
});

describe("a request that is sent again", () => {
  it("is the same transaction while that is open, and gets the same answer afterwards", () => {
    const seat = CoordinatorSeat.make().asks(transfer);
    seat.told();
    expect(seat.asks(transfer).told()).toEqual([]);
    seat.votes("t1", true, one, two);
    seat.told();
    expect(seat.asks(transfer).did()).toEqual(["reply c1#1 true"]);
  });

  it("gets it from the next incarnation, too", () => {
    const seat = CoordinatorSeat.make().asks(transfer).votes("t1", true, one, two).asks(transfer, 1, "c2").restarted();
    seat.told();
    expect(seat.asks(transfer).did()).toEqual(["reply c1#1 true"]);
    expect(seat.asks(transfer, 1, "c2").did()).toEqual(["reply c2#1 false"]);
  });

  it("is not heard when its client has asked something else since", () => {
    const seat = CoordinatorSeat.make().asks(transfer, 2);
    seat.told();
    expect(seat.asks(transfer, 1).told()).toEqual([]);
  });
});

describe("one in doubt is told", () => {
  const seat = CoordinatorSeat.make().asks(transfer);
  const told = (): string[] => {
    seat.told();
    return seat.hears(one, { type: "inquire", txn: "t1" }).did();
  };

  it("nothing while votes are coming in, and the outcome afterwards", () => {
    expect(told()).toEqual([]);
    seat.votes("t1", true, one, two);
    expect(told()).toEqual([`${one} <- commit t1`]);
  });

  it("abort when nothing is known", () => {
    expect(CoordinatorSeat.make().hears(one, { type: "inquire", txn: "t9" }).told()).toEqual([
      "sometimes abort presumed",
      `${one} <- abort t9`,
    ]);
  });
});

describe("after a restart", () => {
  it("what was started is aborted, what was committed is told again, what was acknowledged is over", () => {
    const seat = CoordinatorSeat.make().asks(transfer).votes("t1", true, one, two);
    for (const participant of [one, two]) seat.hears(participant, { type: "ack", txn: "t1" });
    seat.asks(transfer, 2).votes("t2", true, one, two).asks(transfer, 3);
    expect(seat.restarted().told()).toEqual([
      'fact recovered {"prepared":[],"committed":["t1","t2"],"aborted":[]}',
      "sometimes aborted at recovery",
      "append aborted t3",
      'fact decided {"txn":"t3","outcome":"abort","participants":[]}',
      `${one} <- abort t3`,
      `${two} <- abort t3`,
      "sometimes decision re-sent",
      `${one} <- commit t2`,
      `${two} <- commit t2`,
      "timer re-send 100ms",
    ]);
  });

  it("no number is given twice", () => {
    const seat = CoordinatorSeat.make().asks(transfer).restarted().asks(transfer, 2);
    expect(seat.told()).toContain("append started t2");
  });

  it("what a crash has torn goes, and what stands behind it", () => {
    const seat = CoordinatorSeat.make().asks(transfer).asks(transfer, 1, "c2").asks(transfer, 1, "c3");
    seat.disk.entries[1] = TORN;
    expect(seat.restarted().told().slice(0, 3)).toEqual([
      "truncate 1",
      "sync",
      'fact recovered {"prepared":[],"committed":[],"aborted":[]}',
    ]);
  });
});
