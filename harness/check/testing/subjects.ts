/** Random histories of every model that has a closed form, and the comparison of the form with brute force and with the search. */

import { bruteForce } from "../brute-force.ts";
import { judgeClosed } from "../forms/judge.ts";
import { formOf } from "../forms/registry.ts";
import type { Operation } from "../history.ts";
import { checkLinearizable } from "../linearizable.ts";
import type { Model } from "../model.ts";
import { models } from "../models/registry.ts";
import { type Chance, chance } from "./simulated.ts";

interface Input {
  readonly f: string;
  readonly [field: string]: unknown;
}

/** What is drawn: inputs of a model, and what a right copy answers. */
export interface Subject {
  readonly model: Model;
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

export interface Shape {
  readonly operations: number;
  readonly processes: number;
  /** Of a hundred operations, how many crash. */
  readonly crashes: number;
  /** Wrong answers, and operations moved in time. */
  readonly lies: number;
}

interface Draft {
  process: number;
  input: Input;
  output: unknown;
  outcome: "ok" | "info";
  invoked: number;
  returned: number;
}

/** A history of a right copy, then made worse. */
export function drawn({ model, input, answer }: Subject, random: Chance, shape: Shape): readonly Operation<Input>[] {
  const states = new Map<string, unknown>();
  const all: Draft[] = [];
  const open: (Draft | undefined)[] = new Array(shape.processes).fill(undefined);
  const done = new Set<Draft>();
  const names = open.map((_, process) => process);
  let value = 0;
  let position = 0;
  for (let move = 0; move < 20 * shape.operations; move++) {
    const process = random(shape.processes);
    const here = open[process];
    if (here === undefined) {
      if (all.length === shape.operations) continue;
      const asked = input(random, () => value++, process, states.get("") ?? model.init);
      const draft: Draft = {
        process: names[process]!,
        input: asked,
        output: undefined,
        outcome: "info",
        invoked: position++,
        returned: Infinity,
      };
      open[process] = draft;
      all.push(draft);
    } else if (!done.has(here)) {
      if (random(100) < shape.crashes) {
        // Before its effect; or after it, below.
        if (random(2) === 0) {
          open[process] = undefined;
          names[process]! += 100;
          continue;
        }
      }
      const part = model.partition?.(here.input) ?? "";
      const state = states.has(part) ? states.get(part) : model.init;
      const output = answer(state, here.input);
      if (output === undefined) continue;
      states.set(part, model.step(state, here.input, output));
      here.output = output;
      done.add(here);
    } else {
      open[process] = undefined;
      if (random(100) < shape.crashes) {
        names[process]! += 100;
        here.output = undefined;
        continue;
      }
      here.outcome = "ok";
      here.returned = position++;
    }
  }
  for (const draft of open) if (draft !== undefined) draft.output = undefined;
  for (let lie = 0; lie < shape.lies; lie++) lied(all, random);
  return all.sort((a, b) => a.invoked - b.invoked);
}

/** Gives an operation the answer of another of its kind, or moves it, with the processes named anew where they collide. */
function lied(all: readonly Draft[], random: Chance): void {
  const answered = all.filter(({ outcome }) => outcome === "ok");
  if (answered.length < 2) return;
  const liar = one(random, answered);
  if (liar.input.f === "acquire" || liar.input.f === "release") {
    liar.input = { ...liar.input, f: liar.input.f === "acquire" ? "release" : "acquire" };
    return;
  }
  if (random(3) > 0) {
    const other = one(
      random,
      answered.filter(({ input }) => input.f === liar.input.f),
    );
    const { output } = other;
    if (random(2) === 0) {
      other.output = liar.output;
      liar.output = output;
      return;
    }
    liar.output =
      typeof output === "number" && random(2) === 0
        ? output + random(3) - 1
        : typeof output === "boolean"
          ? !liar.output
          : output;
    return;
  }
  const mover = random(3) === 0 ? one(random, all) : liar;
  const moved = mover.outcome === "info" || random(2) === 0 ? "invoked" : "returned";
  const positions = all.flatMap((draft) => [draft.invoked, draft.returned]).filter(Number.isFinite);
  const to = one(random, positions) + 0.5;
  if (moved === "invoked" ? to >= mover.returned : to <= mover.invoked) return;
  mover[moved] = to;
  mover.process += 1000 + random(1e6);
  const ranks = new Map(
    all
      .flatMap((draft) => [draft.invoked, draft.returned])
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
      .map((at, rank) => [at, rank]),
  );
  for (const draft of all) {
    draft.invoked = ranks.get(draft.invoked)!;
    if (draft.returned !== Infinity) draft.returned = ranks.get(draft.returned)!;
  }
}

export interface Tally {
  histories: number;
  invalid: number;
  crashed: number;
  operations: number;
  /** Parts that the form left to the search. */
  uncovered: number;
  parts: number;
  /** Parts that the search could not decide. */
  unanswered: number;
}

/** Draws histories and compares; the first disagreement is thrown. */
export function compared(
  name: string,
  runs: number,
  shape: Omit<Shape, "lies">,
  base: number,
  twin: "brute force" | "search",
): Tally {
  const subject = subjects[name]!;
  const { model } = subject;
  const form = formOf(model)!;
  const tally: Tally = { histories: 0, invalid: 0, crashed: 0, operations: 0, uncovered: 0, parts: 0, unanswered: 0 };
  for (let run = 0; run < runs; run++) {
    const random = chance(base + run);
    const history = drawn(subject, random, { ...shape, lies: random(3) > 0 ? 1 + random(4) : 0 });
    let right: boolean | undefined = true;
    for (const part of partsOf(history, model)) {
      const expected = twin === "brute force" ? bruteForce(part, model) : searched(part, model);
      // Too hard a question for the search: the form stands alone.
      if (expected === undefined) {
        tally.unanswered++;
        right = undefined;
        continue;
      }
      if (!expected && right === true) right = false;
      tally.parts++;
      const { verdict } = judgeClosed(judgeable(part, model), model, form).finding;
      if (verdict === "uncovered") tally.uncovered++;
      else if ((verdict === "valid") !== expected) throw disagreement(name, base + run, part, twin, expected, verdict);
    }
    const { verdict } = checkLinearizable(history, model, { steps: 100_000 });
    if (right !== undefined && verdict !== "unknown" && verdict !== (right ? "valid" : "invalid"))
      throw disagreement(name, base + run, history, twin, right, verdict);
    tally.histories++;
    if (right === false) tally.invalid++;
    tally.operations += history.length;
    tally.crashed += history.filter(({ outcome }) => outcome === "info").length;
  }
  return tally;
}

function searched(part: readonly Operation<Input>[], model: Model): boolean | undefined {
  const { verdict } = checkLinearizable(part, model, { steps: 100_000, engine: "search" });
  return verdict === "unknown" ? undefined : verdict === "valid";
}

function partsOf(history: readonly Operation<Input>[], model: Model): readonly (readonly Operation<Input>[])[] {
  const names = [...new Set(history.map(({ input }) => model.partition?.(input) ?? ""))];
  return names.map((name) => history.filter(({ input }) => (model.partition?.(input) ?? "") === name));
}

function judgeable(part: readonly Operation<Input>[], model: Model): readonly Operation<Input>[] {
  return part.filter(({ outcome, input }) => outcome !== "fail" && !(outcome === "info" && model.readOnly?.(input)));
}

function disagreement(
  name: string,
  seed: number,
  part: readonly Operation<Input>[],
  twin: string,
  expected: boolean,
  verdict: string,
): Error {
  const lines = part.map(
    (one) =>
      `  ${JSON.stringify(one.input)} -> ${one.outcome === "ok" ? JSON.stringify(one.output) : "?"} [${one.invoked}, ${one.returned}]`,
  );
  return new Error(
    `${name}, seed ${seed}: ${twin} says ${expected ? "valid" : "invalid"}, the closed form ${verdict}\n${lines.join("\n")}`,
  );
}
