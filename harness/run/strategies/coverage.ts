/**
 * Guided by coverage: plans in whose runs something new happened are kept, and changed a little to make the next ones.
 *
 * What counts is how handlers follow each other at a node: (role, handler, the kinds and names of its effects), and the one before; and
 * in which classes of states a node handles what: (role, message or timer, the class of its `inspect()` as the handler finds it). The
 * seeds are cut into slices, and each has a corpus of its own that grows along its seeds: so a plan depends on nothing but the scenario
 * and the seed, whoever runs it, and a part of a campaign is the same as in the whole. Who begins in the middle of a slice plays its
 * first runs again, unheard.
 */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Plan } from "../../scenario/scenario.ts";
import { finish, hashText, mix, momentOf } from "../../sim/index.ts";
import { Chance } from "./chance.ts";
import { grouped, withFaults } from "./groups.ts";
import { StateClasses } from "./state-class.ts";
import type { Site, Transform } from "./strategy.ts";

/** So many seeds have a corpus in common. A multiple of what a worker gets at once would leave workers idle; fewer learn nothing. */
export const sliceOfCoverage = 250;
/** Of these first runs of a slice every plan is a fresh one. */
const fresh = 20;
/** Plans that a corpus holds: of more the oldest go. */
const mostKept = 40;

interface Kept {
  readonly plan: Plan;
  /** How much was new in its run, halved each time that it was changed. */
  energy: number;
}

/** What has happened in the runs of a slice. */
class Slice {
  readonly number: number;
  readonly plans: Plan[] = [];
  readonly corpus: Kept[] = [];
  private readonly seen = new Set<number>();

  constructor(number: number) {
    this.number = number;
  }

  /** The plan was run, and these happened. */
  learn(plan: Plan, features: ReadonlySet<number>): void {
    let news = 0;
    for (const feature of features) {
      if (this.seen.has(feature)) continue;
      this.seen.add(feature);
      news++;
    }
    if (news === 0) return;
    this.corpus.push({ plan, energy: news });
    if (this.corpus.length > mostKept) this.corpus.shift();
  }
}

/** `other` makes fresh plans. */
export function coverage(site: Site, drawn: (seed: number) => Plan, other: Transform): Transform {
  let slice: Slice | undefined;
  const made = (seed: number): Plan => other(drawn(seed), new Chance("coverage fresh", seed), seed);
  return (_plan, _chance, seed) => {
    const number = Math.floor((seed - 1) / sliceOfCoverage);
    if (slice?.number !== number) slice = new Slice(number);
    const first = number * sliceOfCoverage + 1;
    for (let at = slice.plans.length; at <= seed - first; at++) {
      const before = slice.plans[at - 1];
      if (before !== undefined) slice.learn(before, featuresOf(site, first + at - 1, before));
      const chance = new Chance("coverage", first + at);
      const plan =
        at < fresh || slice.corpus.length === 0 || chance.odds(30)
          ? made(first + at)
          : changed(site, slice, made(first + at), chance);
      slice.plans.push(plan);
    }
    return slice.plans[seed - first]!;
  };
}

/** Apart from pairs of handlers. */
const inState = hashText("in a class of states");

/** What happened in the run of a plan, as hashes. */
export function featuresOf(site: Site, seed: number, plan: Plan): ReadonlySet<number> {
  const roles = new Map(site.scenario.servers.map(({ id, role }) => [id, hashText(role)]));
  const classes = new StateClasses([...site.scenario.servers.map(({ id }) => id), ...site.scenario.clients]);
  const last = new Map<string, number>();
  const states = new Map<string, number>();
  const counts = new Map<number, number>();
  const features = new Set<number>();
  site.dry(seed, plan, (node, handler, { count, kinds, subjects, details, numbers }, handled) => {
    // Nothing but handlers changes a state: this one found what the one before has left. One that starts, what has fallen.
    const role = roles.get(node.id) ?? 0;
    features.add(finish(mix(mix(mix(inState, role), hashText(typeOf(handler))), states.get(node.id) ?? 0)));
    states.set(node.id, classes.of(handled, node.id));
    let hash = mix(role, hashText(handler));
    let before = 0;
    for (let i = 0; i < count; i++) {
      const moment = momentOf(kinds[i]!, subjects[i], details[i], numbers[i]!);
      const name = moment === undefined ? 0 : mix(hashText(moment.what), hashText(moment.name));
      // A broadcast to few or to many is one thing.
      if (name !== 0 && name !== before) hash = mix(hash, name);
      before = name;
    }
    const pair = finish(mix(last.get(node.id) ?? 0, hash));
    last.set(node.id, hash);
    const times = (counts.get(pair) ?? 0) + 1;
    counts.set(pair, times);
    // Once, and again when it has come twice, four times, eight times ... in one run.
    if ((times & (times - 1)) === 0) features.add(finish(mix(pair, times)));
  });
  return features;
}

/** A message's or timer's name without the ids in it: "timer hold c1#7" and "timer hold c2#9" are of one type. */
function typeOf(handler: string): string {
  return handler.replace(/\d+/g, "0");
}

/** One of the corpus with a few of its faults left out, moved, drawn again, or taken from a fresh plan. */
function changed(site: Site, slice: Slice, other: Plan, chance: Chance): Plan {
  const total = slice.corpus.reduce((sum, { energy }) => sum + energy, 0);
  let left = chance.between(1, total);
  const parent = slice.corpus.find(({ energy }) => {
    left -= energy;
    return left <= 0;
  })!;
  parent.energy = Math.max(1, parent.energy >> 1);
  const { groups, rest } = grouped(site.scenario, parent.plan);
  const fresher = new Map(grouped(site.scenario, other).groups.map((group) => [group.item.id, group.faults]));
  const rate = chance.pick([5, 20, 50]);
  const faults = groups.flatMap(({ item, faults: all }): readonly PlannedFault[] => {
    // A splice: this item as the fresh plan has it.
    if (chance.odds(15)) return fresher.get(item.id) ?? all;
    return all.flatMap((fault) => {
      if (!chance.odds(rate)) return [fault];
      const what = chance.between(0, 3);
      if (what === 0) return [];
      if (what === 1) return [{ ...fault, params: source(site, fault, item.id, chance) }];
      if (what === 2 && fault.moment !== undefined)
        return [{ ...fault, moment: { ...fault.moment, nth: Math.max(1, fault.moment.nth + chance.between(-2, 2)) } }];
      const forUs = site.source.lasting(chance.next, item.id);
      return [forUs === undefined ? fault : { ...fault, forUs }];
    });
  });
  const operations = chance.odds(20) ? other.operations : parent.plan.operations;
  return { ...withFaults(parent.plan, [...rest, ...faults]), operations };
}

/** Another target; where a crash falls inside a handler stays as it was. */
function source(site: Site, fault: PlannedFault, item: string, chance: Chance): PlannedFault["params"] {
  const params = site.source.params(chance.next, item);
  const { where } = fault.params;
  const { where: _, ...plain } = params;
  return where === undefined ? plain : { ...plain, where };
}
