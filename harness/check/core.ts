/** The smallest set of operations that contradict each other: what an invalid history is told by. */

import { type Entry, entriesAt } from "./entries.ts";
import { FEW, judgeFew } from "./few.ts";
import { Names } from "./fingerprint.ts";
import { Frontier } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { pending } from "./trouble.ts";

/** How many of the nearest operations are looked through for those that together explain an answer. */
const NEAREST = 24;
/** In so short a history nothing need be cut off. */
const SHORT = 24;

/**
 * A 1-minimal core of an invalid part of a history, in order of invocation.
 *
 * Just leaving operations out would make new bugs: without the only `write 4`, a correct `read -> 4` looks like a phantom.
 * So an operation is never left out but *freed*: it may have taken effect within its time, or not at all, and nobody knows
 * its answer (a freed one that can never have changed anything is gone). Every order that explains a history explains it
 * with some operations freed too, for any model. Hence, when a history is still invalid with operations freed, what
 * was answered by those that are kept is contradictory, whatever became of the freed ones.
 *
 * Then the core is *closed*: for each answer in it that the others in it could not bring about (in whatever order), the
 * nearest operations that do are added, and what is superfluous beside them goes. A phantom, which nothing brings about,
 * stands alone.
 *
 * 1-minimal: freeing any one more gives a history that can be explained, or an answer that comes from nowhere. When the
 * budget ends first, the core found so far is returned, which is a contradiction all the same. As a history of its own, too,
 * a core is invalid.
 *
 * @param operations of one part, in order of invocation, without failed ones and crashed reads; known to be invalid
 * @param culprit the operation whose return no order got past
 * @param steps how many steps all attempts together may take
 * @param names may be shared with what looks at the same operations
 * @param doomed true when nothing whatever can bring about the culprit's answer: then it stands alone
 */
export function minimalCore<O extends Operation>(
  operations: readonly O[],
  culprit: Operation,
  model: Model,
  steps: number,
  doomed = false,
  names = new Names(),
): readonly O[] {
  if (doomed) return operations.filter((operation) => operation === culprit);
  const budget = new Budget(model, steps);
  const narrowing = new Narrowing(operations, culprit, budget, names);
  narrowing.free();
  narrowing.close();
  return narrowing.kept;
}

/** A search for many small judgements that share one budget. */
class Budget {
  readonly model: Model;
  readonly #most: number;
  readonly #frontier = new Frontier();
  #left: number;

