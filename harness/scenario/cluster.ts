/** Who takes part: servers and spares with their names, clients and how they behave. */

import type { ClientPolicy, NodeId, Protocol, Role } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import { formatUs, parseDuration } from "../sim/units.ts";
import { found, type Path, type Report } from "./problems.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioFile } from "./schema.ts";

type Servers = Scenario["servers"];

/** More than anybody tests; a slip of the finger must not ask for a million. */
const most = 100;
const defaultClients = 3;

/** One role: n1, n2 ... Several: the role's name, numbered where there is more than one. An explicit scenario may give names. */
export function servers(file: ScenarioFile, { name, roles }: Protocol, report: Report): Servers {
  const asked = file.nodes;
  const only = roles.length === 1 ? roles[0] : undefined;
  if (typeof asked === "number" || Array.isArray(asked)) {
    if (only !== undefined) return ofRole(only, asked, ["nodes"], true, file, report);
    const example = roles.map((role) => `${role.name}: ${role.default}`).join(", ");
    report(["nodes"], `${name} has several roles: expected a number for each, found ${found(asked)}; write { ${example} }`);
    return [];
  }
  for (const role of Object.keys(asked ?? {})) {
    const known = roles.map(({ name }) => name);
    if (!known.includes(role)) report(["nodes", role], `${name} has no such role; ${didYouMean(role, known)}`, "key");
  }
  return roles.flatMap((role) => {
    const size = asked !== undefined && Object.hasOwn(asked, role.name) ? asked[role.name]! : role.default;
    return ofRole(role, size, ["nodes", role.name], only !== undefined, file, report);
  });
}

function ofRole(
  role: Role,
  size: number | readonly string[],
  path: Path,
  alone: boolean,
  file: ScenarioFile,
  report: Report,
): Servers {
  const length = typeof size === "number" ? size : size.length;
  const max = Math.min(role.max ?? most, most);
  const what = (number: number): string =>
    alone ? `${number} node${number === 1 ? "" : "s"}` : `${number} of the role ${role.name}`;
  if (length < role.min) report(path, `${file.protocol} needs at least ${what(role.min)}, found ${length}`);
  if (length > max) report(path, `${file.protocol} takes at most ${what(max)}, found ${length}`);
  if (typeof size !== "number") return listed(size, path, file, report).map((id) => ({ id, role: role.name }));
  const numbers = Array.from({ length: Math.min(size, most) }, (_, i) => i + 1);
  const id = (number: number): NodeId => (alone ? `n${number}` : size === 1 ? role.name : `${role.name}${number}`);
  return numbers.map((number) => ({ id: id(number), role: role.name }));
}

export function clients(file: ScenarioFile, report: Report): readonly NodeId[] {
  const asked = typeof file.clients === "object" ? file.clients : { count: file.clients };
  if (asked.count !== undefined && "names" in asked && asked.names !== undefined) {
    report(["clients", "names"], "expected count or names, found both; take one of them out", "key");
  }
  if ("names" in asked && asked.names !== undefined) return listed(asked.names, ["clients", "names"], file, report);
  const count = asked.count ?? defaultClients;
  if (count > most) report(["clients"], `expected at most ${most} clients, found ${count}`);
  return Array.from({ length: Math.min(count, most) }, (_, i) => `c${i + 1}`);
}

/** The zones as they are written, when each is a name of its own for nodes that there are, and no node stands in two. */
export function zones(file: ScenarioFile, nodes: readonly NodeId[], taken: readonly string[], report: Report): Scenario["zones"] {
  if (file.zones === undefined) return undefined;
  const all = Object.entries(file.zones);
  if (all.length === 0) report(["zones"], "no zone is named; write some, as in { a: [n1, n2], b: [n3] }, or take the key out");
  const where = new Map<NodeId, string>();
  for (const [zone, members] of all) {
    if (nodes.includes(zone) || taken.includes(zone))
      report(["zones", zone], `"${zone}" means something else to faults already; call the zone otherwise`, "key");
    for (const [i, node] of members.entries()) {
      const other = where.get(node);
      if (!nodes.includes(node))
        report(["zones", zone, i], `there is no node "${node}" in this cluster; ${didYouMean(node, nodes)}`);
      else if (other !== undefined) {
        const stands = other === zone ? "stands here twice; name it once" : `stands in the zone ${other} too; take it out of one`;
        report(["zones", zone, i], `${node} ${stands}`);
      }
      where.set(node, zone);
    }
  }
  return file.zones;
}

