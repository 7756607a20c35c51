/** lost-sync: a disk says that it has made durable what it has not. */

import { ailmentFault } from "./ailment.ts";

export const lostSync = ailmentFault({
  word: "lost-sync",
  doc: "A disk lies about its syncs: what they cover is lost at the node's next crash, unless a later sync, when this is over, has covered it as well.",
  effect: "a crash lost what had been synced",
  whose: "whose syncs do nothing",
  destroys: { how: "forgets", always: true },
  ailment: (beyond) => ({ kind: "lies", beyond }),
});
