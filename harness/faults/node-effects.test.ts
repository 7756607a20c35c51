/** What faults that take nodes down several times, or several nodes, really do; and that clients are nodes too. */

import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "./index.ts";
import { forget, happens, heard, orders, starts, world } from "./testing/talkers.ts";

beforeEach(forget);

const startsOf = (node: string): number[] => starts.filter((start) => start.node === node).map(({ atUs }) => atUs / 1_000);

describe("crash-loop", () => {
  test("falls again shortly after each start, and stays down ever longer", () => {
    expect(happens({ "crash-loop": "n1", times: 3, up: "2ms", "back-off": "5ms..8ms" })).toBe(3);
    // Down at 105, 112 and 122 ms.
    expect(startsOf("n1")).toEqual([0, 110, 120, 130]);
    expect(startsOf("n2")).toEqual([0]);
  });

  test("ends when its time is up, and brings the node back", () => {
    expect(happens({ "crash-loop": "leader", times: 50, up: "5ms", "back-off": "10ms..40ms" })).toBe(3);
    expect(startsOf("n1")).toEqual([0, 115, 140, 155]);
    expect(heard("n2", "n1", 165, 200)).toEqual([11, 12, 13, 14]);
  });

  test("leaves alone whom somebody else has taken down", () => {
    const down = (cluster: ReturnType<typeof world>): void => {
      cluster.at(90_000, () => void cluster.crash("other", "n1"));
      cluster.at(190_000, () => void cluster.restart("other", "n1"));
    };
    expect(happens({ "crash-loop": "n1", times: 3, up: "2ms", "back-off": "5ms" }, true, "datagram", down)).toBe(0);
    expect(startsOf("n1")).toEqual([0, 190]);
  });
});

describe("rolling-restart", () => {
  test("takes one after the other, each back before the next goes", () => {
    expect(happens({ "rolling-restart": ["n3", "n1"], down: "10ms", pace: "5ms" })).toBe(2);
    expect(startsOf("n3")).toEqual([0, 115]);
    expect(startsOf("n1")).toEqual([0, 130]);
    expect(startsOf("n2")).toEqual([0]);
  });

  test("ends when its time is up", () => {
    expect(happens({ "rolling-restart": ["n3", "n1", "n2"], down: "40ms", pace: "5ms" })).toBe(2);
    expect([startsOf("n3"), startsOf("n1"), startsOf("n2")]).toEqual([[0, 145], [0, 155], [0]]);
  });

  test("passes over whom somebody else has taken down", () => {
    const down = (cluster: ReturnType<typeof world>): void => {
      cluster.at(100_000, () => void cluster.crash("other", "n3"));
      cluster.at(190_000, () => void cluster.restart("other", "n3"));
    };
    expect(happens({ "rolling-restart": ["n3", "n1"], down: "10ms", pace: "5ms" }, true, "datagram", down)).toBe(1);
    expect([startsOf("n3"), startsOf("n1")]).toEqual([
      [0, 190],
      [0, 120],
    ]);
  });
});

describe("crash, spread over a time", () => {
  test("lets several fall shortly one after the other", () => {
    expect(happens({ crash: ["n1", "n2", "n3"], spread: "20ms" })).toBe(3);
    const downs = ["n1", "n2", "n3"].map((node) => startsOf(node)[1]! - 50);
    expect(new Set(downs).size).toBe(3);
    for (const ms of downs) expect(ms >= 105 && ms <= 125).toBe(true);
  });

  test("drops who has not fallen when all heals", () => {
    const cluster = world(true);
    const crash = faults.find(({ word }) => word === "crash")!;
    const params = { nodes: ["n1", "n2", "n3"], disk: "keep", spreadUs: 20_000 };
    cluster.at(105_000, () => {
      const undo = crash.begin(cluster, "f", params);
      cluster.at(106_000, undo);
    });
    cluster.runUntil(200_000);
    expect(cluster.effectCounts.get("f") ?? 0).toBeLessThan(3);
    expect(starts.length).toBe(3 + (cluster.effectCounts.get("f") ?? 0));
  });
});

describe("clients", () => {
  test.each(["crash", "crash-loop", "rolling-restart"])("%s takes a client down, and starts it again", (word) => {
    const fell: boolean[] = [];
    const looks = (cluster: ReturnType<typeof world>): void => {
      for (const ms of [106, 199]) cluster.at(ms * 1_000, () => fell.push(!cluster.isUp("c1")));
    };
    expect(happens({ [word]: "c1" }, true, "datagram", looks)).toBeGreaterThan(0);
    expect(fell).toEqual([true, false]);
  });

  test.each([{ pause: "c1" }, { slow: "c1", extra: "3ms" }])("%j keeps a client from what it has to do", (item) => {
    const asks = (cluster: ReturnType<typeof world>): void => cluster.offer(110_000, "c1", "o1", { f: "read" });
    expect(happens(item, true, "datagram", asks)).toBeGreaterThan(0);
    expect(happens(item)).toBe(0);
  });
});

test("operate draws one of several orders each time", () => {
  const operate = faults.find(({ word }) => word === "operate")!;
  const cluster = world(true);
  for (const [i, order] of ["add", "remove"].entries())
    cluster.at(100_000 + i, () => void operate.begin(cluster, `o${i}`, { nodes: ["n2"], order }));
  cluster.runUntil(110_000);
  expect(orders).toEqual(["n2 at 100: add", "n2 at 100.001: remove"]);
});
