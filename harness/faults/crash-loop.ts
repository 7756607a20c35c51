/** crash-loop: a process falls again shortly after each start, and is started again ever later. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatUs, parseRange } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import type { World } from "../sim/world.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import { checkCount, counts, drawCount } from "./counts.ts";
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

const usual = { times: "2..5", up: "1ms..100ms", backOff: "20ms..1s" };
const leastUs = 1_000;

const schema = z.strictObject({
  "crash-loop": target.describe(`who falls again and again: ${targetDoc}`).meta({ examples: ["any", "leader", "c1"] }),
  times: counts.describe(`how often it falls, or a range that it is drawn from (default ${usual.times})`).optional(),
  up: durations
    .describe(`how long it runs between two crashes, or a range that it is drawn from (default ${usual.up})`)
    .optional(),
  "back-off": durations
    .describe(
      `how long it is down: the first time the lesser of the two, then twice as long each time, up to the greater (default ${usual.backOff}); a single duration: always so long`,
    )
    .optional(),
});

type Item = z.infer<typeof schema>;
type Loop = { readonly times: number; readonly upUs: number; readonly firstUs: number; readonly mostUs: number };

export const crashLoop: Fault<Item, Chosen & Loop> = {
  word: "crash-loop",
  doc: "A process dies again shortly after each start; whoever watches over it starts it again, each time after a longer while.",
  effect: "a node that was up went down",
  lasts: "for",
  schema,

  check: (item, cluster) => [
    ...checkTarget(item["crash-loop"], cluster, ["crash-loop"]),
    ...checkCount(item.times, "times", 1_000),
    ...checkUs(item.up, "up"),
    ...checkUs(item["back-off"], "back-off"),
  ],

  draw(item, cluster) {
    const { minUs: firstUs, maxUs: mostUs } = parseRange(item["back-off"] ?? usual.backOff)!;
    return fc
      .tuple(drawTarget(item["crash-loop"], cluster), drawCount(item.times ?? usual.times), drawUs(item.up ?? usual.up))
      .map(([chosen, times, upUs]) => ({ ...chosen, times, upUs, firstUs, mostUs }));
  },

  explicit: (params) => ({
    "crash-loop": explicitTarget(params),
    times: params.times,
    up: formatUs(params.upUs),
    "back-off": `${formatUs(params.firstUs)}..${formatUs(params.mostUs)}`,
  }),

  simpler(params) {
    const { times, upUs, firstUs, mostUs } = params;
    const how: Loop = { times, upUs, firstUs, mostUs };
    const variants = [
      ...simplerTarget(params).map((chosen) => ({ ...chosen, ...how })),
      ...fewerTimes(times).map((some) => ({ ...params, times: some })),
      ...(firstUs < mostUs ? [{ ...params, mostUs: firstUs }] : []),
      ...smaller(upUs, leastUs).map((us) => ({ ...params, upUs: us })),
    ];
    return variants.map((less) => ({ fault: "crash-loop", params: less }));
  },

  without(params, gone) {
    const { times, upUs, firstUs, mostUs } = params;
    const chosen = withoutNodes(params, gone);
    return chosen && { ...chosen, times, upUs, firstUs, mostUs };
  },

  begin(world, id, params, forUs) {
    const all = (nodes: readonly NodeId[]): (() => void) => {
      const undos = nodes.map((node) => loop(world, id, node, params));
      return () => {
        for (const undo of undos) undo();
      };
    };
    return whenChosen(world, params, all, Math.max(forUs ?? 0, patienceUs));
  },
};

/** Half as often; a few: one less. */
function fewerTimes(times: number): readonly number[] {
  const half = smaller(times, 1);
  return times > 2 && times < 10 && !half.includes(times - 1) ? [...half, times - 1] : half;
}

/** Only the crash that found the node up brings it back; a node that somebody else has taken down is left to them. */
function loop(world: World, id: string, node: NodeId, { times, upUs, firstUs, mostUs }: Loop): () => void {
  let left = times;
  let downUs = firstUs;
  let down = false;
  let over = false;
  const back = (): void => {
    if (!down) return;
    down = false;
    world.restart(id, node);
  };
  const fall = (): void => {
    if (over) return;
    left--;
    down = world.crash(id, node);
    if (down) {
      world.later(downUs, () => {
        back();
        if (!over && left > 0) world.later(upUs, fall);
      });
      downUs = Math.min(mostUs, downUs * 2);
    } else if (left > 0) world.later(downUs + upUs, fall);
  };
  fall();
  return () => {
    over = true;
    back();
  };
}
