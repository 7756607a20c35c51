/** Counts in fault items: a number, or a range that one is drawn from ("2..5"). */

import * as fc from "fast-check";
import { z } from "zod";
import type { Problem } from "./fault.ts";

/** As an item says it. */
export type Count = number | string;

const error = "expected a whole number of at least 1, or a range such as 2..5";

export const counts = z
  .union([z.int().min(1), z.string().regex(/^\d{1,4}\.\.\d{1,4}$/, { error })], { error })
  .meta({ examples: [3, "2..5"] });

function ends(count: Count): readonly [min: number, max: number] {
  if (typeof count === "number") return [count, count];
  const [min, max] = count.split("..");
  return [Number(min), Number(max)];
}

/** Uniform in the range. The schema has seen it. */
export function drawCount(count: Count): fc.Arbitrary<number> {
  const [min, max] = ends(count);
  return fc.integer({ min, max });
}

export function checkCount(count: Count | undefined, field: string, most = Number.POSITIVE_INFINITY): readonly Problem[] {
  if (count === undefined) return [];
  const [min, max] = ends(count);
  const problem = (message: string): readonly Problem[] => [{ path: [field], message }];
  if (min > max) return problem(`the range ${count} is upside down; did you mean ${max}..${min}?`);
  if (min < 1) return problem(`${count} begins below 1; expected a range such as 1..${max}`);
  return max > most ? problem(`${count} goes too far; expected ${most} at the most`) : [];
}
