/** replay: an old message of a node is sent again. */

import * as fc from "fast-check";
import { formatShare, formatUs } from "../sim/units.ts";
import { durations, shares } from "../sim/units-schema.ts";
import { checkPpm, checkUs, drawPpm, drawUs, smaller } from "./amount.ts";
import { lyingFault } from "./lying.ts";

const usualShare = "5%..50%";
const usualLater = "100ms..2s";
const leastPpm = 10_000;
const leastUs = 1_000;

interface Options {
  readonly share?: string | undefined;
  readonly later?: string | undefined;
}
type Replay = { readonly ppm: number; readonly afterUs: number };

export const replay = lyingFault<"replay", Options, Replay>({
  word: "replay",
  doc: "A share of what a server sends to others is sent again later, as if it had said it anew; on streams too, where the network never doubles anything.",
  effect: "an old message was handled once more",
  whose: "whose messages are sent again",
  options: {
    share: shares
      .describe(`of how many messages, a percentage or a range that one is drawn from (default ${usualShare})`)
      .optional(),
    later: durations
      .describe(
        `how much later, or a range that it is drawn from (default ${usualLater}); nothing is sent again when the fault is over`,
      )
      .optional(),
  },
  check: (item) => [...checkPpm(item.share, "share", [0, 1_000_000]), ...checkUs(item.later, "later")],
  draw: (item) =>
    fc.tuple(drawPpm(item.share ?? usualShare), drawUs(item.later ?? usualLater)).map(([ppm, afterUs]) => ({ ppm, afterUs })),
  explicit: ({ ppm, afterUs }) => ({ share: formatShare(ppm), later: formatUs(afterUs) }),
  milder: (params) => [
    ...smaller(params.ppm, leastPpm).map((ppm) => ({ ...params, ppm })),
    ...smaller(params.afterUs, leastUs).map((afterUs) => ({ ...params, afterUs })),
  ],
  lie: ({ ppm, afterUs }) => ({ kind: "replay", ppm, afterUs }),
});
