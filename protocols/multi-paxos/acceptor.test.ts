/** The acceptor: A1 to A3 of "Paxos Made Moderately Complex", and what it may collect. */

import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import { ballot, pvalue, Seat, write } from "./testing/seat.ts";

const [b2, b3, b5] = [ballot(2, "n2"), ballot(3, "n3"), ballot(5, "n2")];
const acceptor = (options = {}): Seat => Seat.make(undefined, options).later(200);

describe("phase 1", () => {
  it("promises one ballot for all slots, on its disk first, and reports what it has accepted from there on", () => {
    const seat = acceptor();
    for (const slot of [1, 2, 4]) seat.commanded("n2", pvalue(slot, b2, write(slot, slot)));
    seat.told();
    expect(seat.scouted("n3", b3, 2).told()).toEqual([
      "write promised",
      "sync",
      'fact promised {"ballot":{"round":3,"leader":"n3"}}',
      "n3 <- P1b 3.n3 [2 2.n2 c1#2, 4 2.n2 c1#4]",
    ]);
  });

  it("tells a lower ballot what it has promised", () => {
    const seat = acceptor().scouted("n3", b3);
    seat.told();
    expect(seat.scouted("n2", b2).did()).toEqual(["n2 <- preempted 3.n3"]);
  });

  it("answers the same scout again", () => {
    const seat = acceptor().scouted("n3", b3);
    seat.told();
    expect(seat.scouted("n3", b3).told()).toEqual(["n3 <- P1b 3.n3 []"]);
  });
});

describe("loyalty", () => {
  it("turns others away for a while after a heartbeat, but not the leader itself", () => {
    const seat = acceptor().heartbeat("n2", b2).later(199);
    seat.told();
    expect(seat.scouted("n3", b3).told()).toEqual(["sometimes scout turned away by the loyal"]);
    expect(seat.scouted("n2", ballot(4, "n2")).did().at(-1)).toBe("n2 <- P1b 4.n2 []");
    expect(seat.later(1).scouted("n3", b5).did()).not.toEqual([]);
  });

  it("outlives a restart: it may have acknowledged a heartbeat just before", () => {
    const seat = acceptor().restarted();
    seat.told();
    expect(seat.later(199).scouted("n3", b3).did()).toEqual([]);
    expect(seat.later(1).scouted("n3", b3).did()).not.toEqual([]);
  });
});

describe("phase 2", () => {
  it("accepts under its ballot, and says so after the sync", () => {
    const seat = acceptor().scouted("n2", b2);
    seat.told();
    expect(seat.commanded("n2", pvalue(1, b2, write(7))).told()).toEqual([
      "append accepted",
      "sync",
      'fact accepted {"slot":1,"ballot":{"round":2,"leader":"n2"},"request":"c1#1"}',
      "n2 <- P2b 2.n2 1",
    ]);
  });

  it("promises a higher ballot under which it accepts, as if it had been asked to", () => {
    const seat = acceptor().commanded("n2", pvalue(1, b5, write(7)));
    expect(seat.did().slice(0, 4)).toEqual(["write promised", "sync", "append accepted", "sync"]);
    expect(seat.commanded("n3", pvalue(1, b3, write(8))).did()).toEqual(["n3 <- preempted 5.n2"]);
  });

  it("says again what comes twice, and writes nothing", () => {
    const seat = acceptor().commanded("n2", pvalue(1, b2, write(7)));
    seat.told();
    expect(seat.commanded("n2", pvalue(1, b2, write(7))).told()).toEqual(["n2 <- P2b 2.n2 1"]);
  });
});

describe("a checkpoint", () => {
  const full = (): Seat => {
    const seat = acceptor({ checkpoint: 2 });
    for (const slot of [1, 2, 3]) seat.commanded("n2", pvalue(slot, b2, write(slot, slot)));
    seat.told();
    return seat.decided(1, write(1, 1));
  };

  it("is written with what stays accepted behind it, and synced, before the log is emptied", () => {
    const seat = full();
    seat.told();
    expect(seat.decided(2, write(2, 2)).did()).toEqual(["write checkpoint", "sync", "truncate accepted 0"]);
    expect(seat.disk.records.get("checkpoint")).toMatchObject({ state: { slot: 2 }, accepted: [{ slot: 3 }] });
  });

  it("stands for what was collected: who asks for that gets the state", () => {
    const seat = full().decided(2, write(2, 2));
    seat.told();
    expect(seat.scouted("n3", b3, 2).did().at(-1)).toBe("n3 <- P1b 3.n3 behind 2 [3 2.n2 c1#3]");
    expect(seat.scouted("n3", b3, 3).did().at(-1)).toBe("n3 <- P1b 3.n3 [3 2.n2 c1#3]");
    expect(seat.decided(3, write(3, 3)).scouted("n3", b3, 2).did().at(-1)).toBe("n3 <- P1b 3.n3 behind 3 []");
  });

  it("says of a collected slot that it has accepted, and stores nothing: that is decided", () => {
    const seat = full().decided(2, write(2, 2));
    seat.told();
    expect(seat.commanded("n3", pvalue(1, b3, write(1, 1))).did()).toEqual(["n3 <- P2b 3.n3 1"]);
  });

  it("survives a crash that keeps the old log: what it covers is passed over", () => {
    const seat = full();
    const log = [...seat.disk.logs.get("accepted")!];
    seat.decided(2, write(2, 2));
    seat.disk.logs.set("accepted", log);
    const recovered = seat.restarted().told()[0]!;
    expect(recovered).toContain('"slot":2');
    expect(recovered).toContain('"accepted":[{"slot":3,');
    expect(recovered).not.toContain('{"slot":1,');
  });
});

describe("after a restart", () => {
  it("has its promise and what it accepted, of each slot the highest", () => {
    const seat = acceptor()
      .commanded("n2", pvalue(1, b2, write(1)))
      .commanded("n3", pvalue(1, b3, write(2, 1, "c2")));
    const again = seat.scouted("n2", b5).restarted().later(200);
    again.told();
    expect(again.commanded("n3", pvalue(2, b3, null)).did()).toEqual(["n3 <- preempted 5.n2"]);
    expect(again.scouted("n2", b5).did()).toEqual(["n2 <- P1b 5.n2 [1 3.n3 c2#1]"]);
  });

  it("passes over what a crash has torn: nobody was told", () => {
    const seat = acceptor().commanded("n2", pvalue(1, b2, write(1)));
    seat.disk.logs.get("accepted")!.push(TORN);
    expect(seat.restarted().later(200).scouted("n2", b5).did().at(-1)).toBe("n2 <- P1b 5.n2 [1 2.n2 c1#1]");
  });
});