/** Servers that run and are no members, named on after the members of their role. */
export function spares(file: ScenarioFile, { name, roles }: Protocol, members: Servers, report: Report): Servers {
  const { spare: asked } = file;
  if (asked === undefined) return [];
  const taking = roles.filter((role) => role.spares === true);
  const [first] = taking;
  if (first === undefined) {
    report(["spare"], `${name} takes no spares: its members are the same from start to end; take the key out`, "key");
    return [];
  }
  if (typeof asked === "number" || Array.isArray(asked)) return ofSpares(first, asked, ["spare"]);
  return Object.entries(asked).flatMap(([role, size]) => {
    const found = taking.find((one) => one.name === role);
    const path = ["spare", role];
    if (found !== undefined) return ofSpares(found, size, path);
    const known = taking.map((one) => one.name);
    const why = roles.some((one) => one.name === role) ? "takes no spares in this role" : "has no such role";
    report(path, `${name} ${why}; ${didYouMean(role, known)}`, "key");
    return [];
  });

  function ofSpares(role: Role, size: number | readonly string[], path: Path): Servers {
    if (typeof size !== "number") return listed(size, path, file, report).map((id) => ({ id, role: role.name, spare: true }));
    if (size > most) report(path, `expected at most ${most} spares, found ${size}`);
    const before = members.filter((member) => member.role === role.name).length;
    const prefix = roles.length === 1 ? "n" : role.name;
    return Array.from({ length: Math.min(size, most) }, (_, i) => ({
      id: `${prefix}${before + i + 1}`,
      role: role.name,
      spare: true as const,
    }));
  }
}

function listed(names: readonly string[], path: Path, file: ScenarioFile, report: Report): readonly NodeId[] {
  if (file.format === undefined) {
    report(path, "expected a number, found a list of names, which only an explicit scenario (format: 1) has");
  }
  return names;
}

/** Every node has a name of its own, or the rest of the scenario means two things. */
export function checkNames(servers: Servers, clients: readonly NodeId[], report: Report): void {
  const names = [...servers.map(({ id }) => id), ...clients];
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  const path = clients.includes(twice) ? ["clients"] : ["nodes"];
  report(path, `two nodes of this cluster are called "${twice}"; give each a name of its own`);
}

/** The protocol's own policy, with what the scenario says otherwise. */
export function policy(file: ScenarioFile, protocol: Protocol, members: Servers, report: Report): ClientPolicy {
  const asked = clientPolicy(file, protocol.client, report);
  const role = asked.role ?? protocol.roles[0]!.name;
  const known = protocol.roles.map(({ name }) => name);
  if (!known.includes(role)) report(["clients", "role"], `${protocol.name} has no role "${role}"; ${didYouMean(role, known)}`);
  else if (members.length > 0 && protocol.createClient === undefined && !members.some((member) => member.role === role)) {
    report(["nodes"], `clients ask the role ${role}, and there is no node of it; give it one, or write clients: { role: ... }`);
  }
  return asked;
}

function clientPolicy(file: ScenarioFile, own: ClientPolicy, report: Report): ClientPolicy {
  if (typeof file.clients !== "object") return own;
  const { target, role, try: tried, timeout, retry } = file.clients;
  const timeoutMs = timeout === undefined ? own.timeoutMs : parseDuration(timeout)! / 1_000;
  const tryMs = tried === undefined ? Math.min(own.tryMs, timeoutMs) : parseDuration(tried)! / 1_000;
  for (const [key, text] of [["try", tried] as const, ["timeout", timeout] as const]) {
    if (text !== undefined && parseDuration(text) === 0) report(["clients", key], `expected a duration above 0, found ${text}`);
  }
  if (tryMs > timeoutMs) {
    const limit = `the whole operation, ${formatUs(Math.round(timeoutMs * 1_000))}`;
    report(
      ["clients", "try"],
      `one try may not take longer than ${limit}, found ${tried}; write a shorter one, or a longer timeout`,
    );
  }
  const whom = role === undefined ? {} : { role };
  return { ...own, ...whom, target: target ?? own.target, tryMs, timeoutMs, retry: retry ?? own.retry };
}
