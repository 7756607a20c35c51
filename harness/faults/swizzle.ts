/** swizzle: nodes are clogged one after the other, and unclogged one by one in another order. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import type { Link, World } from "../sim/world.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import { formatLink } from "./links.ts";
import {
  badName,
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  simplerTarget,
  target,
  targetDoc,
  whenChosen,
  withoutNodes,
} from "./target.ts";

/** Between two nodes, where nothing says when it is over. */
const gapUs = 200_000;
const usualUs = { min: 1_000_000, max: 6_000_000 };

const schema = z.strictObject({
  swizzle: target
    .describe(`who is clogged: ${targetDoc}; several are clogged in a drawn order, a list in its own`)
    .meta({ examples: ["minority", "majority", "all", ["n2", "n1"]] }),
  release: z
    .array(z.string())
    .min(1)
    .describe("the nodes in the order in which they are unclogged (default: a drawn one)")
    .optional(),
});

type Item = z.infer<typeof schema>;
/** `nodes` in the order in which they are clogged. */
type Swizzle = Chosen & { readonly release: readonly NodeId[] };

export const swizzle: Fault<Item, Swizzle> = {
  word: "swizzle",
  doc: "Nodes are clogged one after the other (all that they send and all that is sent to them waits), and unclogged one by one in another order: FoundationDB's swizzle-clog.",
  effect: "a message had to wait",
  lasts: "for",
  schema,

  usualForUs: () => fc.integer(usualUs),

  check(item, cluster) {
    const problems: Problem[] = [...checkTarget(item.swizzle, cluster, ["swizzle"])];
    if (item.release === undefined || problems.length > 0) return problems;
    const bad = badRelease(item.release, item.swizzle, cluster);
    return bad === undefined ? [] : [{ path: ["release"], message: bad }];
  },

  draw(item, cluster) {
    const { release } = item;
    const listed = Array.isArray(item.swizzle);
    return drawTarget(item.swizzle, cluster).chain((chosen): fc.Arbitrary<Swizzle> => {
      if ("select" in chosen) return fc.constant({ ...chosen, release: [] });
      const clogged = listed ? fc.constant(item.swizzle as string[]) : shuffled(chosen.nodes);
      const freed = release === undefined ? shuffled(chosen.nodes) : fc.constant([...release]);
      return fc.tuple(clogged, freed).map(([nodes, order]) => ({ nodes, release: order }));
    });
  },

  explicit(params) {
    if ("select" in params || params.nodes.length === 1) return { swizzle: explicitTarget(params) };
    return { swizzle: [...params.nodes], release: [...params.release] };
  },

  simpler: (params) =>
    simplerTarget(params).map((fewer) => ({
      fault: "swizzle",
      params: { ...fewer, release: params.release.filter((node) => "nodes" in fewer && fewer.nodes.includes(node)) },
    })),

  without(params, gone) {
    const left = withoutNodes(params, gone);
    return left && { ...left, release: params.release.filter((node) => !gone.has(node)) };
  },

  begin(world, id, params, forUs) {
    return whenChosen(world, params, (nodes) => {
      const release = "select" in params ? nodes : params.release;
      // The first half of the time they go, in the second they come back.
      const stepUs = forUs === undefined ? gapUs : Math.floor(forUs / (2 * nodes.length));
      return clogging(world, id, nodes, release, stepUs, forUs);
    });
  },
};

/** A link waits while either of its ends is clogged. */
function clogging(
  world: World,
  id: string,
  nodes: readonly NodeId[],
  release: readonly NodeId[],
  stepUs: number,
  forUs: number | undefined,
): () => void {
  const clogged = new Set<NodeId>();
  const held = new Map<string, { readonly link: Link; ends: number }>();
  let over = false;
  const clog = (node: NodeId): void => {
    if (over) return;
    clogged.add(node);
    for (const link of linksOf(world, node)) {
      const one = held.get(formatLink(link)) ?? { link, ends: 0 };
      if (one.ends++ === 0) world.hold(id, link);
      held.set(formatLink(link), one);
    }
  };
  const free = (node: NodeId): void => {
    if (!clogged.delete(node)) return;
    for (const link of linksOf(world, node)) if (--held.get(formatLink(link))!.ends === 0) world.release(id, link);
  };
  for (const [i, node] of nodes.entries()) {
    if (i === 0) clog(node);
    else world.later(i * stepUs, () => clog(node));
  }
  // The last one is freed by the end itself.
  if (forUs !== undefined)
    for (const [i, node] of release.slice(0, -1).entries()) world.later((nodes.length + i + 1) * stepUs, () => free(node));
  return () => {
    over = true;
    for (const node of release) free(node);
  };
}

/** All links of a node, both ways. Clients have none among themselves. */
function linksOf(world: World, node: NodeId): readonly Link[] {
  const others = world.clients.includes(node) ? world.servers : [...world.servers, ...world.clients];
  return others
    .filter((other) => other !== node)
    .flatMap((other) => [
      { from: node, to: other },
      { from: other, to: node },
    ]);
}

function shuffled(nodes: readonly NodeId[]): fc.Arbitrary<NodeId[]> {
  return fc.shuffledSubarray([...nodes], { minLength: nodes.length, maxLength: nodes.length });
}

function badRelease(release: readonly NodeId[], value: Item["swizzle"], cluster: Cluster): string | undefined {
  if (!Array.isArray(value))
    return '"release" goes with a list of nodes, whose order it changes; write the nodes under swizzle, or take it out';
  const bad = badName(release, cluster);
  if (bad !== undefined) return bad;
  if (release.length === value.length && value.every((node) => release.includes(node))) return undefined;
  return `expected the same nodes as under swizzle in another order, found ${release.join(", ")}; write all of ${value.join(", ")}`;
}
