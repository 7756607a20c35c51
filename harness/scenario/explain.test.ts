/** Which of several ways of writing a value was meant, and words that a schema brings along. */

import { expect, test } from "vitest";
import { z } from "zod";
import { conform } from "./explain.ts";
import { sentence } from "./problems.ts";

function said(schema: z.ZodType, data: unknown, hint: (key: string) => string | undefined = () => undefined): string[] {
  const told: string[] = [];
  conform(schema, data, ["x"], (path, message, at) => told.push(`${at ?? "value"} ${sentence(path, message)}`), hint);
  return told;
}

const link = z.strictObject({ from: z.string(), to: z.string(), loss: z.string().optional() });
const groups = z.strictObject({ groups: z.array(z.string()) });
const either = z.union([z.enum(["ring", "bridge"]), link, groups]);

test("what fits is handed back with its defaults, in silence", () => {
  const schema = z.strictObject({ a: z.number().default(3) });
  const told: string[] = [];
  expect(
    conform(
      schema,
      {},
      [],
      (_path, message) => told.push(message),
      () => undefined,
    ),
  ).toEqual({ a: 3 });
  expect(told).toEqual([]);
});

test("of two maps the one with fewer mistakes was meant, and only its mistakes are told", () => {
  expect(said(either, { from: "n1", to: 5 })).toEqual(["value x.to: expected text, found the number 5."]);
  expect(said(either, { groups: [5] })).toEqual(["value x.groups[0]: expected text, found the number 5."]);
  expect(said(either, { from: "n1", to: "n2", los: "5%" })).toEqual([
    'key x.los: there is no such key here; did you mean "loss"?',
  ]);
});

test("an unknown key may be meant for any of the ways", () => {
  const spread = z.union([
    z.strictObject({ first: z.string(), second: z.string() }),
    z.strictObject({ third: z.string(), fourth: z.string() }),
  ]);
  expect(said(spread, { first: "a", secnd: "b" })).toEqual([
    "value x.second: this is missing; expected text.",
    'key x.secnd: there is no such key here; did you mean "second"?',
  ]);
  expect(said(spread, { third: "a", fourht: "b" })).toEqual([
    "value x.fourth: this is missing; expected text.",
    'key x.fourht: there is no such key here; did you mean "fourth"?',
  ]);
});

test("where no way fits, all are told", () => {
  expect(said(either, 5)).toEqual(["value x: expected one of ring, bridge or a map, found the number 5."]);
  expect(said(either, "rign")).toEqual(['value x: expected one of ring, bridge, found the text "rign"; did you mean "ring"?']);
});

test("a schema's own words win: what was found is added to what it expects, its whole sentences are left alone", () => {
  expect(said(z.string({ error: "expected a colour" }), 5)).toEqual(["value x: expected a colour, found the number 5."]);
  expect(
    said(
      z.string().refine(() => false, { error: "red is sold out; take blue" }),
      "red",
    ),
  ).toEqual(["value x: red is sold out; take blue."]);
  expect(
    said(
      either.refine(() => false, { error: "never?" }),
      "ring",
    ),
  ).toEqual(["value x: never?"]);
});

test("a key that belongs elsewhere is told so before anything similar is offered", () => {
  expect(said(link, { from: "a", to: "b", los: 3 }, (key) => (key === "los" ? "it lives elsewhere" : undefined))).toEqual([
    "key x.los: there is no such key here; it lives elsewhere.",
  ]);
});

test("bounds say the number", () => {
  const schema = z.strictObject({
    a: z.number().max(3),
    b: z.string().min(2),
    c: z.array(z.int()).max(1),
    d: z
      .int()
      .min(1)
      .meta({ examples: [7] }),
  });
  expect(said(schema, { a: 4, b: "", c: [1, 2], d: 0 })).toEqual([
    "value x.a: expected a number of at most 3, found the number 4.",
    'value x.b: expected text of at least 2 characters, found the text "".',
    "value x.c: expected a list of at most 1 item, found a list.",
    "value x.d: expected a whole number of at least 1 such as 7, found the number 0.",
  ]);
});
