/** Who leads, who is redirected, and what a leader may read alone. */

import { describe, expect, it } from "vitest";
import { ballot, pvalue, Seat, write } from "./testing/seat.ts";

const w = { f: "write", key: "x", value: 7 } as const;
const r = { f: "read", key: "x" } as const;

describe("a server that follows", () => {
  it("scouts when it has heard no leader for its time-out, and not before", () => {
    const seat = Seat.make().later(299).rings("election");
    expect(seat.told()).toEqual(["timer election 1ms"]);
    expect(seat.later(1).rings("election").did().at(-1)).toBe("n3 <- P1a 1.n1 from 1");
  });

  it("waits anew after each heartbeat", () => {
    const seat = Seat.make().later(200).heartbeat("n2", ballot(1, "n2")).later(200);
    seat.told();
    expect(seat.rings("election").told()).toEqual(["timer election 100ms"]);
  });

  it("redirects to the leader, and keeps the latest request of each client until it knows one", () => {
    const seat = Seat.make().asks(w, 1).asks(w, 2).asks(w, 1, "c2").asks(w, 1);
    expect(seat.did()).toEqual([]);
    expect(seat.heartbeat("n2", ballot(1, "n2")).did()).toEqual([
      "redirect c1#2 to n2",
      "redirect c2#1 to n2",
      "n2 <- heartbeat-ack 1.n2",
    ]);
    expect(seat.asks(w, 3).did()).toEqual(["redirect c1#3 to n2"]);
  });

  it("tells a leader of a lower ballot that it is none", () => {
    const seat = Seat.make().heartbeat("n2", ballot(4, "n2"));
    seat.told();
    expect(seat.heartbeat("n3", ballot(3, "n3")).told()).toEqual(["n3 <- preempted 4.n2"]);
    expect(Seat.make().later(200).scouted("n2", ballot(5, "n2")).heartbeat("n3", ballot(3, "n3")).did().at(-1)).toBe(
      "n3 <- preempted 5.n2",
    );
  });
});

describe("a leader", () => {
  it("proposes what its clients asked before it led", () => {
    const seat = Seat.make().asks(w).timesOut().promised("n1", ballot(1)).promised("n2", ballot(1));
    expect(seat.did().slice(-3)).toEqual(["n1 <- P2a 1.n1 1 c1#1", "n2 <- P2a 1.n1 1 c1#1", "n3 <- P2a 1.n1 1 c1#1"]);
  });

  it("follows another with a higher ballot", () => {
    const seat = Seat.leading();
    expect(seat.heartbeat("n2", ballot(2, "n2")).goals()).toEqual(["leader stepped down"]);
    expect(seat.asks(w).did()).toEqual(["redirect c1#1 to n2"]);
  });

  it("gives up when no majority has answered for longer than an election takes", () => {
    const seat = Seat.leading().acknowledged("n2", 1_500).later(499).rings("heartbeat");
    expect(seat.did()).toEqual(["n2 <- heartbeat 1.n1 decided 0", "n3 <- heartbeat 1.n1 decided 0"]);
    expect(seat.later(2).rings("heartbeat").told()).toContain("sometimes leader stepped down");
  });
});

describe("reads under a lease", () => {
  const lease = { reads: "lease" };
  const value = (seat: Seat): string => seat.did().at(-1)!;

  it("are answered by the leader alone for 90 % of the time for which acceptors are loyal, from the sending of the heartbeat", () => {
    const seat = Seat.leading(undefined, lease);
    seat.acknowledged("n3", seat.elapsed).later(179).asks(r);
    expect(seat.told()).toEqual(["sometimes read under a lease", "reply c1#1 null"]);
    expect(value(seat.later(1).asks(r, 2))).toBe("n3 <- P2a 1.n1 1 c1#2");
  });

  it("go through the log before anybody has acknowledged a heartbeat, and where the option says so", () => {
    expect(value(Seat.leading(undefined, lease).asks(r))).toBe("n3 <- P2a 1.n1 1 c1#1");
    const seat = Seat.leading();
    expect(value(seat.acknowledged("n3", seat.elapsed).asks(r))).toBe("n3 <- P2a 1.n1 1 c1#1");
  });

  it("go through the log until everything is executed that earlier leaders may have decided", () => {
    const seat = Seat.leading(undefined, lease, pvalue(1, ballot(0, "n2"), write(5, 1, "c2")));
    seat.acknowledged("n3", seat.elapsed).asks(r);
    expect(value(seat)).toBe("n3 <- P2a 1.n1 2 c1#1");
    seat.accepted(1, "n1", "n3");
    expect(value(seat.asks(r, 2))).toBe("reply c1#2 5");
  });

  it("count an acknowledgement from the sending, and a later one that comes first from the later sending", () => {
    const seat = Seat.leading(undefined, lease);
    const at = seat.elapsed;
    seat
      .acknowledged("n2", at)
      .acknowledged("n2", at - 100)
      .later(179)
      .asks(r);
    expect(value(seat)).toBe("reply c1#1 null");
  });
});
