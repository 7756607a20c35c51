/**
 * Every effect of a run is tried as the point at which its node crashes: first one of each kind, then the next of each. What is told
 * before it is on the disk is found by that and not by luck.
 */

import { Chance } from "./chance.ts";
import { type CrashPoint, crashAt, Recorder, withoutCrashes } from "./deviations.ts";
import type { Site, Strategy } from "./strategy.ts";

/** What the crash of each run is called. */
export const crashPointName = "point";

/** Seeds that share their plan and their weather: so many points of one run are tried before it is the turn of the next run. */
export const pointsOfARun = 1_000;

export const crashPoints: Strategy = (site) => {
  let root = Number.NaN;
  let order: readonly CrashPoint[] = [];
  return (plan, chance, seed) => {
    const base = withoutCrashes(site.scenario, plan);
    const now = Math.floor((seed - 1) / pointsOfARun);
    if (now !== root) {
      root = now;
      const recorder = new Recorder();
      site.dry(seed, base, recorder.scout);
      order = inOrder(recorder.points, site, new Chance("crash-points order", now));
    }
    if (order.length === 0) return plan;
    const index = (((seed - 1) % pointsOfARun) + pointsOfARun) % pointsOfARun;
    const crash = crashAt(site, order[index % order.length]!, `${crashPointName}.${index + 1}`, chance);
    return crash === undefined ? plan : { ...base, faults: [crash, ...base.faults] };
  };
};

/** One of each kind, then another of each; only points at which a fault of the scenario may fall. */
function inOrder(points: readonly CrashPoint[], site: Site, chance: Chance): readonly CrashPoint[] {
  const fall = new Map<string, boolean>();
  const may = ({ node }: CrashPoint): boolean => {
    if (!fall.has(node)) fall.set(node, crashAt(site, { node, nth: 1, kind: "" }, "", chance) !== undefined);
    return fall.get(node)!;
  };
  const kinds = new Map<string, CrashPoint[]>();
  for (const point of points) if (may(point)) kinds.set(point.kind, [...(kinds.get(point.kind) ?? []), point]);
  const rows = [...kinds.values()].map((all) => chance.shuffled(all));
  const most = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: most }, (_, i) => rows.flatMap((row) => row[i] ?? [])).flat();
}
