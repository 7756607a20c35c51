/** slow-lane: a few of the messages on some links come much later than the others. */

import * as fc from "fast-check";
import { formatShare, formatUs } from "../sim/units.ts";
import { durations, shares } from "../sim/units-schema.ts";
import { checkPpm, checkUs, drawPpm, drawUs, smaller } from "./amount.ts";
import { linkFault } from "./link-fault.ts";

const usualShare = "2%..20%";
const usualExtra = "100ms..1s";
const leastPpm = 10_000;
const leastUs = 1_000;

interface Options {
  readonly share?: string | undefined;
  readonly extra?: string | undefined;
}
type Lane = { readonly ppm: number; readonly extraUs: number };

export const slowLane = linkFault<"slow-lane", Options, Lane>({
  word: "slow-lane",
  doc: "A share of the messages on some links takes another way and comes much later, when those sent after it have long arrived; on streams the others wait for it.",
  effect: "a message took the slow lane",
  whose: "whose messages may be late",
  options: {
    share: shares
      .describe(`of how many messages, a percentage or a range that one is drawn from (default ${usualShare})`)
      .optional(),
    extra: durations.describe(`how much later they come, or a range that it is drawn from (default ${usualExtra})`).optional(),
  },
  check: (item) => [...checkPpm(item.share, "share", [0, 1_000_000]), ...checkUs(item.extra, "extra")],
  draw: (item) =>
    fc.tuple(drawPpm(item.share ?? usualShare), drawUs(item.extra ?? usualExtra)).map(([ppm, extraUs]) => ({ ppm, extraUs })),
  explicit: ({ ppm, extraUs }) => ({ share: formatShare(ppm), extra: formatUs(extraUs) }),
  milder: (lane) => [
    ...smaller(lane.ppm, leastPpm).map((ppm) => ({ ...lane, ppm })),
    ...smaller(lane.extraUs, leastUs).map((extraUs) => ({ ...lane, extraUs })),
  ],
  // Who takes no longer on the slow lane has not taken it.
  begin: (world, id, link, lane) => world.worsen(id, link, lane.extraUs === 0 ? {} : { slowLane: lane }),
  end: (world, id, link) => world.mend(id, link),
});
