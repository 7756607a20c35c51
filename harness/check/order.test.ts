/** Malformed histories are refused, with a sentence that says what is wrong with which operation. */

import { expect, it } from "vitest";
import type { Operation } from "./history.ts";
import { checkLinearizable } from "./linearizable.ts";
import { register } from "./models.ts";
import { HistoryError, inOrder } from "./order.ts";

const read = (process: number, invoked: number, returned: number, outcome: Operation["outcome"] = "ok"): Operation => ({
  ...{ process, input: { f: "read" }, output: outcome === "ok" ? null : undefined, outcome },
  ...{ invoked, returned },
});

it.each([
  [
    "an operation that returned before it was invoked",
    [read(3, 12, 11)],
    "Operation 0 (process 3, invoked at position 12) returned at position 11, before it was invoked.",
  ],
  [
    "an operation that returned at the moment of its invocation",
    [read(3, 12, 12)],
    "Operation 0 (process 3, invoked at position 12) returned at position 12, before it was invoked.",
  ],
  [
    "two open operations of one process",
    [read(0, 0, 3), read(1, 1, 2), read(0, 2.5 * 2, 9), read(0, 4, 7)],
    "Process 0 invoked an operation at position 5 while its previous one was open (it returned only at position 7);" +
      ' a process has at most one open operation, and a client goes on under a new process after an "info".',
  ],
  [
    "a process that goes on after an operation that never returned",
    [read(0, 0, Infinity, "info"), read(0, 2, 3)],
    "Process 0 invoked an operation at position 2 while its previous one was open (it never returned);" +
      ' a process has at most one open operation, and a client goes on under a new process after an "info".',
  ],
  [
    "two events in one place",
    [read(0, 0, 3), read(1, 3, 4)],
    "Two events (of process 0 and process 1) stand at position 3; every invocation and return needs its own.",
  ],
  [
    "an ok that never returned",
    [read(0, 0, Infinity)],
    'Operation 0 (process 0, invoked at position 0) is "ok" but never returned; an operation without a return must be "info".',
  ],
  [
    "a position that is no whole number",
    [read(0, 0, 1), read(0, 2, 2.5)],
    "Operation 1 (process 0, invoked at position 2) has a position that is no whole number (returned: 2.5).",
  ],
  [
    "a position that is no number",
    [read(0, Number.NaN, 1)],
    "Operation 0 (process 0, invoked at position NaN) has a position that is no whole number (returned: 1).",
  ],
])("%s is refused", (_, history, sentence) => {
  expect(() => checkLinearizable(history as never, register)).toThrow(new HistoryError(sentence));
});

it("a history in another order than that of invocation is put in order", () => {
  const history = [read(1, 5, 8), read(0, 0, 9), read(2, 3, 4)];
  expect(inOrder(history).map(({ process }) => process)).toEqual([0, 2, 1]);
});

it("an info that knows when its client gave up lets the process go on, and stays open all the same", () => {
  const write: Operation = { ...read(0, 0, 1, "info"), input: { f: "write", value: 7 } };
  const history = [write, read(0, 2, 3), { ...read(0, 4, 5), output: 7 }];
  expect(checkLinearizable(history as never, register).verdict).toBe("valid");
});
