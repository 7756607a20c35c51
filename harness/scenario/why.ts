/** A scenario as an English paragraph: what happens in it, what judges it, and what it would prove. */

import { formatRange, formatShare, formatUs } from "../sim/units.ts";
import type { Weather } from "../sim/world.ts";
import { type Catalogue, faultOf, protocolOf, workloadOf } from "./catalogue.ts";
import { limitName } from "./limits.ts";
import type { FaultItem, Limit, MomentRange, RangeUs, Scenario } from "./scenario.ts";

export function why(scenario: Scenario, catalogue: Catalogue): string {
  return [
    who(scenario, catalogue),
    ...stand(scenario),
    work(scenario, catalogue),
    weather(scenario.weather),
    ...connections(scenario, catalogue),
    ...trouble(scenario, catalogue),
    heal(scenario),
    judges(scenario, catalogue),
    outcome(scenario),
  ].join(" ");
}

function who(scenario: Scenario, catalogue: Catalogue): string {
  const { protocol, mutant } = scenario;
  const servers = scenario.servers.filter(({ spare }) => spare === undefined);
  const spare = scenario.servers.length - servers.length;
  const roles = [...new Set(servers.map(({ role }) => role))];
  const counted = (role: string): number => servers.filter((server) => server.role === role).length;
  const { roles: all, mutants } = protocolOf(scenario, catalogue);
  const members = all.length === 1 ? plural(servers.length, "node") : list(roles.map((role) => plural(counted(role), role)));
  const nodes = spare === 0 ? members : `${members}, with ${plural(spare, "spare")} beside them,`;
  const run = servers.length === 1 ? "runs" : "run";
  if (mutant === undefined) return `${capital(nodes)} ${run} ${protocol}.`;
  const breaks = mutants.find(({ name }) => name === mutant)?.breaks.replace(/\.$/, "");
  return `${capital(nodes)} ${run} ${protocol} in its wrong variant ${mutant}: ${breaks}.`;
}

function stand({ zones }: Scenario): string[] {
  if (zones === undefined) return [];
  const all = Object.entries(zones).map(([zone, nodes]) => `${zone} (${nodes.join(", ")})`);
  return [`They stand in ${all.length === 1 ? "the zone" : "the zones"} ${list(all)}.`];
}

function work(scenario: Scenario, catalogue: Catalogue): string {
  const { clients, explicit } = scenario;
  const { name, settings } = scenario.workload;
  const many = plural(clients.length, "client");
  if (explicit !== undefined) {
    return `${capital(many)} ${clients.length === 1 ? "does" : "do"} exactly the ${plural(explicit.plan.operations.length, "operation")} of its plan, under the weather of seed ${explicit.seed}.`;
  }
  const { within: _within, ...others } = settings as Readonly<Record<string, unknown>>;
  const withinUs = workloadOf(scenario, catalogue).withinUs(settings);
  return `${capital(many)} ${clients.length === 1 ? "works" : "work"} for ${formatUs(withinUs)} on the workload ${name} (${inWords(others)}).`;
}

/** { keys: 3, mix: { read: 5 } } as "keys 3, mix (read 5)". */
function inWords(value: object): string {
  return Object.entries(value)
    .map(([key, field]) => {
      if (Array.isArray(field)) return `${key} ${field.flat().join(", ")}`;
      return typeof field === "object" && field !== null ? `${key} (${inWords(field)})` : `${key} ${String(field)}`;
    })
    .join(", ");
}

function weather({ latency, lossPpm, duplicatePpm }: Weather): string {
  const lost = [
    ...(lossPpm === 0 ? [] : [`${formatShare(lossPpm)} are lost`]),
    ...(duplicatePpm === 0 ? [] : [`${formatShare(duplicatePpm)} arrive twice`]),
  ];
  return `Messages take ${travel(latency)}${lost.length === 0 ? ", and none is lost" : `; ${list(lost)}`}.`;
}

function connections(scenario: Scenario, catalogue: Catalogue): string[] {
  if (protocolOf(scenario, catalogue).transport !== "stream") return [];
  const { streamTimeoutUs } = scenario;
  const after = streamTimeoutUs === undefined ? "" : ` of ${formatUs(streamTimeoutUs)}`;
  return [`Servers speak over connections, on which what is lost is sent again, and which break after a silence${after}.`];
}

function travel(latency: Weather["latency"]): string {
  switch (latency.kind) {
    case "constant":
      return formatUs(latency.us);
    case "uniform":
      return span(latency);
    case "exponential":
      return `at least ${formatUs(latency.minUs)} and ${formatUs(latency.meanUs)} more on average`;
    case "heavy-tail":
      return `${formatUs(latency.medianUs)} in the median, but now and then up to ${formatUs(latency.maxUs)}`;
  }
}

