/** What summary.json looks like, for whoever reads it: ourselves, and others through the JSON Schema that is made from this. */

import { z } from "zod";
import { schemaVersion } from "./summary.ts";

const count = z.int().nonnegative();
const us = count.describe("Virtual microseconds");
const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

const quantiles = z.looseObject({
  count,
  p50: us.optional(),
  p95: us.optional(),
  p99: us.optional(),
  max: us.optional(),
});

const sizes = z.looseObject({ nodes: count, clients: count, operations: count, faults: count, events: count });

const scenario = z.looseObject({
  file: z.string().describe("As it was given, with forward slashes"),
  line: z.int().positive().describe("Of the case, or of the protocol"),
  name: z.string(),
  case: z.string().optional().describe("Which of the file's cases; absent in a file without any"),
  description: z.string(),
  protocol: z.string(),
  mutant: z.string().optional(),
  options: record(z.unknown()),
  servers: z.array(z.looseObject({ id: z.string(), role: z.string() })),
  clients: z.array(z.string()),
  workload: z.string(),
  settleUs: us,
  check: z.array(z.string()),
  expect: z.union([
    z.looseObject({ kind: z.literal("valid") }),
    z.looseObject({ kind: z.literal("violation"), check: z.string(), within: count }),
  ]),
  require: z.looseObject({ answeredPpm: count }),
  reach: z.array(z.string()),
  limits: z.array(z.looseObject({ figure: z.string(), quantile: z.string(), most: z.number() })),
  runs: count,
  strategy: z.string().optional().describe("How schedules are searched; of an explicit scenario none"),
  explicit: z.boolean().describe("True: it carries its one plan, and nothing is drawn"),
});

const failure = z.looseObject({
  seed: count.describe("At which it was found"),
  violation: z.looseObject({
    family: z.enum(["linearizable", "invariant", "liveness", "contract"]),
    check: z.string(),
    sentence: z.string(),
    atUs: us,
  }),
  digest: z.string().describe("Of the run after shrinking"),
  foundDigest: z.string().describe("Of the run as it was found"),
  virtualUs: us,
  before: sizes.describe("Before shrinking"),
  after: sizes.describe("After shrinking"),
  shrinkRuns: count.describe("Runs that shrinking took; 0: it was not tried"),
  minimal: z.boolean().describe("True: nothing that is left can be taken away"),
  signature: z.string().optional().describe("Equal for failures that are the same bug, as far as their stories tell"),
  necessity: z
    .array(z.looseObject({ part: z.string(), what: z.string(), needed: z.boolean(), without: z.string() }))
    .optional()
    .describe("What becomes of the violation without each part that is left; absent: nothing was taken away"),
  noReturn: z
    .looseObject({
      prefixes: z.array(z.looseObject({ handlers: count, atUs: us, failed: count, of: count })),
      jump: z
        .looseObject({
          n: count.describe("The record of the trace"),
          atUs: us,
          before: z.looseObject({ failed: count, of: count }),
          after: z.looseObject({ failed: count, of: count }),
        })
        .optional(),
      runs: count,
    })
    .optional()
    .describe("How many of other futures fail from each prefix on, and the event that changed most"),
  otherSeeds: z.array(count),
  moreSeeds: count.optional().describe("How many further ones are not named"),
  folder: z.string(),
  replay: z.string().describe("The command that repeats the run after shrinking"),
  asFound: z.string().describe("The command that repeats the run as it was found"),
  foundAfter: count.describe("How many runs it took"),
});

