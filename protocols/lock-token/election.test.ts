import { describe, expect, it } from "vitest";
import { FakeDisk } from "../locking/testing/fake-context.ts";
import { Server } from "./testing/server.ts";

describe("a server that hears of no coordinator", () => {
  it("asks the others first, and votes for itself when they make a majority with it", () => {
    const server = new Server("server1").at(400).rings("election");
    expect(server.did()).toEqual(["server2 <- candidate 1 1000000", "server3 <- candidate 1 1000000"]);
    expect(server.hears("server3", { type: "vote", epoch: 1, nth: 1_000_000 }).did()).toEqual([
      "write promise 1 server1",
      "sync",
      "server2 <- alive 1 1000001",
      "server3 <- alive 1 1000001",
    ]);
  });

  it("counts no vote for an earlier candidacy, be it one before its last crash", () => {
    const disk = new FakeDisk();
    new Server("server1", disk).at(400).rings("election");
    const again = new Server("server1", disk).at(400).rings("election");
    expect(again.did()).toEqual(["server2 <- candidate 1 2000000", "server3 <- candidate 1 2000000"]);
    expect(again.hears("server2", { type: "vote", epoch: 1, nth: 1_000_000 }).did()).toEqual([]);
  });

  it("does not count itself when it has given its vote away", () => {
    const server = new Server("server1").at(400).rings("election");
    server.hears("server2", { type: "candidate", epoch: 1, nth: 1_000_000 });
    server.did();
    expect(server.hears("server3", { type: "vote", epoch: 1, nth: 1_000_000 }).did()).toEqual([]);
  });
});

describe("a candidate", () => {
  it("is not elected when it has heard the coordinator since it asked", () => {
    const server = new Server("server1").at(300).hears("server2", { type: "alive", epoch: 1, nth: 7 }).at(700).rings("election");
    server.hears("server2", { type: "alive", epoch: 1, nth: 8 });
    server.did();
    expect(server.hears("server3", { type: "vote", epoch: 2, nth: 1_000_000 }).did()).toEqual([]);
  });
});

describe("a vote", () => {
  it("is on the disk before it is told, and given to one only, not even a crash excepted", () => {
    const disk = new FakeDisk();
    const server = new Server("server1", disk).at(300).hears("server2", { type: "candidate", epoch: 4, nth: 7 });
    expect(server.did()).toEqual(["write promise 4 server2", "sync", "server2 <- vote 4 7"]);
    const again = new Server("server1", disk).at(300).hears("server3", { type: "candidate", epoch: 4, nth: 9 });
    expect(again.did()).toEqual(["server3 <- promised 4"]);
    expect(again.hears("server2", { type: "candidate", epoch: 4, nth: 8 }).did()).toEqual(["server2 <- vote 4 8"]);
  });

  it("is not to be had for the time of a reign after a start: it may have been promised", () => {
    const server = new Server("server1").at(299).hears("server2", { type: "candidate", epoch: 1, nth: 7 });
    expect(server.did()).toEqual([]);
  });

  it("is not to be had for the time of a reign after the coordinator was heard", () => {
    const server = new Server("server1").at(1_000).hears("server2", { type: "alive", epoch: 1, nth: 7 });
    expect(server.did()).toEqual(["write promise 1 server2", "sync", "server2 <- heard 1 7"]);
    expect(server.at(1_299).hears("server3", { type: "candidate", epoch: 2, nth: 9 }).did()).toEqual([]);
    expect(server.at(1_300).hears("server3", { type: "candidate", epoch: 2, nth: 9 }).did().at(-1)).toBe("server3 <- vote 2 9");
  });
});

describe("a reign", () => {
  it("is over, less the drift, so long after the round that a majority has heard", () => {
    const server = new Server("server1").reigning();
    const asksAt = (ms: number): string => server.at(ms).wants("c1#1.1").did().at(-1)!;
    expect(asksAt(696)).toBe("c1 <- queued c1#1.1");
    expect(asksAt(697)).toBe("c1 <- elsewhere c1#1.1");
    server.hears("server2", { type: "heard", epoch: 1, nth: 1_000_001 });
    expect(asksAt(697)).toBe("c1 <- elsewhere c1#1.1");
    server.at(700).rings("election").hears("server3", { type: "heard", epoch: 1, nth: 1_000_002 });
    expect(asksAt(996)).toBe("c1 <- queued c1#1.1");
  });

  it("ends when somebody has promised himself to a later epoch", () => {
    const server = new Server("server1").reigning().hears("server3", { type: "promised", epoch: 3 });
    expect(server.did()).toEqual(["write promise 3 ", "sync"]);
    expect(server.wants("c1#1.1").did()).toEqual(["c1 <- elsewhere c1#1.1"]);
  });

  it("of an epoch that is past is told so", () => {
    const server = new Server("server1").at(300).hears("server2", { type: "candidate", epoch: 4, nth: 7 });
    server.did();
    expect(server.hears("server3", { type: "alive", epoch: 3, nth: 8 }).did()).toEqual(["server3 <- promised 4"]);
  });
});
