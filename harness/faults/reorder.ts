/** reorder: messages overtake one another. */

import * as fc from "fast-check";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import { type Count, checkCount, counts, drawCount } from "./counts.ts";
import { linkFault } from "./link-fault.ts";

const usualBurst = "2..6";
const usualWithin = "5ms..100ms";
const leastUs = 1_000;

interface Options {
  readonly burst?: Count | undefined;
  readonly within?: string | undefined;
}
type Reorder = { readonly burst: number; readonly withinUs: number };

export const reorder = linkFault<"reorder", Options, Reorder>({
  word: "reorder",
  doc: "Messages on a link are gathered in bursts, and each burst is delivered in a drawn order; nothing is lost.",
  effect: "a message was overtaken by one that had come later",
  whose: "whose messages overtake one another",
  options: {
    burst: counts
      .describe(`of how many messages a burst is, or a range that it is drawn from (default ${usualBurst})`)
      .optional(),
    within: durations
      .describe(`how long the first of a burst waits for the others at the most, or a range (default ${usualWithin})`)
      .optional(),
  },
  bad: (_item, { transport }) =>
    transport === "stream"
      ? {
          path: ["reorder"],
          message: "this protocol stands on streams, which keep their order: reorder means nothing to it; take it out",
        }
      : undefined,
  check: (item) => [...checkCount(item.burst, "burst"), ...checkUs(item.within, "within")],
  draw: (item) =>
    fc
      .tuple(drawCount(item.burst ?? usualBurst), drawUs(item.within ?? usualWithin))
      .map(([burst, withinUs]) => ({ burst, withinUs })),
  explicit: ({ burst, withinUs }) => ({ burst, within: formatUs(withinUs) }),
  milder: (params) => [
    ...smaller(params.burst, 2).map((burst) => ({ ...params, burst })),
    ...smaller(params.withinUs, leastUs).map((withinUs) => ({ ...params, withinUs })),
  ],
  begin: (world, id, link, { burst, withinUs }) => world.gate(id, link, { kind: "shuffle", count: burst, withinUs }),
  end: (world, id, link) => world.ungate(id, link),
});
