/** run.log: what the nodes said, as lines of pino with virtual time as their timestamp; pino-pretty and jq read them. */

import { type Logger, pino } from "pino";
import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import type { RunFile } from "./reporter.ts";
import { json, ms } from "./text.ts";
import { judgedTrace } from "./told.ts";

interface Entry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly own: object;
}

/** pino writes bigints as numbers that nobody can read back; here they are as in all other files. */
function readable(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(json(value));
}

function entryOf(record: TraceRecord): Entry | undefined {
  switch (record.kind) {
    case "log":
      return { level: "info", message: record.message, own: { data: readable(record.data) } };
    case "fact":
      return { level: "info", message: record.name, own: { data: readable(record.data) } };
    case "goal":
      return { level: "debug", message: record.name, own: {} };
    case "crash":
      return { level: "warn", message: "crash", own: { lost: record.lost, torn: record.torn, cut: record.cut, by: record.by } };
    case "restart":
      return { level: "info", message: "restart", own: {} };
    case "fault":
      return { level: "warn", message: record.what, own: { fault: record.id, phase: record.phase } };
    case "violation":
      return { level: "error", message: record.sentence, own: { check: record.check } };
    default:
      return undefined;
  }
}

/** The log of a run: byte-identical for the same run, as nothing of the machine or its clock is in it. */
export function logLines(run: TracedRun): string {
  const lines: string[] = [];
  let nowUs = 0;
  const root = pino(
    { level: "debug", base: null, timestamp: () => `,"vt":${ms(nowUs)}`, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(line) },
  );
  const children = new Map<string, Logger>();
  const loggerOf = (node: string): Logger => {
    if (node === "") return root;
    const known = children.get(node) ?? root.child({ node });
    children.set(node, known);
    return known;
  };
  for (const record of judgedTrace(run)) {
    const entry = entryOf(record);
    if (entry === undefined) continue;
    nowUs = record.atUs;
    loggerOf(record.node)[entry.level]({ n: record.n, kind: record.kind, ...entry.own }, entry.message);
  }
  return lines.join("");
}

export const logFile: RunFile = { name: "run.log", render: ({ run }) => logLines(run) };
