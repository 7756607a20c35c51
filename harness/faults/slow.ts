/** slow: a node takes its time with everything. */

import * as fc from "fast-check";
import { z } from "zod";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import type { Fault } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  simplerTarget,
  target,
  targetDoc,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const usual = "1ms..50ms";
const leastUs = 1_000;

const schema = z.strictObject({
  slow: target.describe(`who is slow: ${targetDoc}`).meta({ examples: ["any", "leader"] }),
  extra: durations
    .describe(`how long every event keeps the node busy, or a range that it is drawn from (default ${usual})`)
    .optional(),
});

type Item = z.infer<typeof schema>;
type Slow = Chosen & { readonly extraUs: number };

export const slow: Fault<Item, Slow> = {
  word: "slow",
  doc: "Everything that a node handles keeps it busy for a while, so that what arrives meanwhile has to queue.",
  effect: "an event took longer",
  lasts: "for",
  schema,
  check: (item, cluster) => [...checkTarget(item.slow, cluster, ["slow"]), ...checkUs(item.extra, "extra")],
  draw(item, cluster) {
    return fc
      .tuple(drawTarget(item.slow, cluster), drawUs(item.extra ?? usual))
      .map(([chosen, extraUs]) => ({ ...chosen, extraUs }));
  },
  explicit: (params) => ({ slow: explicitTarget(params), extra: formatUs(params.extraUs) }),
  simpler(params) {
    const fewer = simplerTarget(params).map((chosen) => ({ ...chosen, extraUs: params.extraUs }));
    const faster = smaller(params.extraUs, leastUs).map((extraUs) => ({ ...params, extraUs }));
    return [...fewer, ...faster].map((less) => ({ fault: "slow", params: less }));
  },
  without(params, gone) {
    const chosen = withoutNodes(params, gone);
    return chosen && { ...chosen, extraUs: params.extraUs };
  },
  begin(world, id, params) {
    return whenChosen(world, params, (nodes) => {
      for (const node of nodes) world.slow(id, node, params.extraUs);
      return () => {
        for (const node of nodes) world.unslow(id, node);
      };
    });
  },
};
