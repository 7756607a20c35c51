/** Equal plain data gets equal text, different data different text: a collision could call a correct history wrong. */

import { expect, it } from "vitest";
import { fingerprint } from "./fingerprint.ts";

it("the order of fields says nothing, that of items does", () => {
  expect(fingerprint({ a: 1, b: [1, 2] })).toBe(fingerprint({ b: [1, 2], a: 1 }));
  expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
});

it("what JSON would confuse stays apart", () => {
  const values = [
    ...[null, undefined, true, false, "", "null", "undefined", "1", "-0", "1n", 0, -0, 1, 1n, Number.NaN, Infinity, -Infinity],
    ...[[], [null], [undefined], [[]], ["1,2"], ["1", "2"], {}, { a: undefined }, { a: null }, { "a:1": 1 }, { a: { b: 1 } }],
    ...[new Map(), new Map([["a", 1]]), new Map([["a", [1]]]), new Set(), new Set(["a", 1]), new Set(["a"])],
  ];
  const texts = values.map(fingerprint);
  expect(new Set(texts).size).toBe(values.length);
});

it("what has no readable contents has no text, however deep it is", () => {
  class Box {}
  for (const value of [new Box(), () => 1, Symbol("s"), [new Box()], { a: { b: new Box() } }, new Map([["a", new Box()]])]) {
    expect(fingerprint(value)).toBe(undefined);
  }
});
