/** Reads Jepsen's console log as Porcupine's tests have it for etcd: `INFO  jepsen.util - 3 :invoke :cas [1 2]`. */

import { type EventReader, type EventType, FormatError, type NemesisSink, nemesisEvent, type Sink } from "./event.ts";
import { lineReader } from "./lines.ts";

const LINE = /jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(\S+)\s+(.*?)\s*$/;
const EVENT = "an event such as `INFO  jepsen.util - 3 :invoke :cas [1 2]`";

const NEMESIS = /jepsen\.util\s+-\s+:nemesis\s+:info\s+:(\S+)\s+(.*?)\s*$/;

/** Only the lines of jepsen.util are events; those of other loggers are skipped. */
export function etcdLogReader(sink: Sink, nemesis?: NemesisSink): EventReader {
  return lineReader((text, line) => {
    const match = LINE.exec(text);
    if (match === null) {
      if (/jepsen\.util\s+-\s+\d/.test(text)) throw new FormatError(line, EVENT, text.trim());
      const [, fault, what] = NEMESIS.exec(text) ?? [];
      if (fault !== undefined) nemesis?.(nemesisEvent(fault, what === "nil" ? null : what, undefined));
      return;
    }
    const [, process, type, f, value] = match;
    sink({
      line,
      process: Number(process),
      type: type as EventType,
      f: f!,
      key: undefined,
      value: parsed(value!, line),
      timeNs: undefined,
    });
  });
}

/** `nil`, `3`, `[1 2]`, `:timed-out` */
function parsed(text: string, line: number): unknown {
  if (text === "nil") return null;
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^\[-?\d+ -?\d+\]$/.test(text)) return text.slice(1, -1).split(" ").map(Number);
  if (/^:\S+$/.test(text)) return text.slice(1);
  throw new FormatError(line, "a value: nil, a number, [from to], or a keyword such as :timed-out", text);
}
