/** rolling-restart: one node after the other is stopped and started again, each back before the next goes. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import type { World } from "../sim/world.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import type { Fault } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  patienceUs,
  simplerTarget,
  target,
  targetDoc,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const usual = { down: "10ms..500ms", pace: "10ms..1s" };
const leastUs = 1_000;

const schema = z.strictObject({
  "rolling-restart": target
    .describe(`who is restarted: ${targetDoc}; several in a drawn order, a list in its own`)
    .meta({ examples: ["all", "majority", ["n3", "n1", "n2"]] }),
  down: durations.describe(`how long each is down, or a range that it is drawn from (default ${usual.down})`).optional(),
  pace: durations
    .describe(`how long after one is back the next one goes, or a range that it is drawn from (default ${usual.pace})`)
    .optional(),
});

type Item = z.infer<typeof schema>;
type Pace = { readonly downUs: number; readonly paceUs: number };

export const rollingRestart: Fault<Item, Chosen & Pace> = {
  word: "rolling-restart",
  doc: "One node after the other is stopped and started again, as when a new version is rolled out: each is back before the next one goes.",
  effect: "a node that was up went down",
  lasts: "for",
  schema,

  check: (item, cluster) => [
    ...checkTarget(item["rolling-restart"], cluster, ["rolling-restart"]),
    ...checkUs(item.down, "down"),
    ...checkUs(item.pace, "pace"),
  ],

  draw(item, cluster) {
    const { "rolling-restart": value } = item;
    const chosen = drawTarget(value, cluster).chain((some): fc.Arbitrary<Chosen> => {
      if ("select" in some) return fc.constant(some);
      const { length } = some.nodes;
      if (Array.isArray(value)) return fc.constant({ nodes: value as string[] });
      return fc.shuffledSubarray([...some.nodes], { minLength: length, maxLength: length }).map((nodes) => ({ nodes }));
    });
    return fc
      .tuple(chosen, drawUs(item.down ?? usual.down), drawUs(item.pace ?? usual.pace))
      .map(([some, downUs, paceUs]) => ({ ...some, downUs, paceUs }));
  },

  explicit: (params) => ({
    "rolling-restart": explicitTarget(params),
    down: formatUs(params.downUs),
    pace: formatUs(params.paceUs),
  }),

  simpler(params) {
    const { downUs, paceUs } = params;
    const variants = [
      ...simplerTarget(params).map((chosen) => ({ ...chosen, downUs, paceUs })),
      ...smaller(downUs, leastUs).map((us) => ({ ...params, downUs: us })),
      ...smaller(paceUs, leastUs).map((us) => ({ ...params, paceUs: us })),
    ];
    return variants.map((less) => ({ fault: "rolling-restart", params: less }));
  },

  without(params, gone) {
    const chosen = withoutNodes(params, gone);
    return chosen && { ...chosen, downUs: params.downUs, paceUs: params.paceUs };
  },

  begin: (world, id, params, forUs) =>
    whenChosen(world, params, (nodes) => rolling(world, id, nodes, params), Math.max(forUs ?? 0, patienceUs)),
};

/** One that is down already is passed over: it is not ours to bring back. */
function rolling(world: World, id: string, nodes: readonly NodeId[], { downUs, paceUs }: Pace): () => void {
  let down: NodeId | undefined;
  let over = false;
  const back = (): void => {
    if (down === undefined) return;
    world.restart(id, down);
    down = undefined;
  };
  const next = (i: number): void => {
    const node = nodes[i];
    if (over || node === undefined) return;
    if (!world.crash(id, node)) {
      world.later(paceUs, () => next(i + 1));
      return;
    }
    down = node;
    world.later(downUs, () => {
      back();
      if (!over) world.later(paceUs, () => next(i + 1));
    });
  };
  next(0);
  return () => {
    over = true;
    back();
  };
}