  constructor(model: Model, steps: number) {
    this.model = model;
    this.#left = steps;
    this.#most = Math.ceil(steps / 10);
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  judge(
    history: readonly Operation[],
    optional?: ReadonlySet<Operation>,
    model: Model = this.model,
  ): "valid" | "invalid" | "unknown" {
    if (history.length <= FEW) {
      const { valid, steps } = judgeFew(history, model, optional);
      this.#left -= steps + 1;
      return valid ? "valid" : "invalid";
    }
    const limits = { steps: Math.min(this.#left, this.#most), configurations: 200_000, states: 20_000 };
    const verdict = this.#frontier.judge(history, model, limits, optional);
    this.#left -= this.#frontier.steps;
    return verdict;
  }
}

/** A core on its way. */
class Narrowing<O extends Operation> {
  /** In order of invocation. */
  kept: readonly O[];
  readonly #operations: readonly O[];
  readonly #culprit: Operation;
  readonly #budget: Budget;
  readonly #names: Names;
  #judged: ReadonlyMap<O, Operation>;
  /** What was invoked before is free, and of what returned before only the states that it may have led to matter. */
  #cut = Number.NEGATIVE_INFINITY;
  #entries: readonly Entry[];
  /** The operations that may be open or invoked from the cut on, and how they are judged. */
  #since: readonly (readonly [O, Operation])[];

  constructor(operations: readonly O[], culprit: Operation, budget: Budget, names: Names) {
    this.#names = names;
    this.#operations = operations;
    this.#culprit = culprit;
    this.#budget = budget;
    this.#judged = until(operations, culprit, budget.model);
    this.kept = [...this.#judged.keys()];
    this.#entries = [{ state: budget.model.init, used: new Set() }];
    this.#since = [...this.#judged];
  }

  /** Frees all that can be freed. One pass of single operations is enough: what cannot be freed stays so when more is free. */
  free(): void {
    // Often the culprit and the last few before it suffice. Else all do, unless it takes the answer of one that was pending.
    const { length } = this.kept;
    let last = length <= SHORT ? length : 1;
    for (; last < length; last *= 4) {
      const some = this.kept.filter((operation, i) => operation === this.#culprit || i >= length - last);
      if (!this.#cutBefore(some[0]!) || !this.#invalid(some)) continue;
      this.kept = some;
      break;
    }
    if (last >= length) this.#cutBefore(undefined);
    if (last >= length && !this.#invalid(this.kept)) {
      this.#judged = new Map(this.#operations.map((operation) => [operation, operation]));
      this.kept = this.#operations;
      this.#cutBefore(undefined);
    }
    for (let size = this.kept.length >>> 1; size >= 1; size >>>= 1) {
      for (let from = 0; from < this.kept.length && !this.#budget.spent; ) {
        if (!this.#keep((_, i) => i < from || i >= from + size)) from += size;
      }
    }
  }

  /** Adds what the answers of the core come from; then some of it may go. */
  close(): void {
    const closure = [...this.kept];
    for (const answered of closure) {
      if (this.#budget.spent || this.#explained(answered, closure)) continue;
      const earlier = this.#operations.filter((other) => !closure.includes(other) && other.invoked < answered.returned);
      const enough = (some: readonly O[]) => this.#explained(answered, [...closure, ...some]);
      const one = this.#distinct(earlier).findLast((other) => !this.#budget.spent && enough([other]));
      closure.push(...(one === undefined ? fewest(earlier.slice(-NEAREST), enough) : [one]));
    }
    this.kept = closure.sort((a, b) => a.invoked - b.invoked);
    if (this.#budget.spent) return;
    const phantoms = this.#orphans(this.kept);
    for (let from = 0; from < this.kept.length && !this.#budget.spent; ) {
      const fewer = this.kept.toSpliced(from, 1);
      if (this.#orphans(fewer).some((one) => !phantoms.includes(one)) || !this.#keep((_, i) => i !== from)) from++;
      else from = 0;
    }
  }

  /** Of operations that ask for the same, the last. */
  #distinct(operations: readonly O[]): readonly O[] {
    const last = new Map<unknown, O>();
    for (const operation of operations.toReversed()) {
      const name = this.#names.of(operation);
      if (!last.has(name)) last.set(name, operation);
    }
    return [...last.values()].reverse();
  }

  #keep(isKept: (operation: O, index: number) => boolean): boolean {
    const fewer = this.kept.filter(isKept);
    if (!this.#invalid(fewer)) return false;
    this.kept = fewer;
    return true;
  }

  /** Cuts off what was invoked before an operation; nothing when it is undefined. False when it may have led to too much. */
  #cutBefore(first: O | undefined): boolean {
    const { model } = this.#budget;
    this.#cut = first === undefined ? Number.NEGATIVE_INFINITY : first.invoked;
    const all = [...this.#judged];
    if (first === undefined) {
      this.#since = all;
      this.#entries = [{ state: model.init, used: new Set() }];
      return true;
    }
    this.#since = all.filter(([, { invoked, returned }]) => invoked >= this.#cut || returned > this.#cut);
    const past = all.flatMap(([, judged]) => (judged.invoked < this.#cut ? [judged] : []));
    const entries = entriesAt(past, this.#cut, model, this.#names);
    if (entries !== undefined) this.#entries = entries;
    return entries !== undefined;
  }

  /** True when the history is still invalid with all freed but these. */
  #invalid(kept: readonly O[]): boolean {
    const { model } = this.#budget;
    const bound = new Set(kept);
    return this.#entries.every(({ state, used }) => {
      const optional = new Set<Operation>();
      const history: Operation[] = [];
      for (const [operation, judged] of this.#since) {
        if (used.has(judged)) continue;
        const freely = bound.has(operation) && operation.invoked >= this.#cut ? undefined : freed(judged, model);
        if (freely === "gone") continue;
        if (freely !== undefined) optional.add(freely);
        history.push(freely ?? judged);
      }
      return this.#budget.judge(history, optional, { ...model, init: state }) === "invalid";
    });
  }

  /** Those of a set of operations whose answers the others of it cannot bring about. */
  #orphans(among: readonly O[]): readonly O[] {
    return among.filter((operation) => !this.#explained(operation, among));
  }

  /** True when some of these, in whatever order, can bring about the answer of this operation. */
  #explained(answered: O, among: readonly O[]): boolean {
    if (answered.outcome !== "ok") return true;
    return this.#budget.judge([...without(among, answered).map(anytime), answered]) === "valid";
  }
}

/**
 * What there was when the culprit returned, and how it is judged: what was invoked later cannot have helped, and what
 * returned later was merely pending then.
 */
function until<O extends Operation>(operations: readonly O[], culprit: Operation, model: Model): ReadonlyMap<O, Operation> {
  const judged = new Map<O, Operation>();
  for (const operation of operations) {
    if (operation.invoked > culprit.returned) break;
    const returned = operation.outcome === "ok" && operation.returned <= culprit.returned;
    if (returned || !model.readOnly?.(operation.input)) judged.set(operation, returned ? operation : pending(operation));
  }
  return judged;
}

function freed(operation: Operation, model: Model): Operation | "gone" {
  const { process, input, output, outcome, invoked, returned } = operation;
  if (outcome === "info") return operation;
  return model.readOnly?.(input, output) ? "gone" : { process, input, invoked, returned, outcome, output: undefined };
}

/** May have happened whenever, or never. */
function anytime(operation: Operation): Operation {
  return { ...pending(operation), invoked: Number.NEGATIVE_INFINITY };
}

/** No more of `items` than are needed for `enough`, earlier ones left out first; none when not even all are enough. */
function fewest<T>(items: readonly T[], enough: (some: readonly T[]) => boolean): readonly T[] {
  if (!enough(items)) return [];
  let needed = items;
  for (const item of items) {
    const fewer = without(needed, item);
    if (enough(fewer)) needed = fewer;
  }
  return needed;
}

function without<T>(items: readonly T[], item: T): readonly T[] {
  return items.filter((other) => other !== item);
}
