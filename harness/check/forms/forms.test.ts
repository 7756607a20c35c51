/** Stories for every closed form: what it accepts and refuses by itself; and the forms against brute force and the search. */

import { describe, expect, it } from "vitest";
import { bruteForce } from "../brute-force.ts";
import { Frontier } from "../frontier.ts";
import type { Operation } from "../history.ts";
import { checkLinearizable } from "../linearizable.ts";
import type { Model } from "../model.ts";
import { models } from "../models/registry.ts";
import { atoms } from "../testing/atoms.ts";
import { compared, comparedSearches, modes } from "../testing/comparing.ts";
import { drawn } from "../testing/drawing.ts";
import { objection, upTo } from "../testing/explains.ts";
import { chance, simulated } from "../testing/simulated.ts";
import { subjects } from "../testing/subjects.ts";

interface Input {
  readonly f: string;
  readonly [field: string]: unknown;
}

/**
 * One process a line, time to the right: `|enqueue 1--|  |dequeue = 1--|`, `?` at the end for a crash. What is asked stands
 * after the name (for a lock the owner, for a cas two values), what was answered after `=`; without that, "ok".
 */
function story(model: string, drawing: string): readonly Operation<Input>[] {
  const operations = drawing.split("\n").flatMap((line, row) =>
    [...line.matchAll(/\|([^|?]*)([|?])/g)].map((match, nth): Operation<Input> => {
      const [asked, answered] = match[1]!.replaceAll(/-{2,}/g, " ").trim().split("=");
      const [f, ...words] = asked!.trim().split(/\s+/);
      const args = words.map((word) => JSON.parse(word) as unknown);
      const crashed = match[2] === "?";
      // The line number makes every column a moment of its own.
      const at = (column: number) => column * 100 + row;
      return {
        process: crashed ? 100 * (nth + 1) + row : row,
        input: { f: f!, ...inputs(model, f!, args) },
        output: crashed ? undefined : answered === undefined ? "ok" : (JSON.parse(answered.trim()) as unknown),
        outcome: crashed ? "info" : "ok",
        invoked: at(match.index),
        returned: crashed ? Infinity : at(match.index + match[0].length - 1),
      };
    }),
  );
  return operations.sort((a, b) => a.invoked - b.invoked);
}

function inputs(model: string, f: string, args: readonly unknown[]): object {
  if (f === "cas") return { from: args[0], to: args[1] };
  if (args.length === 0) return {};
  if (model === "lock") return { owner: args[0] };
  if (model === "kv") return { key: "k", value: args[0] };
  return f === "read" ? { offset: args[0] } : { value: args[0] };
}

const judged = (model: string, drawing: string) => checkLinearizable(story(model, drawing), models[model]!, { engine: "closed" });

