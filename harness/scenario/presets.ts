/** Weathers that have a name. */

import type { Weather } from "../sim/world.ts";

/** By the word that stands under `network:`. */
export const presets: Readonly<Record<string, Weather>> = {
  lan: { latency: { kind: "uniform", minUs: 1_000, maxUs: 5_000 }, lossPpm: 0, duplicatePpm: 0 },
  wan: { latency: { kind: "exponential", minUs: 20_000, meanUs: 30_000 }, lossPpm: 1_000, duplicatePpm: 0 },
  mobile: {
    latency: { kind: "heavy-tail", minUs: 30_000, medianUs: 40_000, maxUs: 2_000_000 },
    lossPpm: 10_000,
    duplicatePpm: 1_000,
  },
};
