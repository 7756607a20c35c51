import { describe, expect, it } from "vitest";
import { Master } from "./testing/master.ts";

const one = (): Master => new Master().opened("c1");
const two = (): Master => new Master().opened("c1", "c2");

describe("sessions", () => {
  it("answers a keep-alive when the lease is half over, and says how long it kept it", () => {
    expect(one().after(100).keepAlive("c1").told()).toEqual([]);
    expect(one().after(100).keepAlive("c1").after(400).told()).toEqual(["c1 kept after 400"]);
  });

  it("ends a session whose client keeps silent for a lease, and tells it if it comes back", () => {
    expect(one().after(999).told()).toEqual([]);
    const master = one().after(1_000);
    expect(master.told()).toEqual(["fact session-ended session=c1"]);
    expect(master.keepAlive("c1").told()).toEqual(["c1 <- session-over session=c1"]);
    expect(master.read("c1").told()).toEqual(["c1 answer gone"]);
  });

  it("keeps one whose client does not", () => {
    expect(
      one()
        .keptFor(5_000, "c1")
        .told()
        .filter((line) => line.startsWith("fact")),
    ).toEqual([]);
  });
});

describe("caches", () => {
  it("lets a write wait until everybody who may cache the file has let go of it", () => {
    const master = two().read("c1").read("c2");
    expect(master.told()).toEqual([
      "c1 answer {value:null,generation:0}, cacheable",
      "c2 answer {value:null,generation:0}, cacheable",
    ]);
    master.keepAlive("c1").keepAlive("c2").told();
    expect(master.write("c2", 7).told()).toEqual(["c1 kept after 0, invalidate f1 0", "c2 kept after 0, invalidate f1 0"]);
    expect(master.keepAlive("c1", 1).told()).toEqual([]);
    const after = master.keepAlive("c2", 1).told();
    expect(after.slice(0, 2)).toEqual(["fact written file=f1 generation=1", "c2 answer 1"]);
    expect(after.slice(2).sort()).toEqual(["c1 kept after 0, modified f1 1", "c2 kept after 0, modified f1 1"]);
  });

  it("lets nobody begin to cache what a write is to change", () => {
    const master = two().read("c1").write("c2", 7);
    master.told();
    expect(master.read("c2").told()).toEqual(["c2 answer {value:null,generation:0}"]);
  });

  it("waits for one that keeps silent until its lease is over", () => {
    const master = two().read("c1").write("c2", 7).keptFor(900, "c2");
    expect(master.told().some((line) => line.startsWith("fact"))).toBe(false);
    const facts = master
      .keptFor(200, "c2")
      .told()
      .filter((line) => line.startsWith("fact"));
    expect(facts).toEqual(["fact session-ended session=c1", "fact written file=f1 generation=1"]);
  });

  it("does not take an acknowledgement for a copy that was read after what it is about", () => {
    const master = two().read("c1").write("c2", 7).write("c2", 8);
    // Two writes, two invalidations of generation 0. The first acknowledgement lets both writes go on.
    master.keepAlive("c1", 1).read("c1").told();
    master.keepAlive("c1", 2);
    expect(
      master
        .write("c2", 9)
        .told()
        .some((line) => line.startsWith("fact written")),
    ).toBe(false);
  });
});

describe("locks", () => {
  it("gives a lock to one session, with the next generation each time", () => {
    const master = two().acquire("c1").acquire("c2");
    expect(master.told()).toEqual([
      "fact locked file=f1 generation=1 session=c1",
      "c1 answer {granted:1}",
      "c2 answer {taken:1}",
    ]);
    master.call("c2", { f: "release", session: "c2", file: "f1", generation: 1 });
    expect(master.told()).toEqual(["c2 answer false"]);
    master.call("c1", { f: "release", session: "c1", file: "f1", generation: 1 }).acquire("c2");
    expect(master.told().at(-1)).toBe("c2 answer {granted:2}");
  });

  it("withholds a lock whose holder was lost for the lock-delay", () => {
    const master = two().acquire("c1").keptFor(1_400, "c2");
    master.told();
    expect(master.acquire("c2").told().at(-1)).toBe("c2 answer {taken:1}");
    master.keptFor(200, "c2").told();
    expect(master.acquire("c2").told().at(-1)).toBe("c2 answer {granted:2}");
  });
});

describe("fail-over", () => {
  it("takes nothing of the epoch before", () => {
    const master = two().restarted();
    expect(master.keepAlive("c1", 5).read("c1").told()).toEqual(["c1 <- new-epoch epoch=2", "c1 <- new-epoch epoch=2"]);
  });

  it("lets calls wait until every session has heard of it", () => {
    const master = two().restarted();
    master.epoch = 2;
    expect(master.keepAlive("c1", 0).told()).toEqual(["c1 kept after 0, fail-over"]);
    master.keepAlive("c1", 1).write("c1", 7);
    expect(master.told()).toEqual([]);
    master.keepAlive("c2", 0).keepAlive("c2", 1);
    expect(master.told()).toContain("fact written file=f1 generation=1");
  });

  it("extends all leases to their full length, and gives a lost holder's lock the whole delay again", () => {
    const before = two().acquire("c1").keptFor(1_100, "c2");
    expect(before.told()).toContain("fact session-ended session=c1");
    // The old master has counted 100 ms of the delay already. The new one took office after 300 ms and has counted 400.
    const master = before.restarted();
    master.epoch = 2;
    master.keepAlive("c2", 0).keepAlive("c2", 1).told();
    expect(master.after(99).acquire("c2").told().at(-1)).toBe("c2 answer {taken:1}");
    expect(master.after(1).acquire("c2").told().at(-1)).toBe("c2 answer {granted:2}");
  });
});
