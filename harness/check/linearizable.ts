/** The checker of linearizability: a history and a model in, a verdict and its reason out. */

import { minimalCore } from "./core.ts";
import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { inOrder } from "./order.ts";
import { counted, possible, told } from "./sentences.ts";

/** How much work may go into each independent part of a history. Counted, so that verdicts are the same on every machine. */
export interface LinearizabilityBudget {
  /** Model steps tried, windows passed and memo entries looked at. Default: 10,000,000. */
  readonly steps?: number;
  /** Configurations remembered; each takes six to eight words, more when very many operations are open. Default: 2,000,000. */
  readonly configurations?: number;
}

/** What the checker found. The operations in it are the very objects of the history. */
export interface LinearizabilityResult<O extends Operation = Operation> {
  /** "unknown" when a budget ended the search. */
  readonly verdict: "valid" | "invalid" | "unknown";
  /** A whole sentence. */
  readonly reason: string;
  /** The part (key) that is invalid or unknown, when the model splits histories. */
  readonly part?: string;
  readonly engine: string;
  /** Of all parts that were judged. */
  readonly steps: number;
  /** How many operations were judged: all but failed ones and crashed reads. */
  readonly operations: number;
  /** When invalid: the first operation to return that nothing explains. */
  readonly culprit?: O;
  /** When invalid: an order that explains every operation that returned before the culprit. */
  readonly longestPrefix?: readonly O[];
  /**
   * When invalid: the fewest operations that contradict each other whatever became of the others, in order of invocation
   * (1-minimal unless its own budget ended the search for it). Worked out when first read.
   */
  readonly core?: readonly O[];
}

const STEPS = 10_000_000;
const CONFIGURATIONS = 2_000_000;
const CORE_STEPS = 2_000_000;

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
  const limits: Limits = { steps: budget.steps ?? STEPS, configurations: budget.configurations ?? CONFIGURATIONS };
  const frontier = idle ?? new Frontier();
  idle = undefined;
  let steps = 0;
  let operations = 0;
  for (const part of parts.values()) operations += part.length;
  let found: LinearizabilityResult<O> | undefined;
  for (const [name, part] of parts) {
    const verdict = frontier.judge(part, model, limits);
    steps += frontier.steps;
    if (verdict === "valid") continue;
    if (verdict === "unknown" && found !== undefined) continue;
    const engine = frontier.patient ? "frontier, fewest crashed operations first" : "frontier";
    const head = model.partition === undefined ? "" : `key ${name}: `;
    const common: Common = { ...(model.partition !== undefined && { part: name }), engine, operations, steps };
    if (verdict === "unknown") {
      found = { verdict, reason: head + undecided(frontier, part, model), ...common };
    } else {
      found = contradiction(frontier, part, model, head, common);
      break;
    }
  }
  if (frontier.release()) idle = frontier;
  if (found !== undefined) return found;
  const where = model.partition === undefined ? "" : ` on ${counted(parts.size, "key")}`;
  const reason = `${counted(operations, "operation")}${where}: an order within real time explains every answer.`;
  return { verdict: "valid", reason, engine: "frontier", steps, operations };
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

function contradiction<O extends Operation>(
  frontier: Frontier,
  part: readonly O[],
  model: Model,
  head: string,
  common: Common,
): LinearizabilityResult<O> {
  const trouble = frontier.locate();
  const culprit = part[trouble.culprit]!;
  const around = part.filter(
    (other) =>
      other !== culprit && other.invoked < culprit.returned && (other.outcome === "info" || other.returned > culprit.invoked),
  );
  const explained = trouble.doomed
    ? "nothing that was invoked before it returned leads to the state that it needs"
    : around.length === 0
      ? "nothing ran beside it, and what came before does not explain it"
      : `no order of the ${counted(around.length, "operation")} around it explains it`;
  const where = trouble.states.length === 0 ? "" : ` (the state there can only be ${possible(trouble.states)})`;
  let core: readonly O[] | undefined;
  return {
    ...common,
    verdict: "invalid",
    reason: `${head}${told(culprit, model)}, but ${explained}${where}; the longest linearizable prefix ends before it.`,
    culprit,
    longestPrefix: trouble.order.map((operation) => part[operation]!),
    get core() {
      core ??= minimalCore(part, culprit, model, CORE_STEPS);
      return core;
    },
  };
}

function undecided(frontier: Frontier, part: readonly Operation[], model: Model): string {
  const { operation, returning, crashed } = frontier.stuck();
  const stuck = part[operation];
  const all = part.filter(({ outcome }) => outcome === "info").length;
  return (
    `undecided, for ${frontier.exhausted} (${frontier.steps} steps): ${counted(all, "crashed operation")}` +
    ` of ${part.length} in all stayed open to the end` +
    (stuck === undefined
      ? ""
      : `, and no order tried got past ${told(stuck, model)}, with ${crashed} crashed and ${returning} other operations open there`) +
    ". Allow more steps, or have fewer operations crash on one key."
  );
}
