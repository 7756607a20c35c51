/** read-error: a disk cannot be read for a while. */

import { ailmentFault } from "./ailment.ts";

export const readError = ailmentFault({
  word: "read-error",
  doc: "Whatever a node reads from its disk fails; who does not catch that dies, and is started again until it can read. Writes go on.",
  effect: "a read failed",
  whose: "whose reads fail",
  ailment: () => ({ kind: "unreadable" }),
});
