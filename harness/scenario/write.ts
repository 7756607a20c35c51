/** An explicit scenario as a file: a counterexample that replays by itself. */

import type { Protocol } from "../protocol.ts";
import { formatUs } from "../sim/units.ts";
import { type Catalogue, faultOf, protocolOf } from "./catalogue.ts";
import { isHidden } from "./explicit.ts";
import { flow } from "./flow.ts";
import { explicitMoment } from "./moments.ts";
import { explicitWeather } from "./network.ts";
import { explicitOptions } from "./options.ts";
import type { Scenario } from "./scenario.ts";

/** Text that `loadScenario` reads back to the same scenario. `comment` stands at its head: what was violated, how to replay it. */
export function writeExplicit(scenario: Scenario, catalogue: Catalogue, comment: readonly string[] = []): string {
  const { explicit } = scenario;
  if (explicit === undefined) throw new Error(`${scenario.file} holds no plan; only an explicit scenario can be written`);
  const { plan, seed } = explicit;
  const protocol = protocolOf(scenario, catalogue);
  const { name, settings } = scenario.workload;
  const lines = comment.flatMap((text) => text.split("\n")).map((line) => `# ${line.replace(/\p{C}/gu, "")}`.trimEnd());
  const add = (key: string, value: unknown): void => {
    if (value !== undefined) lines.push(`${key}: ${flow(value)}`);
  };
  add("format", 1);
  add("description", scenario.description);
  add("protocol", scenario.protocol);
  add("mutant", scenario.mutant);
  add("mutation", scenario.mutation);
  if (Object.keys(scenario.options).length > 0) add("options", explicitOptions(scenario.options, protocol));
  add("nodes", nodes(scenario, protocol));
  add("spare", spares(scenario, protocol.roles.length === 1));
  add("clients", clients(scenario));
  lines.push("workload:", `  ${flow(name)}: ${flow(settings)}`);
  add("network", explicitWeather(scenario.weather, scenario.streamTimeoutUs));
  add("settle", formatUs(scenario.settleUs));
  if (scenario.check.length > 0) add("check", scenario.check);
  add("expect", scenario.expect.kind === "valid" ? "valid" : { violation: scenario.expect.check });
  add("seed", seed);
  add("heal", formatUs(plan.healAtUs));
  list(
    "faults",
    plan.faults.map((planned) => fault(planned, catalogue)),
    lines,
  );
  list("plan", plan.operations.map(operation), lines);
  return `${lines.join("\n")}\n`;
}

type Explicit = NonNullable<Scenario["explicit"]>["plan"];

/** Every role, also one of which no node is left: what is not written has its default again. */
function nodes({ servers }: Scenario, { roles }: Protocol): unknown {
  const members = servers.filter(({ spare }) => spare === undefined);
  if (roles.length === 1) return byRole(members, true);
  return { ...Object.fromEntries(roles.map(({ name }) => [name, 0])), ...(byRole(members, false) as object) };
}

function spares({ servers }: Scenario, alone: boolean): unknown {
  const found = servers.filter(({ spare }) => spare === true);
  return found.length === 0 ? undefined : byRole(found, alone);
}

function byRole(servers: Scenario["servers"], alone: boolean): unknown {
  if (alone) return servers.map(({ id }) => id);
  const roles = [...new Set(servers.map(({ role }) => role))];
  return Object.fromEntries(roles.map((role) => [role, servers.filter((server) => server.role === role).map(({ id }) => id)]));
}

function clients({ clients, policy }: Scenario): unknown {
  const us = (ms: number): string => formatUs(Math.round(ms * 1_000));
  return {
    names: clients,
    target: policy.target,
    role: policy.role,
    try: us(policy.tryMs),
    timeout: us(policy.timeoutMs),
    retry: policy.retry,
  };
}

function fault({ id, fault, atUs, moment, forUs, params }: Explicit["faults"][number], catalogue: Catalogue): unknown {
  const item = faultOf(fault, catalogue).explicit(params) as object;
  const when = moment === undefined ? { at: formatUs(atUs) } : explicitMoment(moment);
  return { name: id, ...item, ...when, for: forUs === undefined ? undefined : formatUs(forUs) };
}

function operation(planned: Explicit["operations"][number]): unknown {
  const { id, client, atUs, op } = planned;
  return { id, client, at: formatUs(atUs), ...(isHidden(planned) ? { op } : op) };
}

/** One item a line. */
function list(key: string, items: readonly unknown[], lines: string[]): void {
  if (items.length === 0) lines.push(`${key}: []`);
  else lines.push(`${key}:`, ...items.map((item) => `  - ${flow(item)}`));
}