const accepted: readonly (readonly [model: string, what: string, drawing: string])[] = [
  [
    "register",
    "a write that crashed and is seen long afterwards",
    "|write 1--? |read = null|  |write 2|  |read = 2|  |read = 1|",
  ],
  ["register", "a write that fits between two others that overlap it", "|write 1---|  |read = 2|\n |write 2---|"],
  ["cas-register", "a chain of compare-and-sets", "|write 1| |cas 1 2 = true|  |read = 2| |cas 2 3 = true| |read = 3|"],
  ["cas-register", "a failed one where another value is there", "|write 1| |write 2|  |cas 1 3 = false|  |read = 2|"],
  ["fifo-queue", "two at once in either order", "|enqueue 1--|  |dequeue = 2| |dequeue = 1|\n |enqueue 2--|"],
  ["fifo-queue", "empty before the first is in", "|dequeue = null--|\n   |enqueue 1--|  |dequeue = 1|"],
  [
    "fifo-queue",
    "one that a crashed dequeue took",
    "|enqueue 1| |enqueue 2| |dequeue---?\n                                |dequeue = 2|",
  ],
  ["stack", "last in, first out", "|push 1| |push 2| |pop = 2| |pop = 1| |pop = null|"],
  ["stack", "two at once in either order", "|push 1--|  |pop = 1| |pop = 2|\n  |push 2--|"],
  [
    "priority-queue",
    "a larger one before the smaller is surely in",
    "|insert 5| |delete-min = 5--|\n    |insert 3------------------|",
  ],
  ["set", "added, removed, gone", "|add 1 = true| |contains 1 = true| |remove 1 = true| |contains 1 = false|"],
  ["set", "gone thanks to a removal that crashed", "|add 1 = true| |contains 1 = false|\n|remove 1----?"],
  ["g-set", "two reads, one within the other", "|add 1| |read = [1]| |read = [2,1]|\n       |add 2-----------|"],
  ["counter", "a sum between what must and what may be there", "|add 1|  |read = 2| |read = 2|\n  |add 1--?"],
  ["fetch-add", "a place that a crashed one filled", "|fetch-add 1 = 0| |fetch-add 1 = 2|\n|fetch-add 1--?"],
  ["unique-ids", "no two alike", '|generate = 7| |generate = "7"|'],
  ["mutex", "handed over while both wait", "|acquire| |release-----|\n         |acquire-----|"],
  ["lock", "a release that crashed, and another owner", "|acquire 1| |release 1--?\n                  |acquire 2| |release 2|"],
  ["lock", "growing tokens", "|acquire 1 = 4| |release 1| |acquire 2 = 9|"],
  ["log", "a position that a crashed append got", "|append 1 = 0| |append 3 = 2| |read 0 = [1,2,3]|\n|append 2--?"],
  ["log", "a read from beyond the end", "|append 1 = 0| |read 5 = []| |read 1 = []|"],
  ["consensus", "one decision, of one who never heard of it", "|propose 1--?\n   |propose 2 = 1| |propose 3 = 1|"],
  ["write-once", "the first wins", "|read = null| |write 1 = true| |write 2 = false| |read = 1|"],
];

