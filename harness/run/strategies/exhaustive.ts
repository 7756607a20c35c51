/**
 * Bounded exhaustive search, for tiny scenarios: of one run all schedules that differ from it in nothing, in one thing, in two ...,
 * where a thing is a crash before one of its effects, or a message that is held up. Like delay-bounded scheduling (Emmi et al. 2011).
 */

import type { PlannedFault } from "../../faults/fault.ts";
import { formatLink } from "../../faults/links.ts";
import type { Plan } from "../../scenario/scenario.ts";
import { formatShare } from "../../sim/units.ts";
import { Chance } from "./chance.ts";
import { crashAt, Recorder, type Sent, withoutRepeated } from "./deviations.ts";
import type { Site, Transform } from "./strategy.ts";

/** What the deviations of a run are called, with a number behind. */
const deviationName = "deviation";

export interface Exhaustive {
  readonly plan: Transform;
  /** How much of the space these runs are: "1,240 of 18,430 schedules with at most 2 deviations: 6.7%". */
  covered(baseSeed: number, runs: number): string;
}

export function exhaustive(site: Site, base: () => Plan): Exhaustive {
  let known: readonly PlannedFault[] | undefined;
  const space = (): readonly PlannedFault[] => {
    known ??= deviations(site, withoutRepeated(site.scenario, base()));
    return known;
  };
  return {
    plan: (plan, _chance, seed) => {
      const rest = withoutRepeated(site.scenario, plan);
      const chosen = combination(space().length, seed - 1).map((i) => space()[i]!);
      return { ...rest, faults: [...chosen, ...rest.faults] };
    },
    covered: (baseSeed, runs) => covered(space().length, baseSeed - 1, runs),
  };
}

/** Everything in which a run may differ from the base, in the order of the base. */
function deviations(site: Site, base: Plan): readonly PlannedFault[] {
  const recorder = new Recorder();
  site.dry(exhaustiveRoot, base, recorder.scout);
  const chance = new Chance("exhaustive", exhaustiveRoot);
  const id = (i: number): string => `${deviationName}.${i + 1}`;
  const crashes = recorder.points.map((point) => crashAt(site, point, "", chance));
  const late = recorder.sent.map((sent) => heldUp(site, sent, chance));
  return [...crashes, ...late].filter((fault) => fault !== undefined).map((fault, i) => ({ ...fault, id: id(i) }));
}

/** The seed whose weather all schedules share. */
export const exhaustiveRoot = 1;

/** The link is held just before the message is sent, as a hold of the scenario would; else the weather is as slow as it gets. */
function heldUp({ scenario, source }: Site, { from, to, type, nth }: Sent, chance: Chance): PlannedFault | undefined {
  if (from === to) return undefined;
  const links = [formatLink({ from, to })];
  const begins = {
    atUs: 0,
    moment: { place: "before", what: "send", ...(type === "" ? {} : { name: type }), by: from, nth },
  } as const;
  const item = scenario.faults.find(({ fault, when }) => fault === "hold" && "every" in when);
  if (item === undefined) {
    if (scenario.weather.latency.kind === "constant") return undefined;
    return { id: "", fault: "bias", ...begins, forUs: 1, params: { links, toward: "late" } };
  }
  const forUs = source.lasting(chance.next, item.id);
  return { id: "", fault: "hold", ...begins, ...(forUs === undefined ? {} : { forUs }), params: { links } };
}

/** n over k, exactly as long as anybody could wait for so many runs. */
function choose(n: number, k: number): number {
  let all = 1;
  for (let i = 1; i <= k; i++) all = (all * (n - k + i)) / i;
  return Math.round(all);
}

/** The set with this number, counted from 0: first the empty one, then single ones, then pairs ..., each in order. */
export function combination(n: number, index: number): readonly number[] {
  let left = index;
  let size = 0;
  while (size <= n && left >= choose(n, size)) left -= choose(n, size++);
  if (size > n) return [];
  const set: number[] = [];
  for (let next = 0; set.length < size; next++) {
    const with_ = choose(n - next - 1, size - set.length - 1);
    if (left < with_) set.push(next);
    else left -= with_;
  }
  return set;
}

function covered(n: number, from: number, runs: number): string {
  let most = 0;
  let all = 1;
  const until = from + runs;
  while (most < n && all < until) all += choose(n, ++most);
  const share = formatShare(Math.floor((Math.min(runs, all - from) / all) * 1_000_000));
  const things = most === 1 ? "1 deviation" : `${most} deviations`;
  return `${grouped(Math.min(runs, all))} of ${grouped(all)} schedules with at most ${things}: ${share}`;
}

function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
