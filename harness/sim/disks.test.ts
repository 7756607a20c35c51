/** Disks that fail: what a handler meets, who dies of it, what is destroyed for good, and where that is spared. */

import { describe, expect, it } from "vitest";
import { type Context, DiskError } from "../protocol.ts";
import type { Cluster } from "./cluster.ts";
import { at, boot, type Handlers, listener, ms, records, told } from "./testing/world.ts";

/** Counts on its disk, every 10 ms: one record and one log, synced, and then tells. */
const counter: Handlers = {
  onStart: (ctx) => {
    ctx.fact("started", { at: ctx.disk.read("count") ?? 0, log: ctx.disk.log("log").length });
    ctx.setTimer("tick", 10);
  },
  onTimer: (ctx) => tick(ctx),
};

function tick(ctx: Context): void {
  const count = (ctx.disk.read<number>("count") ?? 0) + 1;
  ctx.send("n2", { type: "before" });
  ctx.disk.write("count", count);
  ctx.disk.log("log").append(count);
  ctx.disk.sync();
  ctx.send("n2", { type: "after" });
  ctx.setTimer("tick", 10);
}

function counting(setup: Parameters<typeof boot>[1] = {}): Cluster {
  return boot({ n1: counter, n2: {} }, setup);
}

/** What n1 stated at its starts, as "count log". */
function starts(cluster: Cluster): string[] {
  return records(cluster, "fact", "n1").map(({ data }) => Object.values(data as object).join(" "));
}

const effects = (cluster: Cluster, id = "f"): number => cluster.effectCounts.get(id) ?? 0;

describe("an error of the disk that nobody catches", () => {
  it("kills the process where it was thrown: what it recorded before happens, the rest does not", () => {
    const cluster = counting();
    cluster.ail("f", "n1", { kind: "full" });
    cluster.runUntil(ms(10));
    expect(told(cluster, "n1")).toEqual(["start", "fact started", "timer tick", "send n2 before", "crash"]);
    const [crash] = records(cluster, "crash");
    expect(crash).toMatchObject({ by: "f", why: '"count" cannot be written, as the disk is full' });
    expect([cluster.stop, cluster.isUp("n1"), effects(cluster)]).toEqual([undefined, false, 1]);
  });

  it("brings it back after 500ms to 1s, again and again while the error lasts, each time after another while", () => {
    const cluster = counting();
    at(cluster, 5, () => cluster.ail("f", "n1", { kind: "unreadable" }));
    cluster.runUntil(ms(6_000));
    const downs = records(cluster, "crash").map(({ atUs }) => atUs);
    const ups = records(cluster, "restart").map(({ atUs }) => atUs);
    const gaps = ups.map((up, i) => up - downs[i]!);
    expect(gaps.length).toBeGreaterThanOrEqual(5);
    expect(gaps.every((us) => us >= 500_000 && us <= 1_000_000)).toBe(true);
    expect(new Set(gaps).size).toBe(gaps.length);
    cluster.cure("f", "n1");
    cluster.runUntil(ms(8_000));
    expect(cluster.isUp("n1")).toBe(true);
    expect(records(cluster, "write", "n1").length).toBeGreaterThan(10);
  });

  it("is over at the heal", () => {
    const cluster = counting();
    cluster.ail("f", "n1", { kind: "full" });
    cluster.runUntil(ms(100));
    expect(cluster.isUp("n1")).toBe(false);
    cluster.heal();
    cluster.runUntil(ms(200));
    expect([cluster.isUp("n1"), records(cluster, "write", "n1").length]).toEqual([true, 10]);
  });

  it("leaves a node alone that somebody else has brought back meanwhile", () => {
    const cluster = counting();
    cluster.ail("f", "n1", { kind: "full" });
    at(cluster, 100, () => [cluster.cure("f", "n1"), cluster.restart("g", "n1")]);
    cluster.runUntil(ms(2_000));
    expect(records(cluster, "restart", "n1")).toHaveLength(1);
  });

  it("counts for nothing where nobody touches the disk", () => {
    const cluster = boot({ n1: { onStart: (ctx) => ctx.setTimer("t", 5), onTimer: () => undefined } });
    for (const kind of ["unreadable", "full"] as const) cluster.ail(kind, "n1", { kind });
    cluster.ail("slow", "n1", { kind: "slow", extraUs: 9 });
    cluster.runUntil(ms(100));
    expect(cluster.effectCounts.size).toBe(0);
  });
});

