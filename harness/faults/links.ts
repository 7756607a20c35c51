/** What the faults of links share: one link, a list of links, or all links of a target. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { Link, World } from "../sim/world.ts";
import type { Cluster, Problem } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  meant,
  simplerNodes,
  type Target,
  whenChosen,
  withoutNodes,
} from "./target.ts";

/** Which way a node's links are meant, as the node sees it. */
export type Direction = "in" | "out" | "both";

/** A plan's links: written out ("n1 -> n2"), or those of nodes. */
export type Links =
  | { readonly links: readonly string[] }
  | (Chosen & {
      readonly direction: Direction /** Whether links between servers and clients are meant too. */;
      readonly clients: boolean;
    });

export const direction = z
  .enum(["in", "out", "both"], { error: "expected in, out or both" })
  .describe("in: only what the target would receive; out: only what it sends; both (default)");

const clientLinks = z
  .enum(["keep", "include"], { error: "expected keep or include" })
  .describe("keep: links between servers and clients are left alone; include (default): they are meant too");

export const linksDoc =
  "a link (n1 -> n2, or all of roles, as in worker -> coordinator), a list of links, or all links of a target: ";

/** The options beside the fault word. */
export const linkOptions = { direction: direction.optional(), clients: clientLinks.optional() };

export interface LinkItem {
  readonly direction?: Direction | undefined;
  readonly clients?: "keep" | "include" | undefined;
}

/** "n1 -> n2" as a link; undefined when it has no arrow. */
export function parseLink(text: string): Link | undefined {
  const ends = text.split("->");
  return ends.length === 2 ? { from: ends[0]!.trim(), to: ends[1]!.trim() } : undefined;
}

export function formatLink({ from, to }: Link): string {
  return `${from} -> ${to}`;
}

/** The links that a value writes out, or undefined when it is a target. */
export function writtenLinks(value: Target): readonly Link[] | undefined {
  const texts = typeof value === "string" ? [value] : typeof value === "number" ? [] : value;
  return texts.some((text) => text.includes("->")) ? texts.map((text) => parseLink(text) ?? { from: text, to: "" }) : undefined;
}

/** The links that written ones mean in this cluster, a role standing for all its nodes; or a sentence about the first impossible one. */
export function meantLinks(links: readonly Link[], cluster: Pick<Cluster, "servers" | "clients">): readonly string[] | string {
  const all: string[] = [];
  for (const { from, to } of links) {
    if (to === "") return `"${from}" is not a link; write all of them as n1 -> n2`;
    const [starts, ends] = [nodesOf(from, cluster), nodesOf(to, cluster)];
    if (typeof starts === "string") return starts;
    if (typeof ends === "string") return ends;
    const between = starts.flatMap((start) =>
      ends.filter((end) => end !== start).map((end) => formatLink({ from: start, to: end })),
    );
    if (between.length === 0) return `a link from "${from}" to itself is never cut; name two nodes`;
    all.push(...between);
  }
  const twice = all.find((link, i) => all.indexOf(link) < i);
  return twice === undefined ? all : `the link "${twice}" stands here twice; write it once`;
}

/** The node of this name, or all of this role; else a sentence. */
export function nodesOf(name: string, { servers, clients }: Pick<Cluster, "servers" | "clients">): readonly NodeId[] | string {
  const nodes = [...servers.map(({ id }) => id), ...clients];
  if (nodes.includes(name)) return [name];
  const ofRole = servers.filter(({ role }) => role === name).map(({ id }) => id);
  if (ofRole.length > 0) return ofRole;
  const roles = servers.map(({ role }) => role);
  return `there is no node "${name}" in this cluster; ${didYouMean(name, [...new Set([...nodes, ...roles])])}`;
}

export function checkLinks(value: Target, item: LinkItem, cluster: Cluster, word: string): readonly Problem[] {
  const written = writtenLinks(value);
  if (written === undefined) return checkTarget(value, cluster, [word]);
  const links = meantLinks(written, cluster);
  const problems: Problem[] = typeof links === "string" ? [{ path: [word], message: links }] : [];
  for (const option of ["direction", "clients"] as const) {
    if (item[option] === undefined) continue;
    problems.push({ path: [option], message: `"${option}" goes with a target, not with written links; take it away` });
  }
  return problems;
}

