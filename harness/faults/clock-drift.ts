/** clock-drift: both clocks of a node run too fast or too slowly. */

import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatShare } from "../sim/units.ts";
import { rates } from "../sim/units-schema.ts";
import { checkPpm, drawPpm } from "./amount.ts";
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
  word: "clock-drift",
  usual: "-5%..5%",
  least: 100,
  // A clock that stands still or runs backwards is no drift.
  check: (text, field) => checkPpm(text, field, [-900_000, 9_000_000]),
  draw: drawPpm,
  format: formatShare,
};

const schema = z.strictObject({
  "clock-drift": skewTarget("whose clocks drift", rates),
  by: rates
    .describe(`how much faster or (with a minus) slower, or a range that each node draws its own from (default ${amounts.usual})`)
    .optional(),
});

type Item = z.infer<typeof schema>;

export const clockDrift: Fault<Item, Skew> = {
  word: "clock-drift",
  doc: "Both clocks of a node run too fast or too slowly, and so do its timers.",
  effect: "a clock was read, or a timer was set, that ran at the wrong rate",
  lasts: "for",
  schema,
  check: (item, cluster) => checkSkew(amounts, item["clock-drift"], item.by, cluster),
  draw: (item, cluster) => drawSkew(amounts, item["clock-drift"], item.by, cluster),
  explicit(skew) {
    const { value, options } = explicitSkew(amounts, skew);
    return { "clock-drift": value, ...options };
  },
  simpler: (skew) => simplerSkew(amounts, skew).map((params) => ({ fault: "clock-drift", params })),
  without: withoutSkew,
  begin(world, id, skew) {
    const drift = (node: NodeId, ppm: number): void => world.drift(id, node, ppm);
    const end = (node: NodeId): void => world.undrift(id, node);
    return onClocks(world, id, skew, drift, end);
  },
};
