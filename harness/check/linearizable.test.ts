/** Stories: what the checker accepts, what it refuses, and what it says then. */

import { describe, expect, it } from "vitest";
import type { Operation } from "./history.ts";
import { checkLinearizable } from "./linearizable.ts";
import type { Model } from "./model.ts";
import { type CasRegisterInput, casRegister, type KeyValueInput, keyValue, register, type Scalar } from "./models.ts";
import { type Drawn, timeline } from "./testing/timeline.ts";

/** A model that gives the search no hints and has no closed form, so that its budgets can be used up. */
const bare: Model<unknown, CasRegisterInput, unknown> = {
  name: "bare",
  init: null,
  step: (state, input, output) => casRegister.step(state as Scalar, input, output),
  ...(casRegister.describe && { describe: casRegister.describe }),
};

const judged = (drawing: string) => checkLinearizable(timeline(drawing), casRegister);
const inWords = (operations: readonly Drawn[] | undefined) =>
  operations?.map(({ input, output }) => casRegister.describe?.(input, output));

describe("a register accepts", () => {
  it.each([
    ["nothing at all", ""],
    ["a read of what was written", "|write 1--|  |read 1--|"],
    ["a read of the missing initial value", "|read nil--|  |write 1--|"],
    [
      "either value while a write is under way",
      `
        |write 1----------------|
          |read nil-|  |read 1-|
      `,
    ],
    [
      "two concurrent writes in the order of the later reads",
      `
        |write 1---|
         |write 2---|
                      |read 1-|
      `,
    ],
    [
      "a crashed write that takes effect long afterwards",
      `
        |write 1--?
                     |read nil-|  |read 1-|
      `,
    ],
    [
      "a crashed write that never happened",
      `
        |write 1--?
                     |read nil-|  |read nil-|
      `,
    ],
    ["a failed write that nobody sees", "|write 1--!  |read nil--|"],
    [
      "a compare-and-set that lost, because another came before it",
      `
        |write 0-|  |cas 0 to 1 yes------|
                      |cas 0 to 2 no--------|
      `,
    ],
    [
      "a compare-and-set that lost, thanks to a crashed write that nobody read",
      `
        |write 0-|    |cas 0 to 2 no--------|
                    |write 7----?
      `,
    ],
    [
      "a write of what was there already, when it is needed later (it must not be used up at once)",
      `
        |write 5-| |write 6-|  |read 6-|  |read 5-|
               |write 5----------------------------|
      `,
    ],
    [
      "a crashed compare-and-set that is seen",
      `
        |write 1-|   |cas 1 to 2-----?
                          |read 1---|   |read 2-|
      `,
    ],
  ])("%s", (_, drawing) => {
    const { verdict, reason } = judged(drawing);
    expect(verdict, reason).toBe("valid");
  });
});

describe("a register refuses, and shows the operations that contradict each other", () => {
  it.each([
    ["a phantom value", "|write 1-|  |read 2-|", ["read -> 2"]],
    ["a stale read", "|write 1-|  |write 2-|  |read 1-|", ["write 1", "write 2", "read -> 1"]],
    ["a lost write", "|write 1-|  |read nil-|", ["write 1", "read -> null"]],
    [
      "a new value and then the old one again",
      `
        |write 1-|   |write 2---------------------|
                        |read 2-|  |read 1-|
      `,
      ["write 1", "write 2", "read -> 2", "read -> 1"],
    ],
    [
      "a lost update: both compare-and-sets of one value succeed",
      `
        |write 0-|   |cas 0 to 1 yes---|
                       |cas 0 to 2 yes---|
      `,
      ["write 0", "cas 0 to 1 -> true", "cas 0 to 2 -> true"],
    ],
    [
      "a crashed write that was seen and then is gone",
      `
        |write 1-|   |write 2--?
                        |read 2-|  |read 1-|
      `,
      ["write 1", "write 2", "read -> 2", "read -> 1"],
    ],
    ["a failed write that was seen all the same", "|write 1--!  |read 1-|", ["read -> 1"]],
    ["a value from the future", "|read 1-|  |write 1-|", ["read -> 1"]],
    ["a crashed write before it was invoked", "|read 1-|  |write 1--?", ["read -> 1"]],
    ["a compare-and-set that lost although it had to win", "|write 1-|  |cas 1 to 2 no-|", ["write 1", "cas 1 to 2 -> false"]],
    [
      "a value that two readers saw in different orders",
      `
        |write 1-------|
         |write 2-------|
                           |read 1-|    |read 2-|
      `,
      ["write 1", "write 2", "read -> 1", "read -> 2"],
    ],
  ])("%s", (_, drawing, core) => {
    const result = judged(drawing);
    expect(result.verdict).toBe("invalid");
    expect(inWords(result.core)).toEqual(core);
  });

  it("without the operations that do not matter", () => {
    const result = judged(`
      |write 9-|   |write 1-|  |read 1--------|  |write 2-|   |cas 2 to 3 no------|    |read 7-|
        |read nil----|    |read 1-|   |cas 1 to 4 no-|                |read 1-|
             |write 8-------------------------?
    `);
    expect(result.verdict).toBe("invalid");
    expect(inWords(result.culprit && [result.culprit])).toEqual(["read -> 1"]);
    expect(inWords(result.core)).toEqual(["write 1", "write 2", "read -> 1"]);
  });
});