describe("a protocol that catches it", () => {
  /** Answers "fail" when it cannot write, and asks n2 for what is damaged. */
  const careful: Handlers = {
    onStart: (ctx) => {
      try {
        ctx.fact("has", { value: ctx.disk.read("value") ?? null });
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
        ctx.fact("lacks", { kind: error.kind, record: error.record });
        ctx.send("n2", { type: "please" });
      }
    },
    onMessage: (ctx, _from, { value }) => [ctx.disk.write("value", value), ctx.disk.sync(), ctx.fact("repaired")],
    onRequest: (ctx, request) => {
      try {
        ctx.disk.write("value", request.op);
        ctx.disk.sync();
        ctx.reply(request, "done");
      } catch (error) {
        ctx.fail(request, (error as DiskError).kind);
      }
    },
  };
  const peer: Handlers = { onMessage: (ctx, from) => ctx.send(from, { type: "here", value: 7 }) };

  it("goes on, and says so to its client", () => {
    const cluster = boot({ n1: careful, n2: peer }, { clients: 1 });
    cluster.offer(ms(1), "c1", "o1", 1);
    cluster.offer(ms(50), "c1", "o2", 2);
    at(cluster, 40, () => cluster.ail("f", "n1", { kind: "full" }));
    cluster.runUntil(ms(100));
    expect(cluster.operations.map(({ outcome, output, reason }) => [outcome, output ?? reason])).toEqual([
      ["ok", "done"],
      ["fail", "full"],
    ]);
    expect(records(cluster, "crash")).toEqual([]);
  });

  it("writes anew what is damaged", () => {
    const cluster = boot({ n1: careful, n2: peer }, { clients: 1 });
    cluster.offer(ms(1), "c1", "o1", 1);
    at(cluster, 20, () => cluster.rot("f", "n1", true));
    for (const ms of [30, 60]) {
      at(cluster, ms, () => cluster.crash("c", "n1"));
      at(cluster, ms + 10, () => cluster.restart("c", "n1"));
    }
    cluster.runUntil(ms(100));
    const facts = records(cluster, "fact", "n1").map(({ name, data }) => [name, ...Object.values(data as object)]);
    expect(facts).toEqual([["has", null], ["lacks", "damaged", "value"], ["repaired"], ["has", 7]]);
    expect(effects(cluster)).toBe(1);
  });
});

describe("a slow sync", () => {
  it("keeps the node busy, and what comes behind it waits", () => {
    const cluster = counting();
    cluster.ail("f", "n1", { kind: "slow", extraUs: 4_000 });
    cluster.runUntil(ms(14));
    const when = (type: string): unknown =>
      records(cluster, "send").flatMap(({ message, atUs }) => ((message as { type: string }).type === type ? [atUs] : []));
    expect([when("before"), when("after"), records(cluster, "sync").map(({ atUs }) => atUs)]).toEqual([
      [10_000],
      [14_000],
      [14_000],
    ]);
    expect(effects(cluster)).toBe(1);
  });

  it("is undone by a crash meanwhile", () => {
    for (const [crashAt, synced] of [
      [13, 0],
      [15, 1],
    ] as const) {
      const cluster = counting({ seed: 3 });
      cluster.ail("f", "n1", { kind: "slow", extraUs: 4_000 });
      at(cluster, crashAt, () => cluster.crash("c", "n1"));
      cluster.runUntil(ms(20));
      expect(records(cluster, "sync")).toHaveLength(synced);
      expect(records(cluster, "crash").map(({ lost }) => lost > 0)).toEqual([synced === 0]);
    }
  });

  it("takes no time where there is nothing to make durable", () => {
    const cluster = boot({
      n1: { onStart: (ctx) => [ctx.setTimer("t", 1)], onTimer: (ctx) => [ctx.disk.sync(), ctx.fact("done")] },
    });
    cluster.ail("f", "n1", { kind: "slow", extraUs: 4_000 });
    cluster.runUntil(ms(1));
    expect([records(cluster, "fact"), effects(cluster)]).toMatchObject([[{ atUs: 1_000 }], 0]);
  });

  it("begins once and ends once, for those who wait for the moment before it or after it", () => {
    for (const [place, atUs] of [
      ["before", 10_000],
      ["after", 14_000],
    ] as const) {
      const cluster = counting();
      cluster.ail("f", "n1", { kind: "slow", extraUs: 4_000 });
      const seen: number[] = [];
      for (const nth of [1, 2])
        cluster.watch(
          `w${nth}`,
          { place, what: "sync", nth },
          () => true,
          () => seen.push(cluster.nowUs),
        );
      cluster.runUntil(ms(40));
      expect(seen).toEqual([atUs, atUs + 10_000]);
    }
  });

  it("leaves the places of crashes where they are: a place behind the sync is the same, slow or not", () => {
    for (const extraUs of [0, 4_000]) {
      const cluster = counting();
      if (extraUs > 0) cluster.ail("f", "n1", { kind: "slow", extraUs });
      cluster.armCrash("c", "n1", { handler: "timer tick", after: 4 }, () => undefined);
      cluster.runUntil(ms(20));
      expect(records(cluster, "crash").map(({ cut, atUs }) => [cut, atUs])).toEqual([
        [{ handler: "timer tick", after: 4, of: 6 }, 10_000 + extraUs],
      ]);
      expect(told(cluster, "n1").slice(-2)).toEqual(["sync", "crash"]);
    }
  });
});

