/** Histories of any length, valid by construction, or with one wrong answer: what busy clients would record of one atomic object. For tests and benchmarks. */

import type { Operation } from "../history.ts";

/** A small fast generator (mulberry32): whole numbers below `bound`. */
export type Chance = (bound: number) => number;

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % bound;
  };
}

export interface Input {
  readonly f: string;
  readonly [field: string]: unknown;
}

/** An atomic object in one place: what clients ask of it, and what it answers. */
export interface Atom {
  /** What client number `client` asks next; `left` operations are still to come. */
  ask(client: number, nth: number): Input;
  /** Takes effect. `FAILED`: it did not happen. `BLOCKED`: not yet; it is asked again after the next effect. */
  answer(input: Input): unknown;
  /** A wrong answer in place of `operation`'s, when this is one that can be made wrong; `undefined` otherwise. */
  lie(operation: Operation<Input>): unknown;
}

export const FAILED = Symbol("failed");
export const BLOCKED = Symbol("blocked");
/** In place of a lie: this operation is left out. */
export const OMIT = Symbol("omit");

export interface Wish {
  readonly operations: number;
  readonly clients: number;
  readonly seed: number;
  /** One answer is wrong, after 95 % of the operations. */
  readonly bad?: boolean;
  /** So many operations never return; they may have taken effect or not. */
  readonly crashed?: number;
}

type Open = { -readonly [Name in keyof Operation<Input>]: Operation<Input>[Name] };

/**
 * Every client is always busy: between invocation, effect and return lie up to 1,000 ticks each, between operations up to 200,
 * so that at any time about nine tenths of the clients have an operation open. As in the measurements of Porcupine.
 */
export function simulated(atom: Atom, { operations: wanted, clients, seed, bad = false, crashed = 0 }: Wish): Operation<Input>[] {
  const random = chance(seed);
  const operations: Open[] = [];
  const crashes = new Set<number>();
  while (crashes.size < crashed) crashes.add(random(wanted));
  const open: (Open | undefined)[] = new Array(clients).fill(undefined);
  const phase = new Uint8Array(clients);
  const names = Array.from({ length: clients }, (_, client) => client);
  const queue = new Timetable(clients);
  const blocked: number[] = [];
  for (let client = 0; client < clients; client++) queue.add(1 + random(200), client);
  let position = 0;
  let invoked = 0;
  let fresh = clients;
  while (queue.size > 0) {
    const { time } = queue;
    const client = queue.take();
    const operation = open[client];
    if (operation === undefined) {
      if (invoked >= wanted) continue;
      const input = atom.ask(client, invoked);
      const next: Open = {
        process: names[client]!,
        input,
        output: undefined,
        outcome: "info",
        invoked: position++,
        returned: Infinity,
      };
      open[client] = next;
      operations.push(next);
      if (crashes.has(invoked++)) {
        if (random(2) === 0) next.output = atom.answer(input);
        next.output = undefined;
        names[client] = fresh++;
        open[client] = undefined;
        queue.add(time + 1 + random(1200), client);
      } else {
        phase[client] = 1;
        queue.add(time + 1 + random(1000), client);
      }
    } else if (phase[client] === 1) {
      const output = atom.answer(operation.input);
      if (output === BLOCKED) {
        blocked.push(client);
        continue;
      }
      operation.output = output;
      phase[client] = 2;
      queue.add(time + 1 + random(1000), client);
      const freed = blocked.length === 0 ? undefined : blocked.splice(random(blocked.length), 1)[0];
      if (freed !== undefined) queue.add(time + 1, freed);
    } else {
      operation.returned = position++;
      operation.outcome = operation.output === FAILED ? "fail" : "ok";
      if (operation.output === FAILED) operation.output = undefined;
      open[client] = undefined;
      queue.add(time + 1 + random(200), client);
    }
  }
  const happened = operations.filter(({ outcome }) => outcome !== "fail");
  return bad ? falsified(happened, atom) : happened;
}

/** The same history with one wrong answer, after 95 % of the operations; the atom is the one that it was recorded of. */
export function falsified(operations: Operation<Input>[], atom: Atom): Operation<Input>[] {
  // From there on; when none of the last ones can be made wrong, the one nearest before.
  const first = Math.floor(0.95 * operations.length);
  for (let nth = 0; nth < operations.length; nth++) {
    const i = first + nth < operations.length ? first + nth : operations.length - 1 - nth;
    const operation = operations[i]!;
    const output = operation.outcome === "ok" ? atom.lie(operation) : undefined;
    if (output === undefined) continue;
    return output === OMIT ? operations.toSpliced(i, 1) : operations.with(i, { ...operation, output });
  }
  throw new Error("No operation of this history can be made wrong.");
}

/** When each client acts next: a binary heap. */
class Timetable {
  size = 0;
  readonly #times: Float64Array;
  readonly #clients: Int32Array;

  constructor(clients: number) {
    this.#times = new Float64Array(clients + 1);
    this.#clients = new Int32Array(clients + 1);
  }

  get time(): number {
    return this.#times[0]!;
  }

  add(time: number, client: number): void {
    let at = this.size++;
    for (; at > 0; at = (at - 1) >> 1) {
      const above = (at - 1) >> 1;
      if (this.#times[above]! <= time) break;
      this.#times[at] = this.#times[above]!;
      this.#clients[at] = this.#clients[above]!;
    }
    this.#times[at] = time;
    this.#clients[at] = client;
  }

  take(): number {
    const first = this.#clients[0]!;
    const time = this.#times[--this.size]!;
    const client = this.#clients[this.size]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.size) break;
      if (below + 1 < this.size && this.#times[below + 1]! < this.#times[below]!) below++;
      if (this.#times[below]! >= time) break;
      this.#times[at] = this.#times[below]!;
      this.#clients[at] = this.#clients[below]!;
      at = below;
    }
    this.#times[at] = time;
    this.#clients[at] = client;
    return first;
  }
}
