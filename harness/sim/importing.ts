/**
 * Chance and time while somebody's files are imported: the same in every process, or what a module keeps from then on (the moment at which
 * it was loaded, an id of its own) would make each process play other runs.
 */

import { stream } from "./chance.ts";

/** Answers instead of the real functions, by the names under which the guards know them. */
export type Answers = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** 1 January 2000, as everything here is fixed but what one says first and what later. */
const firstMs = 946_684_800_000;

export function answers(): Answers {
  const draw = stream("seedquake", "importing");
  // Time goes on with each look at it: whoever waits for it is not stuck.
  let looks = 0;
  const bytes = (count: number): number[] => Array.from({ length: count }, () => draw() & 0xff);
  return {
    now: () => firstMs + looks++,
    "Math.random": () => draw() / 2 ** 32,
    "performance.now": () => looks++,
    "process.hrtime": () => [0, 1_000_000 * (looks++ % 1_000)],
    "process.hrtime.bigint": () => 1_000_000n * BigInt(looks++),
    "crypto.randomUUID": () => {
      const hex = bytes(16).map((byte) => byte.toString(16).padStart(2, "0"));
      hex[6] = `4${hex[6]![1]}`;
      hex[8] = `8${hex[8]![1]}`;
      return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
        .map((part) => part.join(""))
        .join("-");
    },
    "crypto.getRandomValues": (array) => {
      const { buffer, byteOffset, byteLength } = array as Uint8Array;
      new Uint8Array(buffer, byteOffset, byteLength).set(bytes(byteLength));
      return array;
    },
  };
}
