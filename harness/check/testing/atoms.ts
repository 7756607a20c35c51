/** The atomic objects that simulated histories are recorded of, by the name of their model. For tests and benchmarks. */

import { type Atom, BLOCKED, type Chance, chance, FAILED, OMIT } from "./simulated.ts";

/** Makes an object; `operations` is how many are to come. */
export type AtomMaker = (seed: number, operations: number) => Atom;

/** Registers with values that are all different (`values` 0), or a few that come again and again. */
function registers(random: Chance, mix: { read: number; cas: number }, values: number): Atom {
  let state: number | null = null;
  let next = 1;
  let firstWritten: unknown;
  const value = (): number => (values === 0 ? next++ : random(values));
  return {
    ask() {
      const draw = random(100);
      if (draw < mix.read) return { f: "read" };
      if (draw < mix.read + mix.cas) return { f: "cas", from: values === 0 ? state : random(values), to: value() };
      return { f: "write", value: value() };
    },
    answer(input) {
      if (input.f === "read") return state;
      if (input.f === "write") {
        state = input["value"] as number;
        firstWritten ??= state;
        return null;
      }
      if (state !== input["from"]) return FAILED;
      state = input["to"] as number;
      return true;
    },
    // With few values no stale one is surely wrong; one that nobody ever wrote is.
    lie: ({ input }) => (input.f !== "read" ? undefined : values === 0 ? firstWritten : values),
  };
}

/** What is put in and taken out; `place` says which one comes out. */
function container(random: Chance, put: string, take: string, place: (items: number[]) => number): Atom {
  const items: number[] = [];
  let next = 1;
  let taken: number | undefined;
  let head = 0;
  return {
    ask: () => (random(100) < (items.length - head > 50 ? 30 : 52) ? { f: put, value: next++ } : { f: take }),
    answer(input) {
      if (input.f === put) {
        items.push(input["value"] as number);
        return null;
      }
      if (items.length === head) return null;
      let out: number;
      if (take === "dequeue") {
        out = items[head++]!;
        if (head > 1000) head -= items.splice(0, head).length;
      } else {
        out = items.splice(place(items), 1)[0]!;
      }
      taken ??= out;
      return out;
    },
    lie: ({ input, output }) => (input.f === take && output !== null ? taken : undefined),
  };
}

function leastOf(items: readonly number[]): number {
  let least = 0;
  for (let i = 1; i < items.length; i++) if (items[i]! < items[least]!) least = i;
  return least;
}

/** Every element is added once, and removed once at most. */
function setOf(random: Chance): Atom {
  const state = new Set<number>();
  const removable: number[] = [];
  return {
    ask(_client, nth) {
      const draw = random(16);
      // Nobody ever adds -1, so that it can surely not be there.
      if (draw === 0) return { f: "contains", value: -1 };
      if (draw < 7) return { f: "contains", value: random(nth + 1) };
      if (draw < 11 && removable.length > 0) {
        const [value] = removable.splice(Math.max(0, removable.length - 1 - random(100)), 1);
        return { f: "remove", value };
      }
      return { f: "add", value: nth };
    },
    answer({ f, value }) {
      const element = value as number;
      if (f === "contains") return state.has(element);
      if (f === "remove") return state.delete(element);
      state.add(element);
      removable.push(element);
      return true;
    },
    lie: ({ input }) => (input["value"] === -1 ? true : undefined),
  };
}

/** Sixteen whole reads: together they hold eight elements for every operation. */
function growing(random: Chance, operations: number): Atom {
  const state: number[] = [];
  const rarely = Math.max(2, Math.ceil(operations / 16));
  return {
    ask: (_client, nth) =>
      random(rarely) === 0 || nth === Math.floor(0.97 * operations) ? { f: "read" } : { f: "add", value: nth },
    answer(input) {
      if (input.f === "read") return [...state];
      state.push(input["value"] as number);
      return null;
    },
    lie: ({ input, output }) => (input.f === "read" ? (output as number[]).slice(1) : undefined),
  };
}

function counting(random: Chance, f: "counter" | "fetch-add"): Atom {
  let sum = 0;
  if (f === "fetch-add") {
    return {
      ask: () => ({ f, value: 1 }),
      answer({ value }) {
        sum += value as number;
        return sum - (value as number);
      },
      lie: () => 7,
    };
  }
  return {
    ask: () => (random(2) === 0 ? { f: "read" } : { f: "add", value: 1 }),
    answer(input) {
      if (input.f === "read") return sum;
      sum += input["value"] as number;
      return null;
    },
    lie: ({ input, output }) => (input.f === "read" ? (output as number) - 400 : undefined),
  };
}

