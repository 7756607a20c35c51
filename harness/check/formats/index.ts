/** Foreign histories: which format a text is in, and the operations that it holds. */

import { ednReader } from "./edn.ts";
import { etcdLogReader } from "./etcd-log.ts";
import { type EventReader, FormatError, type NemesisEvent, type NemesisSink, type Sink, shown } from "./event.ts";
import { jsonlReader } from "./jsonl.ts";
import { kvLogReader } from "./kv-log.ts";
import { type Dialect, type Recorded, Recording } from "./recording.ts";
import { shapes } from "./shape.ts";

export { FormatError } from "./event.ts";
export { initialState } from "./initial.ts";
export type { Recorded } from "./recording.ts";

/** What a file says of its faults: a line of the nemesis, and how many events of clients come before it. */
export interface RecordedFault extends NemesisEvent {
  readonly after: number;
}

interface Format {
  readonly reader: (sink: Sink, nemesis: NemesisSink) => EventReader;
  readonly dialect: Dialect;
}

/** By the name that --format takes. */
const formats = {
  jsonl: { reader: jsonlReader, dialect: {} },
  edn: { reader: ednReader, dialect: { nilReadSaysNothing: true, tuples: true } },
  "etcd-log": { reader: etcdLogReader, dialect: { failedCasIsAnswer: true } },
  "kv-log": { reader: kvLogReader, dialect: {} },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** The format that the beginning of a text is in: its first lines, or all of it. Undefined when it is none of ours. */
export function detectFormat(beginning: string): FormatName | undefined {
  const text = beginning.replace(/^(?:\s|;[^\n]*\n)+/, "");
  if (/^\{\s*"/.test(text)) return "jsonl";
  if (/^\{:process \d+, :type :\w+, :f :\w+, :key "/.test(text)) return "kv-log";
  if (/^(?:#[\w.\-/]+\s*)?[[(]?\s*(?:;[^\n]*\n\s*)*(?:#[\w.\-/]+\s*)?\{\s*:/.test(text) || /^[[(]\s*[\])]/.test(text))
    return "edn";
  return /^.*jepsen\.util\s+-\s/m.test(text) ? "etcd-log" : undefined;
}

/** How the operations of a history are to be understood. */
export interface Reading {
  readonly format: FormatName | "auto";
  /** One of our models, whose operations are known; another name stands for a model of the user's own. */
  readonly model: string;
}

/** Enough to tell a format by. */
const BEGINNING = 4096;

/** Reads one file, in pieces of any size. Faults of the file are thrown as FormatError. */
export class HistoryReader {
  readonly #reading: Reading;
  readonly #hear: ((fault: RecordedFault) => void) | undefined;
  #beginning = "";
  #reader: EventReader | undefined;
  #recording: Recording | undefined;

  constructor(reading: Reading, hear?: (fault: RecordedFault) => void) {
    this.#reading = reading;
    this.#hear = hear;
    if (reading.format !== "auto") this.#begin(reading.format);
  }

  feed(chunk: string): void {
    if (this.#reader !== undefined) {
      this.#reader.feed(chunk);
      return;
    }
    this.#beginning += chunk;
    if (this.#beginning.length >= BEGINNING) this.#detect();
  }

  /** The file is over: its operations in order of invocation, without those that surely did not happen. */
  end(): readonly Recorded[] {
    if (this.#reader === undefined) this.#detect();
    this.#reader!.end();
    if (this.#recording!.invocations === 0) throw new FormatError(0, "a history", "no operation of a client in it");
    return this.#recording!.operations();
  }

  #detect(): void {
    const text = this.#beginning;
    if (text.startsWith("\u001f\ufffd"))
      throw new FormatError(0, "a history as text", "a gzip archive; unpack it first (gzip -dc FILE | seedquake check -)");
    if (text.trim() === "") throw new FormatError(0, "a history", "an empty file");
    const format = detectFormat(text);
    if (format === undefined) {
      const line = text.trimStart().split("\n")[0]!;
      throw new FormatError(1, `a history in one of the formats ${formatNames.join(", ")} (--format says which)`, shown(line));
    }
    this.#beginning = "";
    this.#begin(format).feed(text);
  }

  #begin(format: FormatName): EventReader {
    const { model } = this.#reading;
    const { reader, dialect }: Format = formats[format];
    const recording = new Recording(model, shapes.get(model), dialect);
    this.#recording = recording;
    let after = 0;
    this.#reader = reader(
      (event) => {
        after++;
        recording.take(event);
      },
      (event) => this.#hear?.({ ...event, after }),
    );
    return this.#reader;
  }
}
