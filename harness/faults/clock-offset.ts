/** clock-offset: a wall clock is wrong for a while. */

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

const amounts: Amounts = {
  word: "clock-offset",
  usual: "-500ms..500ms",
  least: 1_000,
  check: checkUs,
  draw: drawUs,
  format: formatUs,
};

const schema = z.strictObject({
  "clock-offset": skewTarget("whose clock is wrong", shifts),
  by: shifts
    .describe(
      `by how much, ahead or (with a minus) behind, or a range that each node draws its own from (default ${amounts.usual})`,
    )
    .optional(),
});

type Item = z.infer<typeof schema>;

export const clockOffset: Fault<Item, Skew> = {
  word: "clock-offset",
  doc: "A wall clock is wrong for a while: it jumps, and jumps back at the end. The stop-watch, on which timers run, does not.",
  effect: "the clock was read while it was wrong",
  lasts: "for",
  schema,
  check: (item, cluster) => checkSkew(amounts, item["clock-offset"], item.by, cluster),
  draw: (item, cluster) => drawSkew(amounts, item["clock-offset"], item.by, cluster),
  explicit(skew) {
    const { value, options } = explicitSkew(amounts, skew);
    return { "clock-offset": value, ...options };
  },
  simpler: (skew) => simplerSkew(amounts, skew).map((params) => ({ fault: "clock-offset", params })),
  without: withoutSkew,
  begin(world, id, skew) {
    const jump = (node: NodeId, by: number): void => world.jumpClock(id, node, by);
    const back = (node: NodeId, by: number): void => world.jumpClock(id, node, -by);
    return onClocks(world, id, skew, jump, back);
  },
};
