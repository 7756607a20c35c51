/** What the faults share in which a node lies: who lies, whether its protocol bears that, and when it stops. */

import type * as fc from "fast-check";
import { z } from "zod";
import type { Byzantine } from "../protocol.ts";
import type { Lie } from "../sim/world.ts";
import { type Beyond, beyondOf } from "./durable.ts";
import type { Cluster, Fault, Params, Problem } from "./fault.ts";
import {
  type Chosen,
  drawTarget,
  explicitTarget,
  onNodes,
  simplerTarget,
  type Target,
  target,
  targetDoc,
  understand,
  withoutNodes,
} from "./target.ts";

const beyondOption = {
  beyond: z
    .boolean({ error: "expected true or false" })
    .describe(
      "true: although the protocol does not claim to bear it, and the report says so; false (default): then the item is refused",
    )
    .optional(),
};

/** For faults that change a field. */
export const fieldOption = {
  field: z
    .string({ error: "expected the name of a field, such as value" })
    .describe(
      "which field of a message is changed, by its name, wherever in the message it stands (default: a drawn one, but never its type)",
    )
    .meta({ examples: ["value", "term"] })
    .optional(),
};

/** What makes one of these faults differ from the others. `Item`: its own options; `Own`: what is drawn from them. */
export interface LyingKind<W extends Byzantine, Item extends object, Own extends Params> extends Pick<Fault, "doc" | "effect"> {
  readonly word: W;
  readonly whose: string;
  /** Its own options, each with .describe() and .optional(). */
  readonly options: z.ZodRawShape;
  check(item: Item, cluster: Cluster): readonly Problem[];
  draw(item: Item, cluster: Cluster, liars: Chosen): fc.Arbitrary<Own>;
  explicit(own: Own): Item;
  milder(own: Own): readonly Own[];
  /** Without these nodes; undefined when nothing is left to do. */
  without?(own: Own, gone: ReadonlySet<string>): Own | undefined;
  lie(own: Own): Lie;
}

export type LyingItem<W extends string, Item extends object> = Item & {
  readonly beyond?: boolean | undefined;
} & Readonly<Record<W, Target>>;
type Base = Chosen & Beyond;

const ofBase: ReadonlySet<string> = new Set(["nodes", "select", "beyond"]);

function ownOf<Own extends Params>(params: Base & Own): Own {
  return Object.fromEntries(Object.entries(params).filter(([key]) => !ofBase.has(key))) as Own;
}

const nobody: ReadonlySet<string> = new Set();

/** Who lies, less how. */
function chosenOf(params: Base): Chosen {
  return "select" in params ? { select: params.select } : { nodes: params.nodes };
}

export function lyingFault<W extends Byzantine, Item extends object, Own extends Params>(
  kind: LyingKind<W, Item, Own>,
): Fault<LyingItem<W, Item>, Base & Own> {
  const { word, doc, effect, whose, options } = kind;
  const aimed = target.describe(`${whose}: ${targetDoc}`).meta({ examples: ["any", "leader", "n1"] });
  return {
    word,
    doc,
    effect,
    lasts: "for",
    schema: z.strictObject({ [word]: aimed, ...options, ...beyondOption }) as unknown as z.ZodType<LyingItem<W, Item>>,
    check: (item, cluster) => [
      ...badLiar(item[word], cluster, word),
      ...kind.check(item, cluster),
      ...notBorne(item.beyond, cluster, word),
    ],
    draw: (item, cluster) =>
      drawTarget(item[word], cluster).chain((liars) =>
        kind.draw(item, cluster, liars).map((own) => ({ ...liars, ...own, ...beyondOf(item) })),
      ),
    explicit: (params) =>
      ({ [word]: explicitTarget(params), ...kind.explicit(ownOf(params)), ...beyondOf(params) }) as unknown as LyingItem<W, Item>,
    simpler(params) {
      const own = ownOf<Own>(params);
      const liars = withoutNodes(chosenOf(params), nobody)!;
      const all = [
        ...simplerTarget(liars).map((fewer) => ({ ...fewer, ...own, ...beyondOf(params) })),
        ...kind.milder(own).map((less) => ({ ...liars, ...less, ...beyondOf(params) })),
      ];
      return all.map((less) => ({ fault: word, params: less }));
    },
    without(params, gone) {
      const liars = withoutNodes(chosenOf(params), gone);
      const own = kind.without === undefined ? ownOf<Own>(params) : kind.without(ownOf(params), gone);
      if (liars === undefined || own === undefined) return undefined;
      return { ...liars, ...own, ...beyondOf(params) };
    },
    begin: (world, id, params) =>
      onNodes(
        world,
        params,
        (node) => world.lie(id, node, kind.lie(ownOf(params))),
        (node) => world.unlie(id, node),
      ),
  };
}

function badLiar(value: Target, cluster: Cluster, word: string): readonly Problem[] {
  const choice = understand(value, cluster);
  if (typeof choice === "string") return [{ path: [word], message: choice }];
  const client = "pool" in choice ? choice.pool.find((node) => cluster.clients.includes(node)) : undefined;
  if (client === undefined) return [];
  return [{ path: [word], message: `${client} is a client, and what clients ask is the workload's; name a server` }];
}

function notBorne(beyond: boolean | undefined, { byzantine }: Cluster, word: Byzantine): readonly Problem[] {
  if (beyond === true || byzantine === undefined || byzantine.includes(word)) return [];
  const claims = byzantine.length === 0 ? "no lies at all" : `only ${byzantine.join(" and ")}`;
  const message = `this protocol does not claim to bear ${word} (it bears ${claims}); take the item out, or write "beyond: true" to see what becomes of it then`;
  return [{ path: [word], message }];
}
