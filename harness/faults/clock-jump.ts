/** clock-jump: a wall clock jumps, and stays there. */

import { formatUs } from "../sim/units.ts";
import { shifts } from "../sim/units-schema.ts";
import { checkUs, drawUs } from "./amount.ts";
import { skewFault } from "./skew.ts";

export const clockJump = skewFault({
  word: "clock-jump",
  doc: "A wall clock jumps, as when somebody sets it, and is not set back. The stop-watch, on which timers run, does not.",
  effect: "the clock was read after it had jumped",
  lasts: "moment",
  whose: "whose clock jumps",
  howMuch: "by how much, forwards or (with a minus) backwards",
  amount: shifts,
  usual: "-500ms..500ms",
  least: 1_000,
  check: checkUs,
  draw: drawUs,
  format: formatUs,
  act: (world, id, node, us) => world.jumpClock(id, node, us),
  undo: () => {},
});
