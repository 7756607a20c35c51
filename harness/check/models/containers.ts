/** The sequential models of what is put in and taken out again: queue, stack, priority queue. */

import type { Model } from "../model.ts";
import { byKey, inWords, type Keyed, same, type Value } from "./shared.ts";

export type QueueInput = Keyed & ({ readonly f: "enqueue"; readonly value: Value } | { readonly f: "dequeue" });
export type StackInput = Keyed & ({ readonly f: "push"; readonly value: Value } | { readonly f: "pop" });
export type PriorityQueueInput = Keyed & ({ readonly f: "insert"; readonly value: number } | { readonly f: "delete-min" });

/** First in, first out. `dequeue` answers null when the queue is empty, and then changes nothing. */
export const fifoQueue: Model<readonly Value[], QueueInput, unknown> = {
  name: "fifo-queue",
  init: [],
  step: (items, input, output) =>
    input.f === "enqueue" ? [...items, input.value] : taken(items, items[0], output, () => items.slice(1)),
  partition: byKey,
  readOnly: (input, output) => input.f === "dequeue" && output === null,
  describe: words,
};

/** Last in, first out. `pop` answers null when the stack is empty. */
export const stack: Model<readonly Value[], StackInput, unknown> = {
  name: "stack",
  init: [],
  step: (items, input, output) =>
    input.f === "push" ? [...items, input.value] : taken(items, items.at(-1), output, () => items.slice(0, -1)),
  partition: byKey,
  readOnly: (input, output) => input.f === "pop" && output === null,
  describe: words,
};

/** The smallest number comes out first. `delete-min` answers null when there is none. */
export const priorityQueue: Model<readonly number[], PriorityQueueInput, unknown> = {
  name: "priority-queue",
  init: [],
  step: (items, input, output) =>
    input.f === "insert" ? [...items, input.value].sort((a, b) => a - b) : taken(items, items[0], output, () => items.slice(1)),
  partition: byKey,
  readOnly: (input, output) => input.f === "delete-min" && output === null,
  describe: words,
};

function taken<Items extends readonly unknown[]>(
  items: Items,
  first: unknown,
  output: unknown,
  rest: () => Items,
): Items | undefined {
  if (items.length === 0) return output === undefined || output === null ? items : undefined;
  return output === undefined || same(output, first) ? rest() : undefined;
}

function words(input: Keyed & { readonly f: string; readonly value?: Value }, output: unknown): string {
  return input.value === undefined ? inWords(input, [], output) : inWords(input, [input.value], output, false);
}
