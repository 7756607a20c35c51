/** A counterexample as a file: what it looks like, and that it is the same scenario when it is read again. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asExplicit } from "./explicit.ts";
import { flow } from "./flow.ts";
import { loadScenario } from "./load.ts";
import { planArbitrary } from "./plan.ts";
import type { Plan, Scenario } from "./scenario.ts";
import { catalogue, good } from "./testing/catalogue.ts";
import { writeExplicit } from "./write.ts";

const scenario = loadScenario(good, "scenarios/good.yaml", catalogue);
const read = (text: string): Scenario => loadScenario(text, "scenarios/good.yaml", catalogue);

/** Less the lines of the file, which are other ones after writing. */
const lineless = (scenario: Scenario): Scenario => ({
  ...scenario,
  line: 0,
  faults: scenario.faults.map((item) => ({ ...item, line: 0 })),
});

const story: Plan = {
  operations: [
    { id: "o2", client: "c1", atUs: 812_345, op: { f: "write", key: "x", value: 7 } },
    { id: "o17", client: "c3", atUs: 3_000_000, op: { f: "cas", key: "x", from: null, to: [1, "two"] } },
    { id: "o18", client: "c3", atUs: 3_000_001, op: { f: "join", id: 5, at: "the door" } },
  ],
  faults: [
    { id: "nap", fault: "crash", atUs: 1_000_000, forUs: 2_500_000, params: { nodes: ["n1", "n3"] } },
    { id: "clock-jump-1.4", fault: "clock-jump", atUs: 1_200_001, params: { node: "n1", byUs: 200_000 } },
  ],
  healAtUs: 8_000_000,
};

test("a role of which no node is left does not come back", () => {
  const roles = [
    { name: "coordinator", default: 1, min: 1 },
    { name: "witness", default: 1, min: 0 },
  ];
  const one = { ...catalogue.protocols[0]!, roles };
  const witnessed = { ...catalogue, protocols: [one] };
  const servers = [{ id: "coordinator", role: "coordinator" }];
  const text = writeExplicit(asExplicit({ ...scenario, servers, faults: [] }, 408, story, witnessed), witnessed);
  expect(text).toContain("nodes: { coordinator: [coordinator], witness: 0 }");
  const hitting = text.replace(/faults:[\s\S]*plan:/, "plan:");
  expect(loadScenario(hitting, "scenarios/good.yaml", witnessed).servers).toEqual(servers);
});

test("a counterexample is a scenario that a person can read", () => {
  const explicit = asExplicit({ ...scenario, servers: scenario.servers.slice(2), clients: ["c1", "c3"] }, 408, story, catalogue);
  expect(
    writeExplicit(explicit, catalogue, [
      "election safety is violated: n1 and n3 both lead term 4",
      "",
      "npx seedquake replay x.yaml",
    ]),
  ).toBe(`\
# election safety is violated: n1 and n3 both lead term 4
#
# npx seedquake replay x.yaml
format: 1
description: the old leader must not answer
protocol: paxos
mutant: vote-not-persisted
options: { batching: true, window: 4, heartbeat: 50ms, election: 200ms..400ms, reads: lease }
nodes: [n3, n4, n5]
clients: { names: [c1, c3], target: any, try: 200ms, timeout: 1s, retry: false }
workload:
  key-value: { operations: 60, within: 8s, keys: 2, mix: { read: 1, write: 1 } }
network: { latency: 1ms..15ms, loss: 1%, duplicate: 0.1% }
settle: 4s
check: [linearizable, invariants]
expect: { violation: election safety }
seed: 408
heal: 8s
faults:
  - { name: nap, crash: [n1, n3], at: 1s, for: 2.5s }
  - { name: clock-jump-1.4, clock-jump: n1, by: 200ms, at: 1.200001s }
plan:
  - { id: o2, client: c1, at: 812.345ms, f: write, key: x, value: 7 }
  - { id: o17, client: c3, at: 3s, f: cas, key: x, from: null, to: [1, two] }
  - { id: o18, client: c3, at: 3.000001s, op: { f: join, id: 5, at: the door } }
`);
});

test("what is written is read back to the same scenario", () => {
  const explicit = asExplicit(scenario, 408, story, catalogue);
  const again = read(writeExplicit(explicit, catalogue, ["why: x"]));
  expect(lineless(again)).toEqual(lineless(explicit));
  // From a file to a file even the lines stay.
  expect(read(writeExplicit(again, catalogue, ["why: x"]))).toEqual(again);
});

