/** The checker against its dumb twin, and against what must be true of any history. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bruteForce } from "./brute-force.ts";
import { judgeFew } from "./few.ts";
import { Frontier, type Patience } from "./frontier.ts";
import type { Operation } from "./history.ts";
import { checkLinearizable } from "./linearizable.ts";
import type { Model } from "./model.ts";
import { models } from "./models/registry.ts";
import { casRegister, keyValue, register } from "./models.ts";
import { type Drawable, histories } from "./testing/arbitrary.ts";
import { modes } from "./testing/comparing.ts";
import { objection, upTo } from "./testing/explains.ts";
import { queue } from "./testing/models.ts";
import { timeline } from "./testing/timeline.ts";
import { troubleOf } from "./trouble.ts";

const value = fc.integer({ min: 0, max: 2 });
const read = fc.constant({ f: "read" as const });
const write = fc.record({ f: fc.constant("write" as const), value });
const cas = fc.record({ f: fc.constant("cas" as const), from: value, to: value });
const key = fc.constantFrom("x", "y");

const drawables: Readonly<Record<string, Drawable>> = {
  register: { model: register, input: fc.oneof(read, write), answers: [null, 0, 1, 2] },
  "cas-register": { model: casRegister, input: fc.oneof(read, write, cas, cas), answers: [null, 0, 1, 2, true, false] },
  "cas-register that gives no hints": {
    model: { name: "bare", init: null, step: casRegister.step } as Model,
    input: fc.oneof(read, write, cas),
    answers: [null, 0, 1, 2, true, false],
  },
  "fifo-queue": {
    model: queue,
    input: fc.oneof(fc.record({ f: fc.constant("enqueue"), value }), fc.constant({ f: "dequeue" })),
    answers: [null, 0, 1, 2],
  },
};

const byKey: Drawable = {
  model: { name: "both keys", init: { x: null, y: null }, step: stepBoth } as Model,
  input: fc.oneof(read, write, cas).chain((input) => key.map((name) => ({ ...input, key: name }))),
  answers: [null, 0, 1, 2, true, false],
};

/** Both keys in one state: what key-value is, without the knowledge that keys are independent. */
function stepBoth(state: Record<string, null>, input: { readonly key: string }, output: unknown): unknown {
  const next = keyValue.step(state[input.key]!, input as never, output);
  return next === undefined ? undefined : { ...state, [input.key]: next };
}

const judgeable = (history: readonly Operation[], model: Model): readonly Operation[] =>
  history.filter(({ outcome, input }) => outcome !== "fail" && !(outcome === "info" && model.readOnly?.(input)));
const judgedBy = (patience: Patience, history: readonly Operation[], model: Model): boolean =>
  new Frontier(patience).judge(judgeable(history, model), model, unlimited) === "valid";

const unlimited = { steps: 1e7, configurations: 1e6 };
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

