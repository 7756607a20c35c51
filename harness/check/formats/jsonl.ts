/** Reads our own histories: one JSON object a line, with process, type, f, key, value and time (ns), in real-time order. */

import {
  clientProcess,
  type EventReader,
  eventType,
  FormatError,
  type NemesisSink,
  nemesisEvent,
  operationName,
  type Sink,
  shown,
  time,
} from "./event.ts";
import { lineReader } from "./lines.ts";

/** Lines of the nemesis go to `nemesis`, empty lines are skipped; names that are not ours (`error`, `index`) are left alone. */
export function jsonlReader(sink: Sink, nemesis?: NemesisSink): EventReader {
  return lineReader((text, line) => {
    if (text.trim() === "") return;
    const event = parsed(text, line);
    const process = clientProcess(event["process"], line);
    if (process === undefined) {
      nemesis?.(nemesisEvent(event["f"], event["value"], event["time"]));
      return;
    }
    sink({
      line,
      process,
      type: eventType(event["type"], line),
      f: operationName(event["f"], line),
      key: event["key"] ?? undefined,
      value: event["value"] ?? null,
      timeNs: time(event["time"], line),
    });
  });
}

function parsed(text: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError(line, 'a JSON object such as {"process":0,"type":"invoke","f":"read","value":null}', cut(text));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new FormatError(line, 'one JSON object a line ({"process":0,"type":"invoke","f":"read","value":null})', shown(value));
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
