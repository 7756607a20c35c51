/** A smaller cluster: clients with what they ask, then servers, alone and two at a time. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Weather } from "../../sim/index.ts";
import type { Prepared } from "../once.ts";
import type { Candidate, Search } from "./search.ts";

/** Of no more than these every one is tried. */
const fewServers = 3;

/** Each client with its operations; or its operations asked by another one. */
export function clients(search: Search): void {
  for (const client of [...search.best.scenario.clients].reverse()) {
    const { clients: all } = search.best.scenario;
    if (all.length === 1) return;
    if (search.once(`without ${client}`, withoutClient(search.prepared, search.best, client))) continue;
    const { operations } = search.best.plan;
    if (!operations.some((op) => op.client === client)) continue;
    for (const heir of all.filter((other) => other !== client)) {
      const less = withoutClient(search.prepared, search.best, client);
      const moved = operations.map((op) => (op.client === client ? { ...op, client: heir } : op));
      if (search.once(`${heir} for ${client}`, { ...less, plan: { ...less.plan, operations: moved } })) break;
    }
  }
}

/** Two servers less, or one: an odd cluster often fails only as an odd one. */
export function servers(search: Search): void {
  for (const count of [2, 1]) {
    for (let removed = true; removed; ) {
      const ids = search.best.scenario.servers.map(({ id }) => id).reverse();
      const groups = count === 1 ? ids.map((id) => [id]) : ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b]));
      removed = groups.some((group) => {
        const less = withoutServers(search.prepared, search.best, group);
        return less !== undefined && search.once(`without ${group.join(", ")}`, less);
      });
    }
  }
}

/** As `servers`, each role on its own; where there are many, only the last ones: another weather makes them all alike. */
export function fewerServers(search: Search, tries: (candidate: Candidate) => boolean): void {
  for (const { name } of search.prepared.protocol.roles) {
    for (const count of [2, 1]) {
      for (let removed = true; removed; ) {
        const ids = search.best.scenario.servers.filter(({ role }) => role === name).map(({ id }) => id);
        const groups = count === 1 ? ids.map((id) => [id]) : ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b]));
        removed = groups.slice(ids.length > fewServers ? -1 : 0).some((group) => {
          const less = withoutServers(search.prepared, search.best, group);
          return less !== undefined && tries(less);
        });
      }
    }
  }
}

export function withoutClient(prepared: Prepared, candidate: Candidate, client: string): Candidate {
  const less = withoutNodes(prepared, candidate, new Set([client]));
  const operations = less.plan.operations.filter((op) => op.client !== client);
  const left = less.scenario.clients.filter((other) => other !== client);
  return { ...less, scenario: { ...less.scenario, clients: left }, plan: { ...less.plan, operations } };
}

/** Undefined when the protocol needs more servers than would be left. */
export function withoutServers(prepared: Prepared, candidate: Candidate, group: readonly string[]): Candidate | undefined {
  const gone = new Set(group);
  const left = candidate.scenario.servers.filter(({ id }) => !gone.has(id));
  if (!roomFor(prepared, left)) return undefined;
  const less = withoutNodes(prepared, candidate, gone);
  return { ...less, scenario: { ...less.scenario, servers: left } };
}

function roomFor({ protocol }: Prepared, servers: Scenario["servers"]): boolean {
  const members = (role: string): number => servers.filter((server) => server.role === role && server.spare === undefined).length;
  return protocol.roles.every(({ name, min }) => members(name) >= min) && servers.length > 0;
}

function withoutNodes(prepared: Prepared, candidate: Candidate, gone: ReadonlySet<string>): Candidate {
  const faults = candidate.plan.faults.flatMap((planned): PlannedFault[] => {
    const params = prepared.faults.get(planned.fault)!.without(planned.params, gone);
    return params === undefined ? [] : [{ ...planned, params }];
  });
  const weather = weatherWithout(candidate.scenario.weather, gone);
  return { ...candidate, scenario: { ...candidate.scenario, weather }, plan: { ...candidate.plan, faults } };
}

function weatherWithout({ links, ...weather }: Weather, gone: ReadonlySet<string>): Weather {
  const left = links?.filter(({ from, to }) => !gone.has(from) && !gone.has(to)) ?? [];
  return left.length === 0 ? weather : { ...weather, links: left };
}
