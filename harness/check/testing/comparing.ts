/** Compares closed forms, and what they say beyond a verdict, and the search, pruning by pruning, with brute force. */

import { bruteForce } from "../brute-force.ts";
import { judgeFew } from "../few.ts";
import { judgeClosed } from "../forms/judge.ts";
import { formOf } from "../forms/registry.ts";
import { Frontier, type Patience } from "../frontier.ts";
import type { Operation } from "../history.ts";
import { checkLinearizable } from "../linearizable.ts";
import type { Model } from "../model.ts";
import { drawn, type Shape } from "./drawing.ts";
import { objection, upTo } from "./explains.ts";
import { chance } from "./simulated.ts";
import { type Input, subjects } from "./subjects.ts";

export interface Tally {
  histories: number;
  invalid: number;
  crashed: number;
  operations: number;
  /** Parts that the form left to the search. */
  uncovered: number;
  parts: number;
  /** Parts that the search could not decide. */
  unanswered: number;
  /** Invalid parts of which it is told where exactly they go wrong. */
  located: number;
  /** Invalid parts that the form decided. */
  refuted: number;
}

/** Draws histories and compares; the first disagreement is thrown. */
export function compared(
  name: string,
  runs: number,
  shape: Omit<Shape, "lies">,
  base: number,
  twin: "brute force" | "search",
): Tally {
  const subject = subjects[name]!;
  const { model } = subject;
  const form = formOf(model)!;
  const tally = none();
  for (let run = 0; run < runs; run++) {
    const random = chance(base + run);
    const history = drawn(subject, random, { ...shape, lies: random(3) > 0 ? 1 + random(4) : 0 });
    let right: boolean | undefined = true;
    for (const part of partsOf(history, model)) {
      const expected = twin === "brute force" ? bruteForce(part, model) : searched(part, model);
      // Too hard a question for the search: the form stands alone.
      if (expected === undefined) {
        tally.unanswered++;
        right = undefined;
        continue;
      }
      if (!expected && right === true) right = false;
      tally.parts++;
      const { verdict } = judgeClosed(judgeable(part, model), model, form).finding;
      if (verdict === "uncovered") tally.uncovered++;
      else if ((verdict === "valid") !== expected) throw disagreement(name, base + run, part, twin, expected, verdict);
      if (verdict === "uncovered") continue;
      const wrong = explanationFault(part, model, tally, twin === "brute force" ? bruteForce : neverMind);
      if (wrong !== undefined) throw new Error(`${name}, seed ${base + run}: ${wrong}\n${told(part)}`);
    }
    const { verdict } = checkLinearizable(history, model, { steps: 100_000 });
    if (right !== undefined && verdict !== "unknown" && verdict !== (right ? "valid" : "invalid"))
      throw disagreement(name, base + run, history, twin, right, verdict);
    tally.histories++;
    if (right === false) tally.invalid++;
    tally.operations += history.length;
    tally.crashed += history.filter(({ outcome }) => outcome === "info").length;
  }
  return tally;
}

/** Asks the search; what is too hard for it is no objection. */
function neverMind(operations: readonly Operation<Input>[], model: Model): boolean {
  return searched(operations, model) === true;
}

/** What is wrong with what a form says beyond its verdict, by the plain definitions: with its order, its place, or its core. */
function explanationFault(
  part: readonly Operation<Input>[],
  model: Model,
  tally: Tally,
  isValid: (operations: readonly Operation<Input>[], model: Model) => boolean,
): string | undefined {
  const found = checkLinearizable(part, model, { engine: "closed" });
  if (found.verdict === "valid") {
    const order = found.witness?.();
    return order === undefined ? "no order is shown" : objection(order, part, model);
  }
  const { longestPrefix, core, reason } = found;
  const { returned } = found.culprit!;
  tally.refuted++;
  if (isValid(upTo(part, returned), model)) return `all is well up to the culprit, but the form says: ${reason}`;
  if (core!.length < 9 && bruteForce(core!, model) && bruteForce(upTo(core!, returned), model)) {
    return `the core can be explained: ${told(core!)}`;
  }
  if (longestPrefix === undefined) return undefined;
  tally.located++;
  return objection(longestPrefix, upTo(part, returned - 1), model);
}

