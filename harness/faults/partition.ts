/** partition: messages between the sides are lost. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import type { Link, World } from "../sim/world.ts";
import type { Fault, Params, Problem } from "./fault.ts";
import { type Direction, direction, fewer, formatLink, keptLinks, oneOrList, parseLink } from "./links.ts";
import { checkSeats, drawSeats, type Seats, seatedAt, seatOptions } from "./seats.ts";
import { apart, type Groups, kindOf, linksBetween, type Sides, shapes, understandSides } from "./sides.ts";
import { meant, targetDoc, whenChosen } from "./target.ts";

const schema = z.strictObject({
  partition: z
    .union([z.string(), z.int().min(1), z.array(z.string()).min(1), z.array(z.array(z.string()).min(1)).min(1)], {
      error: `expected a target (${targetDoc}), one of ${shapes.join(", ")}, links such as n1 -> n2, or groups such as [[n1, n2], [n3]]`,
    })
    .describe(
      `who is cut off from all others: ${targetDoc}; or a shape: halves (in the order of names), random-halves, ring (everybody hears a majority, no ` +
        "two the same), bridge (one node sees both halves), partial (any links, each one way), zones (each on a side of its own); or links (n1 -> n2, or all of roles, as in worker -> coordinator), cut one way; or groups, as in [[n1, n2], [n3]]: a node in none keeps its links",
    )
    .meta({ examples: ["leader", "minority", "random-halves", "ring", "bridge", "partial", "n1 -> n2", [["n1", "n2"], ["n3"]]] }),
  direction: direction.optional(),
  ...seatOptions,
});

type Item = z.infer<typeof schema>;

/** `direction` is seen from the first group, or from who the selector points at. */
type Partition =
  | { readonly groups: Groups; readonly direction: Direction }
  | { readonly links: readonly string[] }
  | {
      readonly select: string;
      readonly direction: Direction;
      readonly with: readonly NodeId[];
      readonly against: readonly NodeId[];
    };

export const partition: Fault<Item, Partition> = {
  word: "partition",
  doc: "Cuts the cluster into sides; what is sent from one to the other is lost. Clients keep all their links unless the item says so.",
  effect: "a message between two sides was lost",
  lasts: "for",
  schema,

  check(item, cluster) {
    const sides = understandSides(item.partition, cluster);
    const problems: Problem[] = typeof sides === "string" ? [{ path: ["partition"], message: sides }] : [];
    problems.push(...checkSeats(item, cluster));
    if (problems.length > 0 || typeof sides === "string") return problems;
    return checkOptions(item);
  },

  draw(item, cluster) {
    const way = item.direction ?? "both";
    const sides = meant(understandSides(item.partition, cluster));
    const seats = drawSeats(item, cluster);
    if (seats === undefined) return sides.map((drawn) => placed(drawn, way, new Map()));
    return fc.tuple(sides, seats).map(([drawn, seated]) => placed(drawn, way, seated));
  },

  explicit(params) {
    if ("links" in params) return { partition: oneOrList(params.links) };
    const way = params.direction === "both" ? {} : { direction: params.direction };
    if ("groups" in params) return { partition: params.groups.map((group) => [...group]), ...way };
    return {
      partition: params.select,
      ...way,
      ...(params.with.length > 0 && { with: oneOrList(params.with) }),
      ...(params.against.length > 0 && { against: oneOrList(params.against) }),
    };
  },

  simpler(params, cluster) {
    if ("select" in params) return simplerSelected(params);
    const isClient = (node: NodeId): boolean => cluster.clients.includes(node);
    const links = "links" in params ? params.links : linksBetween(params.groups, params.direction, isClient).map(formatLink);
    const held: Params[] = links.map((link) => ({ links: [link] }));
    if (links.length > 1) held.push({ links });
    const cut: Partition[] =
      "links" in params ? fewer(links).map((some) => ({ links: some })) : simplerGroups(params.groups, params.direction);
    return [
      ...held.map((hold) => ({ fault: "hold", params: hold })),
      ...cut.map((less) => ({ fault: "partition", params: less })),
    ];
  },

  without(params, gone) {
    if ("select" in params) {
      const left = (nodes: readonly NodeId[]): readonly NodeId[] => nodes.filter((node) => !gone.has(node));
      return { ...params, with: left(params.with), against: left(params.against) };
    }
    if ("links" in params) {
      const links = keptLinks(params.links, gone);
      return links.length === 0 ? undefined : { links };
    }
    const groups = params.groups.map((group) => group.filter((node) => !gone.has(node))).filter((group) => group.length > 0);
    return groups.length < 2 ? undefined : { groups, direction: params.direction };
  },

  begin(world, id, params) {
    const cut = (links: readonly Link[]): (() => void) => cutAll(world, id, links);
    if ("links" in params) return cut(params.links.map((link) => parseLink(link)!));
    const isClient = (node: NodeId): boolean => world.clients.includes(node);
    if ("groups" in params) return cut(linksBetween(params.groups, params.direction, isClient));
    return whenChosen(world, params, ([node]) => {
      const [side, others] = apart([node!], world.servers);
      const elsewhere = (client: NodeId): boolean => client !== node;
      const groups = [
        [...side!, ...params.with.filter(elsewhere)],
        [...others!, ...params.against.filter(elsewhere)],
      ];
      return cut(linksBetween(groups, params.direction, isClient));
    });
  },
};

