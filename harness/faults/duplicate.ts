/** duplicate: messages arrive twice. */

import { z } from "zod";
import type { Cluster, Fault, Problem } from "./fault.ts";
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
  duplicate: target
    .describe(`whose messages are doubled: ${linksDoc}${targetDoc}`)
    .meta({ examples: ["all", "any", "leader", "n1 -> n2"] }),
  ...shareOption,
  ...linkOptions,
});

type Item = z.infer<typeof schema>;

export const duplicate: Fault<Item, Share> = {
  word: "duplicate",
  doc: "A share of the messages on some links arrives twice, each copy with a delay of its own.",
  effect: "a message was doubled",
  lasts: "for",
  schema,
  check: (item, cluster) => [...checkShare(item.duplicate, item, cluster, "duplicate"), ...onStreams(cluster)],
  draw: (item, cluster) => drawShare(item.duplicate, item, cluster),
  explicit(params) {
    const { value, options } = explicitShare(params);
    return { duplicate: value, ...options };
  },
  simpler: (params, cluster) => simplerShare(params, cluster).map((less) => ({ fault: "duplicate", params: less })),
  without: withoutShare,
  begin: (world, id, params) => beginShare(world, id, params, { duplicatePpm: params.ppm }),
};

function onStreams({ transport }: Cluster): readonly Problem[] {
  if (transport !== "stream") return [];
  const message =
    "this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out";
  return [{ path: ["duplicate"], message }];
}
