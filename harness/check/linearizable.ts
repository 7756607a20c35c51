/** The checker of linearizability: a history and a model in, a verdict and its reason out. */

import { byForm, bySearch, type Contradiction } from "./contradiction.ts";
import type { Form } from "./forms/form.ts";
import { grouped, judgeClosed } from "./forms/judge.ts";
import { formOf } from "./forms/registry.ts";
import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { inOrder } from "./order.ts";
import { counted, span, told } from "./sentences.ts";
import { witnessOrder } from "./witness.ts";

/** How much work may go into each independent part of a history. Counted, so that verdicts are the same on every machine. */
export interface LinearizabilityBudget {
  /** Model steps tried, windows passed and memo entries looked at. Default: 10,000,000. */
  readonly steps?: number;
  /** Configurations remembered; each takes six to eight words, more when very many operations are open. Default: 2,000,000. */
  readonly configurations?: number;
  /** What the states of the model may take, about, in bytes. Default: 500,000,000. */
  readonly stateBytes?: number;
  /** Asked now and then: true ends the search undecided. For those who have a clock; a run has none. */
  readonly stop?: () => boolean;
  /**
   * "auto" (the default) decides by a closed form where there is one, and searches what that does not cover; "closed" leaves
   * that unknown; "search" only searches.
   */
  readonly engine?: "auto" | "closed" | "search";
}

/** What the checker found. The operations in it are the very objects of the history. */
export interface LinearizabilityResult<O extends Operation = Operation> {
  /** "unknown" when a budget ended the search. */
  readonly verdict: "valid" | "invalid" | "unknown";
  /** A whole sentence. */
  readonly reason: string;
  /** The part (key) that is invalid or unknown, when the model splits histories. */
  readonly part?: string;
  /** What decided: "zones", "frontier", or "frontier (values repeat)" where a closed form had to leave it to the search. */
  readonly engine: string;
  /** Of all parts that were judged. */
  readonly steps: number;
  /** How many operations were judged: all but failed ones and crashed reads. */
  readonly operations: number;
  /** When invalid: the first operation to return that nothing explains. */
  readonly culprit?: O;
  /**
   * When invalid: an order that explains every operation that returned before the culprit. After a closed form it is worked
   * out when first read, and undefined when that takes too long.
   */
  readonly longestPrefix?: readonly O[] | undefined;
  /**
   * When invalid: the fewest operations that contradict each other whatever became of the others, in order of invocation
   * (1-minimal unless its own budget ended the search for it). Worked out when first read.
   */
  readonly core?: readonly O[];
  /** When valid: an order that explains everything, worked out anew at each call; undefined when that takes too long. */
  witness?(): readonly O[] | undefined;
}

const STEPS = 10_000_000;
const CONFIGURATIONS = 2_000_000;
/** Parts with fewer operations are searched first: that is quicker than to set up the columns of a closed form. */
const SMALL = 48;

/** Memory that the last call used and the next may use again; it holds nothing that a verdict could depend on. */
let idle: Frontier | undefined;

/**
 * Is there one order of the operations, within real time, in which each of them does what the model does?
 *
 * Failed operations did not happen. Crashed ones ("info") may have taken effect at any time after their invocation, or never.
 *
 * @throws HistoryError when the history is malformed
 */
export function checkLinearizable<O extends Operation>(
  history: readonly O[],
  model: Model<unknown, O["input"], O["output"]>,
  budget: LinearizabilityBudget = {},
): LinearizabilityResult<O> {
  const parts = split(inOrder(history), model);
  const limits: Limits = {
    steps: budget.steps ?? STEPS,
    configurations: budget.configurations ?? CONFIGURATIONS,
    stateBytes: budget.stateBytes,
    stop: budget.stop,
  };
  const judge = new Judge<O>(model, limits, budget.engine ?? "auto");
  let operations = 0;
  for (const part of parts.values()) operations += part.length;
  let found: LinearizabilityResult<O> | undefined;
  for (const [name, part] of parts) {
    const result = judge.part(name, part, operations);
    if (result === undefined || (result.verdict === "unknown" && found !== undefined)) continue;
    found = result;
    if (result.verdict === "invalid") break;
  }
  judge.release();
  if (found !== undefined) return found;
  const where = model.partition === undefined || (parts.size === 1 && parts.has("")) ? "" : ` on ${counted(parts.size, "key")}`;
  const reason = `${counted(operations, "operation")}${where}: an order within real time explains every answer.`;
  const witness = () => witnessOrder(parts.values(), model, judge.form, limits);
  return { verdict: "valid", reason, engine: judge.engine, steps: judge.steps, operations, witness };
}

/** Judges the parts of one history, one after the other. */
class Judge<O extends Operation> {
  /** Of all parts so far. */
  steps = 0;
  readonly #model: Model;
  readonly #limits: Limits;
  readonly form: Form | undefined;
  readonly #choice: "auto" | "closed" | "search";
  #frontier: Frontier | undefined;
  readonly #engines = new Set<string>();

  constructor(model: Model, limits: Limits, choice: "auto" | "closed" | "search") {
    this.#model = model;
    this.#limits = limits;
    this.#choice = choice;
    this.form = choice === "search" ? undefined : formOf(model);
    this.#frontier = idle;
    idle = undefined;
  }

