/** Two runs side by side: where they part, what led there, and what became of each. */

import { type Difference, places } from "../run/diff.ts";
import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { type OperationWords, operationWords } from "./operations.ts";
import type { Words } from "./reporter.ts";
import { count, cut, inWords, ms, visible } from "./text.ts";
import { cellOf, lineOf } from "./timeline-cells.ts";
import { judgedTrace } from "./told.ts";

export interface Side {
  /** "right", a mutant's name, or a scenario's. */
  readonly name: string;
  readonly run: TracedRun;
}

/** So much is told of what followed on one side: how it begins, and how it ends. */
const following = { first: 6, last: 3 } as const;
const longestLine = 160;
/** Of the places in which two records differ so many are told, and this much of each value. */
const [mostPlaces, longestValue] = [3, 60] as const;

/** `where`: the scenario and the seed. The whole text, without colours. */
export function diffLines(where: string, left: Side, right: Side, found: Difference | undefined, words: Words): string[] {
  const title = `${where}: ${left.name} and ${right.name}`;
  if (found === undefined) {
    return [
      `${title} are the same run: ${count(left.run.trace.length, "record")}, digest ${left.run.digest}`,
      ...verdictLines([left, right]),
    ];
  }
  const width = Math.max(left.name.length, right.name.length);
  const lineFor = ({ name, run }: Side, record: TraceRecord | undefined): string =>
    `  ${name.padEnd(width)}  ${record === undefined ? "(its run is over)" : recordLine(record, operationWords(run, words))}`;
  const fromUs = Math.min(found.left?.atUs ?? Number.POSITIVE_INFINITY, found.right?.atUs ?? Number.POSITIVE_INFINITY);
  const lines = [
    `${title} are the same for ${count(found.same, "record")}, and part at ${ms(fromUs)} ms:`,
    lineFor(left, found.left),
    lineFor(right, found.right),
    ...placeLines(left, right, found, words),
  ];
  const chains = [found.causes.left, found.causes.right] as const;
  const own = (side: Side, records: readonly TraceRecord[]): string[] =>
    records.map((record) => `  ${recordLine(record, operationWords(side.run, words))}`);
  const [one, other] = [own(left, chains[0]), own(right, chains[1])];
  if (one.join("\n") === other.join("\n")) lines.push(...(one.length === 0 ? [] : ["led to by", ...one]));
  else {
    if (one.length > 0) lines.push(`led to by, in ${left.name}`, ...one);
    if (other.length > 0) lines.push(`led to by, in ${right.name}`, ...other);
  }
  for (const [side, records] of [
    [left, found.follows.left],
    [right, found.follows.right],
  ] as const) {
    lines.push(`from there on, only in ${side.name}${records.length === 0 ? ": nothing that was stated or answered" : ""}`);
    const left = records.length - following.first - following.last;
    if (left <= 1) lines.push(...own(side, records));
    else {
      lines.push(
        ...own(side, records.slice(0, following.first)),
        `  (${left} more)`,
        ...own(side, records.slice(-following.last)),
      );
    }
  }
  return [...lines, ...verdictLines([left, right])];
}

/** Where two records look the same, as what differs lies behind the end of the line or is not in it at all: the places themselves. */
function placeLines(one: Side, other: Side, { left, right }: Difference, words: Words): string[] {
  if (left === undefined || right === undefined) return [];
  const shown = ({ run }: Side, { site: _site, ...record }: TraceRecord): string =>
    recordLine(record, operationWords(run, words));
  if (shown(one, left) !== shown(other, right)) return [];
  const all = places(left, right);
  return [
    "there they differ in",
    ...all.slice(0, mostPlaces).map((place) => {
      const [a, b] = apart(valueText(place.left), valueText(place.right));
      return `  ${visible(place.path)}: ${a} in ${one.name}, ${b} in ${other.name}`;
    }),
    ...(all.length <= mostPlaces ? [] : [`  (${count(all.length - mostPlaces, "more place")})`]),
  ];
}

function valueText(value: unknown): string {
  return value === undefined ? "nothing" : inWords(value);
}

/** Two texts, cut so that what differs is seen. */
function apart(left: string, right: string): readonly [string, string] {
  let same = 0;
  while (same < Math.min(left.length, right.length) && left[same] === right[same]) same++;
  const from = same < longestValue / 2 ? 0 : same - longestValue / 4;
  const part = (text: string): string => `${from === 0 ? "" : "~"}${cut(text.slice(from), longestValue)}`;
  return [part(left), part(right)];
}

function verdictLines(sides: readonly Side[]): string[] {
  const width = Math.max(...sides.map(({ name }) => name.length));
  return [
    "in the end",
    ...sides.map(({ name, run }) => {
      const { violation, verdict, unknown } = run;
      const said =
        violation === undefined
          ? `${verdict}${unknown === undefined ? "" : `: ${visible(unknown)}`}`
          : `${visible(violation.check)} is violated at ${ms(violation.atUs)} ms: ${visible(violation.sentence)}`;
      return `  ${name.padEnd(width)}  ${said}`;
    }),
  ];
}

/** One record: the time, who, what, and the line of the source where it is known. */
function recordLine(record: TraceRecord, operations: OperationWords): string {
  const { atUs, node, site } = record;
  const what =
    record.kind === "return"
      ? `is told: ${operations.asked(record.op)} ${operations.told(record)}`
      : (cellOf(record, operations)?.text ?? lineOf(record));
  return cut(`${ms(atUs)} ms  ${`${node} `.trimStart()}${what}${site === undefined ? "" : `  (${visible(site)})`}`, longestLine);
}

/** Judged traces have the violation in them: what is compared and told. */
export const compared = (run: TracedRun): readonly TraceRecord[] => judgedTrace(run);
