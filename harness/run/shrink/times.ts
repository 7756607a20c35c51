/** Times: nothing waits longer than it must, crashes fall where they fell, and numbers are round. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { Plan } from "../../scenario/scenario.ts";
import { least, round } from "./numbers.ts";
import type { Candidate, Search } from "./search.ts";

/** A crash between two effects falls where chance put it: from here on it is written where that was. */
export function pinCrashes(search: Search): void {
  // One that waits for a named moment is exact already.
  pinned(search, ({ moment }) => moment === undefined);
}

/**
 * A crash at the so-and-so-manieth effect of its node: written where that was, as it counts all that came before, and would fall elsewhere
 * as soon as any of that is taken away.
 */
export function unnumbered(search: Search): void {
  pinned(search, ({ moment }) => moment?.what === "effect");
}

function pinned(search: Search, meant: (fault: PlannedFault) => boolean): void {
  const pinOf = ({ fault }: PlannedFault) => search.prepared.faults.get(fault)!.pin;
  if (!search.best.plan.faults.some((fault) => meant(fault) && pinOf(fault) !== undefined)) return;
  for (const record of search.trace()) {
    if (record.kind !== "crash" || record.cut === undefined) continue;
    const planned = search.fault(record.by);
    const pin = planned === undefined ? undefined : pinOf(planned);
    if (planned === undefined || !meant(planned) || pin === undefined) continue;
    const { moment: _, ...rest } = planned;
    const placed = { ...rest, params: pin(planned.params, record.cut) };
    if (!search.accepts(search.withFault({ ...placed, atUs: record.atUs }))) search.accepts(search.withFault(placed));
  }
}

/** Takes out time in which nothing is planned, as long as less happens then: all that comes later comes earlier. */
export function earlier(search: Search): void {
  for (let i = momentsOf(search.best.plan).length - 1; i >= 0; i--) {
    for (const share of [1, 2, 4]) {
      const moments = momentsOf(search.best.plan);
      if (i >= moments.length) break;
      const gap = Math.floor((moments[i]! - (moments[i - 1] ?? 0)) / share / 1_000) * 1_000;
      if (gap <= 0) break;
      const { events } = search.run;
      if (search.accepts(search.with(shifted(search.best.plan, moments[i]!, gap)), events - 1)) break;
    }
  }
}

/** Faults at an earlier moment, one at which something happened, as long as less happens then: by halves, as far as that leads. */
export function toMoments(search: Search): void {
  for (const { id, moment } of search.best.plan.faults) {
    if (moment !== undefined) continue;
    const untilUs = search.fault(id)!.atUs;
    const moments = [...new Set(search.trace().map(({ atUs }) => atUs))].filter((us) => us > 0 && us < untilUs);
    let [low, high] = [0, moments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { events } = search.run;
      // Just behind it: what happens at the same time has happened by then.
      const fault = { ...search.fault(id)!, atUs: moments[middle]! + 1 };
      if (search.accepts(search.withFault(fault), events - 1)) high = middle;
      else low = middle + 1;
    }
  }
}

/** Nothing is asked after a heal that comes only when all is over. */
function noHeal(search: Search): void {
  const { events, violation } = search.run;
  const healAtUs = violation!.atUs + 1_000;
  if (healAtUs > search.best.plan.healAtUs) search.accepts(search.with({ healAtUs }), events - 1);
}

function momentsOf({ operations, faults, healAtUs }: Plan): number[] {
  const begins = faults.filter(({ moment }) => moment === undefined).map(({ atUs }) => atUs);
  return [...new Set([...operations.map(({ atUs }) => atUs), ...begins, healAtUs])].sort((a, b) => a - b);
}

/** What is planned at or after `fromUs`, `byUs` earlier; a fault that lasts beyond that is so much shorter. */
function shifted({ operations, faults, healAtUs }: Plan, fromUs: number, byUs: number): Plan {
  const moved = (us: number): number => (us >= fromUs ? us - byUs : us);
  return {
    operations: operations.map((operation) => ({ ...operation, atUs: moved(operation.atUs) })),
    faults: faults.map((fault) => {
      if (fault.moment !== undefined) return fault;
      const { atUs, forUs } = fault;
      if (forUs === undefined || atUs >= fromUs || atUs + forUs < fromUs) return { ...fault, atUs: moved(atUs) };
      return { ...fault, forUs: Math.max(1_000, forUs - byUs) };
    }),
    healAtUs: moved(healAtUs),
  };
}

/** Nothing lasts longer than it must, and times are round. */
export function tidy(search: Search): void {
  const { events } = search.run;
  const healed = (healAtUs: number): Candidate => search.with({ healAtUs });
  for (const step of [1_000_000, 10_000]) least(search, search.best.plan.healAtUs, step, healed, step, events);
  for (const { id } of search.best.plan.faults) {
    const { moment, atUs, forUs } = search.fault(id)!;
    if (moment === undefined) round(search, atUs, (us) => search.withFault({ ...search.fault(id)!, atUs: us }));
    else least(search, moment.nth, 1, (nth) => search.withFault({ ...search.fault(id)!, moment: { ...moment, nth } }), 1);
    if (forUs !== undefined) round(search, forUs, (us) => search.withFault({ ...search.fault(id)!, forUs: us }));
  }
  for (const { id } of search.best.plan.operations)
    round(search, search.operation(id)!.atUs, (atUs) => search.withOperation({ ...search.operation(id)!, atUs }));
  noHeal(search);
  round(search, search.best.plan.healAtUs, (healAtUs) => search.with({ healAtUs }));
}
