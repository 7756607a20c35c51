/** Where a history that a search calls invalid goes wrong first: by definition, not by how far a search happens to get. */

import { type Entry, entriesAt } from "./entries.ts";
import { fingerprint, Names } from "./fingerprint.ts";
import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/** The first return up to which a history is invalid, whatever those that are open then might have answered. */
export interface Trouble<O extends Operation> {
  readonly culprit: O;
  /** An order that explains all before it; undefined when a budget ended before it was sure that this is the first place. */
  readonly order: readonly O[] | undefined;
  /** True when nothing that was invoked before it returned leads to the state that it needs. */
  readonly doomed: boolean;
  /** In which states it could have taken effect, had it fitted one of them (at most sixteen); none when not all are known. */
  readonly states: readonly unknown[];
}

/** As an operation is before it returns: nobody knows its answer, nor whether it has happened. */
export function pending(operation: Operation): Operation {
  return { ...operation, outcome: "info", output: undefined, returned: Infinity };
}

/**
 * A search knows what open operations are going to answer, and gives up as soon as that cannot be. So where it got stuck all before
 * can be explained, and mostly the answer there is the one that cannot be; but when other answers of the open ones would explain
 * it, it is a later one.
 *
 * @param frontier has just judged `operations` invalid
 * @param names may be shared with what looks at the same operations
 * @param fresh makes the searches that judge beginnings of the history
 */
export function troubleOf<O extends Operation>(
  frontier: Frontier,
  operations: readonly O[],
  model: Model,
  limits: Limits,
  names = new Names(),
  fresh: () => Frontier = () => new Frontier(),
): Trouble<O> {
  const reach = frontier.reach();
  const culprit = operations[reach.culprit]!;
  let order: readonly O[] | undefined = reach.order.map((i) => operations[i]!);
  if (reach.doomed && !operations.some((other) => mightSet(other, culprit, model)))
    return { culprit, order, doomed: true, states: [] };
  const near = confirmed(operations, culprit, model, limits, names);
  if (near !== undefined) return { culprit, order, doomed: false, states: near };
  const returning = operations
    .filter(({ outcome, returned }) => outcome === "ok" && returned >= culprit.returned)
    .sort((one, other) => one.returned - other.returned);
  const unsure = { culprit, order: undefined, doomed: false, states: [] };
  let low = -1;
  let high = returning.length;
  let found: Until<O> | undefined;
  for (let width = 1, next = 0; high - low > 1; width *= 2) {
    const at = Math.min(next, high - 1);
    const judged = judgedUntil(fresh(), operations, returning[at]!.returned, model, limits);
    if (judged.verdict === "unknown") return unsure;
    if (judged.verdict === "valid") {
      low = at;
      order = judged.order;
    } else {
      high = at;
      found = judged;
      width = Infinity;
    }
    next = width === Infinity ? (low + high) >>> 1 : low + width;
  }
  const { doomed = false, states = [] } = found ?? {};
  return { culprit: returning[high]!, order, doomed, states };
}

/** How many of the last operations are looked at; in a history that is not much longer, all are. */
const NEAR = [24, 96, 384];
const MUCH = 8;

/**
 * Mostly the last few operations contradict each other whatever came before them. Then that need not be searched again. The states
 * are those at the culprit's return, if they are few; undefined when the last few are not enough.
 */
function confirmed<O extends Operation>(
  operations: readonly O[],
  culprit: O,
  model: Model,
  limits: Limits,
  names: Names,
): readonly unknown[] | undefined {
  let begun = operations.length;
  while (begun > 0 && operations[begun - 1]!.invoked > culprit.returned) begun--;
  for (const near of NEAR) {
    if (begun < MUCH * near) return undefined;
    const moment = Math.min(culprit.invoked, operations[begun - near]!.invoked);
    const past: Operation[] = [];
    const since: Operation[] = [];
    for (let i = 0; i < begun; i++) {
      const operation = operations[i]!;
      const returned = operation.outcome === "ok" && operation.returned <= culprit.returned;
      if (!returned && model.readOnly?.(operation.input)) continue;
      const judged = returned ? operation : pending(operation);
      if (judged.invoked < moment) past.push(judged);
      if (judged.returned > moment) since.push(judged);
    }
    const states = contradicts(since, entriesAt(past, moment, model, names), model, limits);
    if (states !== undefined) return states;
  }
  return undefined;
}

/** The states at the last return when the operations cannot be explained from any entry; undefined when they can, or nobody knows. */
function contradicts(
  since: readonly Operation[],
  entries: readonly Entry[] | undefined,
  model: Model,
  limits: Limits,
): readonly unknown[] | undefined {
  const states = new Map<unknown, unknown>();
  const frontier = new Frontier();
  let complete = true;
  for (const { state, used } of entries ?? []) {
    const judged = since.filter((operation) => !used.has(operation));
    if (frontier.judge(judged, { ...model, init: state }, { ...limits, steps: 100_000 }, undefined, false) !== "invalid")
      return undefined;
    const there = frontier.statesAtLast();
    // From some entries nothing gets as far as that.
    for (const one of there ?? []) states.set(model.key?.(one) ?? fingerprint(one) ?? one, one);
    complete &&= there === undefined || there.length < 16;
  }
  if (entries === undefined) return undefined;
  return complete ? [...states.values()] : [];
}

/** True for an operation that changed nothing, by an answer that it gave only when the culprit had returned. */
function mightSet({ invoked, returned, outcome, input, output }: Operation, culprit: Operation, model: Model): boolean {
  if (outcome !== "ok" || returned <= culprit.returned || invoked > culprit.returned) return false;
  return model.readOnly?.(input, output) === true && !model.readOnly(input);
}

interface Until<O extends Operation> {
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly order?: readonly O[];
  readonly doomed?: boolean;
  readonly states?: readonly unknown[];
}

/** Judges a history up to a return, where what had not returned by then may answer anything. */
function judgedUntil<O extends Operation>(
  frontier: Frontier,
  operations: readonly O[],
  last: number,
  model: Model,
  limits: Limits,
): Until<O> {
  const judged: Operation[] = [];
  const among: O[] = [];
  for (const operation of operations) {
    if (operation.invoked > last) break;
    const returned = operation.outcome === "ok" && operation.returned <= last;
    if (!returned && model.readOnly?.(operation.input)) continue;
    judged.push(returned ? operation : pending(operation));
    among.push(operation);
  }
  const verdict = frontier.judge(judged, model, limits, undefined, false);
  if (verdict === "valid") return { verdict, order: frontier.order().map((i) => among[i]!) };
  if (verdict === "unknown") return { verdict };
  const states = frontier.statesAtLast() ?? [];
  const doomed = frontier.isLastDoomed();
  return { verdict, doomed, states: doomed ? [] : states };
}