describe.each(Object.entries(drawables))("on random histories of a %s", (_, drawable) => {
  const { model } = drawable;

  it("the checker and its dumb twin agree, however the search goes about it", () => {
    const seen = tally();
    fc.assert(
      fc.property(histories(drawable, small), (history) => {
        const expected = bruteForce(history, model);
        seen.add(expected, history);
        const { verdict, culprit, longestPrefix } = checkLinearizable(history, model);
        expect(verdict).toBe(expected ? "valid" : "invalid");
        for (const [mode, patience] of Object.entries(modes)) expect(judgedBy(patience, history, model), mode).toBe(expected);
        if (expected) return;
        expect(bruteForce(upTo(history, culprit!.returned), model), "up to the culprit").toBe(false);
        expect(bruteForce(upTo(history, culprit!.returned - 1), model), "up to just before it").toBe(true);
        expect(objection(longestPrefix!, upTo(history, culprit!.returned - 1), model)).toBe(undefined);
      }),
      { seed, numRuns: 1500 },
    );
    seen.check();
  });

  it("larger ones get the same verdict and the same culprit, however the search goes about it", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 24, processes: 6, lies: 2 }), (history) => {
        const [first, ...others] = Object.values(modes).map((patience) => {
          const frontier = new Frontier(patience);
          const operations = judgeable(history, model);
          if (frontier.judge(operations, model, unlimited) === "valid") return "valid";
          const { culprit, doomed, states } = troubleOf(
            frontier,
            operations,
            model,
            unlimited,
            undefined,
            () => new Frontier(patience),
          );
          return { culprit, doomed, states: states.length < 16 ? new Set(states) : "many" };
        });
        for (const other of others) expect(other).toEqual(first);
      }),
      { seed, numRuns: 400 },
    );
  });

  it("a correct copy is never called wrong", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 60, processes: 5, lies: 0 }), (history) => {
        const { verdict, reason } = checkLinearizable(history, model);
        expect(verdict, reason).toBe("valid");
      }),
      { seed, numRuns: 150 },
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
        const crash: Operation = { ...chosen, process: 1000, outcome: "info", output: undefined, returned: Infinity };
        expect(checkLinearizable([...others, crash], model).verdict).toBe("valid");
        const another = { ...crash, process: 1001, invoked: 1e6 };
        expect(checkLinearizable([...history, another], model).verdict).toBe("valid");
      }),
      { seed, numRuns: 500 },
    );
  });

  it("the longest prefix is an order that the model and real time allow", () => {
    fc.assert(
      fc.property(histories(drawable, { operations: 20, processes: 6, lies: 3 }), (history) => {
        const { culprit, longestPrefix } = checkLinearizable(history, model);
        fc.pre(culprit !== undefined && longestPrefix !== undefined);
        expect(objection(longestPrefix, upTo(history, culprit.returned - 1), model)).toBe(undefined);
      }),
      { seed, numRuns: 150 },
    );
  });

  it("the core is a contradiction by itself, and every operation in it is needed", () => {
    fc.assert(
      fc.property(histories(drawable, { ...small, lies: 3 }), (history) => {
        const { core } = checkLinearizable(history, model);
        fc.pre(core !== undefined);
        expect(bruteForce(core, model), "the core by itself").toBe(false);
        expect(withFreed(history, core, model), "the core when the others are free").toBe(false);
        for (const one of core) {
          const others = core.filter((other) => other !== one);
          const orphans = (among: readonly Operation[]) => others.filter((other) => !couldBe(other, among, model));
          const needed = withFreed(history, others, model) || orphans(others).length > orphans(core).length;
          expect(needed, `the core without ${JSON.stringify(one)}`).toBe(true);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});

it("the core of a long history, which is cut off before it, is a contradiction whatever became of all the others", () => {
  // Many values, so that one that a write sets which is open at the cut is not there anyway.
  const many = fc.integer({ min: 0, max: 30 });
  const writes = fc.record({ f: fc.constant("write" as const), value: many });
  const swaps = fc.record({ f: fc.constant("cas" as const), from: many, to: many });
  const answers = [null, ...Array.from({ length: 31 }, (_, i) => i), true, false];
  const drawable: Drawable = { model: casRegister, input: fc.oneof(read, writes, swaps), answers };
  let shown = 0;
  fc.assert(
    fc.property(histories(drawable, { operations: 90, processes: 5, lies: 1 }), (history) => {
      const { core, culprit } = checkLinearizable(history, casRegister, { engine: "search" });
      fc.pre(core !== undefined && history.length > 40);
      const optional = new Set<Operation>();
      const freed = judgeable(upTo(history, culprit!.returned), casRegister).flatMap((operation) => {
        if (operation.outcome === "info" || core.some(({ invoked }) => invoked === operation.invoked)) return [operation];
        if (casRegister.readOnly?.(operation.input as never, operation.output)) return [];
        const free = { ...operation, output: undefined };
        optional.add(free);
        return [free];
      });
      expect(new Frontier().judge(freed, casRegister, unlimited, optional)).toBe("invalid");
      shown++;
    }),
    { seed, numRuns: 150 },
  );
  expect(shown).toBeGreaterThan(10);
});

it("a handful is judged as any other: an operation that is optional is gone when it has returned", () => {
  const write = timeline("|write 1-|  |read nil-|  |read 1-|");
  expect(judgeFew(write, casRegister).valid).toBe(false);
  expect(judgeFew(write, casRegister, new Set([write[0]!])).valid).toBe(false);
  expect(judgeFew([write[0]!, write[1]!], casRegister, new Set([write[0]!])).valid).toBe(true);
});

/** Whether all that is not kept may have happened within its time, or not, with any answer; if it can have changed anything. */
function withFreed(history: readonly Operation[], kept: readonly Operation[], model: Model): boolean {
  const free = history.filter(({ outcome }) => outcome === "ok").filter((operation) => !kept.includes(operation));
  return subsets(free).some((happened) =>
    bruteForce(
      history.flatMap((operation) => {
        if (!free.includes(operation)) return [operation];
        const { input, output } = operation;
        return happened.includes(operation) && !model.readOnly?.(input, output) ? [{ ...operation, output: undefined }] : [];
      }),
      model,
    ),
  );
}

/** Whether some of these, in whatever order, can bring about the answer of this operation. */
function couldBe(operation: Operation, among: readonly Operation[], model: Model): boolean {
  const others = among.filter((other) => other !== operation);
  const anytime = others.map(
    (other): Operation => ({ ...other, outcome: "info", output: undefined, invoked: -1, returned: Infinity }),
  );
  return bruteForce([...anytime, operation], model);
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_, i) => (bits >>> i) % 2 === 1));
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
      expect(checkLinearizable(history, keyValue).verdict).toBe(expected ? "valid" : "invalid");
      expect(checkLinearizable(history, byKey.model).verdict).toBe(expected ? "valid" : "invalid");
    }),
    { seed, numRuns: 1500 },
  );
  seen.check();
});

