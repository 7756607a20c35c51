/** The search: is there an order of these operations that the model allows and real time does not forbid? */

import { fingerprint } from "./fingerprint.ts";
import type { Operation } from "./history.ts";
import { Memo } from "./memo.ts";
import type { Model } from "./model.ts";
import { States } from "./states.ts";
import { grown, Windows } from "./windows.ts";

/** How far a search may go. */
export interface Limits {
  readonly steps: number;
  readonly configurations: number;
  /** Different states of the model. Default: 250,000, or four for each operation. */
  readonly states?: number;
}

/** When the search takes more trouble: after `base` and `each` for every operation. Any values give the same verdicts. */
export interface Patience {
  /** Steps before the patient search takes over from the greedy one. */
  readonly greedy: { readonly base: number; readonly each: number };
  /** Steps before equal operations are looked for. */
  readonly plain: { readonly base: number; readonly each: number };
}

const PATIENCE: Patience = { greedy: { base: 64, each: 16 }, plain: { base: 64, each: 4 } };

/** What is left to do at a remembered configuration: a candidate that is still to be tried, or one of these. */
const OTHERS = -1;
const CRASHED = -2;

const NO_OPERATIONS: readonly Operation[] = [];

/**
 * The frontier search (Wing and Gong's, with Lowe's memo, over windows).
 *
 * A configuration is (window, state, mask): everything that returned before the window is linearized, of what is open the
 * mask says what is, nothing else is. `#settle` moves on as long as nothing has to be decided; then the configuration is
 * remembered, and the operation that must return next is tried first, the others that are open when that fails.
 *
 * Crashed operations may or may not have happened. They are tried last (*greedy*, quick when few are needed); when that takes
 * too long, the search starts again by number of crashed operations used, fewest first (*patient*). In that order
 * every configuration is met with its smallest sets first, and dominance keeps the number of visits from exploding.
 *
 * Nothing here changes a verdict; each pruning names its reason. Instances are scratch: `judge` starts from nothing.
 */
export class Frontier {
  /** Model steps tried, windows passed and memo entries looked at: the same on every machine. */
  steps = 0;
  /** What ran out, when the verdict is "unknown". */
  exhausted = "";
  /** True when the greedy search gave up. */
  patient = false;
  readonly #patience: Patience;
  readonly #windows = new Windows();
  #operations: readonly Operation[] = [];
  #total = 0;
  readonly #memo = new Memo();
  #model: Model | undefined;
  #states: States | undefined;
  #limit = 0;
  #mostConfigurations = 0;
  #mostStates = 0;

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

  // Equal operations share a class (only looked for when a search takes longer): by input, and by input and output.
  #classified = false;
  #inputClass = new Int32Array(0);
  #class = new Int32Array(0);
  #seen = new Int32Array(0);
  #stamp = 0;

  // The furthest window that was reached, and in which states.
  #furthest = -1;
  #furthestEntry = 0;
  #furthestStates: number[] = [];
  #trail: number[] | undefined;

  constructor(patience: Patience = PATIENCE) {
    this.#patience = patience;
  }

