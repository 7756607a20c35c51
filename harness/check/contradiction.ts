/** What is said of an invalid part of a history: why, where it goes wrong first, an order of all before, and the core. */

import { bruteForce } from "./brute-force.ts";
import { minimalCore } from "./core.ts";
import { Names } from "./fingerprint.ts";
import { type Columns, type Form, type Invalid, invalid, type Searching } from "./forms/form.ts";
import { locate } from "./forms/judge.ts";
import { Frontier, type Limits } from "./frontier.ts";
import type { Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { counted, possible, told } from "./sentences.ts";
import { pending, type Trouble, troubleOf } from "./trouble.ts";

/** An explanation: worked out when one of these is first read, for it takes longer than the verdict. */
export interface Contradiction<O extends Operation> {
  readonly reason: string;
  readonly culprit: O;
  readonly longestPrefix: readonly O[] | undefined;
  readonly core: readonly O[];
}

const CORE_STEPS = 2_000_000;
/** A core up to this size is proved again by brute force. */
const PROVABLE = 8;
/** A witness up to this size is searched for a smaller core. */
const SEARCHABLE = 400;
/** What a search may take that finds out where a history goes wrong; and one that only helps to explain. */
const THOROUGH = { steps: 2_000_000, configurations: 200_000 };
const HELP = { steps: 20_000, configurations: 10_000 };
/** Histories up to this long are searched for where they go wrong when their closed form cannot tell. */
const SHORT = 200;

/** @param frontier has just judged `part` invalid; it is not to be used elsewhere until the explanation has been read */
export function bySearch<O extends Operation>(
  frontier: Frontier,
  part: readonly O[],
  model: Model,
  head: string,
  limits: Limits,
): Contradiction<O> {
  const names = new Names();
  const trouble = once(() => troubleOf(frontier, part, model, limits, names));
  const core = once(() => {
    const { culprit, doomed } = trouble();
    return proved(minimalCore(part, culprit, model, CORE_STEPS, doomed, names), culprit, model);
  });
  return {
    get reason() {
      const ends = trouble().order === undefined ? "" : "; the longest linearizable prefix ends before it";
      return `${head}${sentence(part, trouble(), model)}${ends}.`;
    },
    get culprit() {
      return trouble().culprit;
    },
    get longestPrefix() {
      return trouble().order;
    },
    get core() {
      return core();
    },
  };
}

function sentence<O extends Operation>(part: readonly O[], { culprit, doomed, states }: Trouble<O>, model: Model): string {
  const around = part.filter(
    (other) =>
      other !== culprit && other.invoked < culprit.returned && (other.outcome === "info" || other.returned > culprit.invoked),
  );
  const explained = doomed
    ? "nothing that was invoked before it returned leads to the state that it needs"
    : around.length === 0
      ? "nothing ran beside it, and what came before does not explain it"
      : `no order of the ${counted(around.length, "operation")} around it explains it`;
  const where = states.length === 0 ? "" : ` (the state there can only be ${possible(states)})`;
  return `${told(culprit, model)}, but ${explained}${where}`;
}

/** Where a part goes wrong, as far as its closed form, or a search of what that leaves over, can tell. */
interface Found<O extends Operation> extends Pick<Trouble<O>, "culprit" | "order"> {
  readonly says: string;
  /** These contradict each other by themselves. */
  readonly among: readonly O[];
  /** True when that is the core. */
  readonly final: boolean;
}

/** @param found what the form says of all columns; undefined when searches found some of these `rest` contradictory */
export function byForm<O extends Operation>(
  form: Form,
  columns: Columns,
  found: Invalid | undefined,
  part: readonly O[],
  model: Model,
  head: string,
  rest: readonly (readonly number[])[] = [],
): Contradiction<O> {
  const work = once(() => placed(form, columns, found, part, model, rest));
  const core = once(() => {
    const { among, culprit, final } = work();
    if (final || among.length > SEARCHABLE) return proved(among, culprit, model);
    const steps = Math.min(CORE_STEPS, Math.ceil((100 * CORE_STEPS) / among.length ** 2));
    return proved(minimalCore(among, culprit, model, steps), culprit, model);
  });
  return {
    get reason() {
      const { says, culprit, order } = work();
      const where = told(culprit, model);
      const ends = order === undefined || says.includes(where) ? "" : `; the longest linearizable prefix ends before ${where}`;
      return `${head}${says}${ends}.`;
    },
    get culprit() {
      return work().culprit;
    },
    get longestPrefix() {
      return work().order;
    },
    get core() {
      return core();
    },
  };
}

function placed<O extends Operation>(
  form: Form,
  columns: Columns,
  found: Invalid | undefined,
  part: readonly O[],
  model: Model,
  rest: readonly (readonly number[])[],
): Found<O> {
  const known = found ?? contradictedIn(rest, searching(part, model, THOROUGH)(columns));
  const site = locate(form, columns, known, searching(part, model, HELP), found === undefined);
  const { finding, culprit: at, order } = site;
  const culprit = part[at]!;
  if (order === undefined && part.length <= SHORT) {
    const searched = searchedUntil(part, culprit, model);
    if (searched !== undefined) return searched;
  }
  const says = finding.why((operation) => told(part[operation]!, model));
  const among = finding.witness.map((i) => part[i]!);
  return { culprit, order: order && picked(part, order), says, among, final: finding.final };
}

/** The contradiction that a search has found in one of the parts that were left to it. */
function contradictedIn(rest: readonly (readonly number[])[], search: Searching): Invalid {
  for (const among of rest) {
    const searched = search(among);
    if (searched.verdict === "invalid") return searched.finding();
  }
  throw new Error("A search called something invalid, and now it does not. This is a bug; please report it.");
}

function picked<T>(items: readonly T[], order: Int32Array): readonly T[] {
  const some = new Array<T>(order.length);
  for (let n = 0; n < order.length; n++) some[n] = items[order[n]!]!;
  return some;
}

/** Searches operations as they were at the end of some columns: those that had not returned by then are open. */
function searching(part: readonly Operation[], model: Model, limits: Limits): (columns: Columns) => Searching {
  return ({ ret, end }) =>
    (some) => {
      const judged: Operation[] = [];
      const numbers: number[] = [];
      for (const i of some) {
        const operation = part[i]!;
        if (ret[i] === end && model.readOnly?.(operation.input)) continue;
        judged.push(ret[i] === end ? pending(operation) : operation);
        numbers.push(i);
      }
      const frontier = new Frontier();
      const verdict = frontier.judge(judged, model, limits);
      if (verdict === "valid") return { verdict, order: frontier.order().map((n) => numbers[n]!) };
      if (verdict === "unknown") return { verdict };
      const finding = () => {
        const words = sentence(judged, troubleOf(frontier, judged, model, limits), model);
        return invalid(numbers, () => words);
      };
      return { verdict, finding };
    };
}

/** Up to the culprit, by search alone: where it goes wrong, and an order of all before. Undefined when that takes too long. */
function searchedUntil<O extends Operation>(part: readonly O[], culprit: O, model: Model): Found<O> | undefined {
  const until = part.filter(({ invoked }) => invoked < culprit.returned);
  const frontier = new Frontier();
  if (frontier.judge(until, model, HELP) !== "invalid") return undefined;
  const trouble = troubleOf(frontier, until, model, HELP);
  if (trouble.order === undefined) return undefined;
  return { ...trouble, says: sentence(until, trouble, model), among: until, final: false };
}

/** The core itself, after brute force has found no order for it, when it is small enough for that. */
function proved<O extends Operation>(core: readonly O[], culprit: O, model: Model): readonly O[] {
  if (core.length > PROVABLE) return core;
  const until = core.map((one) => (one.returned <= culprit.returned ? one : pending(one)));
  if (bruteForce(core, model) && bruteForce(until, model)) {
    throw new Error(
      `The ${counted(core.length, "operation")} found to contradict each other do not, says brute force: ` +
        `${core.map((operation) => told(operation, model)).join("; ")}. This is a bug of the checker of "${model.name}"; please report it.`,
    );
  }
  return core;
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
