import { describe, expect, it } from "vitest";
import { FakeDisk } from "../locking/testing/fake-context.ts";
import { single } from "./nodes.ts";
import { Client, RedisServer, ResourceServer } from "./testing/nodes.ts";

describe("the server", () => {
  it("grants the lock to who comes first, durably, before it says so", () => {
    const server = new RedisServer().set("c1#1.1");
    expect(server.told()).toEqual([
      "write lock c1#1.1 c1 1 5000",
      "sync",
      "fact granted c1#1.1 c1 1 5000 0",
      "c1 <- granted c1#1.1 1",
    ]);
    server.set("c2#1.1");
    expect(server.did()).toEqual(["c2 <- taken c2#1.1"]);
  });

  it("frees it when its owner says so, durably, and gives the next a greater token", () => {
    const server = new RedisServer().set("c1#1.1");
    server.told();
    server.delete("c1#1.1");
    expect(server.told()).toEqual([
      "write lock c1#1.1 c1 1 5000 c1#1.1",
      "sync",
      "fact released c1#1.1 c1#1.1",
      "c1 <- released c1#1.1",
    ]);
    expect(server.set("c2#1.1").told().at(-1)).toBe("c2 <- granted c2#1.1 2");
  });

  it("lets nobody else free it", () => {
    const server = new RedisServer().set("c1#1.1");
    server.told();
    expect(server.delete("c2#1.1").told()).toEqual(["c2 <- released c2#1.1"]);
    expect(server.set("c2#1.2").did()).toEqual(["c2 <- taken c2#1.2"]);
  });

  it("lets it run out by its stop-watch, not a moment early", () => {
    const server = new RedisServer().set("c1#1.1");
    expect(server.at(4_999).set("c2#1.1").told().at(-1)).toBe("c2 <- taken c2#1.1");
    const [goal, ...rest] = server.at(5_000).set("c2#1.2").told();
    expect(goal).toBe("sometimes lease ran out");
    expect(rest.at(-1)).toBe("c2 <- granted c2#1.2 2");
  });

  it("lends it for a whole lease again when its owner says so in time, durably, and to nobody else", () => {
    const server = new RedisServer().set("c1#1.1");
    server.told();
    expect(server.at(4_000).extend("c1#1.1").told()).toEqual([
      "write lock c1#1.1 c1 1 5000",
      "sync",
      "fact granted c1#1.1 c1 1 5000 4000",
      "c1 <- extended c1#1.1 1",
    ]);
    expect(server.at(8_999).set("c2#1.1").did()).toEqual(["c2 <- taken c2#1.1"]);
    expect(server.extend("c2#1.1").did()).toEqual(["c2 <- not-yours c2#1.1"]);
    expect(server.at(9_000).extend("c1#1.1", 2).did()).toEqual(["c1 <- not-yours c1#1.1"]);
  });

  it("finds the lock after a restart, with the whole lease anew, and states it again", () => {
    const server = new RedisServer().at(4_000).set("c1#1.1").restarted();
    expect(server.told()).toEqual(["sometimes lock found at a restart", "fact granted c1#1.1 c1 1 5000 0"]);
    expect(server.at(4_999).set("c2#1.1").did()).toEqual(["c2 <- taken c2#1.1"]);
    expect(server.at(5_000).set("c2#1.2").did().at(-1)).toBe("c2 <- granted c2#1.2 2");
  });

  it("states after a restart that the lock was released, and goes on counting", () => {
    const server = new RedisServer().set("c1#1.1").delete("c1#1.1").restarted();
    expect(server.told()).toEqual(["fact released c1#1.1 c1#1.1"]);
    expect(server.set("c2#1.1").did().at(-1)).toBe("c2 <- granted c2#1.1 2");
  });
});

