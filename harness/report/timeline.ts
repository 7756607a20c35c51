/** timeline.txt: a column for each node and client, virtual time downwards. */

import type { TracedRun } from "../run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { operationWords } from "./operations.ts";
import type { RunFile, Words } from "./reporter.ts";
import { cut, ms } from "./text.ts";
import { abridged, type Row } from "./timeline-abridge.ts";
import { type Cell, cellOf, legend, lineOf } from "./timeline-cells.ts";
import { heading, judgedTrace } from "./told.ts";

const narrowest = 14;
const widest = 20;
/** What a wide terminal shows: columns are as wide as fits, between the two bounds. */
const screen = 132;

/** Servers, then clients, then whoever else speaks in the trace. */
function columnsOf(scenario: Scenario, trace: readonly TraceRecord[]): string[] {
  const names = new Set([...scenario.servers.map(({ id }) => id), ...scenario.clients]);
  for (const { node } of trace) if (node !== "") names.add(node);
  return [...names];
}

/** What a column shows while nothing happens in it. */
class States {
  private readonly down = new Set<string>();
  private readonly asleep = new Set<string>();
  private readonly busy = new Set<string>();

  hear({ kind, node }: TraceRecord): void {
    if (kind === "crash") {
      this.down.add(node);
      this.asleep.delete(node);
    } else if (kind === "restart") this.down.delete(node);
    else if (kind === "pause") this.asleep.add(node);
    else if (kind === "resume") this.asleep.delete(node);
    else if (kind === "invoke") this.busy.add(node);
    else if (kind === "return") this.busy.delete(node);
  }

  sign(node: string): string {
    if (this.down.has(node)) return "x";
    if (this.asleep.has(node)) return "z";
    return this.busy.has(node) ? "|" : "";
  }
}

interface Grid {
  readonly columns: readonly string[];
  readonly width: number;
  readonly timeWidth: number;
}

function cellsRow(grid: Grid, atUs: number, cells: ReadonlyMap<string, Cell>, states: States): Row {
  const { columns, width, timeWidth } = grid;
  const text = columns.map((column) => cut(cells.get(column)?.text ?? states.sign(column), width).padEnd(width)).join(" ");
  const present = [...cells.values()];
  return {
    atUs,
    text: `${ms(atUs).padStart(timeWidth)}  ${text}`.trimEnd(),
    quiet: Math.min(...present.map(({ quiet }) => quiet)),
    names: present.flatMap(({ name }) => name ?? []),
  };
}

function lineRow({ columns, width, timeWidth }: Grid, atUs: number, text: string): Row {
  const whole = `${ms(atUs).padStart(timeWidth)}  == ${text} `;
  return { atUs, text: whole.padEnd(timeWidth + 1 + columns.length * (width + 1), "=").trimEnd(), quiet: 0, names: [] };
}

/** Records of one moment share a row as long as each has a column of its own. */
function rowsOf(trace: readonly TraceRecord[], grid: Grid, run: TracedRun, words: Words): Row[] {
  const rows: Row[] = [];
  const states = new States();
  const operations = operationWords(run, words);
  let cells = new Map<string, Cell>();
  let atUs = 0;
  const close = (): void => {
    if (cells.size > 0) rows.push(cellsRow(grid, atUs, cells, states));
    cells = new Map();
  };
  for (const record of trace) {
    const cell = cellOf(record, operations);
    if (cell === undefined || record.atUs !== atUs || cells.has(record.node)) close();
    atUs = record.atUs;
    states.hear(record);
    if (cell === undefined) rows.push(lineRow(grid, atUs, lineOf(record)));
    else cells.set(record.node, cell);
  }
  close();
  return rows;
}

/** The names of the columns, then the rows; a heading and the legend stand only in the file. */
export function timeline(run: TracedRun, scenario: Scenario, words: Words): string[] {
  const trace = judgedTrace(run);
  const columns = columnsOf(scenario, trace);
  const timeWidth = Math.max(2, ms(trace.at(-1)?.atUs ?? 0).length);
  const share = Math.floor((screen - timeWidth - 1) / Math.max(1, columns.length)) - 1;
  const grid: Grid = { columns, timeWidth, width: Math.max(narrowest, Math.min(widest, share)) };
  const head =
    `${"ms".padStart(timeWidth)}  ${columns.map((column) => cut(column, grid.width).padEnd(grid.width)).join(" ")}`.trimEnd();
  const rule = `${"-".repeat(timeWidth)}  ${columns.map(() => "-".repeat(grid.width)).join(" ")}`;
  return [head, rule, ...abridged(rowsOf(trace, grid, run, words), timeWidth)];
}

export const timelineFile: RunFile = {
  name: "timeline.txt",
  render(told, { words }) {
    const rows = timeline(told.run, told.scenario, words(told.scenario.workload.name));
    return [...heading(told), "", ...legend, "", ...rows, ""].join("\n");
  },
};
