/** Faults that do something to links, each in its own way: what all of them share. */

import * as fc from "fast-check";
import { z } from "zod";
import type { FaultId, Link, World } from "../sim/world.ts";
import type { Cluster, Fault, Params, Problem } from "./fault.ts";
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

/** What makes one of these faults differ from the others. `Item`: its own options; `Own`: what is drawn from them. */
export interface LinkKind<W extends string, Item extends object, Own extends Params> extends Pick<Fault, "doc" | "effect"> {
  readonly word: W;
  /** "whose messages wait" */
  readonly whose: string;
  /** Its own options, each with .describe() and .optional(). */
  readonly options: z.ZodRawShape;
  /** A sentence about a cluster to which this means nothing. */
  bad?(item: Item, cluster: Cluster): Problem | undefined;
  check(item: Item): readonly Problem[];
  draw(item: Item): fc.Arbitrary<Own>;
  explicit(own: Own): Item;
  /** Milder ones, for the same links. */
  milder(own: Own): readonly Own[];
  /** Another fault that does less, to the same links and with no options of its own. */
  readonly instead?: string;
  begin(world: World, id: FaultId, link: Link, own: Own): void;
  end(world: World, id: FaultId, link: Link): void;
}

/** An item has its target under the fault's own word. */
export type LinkFaultItem<W extends string, Item extends object> = LinkItem & Item & Readonly<Record<W, Target>>;

const ofLinks: ReadonlySet<string> = new Set(["links", "nodes", "select", "direction", "clients"]);

/** The links of a plan's parameters, and what of them is the fault's own. */
function parts<Own extends Params>(params: Links & Own): { readonly links: Links; readonly own: Own } {
  const some = (of: boolean): object => Object.fromEntries(Object.entries(params).filter(([key]) => ofLinks.has(key) === of));
  return { links: some(true) as Links, own: some(false) as Own };
}

export function linkFault<const W extends string, Item extends object, Own extends Params>(
  kind: LinkKind<W, Item, Own>,
): Fault<LinkFaultItem<W, Item>, Links & Own> {
  const { word, doc, effect, whose, options } = kind;
  const aimed = target.describe(`${whose}: ${linksDoc}${targetDoc}`).meta({ examples: ["all", "any", "leader", "n1 -> n2"] });
  return {
    word,
    doc,
    effect,
    lasts: "for",
    schema: z.strictObject({ [word]: aimed, ...options, ...linkOptions }) as unknown as z.ZodType<LinkFaultItem<W, Item>>,
    check(item, cluster) {
      const bad = kind.bad?.(item, cluster);
      return [...checkLinks(item[word], item, cluster, word), ...kind.check(item), ...(bad === undefined ? [] : [bad])];
    },
    draw: (item, cluster) =>
      fc.tuple(drawLinks(item[word], item, cluster), kind.draw(item)).map(([links, own]) => ({ ...links, ...own })),
    explicit(params) {
      const { links, own } = parts<Own>(params);
      const { value, options: written } = explicitLinks(links);
      return { [word]: value, ...written, ...kind.explicit(own) } as unknown as LinkFaultItem<W, Item>;
    },
    simpler(params, cluster) {
      const { links, own } = parts<Own>(params);
      const same = [
        ...simplerLinks(links, cluster).map((fewer) => ({ ...fewer, ...own })),
        ...kind.milder(own).map((less) => ({ ...links, ...less })),
      ];
      const other = kind.instead === undefined ? [] : [{ fault: kind.instead, params: links }];
      return [...other, ...same.map((less) => ({ fault: word, params: less }))];
    },
    without(params, gone) {
      const { links, own } = parts<Own>(params);
      const left = withoutLinks(links, gone);
      return left && { ...left, ...own };
    },
    begin(world, id, params) {
      const { links, own } = parts<Own>(params);
      return onLinks(
        world,
        links,
        (link) => kind.begin(world, id, link, own),
        (link) => kind.end(world, id, link),
      );
    },
  };
}
