/** Which lines of a story are told where not all can be, and which are told together. */

import { type Accusation, type Bearing, bearing } from "./story-bearing.ts";
import { type Rank, rank, type StoryLine } from "./story-lines.ts";
import { ms } from "./text.ts";

function again(first: StoryLine, line: StoryLine): StoryLine {
  const times = first.times + 1;
  if (first.message === undefined) return { ...first, times };
  const to = new Set([...first.message.to, ...(line.message?.to ?? [])]);
  return { ...first, times, message: { ...first.message, to: [...to].sort() } };
}

/** Joins what happens again and again between two lines of more weight (a rank below `below`) into its first line, but for `apart`. */
function folded(lines: readonly StoryLine[], below: Rank, apart?: ReadonlySet<StoryLine>): StoryLine[] {
  const out: StoryLine[] = [];
  const open = new Map<string, number>();
  for (const line of lines) {
    if (line.rank < below) open.clear();
    const alone = line.fold === undefined || apart?.has(line) === true;
    const place = alone || line.rank < below ? undefined : open.get(line.fold);
    if (place !== undefined) {
      out[place] = again(out[place]!, line);
      continue;
    }
    if (!alone) open.set(line.fold, out.length);
    out.push(line);
  }
  return out;
}

/** An operation of which nothing else stands between beginning and end needs one line. */
function joined(lines: readonly StoryLine[]): StoryLine[] {
  const out: StoryLine[] = [];
  for (const line of lines) {
    const before = out.at(-1);
    if (line.op?.ends === true && before?.op?.id === line.op.id && !before.op.ends) {
      out[out.length - 1] = { ...line, atUs: before.atUs, text: `${line.text} (after ${ms(line.atUs - before.atUs)} ms)` };
    } else out.push(line);
  }
  return out;
}

/** What lasts from one line to another is one choice: of each line its other end, where it has one. */
function otherEnds(lines: readonly StoryLine[]): ReadonlyMap<number, number> {
  const open = new Map<string, number>();
  const other = new Map<number, number>();
  for (const [index, { lasting }] of lines.entries()) {
    if (lasting === undefined) continue;
    const begun = lasting.ends ? open.get(lasting.what) : undefined;
    if (begun !== undefined) other.set(begun, index).set(index, begun);
    if (lasting.ends) open.delete(lasting.what);
    else open.set(lasting.what, index);
  }
  return other;
}

/**
 * The `most` lines that matter most, in their order: what the violation speaks of first; of equal weight those nearest to the
 * end. Faults take no more than half of the rest while operations concern the same nodes: without them no story makes sense.
 */
function weightiest(lines: readonly StoryLine[], most: number, { kept, concerned }: Bearing): StoryLine[] {
  const other = otherEnds(lines);
  const faultsAtMost = (most - lines.filter((line) => kept.has(line)).length) / 2;
  const begun = (index: number): StoryLine => lines[lines[index]!.lasting?.ends ? (other.get(index) ?? index) : index]!;
  const concerns = lines.map((_line, index) => concerned.has(begun(index)));
  let [faults, others] = [0, lines.filter(({ rank: own }, index) => own === rank.fault && concerns[index]).length];
  const weights = lines.map(() => 0);
  for (let i = lines.length - 1; i >= 0; i--) {
    const { rank: own } = lines[i]!;
    if (kept.has(lines[i]!)) weights[i] = rank.violation;
    else if (own === rank.fault) {
      const fits = (concerns[i] ? faults++ : others++) < faultsAtMost;
      weights[i] = fits ? own : rank.operation + (concerns[i] ? 0.25 : 0.5);
    } else weights[i] = own === rank.operation && !concerns[i] ? own + 0.75 : own;
  }
  const order = lines.map((_line, index) => index).sort((a, b) => weights[a]! - weights[b]! || b - a);
  const taken = new Set<number>();
  for (const index of order) {
    const both = [index, ...(other.has(index) ? [other.get(index)!] : [])];
    if (taken.has(index) || taken.size + both.length > most) continue;
    for (const one of both) taken.add(one);
  }
  return lines.filter((_line, index) => taken.has(index));
}

const events = (lines: readonly StoryLine[]): number => lines.reduce((sum, { times }) => sum + times, 0);

/** Of the lines of a story that does not fit, so many are for what the violation speaks of. */
const reserved = 0.4;

/** At most `most` lines, one of them kept free for the note when something is left out. */
export function chosen(
  lines: readonly StoryLine[],
  accusation: Accusation | undefined,
  most: number,
): { kept: StoryLine[]; left: number } {
  for (const below of [rank.faultyMessage, rank.fact]) {
    const whole = joined(folded(lines, below));
    if (whole.length <= most) return { kept: whole, left: 0 };
  }
  const bears = bearing(lines, accusation, Math.floor(most * reserved));
  const tight = folded(
    lines.filter(({ spare }) => spare !== true),
    rank.fact,
    bears.kept,
  );
  // Joining pairs makes room for more lines, at most for as many again.
  for (let picked = 2 * most; ; picked--) {
    const some = weightiest(tight, picked, bears);
    const kept = joined(some);
    if (kept.length < most) return { kept, left: events(lines) - events(some) };
  }
}
