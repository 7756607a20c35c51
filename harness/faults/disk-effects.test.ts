/** What the faults of disks, and a clock that stands still, really do to a node; and that they count for nothing where they do nothing. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tolerance } from "../protocol.ts";
import { Cluster, roots } from "../sim/index.ts";
import type { Cluster as Known } from "./fault.ts";
import { faults } from "./index.ts";

const known: Known = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: [],
  selectors: [],
  bears: { wiped: 0 },
};

type Item = Readonly<Record<string, unknown>>;

interface Happened {
  /** How many effects were counted. */
  readonly effects: number;
  /** What n1 found on its disk at each start: the record, and the log. */
  readonly found: readonly string[];
  /** What the last tick that was told showed of it: its number, the true time, and the stop-watch of n1. */
  readonly last: { readonly count: number; readonly atMs: number; readonly elapsedMs: number };
  readonly destroyed: string | undefined;
}

/**
 * Each server counts its ticks of every 10 ms in a record and a log, syncs, and tells. The faults begin at 55 ms, for 30 ms; `others`
 * at 75 ms, for 5 ms. The world goes on to 199 ms.
 */
function happens(item: Item, others: Item = {}, { busy = true, bears }: { busy?: boolean; bears?: Tolerance } = {}): Happened {
  const found: string[] = [];
  let last = { count: 0, atMs: 0, elapsedMs: 0 };
  const cluster: Cluster = new Cluster({
    roots: roots(1),
    ...known,
    weather: { latency: { kind: "constant", us: 1_000 }, lossPpm: 0, duplicatePpm: 0 },
    policy: { target: "any", tryMs: 50, timeoutMs: 200, retry: false },
    create: (ctx, node) => ({
      onStart() {
        if (!busy) return;
        const count = ctx.disk.read<number>("count") ?? 0;
        if (node === "n1") found.push(`${count} ${ctx.disk.log("log").entries().length}`);
        ctx.setTimer("tick", 10);
      },
      onTimer() {
        const count = ctx.disk.log("log").length + 1;
        ctx.disk.write("count", count);
        ctx.disk.log("log").append(count);
        ctx.disk.sync();
        ctx.fact("told", { count, elapsed: ctx.elapsed() });
        ctx.setTimer("tick", 10);
      },
      onMessage() {},
    }),
    invariants: [
      {
        name: "last",
        states: "nothing",
        monitor: () => ({
          facts: {
            told({ count, elapsed }: { count: number; elapsed: number }, { node, atMs }: { node: string; atMs: number }) {
              if (node === "n1") last = { count, atMs, elapsedMs: elapsed };
            },
          },
        }),
      },
    ],
    selectors: {},
    goals: [],
    ...(bears === undefined ? {} : { bears }),
  });
  cluster.boot();
  for (const [id, one, atUs, forUs] of [
    ["f", item, 55_000, 30_000],
    ["other", others, 75_000, 5_000],
  ] as const) {
    const fault = faults.find(({ word }) => word in one);
    if (fault === undefined) continue;
    expect(fault.check(fault.schema.parse(one), { ...known, ...(bears !== undefined && { bears }) })).toEqual([]);
    const [params] = fc.sample(fault.draw(one, known), { numRuns: 1, seed: 1 });
    fault.prepare?.(cluster, params!);
    cluster.at(atUs, () => {
      const undo = fault.begin(cluster, id, params!, forUs);
      if (fault.lasts === "for" && fault.forFrom !== "effect") cluster.at(atUs + forUs, undo);
    });
  }
  cluster.runUntil(199_000);
  expect(cluster.stop).toBeUndefined();
  return { effects: cluster.effectCounts.get("f") ?? 0, found, last, destroyed: cluster.destroyedBeyond({ wiped: 0 }) };
}

const crash = { crash: "n1" };
const crashInBetween = { crash: "n1", cut: { handler: "timer tick", after: 2 } };

test("without a fault nothing is lost in a crash", () => {
  expect(happens({}, crash)).toMatchObject({ found: ["0 0", "7 7"], last: { count: 18, atMs: 190 } });
});

describe("read-error", () => {
  test("keeps a node down that must read, for longer than it lasts", () => {
    expect(happens({ "read-error": "n1" }, crash)).toMatchObject({ effects: 1, found: ["0 0"], last: { atMs: 70 } });
  });

  test("is nothing to a node that reads only when it starts", () => {
    expect(happens({ "read-error": "n1" })).toMatchObject({ effects: 0, last: { count: 19, atMs: 190 } });
  });
});

describe("full-disk", () => {
  test("stops who must write", () => {
    expect(happens({ "full-disk": "n1" })).toMatchObject({ effects: 1, last: { count: 5, atMs: 50 } });
    expect(happens({ "full-disk": "n2" })).toMatchObject({ effects: 1, last: { count: 19, atMs: 190 } });
  });

  test("is nothing to who does not write", () => {
    expect(happens({ "full-disk": "all" }, {}, { busy: false }).effects).toBe(0);
  });
});

describe("slow-sync", () => {
  test("makes what comes behind a sync late", () => {
    // The ticks of 60, 70 and 80 ms take 4 ms longer.
    expect(happens({ "slow-sync": "n1", extra: "4ms" })).toMatchObject({ effects: 3, last: { count: 19, atMs: 190 } });
    expect(happens({ "slow-sync": "n1", extra: "15ms" })).toMatchObject({ effects: 2, last: { count: 18, atMs: 190 } });
  });

  test("is nothing to who does not sync", () => {
    expect(happens({ "slow-sync": "all" }, {}, { busy: false }).effects).toBe(0);
  });
});

