/** loss: messages are lost by chance. */

import { shareFault } from "./worsen.ts";

export const loss = shareFault({
  word: "loss",
  doc: "A share of the messages on some links is lost, on top of the network's own loss; on streams it is sent again, and late.",
  effect: "a message was lost that would have arrived without it",
  whose: "whose messages are lost",
  change: (lossPpm) => ({ lossPpm }),
});
