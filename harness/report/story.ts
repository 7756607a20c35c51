/** The story: what a human needs to see why a run went wrong, in a few lines of virtual time. */

import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { needLines, noReturnSentence } from "./lost.ts";
import { operationWords } from "./operations.ts";
import type { RunFile, Words } from "./reporter.ts";
import { type Causes, type Rank, rank, type StoryLine, storyLine } from "./story-lines.ts";
import { count, cut, ms } from "./text.ts";
import { heading, judgedTrace, replayOf, type Told } from "./told.ts";

/** A story has at most this many lines, so that it stands on one screen. */
export const longestStory = 25;
const longestLine = 160;

/** All lines of the story until the violation, however many. */
function allLines(run: TracedRun, words: Words): StoryLine[] {
  const trace = judgedTrace(run);
  const records = new Map<number, TraceRecord>();
  const delivered = new Set<number>();
  const copies = new Set<number>();
  const causes: Causes = { of: (n) => records.get(n), cameAgain: (n) => copies.has(n) };
  const end = trace.findIndex(({ kind }) => kind === "violation");
  const operations = operationWords(run, words);
  const lines: StoryLine[] = [];
  // What lasted until the heal ended there, and the heal says so.
  const healUs = trace.find(({ kind }) => kind === "heal")?.atUs;
  for (const record of end < 0 ? trace : trace.slice(0, end + 1)) {
    if (record.kind === "fault" && record.phase === "end" && record.atUs === healUs) continue;
    if (record.kind === "send" || record.kind === "deliver" || record.kind === "timer") records.set(record.n, record);
    if (record.kind === "deliver" && record.cause !== 0) {
      if (delivered.has(record.cause)) copies.add(record.n);
      delivered.add(record.cause);
    }
    const line = storyLine(record, operations, causes);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

function again(first: StoryLine, line: StoryLine): StoryLine {
  const times = first.times + 1;
  if (first.message === undefined) return { ...first, times };
  const to = new Set([...first.message.to, ...(line.message?.to ?? [])]);
  return { ...first, times, message: { ...first.message, to: [...to].sort() } };
}

/** Joins what happens again and again between two lines of more weight (a rank below `below`) into its first line. */
function folded(lines: readonly StoryLine[], below: Rank): StoryLine[] {
  const out: StoryLine[] = [];
  const open = new Map<string, number>();
  for (const line of lines) {
    if (line.rank < below) open.clear();
    const place = line.fold === undefined || line.rank < below ? undefined : open.get(line.fold);
    if (place !== undefined) {
      out[place] = again(out[place]!, line);
      continue;
    }
    if (line.fold !== undefined) open.set(line.fold, out.length);
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

/**
 * The `most` lines that matter most, in their order; of equal rank those nearest to the end. Faults take no more than half
 * while there are operations: without them no story makes sense.
 */
function weightiest(lines: readonly StoryLine[], most: number): StoryLine[] {
  const seen = new Map<Rank, number>();
  const weights = lines.map(() => 0);
  for (let i = lines.length - 1; i >= 0; i--) {
    const own = lines[i]!.rank;
    const nth = seen.get(own) ?? 0;
    seen.set(own, nth + 1);
    weights[i] = own === rank.fault && nth >= most / 2 ? rank.operation + 0.5 : own;
  }
  const order = lines.map((_line, index) => index).sort((a, b) => weights[a]! - weights[b]! || b - a);
  const kept = new Set(order.slice(0, most));
  return lines.filter((_line, index) => kept.has(index));
}

const events = (lines: readonly StoryLine[]): number => lines.reduce((sum, { times }) => sum + times, 0);

/** At most `most` lines, one of them kept free for the note when something is left out. */
function chosen(lines: readonly StoryLine[], most: number): { kept: StoryLine[]; left: number } {
  for (const below of [rank.faultyMessage, rank.fact]) {
    const whole = joined(folded(lines, below));
    if (whole.length <= most) return { kept: whole, left: 0 };
  }
  const tight = folded(lines, rank.fact);
  // Joining pairs makes room for more lines, at most for as many again.
  for (let picked = 2 * most; ; picked--) {
    const some = weightiest(tight, picked);
    const kept = joined(some);
    if (kept.length < most) return { kept, left: events(lines) - events(some) };
  }
}

function often({ rank: own, times }: StoryLine): string {
  if (times === 1) return "";
  return own === rank.fact ? ` (the first of ${times})` : ` (${times} times)`;
}

/** One thing that the story tells. */
export interface Step {
  /** The number of its record in the trace; 0 for a violation that was judged after the run. */
  readonly n: number;
  readonly atUs: number;
  readonly who: string;
  readonly text: string;
  readonly rank: Rank;
  /** Of a fact: see StoryLine. */
  readonly parts?: NonNullable<StoryLine["parts"]>;
}

/** What the story tells, in order, and how many events it leaves out. The last step is the violation, where there is one. */
export function storySteps(run: TracedRun, words: Words, most = longestStory): { readonly steps: Step[]; readonly left: number } {
  const { kept, left } = chosen(allLines(run, words), most);
  const steps = kept.map((line) => {
    const { n, atUs, who, text, message, rank: own, parts } = line;
    const what = message === undefined ? text : `${text} to ${message.to.join(", ")} ${message.fate}`;
    return { n, atUs, who, text: `${what}${often(line)}`, rank: own, ...(parts === undefined ? {} : { parts }) };
  });
  return { steps, left };
}

/** The story's lines: the time in ms, who, what. */
export function story(run: TracedRun, words: Words, most = longestStory): string[] {
  const { steps: kept, left } = storySteps(run, words, most);
  const timeWidth = Math.max(0, ...kept.map(({ atUs }) => ms(atUs).length));
  const whoWidth = Math.max(0, ...kept.map(({ who }) => who.length));
  const lines = kept.map(({ atUs, who, text }) =>
    cut(`${ms(atUs).padStart(timeWidth)} ms  ${who.padEnd(whoWidth)}  ${text}`, longestLine),
  );
  if (left === 0) return lines;
  const note = `${" ".repeat(timeWidth + 5 + whoWidth)}  (${count(left, "event")} left out; timeline.txt has them)`;
  // Before the violation, which is always the last word.
  return kept.at(-1)?.rank === rank.violation ? [...lines.slice(0, -1), note, lines.at(-1)!] : [...lines, note];
}

/** When it was lost, and what it takes. */
function because({ why: { necessity = [], noReturn } = {}, run }: Told): string[] {
  const lost = noReturnSentence(noReturn, run);
  return [
    ...(lost === undefined ? [] : [lost, ""]),
    ...(necessity.length === 0
      ? []
      : ["What happens without each part:", ...needLines(necessity).map((line) => `  ${line}`), ""]),
  ];
}

export const storyFile: RunFile = {
  name: "story.txt",
  render: (told, { words, out }) =>
    [
      ...heading(told),
      "",
      ...story(told.run, words(told.scenario.workload.name)),
      "",
      ...because(told),
      replayOf(told, out),
      "",
    ].join("\n"),
};
