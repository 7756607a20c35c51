/** One search: is there an order of these operations that the model allows and real time does not forbid? */

import { Classes } from "./classes.ts";
import { Demand } from "./demand.ts";
import { fingerprint } from "./fingerprint.ts";
import { Growth } from "./growth.ts";
import type { Operation } from "./history.ts";
import { Memo } from "./memo.ts";
import type { Model } from "./model.ts";
import { States } from "./states.ts";
import { grown, Windows } from "./windows.ts";

/** How a search goes about it. None of it changes a verdict, but a shorter horizon asks a smaller question. */
export interface Course {
  /** Crashed operations: tried last at every turn (false), or by how many are used, fewest first (true). */
  readonly patient: boolean;
  /** How many windows have to be passed. */
  readonly horizon: number;
  /** Look ahead to the answers that return in this many windows. */
  readonly foresight: number;
  /** Look for equal operations, and ahead, after this many steps. */
  readonly troubleAfter: number;
  /** What ends it undecided. */
  readonly steps: number;
  readonly configurations: number;
  readonly states: number;
  /** Of all states together, about. */
  readonly stateBytes: number;
  /** Asked now and then: true ends it undecided. */
  readonly stop?: (() => boolean) | undefined;
}

/** What is left to do at a remembered configuration: a candidate that is still to be tried, or one of these. */
const OTHERS = -1;
const CRASHED = -2;

const NO_OPERATIONS: readonly Operation[] = [];
export const NONE_OPTIONAL: ReadonlySet<Operation> = new Set();

/**
 * The frontier search (Wing and Gong's, with Lowe's memo, over windows).
 *
 * A configuration is (window, state, mask): everything that returned before the window is linearized, of what is open the
 * mask says what is, nothing else is. `#settle` moves on as long as nothing has to be decided; then the configuration is
 * remembered, and the operation that must return next is tried first, the others that are open when that fails.
 *
 * Each pruning names its reason; none changes a verdict. Instances are scratch: `prepare` starts from nothing.
 */
export class Search {
  /** Model steps tried, windows passed and memo entries looked at, in this run and those before it since `prepare`. */
  steps = 0;
  /** Why the verdict is "unknown". */
  exhausted = "";
  /** True when that is because of the steps. */
  tooLong = false;
  readonly windows = new Windows();
  #operations: readonly Operation[] = [];
  #optional: ReadonlySet<Operation> = NONE_OPTIONAL;
  readonly #memo = new Memo();
  #model: Model | undefined;
  #states: States | undefined;
  #course: Course | undefined;
  #horizon = 0;

  // The configuration at hand, and where it came from.
  #window = 0;
  #state = 0;
  #mask = new Int32Array(4);
  #parent = 0;
  #via = -1;

  // What is still to be tried: triples (entry, candidate or OTHERS or CRASHED, state after the candidate).
  #agenda = new Int32Array(192);
  #top = 0;
  /** Patient: entries whose crashed operations are to be tried in this round (latest window last), and in the next. */
  #round: number[] = [];
  #nextRound: number[] = [];
  #candidates = new Int32Array(16);

  // What is only worked out when a search takes longer: which operations are equal, and what later answers need.
  #classes: Classes | undefined;
  #seen = new Int32Array(0);
  #leads = new Int32Array(0);
  #stamp = 0;
  #demand: Demand | undefined;
  #growth: Growth | undefined;
  #troubled = false;
  #staying: boolean | undefined;

  /** The furthest window that was reached, but not passed. */
  furthest = -1;
  #furthestEntry = 0;
  #furthestStates: number[] = [];
  #trail: number[] | undefined;

