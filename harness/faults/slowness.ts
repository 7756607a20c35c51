/** The faults that make nodes take their time with something: one shape, in which it takes some nodes so much longer. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import type { FaultId, World } from "../sim/world.ts";
import { checkUs, drawUs, smaller } from "./amount.ts";
import type { Fault } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  onNodes,
  simplerTarget,
  type Target,
  target,
  targetDoc,
  withoutNodes,
} from "./target.ts";

const leastUs = 1_000;

/** What makes one of these faults differ from another. */
export interface SlownessKind<W extends string> extends Pick<Fault, "doc" | "effect"> {
  readonly word: W;
  /** "who is slow", "how long a sync takes": before what all of them say. */
  readonly whose: string;
  readonly howLong: string;
  /** Taken when the item says nothing under `extra`. */
  readonly usual: string;
  begin(world: World, id: FaultId, node: NodeId, extraUs: number): void;
  end(world: World, id: FaultId, node: NodeId): void;
}

type Item<W extends string> = { readonly extra?: string | undefined } & Readonly<Record<W, Target>>;
type Slow = Chosen & { readonly extraUs: number };

export function slownessFault<const W extends string>(kind: SlownessKind<W>): Fault<Item<W>, Slow> {
  const { word, doc, effect, usual } = kind;
  const aim = target.describe(`${kind.whose}: ${targetDoc}`).meta({ examples: ["any", "leader"] });
  const extra = durations.describe(`${kind.howLong}, or a range that it is drawn from (default ${usual})`).optional();
  return {
    word,
    doc,
    effect,
    lasts: "for",
    schema: z.strictObject({ [word]: aim, extra }) as unknown as z.ZodType<Item<W>>,
    check: (item, cluster) => [...checkTarget(item[word], cluster, [word]), ...checkUs(item.extra, "extra")],
    draw: (item, cluster) =>
      fc.tuple(drawTarget(item[word], cluster), drawUs(item.extra ?? usual)).map(([chosen, extraUs]) => ({ ...chosen, extraUs })),
    explicit: (params) => ({ [word]: explicitTarget(params), extra: formatUs(params.extraUs) }) as unknown as Item<W>,
    simpler(params) {
      const fewer = simplerTarget(params).map((chosen) => ({ ...chosen, extraUs: params.extraUs }));
      const faster = smaller(params.extraUs, leastUs).map((extraUs) => ({ ...params, extraUs }));
      return [...fewer, ...faster].map((less) => ({ fault: word, params: less }));
    },
    without(params, gone) {
      const chosen = withoutNodes(params, gone);
      return chosen && { ...chosen, extraUs: params.extraUs };
    },
    // Nothing is slower by nothing, so nothing may count as its effect.
    begin: (world, id, params) => {
      if (params.extraUs === 0) return () => undefined;
      return onNodes(
        world,
        params,
        (node) => kind.begin(world, id, node, params.extraUs),
        (node) => kind.end(world, id, node),
      );
    },
  };
}
