/** The learner against §2.3 of "Paxos Made Simple". */

import { describe, expect, it } from "vitest";
import { Seat } from "./testing/seat.ts";

const learner = (): Seat => Seat.of("learner1");
const [a1, a2, a3] = ["acceptor1", "acceptor2", "acceptor3"] as const;

describe("a learner", () => {
  it("takes a proposal for chosen when a majority has accepted it, and tells proposers and other learners", () => {
    const seat = learner().accepted(a1, 1, 7);
    expect(seat.told()).toEqual([]);
    expect(seat.accepted(a3, 1, 7).told()).toEqual([
      'fact learned {"decree":"d1","ballot":{"round":1,"proposer":"proposer1"},"value":7}',
      "proposer1 <- learned 1.proposer1 7",
      "proposer2 <- learned 1.proposer1 7",
      "learner2 <- learned 1.proposer1 7",
    ]);
  });

  it("counts one acceptor once", () => {
    expect(learner().accepted(a1, 1, 7).accepted(a1, 1, 7).told()).toEqual([]);
  });

  it("counts each number on its own, even when the value is the same", () => {
    expect(learner().accepted(a1, 1, 7).accepted(a2, 2, 7).told()).toEqual([]);
    expect(learner().accepted(a1, 1, 7).accepted(a2, 1, 7, "proposer2").told()).toEqual([]);
  });

  it("tells it again when a proposal of later shows that somebody has not heard, and else only once", () => {
    const seat = learner().accepted(a1, 1, 7).accepted(a2, 1, 7);
    seat.told();
    expect(seat.accepted(a3, 1, 7).told()).toEqual([]);
    expect(seat.accepted(a3, 2, 7, "proposer2").told()).toEqual([
      "proposer1 <- learned 1.proposer1 7",
      "proposer2 <- learned 1.proposer1 7",
    ]);
  });

  it("believes another learner", () => {
    expect(learner().learned(7).did()).toEqual([]);
    expect(learner().learned(7).told()[0]).toBe("sometimes learned from another learner");
  });

  it("knows nothing after a restart, and learns it again from later acceptances", () => {
    const seat = learner().accepted(a1, 1, 7).accepted(a2, 1, 7).restarted();
    expect(seat.accepted(a1, 4, 7).accepted(a2, 4, 7).did().at(-1)).toBe("learner2 <- learned 4.proposer1 7");
  });
});
