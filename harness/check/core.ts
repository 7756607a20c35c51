/** The smallest set of operations that contradict each other: what an invalid history is told by. */

import { fingerprint } from "./fingerprint.ts";
import { Frontier } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";

/**
 * A 1-minimal core of an invalid part of a history, in order of invocation.
 *
 * Just leaving operations out would make new bugs: without the only `write 4`, a correct `read -> 4` looks like a phantom.
 * So an operation is never left out but *freed*: a freed operation may have happened at any time whatever, as often as you
 * like, or never, and nobody knows its answers (a freed one that can never have changed anything is gone). Every order that
 * explains the whole history explains it with some operations freed too, for any model. Hence, when the history is still
 * invalid with all others freed, the operations of the core contradict each other, whatever became of the rest, and their
 * own history is invalid too. A write whose value some kept read needs stays, unless that read is impossible even with
 * the write at liberty; and where it stays, its interval is part of the contradiction.
 *
 * For a type whose states never end (a queue) "as often as you like" would be searched for ever; then it is "once".
 *
 * 1-minimal: freeing any one more gives a history that can be explained. One pass of single operations is enough for that:
 * what could not be freed stays so when more is free. When the budget ends first, the core found so far is returned,
 * which is a contradiction all the same.
 *
 * @param operations of one part, in order of invocation, without failed ones and crashed reads; known to be invalid
 * @param culprit the operation whose return no order got past
 * @param steps how many steps all attempts together may take
 */
export function minimalCore<O extends Operation>(
  operations: readonly O[],
  culprit: Operation,
  model: Model,
  steps: number,
): readonly O[] {
  const frontier = new Frontier();
  let left = steps;
  let endless = false;
  const limits = { configurations: 200_000, states: 16 + 2 * operations.length };
  const judge = (history: readonly Operation[], free: readonly Operation[]): string => {
    const verdict = frontier.judge(history, model, { ...limits, steps: Math.min(left, steps / 10) }, free);
    left -= frontier.steps;
    return verdict;
  };
  const invalid = (kept: readonly Piece<O>[], freed: readonly Piece<O>[]): boolean => {
    const history = kept.map(({ judged }) => judged);
    const free = freed.flatMap(({ freely }) => freely ?? []);
    if (!endless || free.length === 0) {
      const verdict = judge(history, unlike(free));
      if (verdict !== "unknown" || free.length === 0) return verdict === "invalid";
      endless = true;
    }
    return judge([...free, ...history], []) === "invalid";
  };

  // What was invoked after the culprit returned cannot have helped; what returned later was merely pending then.
  let kept = pieces(until(operations, culprit, model), model);
  let freed: readonly Piece<O>[] = [];
  const free = (chosen: (index: number) => boolean): boolean => {
    const fewer = kept.filter((_, index) => !chosen(index));
    const more = [...freed, ...kept.filter((_, index) => chosen(index))];
    if (!invalid(fewer, more)) return false;
    [kept, freed] = [fewer, more];
    return true;
  };

  // Often the culprit and the last few before it suffice. Else all do, unless it takes the answer of one that was pending.
  const itself = kept.findIndex(({ operation }) => operation === culprit);
  let far = kept.length - 1;
  while (far > 0 && !free((index) => index < far && index !== itself)) far = kept.length - 4 * (kept.length - far);
  if (far <= 0 && !invalid(kept, [])) kept = pieces(asTheyAre(operations), model);
  for (let size = kept.length >>> 1; size >= 1; size >>>= 1) {
    for (let from = 0; from < kept.length && left > 0; ) {
      if (!free((index) => index >= from && index < from + size)) from += size;
    }
  }
  return kept.map(({ operation }) => operation);
}

/** An operation, as it is judged when kept, and as it is judged when freed (absent when it is then gone). */
interface Piece<O extends Operation> {
  readonly operation: O;
  readonly judged: Operation;
  readonly freely?: Operation;
}

function pieces<O extends Operation>(given: readonly Omit<Piece<O>, "freely">[], model: Model): readonly Piece<O>[] {
  return given.map((piece) => {
    const { input, output, outcome } = piece.judged;
    if (model.readOnly?.(input, outcome === "ok" ? output : undefined)) return piece;
    return { ...piece, freely: { ...pending(piece.judged), invoked: Number.NEGATIVE_INFINITY } };
  });
}

/** Of operations with equal inputs, one. */
function unlike(operations: readonly Operation[]): readonly Operation[] {
  const seen = new Set<string>();
  return operations.filter(({ input }) => {
    const name = fingerprint(input);
    if (name === undefined) return true;
    const before = seen.size;
    return seen.add(name).size > before;
  });
}

function asTheyAre<O extends Operation>(operations: readonly O[]): readonly Omit<Piece<O>, "freely">[] {
  return operations.map((operation) => ({ operation, judged: operation }));
}

function until<O extends Operation>(
  operations: readonly O[],
  culprit: Operation,
  model: Model,
): readonly Omit<Piece<O>, "freely">[] {
  const earlier = operations.filter((operation) => operation.invoked < culprit.returned);
  return earlier.flatMap((operation) => {
    if (operation.outcome === "ok" && operation.returned <= culprit.returned) return [{ operation, judged: operation }];
    return model.readOnly?.(operation.input) ? [] : [{ operation, judged: pending(operation) }];
  });
}

function pending({ process, input, invoked }: Operation): Operation {
  return { process, input, invoked, returned: Infinity, outcome: "info", output: undefined };
}
