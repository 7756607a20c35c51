import { describe, expect, it } from "vitest";
import type { ClientContext, Node } from "../../harness/protocol.ts";
import { ConsensusLockClient } from "./client.ts";
import { Seat } from "./testing/seat.ts";

const options = { try: 200, "back-off": { min: 50, max: 50 }, patience: 2_000 };
const servers = ["server1", "server2", "server3", "resource"];

function client(): Seat {
  const seat = new Seat("c1", servers, (ctx) => new ConsensusLockClient(ctx as ClientContext, options) as Node);
  seat.told();
  return seat;
}

const use = { f: "use", lease: 1_000, hold: 300, write: "resource", value: 7 };
const answer = (n: number, result: unknown) => ({ type: "answer", id: `c1#1.${n}`, result });

/** What it sent and to whom, without the words that are always the same. */
function sent(seat: Seat): string[] {
  return seat.did().map((line) => line.replace(/ask id=c1#1\.(\d+) serial=\d+ op=/, "$1 "));
}

describe("a client that uses the lock", () => {
  it("takes it, holds it, writes under its token, and gives it back", () => {
    const seat = client().asked(use);
    expect(sent(seat)).toEqual(["server1 <- 1 {f:acquire,owner:c1#1.1,client:c1,leaseMs:1000}"]);
    seat.hears("server1", answer(1, { granted: 4 })).after(300);
    expect(sent(seat)).toEqual(["resource <- write owner=c1#1.1 value=7 token=4"]);
    seat.hears("resource", { type: "accepted", owner: "c1#1.1" });
    expect(sent(seat)).toEqual(["server1 <- 2 {f:release,owner:c1#1.1}"]);
    seat.hears("server1", answer(2, true));
    expect(sent(seat)).toEqual(['reply c1#1 {"token":4}']);
  });

  it("asks another server when one keeps silent, always under the same name, and goes where it is sent", () => {
    const seat = client().asked(use).after(200);
    expect(sent(seat).map((line) => line.slice(0, 12))).toEqual(["server1 <- 1", "server2 <- 1"]);
    seat.hears("server2", { type: "redirect", id: "c1#1.1", to: "server3" });
    expect(sent(seat)).toEqual(["server3 <- 1 {f:acquire,owner:c1#1.1,client:c1,leaseMs:1000}"]);
    seat.hears("server3", answer(1, { taken: 3 })).after(50);
    expect(sent(seat)).toEqual(["server3 <- 2 {f:acquire,owner:c1#1.2,client:c1,leaseMs:1000}"]);
  });

  it("counts its lease from when it first asked, and does not begin what it cannot end", () => {
    const seat = client().asked(use).after(800);
    seat.told();
    seat.hears("server1", answer(1, { granted: 4 }));
    expect(sent(seat)).toEqual(["server1 <- 2 {f:release,owner:c1#1.1}"]);
  });

  it("extends its lease while it holds the lock, and lets go of it when it was lost", () => {
    const seat = client()
      .asked({ ...use, hold: 5_000, extend: true })
      .hears("server1", answer(1, { granted: 4 }));
    seat.told();
    seat.after(334);
    expect(sent(seat)).toEqual(["server1 <- 2 {f:extend,owner:c1#1.1}"]);
    seat.hears("server1", answer(2, false));
    expect(sent(seat)).toEqual(["server1 <- 3 {f:release,owner:c1#1.1}"]);
    seat.hears("server1", answer(3, false));
    expect(sent(seat)).toEqual(["fail c1#1: the lock was lost before anything was written"]);
  });

  it("gives up when the lock is not to be had, and gives back what it may have got", () => {
    const seat = client().asked(use).after(2_300);
    expect(sent(seat).at(-1)).toBe("server1 <- 2 {f:release,owner:c1#1.1}");
    seat.hears("server1", answer(2, false));
    expect(sent(seat)[0]).toMatch(/^fail c1#1/);
  });
});

describe("a client that is asked for single commands", () => {
  it("extends and releases what it acquired last, and tells which that was", () => {
    const seat = client()
      .asked({ f: "acquire", lease: 500 })
      .hears("server1", answer(1, { granted: 4 }));
    expect(sent(seat).at(-1)).toBe('reply c1#1 {"granted":4}');
    seat.asked({ f: "release" }, 2);
    expect(seat.did()[0]).toContain("op={f:release,owner:c1#1}");
    seat.hears("server1", { type: "answer", id: "c1#2.1", result: false });
    expect(seat.did()).toEqual(['reply c1#2 {"token":4,"done":false}']);
  });

  it("does not know what came of a command that nobody has answered", () => {
    expect(client().asked({ f: "holder" }).after(2_000).did().at(-1)).toBe("info c1#1: no answer before patience was at an end");
  });
});
