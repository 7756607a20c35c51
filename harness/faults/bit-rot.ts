/** bit-rot: something that lies on a disk is damaged. */

import { z } from "zod";
import { type Beyond, beyond, beyondOf, checkBorne } from "./durable.ts";
import type { Fault } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  patienceUs,
  simplerTarget,
  target,
  targetDoc,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const schema = z.strictObject({
  "bit-rot": target.describe(`whose disk is damaged: ${targetDoc}`).meta({ examples: ["any", "leader", "minority"] }),
  record: z
    .string({ error: "expected the name of a record or log, such as ballot" })
    .min(1, { error: "expected the name of a record or log, such as ballot" })
    .describe("in which record or log (default: one drawn from what is durable)")
    .meta({ examples: ["ballot", "log"] })
    .optional(),
  beyond,
});

type Item = z.infer<typeof schema>;
type Rot = Chosen & Beyond & { readonly record?: string };

export const bitRot: Fault<Item, Rot> = {
  word: "bit-rot",
  doc: "One durable record, or one entry of a log, no longer fits its checksum; whoever reads it sees that, mostly after a restart. A write replaces it, a truncate drops it.",
  effect: "what was damaged was read",
  lasts: "moment",
  schema,
  check: (item, cluster) => [
    ...checkTarget(item["bit-rot"], cluster, ["bit-rot"]),
    ...checkBorne("damaged", item, cluster, ["bit-rot"]),
  ],
  draw: (item, cluster) => drawTarget(item["bit-rot"], cluster).map((chosen) => ({ ...chosen, ...rest(item) })),
  explicit: (params) => ({ "bit-rot": explicitTarget(params), ...rest(params) }),
  simpler: (params) => simplerTarget(params).map((chosen) => ({ fault: "bit-rot", params: { ...chosen, ...rest(params) } })),
  without(params, gone) {
    const left = withoutNodes(params, gone);
    return left && { ...left, ...rest(params) };
  },
  begin(world, id, params) {
    const damage = (nodes: readonly string[]): (() => void) => {
      for (const node of nodes) world.rot(id, node, params.beyond === true, params.record);
      return () => {};
    };
    return whenChosen(world, params, damage, patienceUs);
  },
};

function rest({
  record,
  ...item
}: {
  readonly record?: string | undefined;
  readonly beyond?: boolean | undefined;
}): Omit<Rot, keyof Chosen> {
  return { ...(record !== undefined && { record }), ...beyondOf(item) };
}
