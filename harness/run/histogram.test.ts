/** Quantiles from buckets, beside those of the sorted values. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

function of(values: readonly number[]): ReturnType<Histogram["quantiles"]> {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram.quantiles();
}

describe("a histogram", () => {
  it("is exact for small values, and knows the greatest of all", () => {
    expect(of(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(of([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
    expect(of([])).toEqual({ count: 0 });
    expect(of([1_234_567]).p50).toBe(1_234_567);
  });

  it("is never below the sorted values' quantile, and hardly above, whatever their order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 1, maxLength: 200 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const told = of(values);
        expect(of(sorted)).toEqual(told);
        for (const percent of [50, 95, 99] as const) {
          const right = sorted[Math.ceil((values.length * percent) / 100) - 1]!;
          const found = told[`p${percent}`]!;
          expect(found).toBeGreaterThanOrEqual(right);
          expect(found - right).toBeLessThanOrEqual(right / 128);
        }
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
