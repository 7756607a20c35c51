/** clock-jump: a wall clock jumps, and stays there. */

import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatUs } from "../sim/units.ts";
import { shifts } from "../sim/units-schema.ts";
import { checkUs, drawUs } from "./amount.ts";
import type { Fault } from "./fault.ts";
import {
  type Amounts,
  checkSkew,
  drawSkew,
  explicitSkew,
  onClocks,
  type Skew,
  simplerSkew,
  skewTarget,
  withoutSkew,
} from "./skew.ts";
import { patienceUs } from "./target.ts";

const amounts: Amounts = {
  word: "clock-jump",
  usual: "-500ms..500ms",
  least: 1_000,
  check: checkUs,
  draw: drawUs,
  format: formatUs,
};

const schema = z.strictObject({
  "clock-jump": skewTarget("whose clock jumps", shifts),
  by: shifts
    .describe(
      `by how much, forwards or (with a minus) backwards, or a range that each node draws its own from (default ${amounts.usual})`,
    )
    .optional(),
});

type Item = z.infer<typeof schema>;

export const clockJump: Fault<Item, Skew> = {
  word: "clock-jump",
  doc: "A wall clock jumps, as when somebody sets it, and is not set back. The stop-watch, on which timers run, does not.",
  effect: "the clock was read after it had jumped",
  lasts: "moment",
  schema,
  check: (item, cluster) => checkSkew(amounts, item["clock-jump"], item.by, cluster),
  draw: (item, cluster) => drawSkew(amounts, item["clock-jump"], item.by, cluster),
  explicit(skew) {
    const { value, options } = explicitSkew(amounts, skew);
    return { "clock-jump": value, ...options };
  },
  simpler: (skew) => simplerSkew(amounts, skew).map((params) => ({ fault: "clock-jump", params })),
  without: withoutSkew,
  begin(world, id, skew) {
    const jump = (node: NodeId, by: number): void => world.jumpClock(id, node, by);
    const stay = (): void => {};
    return onClocks(world, id, skew, jump, stay, patienceUs);
  },
};
