/** What loss and duplicate share: a share of the messages of some links. */

import * as fc from "fast-check";
import { formatShare } from "../sim/units.ts";
import { shares } from "../sim/units-schema.ts";
import type { FaultId, LinkChange, World } from "../sim/world.ts";
import { checkPpm, drawPpm, smaller } from "./amount.ts";
import type { Cluster, Problem } from "./fault.ts";
import { checkLinks, drawLinks, explicitLinks, type LinkItem, type Links, onLinks, simplerLinks, withoutLinks } from "./links.ts";
import type { Target } from "./target.ts";

/** `ppm` of the messages on these links. */
export type Share = Links & { readonly ppm: number };

interface ShareItem extends LinkItem {
  readonly share?: string | undefined;
}

/** Below 1 % the shrinker gains nothing that a reader would see. */
const leastPpm = 10_000;
const usual = "5%..50%";

export const shareOption = {
  share: shares.describe(`of how many messages, a percentage or a range that one is drawn from (default ${usual})`).optional(),
};

export function checkShare(value: Target, item: ShareItem, cluster: Cluster, word: string): readonly Problem[] {
  return [...checkLinks(value, item, cluster, word), ...checkPpm(item.share, "share", [0, 1_000_000])];
}

export function drawShare(value: Target, item: ShareItem, cluster: Cluster): fc.Arbitrary<Share> {
  return fc.tuple(drawLinks(value, item, cluster), drawPpm(item.share ?? usual)).map(([links, ppm]) => ({ ...links, ppm }));
}

export function explicitShare(params: Share): { readonly value: string | string[]; readonly options: ShareItem } {
  const { value, options } = explicitLinks(params);
  return { value, options: { ...options, share: formatShare(params.ppm) } };
}

/** Fewer links first, then a smaller share. */
export function simplerShare(params: Share, cluster: Cluster): readonly Share[] {
  const { ppm } = params;
  return [
    ...simplerLinks(params, cluster).map((links) => ({ ...links, ppm })),
    ...smaller(ppm, leastPpm).map((less) => ({ ...params, ppm: less })),
  ];
}

export function withoutShare(params: Share, gone: ReadonlySet<string>): Share | undefined {
  const links = withoutLinks(params, gone);
  return links && { ...links, ppm: params.ppm };
}

export function beginShare(world: World, id: FaultId, params: Share, change: LinkChange): () => void {
  return onLinks(
    world,
    id,
    params,
    (link) => world.worsen(id, link, change),
    (link) => world.mend(id, link),
  );
}