const campaign = z.looseObject({
  scenario,
  baseSeed: count,
  verdict: z
    .string()
    .describe("as expected, violation, not found, inconclusive, unknown or interrupted; later versions may have further ones"),
  known: z.literal(true).optional().describe("The baseline knows all that went wrong: it does not break the gate"),
  reason: z.string().describe("Why, in a sentence"),
  runs: count,
  valid: count,
  invalid: count,
  unknown: count,
  events: count,
  virtualUs: us,
  operations: z.looseObject({ asked: count, ok: count, fail: count, info: count }),
  effects: record(z.looseObject({ planned: count, effective: count, effects: count })).describe("By fault item"),
  goals: record(count).describe("In how many runs each was reached"),
  figures: record(z.number()).describe("What each limited figure came to: virtual microseconds, or messages"),
  metrics: z.looseObject({
    messages: z.looseObject({ sent: count, delivered: count, lost: count, cut: count }),
    latency: quantiles,
    failover: quantiles,
    unavailable: quantiles,
  }),
  distinct: z.looseObject({ count, exact: z.boolean() }).describe("Runs that differ from all others").optional(),
  exceeded: z
    .looseObject({ runs: count, seed: count, sentence: z.string() })
    .describe("More durable state was destroyed than the protocol bears: in how many runs, and how in the first")
    .optional(),
  digest: z.string().describe("Of all runs: equal digests, equal campaigns"),
  failures: z.array(failure),
  timing: z.looseObject({ wallMs: z.number(), workers: count }).describe("The wall clock: different each time"),
});

const confidence = z.looseObject({
  protocol: z.string(),
  runs: count,
  virtualUs: us,
  distinct: z.looseObject({ count, exact: z.boolean() }).describe("Runs that differ from all others of their scenario"),
  faults: z.looseObject({ items: count, effective: count }),
  goals: z.looseObject({ all: count, reached: count }),
  planted: z.looseObject({ mutants: count, caught: count }).describe("Wrong variants that this suite plants"),
  measured: z
    .looseObject({
      protocol: z.string(),
      scenario: z.string().describe("The scenario that was measured; else it was the protocol's general one").optional(),
      ...{ mutants: count, found: count, medianRuns: count, within: count },
    })
    .optional()
    .describe("How many wrong variants the last `seedquake mutants` found"),
  scored: z
    .array(z.looseObject({ scenario: z.string(), caught: count, of: count }))
    .optional()
    .describe("How many bugs, planted one at a time, the last `seedquake mutate` of each scenario caught"),
});

const summarySchema = z
  .looseObject({
    schemaVersion: z
      .literal(schemaVersion)
      .describe("Grows when a field changes its meaning or goes; new fields do not raise it"),
    baseSeed: count,
    interrupted: z.boolean(),
    own: z.string().optional().describe("sha256 of the user's own files that scenarios name"),
    baseline: z
      .looseObject({
        file: z.string(),
        known: count.describe("Scenarios all of whose failures it knows"),
        fixed: z.array(z.looseObject({ scenario: z.string(), verdict: z.string(), check: z.string().optional() })),
      })
      .optional(),
    verdicts: record(count).describe("How many campaigns of each"),
    confidence: z
      .array(confidence)
      .optional()
      .describe("Of each protocol that some scenario expects to hold, how much was tried"),
    campaigns: z.array(campaign),
    notRun: z
      .array(z.looseObject({ file: z.string(), name: z.string(), case: z.string().optional() }))
      .optional()
      .describe("Scenarios that did not get their turn"),
  })
  .describe("summary.json of seedquake");

export type Summary = z.output<typeof summarySchema>;
export type SummaryCampaign = Summary["campaigns"][number];

/** The published one: draft-07, as the schema of scenarios is. */
export function summaryJsonSchema(): object {
  return z.toJSONSchema(summarySchema, { target: "draft-7" });
}

/** A summary that is none of ours, or of another version; the message is a whole sentence. */
export class SummaryError extends Error {}

/** Reads what a run wrote. @throws SummaryError */
export function readSummary(text: string, file: string): Summary {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new SummaryError(`${file}: expected the summary of a run, found no JSON; \`seedquake run\` writes it anew`);
  }
  const read = summarySchema.safeParse(data);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
  throw new SummaryError(
    `${file}: expected the summary of a run, version ${schemaVersion}, found another at ${path.join(".") || "its top"} (${message}); \`seedquake run\` writes it anew`,
  );
}
