/** Makes operations of events: pairs each invocation with its return, and refuses what no set of clients can have done. */

import type { Operation } from "../history.ts";
import { FormatError, type HistoryEvent, shown } from "./event.ts";
import { type OperationShape, ownShape, type Shape } from "./shape.ts";

/** An operation that knows where it was written down. */
export interface Recorded extends Operation {
  /** The line of its invocation. */
  readonly line: number;
  /** The line of its return, when it has one. */
  readonly returnedLine?: number;
}

/** What a format has of its own. */
export interface Dialect {
  /** A failed cas is an answer (it compared unequal), as long as it still carries its value; other failures did not happen. */
  readonly failedCasIsAnswer?: boolean;
  /** A read that answers nil says nothing, as Knossos has it. */
  readonly nilReadSaysNothing?: boolean;
  /** Values may be [key value], as Jepsen's independent histories have them. */
  readonly tuples?: boolean;
}

type Open = { -readonly [Name in keyof Recorded]: Recorded[Name] };

interface OpenCall {
  readonly operation: Open;
  readonly f: string;
  readonly key: unknown;
  readonly shape: OperationShape;
}

/** Takes events in their order, which is the real-time order. */
export class Recording {
  readonly #model: string;
  /** `undefined` for a model of the user's own. */
  readonly #shape: Shape | undefined;
  readonly #dialect: Dialect;
  readonly #operations: Open[] = [];
  readonly #open = new Map<number, OpenCall>();
  /** Where a process invoked what it never heard of again. */
  readonly #lost = new Map<number, number>();
  /** When a process was last heard of, if times are told. */
  readonly #heard = new Map<number, { readonly timeNs: number; readonly line: number }>();
  #position = 0;
  #tuples: boolean | undefined;

  constructor(model: string, shape: Shape | undefined, dialect: Dialect) {
    this.#model = model;
    this.#shape = shape;
    this.#dialect = dialect;
    if (dialect.tuples !== true || shape === undefined) this.#tuples = false;
  }

  take(event: HistoryEvent): void {
    if (event.type === "invoke") this.#invoke(event);
    else this.#return(event);
    this.#position++;
  }

  /** How many invocations there were. */
  get invocations(): number {
    return this.#operations.length;
  }

  /** In the order of their invocation, without those that surely did not happen. */
  operations(): readonly Recorded[] {
    return this.#operations.filter(({ outcome }) => outcome !== "fail");
  }