function trouble({ faults }: Scenario, catalogue: Catalogue): string[] {
  if (faults.length === 0) return ["Nothing goes wrong."];
  const first = (item: FaultItem): boolean => faults.find(({ fault }) => fault === item.fault) === item;
  return faults.map((item) => {
    const { [item.fault]: target, ...own } = item.item as Readonly<Record<string, unknown>>;
    const more = Object.keys(own).length === 0 ? "" : ` (${inWords(own)})`;
    const what = `${item.fault} ${typeof target === "object" ? inWords({ "": target }).trim() : String(target)}${more}`;
    const named = item.id.startsWith(`${item.fault}-`) ? `The fault ${what}` : `The fault ${item.id}, ${what},`;
    const length = item.for === undefined ? "" : ` and lasts ${span(item.for)}`;
    const doc = first(item) ? ` ${capital(item.fault)}: ${lower(faultOf(item.fault, catalogue).doc)}` : "";
    return `${named} happens ${moment(item)}${length}.${doc}`;
  });
}

function moment({ when }: FaultItem): string {
  if ("at" in when)
    return when.at.maxUs === 0
      ? "from the start"
      : when.at.minUs === when.at.maxUs
        ? `at ${formatUs(when.at.minUs)}`
        : `once, between ${formatUs(when.at.minUs)} and ${formatUs(when.at.maxUs)}`;
  if ("every" in when) return `again and again, every ${span(when.every)}`;
  if ("enumerate" in when) return `${when.enumerate.place} every single effect of its target, each in a run of its own`;
  return named(when.moment);
}

const happenings = {
  send: (name: string) => `${name} is sent`,
  receive: (name: string) => `${name} arrives`,
  write: (name: string) => `${name} is written to disk`,
  sync: () => "the disk is synced",
  reply: (name: string) => `the answer ${name} is given`,
  timer: (name: string) => `the timer ${name} fires`,
  fact: (name: string) => `the fact ${name} is stated`,
  effect: () => "anything takes effect",
} as const;

function named({ place, what, name, by, nth }: MomentRange): string {
  const where = by === undefined ? "" : ` at ${by}`;
  const which =
    nth.min === nth.max
      ? nth.min === 1
        ? "for the first time"
        : `for the ${ordinal(nth.min)} time`
      : `for the nth time, with n from ${nth.min} to ${nth.max}`;
  return `${place === "before" ? "just before" : place === "after" ? "just after" : "when"} ${happenings[what](name ?? "anything")}${where} ${which}`;
}

function heal({ settleUs, faults }: Scenario): string {
  const then = faults.length === 0 ? "At the end" : "Then everything heals:";
  return `${then} every client must be answered within ${formatUs(settleUs)}.`;
}

function judges(scenario: Scenario, catalogue: Catalogue): string {
  const { invariants } = protocolOf(scenario, catalogue);
  const { name } = scenario.workload;
  const said = scenario.check.flatMap((check) => {
    if (check === "linearizable")
      return [`linearizability (the answers fit one order of all operations, within real time, on the model of ${name})`];
    const stated = check === "invariants" ? invariants : invariants.filter((invariant) => invariant.name === check);
    return stated.map((invariant) => `${invariant.name} (${lower(invariant.states).replace(/\.$/, "")})`);
  });
  if (said.length === 0) return "Nothing else is judged.";
  return `It is judged by ${list(said)}.`;
}

function outcome(scenario: Scenario): string {
  const { expect, runs, explicit } = scenario;
  if (expect.kind === "violation") {
    const which =
      { any: "any violation", invariants: "a violation of some invariant" }[expect.check] ?? `a violation of ${expect.check}`;
    return explicit === undefined ? `Expected is ${which}, within ${plural(expect.within, "run")}.` : `Expected is ${which}.`;
  }
  if (explicit !== undefined) return "Expected is that nothing is violated.";
  return `Expected is that nothing is violated in ${plural(runs, "run")}${proof(scenario)}.`;
}

/** What keeps a campaign without a violation from being green. */
function proof({ require, reach, faults, limits }: Scenario): string {
  const needs = [
    ...(require.answeredPpm === 0 ? [] : [`${formatShare(require.answeredPpm)} of the operations are answered`]),
    ...(faults.length === 0 ? [] : [faults.length === 1 ? "the fault has an effect" : "each of the faults has an effect"]),
    ...reach.map((goal) => `some run reaches "${goal}"`),
  ];
  const shown = needs.length === 0 ? "" : `; they prove something only if ${list(needs)}`;
  return limits.length === 0 ? shown : `${shown}; and it may cost at the most ${list(limits.map(cost))}`;
}

function cost(limit: Limit): string {
  return `${limitName(limit)} ${limit.figure === "messages" ? String(limit.most) : formatUs(limit.most)}`;
}

function span(range: RangeUs): string {
  return range.minUs === range.maxUs ? formatUs(range.minUs) : formatRange(range).replace("..", " to ");
}

function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** As a part of a sentence; names in capitals stay. */
function lower(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
