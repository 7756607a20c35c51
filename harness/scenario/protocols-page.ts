/** The catalogue of protocols, made from their declarations: protocols/README.md. */

import type { Protocol } from "../protocol.ts";
import type { Scenario } from "./scenario.ts";

/** `scenarios`: every case of every file. */
export function protocolsPage(protocols: readonly Protocol[], scenarios: readonly Scenario[]): string {
  const sorted = protocols.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const mutants = sorted.reduce((sum, protocol) => sum + protocol.mutants.length, 0);
  return `${[
    "# The protocols",
    "<!-- Made from the declarations by a test: SEEDQUAKE_UPDATE=1 npx vitest run harness/scenario/protocols-page.test.ts -->",
    `${sorted.length} protocols, each beside the wrong variants that history has seen of it: ${mutants} mutants in all. \`npx seedquake mutants\` finds every one.`,
    table(
      ["protocol", "what it is", "paper", "mutants"],
      sorted.map(({ name, description, paper, mutants: all }) => [
        `[${name}](#${name})`,
        description,
        linked(paper),
        `${all.length}`,
      ]),
    ),
    ...sorted.flatMap((protocol) => part(protocol, scenarios)),
  ].join("\n\n")}\n`;
}

function part(protocol: Protocol, all: readonly Scenario[]): string[] {
  const { name, description, paper, assumes, transport, roles, workloads, invariants, goals = [], mutants } = protocol;
  const own = all.filter((scenario) => scenario.protocol === name);
  const files = [...new Set(own.map(({ file }) => file))].toSorted();
  const about = [
    `- Paper: ${linked(paper)}`,
    `- Fault model: ${assumes ?? "not stated."}`,
    `- Stands on ${transport}s. Roles: ${roles.map(roleText).join(", ")}. Workloads: ${workloads.map(code).join(", ")}.`,
    ...(goals.length === 0 ? [] : [`- A good suite reaches: ${goals.join("; ")}.`]),
    `- Scenarios: ${files.length === 0 ? "none" : files.map((file) => scenarioLink(file)).join(", ")}.`,
  ];
  return [
    `## ${name}`,
    description,
    about.join("\n"),
    table(
      ["guarantee", "what it states"],
      invariants.map(({ name: guarantee, states }) => [code(guarantee), states]),
    ),
    ...(mutants.length === 0
      ? []
      : [
          table(
            ["mutant", "id", "what it does wrong", "found by"],
            mutants.map(({ name: mutant, id = "", breaks, needs }) => [
              code(mutant),
              id,
              breaks,
              needs === undefined ? "the general scenario" : `${scenarioLink(`scenarios/${needs.scenario}`)}: ${needs.why}`,
            ]),
          ),
        ]),
  ];
}

function roleText({ name, min, max }: Protocol["roles"][number]): string {
  if (min === max) return `${name} (${min})`;
  return `${name} (${max === undefined ? `${min} or more` : `${min} to ${max}`})`;
}

function scenarioLink(file: string): string {
  const path = file.endsWith(".yaml") ? file : `${file}.yaml`;
  return `[${path.replace(/^scenarios\//, "").replace(/\.yaml$/, "")}](../${path})`;
}

/** An address becomes a link; a title stays. */
function linked(text: string): string {
  return text.replace(/(?<![(<])https?:\/\/[^\s,;)]+/g, (address) => `<${address}>`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.trim().replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`)
    .join("\n");
}
