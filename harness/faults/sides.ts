/** The sides of a partition: who stands where, from shapes ("bridge", "leader against the rest") to explicit groups. */

import * as fc from "fast-check";
import type { NodeId } from "../protocol.ts";
import type { Link } from "../sim/world.ts";
import type { Cluster } from "./fault.ts";
import { type Direction, formatLink, meantLinks, writtenLinks } from "./links.ts";
import { badName, drawChoice, type Target, understand } from "./target.ts";

export type Groups = readonly (readonly NodeId[])[];

/** Who is cut off from whom, before clients are placed. With a selector the other side is everybody else. */
export type Sides = { readonly groups: Groups } | { readonly links: readonly string[] } | { readonly select: string };

export const shapes = ["halves", "random-halves", "ring", "bridge", "partial", "zones"] as const;

/** The value of `partition`. */
export type Shape = Target | Groups;

/** How the sides that a value stands for are drawn, or a sentence that says why there are none. */
export function understandSides(value: Shape, cluster: Cluster): fc.Arbitrary<Sides> | string {
  const servers = cluster.servers.map((server) => server.id);
  if (isGroups(value)) return written(value, cluster);
  const links = writtenLinks(value);
  if (links !== undefined) {
    const all = meantLinks(links, cluster);
    return typeof all === "string" ? all : fc.constant({ links: all });
  }

  const shape = shapes.find((one) => one === value);
  if (shape === "zones") return zoned(cluster);
  if (shape !== undefined) return shaped(shape, servers);

  const choice = understand(value, cluster, shapes);
  if (typeof choice === "string") return choice;
  if ("select" in choice) return fc.constant(choice);
  if (servers.every((server) => choice.pool.includes(server)) && choice.max >= servers.length) {
    return "this puts every server on one side, so nobody would be cut off; choose fewer";
  }
  return drawChoice(choice).map((chosen) => ({ groups: "nodes" in chosen ? apart(chosen.nodes, servers) : [] }));
}

/** These nodes on one side, all other servers on the other. */
export function apart(side: readonly NodeId[], servers: readonly NodeId[]): Groups {
  return [side, servers.filter((server) => !side.includes(server))];
}

/** All links between nodes of different groups; one way, as the first of two groups sees it. Clients have none among themselves. */
export function linksBetween(groups: Groups, way: Direction, isClient: (node: NodeId) => boolean): readonly Link[] {
  const links: Link[] = [];
  groups.forEach((group, i) => {
    for (const other of groups.slice(i + 1)) {
      for (const a of group) {
        for (const b of other) {
          if (isClient(a) && isClient(b)) continue;
          if (way !== "in") links.push({ from: a, to: b });
          if (way !== "out") links.push({ from: b, to: a });
        }
      }
    }
  });
  return links;
}

/** What kind of value it is, for the options that go with some only. */
export function kindOf(value: Shape): "groups" | "links" | "ring" | "partial" | "zones" | "side" {
  if (isGroups(value)) return "groups";
  if (writtenLinks(value) !== undefined) return "links";
  return value === "ring" || value === "partial" || value === "zones" ? value : "side";
}

function isGroups(value: Shape): value is Groups {
  return Array.isArray(value) && Array.isArray(value[0]);
}

function written(groups: Groups, cluster: Cluster): fc.Arbitrary<Sides> | string {
  if (groups.length < 2) return "a single group is cut off from nobody; write two or more, as in [[n1, n2], [n3]]";
  return badName(groups.flat(), cluster) ?? fc.constant({ groups });
}

/** Each zone on a side of its own. */
function zoned({ zones = {} }: Cluster): fc.Arbitrary<Sides> | string {
  const groups = Object.values(zones);
  if (groups.length >= 2) return fc.constant({ groups });
  return 'this cluster has no two zones to cut apart; write them beside its nodes, as in "zones: { a: [n1, n2], b: [n3] }"';
}

function shaped(shape: Exclude<(typeof shapes)[number], "zones">, servers: readonly NodeId[]): fc.Arbitrary<Sides> | string {
  const count = servers.length;
  const least = shape === "ring" || shape === "bridge" ? 3 : 2;
  if (count < least) return `a partition into ${shape} needs ${least} servers or more, this cluster has ${count}`;
  const half = count >> 1;
  switch (shape) {
    case "halves":
      return fc.constant({ groups: [servers.slice(0, half), servers.slice(half)] });
    case "random-halves":
      return fc.subarray([...servers], { minLength: half, maxLength: half }).map((side) => ({ groups: apart(side, servers) }));
    case "bridge":
      return shuffled(servers).map((order) => ({ groups: [order.slice(0, half), order.slice(half + 1)].map(inOrder(servers)) }));
    case "partial": {
      const links = servers.flatMap((from) => servers.filter((to) => to !== from).map((to) => formatLink({ from, to })));
      return fc.subarray(links, { minLength: 1, maxLength: links.length - 1 }).map((some) => ({ links: some }));
    }
    case "ring":
      return shuffled(servers).map((order) => ({ links: ringCuts(order) }));
  }
}

function shuffled(servers: readonly NodeId[]): fc.Arbitrary<NodeId[]> {
  return fc.shuffledSubarray([...servers], { minLength: servers.length, maxLength: servers.length });
}

function inOrder(servers: readonly NodeId[]): (group: readonly NodeId[]) => readonly NodeId[] {
  return (group) => servers.filter((server) => group.includes(server));
}

/**
 * Majorities ring: each node hears a majority, and no two the same one. A node stands in the middle of its majority on the ring; where
 * majorities are even there is no middle, and some links are cut one way only.
 */
function ringCuts(order: readonly NodeId[]): readonly string[] {
  const count = order.length;
  const majority = (count >> 1) + 1;
  const middle = majority >> 1;
  const cuts: string[] = [];
  for (let start = 0; start < count; start++) {
    const to = order[(start + middle) % count]!;
    for (let far = majority; far < count; far++) cuts.push(formatLink({ from: order[(start + far) % count]!, to }));
  }
  return cuts.sort();
}