describe("an invalid verdict", () => {
  const times = (history: readonly Drawn[]): readonly Drawn[] =>
    history.map((one) => ({ ...one, invokedAtUs: one.invoked * 1000, returnedAtUs: one.returned * 1000 }));
  const stale = timeline(`
    |write 1-|  |write 2-|  |read 1-|
                           |write 3---?
  `);

  it("is a sentence about the first operation that nothing explains", () => {
    const { reason } = checkLinearizable(stale, casRegister);
    expect(reason).toBe(
      'process 0, "read -> 1" at positions [28, 36], but no order of the 1 operation around it explains it' +
        " (the state there can only be 2 or 3); the longest linearizable prefix ends before it.",
    );
  });

  it("gives times when the history has them, and names the key", () => {
    const history = times(stale).map((one): Operation<KeyValueInput> => ({ ...one, input: { ...one.input, key: "x" } }));
    const result = checkLinearizable(history, keyValue);
    expect(result.part).toBe("x");
    expect(result.reason).toContain('key x: process 0, "read x -> 1" in [28.000 ms, 36.000 ms], but no order');
  });

  it("gives the very objects of the history, and an order of what came before", () => {
    const result = checkLinearizable(stale, casRegister);
    expect(result.culprit).toBe(stale.find(({ output }) => output === 1));
    expect(result.longestPrefix).toEqual([stale[0], stale[1]]);
    expect(result.core?.every((one) => stale.includes(one))).toBe(true);
    expect(result).toMatchObject({ operations: 4, engine: "frontier" });
  });

  it("can be sent to another thread, core and all", () => {
    expect(structuredClone(checkLinearizable(stale, casRegister)).core).toHaveLength(3);
  });
});

describe("independent keys", () => {
  const on = (key: string, drawing: string, from: number): readonly Operation<KeyValueInput>[] =>
    timeline(drawing).map((one) => ({
      ...one,
      process: one.process + from,
      input: { ...one.input, key },
      invoked: one.invoked + 1000 * from,
      returned: one.returned + 1000 * from,
    }));

  it("are judged apart", () => {
    const history = [...on("x", "|write 1-|  |read 1-|", 0), ...on("y", "|read nil-|  |write 2-|", 5)];
    const result = checkLinearizable(history, keyValue);
    expect(result.reason).toBe("4 operations on 2 keys: an order within real time explains every answer.");
  });

  it("are all wrong when one is", () => {
    const history = [...on("x", "|write 1-|  |read 1-|", 0), ...on("y", "|write 2-|  |read nil-|", 5)];
    expect(checkLinearizable(history, keyValue)).toMatchObject({ verdict: "invalid", part: "y" });
  });

  it("hide no contradiction behind one that is undecided", () => {
    const wide = Array.from({ length: 12 }, (_, i): Operation<KeyValueInput> => {
      const write: KeyValueInput = { f: "write", key: "a", value: i };
      return { process: 100 + i, input: write, output: "ok", outcome: "ok", invoked: i - 100, returned: 100 + i };
    });
    const phantom: Operation<KeyValueInput> = {
      ...{ process: 99, input: { f: "read", key: "a" }, output: "phantom", outcome: "ok" },
      ...{ invoked: -101, returned: 200 },
    };
    const model = { ...bare, partition: ({ key }: KeyValueInput) => key } as Model<unknown, KeyValueInput, unknown>;
    const undecided = checkLinearizable([...wide, phantom], model, { steps: 2000 });
    expect(undecided).toMatchObject({ verdict: "unknown", part: "a" });
    const history = [...wide, phantom, ...on("b", "|write 2-|  |read nil-|", 5)];
    expect(checkLinearizable(history, model, { steps: 2000 })).toMatchObject({ verdict: "invalid", part: "b" });
  });
});

