/** Amounts in fault items: a text that is one value or a range, checked, drawn, and made smaller. */

import * as fc from "fast-check";
import { formatRange, formatShare, parseRange, parseShares } from "../sim/units.ts";
import type { Problem } from "./fault.ts";

/** Both ends of a range, in whole units. */
type Ends = readonly [min: number, max: number];

function endsUs(text: string): Ends {
  const { minUs, maxUs } = parseRange(text)!;
  return [minUs, maxUs];
}

function endsPpm(text: string): Ends {
  const { minPpm, maxPpm } = parseShares(text)!;
  return [minPpm, maxPpm];
}

/** Uniform in a range of durations, in microseconds. The schema has seen the text. */
export function drawUs(text: string): fc.Arbitrary<number> {
  const [min, max] = endsUs(text);
  return fc.integer({ min, max });
}

/** Uniform in a range of shares, in parts per million. */
export function drawPpm(text: string): fc.Arbitrary<number> {
  const [min, max] = endsPpm(text);
  return fc.integer({ min, max });
}

export function checkUs(text: string | undefined, field: string): readonly Problem[] {
  if (text === undefined) return [];
  const [minUs, maxUs] = endsUs(text);
  return minUs <= maxUs ? [] : [upsideDown(field, text, formatRange({ minUs: maxUs, maxUs: minUs }))];
}

/** Also refuses what lies outside of `least..most`. */
export function checkPpm(text: string | undefined, field: string, [least, most]: Ends): readonly Problem[] {
  if (text === undefined) return [];
  const [min, max] = endsPpm(text);
  if (min > max) return [upsideDown(field, text, `${formatShare(max)}..${formatShare(min)}`)];
  if (min >= least && max <= most) return [];
  return [
    { path: [field], message: `${text} goes too far; expected something within ${formatShare(least)}..${formatShare(most)}` },
  ];
}

function upsideDown(field: string, text: string, right: string): Problem {
  return { path: [field], message: `the range ${text} is upside down; did you mean ${right}?` };
}

/** An amount to try instead when shrinking: about half of it and round, but not less than `least`; none when it is there already. */
export function smaller(amount: number, least: number): readonly number[] {
  const size = Math.abs(amount);
  if (size <= least) return [];
  let unit = 1;
  while (unit * 10 <= size / 2) unit *= 10;
  const round = Math.max(least, Math.floor(size / 2 / unit) * unit);
  return [amount < 0 ? -round : round];
}
