/** The checker against its dumb twin, and against what must be true of any history. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bruteForce } from "./brute-force.ts";
import { minimalCore } from "./core.ts";
import { Frontier, type Patience } from "./frontier.ts";
import type { Operation } from "./history.ts";
import { checkLinearizable } from "./linearizable.ts";
import type { Model } from "./model.ts";
import { casRegister, keyValue, register } from "./models.ts";
import { type Drawable, histories } from "./testing/arbitrary.ts";
import { mutex, queue } from "./testing/models.ts";

const value = fc.integer({ min: 0, max: 2 });
const read = fc.constant({ f: "read" as const });
const write = fc.record({ f: fc.constant("write" as const), value });
const cas = fc.record({ f: fc.constant("cas" as const), from: value, to: value });
const key = fc.constantFrom("x", "y");

const drawables: Readonly<Record<string, Drawable<never>>> = {
  register: { model: register, input: fc.oneof(read, write), answers: [null, 0, 1, 2] } as Drawable<never>,
  "cas-register": {
    model: casRegister,
    input: fc.oneof(read, write, cas, cas),
    answers: [null, 0, 1, 2, true, false],
  } as Drawable<never>,
  "cas-register that tells nothing about reads": {
    model: { ...casRegister, name: "blind", readOnly: () => false },
    input: fc.oneof(read, write, cas),
    answers: [null, 0, 1, 2, true, false],
  } as Drawable<never>,
  "fifo-queue": {
    model: queue,
    input: fc.oneof(fc.record({ f: fc.constant("enqueue" as const), value }), fc.constant({ f: "dequeue" as const })),
    answers: [null, 0, 1, 2],
  } as Drawable<never>,
  mutex: { model: mutex, input: fc.constantFrom({ f: "acquire" }, { f: "release" }), answers: ["ok"] } as Drawable<never>,
};

const byKey: Drawable<never> = {
  model: { ...keyValue, init: { x: null, y: null }, partition: undefined, step: stepBoth } as never,
  input: fc.oneof(read, write, cas).chain((input) => key.map((name) => ({ ...input, key: name }))),
  answers: [null, 0, 1, 2, true, false],
} as Drawable<never>;

/** Both keys in one state: what key-value is, without the knowledge that keys are independent. */
function stepBoth(state: Record<string, null>, input: { readonly key: string }, output: unknown): unknown {
  const next = keyValue.step(state[input.key]!, input as never, output);
  return next === undefined ? undefined : { ...state, [input.key]: next };
}

const eager: Patience = { greedy: { base: 0, each: 0 }, plain: { base: 0, each: 0 } };
const hasty: Patience = { greedy: { base: 0, each: 1e6 }, plain: { base: 0, each: 1e6 } };
const modes: Readonly<Record<string, Patience>> = {
  "patient, with classes": eager,
  "greedy, with classes": { ...hasty, plain: eager.plain },
  "greedy, without classes": hasty,
};

const judgedBy = (patience: Patience, history: readonly Operation[], model: Model): boolean => {
  const left = history.filter(({ outcome, input }) => outcome !== "fail" && !(outcome === "info" && model.readOnly?.(input)));
  return new Frontier(patience).judge(left, model, { steps: 1e7, configurations: 1e6 }) === "valid";
};

const small = { operations: 7, processes: 4, lies: 2 };
const seed = 20_241;

/** Counts verdicts, so that no property is true for want of examples. */
function tally() {
  const counts = { valid: 0, invalid: 0, crashed: 0 };
  return {
    add(valid: boolean, history: readonly Operation[]) {
      counts[valid ? "valid" : "invalid"]++;
      counts.crashed += history.filter(({ outcome }) => outcome === "info").length;
    },
    check() {
      const all = counts.valid + counts.invalid;
      expect(counts.invalid / all).toBeGreaterThan(0.15);
      expect(counts.invalid / all).toBeLessThan(0.6);
      expect(counts.crashed / all).toBeGreaterThan(0.5);
    },
  };
}