test("the fields of an operation keep their order, which a digest may look at", () => {
  const again = read(writeExplicit(asExplicit(scenario, 408, story, catalogue), catalogue));
  expect(JSON.stringify(again.explicit!.plan.operations)).toBe(JSON.stringify(story.operations));
});

test("a scenario without a plan cannot be written", () => {
  expect(() => writeExplicit(scenario, catalogue)).toThrow(
    "scenarios/good.yaml holds no plan; only an explicit scenario can be written",
  );
});

test("a comment cannot become a part of the scenario", () => {
  const explicit = asExplicit(scenario, 408, story, catalogue);
  const text = writeExplicit(explicit, catalogue, ["seen:\nprotocol: commit\r\n\u0000runs: 5"]);
  expect(text).toMatch(/^# seen:\n# protocol: commit\n# runs: 5\nformat: 1\n/);
  expect(lineless(read(text))).toEqual(lineless(explicit));
});

const us = fc.integer({ min: 0, max: 90_000_000 });
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("yes", "null", "07", "1e3", "- a", "# b", "a: b", "0x1f", "~", "\ud800", ".inf"),
);
const value = fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }).filter((json) => !JSON.stringify(json).includes("__proto__"));
const field = fc.oneof(
  text.filter((key) => key !== "__proto__" && key !== "f"),
  fc.constantFrom("id", "client", "at", "op"),
);
const ms = fc.integer({ min: 1, max: 5_000_000 }).map((n) => n / 1_000);

const weather = fc.record({
  latency: fc.oneof(
    us.map((us) => ({ kind: "constant", us }) as const),
    fc.tuple(us, fc.constantFrom(0, 7_000)).map(([minUs, more]) => ({ kind: "uniform", minUs, maxUs: minUs + more }) as const),
    fc.tuple(us, us).map(([minUs, meanUs]) => ({ kind: "exponential", minUs, meanUs }) as const),
    fc
      .tuple(us, us, us)
      .map(([minUs, a, b]) => ({ kind: "heavy-tail", minUs, medianUs: minUs + a, maxUs: minUs + a + b }) as const),
  ),
  lossPpm: fc.integer({ min: 0, max: 1_000_000 }),
  duplicatePpm: fc.integer({ min: 0, max: 1_000_000 }),
});

test("any explicit scenario survives being written and read", () => {
  const operation = fc.record({
    client: fc.constantFrom("c1", "c2"),
    atUs: us,
    f: text,
    fields: fc.dictionary(field, value, { maxKeys: 4 }),
  });
  const operations = fc
    .array(operation, { maxLength: 5 })
    .map((list) => list.map(({ client, atUs, f, fields }, i) => ({ id: `o${i}`, client, atUs, op: { f, ...fields } })));
  const options = fc.record({
    batching: fc.boolean(),
    window: fc.integer({ min: 1 }),
    heartbeat: ms,
    election: fc.tuple(ms, ms).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
    reads: fc.constantFrom("log", "lease"),
  });
  const any = fc.record({
    description: text,
    options,
    weather,
    operations,
    drawn: planArbitrary(scenario, catalogue),
    seed: fc.maxSafeNat(),
    servers: fc.subarray(scenario.servers.slice(), { minLength: 3 }),
    healAtUs: us,
  });
  fc.assert(
    fc.property(any, ({ description, options, weather, operations, drawn, seed, servers, healAtUs }) => {
      const changed: Scenario = { ...scenario, description, options, weather, servers };
      const explicit = asExplicit(changed, seed, { operations, faults: drawn.faults, healAtUs }, catalogue);
      expect(lineless(read(writeExplicit(explicit, catalogue, [description])))).toEqual(lineless(explicit));
    }),
    { numRuns: 100, seed: 20_261_121 },
  );
});

test("plain data is quoted only where it must be", () => {
  const written = [
    "x",
    "election safety",
    "n1 -> n2",
    "1ms..15ms",
    "-0.5%",
    "yes",
    "07",
    "",
    "a: b",
    "\u2028",
    7,
    -0,
    null,
    true,
    [],
    {},
    { "a b": [undefined, 1], c: undefined },
  ];
  expect(written.slice(0, -1).map(flow)).toEqual([
    "x",
    "election safety",
    "n1 -> n2",
    "1ms..15ms",
    "-0.5%",
    '"yes"',
    '"07"',
    '""',
    '"a: b"',
    '"\\u2028"',
    "7",
    "-0",
    "null",
    "true",
    "[]",
    "{}",
  ]);
});
