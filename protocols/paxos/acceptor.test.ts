/** The acceptor against §2.2 of "Paxos Made Simple". */

import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import { Seat } from "./testing/seat.ts";

const acceptor = (): Seat => Seat.of("acceptor1");

describe("phase 1(b)", () => {
  it("promises what is higher than all before, and has it on its disk before it says so", () => {
    expect(acceptor().prepared(1).told()).toEqual([
      "append ledger",
      "sync",
      'fact promised {"decree":"d1","ballot":{"round":1,"proposer":"proposer1"}}',
      "proposer1 <- promise 1.proposer1",
    ]);
  });

  it("reports the highest proposal that it has accepted", () => {
    const seat = acceptor().accepts(1, 7).accepts(3, 8, "proposer2");
    seat.told();
    expect(seat.prepared(4).did().at(-1)).toBe("proposer1 <- promise 4.proposer1, accepted 3.proposer2 8");
  });

  it("answers a prepare request that comes twice as the first time, and writes nothing", () => {
    const seat = acceptor().prepared(2);
    seat.told();
    expect(seat.prepared(2).told()).toEqual(["proposer1 <- promise 2.proposer1"]);
  });

  it("refuses what is lower, and says what it has promised", () => {
    const seat = acceptor().prepared(2, "proposer2");
    seat.told();
    expect(seat.prepared(2, "proposer1").told()).toEqual(["proposer1 <- reject 2.proposer1, promised 2.proposer2"]);
    expect(seat.prepared(1, "proposer2").told()).toEqual(["proposer2 <- reject 1.proposer2, promised 2.proposer2"]);
  });
});

describe("phase 2(b)", () => {
  it("accepts unless it has promised a higher one; every learner is told after the sync", () => {
    const seat = acceptor().prepared(1);
    seat.told();
    expect(seat.accepts(1, 7).told()).toEqual([
      "append ledger",
      "sync",
      'fact accepted {"decree":"d1","ballot":{"round":1,"proposer":"proposer1"},"value":7}',
      "learner1 <- accepted 1.proposer1 7",
      "learner2 <- accepted 1.proposer1 7",
    ]);
  });

  it("refuses a proposal below its promise", () => {
    const seat = acceptor().prepared(5, "proposer2");
    seat.told();
    expect(seat.accepts(4, 7).told()).toEqual(["proposer1 <- reject 4.proposer1, promised 5.proposer2"]);
  });

  it("promises what it accepts, though it was never asked to", () => {
    const seat = acceptor().accepts(5, 7, "proposer2");
    seat.told();
    expect(seat.prepared(4).did()).toEqual(["proposer1 <- reject 4.proposer1, promised 5.proposer2"]);
  });

  it("says again what it has accepted already, and writes nothing", () => {
    const seat = acceptor().accepts(1, 7);
    seat.told();
    expect(seat.accepts(1, 7).told()).toEqual(["learner1 <- accepted 1.proposer1 7", "learner2 <- accepted 1.proposer1 7"]);
  });
});

describe("after a restart", () => {
  it("says what its ledger holds, and keeps its promise", () => {
    const seat = acceptor().accepts(1, 7).prepared(3, "proposer2").restarted();
    expect(seat.told()).toEqual([
      'fact recovered {"votes":[{"decree":"d1","promised":{"round":3,"proposer":"proposer2"},"accepted":{"ballot":{"round":1,"proposer":"proposer1"},"value":7}}]}',
    ]);
    expect(seat.accepts(2, 9).did()).toEqual(["proposer1 <- reject 2.proposer1, promised 3.proposer2"]);
    expect(seat.prepared(4).did().at(-1)).toBe("proposer1 <- promise 4.proposer1, accepted 1.proposer1 7");
  });

  it("passes over a line that a crash has torn, of which nobody was told; what was written behind it later counts", () => {
    const seat = acceptor().prepared(1);
    seat.disk.logs.get("ledger")!.push(TORN);
    expect(seat.restarted().prepared(1).did()).toEqual(["proposer1 <- promise 1.proposer1"]);
    expect(seat.restarted().prepared(3).restarted().accepts(2, 7).did()).toEqual([
      "proposer1 <- reject 2.proposer1, promised 3.proposer1",
    ]);
  });
});