function told(operations: readonly Operation[]): string {
  return operations
    .map(
      (one) =>
        `  ${JSON.stringify(one.input)} -> ${one.outcome === "ok" ? JSON.stringify(one.output) : "?"} [${one.invoked}, ${one.returned}]`,
    )
    .join("\n");
}

function searched(part: readonly Operation<Input>[], model: Model): boolean | undefined {
  const { verdict } = checkLinearizable(part, model, { steps: 100_000, engine: "search" });
  return verdict === "unknown" ? undefined : verdict === "valid";
}

function partsOf(history: readonly Operation<Input>[], model: Model): readonly (readonly Operation<Input>[])[] {
  const names = [...new Set(history.map(({ input }) => model.partition?.(input) ?? ""))];
  return names.map((name) => history.filter(({ input }) => (model.partition?.(input) ?? "") === name));
}

function judgeable(part: readonly Operation<Input>[], model: Model): readonly Operation<Input>[] {
  return part.filter(({ outcome, input }) => outcome !== "fail" && !(outcome === "info" && model.readOnly?.(input)));
}

function disagreement(
  name: string,
  seed: number,
  part: readonly Operation<Input>[],
  twin: string,
  expected: boolean,
  verdict: string,
): Error {
  return new Error(
    `${name}, seed ${seed}: ${twin} says ${expected ? "valid" : "invalid"}, the checker ${verdict}\n${told(part)}`,
  );
}

/** How much trouble a search takes from the start: prunings that are not looked for are off. */
const eager: Patience = { greedy: { base: 0, each: 0 }, plain: { base: 0, each: 0 } };
const hasty: Patience = { greedy: { base: 0, each: 1e6 }, plain: { base: 0, each: 1e6 } };
export const modes: Readonly<Record<string, Patience>> = {
  "patient, with classes": eager,
  "greedy, with classes": { ...hasty, plain: eager.plain },
  "greedy, without classes": hasty,
};

/** A model with all its hints, and without those that a pruning rests on. */
function hinted(model: Model): Readonly<Record<string, Model>> {
  const { needs: _needs, sets: _sets, reaches: _reaches, ...blind } = model;
  const { readOnly: _readOnly, ...bare } = blind;
  return { "all hints": model, "no looking ahead": blind, "no eager reads": bare };
}

/** Draws histories with few values, and compares every way of searching with brute force; the first disagreement is thrown. */
export function comparedSearches(name: string, runs: number, shape: Omit<Shape, "lies">, base: number): Tally {
  const subject = subjects[name]!;
  const few = {
    ...subject,
    input: (...[random, , process, state]: Parameters<typeof subject.input>) =>
      subject.input(random, () => random(3), process, state),
  };
  const tally = none();
  const limits = { steps: 1e6, configurations: 1e5 };
  for (let run = 0; run < runs; run++) {
    const random = chance(base + run);
    const history = drawn(few, random, { ...shape, lies: random(2) > 0 ? 1 + random(3) : 0 });
    tally.histories++;
    tally.operations += history.length;
    tally.crashed += history.filter(({ outcome }) => outcome === "info").length;
    let right = true;
    for (const part of partsOf(history, subject.model)) {
      const expected = bruteForce(part, subject.model);
      right &&= expected;
      tally.parts++;
      for (const [hints, model] of Object.entries(hinted(subject.model))) {
        const operations = judgeable(part, model);
        for (const [mode, patience] of Object.entries(modes)) {
          const verdict = new Frontier(patience).judge(operations, model, limits);
          if ((verdict === "valid") !== expected)
            throw disagreement(name, base + run, part, "brute force", expected, `${mode}, ${hints}: ${verdict}`);
        }
        if (operations.length <= 8 && judgeFew(operations, model).valid !== expected) {
          throw disagreement(name, base + run, part, "brute force", expected, `of a handful, ${hints}`);
        }
      }
    }
    if (!right) tally.invalid++;
  }
  return tally;
}

function none(): Tally {
  return { histories: 0, invalid: 0, crashed: 0, operations: 0, uncovered: 0, parts: 0, unanswered: 0, located: 0, refuted: 0 };
}
