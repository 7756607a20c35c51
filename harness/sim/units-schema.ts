/** The zod schemas of durations and shares: plain strings with a pattern, so that the JSON Schema serves editors as well. */

import { z } from "zod";
import { patterns } from "./units.ts";

function text(pattern: RegExp, expected: string, examples: readonly string[]): z.ZodString {
  const error = `expected ${expected}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .meta({ examples: [...examples] });
}

/** A single length of time. */
export const duration = text(patterns.duration, "a duration such as 500ms or 2s", ["500ms", "2s"]);
/** A length of time, or a range that one is drawn from. */
export const durations = text(patterns.durations, "a duration such as 500ms, or a range such as 1s..3s", ["500ms", "1s..3s"]);
/** Durations that may be negative: by how much a clock is off. */
export const shifts = text(patterns.shifts, "a duration such as -1.5s, or a range such as -200ms..200ms", [
  "200ms",
  "-200ms..200ms",
]);
/** 0% to 100%. */
export const share = text(patterns.share, "a percentage such as 20% (0% to 100%)", ["20%"]);
export const shares = text(patterns.shares, "a percentage such as 20% (0% to 100%), or a range such as 5%..40%", [
  "20%",
  "5%..40%",
]);
/** How much faster (or, with a minus, slower) a clock runs. */
export const rates = text(patterns.rates, "a percentage or parts per million such as 2% or -300ppm, or a range such as -5%..5%", [
  "-5%..5%",
  "-300ppm..300ppm",
]);