describe("any model will do", () => {
  const increments = (answers: readonly number[]): readonly Operation<"add", number>[] =>
    answers.map((output, i) => ({ process: i, input: "add", output, outcome: "ok", invoked: 2 * i, returned: 2 * i + 1 }));

  class Box {
    readonly count: number;
    constructor(count: number) {
      this.count = count;
    }
  }

  it("one of three lines", () => {
    const counter: Model<number, "add", number> = {
      name: "counter",
      init: 0,
      step: (count, _, output) => (output === undefined || output === count ? count + 1 : undefined),
    };
    expect(checkLinearizable(increments([0, 1, 2]), counter).verdict).toBe("valid");
    const result = checkLinearizable(increments([0, 1, 1]), counter);
    expect(result.reason).toContain('""add" -> 1" at positions [4, 5], but nothing ran beside it');
  });

  it("one whose states are class instances, without a key", () => {
    const counter: Model<Box, "add", number> = {
      name: "boxed counter",
      init: new Box(0),
      step: (box, _, output) => (output === undefined || output === box.count ? new Box(box.count + 1) : undefined),
    };
    expect(checkLinearizable(increments([0, 1, 2]), counter).verdict).toBe("valid");
    expect(checkLinearizable(increments([0, 2, 1]), counter).verdict).toBe("invalid");
  });

  it("one whose states look alike in JSON", () => {
    const set: Model<ReadonlySet<string>, string, readonly string[]> = {
      name: "set that answers what was in it",
      init: new Set(),
      step(state, input, output) {
        if (output !== undefined && output.join() !== [...state].join()) return undefined;
        return new Set([...state, input].sort());
      },
    };
    const added = (input: string, invoked: number, returned: number, output: readonly string[]) =>
      ({ process: invoked, input, output, outcome: "ok", invoked, returned }) as const;
    const history = [added("a", 0, 3, ["b"]), added("b", 1, 2, []), added("c", 4, 5, ["a", "b"])];
    expect(checkLinearizable(history, set).verdict).toBe("valid");
    expect(checkLinearizable(history.with(2, added("c", 4, 5, ["b"])), set).verdict).toBe("invalid");
  });

  it("but one whose hints contradict its steps is told so", () => {
    const wrong: Model<unknown, CasRegisterInput, unknown> = { ...casRegister, name: "wrong", sets: () => 7 };
    const writes = Array.from({ length: 12 }, (_, value): Operation<CasRegisterInput> => {
      const input: CasRegisterInput = { f: "write", value };
      return { process: value, input, output: undefined, outcome: "info", invoked: value, returned: Infinity };
    });
    const read = { ...timeline("|read 99-|")[0]!, process: 99, invoked: 50, returned: 51 };
    expect(() => checkLinearizable([...writes, read], wrong)).toThrow('The model "wrong" contradicts itself');
  });

  it("but one that calls a write read-only is told so", () => {
    const wrong: Model<unknown, CasRegisterInput, unknown> = { ...casRegister, name: "wrong", readOnly: () => true };
    expect(() => checkLinearizable(timeline("|write 1-|"), wrong)).toThrow(
      'The model "wrong" calls "write 1" read-only, but its step changed the state',
    );
  });
});

