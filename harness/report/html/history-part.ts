/** The history of a run or of a file as a page draws it: bars, the order that explains them, and what cannot be explained. */

import { checkLinearizable, type LinearizabilityResult, type Model, type Operation } from "../../check/index.ts";
import type { TracedRun } from "../../run/run.ts";
import type { Op } from "../../workloads/workload.ts";
import type { Words } from "../reporter.ts";
import { cut, inWords, visible } from "../text.ts";
import type { PageHistory, PageJudgement, PageOperation } from "./model.ts";

/** A page is not worth more than what the run itself was worth. */
const steps = 2_000_000;
/** A state is shown in so many characters. */
const stateLength = 80;

/** The operations of a run; judged anew where its scenario asks for it, as the run keeps only the sentence. */
export function runHistory(run: TracedRun, words: Words, linearizable: boolean): PageHistory {
  const operations = run.history.map((operation): PageOperation => {
    const { id, process, client, input, output, outcome, invokedAtUs, returnedAtUs, infoAtUs, reason } = operation;
    const asked = visible(words.describe(input, undefined));
    const endUs = infoAtUs ?? returnedAtUs;
    const part = words.model?.partition?.(input);
    return {
      id,
      process,
      client,
      asked,
      told: outcome === "ok" ? visible(words.describe(input, output)) : unanswered(asked, outcome, reason),
      outcome,
      fromUs: invokedAtUs,
      toUs: Number.isFinite(endUs) ? endUs : null,
      ...(part === undefined ? {} : { part }),
    };
  });
  const { model } = words;
  if (!linearizable || model === undefined) return { operations, timed: true };
  return { operations, timed: true, judged: judgement(run.history, model, checkLinearizable(run.history, model, { steps })) };
}

function unanswered(asked: string, outcome: "fail" | "info", reason: string | undefined): string {
  const because = reason === undefined ? "" : `: ${visible(reason)}`;
  return `${asked} -> ${outcome === "fail" ? "failed" : "nobody knows"}${because}`;
}

/** What the checker found, in places of the history. */
export function judgement<O extends Operation>(
  history: readonly O[],
  model: Model<unknown, O["input"], unknown>,
  result: LinearizabilityResult<O>,
): PageJudgement {
  const places = new Map(history.map((operation, place) => [operation, place]));
  const { verdict, reason, part, culprit, core = [], longestPrefix } = result;
  const order = verdict === "valid" ? result.witness?.() : longestPrefix;
  return {
    verdict,
    reason,
    model: model.name,
    ...(part === undefined ? {} : { part }),
    ...(culprit === undefined ? {} : { culprit: places.get(culprit)! }),
    core: core.map((operation) => places.get(operation)!),
    order: explained(order ?? [], model).map(({ operation, ...rest }) => ({ operation: places.get(operation)!, ...rest })),
  };
}

/** Where each operation of an order may have taken effect, and what it left behind. */
function explained<O extends Operation>(
  order: readonly O[],
  model: Model<unknown, O["input"], unknown>,
): { readonly operation: O; readonly atUs: number; readonly state: string }[] {
  const states = new Map<string, unknown>();
  let atUs = Number.NEGATIVE_INFINITY;
  return order.map((operation) => {
    const { input, output, outcome } = operation;
    const part = model.partition?.(input) ?? "";
    const before = states.has(part) ? states.get(part) : model.init;
    const after = model.step(before, input as Op, outcome === "ok" ? output : undefined);
    states.set(part, after);
    atUs = Math.max(atUs, beginning(operation));
    return { operation, atUs, state: cut(stateInWords(after), stateLength) };
  });
}

function stateInWords(state: unknown): string {
  if (state instanceof Map) return inWords(Object.fromEntries(state));
  if (state instanceof Set) return inWords([...state]);
  return inWords(state);
}

/** Positions stand for times where there are none. */
export function beginning({ invoked, invokedAtUs }: Operation): number {
  return invokedAtUs ?? invoked;
}
