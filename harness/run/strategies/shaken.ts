/**
 * What a crash leaves of several writes that no sync has covered is drawn by the millisecond: one and the same point leaves one and the same
 * part of them for ever. So the messages before it come a little sooner or later, and it is looked for again where it is then.
 */

import { formatLink } from "../../faults/links.ts";
import type { Plan } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { briefCrashAt, type CrashPoint, Recorder } from "./deviations.ts";
import { withFaults } from "./groups.ts";
import type { Site } from "./strategy.ts";

/** What moves the messages is called so. */
const shakenName = "shaken.1";
/** So long before the point it begins at the most, and so long it lasts. */
const nearUs = 300_000;

/** Several writes are about to be synced together: any part of them may be what is left. */
export function isLoose({ unsynced, kind }: CrashPoint): boolean {
  return unsynced > 1 && kind.endsWith("\nsync ");
}

/** The crash at such a point of a run that is a little different; none where the weather never differs. */
export function shaken(site: Site, base: Plan, seed: number, point: CrashPoint, id: string, chance: Chance): Plan | undefined {
  const { scenario } = site;
  if (scenario.weather.latency.kind === "constant") return undefined;
  const links = scenario.servers
    .filter((one) => one.id !== point.node)
    .map(({ id: from }) => formatLink({ from, to: point.node }));
  if (links.length === 0) return undefined;
  const bias = {
    id: shakenName,
    fault: "bias",
    atUs: Math.max(0, point.atUs - chance.between(1, nearUs)),
    forUs: chance.between(1, nearUs),
    params: { links, toward: chance.pick(["early", "late", "either"]) },
  };
  const plan = withFaults(base, [bias, ...base.faults]);
  const recorder = new Recorder();
  site.dry(seed, plan, recorder.scout);
  const apartUs = ({ atUs }: CrashPoint): number => Math.abs(atUs - point.atUs);
  const [nearest] = recorder.points
    .filter(({ node, kind }) => node === point.node && kind === point.kind)
    .toSorted((one, other) => apartUs(one) - apartUs(other));
  const crash = nearest === undefined ? undefined : briefCrashAt(site, nearest, id, chance);
  return crash === undefined ? undefined : { ...plan, faults: [crash, ...plan.faults] };
}
