/** What the faults of links really do to messages; and that they count for nothing where they do nothing. */

import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "./index.ts";
import { forget, happens, heard, known, notes, starts, world } from "./testing/talkers.ts";

beforeEach(forget);

/** When n2 heard n1 after 105 ms, in ms. */
const times = (): number[] =>
  notes
    .filter(({ node, from, atUs }) => node === "n2" && from === "n1" && atUs > 105_000)
    .map(({ atUs }) => Math.round(atUs / 1_000));

const upTo19 = Array.from({ length: 19 }, (_, i) => i + 1);

/** Of a protocol on the other transport. */
function refusal(item: Readonly<Record<string, unknown>>): string {
  const fault = faults.find(({ word }) => word in item)!;
  return fault
    .check(item, { ...known, transport: "stream" })
    .map(({ message }) => message)
    .join();
}

describe("jam", () => {
  // Said at 110, 120 ... 150 ms, and there a millisecond later; it is over at 155 ms.
  test("keeps the last few messages, and loses the others; each that waited counts, and each that was lost", () => {
    expect(happens({ jam: "n1 -> n2", keeps: 2 })).toBe(5 + 3);
    expect(heard("n2", "n1", 105, 154)).toEqual([]);
    expect(heard("n2", "n1", 154, 155)).toEqual([14, 15]);
    expect(heard("n2", "n3", 105, 155)).toHaveLength(5);
    expect(heard("n2", "n1", 155, 200)).toEqual([16, 17, 18, 19]);
  });

  test("keeps the first few, if it drops the newest, and all that fit", () => {
    expect(happens({ jam: "n1 -> n2", keeps: 2, drops: "newest" })).toBe(5 + 3);
    expect(heard("n2", "n1", 105, 155)).toEqual([11, 12]);
    forget();
    expect(happens({ jam: "n1 -> n2", keeps: 5, drops: "any" })).toBe(5);
    expect(heard("n2", "n1", 105, 155)).toEqual([11, 12, 13, 14, 15]);
  });

  test("is over when nothing else holds the link", () => {
    const also = (cluster: ReturnType<typeof world>): void => {
      cluster.at(150_000, () => cluster.hold("other", { from: "n1", to: "n2" }));
      cluster.at(175_000, () => cluster.release("other", { from: "n1", to: "n2" }));
    };
    happens({ jam: "n1 -> n2", keeps: 3 }, true, "datagram", also);
    expect(heard("n2", "n1", 105, 174)).toEqual([]);
    expect(heard("n2", "n1", 174, 175)).toEqual([13, 14, 15, 16, 17]);
  });

  test("has no effect where nobody says anything, and is refused on streams", () => {
    expect(happens({ jam: "all" }, false)).toBe(0);
    expect(refusal({ jam: "any" })).toBe(
      "this protocol stands on streams, which lose nothing in a queue: jam means nothing to it; write hold, or bandwidth",
    );
  });
});

