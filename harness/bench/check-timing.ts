/** What the parts of bench:check share: timing, tables, reading. */

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { type FormatName, HistoryReader } from "../check/formats/index.ts";
import { checkLinearizable, type LinearizabilityResult, type Model, type Operation } from "../check/index.ts";

export type Verdict = LinearizabilityResult["verdict"];

/**
 * Starts a watch; called, it tells the milliseconds since. Of the clock and the processor (of this process, its collector of garbage
 * included) the smaller, so that what else the machine does counts as little as can be: undisturbed it would take no longer.
 */
export function watch(): () => number {
  const used = process.cpuUsage();
  const start = performance.now();
  return () => {
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    return Math.min(took, (user + system) / 1000);
  };
}

/** The best of several, for at least a fifth of a second; of two when they are slow. */
export function best<T>(work: () => T): { readonly ms: number; readonly result: T } {
  let fastest = Number.POSITIVE_INFINITY;
  for (let total = 0, times = 1; ; times++) {
    const elapsed = watch();
    const result = work();
    const took = elapsed();
    fastest = Math.min(fastest, took);
    total += took;
    if ((total > 200 && times > 1) || took > 5_000) return { ms: fastest, result };
  }
}

export function timed(
  history: readonly Operation[],
  model: Model,
): { readonly ms: number; readonly result: LinearizabilityResult } {
  return best(() => checkLinearizable(history, model));
}

/** Of this process until now. */
export function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

export function read(file: string, format: FormatName | "auto", model: string): readonly Operation[] {
  const reader = new HistoryReader({ format, model });
  reader.feed(readFileSync(file, "utf8"));
  return reader.end();
}

export const number = (value: number): string => Math.round(value).toLocaleString("en-US");
export const milliseconds = (ms: number): string => (ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0));

/** One row; columns of negative width are flush left. */
export function print(cells: readonly (string | number)[], widths: readonly number[]): void {
  console.log(
    cells
      .map((cell, i) => (widths[i]! < 0 ? `${cell}`.padEnd(-widths[i]!) : `${cell}`.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
