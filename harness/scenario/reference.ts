/** The reference of the language, made from the schema and the catalogue: scenarios/README.md. */

import { z } from "zod";
import type { Protocol } from "../protocol.ts";
import type { Catalogue } from "./catalogue.ts";
import { flow } from "./flow.ts";
import { jsonSchema } from "./json-schema.ts";
import { envelope } from "./schema.ts";
import { strategies, strategyNames, usualStrategy } from "./strategies.ts";
import { suiteSchema } from "./suite.ts";
import { momentWords } from "./words.ts";

interface Part {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: { readonly anyOf: readonly Part[] };
  readonly anyOf?: readonly Part[];
}

export function reference(catalogue: Catalogue): string {
  const schema = jsonSchema(catalogue) as Part;
  const top = schema.properties!;
  const workloads = Object.entries(top["workload"]!.properties!);
  const items = top["faults"]!.items!.anyOf;
  return `${[
    "# The scenario language",
    "<!-- Made from the schema by a test: SEEDQUAKE_UPDATE=1 npx vitest run harness/scenario/reference.test.ts -->",
    intro,
    "## Keys",
    table(top, schema.required),
    "### Several scenarios in one file",
    cases,
    "### Bugs that were found once",
    suites,
    table(regressions),
    "### `network`, in parts",
    table(partsOf(top["network"]!)),
    "### `clients`, in parts",
    table(partsOf(top["clients"]!)),
    "### `limits`",
    limits,
    "## Faults",
    faults,
    table(Object.fromEntries(Object.entries(items[0]!.properties!).filter(([key]) => Object.hasOwn(envelope, key)))),
    "### Moments",
    moments,
    ...catalogue.faults.flatMap(({ word }, i) => faultPart(word, items[i]!)),
    "## Strategies",
    searching,
    "## Workloads",
    ...workloads.flatMap(([name, part]) => [
      `### \`${name}\``,
      `${part.description}`,
      table(part.properties ?? {}, part.required),
    ]),
    "## Protocols",
    ...catalogue.protocols.flatMap(protocolPart),
    "## Files of your own",
    own,
  ]
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n\n")}\n`;
}

const intro = `
A scenario is a YAML file: which protocol runs on which cluster, what its clients do, what goes wrong, and what judges it. An editor
completes and checks it with the schema (\`seedquake schema\`); \`seedquake why FILE\` tells it in English, \`seedquake show FILE --explicit --seed n\`
with everything drawn, \`seedquake fmt FILE\` lays it out.

Durations are \`250us\`, \`500ms\`, \`1.5s\`, \`2m\`; a range such as \`1s..3s\` is drawn from, evenly, anew for each run. Shares are \`20%\`.`;

const cases = `
Each of \`cases\` is the file with its keys changed: \`options\`, \`nodes\`, \`clients\`, \`network\`, \`require\`, \`limits\` and the workload's settings
key by key, a fault by its name (its time is replaced by another), all else as a whole; \`mutant: none\` goes back to the right
protocol. Each is a row of its own in every list and report, called \`file.case\`.

\`matrix\` makes the product of its values, and with every case: \`matrix: { nodes: [3, 5], options: { batching: [true, false] } }\` makes four
scenarios, \`nodes-3.batching-true\` and so on. What is no word or number gets a name: \`network: { good: lan, bad: { loss: 5% } }\`.`;

const suites = `
A file with \`suite\` names bugs that were found and mended; \`seedquake run\` runs them first. \`seedquake replay --save issue-521\` (or \`run --save\`)
writes a failing run to scenarios/regressions/ and its line into scenarios/regressions.yaml. Each is replayed, must reach its goals, else it has gone
stale (exit 3), and its neighbourhood is searched. What \`defaults\` says of \`around\`, \`stale\` and \`expect\` holds for all that do not say otherwise:

    suite:
      defaults: { around: 50 runs, stale: fail, expect: valid }
      regressions:
        - { file: regressions/lost-ack.yaml, seed: 408, reach: [old leader answers], was: issue 412 }`;

const regressions = (
  z.toJSONSchema(suiteSchema.shape.suite.shape.regressions.element, { io: "input", target: "draft-7" }) as Part
).properties!;

const limits = `
\`failover\`: from the first effect of a fault to the next answered operation. \`unavailable\`: the longest time of a run in which operations were open and
none was answered. \`latency\`: from invocation to ok. \`messages\`: of a run, for each answered operation. With \`.p50\`, \`.p95\`, \`.p99\` a quantile
over all runs, without (or with \`.max\`) every single value. All in virtual time, so there is no noise. A limit that is exceeded is a violation.`;

