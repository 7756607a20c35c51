/** Reads Jepsen's EDN histories: maps with :process, :type, :f, :value; bare, in one vector, or in the :history of a map. */

import { EdnMap, readForm } from "./edn-text.ts";
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

const EVENT = "a map such as {:process 0, :type :invoke, :f :read, :value nil}";

/**
 * Holds one map at a time: looks only for where it ends, then reads it. A map around everything, with its :history, is
 * held whole.
 */
export function ednReader(sink: Sink, nemesis?: NemesisSink): EventReader {
  let text = "";
  /** Where the next character to look at stands in `text`. */
  let at = 0;
  let line = 1;
  let depth = 0;
  /** The depth at which the events stand: 1 within a vector or list. */
  let base = 0;
  /** Where the map that is being looked at begins, in `text` and in the file. */
  let start = -1;
  let startLine = 0;
  let inside: "code" | "string" | "comment" = "code";

  const complete = (): void => {
    const form = readForm(text.slice(start, at + 1), startLine);
    start = -1;
    if (!(form instanceof EdnMap)) throw new FormatError(startLine, EVENT, shown(form));
    const history = form.get("history");
    for (const one of Array.isArray(history) ? history : [form]) {
      if (!(one instanceof EdnMap)) throw new FormatError(startLine, `:history to hold ${EVENT}`, shown(one));
      ednEvent(one, sink, nemesis);
    }
  };

  /** What stands between the maps: brackets around them, and tags. How many characters it takes; 0 when it goes on in the next chunk. */
  const between = (code: number): number => {
    if (code === OPEN_MAP) {
      start = at;
      startLine = line;
      depth++;
    } else if ((code === OPEN_VECTOR || code === OPEN_LIST) && base === 0) {
      base = 1;
      depth++;
    } else if ((code === CLOSE_VECTOR || code === CLOSE_LIST) && base === 1) {
      base = 0;
      depth--;
    } else if (code === HASH) {
      TAG.lastIndex = at;
      const tag = TAG.exec(text);
      if (tag !== null) return tag[0].length;
      if (CUT_TAG.test(text.slice(at, at + 100))) return 0;
      throw new FormatError(line, EVENT, rest(text, at));
    } else if (code > SPACE && code !== COMMA) {
      throw new FormatError(line, EVENT, rest(text, at));
    }
    return 1;
  };

  const look = (): void => {
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line++;
      if (inside === "comment") {
        if (code === NEWLINE) inside = "code";
      } else if (inside === "string") {
        if (code === BACKSLASH) at++;
        else if (code === QUOTE) inside = "code";
      } else if (code === SEMICOLON) {
        inside = "comment";
      } else if (start === -1) {
        const length = between(code);
        if (length === 0) break;
        at += length - 1;
      } else if (code === QUOTE) {
        inside = "string";
      } else if (code === BACKSLASH) {
        at++;
      } else if (code === OPEN_MAP || code === OPEN_VECTOR || code === OPEN_LIST) {
        depth++;
      } else if (code === CLOSE_MAP || code === CLOSE_VECTOR || code === CLOSE_LIST) {
        depth--;
        if (depth === base) complete();
      }
      at++;
    }
    // What has been read is let go.
    const kept = start === -1 ? Math.min(at, text.length) : start;
    text = text.slice(kept);
    at -= kept;
    if (start !== -1) start = 0;
  };

  return {
    feed(chunk) {
      text += chunk;
      look();
    },
    end() {
      if (start !== -1) throw new FormatError(startLine, "the map that begins here to end", "the end of the file");
      if (text.trim() !== "" && inside !== "comment") throw new FormatError(line, EVENT, rest(text, 0));
      if (base === 1) throw new FormatError(line, "a bracket that ends the list of events", "the end of the file");
    },
  };
}

/** Hands on the event of one map, to the one or the other. */
export function ednEvent(map: EdnMap, sink: Sink, nemesis?: NemesisSink): void {
  const { line } = map;
  const process = clientProcess(map.get("process"), line);
  if (process === undefined) {
    nemesis?.(nemesisEvent(map.get("f"), map.get("value"), map.get("time")));
    return;
  }
  sink({
    line,
    process,
    type: eventType(map.get("type"), line),
    f: operationName(map.get("f"), line),
    key: map.get("key") ?? undefined,
    value: map.get("value") ?? null,
    timeNs: time(map.get("time"), line),
  });
}

function rest(text: string, at: number): string {
  return text.slice(at, at + 40).split("\n")[0]!;
}

/** Goes on in the next chunk. */
const CUT_TAG = /^#(?:[A-Za-z][\w.\-/]*)?$/;
const TAG = /#[A-Za-z][\w.\-/]*(?=[\s{])/y;
const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const OPEN_LIST = 40;
const CLOSE_LIST = 41;
const COMMA = 44;
const SEMICOLON = 59;
const OPEN_VECTOR = 91;
const BACKSLASH = 92;
const CLOSE_VECTOR = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;
