/** What the parts of bench:check share: timing, tables, reading. */

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { type FormatName, HistoryReader } from "../check/formats/index.ts";
import { checkLinearizable, type LinearizabilityResult, type Model, type Operation } from "../check/index.ts";

export type Verdict = LinearizabilityResult["verdict"];

/** The best of several, for at least a fifth of a second; of two when they are slow. */
export function best<T>(work: () => T): { readonly ms: number; readonly result: T } {
  let fastest = Number.POSITIVE_INFINITY;
  let result = work();
  for (let total = 0, times = 0; total < 200 || times < 2; times++) {
    const start = performance.now();
    result = work();
    const took = performance.now() - start;
    fastest = Math.min(fastest, took);
    total += took;
    if (took > 5_000) break;
  }
  return { ms: fastest, result };
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