describe("the resource", () => {
  it("accepts a write durably, the token with the value, before it says so", () => {
    const resource = new ResourceServer().write("c1#1.1", 7, 3);
    expect(resource.told()).toEqual(["write stored c1#1.1 7 3", "sync", "fact accepted c1#1.1 7", "c1 <- accepted c1#1.1"]);
  });

  it("refuses what is older than the newest, even after a restart, and takes the newest again", () => {
    const resource = new ResourceServer().write("c2#1.1", 8, 4);
    resource.told();
    expect(resource.write("c1#1.1", 7, 3).told()).toEqual(["sometimes stale write refused", "c1 <- refused c1#1.1 4"]);
    const again = resource.restarted();
    expect(again.told()).toEqual(["fact accepted c2#1.1 8"]);
    expect(again.write("c1#1.1", 7, 3).did()).toEqual(["c1 <- refused c1#1.1 4"]);
    expect(again.write("c2#1.1", 8, 4).did().at(-1)).toBe("c2 <- accepted c2#1.1");
  });

  it("takes everything without fencing", () => {
    const resource = new ResourceServer(single, new FakeDisk(), false).write("c2#1.1", 8).write("c1#1.1", 7);
    expect(resource.did().filter((line) => line.includes("<-"))).toEqual(["c2 <- accepted c2#1.1", "c1 <- accepted c1#1.1"]);
  });
});

