/** Delays from integer tables: the same on every machine, whatever its Math.log. */

import type { Latency } from "./world.ts";

const cells = 1024;

/**
 * -ln(1 - u) at u = (i + 1/2) / 1024, in 1/65536. Built with +, * and / only, which IEEE 754 fixes to the last bit:
 * -ln(x) = 2 atanh((1 - x) / (1 + x)).
 */
const exponential = table((i) => {
  const x = 1 - (i + 0.5) / cells;
  const z = (1 - x) / (1 + x);
  let term = z;
  let sum = 0;
  for (let k = 1; k < 20_000 && term > 1e-18; k += 2) {
    sum += term / k;
    term *= z * z;
  }
  return 2 * sum;
});

/** 1 / sqrt(1 - u) at the same points, in 1/65536: a Pareto distribution of shape 2 whose median is sqrt(2). Newton's steps, for the same reason. */
const pareto = table((i) => {
  const x = 1 - (i + 0.5) / cells;
  let root = 1;
  for (let step = 0; step < 40; step++) root = (root + x / root) / 2;
  return 1 / root;
});
const paretoMedian = pareto[cells / 2]! - 65_536;

function table(value: (i: number) => number): Int32Array {
  return Int32Array.from({ length: cells }, (_, i) => Math.round(value(i) * 65_536));
}

/** One delay in whole microseconds from one unsigned 32-bit draw. */
export function delayUs(latency: Latency, draw: number): number {
  switch (latency.kind) {
    case "constant":
      return latency.us;
    case "uniform":
      return latency.minUs + Math.floor((draw * (latency.maxUs - latency.minUs + 1)) / 4294967296);
    case "exponential":
      return latency.minUs + Math.floor((exponential[draw >>> 22]! * latency.meanUs) / 65_536);
    case "heavy-tail": {
      const beyond = Math.floor(((pareto[draw >>> 22]! - 65_536) * (latency.medianUs - latency.minUs)) / paretoMedian);
      return Math.min(latency.maxUs, latency.minUs + beyond);
    }
  }
}
