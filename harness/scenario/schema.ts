/** The scenario language: every key of a file, what it takes, and what it means. Errors, editors and the reference come from here. */

import { z } from "zod";
import type { Fault } from "../faults/fault.ts";
import { duration, durations, share } from "../sim/units-schema.ts";
import type { Catalogue } from "./catalogue.ts";
import { presets } from "./presets.ts";

/** `schema` with its hover text and what one might write. */
function doc<T extends z.ZodType>(schema: T, description: string, ...examples: unknown[]): T {
  return schema.meta(examples.length === 0 ? { description } : { description, examples });
}

const count = z.int().min(1);
const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, { error: "expected a name of letters, digits and dashes that begins with a letter" });
const names = z.array(name).min(1);

const nodes = doc(
  z.union([count, names, z.record(z.string(), z.union([z.int().min(0), names]))]),
  "How many servers; for a protocol of several roles how many of each. An explicit scenario may list their names instead.",
  5,
  { coordinator: 1, participant: 3 },
);

const clients = doc(
  z.union([
    count,
    z.strictObject({
      count: doc(count, "How many clients; they are called c1, c2 ...", 4).optional(),
      names: doc(names, "Their names instead of their count; only in an explicit scenario.", ["c1", "c3"]).optional(),
      target: doc(
        z.enum(["any", "sticky", "leader"]),
        "Whom a client asks: any server, the same until it fails, or who answered last.",
      ).optional(),
      try: doc(duration, "How long one try may take before the next one.", "300ms").optional(),
      timeout: doc(
        duration,
        "After how long a client gives up, not knowing whether its operation happened.",
        "1500ms",
      ).optional(),
      retry: doc(
        z.boolean(),
        "Whether a client asks again, under the same request id, when a try took too long.",
        true,
      ).optional(),
    }),
  ]),
  "How many clients, or how many and how they behave (default: as the protocol says).",
  4,
  { count: 4, timeout: "1500ms" },
);

const latency = doc(
  z.union([
    durations,
    z.strictObject({
      constant: doc(duration, "Always the same.", "5ms").optional(),
      exponential: doc(
        z.strictObject({
          min: doc(duration, "The least.", "20ms"),
          mean: doc(duration, "The mean of what comes on top of the least.", "30ms"),
        }),
        "A least delay, and an exponential one on top of it.",
        { min: "20ms", mean: "30ms" },
      ).optional(),
      "heavy-tail": doc(
        z.strictObject({
          min: doc(duration, "The least.", "30ms"),
          median: doc(duration, "Half of the messages take longer.", "40ms"),
          max: doc(duration, "No message takes longer.", "2s"),
        }),
        "Now and then very long (Pareto, shape 2).",
        { min: "30ms", median: "40ms", max: "2s" },
      ).optional(),
    }),
  ]),
  "How long messages travel: a duration, a range (uniform), or one distribution.",
  "1ms..15ms",
  { exponential: { min: "20ms", mean: "30ms" } },
);

const network = doc(
  z.union([
    z.enum(Object.keys(presets)),
    z.strictObject({
      latency: latency.optional(),
      loss: doc(share, "How many of the messages are lost (default: 0%).", "1%").optional(),
      duplicate: doc(share, "How many of the messages arrive twice (default: 0%).", "0.1%").optional(),
    }),
  ]),
  "The ordinary weather of every link: a preset (default: lan), or its parts.",
  "wan",
  { latency: "1ms..15ms", loss: "1%" },
);

const checkName = z.enum(["linearizable", "invariants"]);

const check = doc(
  z.union([checkName, z.array(checkName).min(1)]),
  "What judges the runs (default: all that workload and protocol offer). Liveness is always judged.",
  ["linearizable", "invariants"],
);