  #invoke(event: HistoryEvent): void {
    const { line, process, f } = event;
    const open = this.#open.get(process);
    if (open !== undefined) {
      throw new FormatError(
        line,
        `process ${process} to hear of its ${open.f} of line ${open.operation.line} first, for a process has one open operation at most`,
        `that it invokes another (${f})`,
      );
    }
    const lost = this.#lost.get(process);
    if (lost !== undefined) {
      throw new FormatError(
        line,
        `a new process, for process ${process} never heard what became of its operation of line ${lost} ("info"), which may still take effect`,
        `that process ${process} goes on with ${f}; let its client go on under a number of its own`,
      );
    }
    const heard = event.timeNs === undefined ? undefined : this.#heard.get(process);
    if (heard !== undefined && event.timeNs! < heard.timeNs) {
      throw new FormatError(
        line,
        `a time after ${heard.timeNs} ns, when line ${heard.line} said how the last operation of process ${process} had ended`,
        `${event.timeNs} ns`,
      );
    }
    const shape = this.#shapeOf(event);
    this.#tuples ??= isTuple(event.value, shape);
    const { key, value } = this.#tuples ? this.#untupled(event) : event;
    const name = key === undefined || typeof key === "string" ? key : JSON.stringify(key);
    const input = shape.input(value, name, process);
    if (input === undefined) {
      throw new FormatError(line, `the value of ${article(f)} to be ${shape.takes}`, found(value));
    }
    if (name === undefined && shape.needsKey === true) throw new FormatError(line, `a key for ${article(f)}`, "none");
    const operation: Open = {
      process,
      input,
      output: undefined,
      outcome: "info",
      invoked: this.#position,
      returned: Infinity,
      line,
      ...(event.timeNs !== undefined && { invokedAtUs: event.timeNs / 1000, returnedAtUs: Infinity }),
    };
    this.#open.set(process, { operation, f, key, shape });
    this.#operations.push(operation);
  }

  #return(event: HistoryEvent): void {
    const { line, process, type, f, timeNs } = event;
    const open = this.#open.get(process);
    if (open === undefined) {
      throw new FormatError(
        line,
        `process ${process} to have invoked what returns here (${type} ${f})`,
        "no open operation of it",
      );
    }
    const { operation, shape } = open;
    if (f !== open.f) {
      throw new FormatError(
        line,
        `process ${process} to hear of its ${open.f} of line ${operation.line}`,
        `${type} of ${article(f)}`,
      );
    }
    this.#open.delete(process);
    const isAnswer = type === "fail" && f === "cas" && this.#dialect.failedCasIsAnswer === true;
    // A failed cas without its value says neither that it compared unequal nor that it did not happen.
    if (type === "info" || (isAnswer && !Array.isArray(event.value))) {
      this.#lost.set(process, operation.line);
      return;
    }
    if (timeNs !== undefined && operation.invokedAtUs !== undefined && timeNs / 1000 < operation.invokedAtUs) {
      throw new FormatError(
        line,
        `a time after ${operation.invokedAtUs * 1000} ns, when line ${operation.line} invoked what returns here`,
        `${timeNs} ns`,
      );
    }
    if (timeNs !== undefined) this.#heard.set(process, { timeNs, line });
    const { key, value } = this.#tuples && type === "ok" ? this.#untupled(event) : event;
    if (this.#tuples && type === "ok" && key !== open.key) {
      throw new FormatError(line, `the key ${shown(open.key)}, as in line ${operation.line}`, shown(key));
    }
    operation.returned = this.#position;
    operation.returnedLine = line;
    if (timeNs !== undefined) operation.returnedAtUs = timeNs / 1000;
    if (type === "fail") {
      operation.outcome = isAnswer ? "ok" : "fail";
      if (isAnswer) operation.output = false;
      return;
    }
    if (this.#dialect.nilReadSaysNothing === true && f === "read" && value === null) {
      // It changed nothing and says nothing: as good as one that did not happen.
      operation.outcome = "fail";
      return;
    }
    const output = shape.output(value, operation.input);
    if (output === undefined) throw new FormatError(line, `the answer to ${article(f)} to be ${shape.answers}`, shown(value));
    operation.outcome = "ok";
    operation.output = output;
    if (shape.amended !== undefined) operation.input = shape.amended(operation.input, value);
  }

  #shapeOf({ f, line }: HistoryEvent): OperationShape {
    if (this.#shape === undefined) return ownShape(f);
    const shape = this.#shape.get(f);
    if (shape !== undefined) return shape;
    const names = [...this.#shape.keys()];
    const known = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
    throw new FormatError(line, `an operation of the model ${this.#model} (${known})`, shown(f));
  }

  #untupled({ line, value, f }: HistoryEvent): { readonly key: unknown; readonly value: unknown } {
    if (Array.isArray(value) && value.length === 2 && typeof value[0] !== "object") return { key: value[0], value: value[1] };
    throw new FormatError(line, `the value of ${article(f)} to be [key value], as at the beginning of the file`, shown(value));
  }
}

function found(value: unknown): string {
  const inexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return inexact ? `${value}, which is too large to be exact; write it as a string` : shown(value);
}

function article(f: string): string {
  return `${/^[aeiou]/.test(f) ? "an" : "a"} ${f}`;
}

/** The first value that has a meaning decides for the whole file. */
function isTuple(value: unknown, shape: OperationShape): boolean {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] === "object") return false;
  return (shape.takes === "anything" || shape.input(value, "", 0) === undefined) && shape.input(value[1], "", 0) !== undefined;
}
