/** clock-offset: a wall clock is wrong for a while. */

import { formatUs } from "../sim/units.ts";
import { shifts } from "../sim/units-schema.ts";
import { checkUs, drawUs } from "./amount.ts";
import { skewFault } from "./skew.ts";

export const clockOffset = skewFault({
  word: "clock-offset",
  doc: "A wall clock is wrong for a while: it jumps, and jumps back at the end. The stop-watch, on which timers run, does not.",
  effect: "the clock was read while it was wrong",
  lasts: "for",
  whose: "whose clock is wrong",
  howMuch: "by how much, ahead or (with a minus) behind",
  amount: shifts,
  usual: "-500ms..500ms",
  least: 1_000,
  check: checkUs,
  draw: drawUs,
  format: formatUs,
  act: (world, id, node, us) => world.jumpClock(id, node, us),
  undo: (world, id, node, us) => world.jumpClock(id, node, -us),
});