const expect = doc(
  z.union([
    z.literal("valid"),
    z.strictObject({
      violation: doc(
        z.string(),
        "The check that must fail: linearizable, liveness, contract, or an invariant's name.",
        "linearizable",
      ),
      within: doc(
        z.string().regex(/^[1-9]\d{0,8} runs?$/, { error: "expected a number of runs such as 100 runs" }),
        "By how many runs it must have been found (default: all).",
        "100 runs",
      ).optional(),
    }),
  ]),
  "What should come out (default: valid).",
  "valid",
  { violation: "linearizable", within: "100 runs" },
);

const planned = doc(
  z.looseObject({
    id: doc(z.string(), "Its name in reports, unique in the file.", "o17"),
    client: doc(z.string(), "Who asks.", "c1"),
    at: doc(duration, "Not before this time.", "812.345ms"),
    f: doc(z.string(), "What is asked; the operation's other fields stand beside it.", "write").optional(),
    op: doc(
      z.looseObject({ f: z.string() }),
      "The whole operation, when a field of it is called id, client, at or op.",
    ).optional(),
  }),
  "One operation of a client.",
  { id: "o17", client: "c1", at: "812.345ms", f: "write", key: "x", value: 7 },
);

/** The whole file. `faultItem` is what an item under `faults:` may be. */
export function scenarioSchema(catalogue: Catalogue, faultItem: z.ZodType = z.unknown()) {
  const settings = catalogue.workloads.map(
    (workload) => [workload.name, workload.schema.describe(workload.doc).optional()] as const,
  );
  const workload = z.strictObject(Object.fromEntries(settings)).meta({
    description: "What the clients do: exactly one workload with its settings.",
    minProperties: 1,
    maxProperties: 1,
  });
  return z.strictObject({
    description: doc(z.string(), "What this scenario is about, in one sentence.", "no stale read from an old leader").optional(),
    protocol: doc(z.enum(catalogue.protocols.map((protocol) => protocol.name)), "The protocol under test."),
    mutant: doc(z.string(), "A deliberately wrong variant of the protocol, by its name or its id.").optional(),
    options: doc(z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])), "Options of the protocol.").optional(),
    nodes: nodes.optional(),
    clients: clients.optional(),
    workload,
    network: network.optional(),
    faults: doc(z.array(faultItem), "What goes wrong.").optional(),
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
    runs: doc(count, "How many runs, each with its own seed (default: 100).", 500).optional(),
    format: doc(z.literal(1), "Marks an explicit scenario: one run, in which nothing is drawn but the weather.", 1).optional(),
    seed: doc(z.int().min(0), "Explicit scenarios: the seed of the weather.", 408).optional(),
    heal: doc(duration, "Explicit scenarios: when all faults end.", "8s").optional(),
    plan: doc(z.array(planned), "Explicit scenarios: every operation of every client.").optional(),
  });
}

export type ScenarioFile = z.output<ReturnType<typeof scenarioSchema>>;

/** What an item may carry beside its fault word and the fault's own options. */
export const envelope = {
  name: doc(
    z
      .string()
      .regex(/^[A-Za-z][\w-]*(?:\.\d+)?$/, { error: "expected a name of letters, digits and dashes that begins with a letter" }),
    "What stories and reports call it (default: the fault word with a number).",
    "lonely-leader",
  ).optional(),
  at: doc(
    durations,
    "It happens once, at this time or at one drawn from this range (default: from the start).",
    "1s..3s",
  ).optional(),
  every: doc(durations, "It happens again and again, with gaps of this length or drawn from this range.", "2s..4s").optional(),
  for: doc(durations, "How long it lasts (default: until everything heals).", "500ms..2s").optional(),
};

/** An item under `faults:` with this fault word. */
export function faultSchema(fault: Fault) {
  if (!(fault.schema instanceof z.ZodObject))
    throw new Error(`the schema of the fault "${fault.word}" is no z.strictObject({ ... })`);
  const { for: lasting, ...moment } = envelope;
  const added: Partial<typeof envelope> = fault.lasts === "for" ? { ...moment, for: lasting } : moment;
  return fault.schema.extend(added).meta({ description: fault.doc, not: { required: ["at", "every"] } });
}