export function drawLinks(value: Target, item: LinkItem, cluster: Cluster): fc.Arbitrary<Links> {
  const written = writtenLinks(value);
  if (written !== undefined) return fc.constant({ links: meant(meantLinks(written, cluster)) });
  const rest = { direction: item.direction ?? "both", clients: item.clients !== "keep" };
  return drawTarget(value, cluster).map((chosen) => ({ ...chosen, ...rest }));
}

/** The value of the fault word, and the options beside it, that mean these links. */
export function explicitLinks(links: Links): { readonly value: string | string[]; readonly options: LinkItem } {
  if ("links" in links) return { value: oneOrList(links.links), options: {} };
  return {
    value: explicitTarget(links),
    options: {
      ...(links.direction !== "both" && { direction: links.direction }),
      ...(!links.clients && { clients: "keep" as const }),
    },
  };
}

export function oneOrList(list: readonly string[]): string | string[] {
  return list.length === 1 ? list[0]! : [...list];
}

/** Fewer links: one way, without the clients', of fewer nodes; single links, half of them, all but one. */
export function simplerLinks(links: Links, cluster: Cluster): readonly Links[] {
  if ("links" in links) return fewer(links.links).map((some) => ({ links: some }));
  const simpler: Links[] = [];
  if ("nodes" in links) for (const nodes of simplerNodes(links.nodes)) simpler.push({ ...links, nodes });
  if (links.direction === "both") simpler.push({ ...links, direction: "out" }, { ...links, direction: "in" });
  // A client has no other links: without them nothing would be left.
  const onlyClients = "nodes" in links && links.nodes.every((node) => cluster.clients.includes(node));
  if (links.clients && !onlyClients) simpler.push({ ...links, clients: false });
  return simpler;
}

/** Each alone, either half, all but one; no list twice. */
export function fewer(list: readonly string[]): readonly (readonly string[])[] {
  if (list.length < 2) return [];
  const alone = list.map((one) => [one]);
  if (list.length === 2) return alone;
  const middle = list.length >> 1;
  const halves = list.length > 3 ? [list.slice(0, middle), list.slice(middle)] : [];
  return [...alone, ...halves, ...list.map((one) => list.filter((other) => other !== one))];
}

export function withoutLinks(links: Links, gone: ReadonlySet<NodeId>): Links | undefined {
  if ("links" in links) {
    const left = keptLinks(links.links, gone);
    return left.length === 0 ? undefined : { links: left };
  }
  const chosen = withoutNodes(links, gone);
  return chosen && { ...chosen, direction: links.direction, clients: links.clients };
}

/** Those of which neither end is gone. */
export function keptLinks(links: readonly string[], gone: ReadonlySet<NodeId>): readonly string[] {
  return links.filter((link) => {
    const { from, to } = parseLink(link)!;
    return !gone.has(from) && !gone.has(to);
  });
}

/** Does something to each of the links, now or when the selector points at somebody; what is returned undoes it. */
export function onLinks(world: World, links: Links, act: (link: Link) => void, undo: (link: Link) => void): () => void {
  const all = (list: readonly Link[]): (() => void) => {
    for (const link of list) act(link);
    return () => {
      for (const link of list) undo(link);
    };
  };
  if ("links" in links) return all(links.links.map((link) => parseLink(link)!));
  return whenChosen(world, links, (nodes) => all(linksOf(world, nodes, links.direction, links.clients)));
}

/** All links of these nodes in a direction, each once. Clients have none among themselves. */
function linksOf(world: World, nodes: readonly NodeId[], way: Direction, clients: boolean): readonly Link[] {
  const links = new Map<string, Link>();
  const add = (link: Link): void => void links.set(formatLink(link), link);
  for (const node of nodes) {
    const isClient = world.clients.includes(node);
    const others = clients && !isClient ? [...world.servers, ...world.clients] : world.servers;
    for (const other of others) {
      if (other === node) continue;
      if (way !== "in") add({ from: node, to: other });
      if (way !== "out") add({ from: other, to: node });
    }
  }
  return [...links.values()];
}
