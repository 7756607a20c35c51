/** bias: the weather of some links draws from one end of its range. */

import { z } from "zod";
import type { Toward } from "../sim/bias.ts";
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

const schema = z.strictObject({
  bias: target.describe(`whose messages: ${linksDoc}${targetDoc}`).meta({ examples: ["n1 -> n2", "any", "leader"] }),
  toward: z
    .enum(["late", "early", "either"], { error: "expected late, early or either" })
    .describe(
      "late: they take as long as the slowest sixteenth of all messages (default); early: as short as the fastest half; either: each message one of the two",
    )
    .optional(),
  ...linkOptions,
});

type Item = z.infer<typeof schema>;
export type Bias = Links & { readonly toward: Toward };

export const bias: Fault<Item, Bias> = {
  word: "bias",
  doc: "Messages on some links come late, or early, within what their latency gives anyway: a fault that adds nothing to the network.",
  effect: "a message was sent on such a link",
  lasts: "for",
  ordinary: true,
  schema,
  check: (item, cluster) => checkLinks(item.bias, item, cluster, "bias"),
  draw: (item, cluster) => drawLinks(item.bias, item, cluster).map((links) => ({ ...links, toward: item.toward ?? "late" })),
  explicit(params) {
    const { value, options } = explicitLinks(params);
    return { bias: value, ...options, toward: params.toward };
  },
  simpler: (params, cluster) =>
    simplerLinks(params, cluster).map((links) => ({ fault: "bias", params: { ...links, toward: params.toward } })),
  without(params, gone) {
    const links = withoutLinks(params, gone);
    return links && { ...links, toward: params.toward };
  },
  begin: (world, id, params) =>
    onLinks(
      world,
      params,
      (link) => world.worsen(id, link, { toward: params.toward }),
      (link) => world.mend(id, link),
    ),
};
