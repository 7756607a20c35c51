/** Majorities, by counting. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { majority, reachedBy } from "./quorum.ts";

describe("a majority", () => {
  it("is more than half", () => {
    expect([1, 2, 3, 4, 5, 6].map(majority)).toEqual([1, 2, 2, 3, 3, 4]);
  });

  it("of servers reaches the highest number that so many of them reach", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }), (numbers) => {
        const quorum = majority(numbers.length);
        const count = (least: number): number => numbers.filter((number) => number >= least).length;
        const dumb = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].find((least) => count(least) >= quorum);
        expect(reachedBy(quorum, [...numbers])).toBe(dumb);
      }),
    );
  });
});
