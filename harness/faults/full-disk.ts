/** full-disk: nothing can be written for a while. */

import { ailmentFault } from "./ailment.ts";

export const fullDisk = ailmentFault({
  word: "full-disk",
  doc: "Whatever a node writes to its disk or appends to a log fails; who does not catch that dies, and is started again. Reads, truncates and syncs go on.",
  effect: "a write or an append failed",
  whose: "whose disks are full",
  ailment: () => ({ kind: "full" }),
});