describe("bandwidth", () => {
  test("lets one message after the other through: who comes too soon queues, the longer the more there are", () => {
    expect(happens({ bandwidth: "n1 -> n2", rate: "50/s" })).toBe(4);
    expect(times().slice(0, 5)).toEqual([111, 131, 151, 161, 171]);
    expect(heard("n2", "n1", 0, 200).toSorted((a, b) => a - b)).toEqual(upTo19);
  });

  test("loses what comes to a full queue", () => {
    expect(happens({ bandwidth: "n1 -> n2", rate: "50/s", queue: 1 })).toBe(4);
    expect(heard("n2", "n1", 105, 200)).not.toContain(14);
    expect(heard("n2", "n1", 0, 200)).toHaveLength(18);
  });

  test("has no effect where the link is wide enough, or nobody says anything", () => {
    expect(happens({ bandwidth: "all", rate: "100/s" })).toBe(0);
    expect(happens({ bandwidth: "all", rate: "1/s" }, false)).toBe(0);
  });

  test("keeps the order of streams, which have no queue that loses", () => {
    expect(happens({ bandwidth: "n1 -> n2", rate: "50/s" }, true, "stream")).toBe(4);
    expect(heard("n2", "n1", 105, 200)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(times().slice(0, 4)).toEqual([111, 131, 151, 171]);
    expect(refusal({ bandwidth: "any", queue: 3 })).toContain("streams, which lose nothing in a queue");
    expect(refusal({ bandwidth: "any" })).toBe("");
  });
});

describe("slow-lane", () => {
  test("makes some messages much later, which others overtake", () => {
    const late = happens({ "slow-lane": "n1 -> n2", share: "50%", extra: "25ms" });
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(5);
    expect(heard("n2", "n1", 0, 200)).not.toEqual(upTo19);
    expect(heard("n2", "n1", 0, 200).toSorted((a, b) => a - b)).toEqual(upTo19);
  });

  test("makes the others wait on streams", () => {
    expect(happens({ "slow-lane": "n1 -> n2", share: "50%", extra: "25ms" }, true, "stream")).toBeGreaterThan(0);
    expect(heard("n2", "n1", 105, 200)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(times()).not.toEqual([111, 121, 131, 141, 151, 161, 171, 181, 191]);
  });

  test("has no effect when nothing takes it", () => {
    expect(happens({ "slow-lane": "all", share: "0%" })).toBe(0);
    expect(happens({ "slow-lane": "all" }, false)).toBe(0);
  });
});

describe("reorder", () => {
  test("delivers a burst in another order, and counts who was overtaken", () => {
    const count = happens({ reorder: "n1 -> n2", burst: 5, within: "100ms" });
    const burst = heard("n2", "n1", 105, 155);
    expect(new Set(times().slice(0, 5))).toEqual(new Set([151]));
    expect(burst).not.toEqual([11, 12, 13, 14, 15]);
    expect(burst.toSorted((a, b) => a - b)).toEqual([11, 12, 13, 14, 15]);
    const overtaken = burst.filter((number, i) => burst.slice(0, i).some((before) => before > number));
    expect(count).toBe(overtaken.length);
  });

  test("waits for others only so long, and has no effect when none come", () => {
    expect(happens({ reorder: "n1 -> n2", burst: 5, within: "4ms" })).toBe(0);
    expect(times().slice(0, 5)).toEqual([115, 125, 135, 145, 155]);
    expect(happens({ reorder: "all" }, false)).toBe(0);
  });

  test("leaves nobody waiting when it is over", () => {
    happens({ reorder: "n1 -> n2", burst: 50, within: "5s" });
    expect(heard("n2", "n1", 105, 200)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test("is refused on streams", () => {
    expect(refusal({ reorder: "any" })).toBe(
      "this protocol stands on streams, which keep their order: reorder means nothing to it; take it out",
    );
  });
});

describe("duplicate", () => {
  test("in a burst: several copies, each of which counts when it is handled", () => {
    expect(happens({ duplicate: "n1 -> n2", share: "100%", copies: 3 })).toBe(5 * 3);
    expect(heard("n2", "n1", 0, 200)).toHaveLength(19 + 15);
  });

  test("late: the copies of 14 and 15 are still under way at the end, and do not count", () => {
    expect(happens({ duplicate: "n1 -> n2", share: "100%", late: "60ms" })).toBe(3);
    expect(heard("n2", "n1", 165, 200)).toEqual([11, 17, 12, 18, 13, 19]);
  });

  test("late: to a receiver that was started anew since, or to none", () => {
    const falls = (cluster: ReturnType<typeof world>): void => {
      cluster.at(157_000, () => void cluster.crash("c", "n2"));
      cluster.at(178_000, () => void cluster.restart("c", "n2"));
    };
    expect(happens({ duplicate: "n1 -> n2", share: "100%", late: "60ms" }, true, "datagram", falls)).toBe(2);
    expect(starts.filter(({ node }) => node === "n2")).toHaveLength(2);
    expect(heard("n2", "n1", 178, 200)).toEqual([12, 18, 13, 19]);
  });

  test("late: none comes after the heal", () => {
    const heals = (cluster: ReturnType<typeof world>): void => cluster.at(185_000, () => cluster.heal());
    expect(happens({ duplicate: "n1 -> n2", share: "100%", late: "60ms" }, true, "datagram", heals)).toBe(2);
    expect(heard("n2", "n1", 185, 200)).toEqual([19]);
  });
});

describe("swizzle", () => {
  test("clogs one node after the other, and lets them go in another order", () => {
    // n1 at 105 ms, n2 at 117.5; n2 goes on at 142.5, n1 at 155.
    expect(happens({ swizzle: ["n1", "n2"], release: ["n2", "n1"] })).toBeGreaterThan(0);
    expect(heard("n3", "n1", 105, 154)).toEqual([]);
    expect(heard("n3", "n1", 154, 155)).toEqual([11, 12, 13, 14, 15]);
    expect(heard("n3", "n2", 105, 117)).toEqual([11]);
    expect(heard("n3", "n2", 117, 142)).toEqual([]);
    expect(heard("n3", "n2", 142, 143)).toEqual([12, 13, 14]);
    // Between the two, a message waits for both.
    expect(heard("n2", "n1", 142, 154)).toEqual([]);
    expect(heard("n2", "n1", 0, 200)).toEqual(upTo19);
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ swizzle: "all" }, false)).toBe(0);
  });
});

test("faults of one link under several ids: each ends its own", () => {
  const cluster = world(true);
  const link = { from: "n1", to: "n2" };
  cluster.at(105_000, () => {
    cluster.gate("a", link, { kind: "jam", keeps: 9, drops: "oldest" });
    cluster.gate("b", link, { kind: "shuffle", count: 2, withinUs: 50_000 });
    cluster.worsen("c", link, { rate: { perSecond: 50 } });
    cluster.worsen("d", link, { slowLane: { ppm: 1_000_000, extraUs: 5_000 } });
  });
  cluster.at(135_000, () => cluster.ungate("a", link));
  cluster.at(155_000, () => cluster.mend("c", link));
  cluster.at(175_000, () => cluster.heal());
  cluster.runUntil(200_000);
  expect(heard("n2", "n1", 105, 134)).toEqual([]);
  expect(heard("n2", "n1", 0, 200).toSorted((a, b) => a - b)).toEqual(upTo19);
  expect(heard("n2", "n1", 176, 200)).toContain(19);
  expect(cluster.effectCounts.get("d")).toBeGreaterThan(5);
});
