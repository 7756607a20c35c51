/** The disk: own writes are seen at once; what no sync has covered survives a crash as any subset in order, and nothing else does. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TORN } from "../protocol.ts";
import { finish, mix } from "./chance.ts";
import { type DiskWrite, SimDisk } from "./disk.ts";
import { at, boot, type Handlers, listener, ms, records, told } from "./testing/world.ts";

const write = (name: string, value: unknown): DiskWrite => ({ kind: "write", name, value });
const append = (name: string, value: unknown): DiskWrite => ({ kind: "append", name, index: 0, value });
const truncate = (name: string, length: number): DiskWrite => ({ kind: "truncate", name, length });

function put(disk: SimDisk, ...writes: readonly DiskWrite[]): void {
  for (const one of writes) {
    disk.see(one);
    disk.written(one);
  }
}

/** Everything on the disk, as text. */
function contents(disk: SimDisk, records: readonly string[], logs: readonly string[]): string {
  return JSON.stringify([records.map((name) => disk.read(name) ?? null), logs.map((name) => disk.log(name))]);
}

const lose = (): number => 0;
const keep = (): number => 0x9000_0000;
const tear = (): number => 0xffff_ffff;

describe("a disk", () => {
  it("reads its own writes before any sync, and keeps them through a sync and a crash", () => {
    const disk = new SimDisk();
    put(disk, write("term", 1), write("term", 2), append("log", "a"), append("log", "b"), truncate("log", 1), append("log", "c"));
    const all = '[[2],[["a","c"]]]';
    expect(contents(disk, ["term"], ["log"])).toBe(all);
    disk.sync();
    expect(disk.crash(lose)).toEqual({ lost: 0, torn: 0 });
    expect(contents(disk, ["term"], ["log"])).toBe(all);
  });

  it("keeps the old value of a record whose new one was lost: never none, never half", () => {
    const disk = new SimDisk();
    put(disk, write("term", { n: 1 }));
    disk.sync();
    put(disk, write("term", { n: 2 }));
    expect(disk.crash(lose)).toEqual({ lost: 1, torn: 0 });
    expect(disk.read("term")).toEqual({ n: 1 });
    put(disk, write("term", { n: 3 }));
    expect(disk.crash(tear)).toEqual({ lost: 0, torn: 0 });
    expect(disk.read("term")).toEqual({ n: 3 });
  });

  it("forgets what was seen but whose turn never came", () => {
    const disk = new SimDisk();
    put(disk, write("a", 1));
    disk.see(write("a", 2));
    disk.see(append("log", "x"));
    expect([disk.read("a"), disk.log("log").length]).toEqual([2, 1]);
    disk.crash(keep);
    expect([disk.read("a"), disk.log("log").length]).toEqual([1, 0]);
  });

  it("does not lose on a second crash what survived the first", () => {
    const disk = new SimDisk();
    put(disk, append("log", 1));
    disk.crash(keep);
    expect(disk.crash(lose)).toEqual({ lost: 0, torn: 0 });
    expect(disk.log("log")).toEqual([1]);
  });

  it("tears only the last append of each log", () => {
    const disk = new SimDisk();
    put(disk, append("a", 1), append("b", 1), append("a", 2), write("a", "a record of that name"), write("r", 1));
    expect(disk.crash(tear)).toEqual({ lost: 0, torn: 2 });
    expect(disk.log("a")).toEqual([1, TORN]);
    expect(disk.log("b")).toEqual([TORN]);
    expect([disk.read("a"), disk.read("r")]).toEqual(["a record of that name", 1]);
  });

  it("leaves no torn entry that a later truncate has taken away, nor one that was synced", () => {
    const disk = new SimDisk();
    put(disk, append("a", 1), truncate("a", 0));
    expect(disk.crash(tear).torn).toBe(0);
    put(disk, append("a", 1));
    disk.sync();
    expect(disk.crash(tear).torn).toBe(0);
    expect(disk.log("a")).toEqual([1]);
  });

  it("is empty after a wipe, down to what was never synced", () => {
    const disk = new SimDisk();
    expect(disk.isEmpty).toBe(true);
    put(disk, write("a", 1), append("log", 1));
    disk.sync();
    put(disk, write("b", 1));
    expect(disk.isEmpty).toBe(false);
    disk.wipe();
    disk.crash(keep);
    expect([disk.isEmpty, contents(disk, ["a", "b"], ["log"])]).toEqual([true, "[[null,null],[[]]]"]);
  });
});