describe("a history of more operations at once than a word has bits", () => {
  const write = (value: number, invoked: number, returned: number): Operation => ({
    ...{ process: value, input: { f: "write", value }, invoked, returned },
    ...(returned === Infinity ? { output: undefined, outcome: "info" } : { output: "ok", outcome: "ok" }),
  });
  const read = (value: number, invoked: number): Operation => ({
    ...{ process: -1, input: { f: "read" }, output: value, outcome: "ok" },
    ...{ invoked, returned: invoked + 1 },
  });
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

  it.each([31, 32, 33, 40, 62, 63, 64, 65, 70, 97])("%i crashed writes may take effect in any order, each once", (count) => {
    const writes = upTo(count).map((value) => write(value, value, Infinity));
    const seen = upTo(count).map((i) => (i * 7 + 3) % count);
    const values = [...new Set(seen)];
    const reads = values.map((value, i) => read(value, 1000 + 2 * i));
    expect(checkLinearizable([...writes, ...reads], register).verdict).toBe("valid");

    const again = [...writes, ...reads, read(values[0]!, 5000)];
    const result = checkLinearizable(again, register);
    expect(result.verdict).toBe("invalid");
    expect(result.culprit).toBe(again.at(-1));
    const phantom = checkLinearizable([...writes, ...reads.slice(0, 20), read(count, 5000)], register);
    expect(phantom.verdict).toBe("invalid");
  });

  it.each([31, 32, 33, 40, 62, 63, 64, 65, 70])("%i writes that return may take effect in the order of the reads", (count) => {
    const writes = upTo(count).map((value) => write(value, value, 10_000 + value));
    const reads = upTo(count).map((i) => read(count - 1 - i, 1000 + 2 * i));
    expect(checkLinearizable([...writes, ...reads], register).verdict).toBe("valid");
    const gone = [...writes, ...reads, read(count - 1, 5000)];
    expect(checkLinearizable(gone, register)).toMatchObject({ verdict: "invalid", culprit: gone.at(-1) });
  });

  it("of which half crashed, and many are equal", () => {
    const writes = upTo(80).map((i): Operation => {
      const crashed = i % 2 === 0;
      return { ...write(i % 8, i, crashed ? Infinity : 9000 + i), process: 1000 + i };
    });
    const reads = upTo(80).map((i) => read(i % 8, 1000 + 2 * i));
    expect(checkLinearizable([...writes, ...reads], register).verdict).toBe("valid");
    expect(checkLinearizable([...writes, ...reads, read(8, 5000)], register).verdict).toBe("invalid");
  });
});

describe("a budget", () => {
  const hard = (() => {
    const operations: Operation<CasRegisterInput>[] = [];
    for (let i = 0; i < 14; i++) {
      const crashed = i % 2 === 0;
      operations.push({
        ...{ process: i, input: { f: "write", value: i }, output: crashed ? undefined : "ok" },
        ...{ outcome: crashed ? "info" : "ok", invoked: i, returned: crashed ? Infinity : 100 + i },
        ...{ invokedAtUs: i * 1000, returnedAtUs: crashed ? Infinity : (100 + i) * 1000 },
      });
    }
    operations.push({
      ...{ process: 99, input: { f: "read" }, output: 99, outcome: "ok" },
      ...{ invoked: 50, returned: 99, invokedAtUs: 50_000, returnedAtUs: 99_000 },
    });
    return operations;
  })();

  it("that is used up makes the verdict unknown, and says where the search was", () => {
    const { verdict, reason, culprit, core } = checkLinearizable(hard, bare, { steps: 1000 });
    expect({ verdict, culprit, core }).toEqual({ verdict: "unknown", culprit: undefined, core: undefined });
    expect(reason).toMatch(
      /^undecided, for it took too many steps \(1\d\d\d steps\): 7 crashed writes and 8 other operations overlap the window from /,
    );
    expect(reason).toContain(
      'from 50.000 ms to 99.000 ms, where no order tried got past process 99, "read -> 99" in [50.000 ms, 99.000 ms];' +
        " 7 crashed operations of 15 in all stayed open to the end.",
    );
  });

  it("of configurations is one, too", () => {
    const { verdict, reason } = checkLinearizable(hard, bare, { configurations: 100 });
    expect(verdict).toBe("unknown");
    expect(reason).toContain("it went through too many configurations");
  });

  it("that is not used up changes nothing", () => {
    expect(checkLinearizable(hard, bare)).toMatchObject({ verdict: "invalid", culprit: hard.at(-1) });
  });

  it("counts the same whatever was judged before", () => {
    const first = checkLinearizable(hard, bare);
    checkLinearizable(timeline("|write 1-|  |read 1-|"), casRegister);
    expect(() =>
      checkLinearizable(hard, {
        ...register,
        step: () => {
          throw new Error("broken");
        },
      }),
    ).toThrow("broken");
    expect(checkLinearizable(hard, bare)).toEqual(first);
  });
});
