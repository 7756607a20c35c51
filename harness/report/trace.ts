/** trace.jsonl: every record of a run, one a line, in the order in which things happened. */

import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import type { RunFile } from "./reporter.ts";
import { json } from "./text.ts";

/** One record; what all records have comes first and in this order, then the record's own fields by name. */
export function traceLine(record: TraceRecord): string {
  const { n, atUs, node, cause, kind, ...own } = record;
  const sorted = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
  return json({ n, atUs, node, kind, cause, ...Object.fromEntries(sorted) });
}

export function traceLines(run: TracedRun): string {
  return run.trace.map((record) => `${traceLine(record)}\n`).join("");
}

export const traceFile: RunFile = { name: "trace.jsonl", render: ({ run }) => traceLines(run) };