describe("a sync that lies", () => {
  it("loses at the next crash what it had covered", () => {
    const cluster = counting();
    at(cluster, 15, () => cluster.ail("f", "n1", { kind: "lies", beyond: true }));
    at(cluster, 45, () => cluster.crash("c", "n1"));
    at(cluster, 46, () => cluster.restart("c", "n1"));
    cluster.runUntil(ms(50));
    expect(starts(cluster)).toEqual(["0 0", "1 1"]);
    expect([effects(cluster), cluster.destroyedBeyond({ wiped: 0 })]).toEqual([
      1,
      "1 server set back to an older state (n1), where it bears 0",
    ]);
  });

  it("has no effect without a crash, nor when an honest sync comes before it", () => {
    const cluster = counting();
    at(cluster, 15, () => cluster.ail("f", "n1", { kind: "lies", beyond: true }));
    at(cluster, 45, () => cluster.cure("f", "n1"));
    at(cluster, 55, () => cluster.crash("c", "n1"));
    at(cluster, 56, () => cluster.restart("c", "n1"));
    cluster.runUntil(ms(60));
    expect([starts(cluster), effects(cluster)]).toEqual([["0 0", "5 5"], 0]);
  });
});

describe("a crash that tears the last write", () => {
  const writes = (last: "record" | "log"): Handlers => ({
    onStart: (ctx) => {
      ctx.fact("started", { value: ctx.disk.read("value") ?? null, log: ctx.disk.log("log").entries() });
      ctx.disk.write("value", 1);
      ctx.disk.sync();
      ctx.setTimer("t", 5);
    },
    onTimer: (ctx) => (last === "record" ? ctx.disk.write("value", 2) : ctx.disk.log("log").append("a")),
  });
  function torn(last: "record" | "log", beyond: boolean, bears?: { wiped: number }): Cluster {
    const cluster = boot({ n1: writes(last) }, bears === undefined ? {} : { bears });
    cluster.ail("f", "n1", { kind: "tears", beyond });
    at(cluster, 10, () => cluster.crash("c", "n1"));
    at(cluster, 11, () => cluster.restart("c", "n1"));
    cluster.runUntil(ms(12));
    return cluster;
  }

  it("leaves an append that reads as torn", () => {
    const cluster = torn("log", false, { wiped: 0 });
    expect(records(cluster, "fact").at(-1)!.data).toEqual({ value: 1, log: [{ torn: true }] });
    expect([effects(cluster), cluster.destroyedBeyond({ wiped: 0 })]).toEqual([1, undefined]);
  });

  it("takes a named record with it, the old one as well: its checksum shows it", () => {
    const cluster = torn("record", true);
    expect(records(cluster, "crash").map(({ why }) => why)).toEqual([undefined, '"value" does not fit its checksum']);
    expect(cluster.destroyedBeyond({ wiped: 0 })).toBe("1 server with a damaged disk (n1), where it bears 0");
  });

  it("leaves a named record whole, the old or the new one, where that is more than is borne", () => {
    const cluster = torn("record", false, { wiped: 0 });
    expect(records(cluster, "crash")).toHaveLength(1);
    expect(effects(cluster)).toBe(0);
    expect(records(cluster, "disk")).toMatchObject([
      { by: "f", says: "is spared: the protocol states that it bears no server with a damaged disk" },
    ]);
  });
});

