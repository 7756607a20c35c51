import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPpm, checkUs, drawUs, smaller } from "./amount.ts";
import { clockDrift } from "./clock-drift.ts";
import { clockOffset } from "./clock-offset.ts";
import type { Cluster } from "./fault.ts";
import { loss } from "./loss.ts";

const cluster: Cluster = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  selectors: ["leader"],
};

describe("ranges", () => {
  test("draw both their ends and what is between", () => {
    const drawn = new Set(fc.sample(drawUs("-1us..1us"), { numRuns: 100, seed: 1 }));
    expect([...drawn].sort()).toEqual([-1, 0, 1]);
  });

  test("upside down they are refused, with the right one", () => {
    expect(checkUs("3s..1s", "extra")[0]?.message).toBe("the range 3s..1s is upside down; did you mean 1s..3s?");
    expect(checkPpm("50%..5%", "share", [0, 1_000_000])[0]?.message).toBe(
      "the range 50%..5% is upside down; did you mean 5%..50%?",
    );
    expect(checkUs("1s..3s", "extra")).toEqual([]);
  });

  test("a clock cannot stand still", () => {
    expect(clockDrift.check({ "clock-drift": "any", by: "-100%" }, cluster)[0]?.message).toBe(
      "-100% goes too far; expected something within -90%..900%",
    );
  });
});

describe("smaller amounts for the shrinker", () => {
  test("are round, about half, and end at the least", () => {
    const steps: number[] = [];
    for (let now = 812_345; ; ) {
      const [next] = smaller(now, 1_000);
      if (next === undefined) break;
      steps.push(next);
      now = next;
    }
    expect(steps).toEqual([400_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000]);
  });

  test("keep their sign", () => {
    expect(smaller(-812_345, 1_000)).toEqual([-400_000]);
    expect(smaller(-1_000, 1_000)).toEqual([]);
  });
});

describe("clocks", () => {
  test("each node draws an amount of its own: clocks that are all wrong by the same agree", () => {
    const [skew] = fc.sample(clockOffset.draw({ "clock-offset": "all" }, cluster), { numRuns: 1, seed: 1, unbiased: true });
    const amounts = Object.values((skew as { each: Record<string, number> }).each);
    expect(amounts).toHaveLength(3);
    expect(new Set(amounts).size).toBe(3);
  });

  test("amounts can be written out by node, and are checked one by one", () => {
    const item = { "clock-offset": { n1: "100ms", n2: "-1s..1s" } };
    expect(clockOffset.check(item, cluster)).toEqual([]);
    for (const skew of fc.sample(clockOffset.draw(item, cluster), { numRuns: 20, seed: 1 })) {
      expect(skew).toMatchObject({ each: { n1: 100_000 } });
    }
    expect(clockOffset.check({ "clock-offset": { n1: "1s..-1s", n7: "1s" }, by: "1s" }, cluster)).toEqual([
      { path: ["clock-offset"], message: 'there is no node "n7" in this cluster; expected one of n1, n2, n3, c1' },
      { path: ["by"], message: '"by" goes with a target; here every node has its own amount, take one of the two away' },
      { path: ["clock-offset", "n1"], message: "the range 1s..-1s is upside down; did you mean -1s..1s?" },
    ]);
  });
});

describe("links of a target", () => {
  test("are all of its links, the clients' too unless they are kept", () => {
    expect(loss.explicit({ nodes: ["n1"], direction: "out", clients: false, ppm: 200_000 })).toEqual({
      loss: "n1",
      direction: "out",
      clients: "keep",
      share: "20%",
    });
  });

  test("what goes with a target does not go with written links", () => {
    expect(loss.check({ loss: "n1 -> n2", direction: "in" }, cluster)).toEqual([
      { path: ["direction"], message: '"direction" goes with a target, not with written links; take it away' },
    ]);
  });
});
