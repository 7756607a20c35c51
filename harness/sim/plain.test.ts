/** Plain data: what is refused, and where; what counts as the same contents; that the cache changes nothing. */

import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { forgetHashes, freezeAndHash, NotPlain } from "./plain.ts";

const seed = 1;

/** A fresh copy, never frozen. */
function copy(value: unknown): unknown {
  return structuredClone(value);
}

/** The same contents, with every object's fields the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

const plain = fc.anything({ withBigInt: true, withNullPrototype: false, maxDepth: 4 }).filter((value) => {
  try {
    freezeAndHash(structuredClone(value));
    return true;
  } catch {
    return false;
  }
});

function refused(value: unknown): string {
  try {
    freezeAndHash(value);
  } catch (error) {
    if (error instanceof NotPlain) return `${error.message} at ${error.path}`;
    throw error;
  }
  return "nothing";
}

beforeEach(forgetHashes);

describe("the hash of plain data", () => {
  it("is that of the contents: copies are equal, in any order of their fields", () => {
    fc.assert(
      fc.property(plain, (value) => {
        const hash = freezeAndHash(copy(value));
        expect(freezeAndHash(copy(value))).toBe(hash);
        expect(freezeAndHash(reversed(value))).toBe(hash);
      }),
      { numRuns: 300, seed },
    );
  });

  it("takes -0 for 0, an absent field for an undefined one, and a bare object for a plain one", () => {
    expect(freezeAndHash({ a: -0 })).toBe(freezeAndHash({ a: 0 }));
    expect(freezeAndHash([-0])).toBe(freezeAndHash([0]));
    expect(freezeAndHash(-0)).toBe(freezeAndHash(0));
    expect(freezeAndHash({ a: 1, b: undefined })).toBe(freezeAndHash({ a: 1 }));
    expect(freezeAndHash(Object.assign(Object.create(null) as object, { a: 1 }))).toBe(freezeAndHash({ a: 1 }));
  });

  it("tells apart whatever differs in kind, place or order", () => {
    const different: unknown[] = [
      [
        null,
        false,
        true,
        0,
        1,
        -1,
        1.5,
        2 ** 40,
        -(2 ** 40),
        0n,
        1n,
        "",
        "0",
        "1",
        "null",
        "true",
        {},
        [],
        [[]],
        [{}],
        { a: {} },
      ],
      [
        { a: 1 },
        { a: 2 },
        { b: 1 },
        { a: "1" },
        { a: 1n },
        { a: [1] },
        { a: { a: 1 } },
        { a: 1, b: 1 },
        { a: null },
        { a: true },
      ],
      [{ a: 1, b: 2 }, { a: 2, b: 1 }, [1, 2], [2, 1], [1, [2]], [[1], 2], [[1, 2]], [1, 2, null], [12], "1,2"],
      [{ from: "n1", to: "n2" }, { from: "n2", to: "n1" }, { list: ["a", "b"] }, { list: ["b", "a"] }, { list: ["ab"] }],
    ].flat();
    const hashes = new Map<number, unknown>();
    for (const value of different) {
      const hash = freezeAndHash(value);
      expect({ value, sameAs: hashes.get(hash) }).toEqual({ value, sameAs: undefined });
      hashes.set(hash, value);
    }
  });

  it.each([
    ["a", "b"],
    ["x", "y"],
    ["n1", "n2"],
    ["term", "index"],
  ])("tells apart the values of %s and %s changed over, as a good hash would", (one, other) => {
    const hashes = new Set<number>();
    const side = 200;
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) hashes.add(freezeAndHash({ [one]: i, [other]: j }));
    // 40,000 values in 32 bits: 0.2 collisions are to be expected.
    expect(side * side - hashes.size).toBeLessThanOrEqual(2);
  });

  it("sees one changed bit anywhere in a message", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), fc.integer(), { minKeys: 1, maxKeys: 6 }),
        fc.nat(),
        (message, which) => {
          const keys = Object.keys(message);
          const key = keys[which % keys.length]!;
          expect(freezeAndHash({ ...message, [key]: message[key]! ^ 1 })).not.toBe(freezeAndHash({ ...message }));
        },
      ),
      { numRuns: 300, seed },
    );
  });
});

describe("freezing", () => {
  it("goes all the way down, also below what came frozen at the top", () => {
    const list = [{ n: 1 }];
    freezeAndHash(Object.freeze({ list }));
    expect([Object.isFrozen(list), Object.isFrozen(list[0])]).toEqual([true, true]);
  });

  it("of a value twice, or inside another one, gives the same hash: what is cached changes nothing", () => {
    fc.assert(
      fc.property(plain, (value) => {
        const fresh = freezeAndHash({ inner: copy(value), again: [copy(value)] });
        const shared = copy(value);
        freezeAndHash(shared);
        const once = freezeAndHash(copy(value));
        expect([freezeAndHash(shared), freezeAndHash(shared)]).toEqual([once, once]);
        expect(freezeAndHash({ inner: shared, again: [shared] })).toBe(fresh);
        forgetHashes();
        expect(freezeAndHash(shared)).toBe(once);
      }),
      { numRuns: 200, seed },
    );
  });

  it("refuses what is too deep whether its parts are cached or not", () => {
    const grow = (levels: number, afterEach: () => void): string => {
      let chain: unknown = { end: true };
      for (let level = 0; level < levels; level++) {
        chain = { before: chain };
        const said = refused(chain);
        if (said !== "nothing") return `level ${level}`;
        afterEach();
      }
      return "nothing";
    };
    expect(grow(60, () => undefined)).toBe("nothing");
    expect(grow(60, forgetHashes)).toBe("nothing");
    expect(grow(200, () => undefined)).toBe(grow(200, forgetHashes));
    expect(grow(200, forgetHashes)).not.toBe("nothing");
  });
});

describe("what is not plain data is refused with its path", () => {
  class Entry {
    readonly term = 1;
  }
  class Entries extends Array<number> {}
  const circle: { self?: unknown } = {};
  circle.self = circle;

  it.each<[string, unknown, string]>([
    ["a Map", { votes: new Map() }, "a Map at .votes"],
    ["a Set", [1, new Set()], "a Set at [1]"],
    ["a class instance", { log: [{ entry: new Entry() }] }, "an Entry at .log[0].entry"],
    ["an array of a class of its own", { log: new Entries() }, "an Entries at .log"],
    ["a typed array", { bytes: new Uint8Array(2) }, "a Uint8Array at .bytes"],
    ["a Date", { at: new Date(0) }, "a Date at .at"],
    ["a function", { f: () => 1 }, "a function at .f"],
    ["a symbol", [Symbol("x")], "a symbol at [0]"],
    ["NaN", { a: { b: Number.NaN } }, "the number NaN at .a.b"],
    ["Infinity", [[Number.POSITIVE_INFINITY]], "the number Infinity at [0][0]"],
    ["undefined in an array", { list: [1, undefined] }, "undefined at .list[1]"],
    ["a hole in an array", { list: Object.assign(new Array(2), { 1: 1 }) }, "undefined at .list[0]"],
    ["undefined itself", undefined, "undefined at "],
    ["a field with an odd name", { "next index": { "": new Map() } }, 'a Map at ["next index"][""]'],
    [
      "what has a prototype of its own",
      { x: Object.create(Object.create(null) as object) as object },
      "an object with a prototype of its own at .x",
    ],
    ["a Promise", { later: Promise.resolve() }, "a Promise at .later"],
  ])("%s", (_, value, sentence) => {
    expect(refused(value)).toBe(sentence);
  });

  it("a circular value", () => {
    expect(refused(circle)).toMatch(/^something nested more than 64 deep, or circular at (\.self)+$/);
    expect(refused(Object.freeze(circle))).toMatch(/^something nested more than 64 deep, or circular/);
  });
});
