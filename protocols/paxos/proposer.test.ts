/** The proposer against §2.2, §2.4 and §2.5 of "Paxos Made Simple"; proposer2 is the one who presides. */

import { describe, expect, it } from "vitest";
import { proposal, Seat } from "./testing/seat.ts";

const proposer = (): Seat => Seat.of("proposer2");
const [a1, a2, a3] = ["acceptor1", "acceptor2", "acceptor3"] as const;
const toAll = (words: string): string[] => [a1, a2, a3].map((acceptor) => `${acceptor} <- ${words}`);

describe("phase 1(a)", () => {
  it("takes a number that is on its disk first, and asks all acceptors", () => {
    expect(proposer().asks(7).told()).toEqual([
      'fact requested {"decree":"d1","value":7}',
      "write tried d1",
      "sync",
      "timer retry d1 100ms",
      ...toAll("prepare 1.proposer2"),
    ]);
  });

  it("never takes a number twice, not even after a restart", () => {
    expect(proposer().asks(7).restarted().asks(8).did().slice(-3)).toEqual(toAll("prepare 2.proposer2"));
  });

  it("lets a second client of the same decree wait for the same proposal", () => {
    const seat = proposer().asks(7);
    seat.told();
    expect(seat.asks(8, 1, "c2").did()).toEqual([]);
    expect(seat.learned(7).did()).toEqual(["reply c1#1 7", "reply c2#1 7"]);
  });
});

describe("phase 2(a)", () => {
  it("waits for a majority of acceptors, and counts a doubled promise once", () => {
    const seat = proposer().asks(7).promised(a1, 1).promised(a1, 1);
    expect(seat.did().slice(-3)).toEqual(toAll("prepare 1.proposer2"));
    expect(seat.promised(a3, 1).told()).toEqual([
      'fact issued {"decree":"d1","ballot":{"round":1,"proposer":"proposer2"},"value":7}',
      ...toAll("accept 1.proposer2 7"),
    ]);
  });

  it("takes the value of the highest-numbered proposal that was reported, whoever reported it first", () => {
    for (const reports of [
      [proposal(3, 30), proposal(4, 40)],
      [proposal(4, 40), proposal(3, 30)],
      [null, proposal(4, 40)],
    ]) {
      const seat = proposer().asks(7).promised(a1, 1, reports[0]!).promised(a2, 1, reports[1]!);
      expect(seat.told()).toContain("sometimes recovered proposal");
      expect(seat.promised(a3, 1).did()).toEqual([]);
    }
    const seat = proposer().asks(7).promised(a1, 1, proposal(3, 30)).promised(a2, 1, proposal(4, 40));
    expect(seat.did().slice(-3)).toEqual(toAll("accept 1.proposer2 40"));
  });

  it("hears no promise of an earlier proposal, and issues a proposal once", () => {
    const seat = proposer().asks(7).timerRings("retry d1", "d1");
    seat.told();
    expect(seat.promised(a1, 1).promised(a2, 1).did()).toEqual([]);
    expect(seat.promised(a1, 2).promised(a2, 2).did()).toHaveLength(3);
    expect(seat.promised(a3, 2).did()).toEqual([]);
  });
});

describe("a refusal", () => {
  const other = { round: 6, proposer: "proposer1" };

  it("ends the attempt; the next one comes after a while, with a number above", () => {
    const seat = proposer().asks(7);
    seat.told();
    expect(seat.rejected(1, other).told()).toEqual(["sometimes dueling prepares", "timer retry d1 20ms"]);
    expect(seat.promised(a1, 1).promised(a2, 1).told()).toEqual([]);
    expect(seat.timerRings("retry d1", "d1").did().slice(-3)).toEqual(toAll("prepare 7.proposer2"));
  });

  it("makes it wait longer each time, up to a bound", () => {
    const seat = proposer().asks(7);
    const waits: string[] = [];
    for (let round = 1; round <= 7; round += 1) {
      seat.told();
      seat.rejected(round, { round, proposer: "proposer9" });
      waits.push(seat.told().at(-1)!);
      seat.timerRings("retry d1", "d1");
    }
    expect(waits.map((line) => line.split(" ").at(-1))).toEqual(["20ms", "40ms", "80ms", "160ms", "320ms", "320ms", "320ms"]);
  });

  it("that comes late, to an attempt of before, ends nothing", () => {
    const seat = proposer().asks(7).timerRings("retry d1", "d1");
    seat.told();
    expect(seat.rejected(1, other).told()).toEqual([]);
  });
});

describe("silence", () => {
  it("ends an attempt, too, and the next one gets more time", () => {
    const seat = proposer().asks(7);
    seat.told();
    expect(seat.timerRings("retry d1", "d1").told()).toEqual([
      "write tried d1",
      "sync",
      "timer retry d1 200ms",
      ...toAll("prepare 2.proposer2"),
    ]);
  });
});

describe("a decision", () => {
  it("is told to whoever waits, and to whoever asks later, without another proposal", () => {
    const seat = proposer().asks(7);
    seat.told();
    expect(seat.learned(5).told()).toEqual(["cancel retry d1", "sometimes somebody else's value was chosen", "reply c1#1 5"]);
    expect(seat.asks(9, 2).did()).toEqual(["reply c1#2 5"]);
    expect(seat.timerRings("retry d1", "d1").told()).toEqual([]);
  });
});

describe("the president", () => {
  it("is the last by name: others hand their clients over", () => {
    expect(Seat.of("proposer1").asks(7).did()).toEqual(["redirect c1#1 to proposer2"]);
  });

  it("is the next one when it was not heard for a while", () => {
    expect(Seat.of("proposer1").later(151).asks(7).did().slice(-3)).toEqual(toAll("prepare 1.proposer1"));
    const seat = Seat.of("proposer1").later(140).hears("proposer2", { type: "present" }).later(140);
    expect(seat.asks(7).did()).toEqual(["redirect c1#1 to proposer2"]);
  });

  it("hands over what it was at when a later name is heard again", () => {
    const seat = Seat.of("proposer1").later(151).asks(7).hears("proposer2", { type: "present" });
    seat.told();
    expect(seat.timerRings("retry d1", "d1").did()).toEqual(["redirect c1#1 to proposer2"]);
  });

  it("and all the others say at intervals that they are there", () => {
    expect(Seat.of("proposer1").timerRings("presence").told()).toEqual(["proposer2 <- present", "timer presence 40ms"]);
  });
});
