/** How many messages a link takes: "50/s", or a range that one is drawn from. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Problem } from "./fault.ts";

const error = "expected messages a second such as 50/s, or a range such as 20/s..200/s";

export const perSecond = z
  .string({ error })
  .regex(/^\d{1,6}\/s(?:\.\.\d{1,6}\/s)?$/, { error })
  .meta({ examples: ["50/s", "20/s..200/s"] });

function ends(text: string): readonly [min: number, max: number] {
  const [min, max = min] = text.split("..").map((end) => Number.parseInt(end, 10)) as [number, number?];
  return [min, max];
}

export function drawRate(text: string): fc.Arbitrary<number> {
  const [min, max] = ends(text);
  return fc.integer({ min, max });
}

export function checkRate(text: string | undefined, field: string): readonly Problem[] {
  if (text === undefined) return [];
  const [min, max] = ends(text);
  if (min > max) return [{ path: [field], message: `the range ${text} is upside down; did you mean ${max}/s..${min}/s?` }];
  if (min > 0) return [];
  return [{ path: [field], message: `at ${text} nothing would ever get through; expected 1/s or more, or the fault hold` }];
}