describe("what survives a crash", () => {
  /** The dumb twin: replays a subset of the writes, in order, with a torn last append or without. */
  function replay(durable: readonly DiskWrite[], pending: readonly DiskWrite[], kept: number, torn: ReadonlySet<number>): string {
    const records = new Map<string, unknown>();
    const logs = new Map<string, unknown[]>([
      ["x", []],
      ["y", []],
    ]);
    const apply = (one: DiskWrite, value: unknown): void => {
      if (one.kind === "write") records.set(one.name, value);
      else if (one.kind === "append") logs.get(one.name)!.push(value);
      else logs.set(one.name, logs.get(one.name)!.slice(0, one.length));
    };
    for (const one of durable) apply(one, one.kind === "truncate" ? undefined : one.value);
    pending.forEach((one, i) => {
      if ((kept & (1 << i)) !== 0) apply(one, torn.has(i) ? TORN : one.kind === "truncate" ? undefined : one.value);
    });
    return JSON.stringify([["a", "b"].map((name) => records.get(name) ?? null), ["x", "y"].map((name) => logs.get(name))]);
  }

  /** Every outcome that the contract allows. */
  function legal(durable: readonly DiskWrite[], pending: readonly DiskWrite[]): Set<string> {
    const lasts = ["x", "y"]
      .map((log) => pending.findLastIndex((one) => one.kind !== "write" && one.name === log))
      .filter((i) => i >= 0 && pending[i]!.kind === "append");
    const outcomes = new Set<string>();
    for (let kept = 0; kept < 1 << pending.length; kept++) {
      for (let tears = 0; tears < 1 << lasts.length; tears++) {
        outcomes.add(replay(durable, pending, kept, new Set(lasts.filter((_, bit) => (tears & (1 << bit)) !== 0))));
      }
    }
    return outcomes;
  }

  let value = 0;
  const anyWrite: fc.Arbitrary<DiskWrite> = fc.oneof(
    fc.constantFrom("a", "b").map((name) => write(name, ++value)),
    fc.constantFrom("x", "y").map((name) => append(name, ++value)),
    fc.record({ name: fc.constantFrom("x", "y"), length: fc.nat(3) }).map(({ name, length }) => truncate(name, length)),
  );

  it("is every subset in order and no other, over many draws", () => {
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 5 }), fc.array(anyWrite, { maxLength: 4 }), (durable, pending) => {
        const seen = new Set<string>();
        for (let crash = 0; crash < 600; crash++) {
          const disk = new SimDisk();
          put(disk, ...durable);
          disk.sync();
          put(disk, ...pending);
          const key = mix(77, crash);
          disk.crash((i) => finish(mix(key, i)));
          seen.add(contents(disk, ["a", "b"], ["x", "y"]));
        }
        expect([...seen].sort()).toEqual([...legal(durable, pending)].sort());
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe("a node's disk", () => {
  const heard = (lines: string[], ctx: Parameters<NonNullable<Handlers["onStart"]>>[0]): void => {
    lines.push(JSON.stringify([ctx.disk.read("vote") ?? null, ctx.disk.log("log").entries(), ctx.disk.log("log").length]));
  };

  it("shows a handler its own writes, and the next one too, though nothing is synced", () => {
    const lines: string[] = [];
    boot({
      n1: {
        onStart: (ctx) => {
          ctx.disk.write("vote", "n2");
          ctx.disk.log("log").append({ n: 1 });
          ctx.disk.log("log").append({ n: 2 });
          ctx.disk.log("log").truncate(1);
          heard(lines, ctx);
          expect(ctx.disk.log("log").get(0)).toEqual({ n: 1 });
          expect(ctx.disk.log("log").get(1)).toBeUndefined();
          ctx.setTimer("look", 1);
        },
        onTimer: (ctx) => heard(lines, ctx),
      },
    }).runUntil(ms(5));
    expect(lines).toEqual(['["n2",[{"n":1}],1]', '["n2",[{"n":1}],1]']);
  });

  it("hands out copies of its logs", () => {
    const lines: string[] = [];
    boot({
      n1: {
        onStart: (ctx) => {
          ctx.disk.log("log").append(1);
          ctx.disk.log("log").entries().push(2);
          heard(lines, ctx);
        },
      },
    });
    expect(lines).toEqual(["[null,[1],1]"]);
  });

  it("comes back after a crash with what was synced, and with what chance left of the rest", () => {
    const lines: string[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const cluster = boot(
        {
          n1: {
            onStart: (ctx) => {
              if (ctx.elapsed() === 0 && ctx.disk.read("vote") === undefined) {
                ctx.disk.write("vote", 1);
                ctx.disk.sync();
                ctx.disk.write("vote", 2);
                ctx.disk.log("log").append("x");
              } else heard(lines, ctx);
            },
          },
        },
        { seed },
      );
      at(cluster, 1, () => cluster.crash("f", "n1"));
      at(cluster, 2, () => cluster.restart("f", "n1"));
      cluster.runUntil(ms(3));
      const [crash] = records(cluster, "crash");
      expect(crash!.lost + crash!.torn).toBeLessThanOrEqual(2);
    }
    expect([...new Set(lines)].sort()).toEqual(
      ["[1,[],0]", '[1,["x"],1]', '[1,[{"torn":true}],1]', "[2,[],0]", '[2,["x"],1]', '[2,[{"torn":true}],1]'].sort(),
    );
  });

  it("is wiped only while the node is down; monitors hear it, and it counts once, when there was something to wipe", () => {
    const lines: string[] = [];
    const cluster = boot(
      { n1: { onStart: (ctx) => void [ctx.disk.write("vote", 1), ctx.disk.sync()] }, n2: {} },
      { invariants: [listener([], lines)] },
    );
    cluster.wipe("f", "n1");
    expect(told(cluster, "n1")).not.toContain("wipe");
    cluster.crash("f", "n1");
    cluster.crash("f", "n2");
    cluster.wipe("w", "n1");
    cluster.wipe("w", "n1");
    cluster.wipe("w", "n2");
    expect(lines.filter((line) => line.startsWith("wipe"))).toEqual(["wipe n1"]);
    expect(cluster.destroyedBeyond({ wiped: 0 })).toBe("1 server with a wiped disk (n1), where it bears 0");
    expect(cluster.effectCounts.get("w")).toBe(1);
  });
});
