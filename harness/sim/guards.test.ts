/** The guards: inside a handler ambient chance and time are refused with a sentence; everywhere else all is as it was, exactly. */

import { afterEach, describe, expect, it } from "vitest";
import { entering, leaving, setGuards } from "./guards.ts";
import { boot, build, buildWith, type Handlers, listener, ms } from "./testing/world.ts";

const places: readonly (readonly [object, string])[] = [
  [globalThis, "Date"],
  [Math, "random"],
  [performance, "now"],
  [globalThis, "setTimeout"],
  [globalThis, "setInterval"],
  [globalThis, "setImmediate"],
  [globalThis, "queueMicrotask"],
  [globalThis, "fetch"],
  [crypto, "randomUUID"],
  [crypto, "getRandomValues"],
  [process, "nextTick"],
  [process, "hrtime"],
];
const look = (): (PropertyDescriptor | undefined)[] =>
  places.map(([holder, key]) => Object.getOwnPropertyDescriptor(holder, key));
// Before anything in this file has set the guards for the first time.
const pristine = look();

let release: (() => void) | undefined;
afterEach(() => {
  release?.();
  release = undefined;
});

/** Runs with the guards set, as a run does, and says how it ended. */
function stopOf(handlers: Handlers): string | undefined {
  release = setGuards();
  const cluster = boot({ n1: handlers });
  cluster.runUntil(ms(10));
  release();
  return cluster.stop === undefined ? undefined : `${cluster.stop.check}: ${cluster.stop.sentence}`;
}

/** What may not be used, how, and what the sentence says instead. */
const ambient: readonly (readonly [string, () => unknown, string])[] = [
  ["Date", () => Date.now(), "ctx.now() for the wall clock or ctx.elapsed() for durations"],
  ["Date", () => new Date(), "ctx.now() for the wall clock or ctx.elapsed() for durations"],
  ["Date", () => Date(), "ctx.now() for the wall clock or ctx.elapsed() for durations"],
  ["Math.random", () => Math.random(), "ctx.random"],
  ["performance.now", () => performance.now(), "ctx.elapsed()"],
  ["setTimeout", () => setTimeout(() => undefined, 1), "ctx.setTimer"],
  ["setInterval", () => setInterval(() => undefined, 1), "ctx.setTimer, set again in onTimer"],
  ["setImmediate", () => setImmediate(() => undefined), "ctx.send to oneself, or do it at once"],
  ["queueMicrotask", () => queueMicrotask(() => undefined), "nothing: handlers are synchronous"],
  ["fetch", () => fetch("data:,x"), "ctx.send"],
  ["crypto.randomUUID", () => crypto.randomUUID(), "ctx.random, or a counter with ctx.id"],
  ["crypto.getRandomValues", () => crypto.getRandomValues(new Uint8Array(1)), "ctx.random"],
  ["process.nextTick", () => process.nextTick(() => undefined), "nothing: handlers are synchronous"],
  ["process.hrtime", () => process.hrtime(), "ctx.elapsed()"],
  ["process.hrtime", () => process.hrtime.bigint(), "ctx.elapsed()"],
];

describe("inside a handler", () => {
  it.each(ambient)("%s (%s) is a violation that says what to use", (name, use, instead) => {
    expect(stopOf({ onStart: () => void use() })).toBe(
      `contract: n1, in start: ${name} was used inside a handler, where no run could be repeated; use ${instead}`,
    );
  });

  it("it is one in every kind of handler, and in the constructor", () => {
    const late: Handlers = {
      onStart: (ctx) => ctx.setTimer("late", 1),
      onTimer: (ctx) => ctx.send("n1", { type: "hi" }),
      onMessage: () => void Math.random(),
    };
    expect(stopOf(late)).toMatch(/^contract: n1, in message hi: Math.random was used/);
    expect(stopOf({ ...late, onTimer: () => void Date.now() })).toMatch(/^contract: n1, in timer late: Date was used/);
    release = setGuards();
    const cluster = buildWith(() => ({ onMessage: () => undefined, at: Date.now() }), ["n1"]);
    cluster.boot();
    expect(cluster.stop?.sentence).toMatch(/^n1, in start: Date was used/);
  });

  it("dates of given numbers, and the rest of Math, are plain arithmetic", () => {
    const seen: unknown[] = [];
    expect(
      stopOf({
        onStart: () =>
          void seen.push(new Date(0).toISOString(), Date.UTC(1970, 0, 2), Math.max(1, 2), new Date(5) instanceof Date),
      }),
    ).toBeUndefined();
    expect(seen).toEqual(["1970-01-01T00:00:00.000Z", 86_400_000, 2, true]);
  });
});

describe("outside handlers", () => {
  it("everything works during a run: in monitors, and between events", () => {
    release = setGuards();
    const seen: number[] = [];
    const lines: string[] = [];
    const invariant = {
      ...listener([], lines),
      monitor: () => ({ facts: { said: () => void seen.push(Date.now(), Math.random()) } }),
    };
    const cluster = boot({ n1: { onStart: (ctx) => ctx.fact("said") } }, { invariants: [invariant] });
    cluster.at(ms(1), () => void seen.push(performance.now(), new Date().getFullYear()));
    cluster.runUntil(ms(2));
    expect(cluster.stop).toBeUndefined();
    expect(seen).toHaveLength(4);
    clearTimeout(setTimeout(() => undefined, 0));
    expect(crypto.randomUUID()).toHaveLength(36);
    expect(typeof process.hrtime.bigint()).toBe("bigint");
  });

  it("everything works after a handler has thrown", () => {
    release = setGuards();
    boot({
      n1: {
        onStart: () => {
          throw new Error("oh");
        },
      },
    });
    expect(() => Date.now()).not.toThrow();
    boot({ n1: { onStart: () => void Math.random() } });
    expect(() => Math.random()).not.toThrow();
    boot({ n1: { onStart: (ctx) => ctx.send("nobody", {}) } });
    expect(() => Math.random()).not.toThrow();
  });
});

describe("when the guards are taken away", () => {
  it("every property is what it was, to its descriptor", () => {
    const free = setGuards();
    const during = look();
    free();
    const after = look();
    expect(after).toEqual(pristine);
    after.forEach((descriptor, i) => {
      expect(descriptor?.value).toBe(pristine[i]?.value);
      expect(during[i]?.value).not.toBe(pristine[i]?.value);
    });
  });

  it("they are so after a run that threw, too", () => {
    expect(() => {
      const free = setGuards();
      try {
        const cluster = build({ n1: {} });
        cluster.at(0, () => {
          throw new Error("a fault of ours");
        });
        cluster.boot();
        cluster.runUntil(1);
      } finally {
        free();
      }
    }).toThrow("a fault of ours");
    expect(look()).toEqual(pristine);
  });

  it("the inner of two runs leaves the outer one guarded, and letting go twice does no harm", () => {
    const outer = setGuards();
    const inner = setGuards();
    inner();
    inner();
    entering();
    expect(() => Math.random()).toThrow("Math.random was used inside a handler");
    leaving();
    outer();
    expect(look()).toEqual(pristine);
    const again = setGuards();
    entering();
    expect(() => Math.random()).toThrow("Math.random was used inside a handler");
    leaving();
    again();
    expect(look()).toEqual(pristine);
  });

  it("what somebody had put in place between two runs stays in place", () => {
    setGuards()();
    const real = Math.random;
    const fake = (): number => 0.25;
    Math.random = fake;
    try {
      const free = setGuards();
      expect(Math.random()).toBe(0.25);
      free();
      expect(Math.random).toBe(fake);
    } finally {
      Math.random = real;
    }
  });
});