function cutAll(world: World, id: string, links: readonly Link[]): () => void {
  for (const link of links) world.cut(id, link);
  return () => {
    for (const link of links) world.uncut(id, link);
  };
}

/** Options that go with some values only: who has no two sides has no ways and no places. */
function checkOptions(item: Item): readonly Problem[] {
  const kind = kindOf(item.partition);
  const unfit = (option: keyof Item, why: string): readonly Problem[] =>
    item[option] === undefined ? [] : [{ path: [option], message: `"${option}" ${why}` }];
  if (kind === "links" || kind === "ring" || kind === "partial") {
    const what = { links: "a link", ring: "a ring", partial: "a partial one" }[kind];
    const why = `needs two sides, and ${what} has none; take it away`;
    return (["direction", "clients", "with", "against"] as const).flatMap((option) => unfit(option, why));
  }
  if (kind === "zones") {
    return unfit("direction", "needs two sides, and there may be more zones; write groups, or links such as n1 -> n2 instead");
  }
  if (kind !== "groups") return [];
  const count = (item.partition as Groups).length;
  return [
    ...(count > 2 ? unfit("direction", `needs two groups, and there are ${count}; write links such as n1 -> n2 instead`) : []),
    ...(["with", "against"] as const).flatMap((option) =>
      unfit(option, "goes with a target; write the client into its group instead"),
    ),
  ];
}

function placed(sides: Sides, way: Direction, seats: Seats): Partition {
  if ("links" in sides) return sides;
  if ("select" in sides)
    return { select: sides.select, direction: way, with: seatedAt(seats, 0, 2), against: seatedAt(seats, 1, 2) };
  const taken = new Set(sides.groups.flat());
  const free = new Map([...seats].filter(([client]) => !taken.has(client)));
  const groups = sides.groups.map((group, i) => [...group, ...seatedAt(free, i, sides.groups.length)]);
  return { groups, direction: way };
}

function simplerSelected(params: Extract<Partition, { select: string }>): readonly { fault: string; params: Params }[] {
  const { select, direction: way } = params;
  const cut: Partition[] = [];
  if (params.with.length + params.against.length > 0) cut.push({ ...params, with: [], against: [] });
  if (way === "both") cut.push({ ...params, direction: "out" }, { ...params, direction: "in" });
  return [
    { fault: "hold", params: { select, direction: way, clients: false } },
    ...cut.map((less) => ({ fault: "partition", params: less })),
  ];
}

/** One way; then without one of the nodes, which keeps its links then. */
function simplerGroups(groups: Groups, way: Direction): Partition[] {
  const simpler: Partition[] = [];
  if (way === "both" && groups.length === 2) simpler.push({ groups, direction: "out" }, { groups, direction: "in" });
  for (const node of groups.flat()) {
    const left = groups.map((group) => group.filter((other) => other !== node)).filter((group) => group.length > 0);
    if (left.length > 1) simpler.push({ groups: left, direction: way });
  }
  return simpler;
}