const refused: readonly (readonly [model: string, what: string, drawing: string, core: number])[] = [
  ["register", "a phantom", "|write 1| |read = 2|", 1],
  ["register", "a stale read", "|write 1| |write 2| |read = 1|", 3],
  ["register", "a value from the future", "|read = 1|  |write 1|", 1],
  ["register", "two values that are read in turns", "|write 1--| |read = 1|  |read = 1|\n|write 2--|     |read = 2|", 4],
  ["cas-register", "two that replaced the same value", "|write 1| |cas 1 2 = true|\n           |cas 1 3 = true|", 3],
  ["cas-register", "one that failed on a value that was there", "|write 1| |cas 1 2 = false| |read = 1|", 2],
  ["cas-register", "a read of what had been replaced", "|write 1| |cas 1 2 = true| |read = 1|", 3],
  ["fifo-queue", "one that overtook another", "|enqueue 1| |enqueue 2| |dequeue = 2| |dequeue = 1|", 3],
  ["fifo-queue", "one that was overtaken and never came", "|enqueue 1| |enqueue 2| |dequeue = 2|", 3],
  ["fifo-queue", "empty although it was not", "|enqueue 1| |dequeue = null| |dequeue = 1|", 2],
  ["fifo-queue", "one that came out twice", "|enqueue 1| |dequeue = 1| |dequeue = 1|", 3],
  [
    "fifo-queue",
    "two lost, and only one dequeue that crashed",
    "|enqueue 1| |enqueue 2| |enqueue 3| |dequeue = 3|\n|dequeue---?",
    5,
  ],
  [
    "fifo-queue",
    "empty, asked for before what was lost, and a dequeue that crashed too late",
    "|enqueue 1|    |enqueue 2| |dequeue = 1|             |dequeue?\n             |dequeue = null------------------|",
    3,
  ],
  ["stack", "first in, first out", "|push 1| |push 2| |pop = 1| |pop = 2|", 3],
  ["stack", "empty although one lay there", "|push 1| |pop = null|", 2],
  ["priority-queue", "a larger one while a smaller was in", "|insert 5| |insert 3| |delete-min = 5|", 3],
  ["set", "there again after its removal", "|add 1 = true| |remove 1 = true| |contains 1 = true|", 3],
  ["set", "gone without a removal", "|add 1 = true| |contains 1 = false|", 2],
  ["set", "removed twice", "|add 1 = true| |remove 1 = true| |remove 1 = false|  |contains 1 = true|", 3],
  ["g-set", "a lost element", "|add 1|  |add 2| |read = [2]|", 2],
  [
    "g-set",
    "two reads of which neither holds the other",
    "|add 1-------------|\n|add 2-------------|\n  |read = [1]|\n     |read = [2]|",
    4,
  ],
  ["counter", "an addition that is lost", "|add 1| |add 1| |read = 1|", 3],
  ["counter", "a sum that falls", "|add 1| |read = 1| |read = 0|", 2],
  ["counter", "more than was added", "|add 1| |read = 2|", 1],
  ["fetch-add", "the same sum twice", "|fetch-add 1 = 0| |fetch-add 1 = 0|", 2],
  ["fetch-add", "a sum from before", "|fetch-add 1 = 1| |fetch-add 1 = 0|", 1],
  ["unique-ids", "the same twice", "|generate = 7| |generate = 7|", 2],
  ["mutex", "two that hold it", "|acquire| |acquire|", 2],
  ["lock", "two that hold it", "|acquire 1| |acquire 2| |release 1|", 2],
  ["lock", "given back by another", "|acquire 1| |release 2|", 1],
  ["lock", "a token that falls", "|acquire 1 = 4| |release 1| |acquire 2 = 3|", 2],
  ["log", "two values in one place", "|append 1 = 0| |append 2 = 0|", 2],
  ["log", "an append that a later read does not show", "|append 1 = 0| |read 0 = []|", 2],
  ["log", "an order against real time", "|append 1| |append 2| |read 0 = [2,1]|", 3],
  ["consensus", "two decisions", "|propose 1 = 1| |propose 2 = 2|", 2],
  ["consensus", "a decision nobody proposed", "|propose 1 = 3|", 1],
  ["write-once", "two that were first", "|write 1 = true| |write 2 = true|", 2],
  ["write-once", "nothing after something", "|write 1 = true| |read = null|", 2],
];

/** One part of a history. */
function partOf(history: readonly Operation<Input>[], part: string | undefined, model: Model): readonly Operation<Input>[] {
  return history.filter(({ input }) => part === undefined || model.partition?.(input) === part);
}

describe("a closed form accepts", () => {
  it.each(accepted)("%s: %s", (model, _, drawing) => {
    const { verdict, reason } = judged(model, drawing);
    expect(verdict, reason).toBe("valid");
    expect(bruteForce(story(model, drawing), models[model]!)).toBe(true);
  });
});

describe("a closed form refuses", () => {
  it.each(refused)("%s: %s", (model, _, drawing, size) => {
    const { verdict, reason, core } = judged(model, drawing);
    expect(verdict, reason).toBe("invalid");
    expect(bruteForce(story(model, drawing), models[model]!)).toBe(false);
    expect(core, reason).toHaveLength(size);
    expect(reason).toMatch(/process \d+, ".*" at positions .*\.$/);
  });
});

