/** duplicate: messages arrive twice, or more often, or again when nobody expects them any more. */

import * as fc from "fast-check";
import { formatShare, formatUs } from "../sim/units.ts";
import { durations, shares } from "../sim/units-schema.ts";
import { checkPpm, checkUs, drawPpm, drawUs, smaller } from "./amount.ts";
import { type Count, checkCount, counts, drawCount } from "./counts.ts";
import { linkFault } from "./link-fault.ts";

const usual = "5%..50%";
const leastPpm = 10_000;
const leastUs = 1_000;
const mostCopies = 100;

interface Options {
  readonly share?: string | undefined;
  readonly copies?: Count | undefined;
  readonly late?: string | undefined;
}
type Duplicate = { readonly ppm: number; readonly copies?: number; readonly lateUs?: number };

export const duplicate = linkFault<"duplicate", Options, Duplicate>({
  word: "duplicate",
  doc: "A share of the messages on some links arrives twice, each copy with a delay of its own; or in a burst of copies, or late, perhaps when the receiver has been started anew.",
  effect: "a message was doubled; of several copies, or late ones: a copy was handled",
  whose: "whose messages are doubled",
  options: {
    share: shares.describe(`of how many messages, a percentage or a range that one is drawn from (default ${usual})`).optional(),
    copies: counts
      .describe("how many copies come beside the message itself, or a range that it is drawn from (default 1)")
      .optional(),
    late: durations
      .describe(
        "how much later the copies come, or a range that it is drawn from (default: about when the message does); none comes after the heal",
      )
      .optional(),
  },
  bad: (_item, { transport }) =>
    transport === "stream"
      ? {
          path: ["duplicate"],
          message:
            "this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out",
        }
      : undefined,
  check: (item) => [
    ...checkPpm(item.share, "share", [0, 1_000_000]),
    ...checkCount(item.copies, "copies", mostCopies),
    ...checkUs(item.late, "late"),
  ],
  draw(item) {
    const ppm = drawPpm(item.share ?? usual);
    if (item.copies === undefined && item.late === undefined) return ppm.map((drawn) => ({ ppm: drawn }));
    const copies = item.copies === undefined ? fc.constant(undefined) : drawCount(item.copies);
    const late = item.late === undefined ? fc.constant(undefined) : drawUs(item.late);
    return fc.tuple(ppm, copies, late).map(([drawn, count, us]) => ({
      ppm: drawn,
      ...(count === undefined ? {} : { copies: count }),
      ...(us === undefined ? {} : { lateUs: us }),
    }));
  },
  explicit: ({ ppm, copies, lateUs }) => ({
    share: formatShare(ppm),
    ...(copies === undefined ? {} : { copies }),
    ...(lateUs === undefined ? {} : { late: formatUs(lateUs) }),
  }),
  milder(params) {
    const { ppm, copies, lateUs } = params;
    const plain = copies === undefined && lateUs === undefined ? [] : [{ ppm }];
    const fewer = copies === undefined ? [] : smaller(copies, 1).map((count) => ({ ...params, copies: count }));
    const sooner = lateUs === undefined ? [] : smaller(lateUs, leastUs).map((us) => ({ ...params, lateUs: us }));
    return [...plain, ...smaller(ppm, leastPpm).map((less) => ({ ...params, ppm: less })), ...fewer, ...sooner];
  },
  begin(world, id, link, { ppm, copies, lateUs }) {
    const several = copies !== undefined || lateUs !== undefined;
    world.worsen(id, link, { duplicatePpm: ppm, ...(several ? { copies: { count: copies ?? 1, lateUs: lateUs ?? 0 } } : {}) });
  },
  end: (world, id, link) => world.mend(id, link),
});
