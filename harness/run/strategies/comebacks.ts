/**
 * A node that refused something, or did nothing about it, is down before that comes and back just in time: whatever it went by, it goes by
 * its disk now. As it may matter for a short while only, what clients would have asked shortly before is asked shortly after it.
 */

import type { Plan } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { briefest, type Input } from "./deviations.ts";
import type { Site } from "./strategy.ts";

/** Messages about which a node wrote nothing, though it does about others of their kind. */
export function refused(inputs: readonly Input[]): readonly Input[] {
  const written = new Set(inputs.filter(({ writes }) => writes).map(({ handler }) => handler));
  return inputs.filter(({ writes, handler, isRequest }) => !writes && !isRequest && written.has(handler));
}

/** The node falls, and is back just before this comes. */
export function comeback(site: Site, base: Plan, { node, atUs }: Input, id: string, chance: Chance): Plan | undefined {
  const drawn = briefest(site, node, chance);
  if (drawn?.forUs === undefined || drawn.forUs >= atUs) return undefined;
  const crash = { id, atUs: atUs - drawn.forUs - 1, ...drawn };
  return { ...base, operations: postponed(base, atUs, chance), faults: [crash, ...base.faults] };
}

/** At the most so long it is quiet before, and so long it is busy afterwards. */
const quietUs = 1_500_000;
const busyUs = 200_000;

/** Operations that were to come in some time before this moment come in a shorter one behind it. */
function postponed({ operations }: Plan, atUs: number, chance: Chance): Plan["operations"] {
  const lastUs = Math.max(0, ...operations.map((one) => one.atUs));
  if (lastUs < atUs) return operations;
  const fromUs = atUs - chance.between(0, quietUs);
  const untilUs = Math.min(atUs + busyUs, lastUs);
  return operations
    .map((one) => (one.atUs >= fromUs && one.atUs < atUs ? { ...one, atUs: chance.between(atUs, untilUs) } : one))
    .toSorted((one, other) => one.atUs - other.atUs);
}
