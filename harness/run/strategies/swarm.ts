/**
 * Swarm (Groce et al. 2012): runs differ in which faults they are full of, and in how many clients and keys there are, so that none
 * drowns the others.
 */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Plan } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { type Group, grouped, withFaults } from "./groups.ts";
import type { Site, Strategy } from "./strategy.ts";

export const swarm: Strategy = (site) => (plan, chance) => fewerClients(site, crowds(site, plan, chance, briefly), chance);

/** How full of faults a run is: of a hundred items, so many are left out and so many stay as drawn; the others come often. */
export interface Crowd {
  readonly leftOut: number;
  readonly asDrawn: number;
  /** The shortest of three lengths, in the place of one. */
  readonly short: boolean;
}

/** Often and short: there are more beginnings and ends, and hardly less time in which work gets done. */
export const briefly: Crowd = { leftOut: 5, asDrawn: 5, short: true };

/** Each item by itself: left out, as drawn, or with gaps from the short end of their range. */
export function crowds(site: Site, plan: Plan, chance: Chance, { leftOut, asDrawn, short }: Crowd): Plan {
  const { groups, rest } = grouped(site.scenario, plan);
  const faults = groups.flatMap((group) => {
    const roll = chance.between(0, 99);
    if (roll < leftOut) return [];
    return roll < leftOut + asDrawn ? group.faults : crowded(site, group, plan.healAtUs, chance, short);
  });
  return withFaults(plan, [...rest, ...faults]);
}

/** Gaps as short as the item allows: as many occurrences as it may have, and none sooner than it may be. */
function crowded({ source }: Site, { item, faults }: Group, untilUs: number, chance: Chance, short: boolean): PlannedFault[] {
  const { minUs, maxUs } = item.when.every;
  const gap = (): number => chance.between(minUs, minUs + Math.floor((maxUs - minUs) / 500));
  const made: PlannedFault[] = [];
  // Items with gaps of one length keep in step: faults of different kinds that come together find more than the same ones apart.
  for (let atUs = gap(); atUs < untilUs; atUs += gap()) {
    const drawn = faults[made.length];
    const lengths = [drawn?.forUs, source.lasting(chance.next, item.id), source.lasting(chance.next, item.id)];
    const known = lengths.filter((us) => us !== undefined);
    const forUs = short ? shortest(known) : known[0];
    made.push({
      id: `${item.id}.${made.length + 1}`,
      fault: item.fault,
      atUs,
      ...(forUs === undefined ? {} : { forUs }),
      params: drawn?.params ?? source.params(chance.next, item.id),
    });
  }
  return made;
}

/** Now and then the operations of a part of the clients, or of one key. */
function fewerClients({ scenario, source }: Site, plan: Plan, chance: Chance): Plan {
  const all = scenario.clients.length;
  if (plan.operations.length === 0) return plan;
  const count = chance.odds(12) ? chance.between(Math.ceil(all / 2), all) : all;
  const settings = chance.odds(12) ? oneKey(scenario.workload.settings) : undefined;
  if (count === all && settings === undefined) return plan;
  return { ...plan, operations: source.operations(chance.next, chance.some(scenario.clients, count), settings) };
}

function oneKey(settings: unknown): unknown {
  const { keys } = settings as { readonly keys?: unknown };
  return typeof keys === "number" && keys > 1 ? { ...(settings as object), keys: 1 } : undefined;
}

function shortest(lengths: readonly number[]): number | undefined {
  return lengths.length === 0 ? undefined : Math.min(...lengths);
}