  /**
   * Takes up one part of a history: `operations` in order of invocation, failed ones and crashed reads left out. Those in
   * `optional` may have taken effect within their time or not at all (see core.ts); they return all the same.
   * False when it is too wide to search.
   */
  prepare(operations: readonly Operation[], model: Model, optional: ReadonlySet<Operation>): boolean {
    this.#operations = operations;
    this.#optional = optional;
    this.#model = model;
    this.#states = new States(model);
    this.#classes = undefined;
    this.#demand = undefined;
    this.#growth = undefined;
    this.steps = 0;
    this.furthest = -1;
    if (!this.windows.cut(operations, model)) return false;
    if (this.#mask.length < this.windows.words) this.#mask = new Int32Array(2 * this.windows.words);
    return true;
  }

  /** The first window that no answer yet to come lets anything get past; Infinity when none is known. */
  get doomed(): number {
    return this.#demand?.doomed ?? Infinity;
  }

  /** True when nothing that was invoked in time leads to the state that is needed at the end of `window`. */
  isDoomed(window: number): boolean {
    return Demand.of(this.#operations, this.windows, window + 1, this.#model!, this.#states!)?.doomed === window;
  }

  /** The states in which something blocked the furthest window. At most sixteen. */
  get statesAtFurthest(): readonly unknown[] {
    return this.#furthestStates.map((state) => this.#states?.values[state]);
  }

  /** An order (of numbers of operations) that leads to the furthest window. Only when no operation is optional. */
  orderToFurthest(): readonly number[] {
    return this.furthest < 0 ? [] : this.#orderTo(this.#furthestEntry, -1);
  }

  /** After "valid": an order of all operations that happened in it. Only when no operation is optional. */
  orderOfAll(): readonly number[] {
    return this.#orderTo(this.#parent, this.#via);
  }

  #orderTo(last: number, via: number): readonly number[] {
    const entries: number[] = [];
    for (let entry = last; entry !== 0; entry = this.#memo.parent(entry)) entries.push(entry);
    const decided = entries
      .reverse()
      .slice(1)
      .map((entry) => this.#memo.via(entry));
    if (via >= 0) decided.push(via);
    const trail: number[] = [];
    this.#trail = trail;
    this.#restart();
    this.#settle();
    for (const operation of decided) {
      this.#state = this.#step(this.#state, operation);
      this.#set(operation);
      this.#settle();
    }
    this.#trail = undefined;
    return trail;
  }

  /** Drops what was judged, so that the scratch keeps no history alive. False when it has grown too large to keep. */
  release(): boolean {
    this.#model = undefined;
    this.#states = undefined;
    this.#operations = NO_OPERATIONS;
    this.#optional = NONE_OPTIONAL;
    this.#round = [];
    this.#nextRound = [];
    const kept = this.#memo.capacity + this.#agenda.length + this.windows.open.length + 8 * this.windows.bit.length;
    return kept < 1 << 21;
  }

  run(course: Course): "valid" | "invalid" | "unknown" {
    const { windows } = this;
    const memo = this.#memo;
    this.#course = course;
    this.#horizon = course.horizon;
    memo.clear(windows.liveWords, windows.words);
    this.#top = 0;
    this.#round.length = 0;
    this.#nextRound.length = 0;
    this.#demand = undefined;
    this.#growth = undefined;
    this.#troubled = false;
    this.furthest = -1;
    this.#restart();
    if (this.steps >= course.troubleAfter) this.#takeTrouble(course.foresight);
    for (let turn = 1; ; turn++) {
      if (this.#settle()) return this.#ended("valid", "");
      if (turn % 64 === 0 && course.stop?.() === true) return this.#ended("unknown", "its time was up");
      if (this.#states!.bytes > course.stateBytes) return this.#ended("unknown", "the states of the model took too much memory");
      const window = this.#window;
      const state = this.#state;
      this.#staying = undefined;
      const entry = memo.add(window, state, this.#mask, this.#parent, this.#via);
      if (entry !== 0) {
        if (window >= this.furthest) this.#note(window, state, entry);
        this.#push(entry, OTHERS, 0);
        const blocking = windows.blocking[window]!;
        // An observer would be linearized by now if it fitted; an optional one may go without.
        const next = windows.observer[blocking] === 1 ? -1 : this.#isOptional(blocking) ? state : this.#try(blocking);
        if (next >= 0) {
          // It returns right here, so its bit need not even be set.
          this.#window++;
          this.#state = next;
          this.#parent = entry;
          this.#via = blocking;
          continue;
        }
      }
      if (this.#hopeless()) return this.#ended("invalid", "");
      if (this.steps + memo.looked > course.steps) return this.#ended("unknown", "it took too many steps");
      if (memo.size > course.configurations) return this.#ended("unknown", "it went through too many configurations");
      if (this.#states!.values.length > course.states) return this.#ended("unknown", "the model went through too many states");
      if (!this.#next()) return this.#ended("invalid", "");
    }
  }

  #hopeless(): boolean {
    return this.#demand !== undefined && this.#demand.doomed < this.#horizon;
  }

  #ended<Verdict>(verdict: Verdict, exhausted: string): Verdict {
    this.steps += this.#memo.looked;
    this.exhausted = exhausted;
    this.tooLong = this.steps > this.#course!.steps;
    return verdict;
  }

  #restart(): void {
    this.#window = 0;
    this.#state = 0;
    this.#mask.fill(0, 0, this.windows.words);
    this.#parent = 0;
    this.#via = -1;
  }

  /**
   * Linearizes every observer that fits the state, and passes every return of what is linearized. True at the end of the
   * history, false before a return that needs a decision.
   *
   * R1: an observer changes nothing, so in any order that works it can be moved to the first place after its invocation
   * where it fits. (Only operations that can *never* change a state: `write 5` when 5 is there may be needed later.)
   */
  #settle(): boolean {
    const { blocking, bit, observer, open, openFrom, openTo, invoked } = this.windows;
    const mask = this.#mask;
    const horizon = this.#horizon;
    if (this.#window === horizon) return true;
    for (let i = openFrom[this.#window]!, end = openTo[this.#window]!; i < end; i++) {
      const operation = open[i]!;
      if (observer[operation] === 1) this.#observe(operation);
    }
    for (;;) {
      const at = bit[blocking[this.#window]!]!;
      const flag = 1 << (at & 31);
      if ((mask[at >>> 5]! & flag) === 0) return false;
      mask[at >>> 5]! &= ~flag;
      this.steps++;
      let operation = invoked[this.#window]!;
      if (++this.#window === horizon) return true;
      for (const end = invoked[this.#window]!; operation < end; operation++) {
        if (observer[operation] === 1) this.#observe(operation);
      }
    }
  }

  #observe(operation: number): void {
    const at = this.windows.bit[operation]!;
    if ((this.#mask[at >>> 5]! & (1 << (at & 31))) !== 0) return;
    const state = this.#step(this.#state, operation);
    if (state < 0) return;
    if (state !== this.#state) throw this.#changed(operation);
    this.#mask[at >>> 5]! |= 1 << (at & 31);
    this.#trail?.push(operation);
  }

  /** The number of the state after `operation`, or -1 when its output is impossible. */
  #step(state: number, operation: number): number {
    this.steps++;
    const { input, output, outcome } = this.#operations[operation]!;
    const states = this.#states!;
    const before = states.values[state];
    const after = this.#model!.step(before, input, outcome === "ok" ? output : undefined);
    if (after === undefined) return -1;
    return after === before ? state : states.number(after);
  }

  /** The number of the state after `operation` in the present configuration, or -1 when that is impossible or a dead end. */
  #try(operation: number): number {
    const next = this.#step(this.#state, operation);
    const demand = this.#demand;
    if (next >= 0 && this.#growth !== undefined && this.#isDead(this.#growth, next, operation)) return -1;
    if (next < 0 || demand === undefined) return next;
    if (!demand.agrees(operation, this.#state, next)) throw this.#contradicts(operation);
    if (next === this.#state) return next;
    if (demand.needs(operation, this.#state)) {
      return demand.lost(this.#state, this.#window, this.#mask, operation) ? -1 : next;
    }
    return this.#mustStay(demand) ? -1 : next;
  }

  /** R6, where values only grow: after this operation, some answer can no longer come about. */
  #isDead(growth: Growth, next: number, operation: number): boolean {
    const at = this.windows.bit[operation]!;
    this.#mask[at >>> 5]! |= 1 << (at & 31);
    const isDead = growth.isDead(this.#states!.values[next], this.#window, this.#mask);
    this.#mask[at >>> 5]! &= ~(1 << (at & 31));
    return isDead;
  }

  /** R6, for all operations that do not need the present state themselves: worked out once for a configuration. */
  #mustStay(demand: Demand): boolean {
    if (this.#staying === undefined) this.#staying = demand.lost(this.#state, this.#window, this.#mask, -1);
    return this.#staying;
  }

  /** Marks `operation` as linearized. */
  #set(operation: number): void {
    const at = this.windows.bit[operation]!;
    this.#mask[at >>> 5]! |= 1 << (at & 31);
    this.#trail?.push(operation);
  }

  #isSet(operation: number): boolean {
    const at = this.windows.bit[operation]!;
    return (this.#mask[at >>> 5]! & (1 << (at & 31))) !== 0;
  }

  #push(entry: number, what: number, state: number): void {
    if (this.#agenda.length < this.#top + 3) this.#agenda = grown(this.#agenda, this.#top + 3);
    this.#agenda[this.#top] = entry;
    this.#agenda[this.#top + 1] = what;
    this.#agenda[this.#top + 2] = state;
    this.#top += 3;
  }

  /** Takes up the next thing to try. False when there is none left. */
  #next(): boolean {
    for (;;) {
      if (this.#top === 0) {
        const entry = this.#nextOfRound();
        if (entry === 0) return false;
        this.#push(entry, CRASHED, 0);
      }
      this.#top -= 3;
      const entry = this.#agenda[this.#top]!;
      const what = this.#agenda[this.#top + 1]!;
      this.#window = this.#memo.window(entry);
      this.#state = this.#memo.state(entry);
      this.#memo.readMask(entry, this.#mask);
      this.#staying = undefined;
      if (what === OTHERS) {
        this.#tryOthers(entry);
      } else if (what === CRASHED) {
        this.#tryCrashed(entry);
      } else {
        this.#state = this.#agenda[this.#top + 2]!;
        this.#set(what);
        this.#parent = entry;
        this.#via = what;
        return true;
      }
    }
  }

  /** Puts on the agenda what is open beside the blocking operation, soonest return on top. */
  #tryOthers(entry: number): void {
    const { patient, troubleAfter, foresight } = this.#course!;
    if (!this.#troubled && this.steps >= troubleAfter) this.#takeTrouble(foresight);
    const { open, openFrom, openTo, observer, blocking, invokedCrashed } = this.windows;
    const window = this.#window;
    if (invokedCrashed[window]! > 0) {
      if (patient) this.#nextRound.push(entry);
      else this.#push(entry, CRASHED, 0);
    }
    const bottom = this.#top;
    // The blocking one was tried already; when it is optional, only to go without.
    const tried = !this.#isOptional(blocking[window]!);
    const from = openFrom[window]! + (tried ? 1 : 0);
    const end = openTo[window]!;
    if (this.#candidates.length < end - from) this.#candidates = new Int32Array(2 * (end - from));
    let count = 0;
    this.#stamp++;
    const classes = this.#classes;
    if (classes !== undefined && tried) this.#seen[classes.whole[blocking[window]!]!] = this.#stamp;
    for (let i = from; i < end; i++) {
      const operation = open[i]!;
      if (observer[operation] === 1 || this.#isSet(operation)) continue;
      if (classes !== undefined && this.#seenBefore(classes.whole[operation]!)) continue;
      this.#candidates[count++] = operation;
    }
    while (count-- > 0) this.#offer(entry, this.#candidates[count]!);
    if (!this.#bestOnTop(bottom) && !patient) this.#fittingCrashed(entry);
  }

  #isOptional(operation: number): boolean {
    return this.#optional.size > 0 && this.#optional.has(this.#operations[operation]!);
  }

  /** Puts a candidate on the agenda if it is possible. */
  #offer(entry: number, operation: number): void {
    const state = this.#try(operation);
    if (state >= 0) this.#push(entry, operation, state);
  }

  /** When an observer blocks: takes from the agenda above `bottom` the topmost candidate after which it fits, to be tried first. */
  #bestOnTop(bottom: number): boolean {
    const blocking = this.windows.blocking[this.#window]!;
    if (this.windows.observer[blocking] !== 1) return false;
    for (let at = this.#top - 3; at >= bottom; at -= 3) {
      const [entry, operation, state] = [this.#agenda[at]!, this.#agenda[at + 1]!, this.#agenda[at + 2]!];
      if (this.#step(state, blocking) < 0) continue;
      this.#agenda.copyWithin(at, at + 3, this.#top);
      this.#top -= 3;
      this.#push(entry, operation, state);
      return true;
    }
    return false;
  }

  /** When an observer blocks: puts on the agenda the latest crashed operation after which it fits, if there is one. */
  #fittingCrashed(entry: number): void {
    const { blocking, observer, crashed, invokedCrashed } = this.windows;
    const blocked = blocking[this.#window]!;
    if (observer[blocked] !== 1) return;
    for (let i = invokedCrashed[this.#window]! - 1; i >= 0; i--) {
      const operation = crashed[i]!;
      if (this.#isSet(operation)) continue;
      const state = this.#try(operation);
      if (state < 0 || state === this.#state || this.#step(state, blocked) < 0) continue;
      this.#push(entry, operation, state);
      return;
    }
  }

  /** Puts on the agenda the crashed operations that could have taken effect here, latest invocation on top. */
  #tryCrashed(entry: number): void {
    const { open, openFrom, openTo, observer, crashed, invokedCrashed } = this.windows;
    const window = this.#window;
    const bottom = this.#top;
    if (this.#demand !== undefined && this.#mustStay(this.#demand)) return;
    this.#stamp++;
    const classes = this.#classes;
    if (classes !== undefined) {
      // An open operation with the same input that fits here too goes first: the crashed one can take its place later.
      for (let i = openFrom[window]!, end = openTo[window]!; i < end; i++) {
        const operation = open[i]!;
        if (observer[operation] === 1 || this.#isSet(operation)) continue;
        const state = this.#step(this.#state, operation);
        if (state < 0) continue;
        this.#seen[classes.input[operation]!] = this.#stamp;
        this.#leads[classes.input[operation]!] = state;
      }
    }
    const opened = this.#stamp++;
    for (let i = 0, end = invokedCrashed[window]!; i < end; i++) {
      const operation = crashed[i]!;
      if (this.#isSet(operation)) continue;
      const ofClass = classes === undefined ? 0 : classes.input[operation]!;
      const alike = classes !== undefined && this.#seen[ofClass] === opened;
      if (classes !== undefined && !alike && this.#seenBefore(ofClass)) continue;
      const state = this.#try(operation);
      // Only one that leads to the same state can stand in for it; an answer (a fencing token) may be part of a state.
      if (alike) {
        this.#seen[ofClass] = this.#stamp;
        if (state === this.#leads[ofClass]) continue;
      }
      // One that changes nothing had better not have happened: it is dominated (R4).
      if (state >= 0 && state !== this.#state) this.#push(entry, operation, state);
    }
    this.#bestOnTop(bottom);
  }

  /** R3: of equal operations that are open, the one with the soonest return (or earliest crash) may always go first. */
  #seenBefore(ofClass: number): boolean {
    if (this.#seen[ofClass] === this.#stamp) return true;
    this.#seen[ofClass] = this.#stamp;
    return false;
  }

  /** Patient: the next entry of this round, latest window first; 0 when there is no further round. */
  #nextOfRound(): number {
    if (this.#round.length === 0) {
      [this.#round, this.#nextRound] = [this.#nextRound, this.#round];
      this.#round.sort((a, b) => this.#memo.window(a) - this.#memo.window(b));
    }
    return this.#round.pop() ?? 0;
  }

  #takeTrouble(foresight: number): void {
    this.#troubled = true;
    if (this.#classes === undefined) {
      this.#classes = new Classes(this.#operations, this.#optional);
      this.#seen = new Int32Array(this.#classes.count);
      this.#leads = new Int32Array(this.#classes.count);
      this.#stamp = 0;
    }
    this.#demand = Demand.of(this.#operations, this.windows, foresight, this.#model!, this.#states!);
    if (this.#demand === undefined) this.#growth = Growth.of(this.#operations, this.windows, foresight, this.#model!);
  }

  #note(window: number, state: number, entry: number): void {
    if (window > this.furthest) {
      this.furthest = window;
      this.#furthestEntry = entry;
      this.#furthestStates = [state];
    } else if (this.#furthestStates.length < 16 && !this.#furthestStates.includes(state)) {
      this.#furthestStates.push(state);
    }
  }

  #changed(operation: number): Error {
    return new Error(
      `The model "${this.#model?.name}" calls "${this.#words(operation)}" read-only, but its step changed the state` +
        " (or made an equal state that is no plain data; then give the model a key).",
    );
  }

  #contradicts(operation: number): Error {
    return new Error(
      `The model "${this.#model?.name}" contradicts itself: the step of "${this.#words(operation)}" begins or ends in` +
        " another state than its `needs` or `sets` says.",
    );
  }

  #words(operation: number): string {
    const { input, output } = this.#operations[operation]!;
    return this.#model?.describe?.(input, output) ?? fingerprint(input) ?? "an operation";
  }
}
