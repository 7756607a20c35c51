/** The story: what a human needs to see why a run went wrong, in a few lines of virtual time. */

import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { needLines, noReturnSentence } from "./lost.ts";
import { operationWords } from "./operations.ts";
import type { RunFile, Words } from "./reporter.ts";
import { chosen } from "./story-choice.ts";
import { type Causes, type Rank, rank, type StoryLine, storyLine } from "./story-lines.ts";
import { count, cut, ms } from "./text.ts";
import { heading, judgedTrace, replayOf, type Told } from "./told.ts";

/** A story has at most this many lines, so that it stands on one screen. */
export const longestStory = 25;
const longestLine = 160;

type Beginning = Extract<TraceRecord, { kind: "fault" }>;

/** The beginnings of those faults that are a crash and did crash somebody: `at` once, by their id, or `later`, when the place came. */
function beginnings(trace: readonly TraceRecord[]): {
  readonly at: ReadonlyMap<string, Beginning>;
  readonly later: ReadonlySet<TraceRecord>;
} {
  const begun = new Map<string, Beginning>();
  const at = new Map<string, Beginning>();
  const later = new Set<TraceRecord>();
  for (const record of trace) {
    if (record.kind === "fault" && record.phase === "begin" && /^crash\b/.test(record.what)) begun.set(record.id, record);
    const beginning = record.kind === "crash" ? begun.get(record.by) : undefined;
    if (beginning?.atUs === record.atUs) at.set(beginning.id, beginning);
    else if (beginning !== undefined) later.add(beginning);
  }
  return { at, later };
}

/** All lines of the story until the violation, however many. */
function allLines(run: TracedRun, words: Words): StoryLine[] {
  const trace = judgedTrace(run);
  const records = new Map<number, TraceRecord>();
  const delivered = new Set<number>();
  const copies = new Set<number>();
  const end = trace.findIndex(({ kind }) => kind === "violation");
  const until = end < 0 ? trace : trace.slice(0, end + 1);
  const crashing = beginnings(until);
  const causes: Causes = {
    of: (n) => records.get(n),
    cameAgain: (n) => copies.has(n),
    begunWith: (id) => crashing.at.get(id)?.what,
  };
  const operations = operationWords(run, words);
  const lines: StoryLine[] = [];
  // What lasted until the heal ended there, and the heal says so.
  const healUs = trace.find(({ kind }) => kind === "heal")?.atUs;
  for (const record of until) {
    if (record.kind === "fault" && record.phase === "end" && record.atUs === healUs) continue;
    if (record.kind === "fault" && crashing.at.get(record.id) === record) continue;
    if (record.kind === "send" || record.kind === "deliver" || record.kind === "timer") records.set(record.n, record);
    if (record.kind === "deliver" && record.cause !== 0) {
      if (delivered.has(record.cause)) copies.add(record.n);
      delivered.add(record.cause);
    }
    const line = storyLine(record, operations, causes);
    if (line !== undefined) lines.push(crashing.later.has(record) ? { ...line, spare: true } : line);
  }
  return lines;
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
  const { violation, trace } = run;
  const names = new Set(trace.map(({ node }) => node).filter((node) => node !== ""));
  const accusation = violation === undefined ? undefined : { sentence: violation.sentence, names };
  const { kept, left } = chosen(allLines(run, words), accusation, most);
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
  const note = `${" ".repeat(timeWidth + 5 + whoWidth)}  (${count(left, "event")} left out in between; timeline.txt has them)`;
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
