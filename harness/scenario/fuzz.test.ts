/** Nonsense of all kinds: whatever the text, there is a scenario or a ScenarioError with a place in that text. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { catalogue, good, several } from "./testing/catalogue.ts";
import { survives, swapped } from "./testing/nonsense.ts";

const explicit = `format: 1
seed: 4
protocol: commit
nodes: { coordinator: [boss], participant: [p1, p2] }
clients: { names: [c1, c3] }
workload:
  log: { within: 8s }
heal: 9s
faults:
  - { name: nap.3, crash: [p1], at: 1s, for: 2.5s }
plan:
  - { id: o2, client: c1, at: 812.345ms, f: write, key: x, value: 7 }
  - { id: o3, client: c3, at: 1s, op: { f: join, id: 5 } }
`;

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => new TextDecoder().decode(array));
const yamlish = fc.string({ unit: fc.constantFrom(..."abn17:-,[]{}&*!|>'\"%@`#?~ \n\n\t.<=\0"), maxLength: 60 });

test("random bytes and random punctuation", () => {
  fc.assert(
    fc.property(fc.oneof(bytes, yamlish), (text) => {
      survives(text, catalogue);
    }),
    { numRuns: 250, seed: 1 },
  );
});

/** A good file in which up to three pieces made way for others, from anywhere. */
const edit = fc.record({
  at: fc.nat(),
  gone: fc.nat({ max: 12 }),
  from: fc.nat(),
  length: fc.nat({ max: 12 }),
  put: fc.oneof(bytes, yamlish),
});
const mutated = fc
  .tuple(fc.constantFrom(good, explicit, several), fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) => {
    let edited = text;
    for (const { at, gone, from, length, put } of edits) {
      const start = at % (edited.length + 1);
      const other = from % (edited.length + 1);
      const piece = at % 2 === 0 ? put.slice(0, 8) : edited.slice(other, other + length);
      edited = edited.slice(0, start) + piece + edited.slice(start + gone);
    }
    return edited;
  });

test("good files with small damages", () => {
  expect(survives(good, catalogue)).toBe(true);
  expect(survives(several, catalogue)).toBe(true);
  expect(survives(explicit, catalogue)).toBe(true);
  fc.assert(
    fc.property(mutated, (text) => {
      survives(text, catalogue);
    }),
    { numRuns: 250, seed: 2 },
  );
});

test("good files with another value in one place", () => {
  fc.assert(
    fc.property(swapped([good, explicit, several]), (text) => {
      survives(text, catalogue);
    }),
    { numRuns: 250, seed: 3 },
  );
});

test.each([
  ["brackets", "[".repeat(50_000)],
  ["braces", "{".repeat(50_000)],
  ["dashes", "- ".repeat(50_000)],
  ["keys of keys", "a: ".repeat(10_000)],
  ["many keys", Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n")],
  ["many aliases", `a: &a 1\nb: [${"*a, ".repeat(20_000)}]`],
  ["a long line", "a".repeat(900_000)],
  ["quotes", '"'.repeat(20_001)],
])("too many %s", (_what, text) => {
  expect(survives(text, catalogue)).toBe(false);
});
