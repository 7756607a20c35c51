/** Every model that has a closed form, as something that random histories can be drawn of. */

import type { Model } from "../model.ts";
import { models } from "../models/registry.ts";
import type { Chance } from "./simulated.ts";

export interface Input {
  readonly f: string;
  readonly [field: string]: unknown;
}

/** What is drawn: inputs of a model, and what a right copy answers. */
export interface Subject {
  readonly model: Model;
  /** No closed form covers it. */
  readonly onlySearched?: true;
  /** `next` gives a new value at each call. */
  input(random: Chance, next: () => number, process: number, state: unknown): Input;
  /** The right answer in a state; undefined when the operation has to wait. */
  answer(state: unknown, input: Input): unknown;
}

const named = (name: string): Model => models[name]!;
const one = <T>(random: Chance, items: readonly T[]): T => items[random(items.length)]!;
const container = (name: string, put: string, take: string, out: (items: readonly number[]) => number | undefined): Subject => ({
  model: named(name),
  input: (random, next) => (random(9) < 5 ? { f: put, value: next() } : { f: take }),
  answer: (state, { f }) => (f === put ? "ok" : (out(state as readonly number[]) ?? null)),
});
const setOf = (name: string, draw: Subject["input"]): Subject => ({
  model: named(name),
  input: draw,
  answer(state, { f, value, told }) {
    const elements = state as ReadonlySet<string>;
    const there = elements.has(String(value));
    if (f === "read") return [...elements].map(Number);
    if (f === "contains") return there;
    return told === false ? "ok" : f === "add" ? !there : there;
  },
});
const logOf = (told: boolean, offsets: boolean): Subject => ({
  model: named("log"),
  input: (random, next) => (random(2) === 0 ? { f: "append", value: next() } : { f: "read", offset: offsets ? random(4) : 0 }),
  answer(state, { f, offset }) {
    const values = state as readonly number[];
    return f === "append" ? (told ? values.length : "ok") : values.slice(offset as number);
  },
});
const lockOf = (tokens: boolean, owner: (random: Chance, next: () => number, process: number) => number): Subject => ({
  model: named("lock"),
  input(random, next, process, state) {
    // Mostly what can be done, so that not everything waits for ever.
    const held = (state as { readonly owner: unknown }).owner;
    if (held !== null && random(8) > 0) return { f: "release", owner: held };
    return { f: random(8) > 0 ? "acquire" : "release", owner: owner(random, next, process) };
  },
  answer(state, input) {
    const holding = state as { readonly owner: unknown; readonly token: number };
    if (input.f === "acquire" ? holding.owner !== null : holding.owner !== input["owner"]) return undefined;
    return tokens && input.f === "acquire" ? Math.max(0, holding.token + 1) : "ok";
  },
});

export const subjects: Readonly<Record<string, Subject>> = {
  register: {
    model: named("register"),
    input: (random, next) => (random(2) === 0 ? { f: "read" } : { f: "write", value: next() }),
    answer: (state, { f }) => (f === "read" ? state : "ok"),
  },
  "cas-register": {
    model: named("cas-register"),
    input(random, next) {
      const what = random(10);
      if (what < 3) return { f: "read" };
      if (what < 5) return { f: "write", value: next() };
      const to = next();
      return { f: "cas", from: random(3) === 0 ? null : random(Math.max(1, to)), to };
    },
    answer: (state, { f, from }) => (f === "read" ? state : f === "cas" ? state === from : "ok"),
  },
  kv: {
    model: named("kv"),
    input(random, next) {
      const key = one(random, ["x", "y"]);
      return random(2) === 0 ? { f: "get", key } : { f: "put", key, value: String(next()) };
    },
    answer: (state, { f }) => (f === "get" ? state : "ok"),
  },
  "kv with appends": {
    model: named("kv"),
    onlySearched: true,
    input(random, next) {
      const f = one(random, ["get", "get", "append", "append", "put"]);
      return f === "get" ? { f, key: "x" } : { f, key: "x", value: String(next() % 4) };
    },
    answer: (state, { f }) => (f === "get" ? state : "ok"),
  },
  "fifo-queue": container("fifo-queue", "enqueue", "dequeue", (items) => items[0]),
  stack: container("stack", "push", "pop", (items) => items.at(-1)),
  "priority-queue": {
    ...container("priority-queue", "insert", "delete-min", (items) => items[0]),
    input: (random, next) => (random(9) < 5 ? { f: "insert", value: (next() * 7919) % 10_007 } : { f: "delete-min" }),
  },
  set: setOf("set", (random) => ({ f: one(random, ["add", "remove", "contains"]), value: random(3) })),
  "set of blind operations": setOf("set", (random) => {
    const f = one(random, ["add", "add", "remove", "contains", "contains"]);
    return { f, value: random(4), told: f !== "add" };
  }),
  "set of new elements": setOf("set", (random, next) => {
    const f = one(random, ["add", "remove", "contains"]);
    return { f, value: f === "add" ? next() : random(3), told: random(2) === 0 || f !== "add" };
  }),
  "g-set": setOf("g-set", (random, next) =>
    random(5) < 3 ? { f: "add", value: random(3) === 0 ? random(3) : next(), told: false } : { f: "read" },
  ),
  "set that is read whole": setOf("set", (random, next) =>
    random(5) < 3 ? { f: "add", value: random(9) === 0 ? random(3) : next(), told: random(2) === 0 } : { f: "read" },
  ),
  counter: {
    model: named("counter"),
    input: (random) => (random(2) === 0 ? { f: "add", value: 2 } : { f: "read" }),
    answer: (state, { f }) => (f === "read" ? state : "ok"),
  },
  "fetch-add": { model: named("fetch-add"), input: () => ({ f: "fetch-add", value: 1 }), answer: (state) => state },
  "unique-ids": {
    model: named("unique-ids"),
    input: () => ({ f: "generate" }),
    answer: (state) => (state as ReadonlySet<string>).size,
  },
  mutex: {
    model: named("mutex"),
    input: (random, _, __, state) => ({ f: random(6) > 0 === (state === true) ? "release" : "acquire" }),
    answer: (state, { f }) => (state === (f === "acquire") ? undefined : "ok"),
  },
  lock: lockOf(false, (random) => random(3)),
  "lock of processes": lockOf(false, (_, _next, process) => process % 4),
  "lock of single owners": lockOf(false, (random, next) => (random(2) === 0 ? next() : random(4))),
  "lock with tokens": lockOf(true, (random, next) => (random(2) === 0 ? next() : random(4))),
  log: logOf(true, false),
  "log with offsets": logOf(true, true),
  "log without told offsets": logOf(false, true),
  consensus: {
    model: named("consensus"),
    input: (random) => ({ f: "propose", value: random(3) }),
    answer: (state, { value }) => (state === null ? value : (state as { readonly value: unknown }).value),
  },
  "write-once": {
    model: named("write-once"),
    input: (random) => (random(2) === 0 ? { f: "read" } : { f: "write", value: random(3), told: random(2) === 0 }),
    answer(state, { f, told }) {
      if (f === "write") return told === true ? state === null : "ok";
      return state === null ? null : (state as { readonly value: unknown }).value;
    },
  },
};
