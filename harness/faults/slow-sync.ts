/** slow-sync: a disk takes its time to make things durable. */

import { slownessFault } from "./slowness.ts";

export const slowSync = slownessFault({
  word: "slow-sync",
  doc: "A sync that has something to make durable keeps its node busy for a while; what comes behind it waits, and a crash meanwhile finds it undone.",
  effect: "a sync took longer",
  whose: "whose syncs take long",
  howLong: "how long a sync takes",
  usual: "5ms..200ms",
  begin: (world, id, node, extraUs) => world.ail(id, node, { kind: "slow", extraUs }),
  end: (world, id, node) => world.cure(id, node),
});
