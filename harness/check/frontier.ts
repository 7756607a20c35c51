/** Judges one part of a history: runs searches, from the hasty to the patient, and finds where the trouble is. */

import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { type Course, NONE_OPTIONAL, Search } from "./search.ts";

/** How far a judgement may go. */
export interface Limits {
  readonly steps: number;
  readonly configurations: number;
  /** Different states of the model. Default: 250,000, or four for each operation. */
  readonly states?: number;
  /** What they take together, about, in bytes. Default: 500,000,000. */
  readonly stateBytes?: number | undefined;
  /** Asked now and then: true ends the judgement undecided. */
  readonly stop?: (() => boolean) | undefined;
}

/** When more trouble is taken: after `base` steps and `each` for every operation. Any values give the same verdicts. */
export interface Patience {
  /** Before the patient search takes over from the greedy one, when operations crashed. */
  readonly greedy: { readonly base: number; readonly each: number };
  /** Before a search looks for equal operations, and looks ahead. */
  readonly plain: { readonly base: number; readonly each: number };
}

const PATIENCE: Patience = { greedy: { base: 64, each: 16 }, plain: { base: 64, each: 4 } };

/** How far a search got in a history that it calls invalid. */
export interface Reach {
  /** The number of the operation whose return no order got past. */
  readonly culprit: number;
  /** An order (of numbers of operations) that explains all operations that returned before it. */
  readonly order: readonly number[];
  /** True when nothing that was invoked before it returned leads to the state that it needs: then no order whatever does. */
  readonly doomed: boolean;
}

/**
 * Crashed operations may or may not have happened. A *greedy* search tries them last at every turn, which is quick when
 * few are needed. When it takes too long, a *patient* one starts again, by number of crashed operations used, fewest
 * first: in that order every configuration is met with its smallest sets first, and dominance (see memo.ts) keeps the
 * number of visits from exploding.
 *
 * Instances are scratch: each judgement starts from nothing.
 */
export class Frontier {
  /** True when the greedy search gave up. */
  patient = false;
  /** Of the last judgement; the same on every machine. */
  steps = 0;
  /** Why the verdict is "unknown": "it took too many steps". */
  exhausted = "";
  readonly #search = new Search();
  readonly #patience: Patience;
  #course: Course | undefined;
  /** What the judgement could have spent. */
  #steps = 0;

  constructor(patience: Patience = PATIENCE) {
    this.#patience = patience;
  }

  /**
   * Judges `operations`, in order of invocation, failed ones and crashed reads left out. Those in `optional` may have taken
   * effect within their time or not at all (see core.ts); they return all the same.
   *
   * @param foreseeing false when the last answer is not to be looked ahead to, so that all that could be there is seen
   */
  judge(
    operations: readonly Operation[],
    model: Model,
    limits: Limits,
    optional: ReadonlySet<Operation> = NONE_OPTIONAL,
    foreseeing = true,
  ): "valid" | "invalid" | "unknown" {
    const verdict = this.#judge(operations, model, limits, optional, foreseeing);
    this.steps = this.#search.steps;
    return verdict;
  }

  #judge(
    operations: readonly Operation[],
    model: Model,
    limits: Limits,
    optional: ReadonlySet<Operation>,
    foreseeing: boolean,
  ): "valid" | "invalid" | "unknown" {
    const search = this.#search;
    const total = operations.length;
    const { greedy, plain } = this.#patience;
    this.patient = false;
    this.exhausted = "too many operations are open at once";
    if (!search.prepare(operations, model, optional)) return "unknown";
    const hasty = search.windows.crashes > 0 ? Math.min(limits.steps, greedy.base + greedy.each * total) : limits.steps;
    const course: Course = {
      patient: false,
      horizon: search.windows.count,
      foresight: Math.max(0, search.windows.count - (foreseeing ? 0 : 1)),
      troubleAfter: plain.base + plain.each * total,
      steps: hasty,
      configurations: limits.configurations,
      states: limits.states ?? Math.max(250_000, 4 * total),
      stateBytes: limits.stateBytes ?? 500_000_000,
      stop: limits.stop,
    };
    this.#course = course;
    this.#steps = limits.steps;
    let verdict = search.run(course);
    if (verdict === "unknown" && search.tooLong && hasty < limits.steps) {
      this.patient = true;
      verdict = search.run({ ...course, patient: true, troubleAfter: 0, steps: limits.steps });
    }
    this.exhausted = search.exhausted;
    return verdict;
  }

  /** After "unknown": the operation whose return no order tried got past (-1 when none was tried), and what was open there. */
  stuck(): { readonly operation: number; readonly returning: number; readonly crashed: number } {
    const { furthest, windows } = this.#search;
    if (furthest < 0) return { operation: -1, returning: 0, crashed: 0 };
    const returning = windows.openTo[furthest]! - windows.openFrom[furthest]!;
    return { operation: windows.blocking[furthest]!, returning, crashed: windows.invokedCrashed[furthest]! };
  }

  /**
   * After "invalid", without optional operations: how far the search got.
   *
   * One that looked ahead, and saw an answer that can come from nowhere, may have given up long before. So all before that
   * answer is judged again.
   */
  reach(): Reach {
    const search = this.#search;
    const { doomed } = search;
    const { blocking, count, crashes } = search.windows;
    if (doomed < count) {
      const course: Course = { ...this.#course!, patient: crashes > 0, troubleAfter: 0, steps: search.steps + this.#steps };
      if (search.run({ ...course, horizon: doomed, foresight: doomed }) === "valid") {
        return { culprit: blocking[doomed]!, order: search.orderOfAll(), doomed: true };
      }
    }
    return { culprit: blocking[Math.max(0, search.furthest)]!, order: search.orderToFurthest(), doomed: false };
  }

  /**
   * After "invalid", without optional operations and without having looked ahead to the last answer: the states that there could
   * be at the last return (at most sixteen); undefined when the search did not get there.
   */
  statesAtLast(): readonly unknown[] | undefined {
    const { furthest, windows, statesAtFurthest } = this.#search;
    return furthest === windows.count - 1 ? statesAtFurthest : undefined;
  }

  /** True when nothing that was invoked before the last return leads to the state that it needs. */
  isLastDoomed(): boolean {
    return this.#search.isDoomed(this.#search.windows.count - 1);
  }

  /** After "valid", without optional operations: an order (of numbers of operations) that explains everything. */
  order(): readonly number[] {
    return this.#search.orderOfAll();
  }

  /** Drops what was judged, so that the scratch keeps no history alive. False when it has grown too large to keep. */
  release(): boolean {
    this.#course = undefined;
    return this.#search.release();
  }
}