it("texts that only grow are looked ahead to, and that changes no verdict", () => {
  const kv = models["kv"]!;
  const grow: Drawable = {
    model: kv,
    input: fc
      .tuple(fc.constantFrom("get", "append", "append", "put"), fc.constantFrom("a", "b"))
      .map(([f, text]) => (f === "get" ? { f, key: "x" } : { f, key: "x", value: text })),
    answers: ["", "a", "b", "aa", "ab", "ba", "bb", "aab", "aba", "abb", "ok"],
  };
  const { reaches: _, ...blind } = kv;
  fc.assert(
    fc.property(histories(grow, { ...small, lies: 1 }), (history) => {
      const expected = bruteForce(history, kv);
      for (const [mode, patience] of Object.entries(modes)) {
        expect(judgedBy(patience, history, kv), mode).toBe(expected);
        expect(judgedBy(patience, history, blind), mode).toBe(expected);
      }
    }),
    { seed, numRuns: 1000 },
  );
});

it("an operation that is optional is as if it were there or not", () => {
  const seen = tally();
  const drawn = histories(drawables["cas-register"]!, { ...small, operations: 6, lies: 3 });
  fc.assert(
    fc.property(drawn, fc.nat(), (all, bits) => {
      const history = all
        .filter(({ outcome }) => outcome !== "fail")
        .map((operation, i) => ((bits >>> (8 + i)) % 4 === 1 ? { ...operation, output: undefined } : operation));
      const chosen = history.filter(({ outcome, input }, i) => outcome === "ok" && input.f !== "read" && (bits >>> i) % 2 === 1);
      const kept = history.filter((operation) => !chosen.includes(operation));
      const expected = withFreed(history, kept, casRegister);
      seen.add(expected, history);
      const optional = new Map(chosen.map((operation) => [operation, { ...operation, output: undefined }]));
      const judged = history.map((operation) => optional.get(operation) ?? operation);
      for (const patience of Object.values(modes)) {
        const verdict = new Frontier(patience).judge(judged, casRegister, unlimited, new Set(optional.values()));
        expect(verdict === "valid").toBe(expected);
      }
      expect(judgeFew(judged, casRegister, new Set(optional.values())).valid).toBe(expected);
    }),
    { seed, numRuns: 1000 },
  );
  seen.check();
});

it("an operation that is optional does not stand in for an equal one that must happen", () => {
  const enqueue = { process: 0, input: { f: "enqueue", value: 1 }, output: undefined, outcome: "ok" } as const;
  const dequeue = { process: 0, input: { f: "dequeue" }, outcome: "ok" } as const;
  const maybe: Operation = { ...enqueue, invoked: 0, returned: 10 };
  const history: readonly Operation[] = [
    maybe,
    { ...enqueue, invoked: 1, returned: 20 },
    { ...dequeue, output: 1, invoked: 2, returned: 4 },
    { ...dequeue, output: null, invoked: 21, returned: 22 },
  ];
  for (const [mode, patience] of Object.entries(modes)) {
    expect(new Frontier(patience).judge(history, queue, unlimited, new Set([maybe])), mode).toBe("valid");
    expect(new Frontier(patience).judge(history, queue, unlimited), mode).toBe("invalid");
  }
});
