/** loss: messages are lost by chance. */

import { formatShare } from "../sim/units.ts";
import { shares } from "../sim/units-schema.ts";
import { checkPpm, drawPpm, smaller } from "./amount.ts";
import { linkFault } from "./link-fault.ts";

const usual = "5%..50%";
/** Below 1 % the shrinker gains nothing that a reader would see. */
const leastPpm = 10_000;

interface Options {
  readonly share?: string | undefined;
}
type Loss = { readonly ppm: number };

export const loss = linkFault<"loss", Options, Loss>({
  word: "loss",
  doc: "A share of the messages on some links is lost, on top of the network's own loss; on streams it is sent again, and late.",
  effect: "a message was lost that would have arrived without it",
  whose: "whose messages are lost",
  options: {
    share: shares.describe(`of how many messages, a percentage or a range that one is drawn from (default ${usual})`).optional(),
  },
  check: (item) => checkPpm(item.share, "share", [0, 1_000_000]),
  draw: (item) => drawPpm(item.share ?? usual).map((ppm) => ({ ppm })),
  explicit: ({ ppm }) => ({ share: formatShare(ppm) }),
  milder: ({ ppm }) => smaller(ppm, leastPpm).map((less) => ({ ppm: less })),
  begin: (world, id, link, { ppm }) => world.worsen(id, link, { lossPpm: ppm }),
  end: (world, id, link) => world.mend(id, link),
});
