/** Scout and commanders: C1 and C2 of "Paxos Made Moderately Complex". */

import { describe, expect, it } from "vitest";
import { ballot, pvalue, Seat, write } from "./testing/seat.ts";

const all = (words: string): string[] => ["n1", "n2", "n3"].map((server) => `${server} <- ${words}`);
const others = (words: string): string[] => all(words).slice(1);
const w = { f: "write", key: "x", value: 7 } as const;

describe("the scout", () => {
  it("takes a ballot that is on its own disk first, and asks for everything that it has not executed", () => {
    const seat = Seat.make().knows(write(1));
    seat.told();
    expect(seat.timesOut().did()).toEqual(["write promised", "sync", ...all("P1a 1.n1 from 2")]);
  });

  it("takes a higher one each time, above all that it has heard of", () => {
    const seat = Seat.make()
      .timesOut()
      .hears("n3", { type: "preempted", ballot: ballot(8, "n3") });
    expect(seat.goals()).toEqual(["dueling prepares"]);
    expect(seat.timesOut().did().at(-1)).toBe("n3 <- P1a 9.n1 from 1");
    seat.heartbeat("n3", ballot(9, "n3")).scouted("n2", ballot(11, "n2"));
    expect(seat.goals()).toContain("scout turned away by the loyal");
    expect(seat.timesOut().did().at(-1)).toBe("n3 <- P1a 12.n1 from 1");
    expect(seat.restarted().timesOut().did().at(-1)).toBe("n3 <- P1a 13.n1 from 1");
  });

  it("waits for a majority, counts a doubled promise once, and none of another ballot", () => {
    const seat = Seat.make().timesOut();
    seat.told();
    expect(seat.promised("n2", ballot(1)).promised("n2", ballot(1)).promised("n3", ballot(0)).told()).toEqual([]);
    expect(seat.promised("n3", ballot(1)).told()[0]).toBe('fact leader {"ballot":{"round":1,"leader":"n1"}}');
  });
});

describe("a new leader", () => {
  const adopting = (...reports: Parameters<Seat["promised"]>[]): Seat => {
    const seat = Seat.make().timesOut();
    seat.told();
    for (const report of reports) seat.promised(...report);
    return seat;
  };

  it("proposes again, of each slot, what was accepted under the highest ballot, and fills the holes between with no-ops", () => {
    const seat = adopting(
      ["n1", ballot(1), [pvalue(1, ballot(0, "n2"), write(1, 1)), pvalue(4, ballot(0, "n2"), write(4, 4))]],
      ["n3", ballot(1), [pvalue(1, ballot(0, "n3"), write(1, 1, "c3"))]],
    );
    expect(seat.did().filter((line) => line.startsWith("n2 <- P2a"))).toEqual([
      "n2 <- P2a 1.n1 1 c3#1",
      "n2 <- P2a 1.n1 2 no-op",
      "n2 <- P2a 1.n1 3 no-op",
      "n2 <- P2a 1.n1 4 c1#4",
    ]);
  });

  it("puts the next request behind all that", () => {
    const seat = adopting(["n1", ballot(1), [pvalue(3, ballot(0, "n2"), write(1, 1))]], ["n3", ballot(1)]);
    seat.told();
    expect(seat.asks(w, 1, "c2").did()).toEqual(all("P2a 1.n1 4 c2#1"));
  });

  it("starts from the state of whoever has collected what it asks for", () => {
    const state = { slot: 5, store: { x: 9 }, sessions: {} };
    const seat = adopting(
      ["n1", ballot(1), [pvalue(2, ballot(0, "n2"), write(1, 1))]],
      ["n3", ballot(1), [pvalue(7, ballot(0, "n2"), write(7, 7))], state],
    );
    expect(seat.did().filter((line) => line.startsWith("n2 <- P2a"))).toEqual([
      "n2 <- P2a 1.n1 6 no-op",
      "n2 <- P2a 1.n1 7 c1#7",
    ]);
  });

  it("does not ask again about what it knows to be decided", () => {
    const seat = Seat.make().decided(2, write(2, 2)).timesOut();
    seat.promised("n1", ballot(1)).promised("n3", ballot(1), [pvalue(2, ballot(0, "n2"), write(2, 2))]);
    expect(seat.did().filter((line) => line.startsWith("n2 <- P2a"))).toEqual(["n2 <- P2a 1.n1 1 no-op"]);
  });
});

