/** bench:check, part explain: a verdict with its explanation against the bare verdict. */

import { checkLinearizable, type LinearizabilityResult, type Model, type Operation } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { atoms, fewValues } from "../check/testing/atoms.ts";
import { simulated } from "../check/testing/simulated.ts";
import { milliseconds, number, print, watch } from "./check-timing.ts";

/** At most this many times as long from a thousand operations on; below that, at most so many milliseconds more. */
const TIMES = 3;
const MORE_MS = 50;

const widths = [-26, -7, 10, 9, 12, 7, 6, 10, -30] as const;

/** Everything is worked out when it is first read, so reading it is what the explanation costs. */
function explained(history: readonly Operation[], model: Model): { bare: number; full: number; result: LinearizabilityResult } {
  let [bare, full] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let result = checkLinearizable(history, model);
  // In turns, so that what else the machine does falls on both.
  for (let total = 0, times = 0; total < 400 || times < 3; times++) {
    const barely = watch();
    checkLinearizable(history, model);
    const bareMs = barely();
    const fully = watch();
    result = checkLinearizable(history, model);
    void [result.reason, result.culprit, result.longestPrefix, result.core];
    const fullMs = fully();
    if (times > 0) {
      bare = Math.min(bare, bareMs);
      full = Math.min(full, fullMs);
    }
    total += bareMs + fullMs;
    if (total > 30_000) break;
  }
  return { bare, full, result };
}

/** Prints a row of an invalid history; true when it takes too long. */
function row(name: string, history: readonly Operation[], model: Model): boolean {
  const { bare, full, result } = explained(history, model);
  const { verdict, core, longestPrefix, engine } = result;
  const slow = history.length >= 1_000 ? full > TIMES * bare : full > bare + MORE_MS;
  const prefix = longestPrefix === undefined ? "none" : number(longestPrefix.length);
  print(
    [
      name,
      verdict === "invalid" ? verdict : `${verdict}!`,
      number(history.length),
      milliseconds(bare),
      milliseconds(full),
      `${(full / bare).toFixed(2)}${slow ? "!" : ""}`,
      core?.length ?? "",
      prefix,
      engine,
    ],
    widths,
  );
  return slow || verdict !== "invalid";
}

/** How many rows are not as they should be. */
export function explain(names: readonly string[], sizes: readonly number[]): number {
  console.log(
    "\na verdict with its reason, place, longest prefix and core against the bare verdict; one wrong answer at 95 %, 10 clients\n",
  );
  print(["model", "verdict", "operations", "bare ms", "explained ms", "ratio", "core", "prefix", "engine"], widths);
  let wrong = 0;
  for (const name of names) {
    for (const size of sizes) {
      const history = simulated(atoms[name]!(1, size), { operations: size, clients: 10, seed: 5, bad: true });
      if (row(name, history, models[name]!)) wrong++;
    }
  }
  const model = models["cas-register"]!;
  for (const size of sizes.filter((one) => one <= 100_000)) {
    for (const crashed of [0, 5]) {
      const wish = { operations: size, clients: 10, seed: 4, crashed };
      const never = simulated(fewValues(3, 5), { ...wish, bad: true });
      if (row(`search, ${crashed} crashed, unknown value`, never, model)) wrong++;
      const stale = staled(simulated(fewValues(3, 5), { ...wish, clients: 3 }), model);
      if (stale !== undefined && row(`search, ${crashed} crashed, stale value`, stale, model)) wrong++;
    }
  }
  return wrong;
}

/** The first read after 95 % that cannot have found another of the values, when there is one. */
function staled(history: readonly Operation[], model: Model): readonly Operation[] | undefined {
  for (let i = Math.floor(0.95 * history.length); i < history.length; i++) {
    const { input, output, outcome } = history[i]!;
    if ((input as { f: string }).f !== "read" || outcome !== "ok" || typeof output !== "number") continue;
    const wrong = history.with(i, { ...history[i]!, output: (output + 1) % 5 });
    if (checkLinearizable(wrong, model, { steps: 3_000_000 }).verdict === "invalid") return wrong;
  }
  return undefined;
}
