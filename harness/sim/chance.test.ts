/** Chance: pinned, because every saved seed depends on it, and as even as chance should be. */

import { describe, expect, it } from "vitest";
import { below, finish, hashText, mix, roots, stream } from "./chance.ts";

describe("golden values: a change here changes what every seed means", () => {
  it("of the mixes", () => {
    expect([mix(0, 0), mix(0, 1), mix(1, 0), mix(-1, 7), mix(0x12345678, -5)]).toMatchInlineSnapshot(`
      [
        -430675100,
        651101558,
        -430634140,
        -755148664,
        1088630625,
      ]
    `);
    expect([finish(0), finish(1), finish(-1), finish(0x12345678)]).toMatchInlineSnapshot(`
      [
        0,
        1364076727,
        2180083513,
        3816608188,
      ]
    `);
    expect([hashText(""), hashText("n1"), hashText("größer 🦀")]).toMatchInlineSnapshot(`
      [
        2166136261,
        70638592,
        85059934,
      ]
    `);
  });

  it("of the streams and the roots", () => {
    const { plan, weather, nodes, disks, faults } = roots(1);
    expect({ weather, nodes, disks, faults, plan: [plan(), plan()] }).toMatchInlineSnapshot(`
      {
        "disks": 1295530506,
        "faults": 535907210,
        "nodes": 2625545226,
        "plan": [
          113003681,
          4257247598,
        ],
        "weather": 2634430883,
      }
    `);
    const next = stream("fault", "crash-1", 3);
    expect([next(), next(), next()]).toMatchInlineSnapshot(`
      [
        2288340954,
        4021602428,
        2190776184,
      ]
    `);
  });
});

describe("streams", () => {
  it("are named by their whole path", () => {
    const first = (...path: (string | number)[]): number => stream(...path)();
    expect(first("a", "b/c")).not.toBe(first("a/b", "c"));
    expect(first("a", 1)).not.toBe(first("a", "1"));
    expect(first("a", 1)).toBe(first("a", 1));
  });

  it("of neighbouring seeds have nothing in common", () => {
    const roots1000 = Array.from({ length: 1_000 }, (_, seed) => roots(seed));
    expect(new Set(roots1000.map(({ weather }) => weather)).size).toBe(1_000);
    let agreeing = 0;
    for (let seed = 1; seed < 1_000; seed++) agreeing += bits(~(roots1000[seed]!.weather ^ roots1000[seed - 1]!.weather));
    expect(agreeing / 999).toBeGreaterThan(15.5);
    expect(agreeing / 999).toBeLessThan(16.5);
  });
});

describe("keyed draws", () => {
  it("flip half of the bits when one bit of the key is another", () => {
    let flipped = 0;
    let pairs = 0;
    for (let key = 0; key < 400; key++) {
      for (let bit = 0; bit < 12; bit++) {
        flipped += bits(finish(mix(mix(99, key), 1)) ^ finish(mix(mix(99, key ^ (1 << bit)), 1)));
        pairs++;
      }
    }
    expect(flipped / pairs).toBeGreaterThan(15.7);
    expect(flipped / pairs).toBeLessThan(16.3);
  });

  it("are uniform over consecutive keys, alone and in pairs", () => {
    const cells = new Array<number>(64).fill(0);
    const count = 64_000;
    for (let i = 0; i < count; i++) {
      const key = mix(mix(hashText("n1"), Math.floor(i / 4)), i % 4);
      cells[below(finish(mix(key, 1)), 8) * 8 + below(finish(mix(key, 2)), 8)]!++;
    }
    let chiSquared = 0;
    for (const seen of cells) chiSquared += (seen - 1_000) ** 2 / 1_000;
    // 63 degrees of freedom: 99.9 % lie below 103, 0.1 % below 32.
    expect(chiSquared).toBeLessThan(103);
    expect(chiSquared).toBeGreaterThan(32);
  });

  it("below n stay below n, ends included", () => {
    expect([below(0, 6), below(2 ** 32 - 1, 6), below(2 ** 32 - 1, 1), below(2 ** 31, 2)]).toEqual([0, 5, 0, 1]);
    expect(below(2 ** 32 - 1, Number.MAX_SAFE_INTEGER)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});

function bits(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