describe("lost-sync", () => {
  test("loses in a crash what was synced meanwhile", () => {
    expect(happens({ "lost-sync": "n1", beyond: true }, crash)).toMatchObject({
      effects: 1,
      found: ["0 0", "5 5"],
      destroyed: "1 server set back to an older state (n1), where it bears 0",
    });
  });

  test("is nothing without a crash", () => {
    expect(happens({ "lost-sync": "n1", beyond: true })).toMatchObject({ effects: 0, destroyed: undefined });
  });

  test("spares servers beyond what the protocol bears", () => {
    const bears = { wiped: 0, forgets: 1 };
    expect(happens({ "lost-sync": "all" }, { crash: "all" }, { bears }).effects).toBe(1);
    expect(happens({ "lost-sync": "all", beyond: true }, { crash: "all" }, { bears }).effects).toBe(3);
  });
});

describe("torn-write", () => {
  test("tears the append that a crash falls behind", () => {
    // After the record and the append of the eighth tick, before its sync: the log has a torn entry more.
    const { effects, found } = happens({ "torn-write": "n1" }, crashInBetween);
    expect([effects, found[0], found[1]?.slice(-2)]).toEqual([1, "0 0", " 8"]);
  });

  test("tears a record only where the protocol bears a damaged disk, or the item goes beyond", () => {
    const cut = { crash: "n1", cut: { handler: "timer tick", after: 1 } };
    expect(happens({ "torn-write": "n1" }, cut, { bears: { wiped: 0 } })).toMatchObject({ effects: 0, destroyed: undefined });
    const torn = happens({ "torn-write": "n1", beyond: true }, cut, { bears: { wiped: 0 } });
    // Torn once, and found at the restart.
    expect(torn).toMatchObject({ effects: 2, found: ["0 0"], destroyed: "1 server with a damaged disk (n1), where it bears 0" });
  });

  test("is nothing in a crash that finds everything synced", () => {
    expect(happens({ "torn-write": "n1" }, crash)).toMatchObject({ effects: 0, found: ["0 0", "7 7"] });
  });
});

describe("bit-rot", () => {
  test.each(["count", "log"])("of %s is found at the next start", (record) => {
    const { effects, found, destroyed } = happens({ "bit-rot": "n1", record, beyond: true }, crash);
    // A record was written over by then; an entry of a log stays what it is.
    expect([effects, found.length, destroyed]).toEqual([record === "log" ? 1 : 0, record === "log" ? 1 : 2, expect.anything()]);
  });

  test("is nothing where nobody reads", () => {
    expect(happens({ "bit-rot": "n1", record: "log", beyond: true }).effects).toBe(0);
  });
});

describe("old-disk", () => {
  test("brings a node back as it was", () => {
    // At 55 ms: five ticks; 20 ms before: three.
    expect(happens({ "old-disk": "n1", age: "20ms", beyond: true })).toMatchObject({
      effects: 1,
      found: ["0 0", "3 3"],
      destroyed: "1 server set back to an older state (n1), where it bears 0",
    });
  });

  test("is nothing to who has written nothing since", () => {
    expect(happens({ "old-disk": "n1", age: "4ms", beyond: true })).toMatchObject({ effects: 0, found: ["0 0"] });
  });
});

describe("clock-freeze", () => {
  test("of the stop-watch stops the timers for its time", () => {
    const { effects, last } = happens({ "clock-freeze": "n1", clock: "stop-watch" });
    expect([effects, last]).toEqual([1, { count: 16, atMs: 190, elapsedMs: 160 }]);
  });

  test("of the wall clock is nothing to who never asks it, and of either to who has no timer", () => {
    expect(happens({ "clock-freeze": "n1", clock: "wall" })).toMatchObject({ effects: 0, last: { count: 19, elapsedMs: 190 } });
    expect(happens({ "clock-freeze": "all" }, {}, { busy: false }).effects).toBe(0);
  });

  test("is another one on each node, unless the item says which", () => {
    const fault = faults.find(({ word }) => word === "clock-freeze")!;
    const drawn = fc.sample(fault.draw({ "clock-freeze": "all" }, known), { numRuns: 30, seed: 1 });
    expect(new Set(drawn.map((params) => JSON.stringify(params))).size).toBeGreaterThan(12);
    const [both] = fc.sample(fault.draw({ "clock-freeze": "all", clock: "both" }, known), { numRuns: 1, seed: 1 });
    expect(both).toEqual({ each: { n1: "both", n2: "both", n3: "both" } });
  });
});

test("what a protocol bears none of is refused, unless it goes beyond", () => {
  const problems = (item: Item, bears?: Tolerance): string[] => {
    const fault = faults.find(({ word }) => word in item)!;
    return fault
      .check(fault.schema.parse(item), { ...known, ...(bears !== undefined && { bears }) })
      .map(({ message }) => message);
  };
  for (const item of [{ "lost-sync": "n1" }, { "old-disk": "n1" }, { "bit-rot": "n1" }, { crash: "n1", disk: "wipe" }]) {
    expect(problems(item)).toEqual([
      expect.stringMatching(/^this protocol states that it bears no server .* write "beyond: true"/),
    ]);
    expect(problems({ ...item, beyond: true })).toEqual([]);
    expect(problems(item, { wiped: 1 })).toEqual([]);
  }
  expect(problems({ "torn-write": "n1" })).toEqual([]);
  expect(problems({ crash: "n1", beyond: true })).toEqual(['"beyond" goes with disk: wipe; take it away']);
});