describe("a commander", () => {
  it("has its command decided when a majority has accepted, and each acceptor counts once", () => {
    const seat = Seat.leading().asks(w);
    seat.told();
    expect(seat.accepted(1, "n3", "n3").told()).toEqual([]);
    expect(seat.accepted(1, "n1").told()).toEqual([
      'fact decided {"slot":1,"ballot":{"round":1,"leader":"n1"},"request":"c1#1"}',
      ...others("decision 1 c1#1"),
      'fact performed {"slot":1,"request":"c1#1"}',
      "reply c1#1 null",
    ]);
  });

  it("does not wait for earlier slots, but its client does", () => {
    const seat = Seat.leading().asks(w).asks(w, 1, "c2");
    seat.told();
    expect(seat.accepted(2, "n1", "n3").did()).toEqual(others("decision 2 c2#1"));
    expect(seat.accepted(1, "n1", "n3").did()).toEqual([...others("decision 1 c1#1"), "reply c1#1 null", "reply c2#1 null"]);
  });

  it("asks those again who are silent for a whole heartbeat", () => {
    const seat = Seat.leading().asks(w).accepted(1, "n1");
    seat.told();
    expect(seat.rings("heartbeat").did()).toEqual(others("heartbeat 1.n1 decided 0"));
    expect(seat.rings("heartbeat").did()).toEqual([...others("heartbeat 1.n1 decided 0"), ...others("P2a 1.n1 1 c1#1")]);
  });

  it("is gone when somebody has a higher ballot", () => {
    const seat = Seat.leading().asks(w);
    seat.told();
    expect(seat.hears("n3", { type: "preempted", ballot: ballot(2, "n3") }).told()).toEqual([
      'fact stepped-down {"ballot":{"round":1,"leader":"n1"}}',
      "sometimes leader stepped down",
      "cancel heartbeat",
      "timer election 300ms",
    ]);
    expect(seat.accepted(1, "n1", "n3").told()).toEqual([]);
    expect(seat.hears("n3", { type: "preempted", ballot: ballot(1, "n0") }).told()).toEqual([]);
  });
});

describe("a request that comes twice", () => {
  it("is proposed once while nobody knows, and answered from the session afterwards", () => {
    const seat = Seat.leading().asks(w);
    seat.told();
    expect(seat.asks(w).told()).toEqual([]);
    seat.accepted(1, "n1", "n2");
    seat.told();
    expect(seat.asks(w).told()).toEqual(["sometimes retried request answered from the session", "reply c1#1 null"]);
  });

  it("is proposed again by a server that leads again, as nobody knows what became of it", () => {
    const seat = Seat.leading()
      .asks(w)
      .hears("n3", { type: "preempted", ballot: ballot(2, "n3") })
      .timesOut();
    seat.promised("n1", ballot(3)).promised("n2", ballot(3));
    seat.told();
    expect(seat.asks(w).did()).toEqual(all("P2a 3.n1 1 c1#1"));
  });

  it("is not heard when its client has asked something else since", () => {
    const seat = Seat.leading().knows(write(1, 2));
    seat.told();
    expect(seat.asks(w, 1).told()).toEqual([]);
  });
});

it("a read is a command like others", () => {
  const seat = Seat.leading().asks({ f: "read", key: "x" });
  expect(seat.did()).toEqual(all("P2a 1.n1 1 c1#1"));
  expect(seat.accepted(1, "n1", "n2").did().at(-1)).toBe("reply c1#1 null");
});