  /** Whatever decided the parts so far. */
  get engine(): string {
    return this.#engines.size === 0 ? "frontier" : [...this.#engines].join(", ");
  }

  /** Drops what was judged, and keeps the scratch for the next call. */
  release(): void {
    if (this.#frontier?.release() === true) idle = this.#frontier;
  }

  /** What is wrong with a part, or undecided; undefined when it is valid. */
  part(name: string, part: readonly O[], operations: number): LinearizabilityResult<O> | undefined {
    const model = this.#model;
    const { form } = this;
    const head = model.partition === undefined || name === "" ? "" : `key ${name}: `;
    const common = { ...(model.partition !== undefined && { part: name }), operations };
    if (form === undefined || (this.#choice === "auto" && part.length < SMALL)) {
      const result = this.#searched(part, head, common, "");
      if (result?.verdict !== "unknown" || form === undefined) return result;
    }
    const { finding, columns } = judgeClosed(part, model, form);
    this.steps += part.length;
    if (finding.verdict === "valid") {
      this.#engines.add(form.name);
      return undefined;
    }
    if (finding.verdict === "invalid") {
      const found = byForm(form, columns!, finding, part, model, head);
      return refuted(found, { ...common, engine: form.name, steps: this.steps });
    }
    const why = ` (${finding.why})`;
    if (this.#choice === "closed") {
      const reason = `${head}undecided, for the closed form "${form.name}" does not cover it: ${finding.why}. Let it be searched.`;
      return { ...common, verdict: "unknown", reason, engine: form.name, steps: this.steps };
    }
    if (finding.rest === undefined || columns === undefined) return this.#searched(part, head, common, why);
    this.#engines.add(form.name);
    const groups = grouped(finding.rest, (i) => form.part?.(part[i]!.input) ?? "");
    let undecidedRest: LinearizabilityResult<O> | undefined;
    for (const rest of groups) {
      const some = rest.map((i) => part[i]!);
      const result = this.#searched(some, head, common, why);
      if (result?.verdict === "invalid") {
        return refuted(byForm(form, columns, undefined, part, model, head, groups), {
          ...common,
          engine: result.engine,
          steps: this.steps,
        });
      }
      undecidedRest ??= result;
    }
    return undecidedRest;
  }

  #searched(
    part: readonly O[],
    head: string,
    common: Pick<LinearizabilityResult, "part" | "operations">,
    why: string,
  ): LinearizabilityResult<O> | undefined {
    this.#frontier ??= new Frontier();
    const frontier = this.#frontier;
    const verdict = frontier.judge(part, this.#model, this.#limits);
    this.steps += frontier.steps;
    const engine = (frontier.patient ? "frontier, fewest crashed operations first" : "frontier") + why;
    if (verdict === "valid") {
      this.#engines.add(`frontier${why}`);
      return undefined;
    }
    const all: Common = { ...common, engine, steps: this.steps };
    if (verdict === "unknown") return { verdict, reason: head + undecided(frontier, part, this.#model), ...all };
    // The explanation needs it.
    this.#frontier = undefined;
    return refuted(bySearch(frontier, part, this.#model, head, this.#limits), all);
  }
}

/** Nothing of the contradiction is read before somebody reads it here. */
function refuted<O extends Operation>(found: Contradiction<O>, common: Common): LinearizabilityResult<O> {
  return {
    ...common,
    verdict: "invalid",
    get reason() {
      return found.reason;
    },
    get culprit() {
      return found.culprit;
    },
    get longestPrefix() {
      return found.longestPrefix;
    },
    get core() {
      return found.core;
    },
  };
}

/** The independent parts, each in order of invocation, in order of their first operation. */
function split<O extends Operation>(ordered: readonly O[], model: Model): ReadonlyMap<string, readonly O[]> {
  const parts = new Map<string, O[]>();
  for (const operation of ordered) {
    if (operation.outcome === "fail") continue;
    if (operation.outcome === "info" && model.readOnly?.(operation.input)) continue;
    const name = model.partition === undefined ? "" : model.partition(operation.input);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  }
  return parts;
}

type Common = Pick<LinearizabilityResult, "part" | "engine" | "operations" | "steps">;

function undecided(frontier: Frontier, part: readonly Operation[], model: Model): string {
  const { operation, returning, crashed } = frontier.stuck();
  const stuck = part[operation];
  const all = part.filter(({ outcome }) => outcome === "info");
  const open = `${counted(all.length, "crashed operation")} of ${part.length} in all stayed open to the end`;
  const where =
    stuck === undefined
      ? open
      : `${crowd(all.slice(0, crashed))} and ${counted(returning, "other operation")} overlap the window ${span(stuck)}, where no order` +
        ` tried got past ${told(stuck, model)}; ${open}`;
  return `undecided, for ${frontier.exhausted} (${frontier.steps} steps): ${where}. Allow more steps, or have fewer operations crash on one key.`;
}

/** "14 crashed writes" when they are all of a kind that has a name. */
function crowd(crashed: readonly Operation[]): string {
  const names = new Set(
    crashed.map(({ input }) => (typeof input === "object" && input !== null ? (input as { f?: unknown }).f : undefined)),
  );
  const [name] = names;
  return counted(crashed.length, names.size === 1 && typeof name === "string" ? `crashed ${name}` : "crashed operation");
}
