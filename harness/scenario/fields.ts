/** The keys of a scenario that can be written in more ways than one: nodes, clients, network, check, expect, plan. */

import { z } from "zod";
import { duration, durations, share } from "../sim/units-schema.ts";
import { presets } from "./presets.ts";

/** `schema` with its hover text and what one might write. */
export function doc<T extends z.ZodType>(schema: T, description: string, ...examples: unknown[]): T {
  return schema.meta(examples.length === 0 ? { description } : { description, examples });
}

export const count = z.int().min(1);
const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, { error: "expected a name of letters, digits and dashes that begins with a letter" });
const names = z.array(name).min(1);

export const nodes = doc(
  z.union([count, names, z.record(z.string(), z.union([z.int().min(0), names]))], {
    error: "expected how many servers, such as 5, or how many of each role, such as { coordinator: 1, participant: 3 }",
  }),
  "How many servers; for a protocol of several roles how many of each. An explicit scenario may list their names instead.",
  5,
  { coordinator: 1, participant: 3 },
);

export const spare = doc(
  z.union([count, names, z.record(z.string(), z.union([count, names]))], {
    error: "expected how many spares, such as 2, or how many of each role, such as { acceptor: 2 }",
  }),
  "How many servers run beside the members and may become members, where the protocol takes spares; they are named on after the members. To faults they are servers like others: any, minority, halves and all the rest count them.",
  2,
);

export const zones = doc(
  z.record(name, names, { error: "expected zones with their nodes, such as { a: [n1, n2], b: [n3] }" }),
  "Which nodes stand in one place and may fail together: names that faults can aim at, as in crash: a, crash: zone (a drawn one) or partition: zones.",
  { a: ["n1", "n2"], b: ["n3"] },
);

const clientKeys = z.strictObject({
  count: doc(count, "How many clients; they are called c1, c2 ...", 4).optional(),
  names: doc(names, "Their names instead of their count; only in an explicit scenario.", ["c1", "c3"]).optional(),
  target: doc(
    z.enum(["any", "sticky", "leader"]),
    "Whom a client asks: any server, the same until it fails, or who answered last.",
  ).optional(),
  role: doc(z.string(), "Which role clients ask (default: as the protocol says).", "coordinator").optional(),
  try: doc(duration, "How long one try may take before the next one.", "300ms").optional(),
  timeout: doc(duration, "After how long a client gives up, not knowing whether its operation happened.", "1500ms").optional(),
  retry: doc(z.boolean(), "Whether a client asks again, under the same request id, when a try took too long.").optional(),
});

export const clients = doc(
  z.union([count, clientKeys], {
    error: "expected how many clients, such as 4, or also how they behave, such as { count: 4, timeout: 1500ms }",
  }),
  "How many clients (default: 3), and how they behave (default: as the protocol says).",
  4,
  { count: 4, timeout: "1500ms" },
);

const exponential = z.strictObject({
  min: doc(duration, "No message takes less.", "20ms"),
  mean: doc(duration, "The mean of what comes on top of that.", "30ms"),
});

const heavyTail = z.strictObject({
  min: doc(duration, "No message takes less.", "30ms"),
  median: doc(duration, "Half of the messages take longer.", "40ms"),
  max: doc(duration, "No message takes longer.", "2s"),
});

const distribution = z.strictObject({
  constant: doc(duration, "Always the same.", "5ms").optional(),
  exponential: doc(exponential, "Mostly short.", { min: "20ms", mean: "30ms" }).optional(),
  "heavy-tail": doc(heavyTail, "Now and then very long (Pareto, shape 2).", {
    min: "30ms",
    median: "40ms",
    max: "2s",
  }).optional(),
});

const latency = doc(
  z.union([durations, distribution.meta({ minProperties: 1, maxProperties: 1 })], {
    error:
      "expected a duration such as 5ms, a range such as 1ms..15ms, or a distribution such as { exponential: { min: 20ms, mean: 30ms } }",
  }),
  "How long messages travel (default: 1ms..5ms): a duration, a range (uniform), or one distribution.",
  "1ms..15ms",
  { exponential: { min: "20ms", mean: "30ms" } },
);

const weather = z.strictObject({
  latency: latency.optional(),
  loss: doc(
    share,
    "How many of the messages are lost, or late on streams, where they are sent again (default: 0%).",
    "1%",
  ).optional(),
  duplicate: doc(share, "How many of the messages arrive twice (default: 0%); never on streams.", "0.1%").optional(),
  "stream-timeout": doc(
    duration,
    "How long a connection bears silence before it breaks (default: 3s); for protocols on streams.",
    "500ms",
  ).optional(),
  links: doc(
    z.record(z.string(), latency),
    "Links with a latency of their own, each in one direction; a role stands for all its nodes.",
    {
      "n1 -> n2": "50ms",
    },
  ).optional(),
});

const presetNames = Object.keys(presets);

export const network = doc(
  z.union([z.enum(presetNames), weather], {
    error: `expected one of ${presetNames.join(", ")}, or the weather's parts, such as { latency: 1ms..15ms, loss: 1% }`,
  }),
  "The ordinary weather of every link: a preset (default: lan), or its parts.",
  "wan",
  { latency: "1ms..15ms", loss: "1%" },
);

export const check = doc(
  z.union([z.string(), z.array(z.string()).min(1)], {
    error: "expected linearizable, invariants, the name of an invariant, or a list of these",
  }),
  "What judges the runs: linearizable, invariants, or invariants by their names (default: all that workload and protocol offer). Liveness is always judged.",
  ["linearizable", "invariants"],
);

const expectation = "expected valid, or a violation such as { violation: linearizable, within: 100 runs }";
const someRuns = { error: "expected a number of runs such as 100 runs" };

export const expect = doc(
  z.union(
    [
      z.literal("valid", { error: expectation }),
      z.strictObject({
        violation: doc(
          z.string(),
          "The check that must fail: linearizable, an invariant's name, invariants (any of them), liveness, contract, or any.",
          "linearizable",
        ),
        within: doc(
          z.string(someRuns).regex(/^[1-9]\d{0,8} runs?$/, someRuns),
          "By then it must be found (default: by the last run).",
          "100 runs",
        ).optional(),
      }),
    ],
    { error: expectation },
  ),
  "What should come out (default: valid).",
  "valid",
  { violation: "linearizable", within: "100 runs" },
);

export const planned = doc(
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
