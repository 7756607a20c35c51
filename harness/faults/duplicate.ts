/** duplicate: messages arrive twice. */

import { shareFault } from "./worsen.ts";

export const duplicate = shareFault({
  word: "duplicate",
  doc: "A share of the messages on some links arrives twice, each copy with a delay of its own.",
  effect: "a message was doubled",
  whose: "whose messages are doubled",
  change: (duplicatePpm) => ({ duplicatePpm }),
  bad: ({ transport }) =>
    transport === "stream"
      ? "this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out"
      : undefined,
});