describe("it takes the answers of what was open to know that", () => {
  const placed = (model: string, drawing: string, engine: "closed" | "search" = "closed") => {
    const history = story(model, drawing);
    const { culprit, longestPrefix } = checkLinearizable(history, models[model]!, { engine });
    expect(bruteForce(upTo(history, culprit!.returned), models[model]!), "up to the culprit").toBe(false);
    expect(objection(longestPrefix!, upTo(history, culprit!.returned - 1), models[model]!)).toBe(undefined);
    return models[model]!.describe!(culprit!.input, culprit!.output);
  };

  it("an item that was overtaken may be in the hands of a dequeue that has not returned", () => {
    const drawing =
      "|enqueue 1| |enqueue 2| |dequeue = 2|\n                    |dequeue = 3--------------|\n                          |enqueue 3|";
    expect(placed("fifo-queue", drawing)).toBe("dequeue -> 3");
    expect(placed("fifo-queue", drawing, "search")).toBe("dequeue -> 3");
  });

  it("an add that found the element there may have been the one that put it there", () => {
    const drawing = "|contains 1 = true|\n|add 1 = false---------|";
    expect(placed("set", drawing)).toBe("add 1 -> false");
    expect(placed("set", drawing, "search")).toBe("add 1 -> false");
  });
});

it.each(
  Object.keys(atoms),
)("a long history of a %s shows an order, and all goes well in one that is wrong until it goes wrong", (name) => {
  const model = models[name]!;
  for (let seed = 1; seed <= 6; seed++) {
    // A client that crashes with the lock in hand stops all others.
    const crashed = seed % 3 === 0 || name === "mutex" || name === "lock" ? 0 : seed;
    const wish = { operations: 300, clients: 3 + 2 * seed, seed, crashed };
    const history = simulated(atoms[name]!(seed, 300), wish);
    expect(objection(checkLinearizable(history, model).witness!()!, history, model), `seed ${seed}`).toBe(undefined);
    const wrong = simulated(atoms[name]!(seed, 300), { ...wish, bad: true });
    const { culprit, longestPrefix, part } = checkLinearizable(wrong, model);
    const here = partOf(wrong, part, model);
    expect(objection(longestPrefix!, upTo(here, culprit!.returned - 1), model), `seed ${seed}`).toBe(undefined);
  }
});

it("a crashed acquire does not stand in for one that got a fencing token", () => {
  const at = (f: string, owner: number, invoked: number, returned: number, output: unknown = "ok"): Operation<Input> => ({
    ...{ process: invoked, input: { f, owner }, invoked, returned },
    ...(returned === Infinity ? { output: undefined, outcome: "info" } : { output, outcome: "ok" }),
  });
  const history = [
    ...[at("acquire", 1, 0, Infinity), at("acquire", 2, 1, 6, 1), at("release", 2, 2, Infinity), at("acquire", 1, 3, 14, 3)],
    ...[at("acquire", 1, 4, 13, 2), at("release", 1, 5, 7), at("release", 2, 8, Infinity), at("release", 2, 9, 10)],
    at("release", 1, 11, 12),
  ];
  expect(bruteForce(history, models["lock"]!)).toBe(true);
  for (const [mode, patience] of Object.entries(modes)) {
    expect(new Frontier(patience).judge(history, models["lock"]!, { steps: 1e6, configurations: 1e5 }), mode).toBe("valid");
  }
});

describe("what a form does not cover", () => {
  const repeated = story("register", "|write 1| |write 1| |read = 1|");

  it("goes to the search, which says so", () => {
    const long = Array.from({ length: 60 }, (_, i) => ({ ...repeated[i % 3]!, process: i, invoked: 2 * i, returned: 2 * i + 1 }));
    expect(checkLinearizable(long, models["register"]!)).toMatchObject({ verdict: "valid", engine: "frontier (values repeat)" });
  });

  it("is undecided when the search is not allowed", () => {
    const { verdict, reason } = checkLinearizable(repeated, models["register"]!, { engine: "closed" });
    expect(verdict).toBe("unknown");
    expect(reason).toBe('undecided, for the closed form "zones" does not cover it: values repeat. Let it be searched.');
  });

  it("may be one element of a set, when all others are fine", () => {
    const drawing = "|add 1 = true| |remove 1 = true| |add 1 = true| |contains 1 = false| |add 2 = true| |contains 2 = true|";
    const padding = Array.from({ length: 60 }, (_, i): Operation<Input> => {
      return {
        process: 50 + i,
        input: { f: "add", value: 100 + i },
        output: true,
        outcome: "ok",
        invoked: 1e6 + 2 * i,
        returned: 1e6 + 2 * i + 1,
      };
    });
    const { verdict, core } = checkLinearizable([...story("set", drawing), ...padding], models["set"]!);
    expect({ verdict, core: core?.map(({ input }) => input.value) }).toEqual({ verdict: "invalid", core: [1, 1] });
  });
});