describe.each(Object.entries(drawables))("on random histories of a %s", (name, drawable) => {
  const { model } = drawable;

  it("the checker and its dumb twin agree, however the search goes about it", () => {
    const seen = tally();
    fc.assert(
      fc.property(histories(drawable, small), (history) => {
        const expected = bruteForce(history, model);
        seen.add(expected, history);
        expect(checkLinearizable(history, model).verdict).toBe(expected ? "valid" : "invalid");
        for (const [mode, patience] of Object.entries(modes)) expect(judgedBy(patience, history, model), mode).toBe(expected);
      }),
      { seed, numRuns: 3000 },
    );
    if (name !== "mutex") seen.check();
  });

  it("larger ones get the same verdict however the search goes about it", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 24, processes: 6, lies: 2 }), (history) => {
        const [first, ...others] = Object.values(modes).map((patience) => judgedBy(patience, history, model));
        for (const other of others) expect(other).toBe(first);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("a correct copy is never called wrong", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 60, processes: 5, lies: 0 }), (history) => {
        const { verdict, reason } = checkLinearizable(history, model);
        expect(verdict, reason).toBe("valid");
      }),
      { seed, numRuns: 300 },
    );
  });

  it("what was valid stays valid when an operation takes longer, crashes, or a crashed one joins in", () => {
    const drawn = fc.tuple(histories(drawable, { ...small, lies: 1 }), fc.nat(100), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(drawn, ([history, which, earlier, later]) => {
        fc.pre(history.length > 0 && checkLinearizable(history, model).verdict === "valid");
        const chosen = history[which % history.length]!;
        const others = history.filter((operation) => operation !== chosen);
        const wider = ranked(others, {
          ...chosen,
          process: 1000,
          invoked: chosen.invoked - earlier - 0.5,
          returned: chosen.returned + later + 0.5,
        });
        expect(checkLinearizable(wider, model).verdict).toBe("valid");
        const crash: Operation<never> = { ...chosen, process: 1000, outcome: "info", output: undefined, returned: Infinity };
        expect(checkLinearizable([...others, crash], model).verdict).toBe("valid");
        const another = { ...crash, process: 1001, invoked: 1e6 };
        expect(checkLinearizable([...history, another], model).verdict).toBe("valid");
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("the longest prefix is an order that the model and real time allow", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 12, processes: 4, lies: 3 }), (history) => {
        const { culprit, longestPrefix } = checkLinearizable(history, model);
        fc.pre(culprit !== undefined && longestPrefix !== undefined);
        let state: unknown = model.init;
        for (const { input, output, outcome } of longestPrefix) {
          state = model.step(state, input, outcome === "ok" ? output : undefined);
          expect(state).not.toBe(undefined);
        }
        longestPrefix.forEach((one, i) => {
          for (const earlier of longestPrefix.slice(0, i))
            expect(one.outcome === "ok" && one.returned < earlier.invoked).toBe(false);
        });
        const before = history.filter(({ outcome, returned }) => outcome === "ok" && returned < culprit.returned);
        for (const one of before) expect(longestPrefix).toContain(one);
        expect(longestPrefix).not.toContain(culprit);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("the core is a contradiction by itself, and every operation in it is needed for it", () => {
    fc.assert(
      fc.property(histories(drawable, { ...small, lies: 3 }), (history) => {
        const { core } = checkLinearizable(history, model);
        fc.pre(core !== undefined);
        expect(bruteForce(core, model)).toBe(false);
        if (name === "fifo-queue") return;
        const frontier = new Frontier();
        for (const one of core) {
          const kept = core.filter((other) => other !== one);
          const free = history.filter((other) => other.outcome !== "fail" && !kept.includes(other)).map(freed);
          const changing = free.filter(({ input }) => !model.readOnly?.(input));
          expect(frontier.judge(kept, model, { steps: 1e6, configurations: 1e6 }, changing)).toBe("valid");
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});

function freed(operation: Operation): Operation {
  return { ...operation, outcome: "info", output: undefined, invoked: Number.NEGATIVE_INFINITY, returned: Infinity };
}

/** The history with `changed`, which may stand between positions, and all positions renumbered. */
function ranked<In>(others: readonly Operation<In>[], changed: Operation<In>): readonly Operation<In>[] {
  const all = [...others, changed];
  const positions = all.flatMap(({ invoked, returned }) => [invoked, returned]).filter(Number.isFinite);
  const rank = new Map(positions.sort((a, b) => a - b).map((position, i) => [position, i]));
  return all.map((one) => ({
    ...one,
    invoked: rank.get(one.invoked)!,
    returned: one.returned === Infinity ? Infinity : rank.get(one.returned)!,
  }));
}

it("keys judged apart get the verdict that the twin gives to both together", () => {
  const seen = tally();
  fc.assert(
    fc.property(histories(byKey, small), (history) => {
      const expected = bruteForce(history, byKey.model);
      seen.add(expected, history);
      expect(checkLinearizable(history, keyValue as Model).verdict).toBe(expected ? "valid" : "invalid");
      expect(checkLinearizable(history, byKey.model).verdict).toBe(expected ? "valid" : "invalid");
    }),
    { seed, numRuns: 3000 },
  );
  seen.check();
});

it("operations that may happen as often as they like are like many crashed copies of them", () => {
  const seen = tally();
  const drawn = fc.tuple(
    histories(drawables["cas-register"]!, { ...small, operations: 5, lies: 1 }),
    fc.array(write, { maxLength: 1 }),
  );
  fc.assert(
    fc.property(drawn, ([history, inputs]) => {
      const free = inputs.map((input): Operation => freed({ process: -1, input } as Operation));
      const copies = [1, 2, 3].flatMap(() => free);
      const expected = bruteForce([...copies, ...history], casRegister as Model);
      seen.add(expected, history);
      const left = history.filter(({ outcome }) => outcome !== "fail");
      for (const patience of Object.values(modes)) {
        const limits = { steps: 1e6, configurations: 1e6 };
        expect(new Frontier(patience).judge(left, casRegister as Model, limits, free) === "valid").toBe(expected);
      }
    }),
    { seed, numRuns: 500 },
  );
  expect(minimalCore).toBeTypeOf("function");
});
