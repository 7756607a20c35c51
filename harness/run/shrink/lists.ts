/** Taking operations and faults away: all at once, halves, quarters ... single ones, and at last two at a time. */

import type { PlannedFault } from "../../faults/fault.ts";
import type { PlannedOperation } from "../../workloads/workload.ts";
import type { Candidate, Search } from "./search.ts";

export type List = "faults" | "operations";
type Part = PlannedFault | PlannedOperation;
type Tries = (candidate: Candidate, act: string) => boolean;

/** More parts are not taken away in pairs: there would be too many. */
const mostPaired = 6;

/** What begins after the violation had no part in it (a violation of liveness is noticed at the very end), nor had a fault without an effect. */
export function afterTheFact(search: Search): void {
  const at = search.run.violation!.atUs;
  const { operations, faults, healAtUs } = search.best.plan;
  const { effects } = search.run;
  const idle = faults.filter(({ id }) => (effects[id] ?? 0) > 0);
  if (idle.length < faults.length) search.accepts(search.with({ faults: idle }));
  const left = search.best.plan.faults;
  const early = { operations: operations.filter((op) => op.atUs <= at), faults: left.filter((fault) => fault.atUs <= at) };
  if (early.operations.length === operations.length && early.faults.length === left.length && healAtUs <= at + 1) return;
  if (!search.accepts(search.with({ ...early, healAtUs: Math.min(healAtUs, at + 1) }))) search.accepts(search.with(early));
}

/** Delta debugging: nothing of it, one half, the other ...; then less and less is taken away, until no single part can go. */
export function thin(search: Search, which: List, tries: Tries = (candidate, act) => search.once(act, candidate)): void {
  roughly(search, which, tries);
  singly(search, which, tries);
}

/** As `thin`, as far as several parts go at once. */
export function roughly(search: Search, which: List, tries: Tries = (candidate, act) => search.once(act, candidate)): void {
  const items = (): readonly Part[] => search.best.plan[which];
  const takes = (gone: readonly Part[]): boolean => without(search, which, gone, tries);
  if (items().length === 0 || takes(items())) return;
  // A failure needs few parts as a rule: whole halves go first.
  for (let halved = true; halved && items().length > 3; ) {
    const middle = items().length >> 1;
    halved = takes(items().slice(0, middle)) || takes(items().slice(middle));
  }
  for (let size = Math.max(1, items().length >> 2); size > 1; size = Math.ceil(size / 2)) sweep(search, which, size, tries);
}

/** One part after the other, until none can go. */
export function singly(search: Search, which: List, tries: Tries = (candidate, act) => search.once(act, candidate)): void {
  while (sweep(search, which, 1, tries));
}

/** So many parts at once, from the last ones on; whether any could go. */
function sweep(search: Search, which: List, size: number, tries: Tries): boolean {
  let removed = false;
  const items = (): readonly Part[] => search.best.plan[which];
  for (let start = items().length - size; start > -size; start -= size) {
    const from = Math.max(0, start);
    if (from >= items().length) continue;
    if (without(search, which, items().slice(from, start + size), tries)) removed = true;
  }
  return removed;
}

function without(search: Search, which: List, gone: readonly Part[], tries: Tries): boolean {
  const left = (search.best.plan[which] as readonly Part[]).filter((part) => !gone.includes(part));
  return tries(search.with({ [which]: left }), `without ${gone.map(({ id }) => id).join(", ")}`);
}

/** Parts that are of use only to each other: any two at once. */
export function pairs(search: Search): void {
  for (let again = true; again; ) {
    const { faults, operations } = search.best.plan;
    const ids = [...faults, ...operations].map(({ id }) => id);
    if (ids.length > mostPaired) return;
    const two = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => new Set([a, b])));
    again = two.some((gone) => {
      const stays = ({ id }: { readonly id: string }): boolean => !gone.has(id);
      return search.accepts(search.with({ faults: faults.filter(stays), operations: operations.filter(stays) }));
    });
  }
}
