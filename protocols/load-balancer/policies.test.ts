/** The policies by themselves: what the ring moves, what two choices are worth, and how smooth weighted turns are. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId, Random } from "../../harness/protocol.ts";
import { policies, type View } from "./policies.ts";
import { hash, Ring } from "./ring.ts";

const names = (count: number): readonly NodeId[] => Array.from({ length: count }, (_, i) => `worker${i + 1}`);
const keys = Array.from({ length: 10_000 }, (_, i) => `key ${i}`);

describe("the ring", () => {
  it("moves only the keys of the worker that leaves, about one in n, and to all others", () => {
    const all = new Ring(names(10), 100);
    const fewer = new Ring(
      names(10).filter((worker) => worker !== "worker4"),
      100,
    );
    const moved = keys.filter((key) => all.from(key)[0] !== fewer.from(key)[0]);
    expect(moved.every((key) => all.from(key)[0] === "worker4")).toBe(true);
    expect(moved.length).toBeGreaterThan(700);
    expect(moved.length).toBeLessThan(1_350);
    expect(new Set(moved.map((key) => fewer.from(key)[0])).size).toBe(9);
  });

  it("goes on where it would go if the first were not there: so the ring need not be built anew", () => {
    const all = new Ring(names(5), 20);
    for (const gone of names(5)) {
      const fewer = new Ring(
        names(5).filter((worker) => worker !== gone),
        20,
      );
      for (const key of keys.slice(0, 200)) expect(all.from(key).filter((worker) => worker !== gone)).toEqual(fewer.from(key));
    }
  });

  it("agrees with looking at every place, one by one", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }), (key, count, virtual) => {
        const places = names(count).flatMap((worker) =>
          Array.from({ length: virtual }, (_, i) => ({ at: hash(`${worker}:${i}`), worker })),
        );
        const point = hash(key);
        const distance = ({ at }: { readonly at: number }): number => (at - point + 2 ** 32) % 2 ** 32;
        const sorted = places.toSorted((a, b) => distance(a) - distance(b)).map(({ worker }) => worker);
        expect(new Ring(names(count), virtual).from(key)).toEqual([...new Set(sorted)]);
      }),
    );
  });

  it("spreads keys evenly with many places a worker, and badly with one", () => {
    const most = (virtual: number): number => {
      const ring = new Ring(names(10), virtual);
      const counts = new Map<string, number>();
      for (const key of keys) counts.set(ring.from(key)[0]!, (counts.get(ring.from(key)[0]!) ?? 0) + 1);
      return Math.max(...counts.values());
    };
    expect(most(100)).toBeLessThan(1_350);
    expect(most(1)).toBeGreaterThan(2_000);
  });
});

/** A policy that sees nothing but what it has itself given out; nothing ever ends. */
function given(name: keyof typeof policies, count: number, requests: number): readonly number[] {
  const workers = names(count);
  const loads = new Map<NodeId, number>(workers.map((worker) => [worker, 0]));
  let state = 1;
  const integer = (min: number, max: number): number => {
    state = hash(`${state}`);
    return min + (state % (max - min + 1));
  };
  const random: Random = {
    integer,
    real: () => integer(0, 999_999) / 1_000_000,
    pick: (list) => list[integer(0, list.length - 1)]!,
    shuffle: (list) =>
      list
        .map((one) => ({ one, at: integer(0, 1e9) }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one),
  };
  const view: View = { workers, load: (worker) => loads.get(worker)!, random, virtualNodes: 100, boundPercent: 125 };
  const policy = policies[name](view);
  for (let i = 0; i < requests; i++) {
    const { worker } = policy.choose(workers, `key ${i}`);
    loads.set(worker, loads.get(worker)! + 1);
  }
  return [...loads.values()];
}

describe("the policies", () => {
  it("two choices leave a far smaller greatest load than one (Mitzenmacher 2001)", () => {
    const [one, two, best] = (["random", "two-choices", "least-connections"] as const).map((name) =>
      Math.max(...given(name, 50, 5_000)),
    );
    expect(one! - 100).toBeGreaterThan(4 * (two! - 100));
    expect(best).toBe(100);
  });

  it("weighted turns are smooth: after each round exact, and in between never far", () => {
    for (let rounds = 1; rounds <= 3; rounds++)
      expect(given("weighted", 4, 10 * rounds)).toEqual([1, 2, 3, 4].map((n) => n * rounds));
    for (let n = 1; n <= 20; n++)
      given("weighted", 4, n).forEach((had, i) => void expect(Math.abs(had - (n * (i + 1)) / 10)).toBeLessThan(1));
  });

  it("a bounded ring puts nobody above its bound, at any moment", () => {
    for (const requests of [1, 7, 50, 333]) {
      expect(Math.max(...given("hash", 10, requests))).toBeLessThanOrEqual(Math.ceil((1.25 * requests) / 10));
    }
  });

  it("round-robin gives each the same", () => {
    expect(given("round-robin", 7, 70)).toEqual(Array(7).fill(10));
  });
});
