/** torn-write: a crash falls into the last write. */

import { ailmentFault } from "./ailment.ts";

export const tornWrite = ailmentFault({
  word: "torn-write",
  doc: "A crash meanwhile leaves the last write that was not synced torn: an append reads as torn, a named record does not fit its checksum, and the old one is gone with it.",
  effect: "a write was torn",
  whose: "whose last write a crash tears",
  // Appends may be torn in any crash: every protocol bears that.
  destroys: { how: "damaged", always: false },
  ailment: (beyond) => ({ kind: "tears", beyond }),
});
