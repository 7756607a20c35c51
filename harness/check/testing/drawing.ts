/** Draws random histories: of a right copy whose clients overlap and crash, then made worse. */

import type { Operation } from "../history.ts";
import type { Chance } from "./simulated.ts";
import type { Input, Subject } from "./subjects.ts";

const one = <T>(random: Chance, items: readonly T[]): T => items[random(items.length)]!;

export interface Shape {
  readonly operations: number;
  readonly processes: number;
  /** Of a hundred operations, how many crash. */
  readonly crashes: number;
  /** Wrong answers, and operations moved in time. */
  readonly lies: number;
}

interface Draft {
  process: number;
  input: Input;
  output: unknown;
  outcome: "ok" | "info";
  invoked: number;
  returned: number;
}

/** A history of a right copy, then made worse. */
export function drawn({ model, input, answer }: Subject, random: Chance, shape: Shape): readonly Operation<Input>[] {
  const states = new Map<string, unknown>();
  const all: Draft[] = [];
  const open: (Draft | undefined)[] = new Array(shape.processes).fill(undefined);
  const done = new Set<Draft>();
  const names = open.map((_, process) => process);
  let value = 0;
  let position = 0;
  for (let move = 0; move < 20 * shape.operations; move++) {
    const process = random(shape.processes);
    const here = open[process];
    if (here === undefined) {
      if (all.length === shape.operations) continue;
      const asked = input(random, () => value++, process, states.get("") ?? model.init);
      const draft: Draft = {
        process: names[process]!,
        input: asked,
        output: undefined,
        outcome: "info",
        invoked: position++,
        returned: Infinity,
      };
      open[process] = draft;
      all.push(draft);
    } else if (!done.has(here)) {
      if (random(100) < shape.crashes) {
        // Before its effect; or after it, below.
        if (random(2) === 0) {
          open[process] = undefined;
          names[process]! += 100;
          continue;
        }
      }
      const part = model.partition?.(here.input) ?? "";
      const state = states.has(part) ? states.get(part) : model.init;
      const output = answer(state, here.input);
      if (output === undefined) continue;
      states.set(part, model.step(state, here.input, output));
      here.output = output;
      done.add(here);
    } else {
      open[process] = undefined;
      if (random(100) < shape.crashes) {
        names[process]! += 100;
        here.output = undefined;
        continue;
      }
      here.outcome = "ok";
      here.returned = position++;
    }
  }
  for (const draft of open) if (draft !== undefined) draft.output = undefined;
  for (let lie = 0; lie < shape.lies; lie++) lied(all, random);
  return all.sort((a, b) => a.invoked - b.invoked);
}

/** Gives an operation the answer of another of its kind, or moves it, with the processes named anew where they collide. */
function lied(all: readonly Draft[], random: Chance): void {
  const answered = all.filter(({ outcome }) => outcome === "ok");
  if (answered.length < 2) return;
  const liar = one(random, answered);
  if (liar.input.f === "acquire" || liar.input.f === "release") {
    liar.input = { ...liar.input, f: liar.input.f === "acquire" ? "release" : "acquire" };
    return;
  }
  if (random(3) > 0) {
    const other = one(
      random,
      answered.filter(({ input }) => input.f === liar.input.f),
    );
    const { output } = other;
    if (random(2) === 0) {
      other.output = liar.output;
      liar.output = output;
      return;
    }
    liar.output =
      typeof output === "number" && random(2) === 0
        ? output + random(3) - 1
        : typeof output === "boolean"
          ? !liar.output
          : output;
    return;
  }
  const mover = random(3) === 0 ? one(random, all) : liar;
  const moved = mover.outcome === "info" || random(2) === 0 ? "invoked" : "returned";
  const positions = all.flatMap((draft) => [draft.invoked, draft.returned]).filter(Number.isFinite);
  const to = one(random, positions) + 0.5;
  if (moved === "invoked" ? to >= mover.returned : to <= mover.invoked) return;
  mover[moved] = to;
  mover.process += 1000 + random(1e6);
  const ranks = new Map(
    all
      .flatMap((draft) => [draft.invoked, draft.returned])
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
      .map((at, rank) => [at, rank]),
  );
  for (const draft of all) {
    draft.invoked = ranks.get(draft.invoked)!;
    if (draft.returned !== Infinity) draft.returned = ranks.get(draft.returned)!;
  }
}
