/**
 * Every effect of a run is tried as the point at which its node crashes. First one of each kind, then the next of each, and half of
 * these runs go to where something has been told that need not be on the disk: what is told too early is found by that and not by luck.
 * As it may matter only while those who were told are out of reach, a kind that comes again comes with such a fault of the scenario.
 * Between them what was decided, or refused, before a crash is asked again after it: what was never written down shows only then.
 * Every third run keeps the scenario's own crashes beside the one that is tried.
 */

import type { NodeId } from "../../protocol.ts";
import type { Plan } from "../../scenario/scenario.ts";
import { Chance } from "./chance.ts";
import { comeback, refused } from "./comebacks.ts";
import { beside, briefCrashAt, briefest, type CrashPoint, crashAt, Recorder, withoutCrashes } from "./deviations.ts";
import { type Rivalry, rivalries, rivalry } from "./rivals.ts";
import { isLoose, shaken } from "./shaken.ts";
import type { Site, Strategy } from "./strategy.ts";

/** What the crash of each run is called. */
const crashPointName = "point";

/** Seeds that share their plan and their weather: so many points of one run are tried before it is the turn of the next run. */
export const pointsOfARun = 1_000;

/** One way in which a run may differ from its base; none when that cannot be made of it. */
type Trial = (id: string, chance: Chance, seed: number) => Plan | undefined;

export const crashPoints: Strategy = (site) => {
  let root = Number.NaN;
  let orders: readonly (readonly Trial[])[] = [];
  return (plan, chance, seed) => {
    const now = Math.floor((seed - 1) / pointsOfARun);
    if (now !== root) {
      root = now;
      orders = [withoutCrashes(site.scenario, plan), plan].map((base, i) =>
        trials(site, base, seed, i > 0, new Chance("crash-points order", now, i)),
      );
    }
    const index = (((seed - 1) % pointsOfARun) + pointsOfARun) % pointsOfARun;
    const third = Math.floor(index / 3);
    // Mostly with no other crash, so that it is this one that is found; else with the scenario's own, for what takes several.
    const [order, nth] = index % 3 === 2 ? [orders[1]!, third] : [orders[0]!, index - third];
    return order[nth % order.length]?.(`${crashPointName}.${index + 1}`, chance, seed) ?? plan;
  };
};

/** By turns; exposed points over and over, and all only where a fault of the scenario may fall. */
function trials(site: Site, base: Plan, seed: number, others: boolean, chance: Chance): readonly Trial[] {
  const recorder = new Recorder();
  site.dry(seed, base, recorder.scout);
  const fall = new Map<NodeId, boolean>();
  const may = ({ node }: { readonly node: NodeId }): boolean => {
    if (!fall.has(node)) fall.set(node, briefest(site, node, chance) !== undefined);
    return fall.get(node)!;
  };
  // Nothing falls any more once everything has healed.
  const points = recorder.points.filter((point) => !point.idle && point.atUs < base.healAtUs && may(point));
  const inputs = recorder.inputs.filter((input) => input.atUs < base.healAtUs && may(input));
  const told = byKind(
    points.filter(({ exposed }) => exposed),
    chance,
  );
  const safe = byKind(
    points.filter(({ exposed }) => !exposed),
    chance,
  );
  const both = rivalries(site, inputs);
  const rivals = byKind(
    both.filter(({ rival }) => rival !== undefined),
    chance,
  );
  const alone = byKind(
    both.filter(({ rival }) => rival === undefined),
    chance,
  );
  const refusals = byKind(
    refused(inputs).map((input) => ({ ...input, kind: input.handler })),
    chance,
  );
  const loose = byKind(points.filter(isLoose), chance);
  const order: Trial[] = [];
  const falls = ({ one, again }: Turn<CrashPoint>): void =>
    void order.push((id, own) => crashing(site, base, one, again, id, own));
  const asks = (turn: Turn<Rivalry> | undefined): void => {
    if (turn !== undefined) order.push((id, own, at) => contested(site, base, at, turn.one, id, own));
  };
  for (let i = 0; i < pointsOfARun; i++) {
    const exposed = told[i % told.length];
    if (exposed !== undefined) falls({ ...exposed, again: exposed.again || i >= told.length });
    safe.slice(i, i + 1).forEach(falls);
    // What else goes wrong there leaves less of what was meant.
    if (others) continue;
    asks(i % 3 === 2 ? alone[Math.floor(i / 3) % alone.length] : rivals[(i - Math.floor(i / 3)) % rivals.length]);
    const half = i >> 1;
    const refusal = i % 2 === 0 ? refusals[half % refusals.length]?.one : undefined;
    if (refusal !== undefined) order.push((id, own) => comeback(site, base, refusal, id, own));
    const several = i % 2 === 1 ? loose[half % loose.length]?.one : undefined;
    if (several !== undefined) order.push((id, own, at) => shaken(site, base, at, several, id, own));
  }
  return order;
}

/** Dry runs for one run: a rival does not always come of what was drawn for it. */
const attempts = 2;

function contested(site: Site, base: Plan, seed: number, both: Rivalry, id: string, chance: Chance): Plan | undefined {
  for (let i = 0; i < attempts; i++) {
    const plan = rivalry(site, base, seed, both, id, chance);
    if (plan !== undefined) return plan;
  }
  return comeback(site, base, both.input, id, chance);
}

/** A crash there, the first of its kind alone, the others with something beside. */
function crashing(site: Site, base: Plan, point: CrashPoint, again: boolean, id: string, chance: Chance): Plan | undefined {
  const fall = again && chance.odds(point.exposed ? 80 : 50) ? briefCrashAt : crashAt;
  const crash = fall(site, point, id, chance);
  if (crash === undefined) return undefined;
  const other = again ? beside(site, point, chance) : undefined;
  return { ...base, faults: [...(other === undefined ? [] : [other]), crash, ...base.faults] };
}

/** Whose turn it is, and whether one of its kind has had one. */
interface Turn<T> {
  readonly one: T;
  readonly again: boolean;
}

/** One of each kind, then another of each. */
function byKind<T extends { readonly kind: string }>(all: readonly T[], chance: Chance): readonly Turn<T>[] {
  const kinds = new Map<string, T[]>();
  for (const one of all) {
    const kind = kinds.get(one.kind);
    if (kind === undefined) kinds.set(one.kind, [one]);
    else kind.push(one);
  }
  const rows = [...kinds.values()].map((row) => chance.shuffled(row));
  const most = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: most }, (_, i) =>
    rows.flatMap((row) => (row[i] === undefined ? [] : { one: row[i], again: i > 0 })),
  ).flat();
}