const faults = `
An item has one fault word, whose value is the target; at most one word that says when (\`at\`, \`every\`, \`when\`, \`before\`, \`after\`); and its options.
Targets are a node's name, a role, \`any\`, \`one\`, \`minority\`, \`majority\`, \`all\`, \`one client\`, a zone, \`zone\` (a drawn one), a count of servers, a list of nodes, or a selector of the protocol.
Spares are servers like others: all of these count them, and so do the shapes of a partition; name nodes where members alone are meant.`;

const moments = `
\`{ send: commit, nth: 2, by: coordinator }\`: one of these words with a name, or with \`any\`; \`nth\` counts from 1 and may be a range.
\`seedquake points FILE\` shows all that a run reaches.

| word | the moment at which |
|---|---|
${Object.entries(momentWords)
  .map(([word, doc]) => `| \`${word}\` | ${doc} |`)
  .join("\n")}`;

const searching = `
How the schedules that a scenario allows are searched: \`strategy:\` in the file, \`--strategy\` on the command line. None leaves what the scenario says:
what stands at a time or a moment stays; what comes \`every\` so often may be left out, comes no sooner than its shortest gap (but for a crash, a pause or a fault of the
network that a strategy puts at a moment), and is aimed and lasts as its item says; the network's delays are those that it could have drawn. All that a strategy
does stands in the plan, so a counterexample replays without it. Where \`limits\` are judged the default is random, as they are about what the scenario draws. \`seedquake mutants --compare\` measures them.

| strategy | what it does |
|---|---|
${strategyNames.map((name) => `| \`${name}\`${name === usualStrategy ? " (the default)" : ""} | ${strategies[name]} |`).join("\n")}`;

const own = `
\`./x.ts\`, seen from the scenario's file, in the place of a name: of a protocol, a workload, a fault word, a target (a selector) or a check (an invariant). The file
exports a \`protocol\`, \`workload\`, \`fault\`, \`selector\` or \`invariant\`, of the types that \`seedquake\` exports. All of them are bundled once, and
the bundle's sha256 stands in the report. A workload's own \`name\` says which protocols serve it.`;

function faultPart(word: string, { description, properties }: Part): string[] {
  const options = Object.entries(properties!).filter(([key]) => !Object.hasOwn(envelope, key));
  return [`### \`${word}\``, `${description}`, table(Object.fromEntries(options))];
}

/** The keys of a value that may also be written as a map. */
function partsOf(part: Part): Readonly<Record<string, Part>> {
  return part.properties ?? (part.anyOf ?? []).find(({ properties }) => properties !== undefined)?.properties ?? {};
}

function table(parts: Readonly<Record<string, Part>>, required: readonly string[] = []): string {
  const rows = Object.entries(parts).map(([key, { description = "", examples = [], default: usual }]) => {
    const must = required.includes(key) && usual === undefined ? " (must be there)" : "";
    const example = examples.map((one) => `\`${flow(one)}\``).join(", ");
    return `| \`${key}\` | ${cell(description)}${must} | ${usual === undefined ? cell(example) : `default: \`${flow(usual)}\``} |`;
  });
  return rows.length === 0 ? "" : ["| key | meaning | such as |", "|---|---|---|", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function protocolPart({
  name,
  description,
  roles,
  workloads,
  options,
  orders,
  selectors,
  goals,
  invariants,
  mutants,
}: Protocol): string[] {
  const facts: [string, readonly string[]][] = [
    [
      "nodes",
      roles.map(
        (role) => `${role.name} (${role.min} or more; usually ${role.default}${role.spares === true ? "; takes spares" : ""})`,
      ),
    ],
    ["workloads", workloads],
    ["options", Object.entries(options ?? {}).map(([key, spec]) => `\`${key}\` (${flow(spec.default)}): ${spec.doc}`)],
    ["orders", Object.entries(orders ?? {}).map(([key, order]) => `\`${key}\`: ${order.doc}`)],
    ["selectors", Object.entries(selectors ?? {}).map(([key, { states }]) => `\`${key}\`: ${states}`)],
    ["goals", goals ?? []],
    ["invariants", invariants.map((invariant) => `\`${invariant.name}\`: ${invariant.states}`)],
    [
      "mutants",
      mutants.map((mutant) => `\`${mutant.name}\`${mutant.id === undefined ? "" : ` (${mutant.id})`}: ${mutant.breaks}`),
    ],
  ];
  const lines = facts.flatMap(([word, all]) => {
    if (all.length === 0) return [];
    const short = all.every((one) => one.length < 60 && !one.includes(":"));
    return short ? [`- ${word}: ${all.join(", ")}`] : [`- ${word}:`, ...all.map((one) => `  - ${one}`)];
  });
  return [`### \`${name}\``, description, lines.join("\n")];
}
