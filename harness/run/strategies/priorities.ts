/**
 * Which message overtakes which, by priorities: PCT (Burckhardt et al. 2010) with links as its chains, and partial-order sampling
 * (Yuan et al. 2018) with a priority for each message. Low priority means late within the weather's own range, high means early.
 */

import type { PlannedFault } from "../../faults/fault.ts";
import { formatLink } from "../../faults/links.ts";
import type { NodeId } from "../../protocol.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Toward } from "../../sim/bias.ts";
import type { Chance } from "./chance.ts";
import { withFaults } from "./groups.ts";
import type { Strategy } from "./strategy.ts";

/** What the items of a strategy are called, with a number behind. */
const biasName = "order";

/** A few links are late for a long while, until the next of at most four change points, when others are. */
export const pct: Strategy = ({ scenario }) => {
  const links = linksOf(scenario);
  return (plan, chance) => {
    if (links.length === 0) return plan;
    const changes = chance.between(0, 3);
    const times = [0, ...Array.from({ length: changes }, () => chance.between(1, plan.healAtUs)).sort((a, b) => a - b)];
    const faults = times.flatMap((atUs, i) => {
      const forUs = (times[i + 1] ?? plan.healAtUs) - atUs;
      if (forUs < 1) return [];
      const low = lowest(scenario, links, chance);
      return [item(`${biasName}.${i + 1}`, atUs, forUs, low, "late")];
    });
    return withFaults(plan, [...plan.faults, ...faults]);
  };
};

/** Bursts in which every message is late or early. */
export const pos: Strategy = ({ scenario }) => {
  const links = linksOf(scenario);
  return (plan, chance) => {
    if (links.length === 0) return plan;
    const bursts = chance.between(1, 4);
    const among = chance.odds(50) ? links : links.filter(({ inside }) => inside);
    if (among.length === 0) return plan;
    const faults = Array.from({ length: bursts }, (_, i) => {
      const atUs = chance.between(0, plan.healAtUs - 1);
      const forUs = Math.min(plan.healAtUs - atUs, Math.max(1, chance.between(1, Math.floor(plan.healAtUs / bursts))));
      return item(`${biasName}.${i + 1}`, atUs, forUs, among, "either");
    });
    return withFaults(plan, [...plan.faults, ...faults]);
  };
};

interface Way {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Between two servers. */
  readonly inside: boolean;
}

function linksOf({ servers, clients, weather }: Scenario): readonly Way[] {
  if (weather.latency.kind === "constant" && (weather.links ?? []).length === 0) return [];
  const names = servers.map(({ id }) => id);
  const inside = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to, inside: true })));
  const outside = clients.flatMap((client) =>
    names.flatMap((server) => [
      { from: client, to: server, inside: false },
      { from: server, to: client, inside: false },
    ]),
  );
  return [...inside, ...outside];
}

/** Links of the lowest priority: some, all out of a node, or all into one. */
function lowest({ servers, clients }: Scenario, links: readonly Way[], chance: Chance): readonly Way[] {
  const kind = chance.between(0, 2);
  if (kind === 0) return chance.some(links, Math.max(1, Math.floor(links.length / chance.pick([2, 4, 8, links.length]))));
  const node = chance.pick([...servers.map(({ id }) => id), ...servers.map(({ id }) => id), ...clients]);
  return links.filter(({ from, to }) => (kind === 1 ? from : to) === node);
}

function item(id: string, atUs: number, forUs: number, links: readonly Way[], toward: Toward): PlannedFault {
  return { id, fault: "bias", atUs, forUs, params: { links: links.map(formatLink), toward } };
}
