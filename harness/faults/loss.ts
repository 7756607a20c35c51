/** loss: messages are lost by chance. */

import { z } from "zod";
import type { Fault } from "./fault.ts";
import { linkOptions, linksDoc } from "./links.ts";
import { target, targetDoc } from "./target.ts";
import {
  beginShare,
  checkShare,
  drawShare,
  explicitShare,
  type Share,
  shareOption,
  simplerShare,
  withoutShare,
} from "./worsen.ts";

const schema = z.strictObject({
  loss: target
    .describe(`whose messages are lost: ${linksDoc}${targetDoc}`)
    .meta({ examples: ["all", "any", "leader", "n1 -> n2"] }),
  ...shareOption,
  ...linkOptions,
});

type Item = z.infer<typeof schema>;

export const loss: Fault<Item, Share> = {
  word: "loss",
  doc: "A share of the messages on some links is lost, on top of the network's own loss.",
  effect: "a message was lost that would have arrived without it",
  lasts: "for",
  schema,
  check: (item, cluster) => checkShare(item.loss, item, cluster, "loss"),
  draw: (item, cluster) => drawShare(item.loss, item, cluster),
  explicit(params) {
    const { value, options } = explicitShare(params);
    return { loss: value, ...options };
  },
  simpler: (params, cluster) => simplerShare(params, cluster).map((less) => ({ fault: "loss", params: less })),
  without: withoutShare,
  begin: (world, id, params) => beginShare(world, id, params, { lossPpm: params.ppm }),
};
