/** One event of a recorded history, the shape of a reader, and what a reader says about a file that is wrong. */

/** One line (or map) of a recorded history, whatever the format. */
export interface HistoryEvent {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly process: number;
  readonly type: EventType;
  readonly f: string;
  /** `undefined` when the event names none. */
  readonly key: unknown;
  /** `null` when the event has none. */
  readonly value: unknown;
  readonly timeNs: number | undefined;
}

export type EventType = "invoke" | "ok" | "fail" | "info";

export type Sink = (event: HistoryEvent) => void;

/** A line of the nemesis: no operation, but of use to whoever draws the history. */
export interface NemesisEvent {
  readonly f: string;
  readonly value: unknown;
  readonly timeNs: number | undefined;
}

export type NemesisSink = (event: NemesisEvent) => void;

/** Nothing in a line of the nemesis can be wrong: what is no name or no time is none. */
export function nemesisEvent(f: unknown, value: unknown, timeNs: unknown): NemesisEvent {
  return {
    f: typeof f === "string" ? f : "",
    value,
    timeNs: typeof timeNs === "number" && Number.isFinite(timeNs) ? timeNs : undefined,
  };
}

/** Takes a file in pieces of any size. Faults of the file are thrown as FormatError. */
export interface EventReader {
  feed(chunk: string): void;
  /** The file is over. */
  end(): void;
}

/** A file that is no history; the message is a sentence without the file's name, `line` says where (0: nowhere in particular). */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly line: number;

  constructor(line: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.line = line;
  }
}

/** A value in a sentence, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = asJson(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return "a value that is nested too deeply"; // the stack ends before the value
  }
}

/** The type of an event, or the error that it is none. */
export function eventType(value: unknown, line: number): EventType {
  if (value === "invoke" || value === "ok" || value === "fail" || value === "info") return value;
  throw new FormatError(line, "the type to be invoke, ok, fail or info", shown(value));
}

/** The process of a client, or `undefined` for the nemesis, whose events are no operations. */
export function clientProcess(value: unknown, line: number): number | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (value === "nemesis") return undefined;
  throw new FormatError(line, 'the process to be a whole number, or "nemesis"', shown(value));
}

/** The name of an operation. */
export function operationName(value: unknown, line: number): string {
  if (typeof value === "string") return value;
  throw new FormatError(line, 'f, the name of the operation, such as "read"', shown(value));
}

/** Nanoseconds, when there are any. */
export function time(value: unknown, line: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FormatError(line, "the time to be a number of nanoseconds", shown(value));
}