  /**
   * Judges one part of a history: `operations` in order of invocation, failed ones and crashed reads left out.
   *
   * `free` are operations that may take effect whenever they like, as often as they like, or never (see core.ts). They are
   * crashed operations without a bit in the mask, numbered after the others.
   */
  judge(
    operations: readonly Operation[],
    model: Model,
    limits: Limits,
    free: readonly Operation[] = NO_OPERATIONS,
  ): "valid" | "invalid" | "unknown" {
    this.#operations = free.length === 0 ? operations : [...operations, ...free];
    this.#total = operations.length;
    this.steps = 0;
    this.patient = false;
    this.#model = model;
    this.#states = new States(model);
    this.#classified = false;
    this.#furthest = -1;
    const windows = this.#windows;
    if (!windows.cut(operations, model)) return "unknown";
    if (this.#mask.length < windows.words) this.#mask = new Int32Array(2 * windows.words);
    this.#mostConfigurations = limits.configurations;
    this.#mostStates = limits.states ?? Math.max(250_000, 4 * operations.length);
    if (windows.crashes > 0) {
      this.#limit = Math.min(limits.steps, this.#patience.greedy.base + this.#patience.greedy.each * this.#total);
      const verdict = this.#search();
      if (verdict !== "unknown" || this.exhausted !== "steps" || this.#limit === limits.steps) return verdict;
      this.patient = true;
    }
    this.#limit = limits.steps;
    return this.#search();
  }

  /** After a verdict that is not "valid": which operation's return no order got past; -1 when nothing was searched. */
  get culprit(): number {
    return this.#furthest < 0 ? -1 : this.#windows.blocking[this.#furthest]!;
  }

  /** How many operations that returned were open in the window that no order got past, and how many crashed ones. */
  get openAtFurthest(): { readonly returned: number; readonly crashed: number } {
    const at = this.#furthest;
    if (at < 0) return { returned: 0, crashed: 0 };
    return { returned: this.#windows.openTo[at]! - this.#windows.openFrom[at]!, crashed: this.#windows.invokedCrashed[at]! };
  }

  /** The states in which the culprit could have taken effect, had it fitted one of them. */
  get statesAtFurthest(): readonly unknown[] {
    return this.#furthestStates.map((state) => this.#states?.values[state]);
  }

  /** An order (of numbers of operations) that explains every operation that returned before the culprit. */
  longestPrefix(): readonly number[] {
    if (this.#furthest < 0) return [];
    const entries: number[] = [];
    for (let entry = this.#furthestEntry; entry !== 0; entry = this.#memo.parent(entry)) entries.push(entry);
    const trail: number[] = [];
    this.#trail = trail;
    this.#restart();
    this.#settle();
    for (const entry of entries.reverse().slice(1)) {
      const operation = this.#memo.via(entry);
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
    this.#round = [];
    this.#nextRound = [];
    return this.#memo.capacity + this.#agenda.length + this.#windows.open.length < 1 << 21;
  }

  #search(): "valid" | "invalid" | "unknown" {
    const windows = this.#windows;
    const memo = this.#memo;
    memo.clear(windows.liveWords, windows.words);
    this.#top = 0;
    this.#round.length = 0;
    this.#nextRound.length = 0;
    this.#furthest = -1;
    this.#restart();
    if (this.patient) this.#classify();
    for (;;) {
      if (this.#settle()) return this.#ended("valid", "");
      const window = this.#window;
      const state = this.#state;
      const entry = memo.add(window, state, this.#mask, this.#parent, this.#via);
      if (entry !== 0) {
        if (window >= this.#furthest) this.#note(window, state, entry);
        this.#push(entry, OTHERS, 0);
        const blocking = windows.blocking[window]!;
        // An observer would be linearized by now if it fitted.
        const next = windows.observer[blocking] === 1 ? -1 : this.#step(state, blocking);
        if (next >= 0) {
          // It returns right here, so its bit need not even be set.
          this.#window++;
          this.#state = next;
          this.#parent = entry;
          this.#via = blocking;
          continue;
        }
      }
      if (this.steps + memo.looked > this.#limit) return this.#ended("unknown", "steps");
      if (memo.size > this.#mostConfigurations) return this.#ended("unknown", "configurations");
      if (this.#states!.values.length > this.#mostStates) return this.#ended("unknown", "states of the model");
      if (!this.#next()) return this.#ended("invalid", "");
    }
  }

  #ended<Verdict>(verdict: Verdict, exhausted: string): Verdict {
    this.steps += this.#memo.looked;
    this.exhausted = exhausted;
    return verdict;
  }

  #restart(): void {
    this.#window = 0;
    this.#state = 0;
    this.#mask.fill(0, 0, this.#windows.words);
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
    const { count, blocking, bit, observer, open, openFrom, openTo, invoked } = this.#windows;
    const mask = this.#mask;
    if (this.#window === count) return true;
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
      if (++this.#window === count) return true;
      for (const end = invoked[this.#window]!; operation < end; operation++) {
        if (observer[operation] === 1) this.#observe(operation);
      }
    }
  }

  #observe(operation: number): void {
    const at = this.#windows.bit[operation]!;
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

  /** Marks `operation` as linearized. */
  #set(operation: number): void {
    if (operation >= this.#total) return;
    const at = this.#windows.bit[operation]!;
    this.#mask[at >>> 5]! |= 1 << (at & 31);
    this.#trail?.push(operation);
  }

  #isSet(operation: number): boolean {
    const at = this.#windows.bit[operation]!;
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
    if (!this.#classified && this.steps > this.#patience.plain.base + this.#patience.plain.each * this.#total) this.#classify();
    const { open, openFrom, openTo, observer, blocking, invokedCrashed } = this.#windows;
    const window = this.#window;
    if (invokedCrashed[window]! > 0) {
      if (this.patient) this.#nextRound.push(entry);
      else this.#push(entry, CRASHED, 0);
    }
    const from = openFrom[window]! + 1;
    const end = openTo[window]!;
    if (this.#candidates.length < end - from) this.#candidates = new Int32Array(2 * (end - from));
    let count = 0;
    this.#stamp++;
    if (this.#classified) this.#seen[this.#class[blocking[window]!]!] = this.#stamp;
    for (let i = from; i < end; i++) {
      const operation = open[i]!;
      if (observer[operation] === 1 || this.#isSet(operation)) continue;
      if (this.#classified && this.#seenBefore(this.#class[operation]!)) continue;
      this.#candidates[count++] = operation;
    }
    for (let operation = this.#total; operation < this.#operations.length; operation++) {
      const state = this.#step(this.#state, operation);
      if (state >= 0 && state !== this.#state) this.#push(entry, operation, state);
    }
    while (count-- > 0) {
      const operation = this.#candidates[count]!;
      const state = this.#step(this.#state, operation);
      if (state >= 0) this.#push(entry, operation, state);
    }
  }

  /** Puts on the agenda the crashed operations that could have taken effect here, latest invocation on top. */
  #tryCrashed(entry: number): void {
    const { open, openFrom, openTo, observer, crashed, invokedCrashed } = this.#windows;
    const window = this.#window;
    this.#stamp++;
    if (this.#classified) {
      // An open operation with the same input that fits here too goes first: the crashed one can take its place later.
      for (let i = openFrom[window]!, end = openTo[window]!; i < end; i++) {
        const operation = open[i]!;
        if (observer[operation] === 1 || this.#isSet(operation)) continue;
        if (this.#step(this.#state, operation) >= 0) this.#seen[this.#inputClass[operation]!] = this.#stamp;
      }
    }
    for (let i = 0, end = invokedCrashed[window]!; i < end; i++) {
      const operation = crashed[i]!;
      if (this.#isSet(operation)) continue;
      if (this.#classified && this.#seenBefore(this.#inputClass[operation]!)) continue;
      const state = this.#step(this.#state, operation);
      // One that changes nothing had better not have happened: it is dominated (R4).
      if (state >= 0 && state !== this.#state) this.#push(entry, operation, state);
    }
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

  /** Gives equal operations the same class. Classes of inputs and of (input, output) are numbered together. */
  #classify(): void {
    if (this.#classified) return;
    const operations = this.#operations;
    const total = this.#total;
    if (this.#class.length < total) {
      this.#class = new Int32Array(total);
      this.#inputClass = new Int32Array(total);
    }
    const numbers = new Map<string, number>();
    let count = 0;
    const numbered = (name: string | undefined): number => {
      if (name === undefined) return count++;
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, count);
      return count++;
    };
    for (let i = 0; i < total; i++) {
      const { input, output, outcome } = operations[i]!;
      const asked = fingerprint(input);
      this.#inputClass[i] = numbered(asked);
      const told = fingerprint(output);
      this.#class[i] = outcome === "info" ? this.#inputClass[i]! : numbered(asked && told && `${asked} ${told}`);
    }
    this.#seen = new Int32Array(count);
    this.#stamp = 0;
    this.#classified = true;
  }

  #note(window: number, state: number, entry: number): void {
    if (window > this.#furthest) {
      this.#furthest = window;
      this.#furthestEntry = entry;
      this.#furthestStates = [state];
    } else if (this.#furthestStates.length < 16 && !this.#furthestStates.includes(state)) {
      this.#furthestStates.push(state);
    }
  }

  #changed(operation: number): Error {
    const { input, output } = this.#operations[operation]!;
    const words = this.#model?.describe?.(input, output) ?? JSON.stringify(input);
    return new Error(
      `The model "${this.#model?.name}" calls "${words}" read-only, but its step changed the state` +
        " (or made an equal state that is no plain data; then give the model a key).",
    );
  }
}
