/** corrupt: a field of a message is not what its sender wrote. */

import { formatShare } from "../sim/units.ts";
import { shares } from "../sim/units-schema.ts";
import { checkPpm, drawPpm, smaller } from "./amount.ts";
import { fieldOption, lyingFault } from "./lying.ts";

const usual = "5%..50%";
const leastPpm = 10_000;

interface Options {
  readonly share?: string | undefined;
  readonly field?: string | undefined;
}
type Corrupt = { readonly ppm: number; readonly field?: string };

const ofField = (field: string | undefined): { readonly field?: string } => (field === undefined ? {} : { field });

export const corrupt = lyingFault<"corrupt", Options, Corrupt>({
  word: "corrupt",
  doc: "A share of what a server sends to others has one field changed on the way: a bit of a number, a boolean, a letter of a text.",
  effect: "a message that was changed was handled",
  whose: "whose messages are changed",
  options: {
    share: shares.describe(`of how many messages, a percentage or a range that one is drawn from (default ${usual})`).optional(),
    ...fieldOption,
  },
  check: (item) => checkPpm(item.share, "share", [0, 1_000_000]),
  draw: ({ share, field }) => drawPpm(share ?? usual).map((ppm) => ({ ppm, ...ofField(field) })),
  explicit: ({ ppm, field }) => ({ share: formatShare(ppm), ...ofField(field) }),
  milder: ({ ppm, field }) => smaller(ppm, leastPpm).map((less) => ({ ppm: less, ...ofField(field) })),
  lie: ({ ppm, field }) => ({ kind: "corrupt", ppm, ...ofField(field) }),
});
