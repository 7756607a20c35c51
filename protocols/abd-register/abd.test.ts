import { describe, expect, it } from "vitest";
import { copy, Server } from "./testing/server.ts";

describe("a coordinator", () => {
  it("writes in two phases: asks a majority, then makes one hold the value under a greater timestamp", () => {
    const server = new Server();

    const query = server.write(7);
    expect(server.did()).toEqual(["timer ask again 50ms", "n2 <- query", "n3 <- query"]);

    const store = server.acks(query, ["n2"], copy(4, "n3", 1));
    expect(server.did()).toEqual(["write copy 5.n1=7", "sync", "n2 <- store 5.n1=7", "n3 <- store 5.n1=7"]);

    server.acks(store, ["n3"], copy(5, "n1", 7));
    expect(server.did()).toEqual(["reply c1#1 null"]);
  });

  it("answers a read only when a majority holds what it found", () => {
    const server = new Server();
    const query = server.read();
    server.did();

    const store = server.acks(query, ["n2"], copy(4, "n3", 1));
    expect(server.did()).toEqual(["write copy 4.n3=1", "sync", "n2 <- store 4.n3=1", "n3 <- store 4.n3=1"]);

    server.acks(store, ["n3"], copy(4, "n3", 1));
    expect(server.did()).toEqual(["reply c1#1 1"]);
  });

  it("reads null before the first write", () => {
    const server = new Server();
    const store = server.acks(server.read(), ["n2"]);
    server.acks(store, ["n2"]);
    expect(server.did().at(-1)).toBe("reply c1#1 null");
  });

  it("asks only the silent again, and stops when nothing is open", () => {
    const server = new Server(5);
    const query = server.write(7);
    server.acks(query, ["n4"]);
    server.did();

    server.timerRings();
    expect(server.did()).toEqual(["n2 <- query", "n3 <- query", "n5 <- query", "timer ask again 50ms"]);

    const store = server.acks(query, ["n2"]);
    server.acks(store, ["n2", "n3"]);
    server.did();
    server.timerRings();
    expect(server.did()).toEqual([]);
  });

  it("refuses a compare-and-set before anything has happened", () => {
    const server = new Server();
    server.request({ f: "cas", from: 1, to: 2 });
    expect(server.told()).toEqual(["fail c1#1"]);
  });

  it("ignores a majority that comes after the answer", () => {
    const server = new Server(5);
    const store = server.acks(server.write(7), ["n2", "n3"]);
    server.acks(store, ["n2", "n3"]);
    server.did();
    server.acks(store, ["n4", "n5"]);
    expect(server.told()).toEqual([]);
  });

  it("is a majority by itself when it is alone", () => {
    const server = new Server(1);
    server.write(7);
    server.read();
    expect(server.did().filter((line) => line.startsWith("reply"))).toEqual(["reply c1#1 null", "reply c1#2 7"]);
  });

  it("keeps one register a key", () => {
    const server = new Server(1);
    server.write(7, "x");
    server.read("y");
    server.read("x");
    expect(server.did().filter((line) => line.startsWith("reply"))).toEqual([
      "reply c1#1 null",
      "reply c1#2 null",
      "reply c1#3 7",
    ]);
  });
});

describe("a replica", () => {
  it("is durable before it acknowledges, and states what it holds and what it promised", () => {
    const server = new Server();
    server.isToldToStore(copy(1, "n2", 5));
    expect(server.told()).toEqual([
      "fact holds 0.",
      "write copy 1.n2=5",
      "sync",
      "fact holds 1.n2",
      "n2 <- ack 1.n2=5",
      "fact acknowledged 1.n2",
    ]);
  });

  it("keeps a newer copy, and says so to who offers an older one", () => {
    const server = new Server();
    server.isToldToStore(copy(3, "n2", 5));
    server.did();
    server.isToldToStore(copy(2, "n3", 4));
    expect(server.did()).toEqual(["n2 <- ack 3.n2=5"]);
  });

  it("breaks a tie of counters by the writers' names", () => {
    const server = new Server();
    server.isToldToStore(copy(3, "n2", 5));
    server.isToldToStore(copy(3, "n3", 6));
    server.isToldToStore(copy(3, "n1", 4));
    server.did();
    server.isAsked();
    expect(server.did()).toEqual(["n2 <- ack 3.n3=6"]);
  });

  it("holds after a restart what it held before, and states it again", () => {
    const server = new Server();
    server.isToldToStore(copy(3, "n2", 5));
    const again = server.restarted();
    again.isAsked();
    expect(again.told()).toEqual(["fact holds 3.n2", "n2 <- ack 3.n2=5"]);
  });
});

describe("an incarnation", () => {
  it("is on disk before its first message", () => {
    const { ctx } = new Server().restarted();
    expect(ctx.disk.read("incarnation")).toBe(2);
  });

  it("counts no answer to what an earlier one had asked", () => {
    const server = new Server();
    const before = server.write(7);
    const again = server.restarted();
    again.write(8);
    again.did();
    again.acks(before, ["n2", "n3"]);
    expect(again.told()).toEqual(["sometimes answer to an earlier incarnation", "sometimes answer to an earlier incarnation"]);
  });
});

describe("the goals", () => {
  it("notice a read that only the write-back saves", () => {
    const server = new Server();
    server.acks(server.read(), ["n2"], copy(4, "n3", 1));
    expect(server.told()).toContain("sometimes read met a write that one replica of its majority held");
  });

  it("notice two writers with one counter, and a replica that had missed a write", () => {
    const server = new Server();
    server.isToldToStore(copy(1, "n2", 5));
    server.isToldToStore(copy(1, "n3", 6));
    expect(server.told()).toContain("sometimes two writers with one counter");
    server.isToldToStore(copy(3, "n2", 7));
    expect(server.told()).toContain("sometimes replica had missed a write");
  });

  it("notice a majority that came only after asking again", () => {
    const server = new Server();
    const query = server.read();
    server.timerRings();
    server.acks(query, ["n3"]);
    expect(server.told()).toContain("sometimes majority only after asking again");
  });
});