it("an invalid verdict is a sentence about the operations that contradict each other", () => {
  const { reason } = judged("fifo-queue", "|enqueue 1| |enqueue 2| |dequeue = 2| |dequeue = 1|");
  expect(reason).toBe(
    'process 0, "dequeue -> 2" at positions [2400, 3600], but process 0, "enqueue 1" at positions [0, 1000] had completed before' +
      ' process 0, "enqueue 2" at positions [1200, 2200] began, and its value had not come out.',
  );
});

const covered = Object.keys(subjects).filter((name) => subjects[name]!.onlySearched !== true);

describe.each(covered)("on random histories of a %s", (name) => {
  const { model } = subjects[name]!;

  it("the form agrees with brute force and with the search", () => {
    const small = compared(name, 400, { operations: 9, processes: 4, crashes: 22 }, 1_000_000, "brute force");
    expect(small.invalid).toBeGreaterThan(20);
    expect(small.uncovered).toBeLessThan(0.8 * small.parts);
    compared(name, 6, { operations: 120, processes: 3, crashes: 1 }, 2_000_000, "search");
  });

  it("the search agrees with brute force when values come again, whichever prunings are on", () => {
    expect(comparedSearches(name, 100, { operations: 8, processes: 4, crashes: 22 }, 3_000_000).invalid).toBeGreaterThan(0);
  });

  it("all goes well until the culprit returns, and the core is wrong by itself", () => {
    const crashes = name.startsWith("lock") ? 0 : 4;
    let invalid = 0;
    for (let seed = 0; seed < 60; seed++) {
      const history = drawn(subjects[name]!, chance(seed), { operations: 24, processes: 3, crashes, lies: 2 });
      const found = checkLinearizable(history, model, { engine: "closed" });
      if (found.verdict !== "invalid") continue;
      invalid++;
      const { culprit, longestPrefix } = found;
      const part = partOf(history, found.part, model);
      const { verdict } = checkLinearizable(upTo(part, culprit!.returned), model, { engine: "search" });
      expect(verdict, `seed ${seed}: ${found.reason}`).toBe("invalid");
      expect(longestPrefix, `seed ${seed}: ${found.reason}`).not.toBe(undefined);
      expect(objection(longestPrefix!, upTo(part, culprit!.returned - 1), model), `seed ${seed}: ${found.reason}`).toBe(
        undefined,
      );
      const core = found.core!;
      if (core.length > 8) continue;
      const asThen = upTo(core, culprit!.returned);
      expect(bruteForce(core, model) && bruteForce(asThen, model), `seed ${seed}: ${found.reason}`).toBe(false);
    }
    expect(invalid).toBeGreaterThan(0);
  });

  it("a valid history shows an order that the model and real time allow", () => {
    let shown = 0;
    for (let seed = 0; seed < 40; seed++) {
      const history = drawn(subjects[name]!, chance(seed), { operations: 14, processes: 3, crashes: 4, lies: 0 });
      const { verdict, reason, witness } = checkLinearizable(history, model);
      expect(verdict, reason).toBe("valid");
      const order = witness?.();
      if (order === undefined) continue;
      shown++;
      expect(objection(order, history, model)).toBe(undefined);
    }
    expect(shown).toBeGreaterThan(20);
  });
});