describe("damage", () => {
  it("is found by who reads it: an entry by its index, whatever else is read goes on", () => {
    const cluster = boot({
      n1: {
        onStart: (ctx) => {
          if (ctx.disk.log("log").length === 0) for (const entry of ["a", "b", "c"]) ctx.disk.log("log").append(entry);
          ctx.disk.sync();
          ctx.setTimer("t", 10);
        },
        onTimer: (ctx) => {
          const log = ctx.disk.log("log");
          for (const i of [0, 1, 2]) {
            try {
              ctx.fact("read", { entry: log.get(i) });
            } catch (error) {
              const { kind, index } = error as DiskError;
              ctx.fact("read", { kind, right: index === i });
            }
          }
          expect(() => log.entries()).toThrow(/^entry [012] of the log "log" does not fit its checksum$/);
          log.truncate(0);
          ctx.fact("left", { entries: log.entries() });
        },
      },
    });
    at(cluster, 5, () => cluster.rot("f", "n1", true, "log"));
    cluster.runUntil(ms(20));
    const facts = records(cluster, "fact").map(({ data }) => JSON.stringify(data));
    expect(facts.filter((fact) => fact === '{"kind":"damaged","right":true}')).toHaveLength(1);
    expect(facts).toHaveLength(4);
    expect(facts.at(-1)).toBe('{"entries":[]}');
    expect([cluster.stop, effects(cluster)]).toEqual([undefined, 2]);
  });

  it("has no effect where it is written over before anybody reads it, nor on a disk with nothing on it", () => {
    const cluster = boot({
      n1: { onStart: (ctx) => [ctx.disk.write("a", 1), ctx.disk.sync(), ctx.setTimer("t", 10)], onTimer: again },
      n2: {},
    });
    function again(ctx: Context): void {
      ctx.disk.write("a", 2);
      ctx.disk.sync();
      ctx.fact("read", { a: ctx.disk.read("a") });
    }
    at(cluster, 5, () => [cluster.rot("f", "n1", true), cluster.rot("g", "n2", true)]);
    cluster.runUntil(ms(20));
    expect(records(cluster, "fact")).toMatchObject([{ data: { a: 2 } }]);
    expect([effects(cluster), effects(cluster, "g")]).toEqual([0, 0]);
  });

  it("stays after the heal, and its node dies of it again", () => {
    const cluster = counting();
    at(cluster, 15, () => cluster.rot("f", "n1", true, "count"));
    cluster.runUntil(ms(100));
    cluster.heal();
    cluster.runUntil(ms(3_000));
    expect(records(cluster, "crash", "n1").length).toBeGreaterThan(3);
    expect(cluster.stop).toBeUndefined();
  });
});

describe("an older copy of a disk", () => {
  it("is what had been durable then, and only that", () => {
    const cluster = counting();
    cluster.rememberDisks();
    at(cluster, 45, () => expect(cluster.rollBack("f", "n1", ms(20), true)).toBe(true));
    at(cluster, 50, () => cluster.restart("f", "n1"));
    // At 70 it has counted on from 2; the copy of 45 is what it was at 25.
    at(cluster, 75, () => cluster.crash("c", "n1"));
    at(cluster, 76, () => cluster.restart("c", "n1"));
    cluster.runUntil(ms(80));
    expect(starts(cluster)).toEqual(["0 0", "2 2", "4 4"]);
    expect(effects(cluster)).toBe(1);
  });

  it("is not put back where nothing would be forgotten, or where nobody remembers", () => {
    const cluster = counting();
    at(cluster, 15, () => expect(cluster.rollBack("f", "n1", ms(10), true)).toBe(false));
    at(cluster, 16, () => cluster.rememberDisks());
    at(cluster, 18, () => expect(cluster.rollBack("f", "n1", ms(10), true)).toBe(false));
    cluster.runUntil(ms(20));
    expect([cluster.isUp("n1"), effects(cluster)]).toEqual([true, 0]);
  });
});

