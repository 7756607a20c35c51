/** The state that an object begins in, from what a user writes after --initial. */

import { nameOf } from "../models/sets.ts";
import { type Edn, EdnMap, readForm } from "./edn-text.ts";

/** The words for what a model can begin with, and how its state is made of it; undefined when the value is no such thing. */
interface Initial {
  readonly takes: string;
  readonly state: (value: unknown) => unknown;
}

const plain: Initial = {
  takes: "a number, a string, true, false or null",
  state: (value) => (isScalar(value) ? value : undefined),
};
const number: Initial = { takes: "a number", state: (value) => (typeof value === "number" ? value : undefined) };
const list: Initial = { takes: "a list, such as [1, 2]", state: (value) => (Array.isArray(value) ? value : undefined) };
const elements: Initial = { ...list, state: (value) => (Array.isArray(value) ? new Set(value.map(nameOf)) : undefined) };
const decided: Initial = {
  ...plain,
  state: (value) => (value === null ? null : isScalar(value) ? { value } : undefined),
};

const initials: ReadonlyMap<string, Initial> = new Map<string, Initial>([
  ["register", plain],
  ["cas-register", plain],
  [
    "kv",
    { takes: "a string", state: (value) => (typeof value === "string" || typeof value === "number" ? String(value) : undefined) },
  ],
  [
    "multi-register",
    { takes: 'values by name, such as {"x": 0, "y": 0}', state: (value) => (isRecord(value) ? value : undefined) },
  ],
  ["fifo-queue", list],
  ["stack", list],
  [
    "priority-queue",
    {
      takes: "a list of numbers, such as [1, 2]",
      state: (value) =>
        Array.isArray(value) && value.every((one) => typeof one === "number") ? [...value].sort((a, b) => a - b) : undefined,
    },
  ],
  ["set", elements],
  ["g-set", elements],
  ["counter", number],
  ["fetch-add", number],
  ["write-once", decided],
  ["consensus", decided],
  ["unique-ids", { ...elements, takes: "a list of identifiers, such as [1, 2]" }],
  [
    "mutex",
    { takes: "locked or unlocked", state: (value) => (value === "locked" ? true : value === "unlocked" ? false : undefined) },
  ],
  [
    "lock",
    {
      takes: "the token of its owner, or null",
      state: (value) =>
        value === null || typeof value === "string" || typeof value === "number"
          ? { owner: value, token: Number.NEGATIVE_INFINITY }
          : undefined,
    },
  ],
  ["log", list],
]);

/** The state, or what was expected: the sentence of an error. For a model of the user's own, the value as it is. */
export function initialState(model: string, text: string): { readonly state: unknown } | { readonly expected: string } {
  const initial = initials.get(model);
  const value = parsed(text);
  if (initial === undefined) return { state: value };
  const state = initial.state(value);
  return state === undefined ? { expected: initial.takes } : { state };
}

/** As JSON, as EDN, or else as the string that it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return plainly(readForm(text, 1));
    } catch {
      return text;
    }
  }
}

function plainly(value: Edn): unknown {
  if (value instanceof EdnMap) return value.toJSON();
  return Array.isArray(value) ? value.map(plainly) : value;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
