/** Shortens a long timeline in the middle of its quiet periods, and says there what was left out. */

import { count, ms } from "./text.ts";

export interface Row {
  readonly atUs: number;
  readonly text: string;
  /** The least of its cells': see Cell. */
  readonly quiet: number;
  /** What happened in it, for counting. */
  readonly names: readonly string[];
}

/** A timeline of no more rows is shown whole. */
const enough = 400;

/** How to shorten, gentle first: rows from this quietness on may go, but so many stay at each end of a quiet period. */
const ways = [
  { quiet: 2, margin: 12 },
  { quiet: 2, margin: 5 },
  { quiet: 2, margin: 2 },
  { quiet: 1, margin: 2 },
] as const;

/** How many kinds of things are counted by name in a gap. */
const named = 5;

function gap(rows: readonly Row[], timeWidth: number): string {
  const counts = new Map<string, number>();
  for (const name of rows.flatMap(({ names }) => names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const words = sorted.slice(0, named).map(([name, n]) => `${n} ${name}`);
  const more = sorted.length > named ? ["..."] : [];
  const span = ms(rows.at(-1)!.atUs - rows[0]!.atUs);
  const what = words.length === 0 ? "" : `: ${[...words, ...more].join(", ")}`;
  return `${"...".padStart(timeWidth)}  ${count(rows.length, "row")} of ${span} ms left out${what}`;
}

function shortened(rows: readonly Row[], quiet: number, margin: number, timeWidth: number): string[] {
  const out: string[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    while (end < rows.length && rows[end]!.quiet >= quiet) end++;
    // A gap that would save nothing is no gap.
    if (end - start > 2 * margin + 1) {
      out.push(...rows.slice(start, start + margin).map(({ text }) => text));
      out.push(gap(rows.slice(start + margin, end - margin), timeWidth));
      out.push(...rows.slice(end - margin, end).map(({ text }) => text));
    } else out.push(...rows.slice(start, end).map(({ text }) => text));
    if (end < rows.length) out.push(rows[end]!.text);
    start = end + 1;
  }
  return out;
}

/** The rows as text: all of them when there are few, else as gently shortened as is enough. */
export function abridged(rows: readonly Row[], timeWidth: number): string[] {
  let text = rows.map((row) => row.text);
  for (const { quiet, margin } of ways) {
    if (text.length <= enough) break;
    text = shortened(rows, quiet, margin, timeWidth);
  }
  return text;
}
