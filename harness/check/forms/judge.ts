/** Judges one part of a history by its closed form, and finds where an invalid one goes wrong first. */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";
import { prefix } from "./columns.ts";
import type { Columns, Finding, Form } from "./form.ts";
import { narrowed } from "./narrow.ts";

export type Invalid = Extract<Finding, { verdict: "invalid" }>;

/** Where an invalid history goes wrong first. */
export interface Site {
  readonly finding: Invalid;
  /** The operation whose return makes the history invalid. */
  readonly culprit: number;
  /** False when an earlier return may do so already: looking for it would have taken too long. */
  readonly first: boolean;
}

/** How many times the whole history may be judged again to find the first return that makes it invalid. */
const AGAIN = 6;

export interface Closed {
  readonly finding: Finding;
  readonly columns: Columns | undefined;
}

export function judgeClosed(operations: readonly Operation[], model: Model, form: Form): Closed {
  const columns = form.read(operations, model);
  if (typeof columns === "string") return { finding: { verdict: "uncovered", why: columns }, columns: undefined };
  return { finding: form.decide(columns), columns };
}

/**
 * The witness of a form ends somewhere: what came later has no part in it. So the history up to there is invalid, and the
 * history up to just before it is judged next, until that is valid. When the witnesses do not lead there in a few steps, halves
 * do; when those take too long, the last witness is good enough.
 */
export function locate(form: Form, columns: Columns, found: Invalid): Site {
  let finding = narrowed(form, columns, found);
  let high = lastOf(columns, finding);
  let low = -1;
  let budget = AGAIN * Math.max(columns.size, 20_000);
  let tries = 0;
  while (high > low + 1) {
    const at = tries++ < 4 ? high - 1 : Math.floor((low + high) / 2);
    budget -= Math.min(columns.size, at);
    if (budget < 0) return { finding, culprit: -1 - columns.events[high]!, first: false };
    const earlier = prefix(columns, at, form);
    const judged = form.decide(earlier);
    if (judged.verdict === "uncovered") return { finding, culprit: -1 - columns.events[high]!, first: false };
    if (judged.verdict === "valid") {
      low = at;
      continue;
    }
    finding = narrowed(form, earlier, judged);
    high = Math.min(at, lastOf(earlier, finding));
    while (columns.events[high]! >= 0) high--;
  }
  // What began after the culprit returned has no part in the story either. (Crashed takes of items have, whatever the witness.)
  if (form.byValue === true || finding.witness.some((i) => columns.inv[i]! > high)) {
    const until = prefix(columns, high, form);
    const last = form.decide(until);
    if (last.verdict === "invalid") finding = narrowed(form, until, last);
  }
  return { finding, culprit: -1 - columns.events[high]!, first: true };
}

/** The rank of the last return that a witness needs. */
function lastOf({ ret, end }: Columns, { witness }: Invalid): number {
  let last = -1;
  for (const i of witness) if (ret[i] !== end && ret[i]! > last) last = ret[i]!;
  return last;
}
