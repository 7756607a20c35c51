/**
 * Every effect of a run is tried as the point at which its node crashes. First one of each kind, then the next of each, and half of
 * the runs go to where something has been told that need not be on the disk: what is told too early is found by that and not by luck.
 * As it may matter only while those who were told are out of reach, a kind that comes again comes with such a fault of the scenario. Every
 * third run keeps the scenario's own crashes beside it.
 */

import type { Plan } from "../../scenario/scenario.ts";
import { Chance } from "./chance.ts";
import { beside, briefCrashAt, type CrashPoint, crashAt, Recorder, withoutCrashes } from "./deviations.ts";
import type { Site, Strategy } from "./strategy.ts";

/** What the crash of each run is called. */
const crashPointName = "point";

/** Seeds that share their plan and their weather: so many points of one run are tried before it is the turn of the next run. */
export const pointsOfARun = 1_000;

/** A point in the order in which they are tried. */
interface Trial {
  readonly point: CrashPoint;
  /** Its kind has been tried, with nothing else going wrong. */
  readonly again: boolean;
}

/** A run to which one crash is added, and where. */
interface Base {
  readonly plan: Plan;
  readonly order: readonly Trial[];
}

export const crashPoints: Strategy = (site) => {
  let root = Number.NaN;
  let bases: readonly Base[] = [];
  return (plan, chance, seed) => {
    const now = Math.floor((seed - 1) / pointsOfARun);
    if (now !== root) {
      root = now;
      bases = [withoutCrashes(site.scenario, plan), plan].map((base, i) => ({
        plan: base,
        order: trials(site, base, seed, new Chance("crash-points order", now, i)),
      }));
    }
    const index = (((seed - 1) % pointsOfARun) + pointsOfARun) % pointsOfARun;
    const third = Math.floor(index / 3);
    // Mostly with no other crash, so that it is this one that is found; else with the scenario's own, for what takes several.
    const [{ plan: base, order }, nth] = index % 3 === 2 ? [bases[1]!, third] : [bases[0]!, index - third];
    if (order.length === 0) return plan;
    const { point, again } = order[nth % order.length]!;
    const fall = again && chance.odds(point.exposed ? 80 : 50) ? briefCrashAt : crashAt;
    const crash = fall(site, point, `${crashPointName}.${index + 1}`, chance);
    if (crash === undefined) return plan;
    const other = again ? beside(site, point, chance) : undefined;
    return { ...base, faults: [...(other === undefined ? [] : [other]), crash, ...base.faults] };
  };
};

/** Exposed points and the others by turns; exposed ones over and over, and all only where a fault of the scenario may fall. */
function trials(site: Site, base: Plan, seed: number, chance: Chance): readonly Trial[] {
  const recorder = new Recorder();
  site.dry(seed, base, recorder.scout);
  const fall = new Map<string, boolean>();
  const may = (point: CrashPoint): boolean => {
    if (!fall.has(point.node)) fall.set(point.node, crashAt(site, point, "", chance) !== undefined);
    return fall.get(point.node)!;
  };
  const points = recorder.points.filter((point) => !point.idle && may(point));
  const told = points.filter(({ exposed }) => exposed);
  const safe = points.filter(({ exposed }) => !exposed);
  const [exposed, others] = [byKind(told, chance), byKind(safe, chance)];
  if (exposed.length === 0) return others;
  const order: Trial[] = [];
  for (let i = 0; order.length < pointsOfARun; i++) {
    const trial = exposed[i % exposed.length]!;
    order.push(i < exposed.length ? trial : { ...trial, again: true }, ...others.slice(i, i + 1));
  }
  return order;
}

/** One of each kind, then another of each. */
function byKind(points: readonly CrashPoint[], chance: Chance): readonly Trial[] {
  const kinds = new Map<string, CrashPoint[]>();
  for (const point of points) {
    const kind = kinds.get(point.kind);
    if (kind === undefined) kinds.set(point.kind, [point]);
    else kind.push(point);
  }
  const rows = [...kinds.values()].map((all) => chance.shuffled(all));
  const most = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: most }, (_, i) =>
    rows.flatMap((row) => (row[i] === undefined ? [] : { point: row[i], again: i > 0 })),
  ).flat();
}
