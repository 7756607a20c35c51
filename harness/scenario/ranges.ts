/** Ranges of durations, with what can be wrong with them. */

import { formatRange, parseRange } from "../sim/units.ts";
import type { Path, Report } from "./problems.ts";
import type { RangeUs } from "./scenario.ts";

/** A text that the schema has seen. A range upside down is reported, and comes back the right way up. */
export function range(text: string, path: Path, report: Report): RangeUs {
  const { minUs, maxUs } = parseRange(text)!;
  if (minUs <= maxUs) return { minUs, maxUs };
  const right = { minUs: maxUs, maxUs: minUs };
  report(path, `the range ${text} is upside down; did you mean ${formatRange(right)}?`);
  return right;
}
