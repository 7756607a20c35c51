/** What an editor makes of a file: the schema accepts what loads, and refuses what does not, as far as a schema can tell. */

import { expect, test } from "vitest";
import { parse } from "yaml";
import { jsonSchema } from "./json-schema.ts";
import { catalogue, good, several } from "./testing/catalogue.ts";
import { accepts } from "./testing/draft7.ts";

const schema = jsonSchema(catalogue);
const minimal = "protocol: paxos\nworkload:\n  key-value: { within: 8s }\n";
const fits = (text: string): boolean => accepts(schema, parse(text));

test("accepts a scenario with something under every key", () => {
  expect(fits(good)).toBe(true);
  expect(fits(several)).toBe(true);
  expect(fits(minimal)).toBe(true);
  for (const more of [
    "faults: [{ name: nap, crash: any, when: { fact: x, nth: 1..5, by: leader } }, { crash: any, before: every effect }]",
    "cases: { one: { mutant: none, faults: { nap: { before: { sync: any }, for: 1s } } }, two: { faults: [], expect: valid } }",
    "cases: { one: { workload: { key-value: { operations: 3 } } } }",
    "matrix: { nodes: [3, 5], options: { batching: [true, false] }, network: { good: lan, bad: { loss: 5% } } }",
    "reach: [request redirected]\nlimits: { failover.p95: 2s, messages: 40 }\ncheck: [election safety]",
  ])
    expect([more, fits(`${minimal}${more}\n`)]).toEqual([more, true]);
});

test("accepts files of one's own wherever a scenario may name them, and nowhere else", () => {
  const mine = "protocol: ./mine.ts\nworkload: { ../mine.mts: { anything: 1 } }\ncheck: [./mine.ts, linearizable]\n";
  const item = "./mine.ts: leader, at: 3s, anything: 1";
  expect(fits(mine)).toBe(true);
  expect(fits(`${mine}faults: [{ ${item} }, { crash: ./mine.ts }]\n`)).toBe(true);
  expect(fits(`${mine}cases: { one: { workload: { ./mine.ts: { count: 3 } } } }\n`)).toBe(true);
  expect(fits(`${minimal.replace("key-value", "./mine.ts")}check: ./mine.ts\n`)).toBe(true);
  for (const wrong of ["mine.ts", "./mine.py", "/mine.ts"]) {
    expect(fits(mine.replace("./mine.ts", wrong))).toBe(false);
    expect(fits(mine.replace("../mine.mts", wrong))).toBe(false);
    expect(fits(`${mine}faults: [{ ${item.replace("./mine.ts", wrong)} }]\n`)).toBe(false);
  }
  expect(fits(`${mine}faults: [{ ${item}, every: never }]\n`)).toBe(false);
});

test("is plain JSON of draft 7", () => {
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
});

test.each([
  ["an unknown key", "nodse: 5"],
  ["no runs at all", "runs: 0"],
  ["a duration without a unit", "settle: 3"],
  ["a share that is none", "require: { answered: 80 }"],
  ["an unknown preset", "network: wann"],
  ["two distributions", "network: { latency: { constant: 1ms, exponential: { min: 1ms, mean: 1ms } } }"],
  ["an unknown fault", "faults: [{ crsh: any }]"],
  ["a fault with an unknown key", "faults: [{ crash: any, att: 3s }]"],
  ["a fault at a time and again and again", "faults: [{ crash: any, at: 3s, every: 3s }]"],
  ["a moment that lasts", "faults: [{ clock-jump: n1, by: 1s, for: 1s }]"],
  ["another protocol's option", "options: { windw: 3 }"],
  ["an option of the wrong kind", "options: { heartbeat: 3 }"],
  ["an unknown mutant", "mutant: R77"],
  ["an unknown check", "check: [safety]"],
  ["an unknown goal", "reach: [lost my way]"],
  ["an unknown figure", "limits: { failovr: 3s }"],
  ["a case with an unknown setting of its workload", "cases: { one: { workload: { key-value: { colour: 3 } } } }"],
  ["a case with an unknown key", "cases: { one: { mutnat: R02 } }"],
  ["a case with an unknown mutant", "cases: { one: { mutant: R77 } }"],
  ["a case of another protocol", "cases: { one: { protocol: commit } }"],
  ["a matrix over what no case changes", "matrix: { protocol: [paxos, commit] }"],
  ["a matrix without values", "matrix: { nodes: 3 }"],
  ["a moment of no kind", "faults: [{ crash: any, before: { nth: 3 } }]"],
  ["a moment of two kinds", "faults: [{ crash: any, before: { send: x, fact: y } }]"],
  ["a moment with an unknown word", "faults: [{ crash: any, before: { sned: x } }]"],
  ["a time and a moment", "faults: [{ crash: any, at: 3s, before: every effect }]"],
])("refuses %s", (_what, line) => {
  expect(fits(`${minimal}${line}\n`)).toBe(false);
});

test("refuses a workload that the protocol does not serve, two of them, and none", () => {
  expect(fits(minimal.replace("paxos", "commit"))).toBe(false);
  expect(fits(minimal.replace("key-value", "log"))).toBe(true);
  expect(fits(`${minimal}  log: { within: 8s }\n`)).toBe(false);
  expect(fits("protocol: paxos\nworkload: {}\n")).toBe(false);
});

test("refuses any mutant of a protocol that has none", () => {
  const commit = "protocol: commit\nworkload:\n  log: { within: 8s }\n";
  expect(fits(commit)).toBe(true);
  expect(fits(`${commit}mutant: R02\n`)).toBe(false);
});

test("has a branch with hover text for each fault word, and for every key", () => {
  const properties = schema["properties"] as Record<
    string,
    { description?: string; items?: { anyOf: { required?: string[]; description: string }[] } }
  >;
  // The last one is for files of one's own, which have no word.
  const branches = properties["faults"]!.items!.anyOf.slice(0, -1);
  expect(branches.map(({ required }) => required![0])).toEqual(["crash", "loss", "clock-jump"]);
  expect(branches.map(({ description }) => description)).toEqual([
    "A node stops, and forgets what it had not synced. Its effect: a node was really up.",
    "Messages are lost. Its effect: a node was really up.",
    "The wall clock of a node jumps. Its effect: a node was really up.",
  ]);
  for (const [key, { description }] of Object.entries(properties)) expect(description, key).toMatch(/\.$/);
});
