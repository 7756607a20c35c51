/** Falsified messages: one field is another, nothing else, and the same draw makes the same of the same contents. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { falsified } from "./falsify.ts";
import { freezeAndHash } from "./plain.ts";

const message = { type: "append", term: 7, entries: [{ value: "x", old: true }, { value: 5n }], lease: null, left: undefined };

/** Every draw's message. */
const all = (value: unknown, field?: string): unknown[] =>
  Array.from({ length: 200 }, (_, i) => falsified(value, Math.imul(i, 0x9e3779b1) >>> 0, 1, field)?.message);

test("one field is changed by a little: numbers by a bit, texts by a letter, and never the type", () => {
  const entries = (first: object, second: object): object => ({ ...message, entries: [first, second] });
  const [first, second] = message.entries;
  for (const expected of [
    { ...message, term: 6 },
    entries({ ...first, value: "y" }, second!),
    entries({ ...first, old: false }, second!),
    entries(first!, { value: 4n }),
  ]) {
    expect(all(message)).toContainEqual(expected);
  }
  expect(new Set(all(message).map((one) => freezeAndHash(one))).size).toBe(4);
});

test("a name means all fields of it, the type as well; where there is none, nothing is changed", () => {
  expect(new Set(all(message, "value").map((one) => freezeAndHash(one))).size).toBe(2);
  expect(all(message, "type").every((one) => (one as typeof message).type !== "append")).toBe(true);
  expect(falsified(message, 5, 1, "lease")).toBeUndefined();
  expect(falsified({ type: "ping" }, 5, 1)).toBeUndefined();
  expect(falsified(3, 5, 1)?.message).toBe(2);
});

test("is frozen, hashed as if a node had sent it, and does not hang on the order of fields; the message stays as it was", () => {
  fc.assert(
    fc.property(fc.nat(), fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean(), fc.string())), (draw, fields) => {
      const before = freezeAndHash(fields);
      const changed = falsified(fields, draw, 16);
      if (changed === undefined) return;
      expect(Object.isFrozen(changed.message)).toBe(true);
      expect(changed.hash).toBe(freezeAndHash(structuredClone(changed.message)));
      expect(changed.hash).not.toBe(before);
      const other = Object.fromEntries(Object.entries(fields).reverse());
      freezeAndHash(other);
      expect(falsified(other, draw, 16)?.hash).toBe(changed.hash);
      expect(freezeAndHash(structuredClone(fields))).toBe(before);
    }),
    { numRuns: 200, seed: 7 },
  );
});
