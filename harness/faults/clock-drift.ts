/** clock-drift: both clocks of a node run too fast or too slowly. */

import { formatShare } from "../sim/units.ts";
import { rates } from "../sim/units-schema.ts";
import { checkPpm, drawPpm } from "./amount.ts";
import { skewFault } from "./skew.ts";

export const clockDrift = skewFault({
  word: "clock-drift",
  doc: "Both clocks of a node run too fast or too slowly, and so do its timers.",
  effect: "a clock was read, or a timer was set, that ran at the wrong rate",
  lasts: "for",
  whose: "whose clocks drift",
  howMuch: "how much faster or (with a minus) slower",
  amount: rates,
  usual: "-5%..5%",
  least: 100,
  // A clock that stands still or runs backwards is no drift.
  check: (text, field) => checkPpm(text, field, [-900_000, 9_000_000]),
  draw: drawPpm,
  format: formatShare,
  // A clock that is not off counts as no effect.
  act: (world, id, node, ppm) => {
    if (ppm !== 0) world.drift(id, node, ppm);
  },
  undo: (world, id, node, ppm) => {
    if (ppm !== 0) world.undrift(id, node);
  },
});
