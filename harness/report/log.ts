/** run.log: what the nodes said, as lines of pino with virtual time as their timestamp; pino-pretty and jq read them. */

import { type Logger, pino } from "pino";
import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { type LogLevel, logLevels, type Paint, type RunFile, type Style } from "./reporter.ts";
import { inWords, json, ms, visible } from "./text.ts";
import { judgedTrace } from "./told.ts";

interface Entry {
  readonly level: LogLevel;
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
      return {
        level: "warn",
        message: "crash",
        own: { lost: record.lost, torn: record.torn, cut: record.cut, by: record.by, why: record.why },
      };
    case "disk":
      return { level: "warn", message: record.says, own: { by: record.by } };
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

/** The log of a run from `level` on: byte-identical for the same run, as nothing of the machine or its clock is in it. */
export function logLines(run: TracedRun, level: LogLevel = "debug"): string {
  const lines: string[] = [];
  let nowUs = 0;
  const root = pino(
    { level, base: null, timestamp: () => `,"vt":${ms(nowUs)}`, formatters: { level: (level) => ({ level }) } },
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

const looks: Readonly<Record<LogLevel, Style>> = { debug: "dim", info: "green", warn: "yellow", error: "red" };

/**
 * The same for people: "  13.700 ms  n1  INFO   leader {term: 1}". pino-pretty would bring a dozen packages, and knows no
 * virtual time.
 */
export function prettyLog(run: TracedRun, level: LogLevel, paint: Paint): string[] {
  const told = judgedTrace(run).flatMap((record) => {
    const entry = entryOf(record);
    return entry === undefined || logLevels.indexOf(entry.level) < logLevels.indexOf(level) ? [] : [{ record, entry }];
  });
  const width = Math.max(0, ...told.map(({ record }) => record.node.length));
  return told.map(({ record, entry }) => {
    const { level: own, message, own: more } = entry;
    const rest = inWords("data" in more ? more.data : more);
    const said = `${visible(message)}${rest === "{}" || rest === "undefined" ? "" : ` ${paint("dim", rest)}`}`;
    return `${ms(record.atUs).padStart(10)} ms  ${record.node.padEnd(width)}  ${paint(looks[own], own.toUpperCase().padEnd(5))}  ${said}`;
  });
}

export const logFile: RunFile = { name: "run.log", render: ({ run }, { logLevel }) => logLines(run, logLevel) };
