/** The faults of disks that last for a while: one shape, in which the disks of some nodes suffer from something. */

import { z } from "zod";
import type { Tolerance } from "../protocol.ts";
import type { Ailment } from "../sim/world.ts";
import { type Beyond, beyond, beyondOf, checkBorne } from "./durable.ts";
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

/** What makes one of these faults differ from another. */
export interface AilmentKind<W extends string> extends Pick<Fault, "doc" | "effect"> {
  readonly word: W;
  /** "whose reads fail": before what all of them say. */
  readonly whose: string;
  /** Destroys durable state: takes `beyond`. With a number of servers it is refused where the protocol bears none. */
  readonly destroys?: { readonly how: keyof Tolerance; readonly always: boolean };
  ailment(beyond: boolean): Ailment;
}

type Item<W extends string> = { readonly beyond?: boolean | undefined } & Readonly<Record<W, Target>>;
type Params = Chosen & Beyond;

export function ailmentFault<const W extends string>(kind: AilmentKind<W>): Fault<Item<W>, Params> {
  const { word, doc, effect, whose, destroys } = kind;
  const aim = target.describe(`${whose}: ${targetDoc}`).meta({ examples: ["any", "leader", "minority"] });
  const schema = destroys === undefined ? z.strictObject({ [word]: aim }) : z.strictObject({ [word]: aim, beyond });
  return {
    word,
    doc,
    effect,
    lasts: "for",
    schema: schema as unknown as z.ZodType<Item<W>>,
    check: (item, cluster) => [
      ...checkTarget(item[word], cluster, [word]),
      ...(destroys?.always === true ? checkBorne(destroys.how, item, cluster, [word]) : []),
    ],
    draw: (item, cluster) => drawTarget(item[word], cluster).map((chosen) => ({ ...chosen, ...beyondOf(item) })),
    explicit: (params) => ({ [word]: explicitTarget(params), ...beyondOf(params) }) as unknown as Item<W>,
    simpler: (params) => simplerTarget(params).map((chosen) => ({ fault: word, params: { ...chosen, ...beyondOf(params) } })),
    without(params, gone) {
      const left = withoutNodes(params, gone);
      return left && { ...left, ...beyondOf(params) };
    },
    begin: (world, id, params) =>
      onNodes(
        world,
        params,
        (node) => world.ail(id, node, kind.ailment(params.beyond === true)),
        (node) => world.cure(id, node),
      ),
  };
}
