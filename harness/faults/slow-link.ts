/** slow-link: messages on some links take longer. */

import * as fc from "fast-check";
import { z } from "zod";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import type { Fault } from "./fault.ts";
import {
  checkLinks,
  drawLinks,
  explicitLinks,
  type Links,
  linkOptions,
  linksDoc,
  onLinks,
  simplerLinks,
  withoutLinks,
} from "./links.ts";
import { target, targetDoc } from "./target.ts";

const usual = "20ms..500ms";
const leastUs = 1_000;

const schema = z.strictObject({
  "slow-link": target
    .describe(`whose messages take longer: ${linksDoc}${targetDoc}`)
    .meta({ examples: ["n1 -> n2", "any", "leader"] }),
  extra: durations.describe(`how much longer each message takes, or a range that it is drawn from (default ${usual})`).optional(),
  ...linkOptions,
});

type Item = z.infer<typeof schema>;
type SlowLink = Links & { readonly extraUs: number };

export const slowLink: Fault<Item, SlowLink> = {
  word: "slow-link",
  doc: "Messages on some links take longer, but keep coming.",
  effect: "a message was really late",
  lasts: "for",
  schema,
  check: (item, cluster) => [...checkLinks(item["slow-link"], item, cluster, "slow-link"), ...checkUs(item.extra, "extra")],
  draw: (item, cluster) =>
    fc
      .tuple(drawLinks(item["slow-link"], item, cluster), drawUs(item.extra ?? usual))
      .map(([links, extraUs]) => ({ ...links, extraUs })),
  explicit(params) {
    const { value, options } = explicitLinks(params);
    return { "slow-link": value, ...options, extra: formatUs(params.extraUs) };
  },
  simpler: (params, cluster) =>
    [
      ...simplerLinks(params, cluster).map((links) => ({ ...links, extraUs: params.extraUs })),
      ...smaller(params.extraUs, leastUs).map((extraUs) => ({ ...params, extraUs })),
    ].map((less) => ({ fault: "slow-link", params: less })),
  without(params, gone) {
    const links = withoutLinks(params, gone);
    return links && { ...links, extraUs: params.extraUs };
  },
  begin(world, id, params) {
    // Nothing is later by nothing, so nothing may count as its effect.
    if (params.extraUs === 0) return () => undefined;
    const change = { extraLatency: { kind: "constant", us: params.extraUs } } as const;
    return onLinks(
      world,
      params,
      (link) => world.worsen(id, link, change),
      (link) => world.mend(id, link),
    );
  },
};
