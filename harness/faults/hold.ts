/** hold: messages wait at the end of a link. */

import { z } from "zod";
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
  hold: target.describe(`whose messages wait: ${linksDoc}${targetDoc}`).meta({ examples: ["n1 -> n2", "leader", "any"] }),
  ...linkOptions,
});

type Item = z.infer<typeof schema>;

export const hold: Fault<Item, Links> = {
  word: "hold",
  doc: "Messages wait at the end of a link and are delivered in order of arrival when the fault is over; nothing is lost.",
  effect: "a message had to wait",
  lasts: "for",
  schema,
  check: (item, cluster) => checkLinks(item.hold, item, cluster, "hold"),
  draw: (item, cluster) => drawLinks(item.hold, item, cluster),
  explicit(links) {
    const { value, options } = explicitLinks(links);
    return { hold: value, ...options };
  },
  simpler: (links, cluster) => simplerLinks(links, cluster).map((params) => ({ fault: "hold", params })),
  without: withoutLinks,
  begin: (world, id, links) =>
    onLinks(
      world,
      links,
      (link) => world.hold(id, link),
      (link) => world.release(id, link),
    ),
};
