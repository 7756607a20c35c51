/** The scenario language: every key of a file, what it takes, and what it means. Errors, editors and the reference come from here. */

import { z } from "zod";
import type { Fault } from "../faults/fault.ts";
import { didYouMean } from "../sim/suggest.ts";
import { duration, durations, share } from "../sim/units-schema.ts";
import { caseKeys, caseName } from "./cases.ts";
import type { Catalogue } from "./catalogue.ts";
import { claim } from "./claims.ts";
import { check, clients, count, doc, expect, network, nodes, planned, spare, zones } from "./fields.ts";
import { limits } from "./limits.ts";
import { everyMoment, moment } from "./moments.ts";
import { strategyNames, usualStrategy } from "./strategies.ts";
import { whenWords } from "./words.ts";

/** A schema takes longer to make than to use, and many files are read with one catalogue. */
function once<Of extends object, Schema>(make: (of: Of) => Schema): (of: Of) => Schema {
  const made = new WeakMap<Of, Schema>();
  return (of) => {
    const schema = made.get(of) ?? make(of);
    made.set(of, schema);
    return schema;
  };
}

/**
 * The whole file; what an item under `faults:` may be is told by its fault word.
 *
 * An explicit scenario is this very language with everything drawn: `format: 1` and a `seed` (of the weather), `nodes` and `clients` by
 * their names, `faults` with one time and one length each, under the ids of the plan ("crash-1.3"), `heal` (when chaos ends),
 * and the operations under `plan`. It is one run.
 */
export const scenarioSchema = once((catalogue: Catalogue) =>
  ofOne(catalogue, z.unknown()).extend({
    // What they hold is laid over the file, and checked there.
    cases: doc(z.unknown(), casesDoc, casesExample).optional(),
    matrix: doc(z.unknown(), matrixDoc, matrixExample).optional(),
  }),
);

const casesDoc =
  "Several scenarios in one file: each case is the file with these keys changed. It changes a fault by its name: faults: { nap: { for: 2s } }.";
const casesExample = { right: { expect: "valid" }, wrong: { mutant: "local-reads", expect: { violation: "linearizable" } } };
const matrixDoc =
  "Several scenarios in one file: the product of the values of these keys, and with every case. Values are a list of words or numbers, or a map with a name for each.";
const matrixExample = { nodes: [3, 5], network: ["lan", "wan"] };

/** For editors: `cases` and `matrix` with what they may hold. `changes` is what may change of a fault. */
export function wholeSchema(catalogue: Catalogue, faultItem: z.ZodType, changes: z.ZodType) {
  const { shape } = ofOne(catalogue, faultItem);
  const own = Object.fromEntries(caseKeys.map((key) => [key, shape[key].optional()]));
  const changed = z.union([shape.faults, z.record(z.string(), changes)]);
  // A case may change one setting of the workload and leave the others as they are.
  const settings = catalogue.workloads.map(({ name, schema }) => [name, someOf(schema).optional()] as const);
  const one = z.strictObject({
    ...own,
    workload: z.strictObject(Object.fromEntries(settings)).optional(),
    faults: changed.optional(),
  });
  const axis = z.union([z.array(z.union([z.string(), z.number(), z.boolean()])).min(1), z.record(z.string(), z.unknown())]);
  const axes = Object.fromEntries(caseKeys.map((key) => [key, axis.optional()]));
  const name = z.string().regex(caseName);
  return ofOne(catalogue, faultItem).extend({
    cases: doc(z.record(name, one), casesDoc, casesExample).optional(),
    matrix: doc(z.strictObject(axes), matrixDoc, matrixExample).optional(),
  });
}

function someOf(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.partial() : schema;
}

