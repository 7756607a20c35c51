/** loss and duplicate have one shape: something happens to a share of the messages of some links. */

import * as fc from "fast-check";
import { z } from "zod";
import { formatShare } from "../sim/units.ts";
import { shares } from "../sim/units-schema.ts";
import type { FaultId, LinkChange, World } from "../sim/world.ts";
import { checkPpm, drawPpm, smaller } from "./amount.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import {
  checkLinks,
  drawLinks,
  explicitLinks,
  type LinkItem,
  type Links,
  linkOptions,
  linksDoc,
  onLinks,
  simplerLinks,
  withoutLinks,
} from "./links.ts";
import { type Target, target, targetDoc } from "./target.ts";

/** `ppm` of the messages on these links. */
export type Share = Links & { readonly ppm: number };

interface ShareOptions extends LinkItem {
  readonly share?: string | undefined;
}
/** An item has its target under the fault's own word. */
export type ShareItem<W extends string> = ShareOptions & Readonly<Record<W, Target>>;

/** Below 1 % the shrinker gains nothing that a reader would see. */
const leastPpm = 10_000;
const usual = "5%..50%";

/** What makes one of these faults differ from the other. */
export interface ShareKind<W extends string> extends Pick<Fault, "doc" | "effect"> {
  readonly word: W;
  /** "whose messages are lost" */
  readonly whose: string;
  change(ppm: number): LinkChange;
  /** A sentence about a cluster to which this means nothing. */
  bad?(cluster: Cluster): string | undefined;
}

export function shareFault<const W extends string>(kind: ShareKind<W>): Fault<ShareItem<W>, Share> {
  const { word, doc, effect, whose, change, bad } = kind;
  const schema = z.strictObject({
    [word]: target.describe(`${whose}: ${linksDoc}${targetDoc}`).meta({ examples: ["all", "any", "leader", "n1 -> n2"] }),
    share: shares.describe(`of how many messages, a percentage or a range that one is drawn from (default ${usual})`).optional(),
    ...linkOptions,
  });
  return {
    word,
    doc,
    effect,
    lasts: "for",
    schema: schema as unknown as z.ZodType<ShareItem<W>>,
    check(item, cluster) {
      const message = bad?.(cluster);
      return [...checkShare(item[word], item, cluster, word), ...(message === undefined ? [] : [{ path: [word], message }])];
    },
    draw: (item, cluster) => drawShare(item[word], item, cluster),
    explicit(params) {
      const { value, options } = explicitShare(params);
      return { [word]: value, ...options } as unknown as ShareItem<W>;
    },
    simpler: (params, cluster) => simplerShare(params, cluster).map((less) => ({ fault: word, params: less })),
    without: withoutShare,
    begin: (world, id, params) => beginShare(world, id, params, change(params.ppm)),
  };
}

function checkShare(value: Target, item: ShareOptions, cluster: Cluster, word: string): readonly Problem[] {
  return [...checkLinks(value, item, cluster, word), ...checkPpm(item.share, "share", [0, 1_000_000])];
}

function drawShare(value: Target, item: ShareOptions, cluster: Cluster): fc.Arbitrary<Share> {
  return fc.tuple(drawLinks(value, item, cluster), drawPpm(item.share ?? usual)).map(([links, ppm]) => ({ ...links, ppm }));
}

function explicitShare(params: Share): { readonly value: string | string[]; readonly options: ShareOptions } {
  const { value, options } = explicitLinks(params);
  return { value, options: { ...options, share: formatShare(params.ppm) } };
}

/** Fewer links first, then a smaller share. */
function simplerShare(params: Share, cluster: Cluster): readonly Share[] {
  const { ppm } = params;
  return [
    ...simplerLinks(params, cluster).map((links) => ({ ...links, ppm })),
    ...smaller(ppm, leastPpm).map((less) => ({ ...params, ppm: less })),
  ];
}

function withoutShare(params: Share, gone: ReadonlySet<string>): Share | undefined {
  const links = withoutLinks(params, gone);
  return links && { ...links, ppm: params.ppm };
}

function beginShare(world: World, id: FaultId, params: Share, change: LinkChange): () => void {
  return onLinks(
    world,
    params,
    (link) => world.worsen(id, link, change),
    (link) => world.mend(id, link),
  );
}
