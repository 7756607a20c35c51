/** clock-freeze: a clock stands still for a while, and goes on from there. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import type { Clocks } from "../sim/world.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import {
  badName,
  checkTarget,
  drawTarget,
  explicitTarget,
  onNodes,
  simplerNodes,
  type Target,
  target,
  targetDoc,
} from "./target.ts";

const kinds = ["wall", "stop-watch", "both"] as const satisfies readonly Clocks[];
const clocks = z.enum(kinds, { error: "expected wall, stop-watch or both" });

/** A target, or the clocks written out by node. */
type Frozen = Target | Readonly<Record<NodeId, Clocks>>;

const frozen: z.ZodType<Frozen> = z.union([...target.options, z.record(z.string(), clocks)], {
  error:
    "expected a node, a role, a selector, any, minority, majority, all, a list of nodes, or clocks by node such as { n1: wall }",
});

const schema = z.strictObject({
  "clock-freeze": frozen
    .describe(`whose clocks stand still: ${targetDoc}; or which clock by node, as in { n1: wall, n2: both }`)
    .meta({ examples: ["any", "all", "leader"] }),
  clock: clocks
    .describe("wall: ctx.now(); stop-watch: ctx.elapsed(), and no timer fires; both (default: drawn anew for each node)")
    .optional(),
});

type Item = z.infer<typeof schema>;
type Freeze = { readonly each: Readonly<Record<NodeId, Clocks>> } | { readonly select: string; readonly clock: Clocks };

export const clockFreeze: Fault<Item, Freeze> = {
  word: "clock-freeze",
  doc: "A clock stands still, and goes on from there: the wall clock, or the stop-watch on which timers run, or both.",
  effect: "a clock was read that stood still, or a timer waited for it",
  lasts: "for",
  schema,
  check: ({ "clock-freeze": value, clock }, cluster) =>
    isByNode(value) ? byNode(value, clock, cluster) : checkTarget(value, cluster, [word]),
  draw({ "clock-freeze": value, clock }, cluster) {
    if (isByNode(value)) return fc.constant({ each: { ...value } });
    const most = cluster.servers.length + cluster.clients.length;
    const one = clock === undefined ? fc.constantFrom(...kinds) : fc.constant(clock);
    const drawn = fc.array(one, { minLength: most, maxLength: most, size: "max" });
    return fc.tuple(drawTarget(value, cluster), drawn).map(([chosen, list]): Freeze => {
      if ("select" in chosen) return { select: chosen.select, clock: list[0]! };
      return { each: Object.fromEntries(chosen.nodes.map((node, i) => [node, list[i]!])) };
    });
  },
  explicit(params) {
    if ("select" in params) return { "clock-freeze": params.select, clock: params.clock };
    const nodes = Object.keys(params.each);
    if (nodes.length > 1) return { "clock-freeze": { ...params.each } };
    return { "clock-freeze": explicitTarget({ nodes }), clock: params.each[nodes[0]!]! };
  },
  simpler(params) {
    const less: Freeze[] =
      "select" in params
        ? fewer(params.clock).map((clock) => ({ ...params, clock }))
        : [
            ...simplerNodes(Object.keys(params.each)).map((nodes) => ({ each: only(params.each, nodes) })),
            ...Object.entries(params.each).flatMap(([node, own]) =>
              fewer(own).map((clock) => ({ each: { ...params.each, [node]: clock } })),
            ),
          ];
    return less.map((one) => ({ fault: word, params: one }));
  },
  without(params, gone) {
    if ("select" in params) return params;
    const left = Object.keys(params.each).filter((node) => !gone.has(node));
    return left.length === 0 ? undefined : { each: only(params.each, left) };
  },
  begin(world, id, params) {
    const chosen = "select" in params ? { select: params.select } : { nodes: Object.keys(params.each) };
    return onNodes(
      world,
      chosen,
      (node) => world.freeze(id, node, "select" in params ? params.clock : params.each[node]!),
      (node) => world.thaw(id, node),
    );
  },
};

const word = "clock-freeze";

function byNode(value: Readonly<Record<NodeId, Clocks>>, clock: Clocks | undefined, cluster: Cluster): readonly Problem[] {
  const nodes = Object.keys(value);
  const bad = nodes.length === 0 ? "no node is named; write one, as in { n1: wall }" : badName(nodes, cluster);
  if (bad !== undefined) return [{ path: [word], message: bad }];
  if (clock === undefined) return [];
  return [{ path: ["clock"], message: '"clock" goes with a target; here every node has its own, take one of the two away' }];
}

/** One clock instead of both. */
function fewer(clock: Clocks): readonly Clocks[] {
  return clock === "both" ? ["wall", "stop-watch"] : [];
}

function isByNode(value: Frozen): value is Readonly<Record<NodeId, Clocks>> {
  return typeof value === "object" && !Array.isArray(value);
}

function only(each: Readonly<Record<NodeId, Clocks>>, nodes: readonly NodeId[]): Readonly<Record<NodeId, Clocks>> {
  return Object.fromEntries(nodes.map((node) => [node, each[node]!]));
}
