/** slow-sync: a disk takes its time to make things durable. */

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

const usual = "5ms..200ms";
const leastUs = 1_000;

const schema = z.strictObject({
  "slow-sync": target.describe(`whose syncs take long: ${targetDoc}`).meta({ examples: ["any", "leader"] }),
  extra: durations.describe(`how long a sync takes, or a range that it is drawn from (default ${usual})`).optional(),
});

type Item = z.infer<typeof schema>;
type SlowSync = Chosen & { readonly extraUs: number };

export const slowSync: Fault<Item, SlowSync> = {
  word: "slow-sync",
  doc: "A sync that has something to make durable keeps its node busy for a while; what comes behind it waits, and a crash meanwhile finds it undone.",
  effect: "a sync took longer",
  lasts: "for",
  schema,
  check: (item, cluster) => [...checkTarget(item["slow-sync"], cluster, ["slow-sync"]), ...checkUs(item.extra, "extra")],
  draw(item, cluster) {
    return fc
      .tuple(drawTarget(item["slow-sync"], cluster), drawUs(item.extra ?? usual))
      .map(([chosen, extraUs]) => ({ ...chosen, extraUs }));
  },
  explicit: (params) => ({ "slow-sync": explicitTarget(params), extra: formatUs(params.extraUs) }),
  simpler(params) {
    const fewer = simplerTarget(params).map((chosen) => ({ ...chosen, extraUs: params.extraUs }));
    const faster = smaller(params.extraUs, leastUs).map((extraUs) => ({ ...params, extraUs }));
    return [...fewer, ...faster].map((less) => ({ fault: "slow-sync", params: less }));
  },
  without(params, gone) {
    const chosen = withoutNodes(params, gone);
    return chosen && { ...chosen, extraUs: params.extraUs };
  },
  begin(world, id, { extraUs, ...chosen }) {
    return whenChosen(world, chosen as Chosen, (nodes) => {
      for (const node of nodes) world.ail(id, node, { kind: "slow", extraUs });
      return () => {
        for (const node of nodes) world.cure(id, node);
      };
    });
  },
};
