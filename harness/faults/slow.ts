/** slow: a node takes its time with everything. */

import { slownessFault } from "./slowness.ts";

export const slow = slownessFault({
  word: "slow",
  doc: "Everything that a node handles keeps it busy for a while, so that what arrives meanwhile has to queue.",
  effect: "an event took longer",
  whose: "who is slow",
  howLong: "how long every event keeps the node busy",
  usual: "1ms..50ms",
  begin: (world, id, node, extraUs) => world.slow(id, node, extraUs),
  end: (world, id, node) => world.unslow(id, node),
});