function ofOne(catalogue: Catalogue, faultItem: z.ZodType) {
  const workloads = catalogue.workloads.map(({ name, schema, doc }) => [name, schema.describe(doc).optional()] as const);
  const names = catalogue.workloads.map(({ name }) => name).join(", ");
  const workload = z.strictObject(Object.fromEntries(workloads), {
    // Unknown keys are told elsewhere.
    error: ({ code }) => (code === "invalid_type" ? `expected a workload (one of ${names}) with its settings` : undefined),
  });
  return z.strictObject({
    description: doc(z.string(), "What this scenario is about, in one sentence (default: the file's name).").optional(),
    claim: claim.optional(),
    protocol: doc(z.enum(catalogue.protocols.map(({ name }) => name)), "The protocol under test."),
    mutant: doc(
      z.string(),
      "A deliberately wrong variant of the protocol, by its name or its id; none: the right one.",
    ).optional(),
    mutation: doc(
      z.string(),
      "A bug planted in what the nodes do, by the id that `seedquake mutate` gives it; so a catch is written down.",
      "no-sync@mine/queue.ts:88",
    ).optional(),
    options: doc(z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])), "Options of the protocol.").optional(),
    nodes: nodes.optional(),
    spare: spare.optional(),
    clients: clients.optional(),
    zones: zones.optional(),
    workload: workload.meta({
      description: "What the clients do: exactly one workload with its settings.",
      minProperties: 1,
      maxProperties: 1,
    }),
    network: network.optional(),
    faults: doc(z.array(faultItem, { error: "expected a list of faults" }), "What goes wrong.").optional(),
    settle: doc(duration, "After the heal every client must be answered within this time (default: 3s).", "3s").optional(),
    check: check.optional(),
    expect: expect.optional(),
    require: doc(
      z.strictObject({
        answered: doc(share, "At least so many of the operations were answered, over all runs.", "80%").optional(),
      }),
      "What the runs must have seen, else they proved nothing.",
      { answered: "80%" },
    ).optional(),
    reach: doc(z.array(z.string()).min(1), "Goals of the protocol that the runs must have reached, else they proved nothing.", [
      "second leader elected",
    ]).optional(),
    limits: limits.optional(),
    runs: doc(count, "How many runs, each with its own seed (default: 100).", 500).optional(),
    strategy: doc(
      z.enum(strategyNames, {
        error: ({ input }) =>
          typeof input === "string"
            ? `there is no strategy "${input}"; ${didYouMean(input, strategyNames)}`
            : `expected one of ${strategyNames.join(", ")}`,
      }),
      `How the schedules are searched: ${strategyNames.join(", ")} (default: ${usualStrategy}).`,
      "places",
    ).optional(),
    format: doc(z.literal(1), "Marks an explicit scenario: one run, in which nothing is drawn but the weather.").optional(),
    seed: doc(z.int().min(0), "Explicit scenarios: the seed of the weather.", 408).optional(),
    heal: doc(duration, "Explicit scenarios: when all faults end (default: when the clients are done).", "8s").optional(),
    plan: doc(z.array(planned), "Explicit scenarios: every operation of every client.").optional(),
  });
}

/** The order in which a file is read best: what it is about, who takes part, what happens, what judges it. */
export const topLevelKeys: readonly string[] = [
  ...[
    "format",
    "description",
    "claim",
    "protocol",
    "mutant",
    "mutation",
    "options",
    "nodes",
    "spare",
    "clients",
    "zones",
    "workload",
    "network",
    "faults",
  ],
  ...["settle", "check", "expect", "reach", "require", "limits", "runs", "strategy", "cases", "matrix", "seed", "heal", "plan"],
];

export type ScenarioFile = z.output<ReturnType<typeof ofOne>>;

const faultName = z
  .string()
  .regex(/^[A-Za-z][\w-]*(?:\.\d+)?$/, { error: "expected a name of letters, digits and dashes that begins with a letter" });

/** What an item may carry beside its fault word and the fault's own options. */
export const envelope = {
  name: doc(faultName, "What stories and reports call it (default: the fault word with a number).", "lonely-leader").optional(),
  at: doc(
    durations,
    "It happens once, at this time or at one drawn from this range (default: from the start).",
    "1s..3s",
  ).optional(),
  every: doc(durations, "It happens again and again, with gaps of this length or drawn from this range.", "2s..4s").optional(),
  when: doc(moment, "It happens at a named moment, once in a run: see `seedquake points`.", {
    fact: "acquired",
    nth: 2,
  }).optional(),
  before: doc(
    everyMoment,
    "It happens just before a named moment; before every effect: of its target, one after the other, each in a run of its own.",
    { send: "commit", nth: 2 },
    "every effect",
  ).optional(),
  after: doc(everyMoment, "It happens just after a named moment, or every effect.", { sync: "any" }, "every effect").optional(),
  for: doc(
    durations,
    "How long it lasts (default: until everything heals, where the fault says nothing else).",
    "500ms..2s",
  ).optional(),
};

const pairs = whenWords.flatMap((one, i) => whenWords.slice(i + 1).map((other) => ({ required: [one, other] })));

/** An item under `faults:` with this fault word. */
export const faultSchema = once(({ word, doc, effect, lasts, schema }: Fault) => {
  if (!(schema instanceof z.ZodObject)) throw new Error(`the schema of the fault "${word}" is no z.strictObject({ ... })`);
  const { for: lasting, ...moment } = envelope;
  const added: Partial<typeof envelope> = lasts === "for" ? { ...moment, for: lasting } : moment;
  return schema.extend(added).meta({ description: `${doc} Its effect: ${effect}.`, not: { anyOf: pairs } });
});
