/** A biased draw is one that the weather could have drawn by itself. */

import { expect, test } from "vitest";
import { biased } from "./bias.ts";
import { finish } from "./chance.ts";
import { delayUs } from "./latency.ts";

const draws = Array.from({ length: 2_000 }, (_, i) => finish(i * 7_919));
const weather = { kind: "heavy-tail", minUs: 1_000, medianUs: 6_000, maxUs: 400_000 } as const;
const usual = draws.map((draw) => delayUs(weather, draw)).sort((a, b) => a - b);

test("late messages are slower than nearly all others, early ones faster than half of them, and none is beyond the range", () => {
  const late = draws.map((draw, i) => delayUs(weather, biased(draw, "late", draws.at(-1 - i)!)));
  const early = draws.map((draw, i) => delayUs(weather, biased(draw, "early", draws.at(-1 - i)!)));
  expect(Math.min(...late)).toBeGreaterThanOrEqual(usual[Math.floor(usual.length * 0.92)]!);
  expect(Math.max(...late)).toBeLessThanOrEqual(400_000);
  expect(Math.max(...early)).toBeLessThanOrEqual(6_000);
  expect(Math.min(...early)).toBeGreaterThanOrEqual(1_000);
});

test("either is one or the other, about as often", () => {
  const kinds = draws.map((draw, i) => biased(draw, "either", draws.at(-1 - i)!) === biased(draw, "late", 0));
  const share = kinds.filter((late) => late).length / kinds.length;
  expect(share).toBeGreaterThan(0.45);
  expect(share).toBeLessThan(0.55);
});
