/** old-disk: a node comes back with an older copy of its disk, as from a backup or the snapshot of a machine. */

import * as fc from "fast-check";
import { z } from "zod";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import { crash } from "./crash.ts";
import { type Beyond, beyond, beyondOf, checkBorne } from "./durable.ts";
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

const usual = "50ms..2s";
const leastUs = 1_000;

const schema = z.strictObject({
  "old-disk": target.describe(`who comes back as it was: ${targetDoc}`).meta({ examples: ["any", "leader"] }),
  age: durations
    .describe(`how old the copy is: the disk is as its last sync before then had left it (default ${usual})`)
    .optional(),
  "back-after": durations.describe("how long the node is down; the same as for (default: as for crash)").optional(),
  beyond,
});

type Item = z.infer<typeof schema>;
type OldDisk = Chosen & Beyond & { readonly ageUs: number };

export const oldDisk: Fault<Item, OldDisk> = {
  word: "old-disk",
  doc: "A process dies and is started again with an older copy of its disk, as from a backup: it has forgotten what it had made durable since, and is not aware of it.",
  effect: "a durable write was undone",
  lasts: "for",
  forFrom: "effect",
  lengthOption: "back-after",
  schema,
  usualForUs: (item) => crash.usualForUs!({ crash: "any", "back-after": item["back-after"] }),
  check: (item, cluster) => [
    ...checkTarget(item["old-disk"], cluster, ["old-disk"]),
    ...checkUs(item.age, "age"),
    ...checkUs(item["back-after"], "back-after"),
    ...checkBorne("forgets", item, cluster, ["old-disk"]),
  ],
  draw(item, cluster) {
    return fc
      .tuple(drawTarget(item["old-disk"], cluster), drawUs(item.age ?? usual))
      .map(([chosen, ageUs]) => ({ ...chosen, ageUs, ...beyondOf(item) }));
  },
  explicit: (params) => ({ "old-disk": explicitTarget(params), age: formatUs(params.ageUs), ...beyondOf(params) }),
  simpler(params) {
    const { ageUs } = params;
    const fewer = simplerTarget(params).map((chosen) => ({ ...chosen, ageUs, ...beyondOf(params) }));
    const younger = smaller(ageUs, leastUs).map((less) => ({ ...params, ageUs: less }));
    return [...fewer, ...younger].map((less) => ({ fault: "old-disk", params: less }));
  },
  without(params, gone) {
    const left = withoutNodes(params, gone);
    return left && { ...left, ageUs: params.ageUs, ...beyondOf(params) };
  },
  prepare: (world) => world.rememberDisks(),
  begin(world, id, params, forUs) {
    const waitUs = forUs === undefined ? undefined : Math.max(forUs, patienceUs);
    return whenChosen(
      world,
      params,
      (nodes) => {
        const down = nodes.filter((node) => world.rollBack(id, node, params.ageUs, params.beyond === true));
        let over = false;
        const end = (): void => {
          if (!over) for (const node of down) world.restart(id, node);
          over = true;
        };
        if (forUs !== undefined) world.later(forUs, end);
        return end;
      },
      waitUs,
    );
  },
};