function ids(): Atom {
  let next = 0;
  return { ask: () => ({ f: "generate" }), answer: () => next++, lie: () => 7 };
}

function once(random: Chance, f: "write" | "propose"): Atom {
  let decided: unknown = null;
  return {
    ask: (_client, nth) => (f === "write" && random(2) === 0 ? { f: "read" } : { f, value: nth }),
    answer(input) {
      if (input.f === "read") return decided;
      const first = decided === null;
      if (first) decided = input["value"];
      return f === "write" ? first : decided;
    },
    lie: ({ input }) => (input.f === "read" ? undefined : f === "write" ? true : input["value"]),
  };
}

/** A client that asks for the lock waits until it has it; then it gives it back. */
function locking(withOwner: boolean): Atom {
  const holding = new Set<number>();
  let held = false;
  let grants = 0;
  const tokens = new Map<number, string>();
  return {
    ask(client) {
      const f = holding.has(client) ? "release" : "acquire";
      if (f === "acquire") {
        holding.add(client);
        tokens.set(client, `${client}.${grants++}`);
      } else {
        holding.delete(client);
      }
      return withOwner ? { f, owner: tokens.get(client) } : { f };
    },
    answer({ f }) {
      if (f === "acquire" && held) return BLOCKED;
      held = f === "acquire";
      return null;
    },
    lie: ({ input }) => (input.f === "release" ? OMIT : undefined),
  };
}

function logging(random: Chance): Atom {
  const values: number[] = [];
  return {
    ask: (_client, nth) =>
      random(4) === 0 ? { f: "read", offset: Math.max(0, values.length - 3) } : { f: "append", value: nth },
    answer(input) {
      if (input.f === "read") return values.slice(input["offset"] as number);
      values.push(input["value"] as number);
      return values.length - 1;
    },
    lie: ({ input }) => (input.f === "append" ? 0 : undefined),
  };
}

function keyValue(random: Chance, keys: number): Atom {
  const state = new Map<string, string>();
  const first = new Map<string, string>();
  return {
    ask(_client, nth) {
      const key = `k${random(keys)}`;
      return random(2) === 0 ? { f: "get", key } : { f: "put", key, value: `v${nth}` };
    },
    answer(input) {
      const key = input["key"] as string;
      if (input.f === "get") return state.get(key) ?? "";
      state.set(key, input["value"] as string);
      if (!first.has(key)) first.set(key, input["value"] as string);
      return null;
    },
    lie: ({ input, output }) => {
      const stale = first.get(input["key"] as string);
      return input.f === "get" && stale !== output ? stale : undefined;
    },
  };
}

/** By the name of the model that judges them. */
export const atoms: Readonly<Record<string, AtomMaker>> = {
  register: (seed) => registers(chance(seed), { read: 50, cas: 0 }, 0),
  "cas-register": (seed) => registers(chance(seed), { read: 40, cas: 20 }, 0),
  "fifo-queue": (seed) => container(chance(seed), "enqueue", "dequeue", () => 0),
  stack: (seed) => container(chance(seed), "push", "pop", (items) => items.length - 1),
  "priority-queue": (seed) => container(chance(seed), "insert", "delete-min", leastOf),
  set: (seed) => setOf(chance(seed)),
  "g-set": (seed, operations) => growing(chance(seed), operations),
  counter: (seed) => counting(chance(seed), "counter"),
  "fetch-add": (seed) => counting(chance(seed), "fetch-add"),
  "unique-ids": () => ids(),
  "write-once": (seed) => once(chance(seed), "write"),
  consensus: (seed) => once(chance(seed), "propose"),
  mutex: () => locking(false),
  lock: () => locking(true),
  log: (seed) => logging(chance(seed)),
  kv: (seed, operations) => keyValue(chance(seed), Math.max(1, Math.min(100, Math.floor(operations / 40)))),
};

/** A cas-register whose values come again and again: nothing but a search can judge it. */
export function fewValues(seed: number, values: number): Atom {
  return registers(chance(seed), { read: 40, cas: 20 }, values);
}