describe("the client", () => {
  it("takes the lock, holds it, writes with its token, gives it back, and only then answers", () => {
    const client = new Client().asked();
    expect(client.told()).toEqual(["redis <- set-nx c1#1.1 5000", "timer next 100ms"]);
    expect(client.granted(3).told()).toEqual(["fact acquired c1#1.1 5000 4950 3", "timer next 300ms"]);
    expect(client.timerRings().told()).toEqual(["resource <- write c1#1.1 7 3", "timer next 100ms"]);
    expect(client.hears({ type: "accepted", owner: "c1#1.1" }).told()).toEqual([
      "fact left c1#1.1 4950",
      "redis <- delete-if-mine c1#1.1",
      "timer next 100ms",
    ]);
    expect(client.hears({ type: "released", owner: "c1#1.1" }).told()).toEqual(["no timer next", 'reply c1#1 {"token":3}']);
  });

  it("backs off when the lock is taken, and asks again under another name", () => {
    const client = new Client().asked();
    client.told();
    expect(client.hears({ type: "taken", owner: "c1#1.1" }).told()).toEqual(["timer next 20ms"]);
    expect(client.timerRings().did()).toEqual(["redis <- set-nx c1#1.2 5000", "timer next 100ms"]);
  });

  it("gives back what it may have been granted without hearing of it, before it asks again", () => {
    const client = new Client().asked();
    client.told();
    expect(client.at(100).timerRings().told()).toEqual(["redis <- delete-if-mine c1#1.1", "timer next 100ms"]);
    expect(client.granted().told()).toEqual(["redis <- delete-if-mine c1#1.1"]);
    expect(client.hears({ type: "released", owner: "c1#1.1" }).told()).toEqual(["timer next 20ms"]);
  });

  it("gives back a grant that it no longer waits for at all", () => {
    expect(new Client().granted(1, "c1#0.9").told()).toEqual(["redis <- delete-if-mine c1#0.9"]);
  });

  it("does not begin what its lease, counted from when it asked, is too short for", () => {
    const late = new Client().asked().at(4_651).granted();
    expect(late.told().slice(2)).toEqual([
      "sometimes granted too late to be used",
      "redis <- delete-if-mine c1#1.1",
      "timer next 100ms",
    ]);
    expect(new Client().asked().at(4_650).granted().told().slice(2)).toEqual([
      "fact acquired c1#1.1 5000 300 1",
      "timer next 300ms",
    ]);
  });

  it("writes though it has slept past its lease: it cannot know", () => {
    const client = new Client().asked().granted();
    client.told();
    expect(client.at(9_000).timerRings().told()).toEqual([
      "sometimes held past its lease",
      "resource <- write c1#1.1 7 1",
      "timer next 100ms",
    ]);
  });

  it("writes again while its lease lasts, and then says that it does not know", () => {
    const client = new Client().asked().granted().timerRings();
    client.told();
    expect(client.at(4_000).timerRings().did()).toEqual(["resource <- write c1#1.1 7 1", "timer next 100ms"]);
    client.at(5_000).timerRings().timerRings();
    expect(client.did().at(-1)).toBe("info c1#1: the resource has not answered, and the lease is over");
  });

  it("fails when its only write is refused, and does not know when it had written before", () => {
    const once = new Client().asked().granted().timerRings();
    once.hears({ type: "refused", owner: "c1#1.1", newest: 2 }).hears({ type: "released", owner: "c1#1.1" });
    expect(once.did().at(-1)).toBe("fail c1#1: the resource refused the write: its token 1 is older than 2");
    const twice = new Client().asked().granted().timerRings().timerRings();
    twice.hears({ type: "refused", owner: "c1#1.1", newest: 2 }).hears({ type: "released", owner: "c1#1.1" });
    expect(twice.did().at(-1)).toMatch(/^info c1#1: .*; an earlier try may have been accepted$/);
  });

  it("gives back again and again, until there is nothing left to give back", () => {
    const client = new Client()
      .asked({ hold: 0, write: "resource" })
      .granted()
      .timerRings()
      .hears({ type: "accepted", owner: "c1#1.1" });
    client.told();
    expect(client.at(1_000).timerRings().did()).toEqual(["redis <- delete-if-mine c1#1.1", "timer next 100ms"]);
    expect(client.at(5_000).timerRings().did()).toEqual(["no timer next", 'reply c1#1 {"token":1}']);
  });

  it("extends its lease while it holds the lock, counted from when it asked for that", () => {
    const client = new Client().asked({ write: "resource", extend: true, hold: 9_000 }).granted();
    expect(client.told().slice(-2)).toEqual(["timer next 9000ms", `timer extend ${5_000 / 3}ms`]);
    expect(client.at(1_600).timerRings("extend").told()).toEqual([
      "redis <- extend-if-mine c1#1.1 5000 1",
      `timer extend ${5_000 / 3}ms`,
    ]);
    expect(client.at(1_700).hears({ type: "extended", owner: "c1#1.1", nth: 1 }).told()).toEqual([
      "sometimes lease extended",
      "fact acquired c1#1.1 5000 4850 1",
    ]);
  });

  it("does not take an extension for one that it hears when that is over again", () => {
    const client = new Client().asked({ extend: true, hold: 9_000 }).granted().at(1_600).timerRings("extend");
    client.told();
    expect(client.at(6_600).hears({ type: "extended", owner: "c1#1.1", nth: 1 }).told()).toEqual([]);
  });

  it("writes nothing when it hears that the lock is no longer its own", () => {
    const client = new Client().asked({ write: "resource", extend: true, hold: 9_000 }).granted();
    client.hears({ type: "not-yours", owner: "c1#1.1" }).hears({ type: "released", owner: "c1#1.1" });
    expect(client.did().at(-1)).toBe("fail c1#1: the lock was lost before anything was written");
  });

  it("only holds the lock where there is nothing to write to", () => {
    const client = new Client().asked({}).granted();
    client.told();
    expect(client.timerRings().did()).toEqual(["redis <- delete-if-mine c1#1.1", "timer next 100ms"]);
  });

  it("loses its patience in the end, and has nothing then", () => {
    const client = new Client().asked().hears({ type: "taken", owner: "c1#1.1" });
    client.told();
    expect(client.at(10_001).timerRings().told()).toEqual(["fail c1#1: the lock was not to be had"]);
  });

  it("refuses to write to a role that this protocol does not have", () => {
    expect(() => new Client().asked({ write: "resorce" })).toThrow(
      'the workload writes to the role "resorce", but what a lock protects has the role "resource"',
    );
  });
});
