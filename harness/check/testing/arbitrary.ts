/** Random histories for fast-check: of a correct object with crashes, and with answers that were tampered with. */

import * as fc from "fast-check";
import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";

export interface Input {
  readonly f: string;
}

/** A model with what it takes to draw histories of it. */
export interface Drawable {
  readonly model: Model;
  readonly input: fc.Arbitrary<Input>;
  /** All answers that any operation may give; the first possible one is given. */
  readonly answers: readonly unknown[];
}

/** How big, and how bad. */
export interface Shape {
  readonly operations: number;
  readonly processes: number;
  /** At most this many answers are replaced by random ones; 0 gives only valid histories. */
  readonly lies: number;
}

/** Histories of a correct copy whose clients overlap, fail and crash, and of which some answers may then be falsified. */
export function histories({ model, input, answers }: Drawable, shape: Shape): fc.Arbitrary<readonly Operation<Input>[]> {
  const { operations, processes, lies } = shape;
  const chance = fc.nat(2 ** 20);
  return fc
    .record({
      inputs: fc.array(input, { minLength: 1, maxLength: operations, size: "max" }),
      moves: fc.array(chance, { minLength: 4 * operations, maxLength: 4 * operations, size: "max" }),
      lies: fc.array(fc.tuple(chance, fc.constantFrom(...answers)), { maxLength: lies }),
    })
    .map((drawn) => falsified(performed(model, answers, drawn.inputs, drawn.moves, processes), drawn.lies));
}

interface Open {
  readonly input: Input;
  readonly invoked: number;
  output?: unknown;
  done: boolean;
}

function performed(
  model: Model,
  answers: readonly unknown[],
  inputs: readonly Input[],
  moves: readonly number[],
  processes: number,
): Operation<Input>[] {
  const operations: Operation<Input>[] = [];
  const open = new Map<number, Open>();
  const names = Array.from({ length: processes }, (_, process) => process);
  let state = model.init;
  let next = 0;
  let position = 0;
  const leave = (process: number, outcome: "ok" | "fail" | "info"): void => {
    const { input, invoked, output } = open.get(process)!;
    open.delete(process);
    const returned = outcome === "info" ? Infinity : position++;
    operations.push({
      process: names[process]!,
      input,
      output: outcome === "ok" ? output : undefined,
      outcome,
      invoked,
      returned,
    });
    if (outcome === "info") names[process]! += processes;
  };
  for (const move of moves) {
    const process = move % processes;
    const fate = (move >>> 10) % 16;
    const here = open.get(process);
    if (here === undefined) {
      if (next < inputs.length) open.set(process, { input: inputs[next++]!, invoked: position++, done: false });
    } else if (fate === 0) {
      leave(process, "info");
    } else if (here.done) {
      leave(process, "ok");
    } else if (fate === 1) {
      leave(process, "fail");
    } else {
      here.output = answers.find((answer) => model.step(state, here.input, answer) !== undefined);
      here.done = here.output !== undefined;
      if (here.done) state = model.step(state, here.input, here.output);
      else leave(process, "fail");
    }
  }
  for (const process of open.keys()) leave(process, "info");
  return operations.sort((a, b) => a.invoked - b.invoked);
}

function falsified(history: Operation<Input>[], lies: readonly (readonly [number, unknown])[]): readonly Operation<Input>[] {
  const answered = history.flatMap(({ outcome }, index) => (outcome === "ok" ? [index] : []));
  if (answered.length === 0) return history;
  for (const [which, output] of lies) {
    const index = answered[which % answered.length]!;
    history[index] = { ...history[index]!, output };
  }
  return history;
}