describe("what a protocol bears", () => {
  const nodes = { n1: counter, n2: counter, n3: counter };
  const spared = (cluster: Cluster): string[] =>
    records(cluster, "disk").flatMap(({ node, says }) => (says.startsWith("is spared") ? [node] : []));

  it("is kept to: the servers that are more are spared, and count for nothing", () => {
    const cluster = boot(nodes, { bears: { wiped: 0, damaged: 1 } });
    at(cluster, 15, () => ["n2", "n1", "n3"].forEach((node) => void cluster.rot("f", node, false, "count")));
    cluster.runUntil(ms(50));
    expect([records(cluster, "crash").map(({ node }) => node), spared(cluster)]).toEqual([["n2"], ["n1", "n3"]]);
    expect([effects(cluster), cluster.destroyedBeyond({ wiped: 0, damaged: 1 })]).toEqual([1, undefined]);
  });

  it("counts a server once, in whatever way it is hit, and all ways together", () => {
    const cluster = boot(nodes, { bears: { wiped: 1 } });
    at(cluster, 15, () => cluster.rot("f", "n2", false, "count"));
    at(cluster, 25, () => cluster.wipe("f", "n2", false));
    at(cluster, 26, () => cluster.crash("f", "n1"));
    at(cluster, 27, () => cluster.wipe("f", "n1", false));
    cluster.runUntil(ms(30));
    expect([records(cluster, "wipe").map(({ node }) => node), spared(cluster)]).toEqual([["n2"], ["n1"]]);
  });

  it("is no matter to a fault that goes beyond it", () => {
    const cluster = boot(nodes, { bears: { wiped: 0 } });
    at(cluster, 15, () => ["n1", "n2"].forEach((node) => void cluster.rot("f", node, true, "count")));
    cluster.runUntil(ms(50));
    expect(cluster.destroyedBeyond({ wiped: 0 })).toBe("2 servers with a damaged disk (n1, n2), where it bears 0");
  });
});

describe("a clock that stands still", () => {
  /** n1 asks both clocks whenever n2 says something, every 10 ms; and it has a timer of its own, every 10 ms. */
  const watcher: Handlers = {
    onStart: (ctx) => ctx.setTimer("t", 10),
    onTimer: (ctx) => ctx.setTimer("t", 10),
    onMessage: (ctx) => ctx.fact("clocks", { wall: ctx.now() - 1e9, watch: ctx.elapsed() }),
  };
  const other: Handlers = {
    onStart: (ctx) => ctx.setTimer("t", 10),
    onTimer: (ctx) => [ctx.send("n1", { type: "x" }), ctx.setTimer("t", 10)],
  };
  const shown = (cluster: Cluster): unknown[] => records(cluster, "fact").map(({ data }) => Object.values(data as object));
  const fired = (cluster: Cluster): number[] => records(cluster, "timer", "n1").map(({ atUs }) => atUs / 1_000);

  function frozen(clocks: "wall" | "stop-watch" | "both"): Cluster {
    const cluster = boot({ n1: watcher, n2: other });
    at(cluster, 15, () => cluster.freeze("f", "n1", clocks));
    at(cluster, 35, () => cluster.thaw("f", "n1"));
    cluster.runUntil(ms(42));
    return cluster;
  }

  it("is the wall clock alone, and timers go on", () => {
    const cluster = frozen("wall");
    expect(shown(cluster)).toEqual([
      [11, 11],
      [15, 21],
      [15, 31],
      [21, 41],
    ]);
    expect([fired(cluster), effects(cluster)]).toEqual([[10, 20, 30, 40], 2]);
  });

  it("is the stop-watch alone, and timers wait", () => {
    const cluster = frozen("stop-watch");
    expect(shown(cluster)).toEqual([
      [11, 11],
      [21, 15],
      [31, 15],
      [41, 21],
    ]);
    expect([fired(cluster), effects(cluster)]).toEqual([[10, 40], 3]);
  });

  it("is both, until the heal at the latest", () => {
    const cluster = boot({ n1: watcher, n2: other });
    cluster.freeze("f", "n1", "both");
    at(cluster, 15, () => [cluster.jumpClock("j", "n1", 1_000), cluster.crash("c", "n1"), cluster.restart("c", "n1")]);
    cluster.runUntil(ms(25));
    expect([shown(cluster), fired(cluster)]).toEqual([
      [
        [0, 0],
        [1, 0],
      ],
      [],
    ]);
    cluster.heal();
    cluster.runUntil(ms(36));
    expect([shown(cluster).at(-1), fired(cluster)]).toEqual([[7, 6], [35]]);
  });

  it("counts for nothing where nobody looks, nor is any timer set", () => {
    const cluster = boot({ n1: {}, n2: other });
    cluster.freeze("f", "n1", "both");
    cluster.runUntil(ms(25));
    cluster.heal();
    expect(effects(cluster)).toBe(0);
  });
});

it("monitors hear of a wipe, and of nothing that a disk does without a word", () => {
  const lines: string[] = [];
  const cluster = boot({ n1: counter, n2: {} }, { invariants: [listener([], lines)] });
  cluster.rememberDisks();
  at(cluster, 35, () => cluster.rollBack("f", "n1", ms(20), true));
  at(cluster, 36, () => cluster.restart("f", "n1"));
  cluster.runUntil(ms(40));
  expect(lines.filter((line) => line.endsWith("n1"))).toEqual(["start n1", "crash n1", "restart n1"]);
});
