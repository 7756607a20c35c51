/** Targets: who a fault is aimed at, from what a scenario says ("any", "leader", "minority", 2) to the names in a plan. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { World } from "../sim/world.ts";
import type { Cluster, Problem } from "./fault.ts";

/** As the scenario says it. */
export type Target = string | number | readonly string[];

/** As a plan holds it: names, or a selector that only the run can resolve. */
export type Chosen = { readonly nodes: readonly NodeId[] } | { readonly select: string };

/** Between `min` and `max` of `pool`, or a selector. */
export type Choice =
  | {
      readonly pool: readonly NodeId[];
      readonly min: number;
      readonly max: number;
      /** Not any of the pool, but one of these wholes. */
      readonly wholes?: readonly (readonly NodeId[])[];
    }
  | { readonly select: string };

/** How often somebody who waits for a leader looks again, in microseconds. */
const lookUs = 50_000;

/** What happens at one moment does not wait longer than this for a leader or a handler (a crash: or than its down time): later is another story. */
export const patienceUs = 1_000_000;

const targetWords = ["any", "one", "minority", "majority", "all", "one client", "zone"] as const;

/** Words that are targets of their own. */
export const targetNames: readonly string[] = targetWords;

const expected =
  "expected a node, a role, a zone, a selector such as leader, any, minority, majority, all, one client, a count of servers, or a list of nodes";

/** The value of a fault word that takes nodes. */
export const target = z.union([z.string(), z.int().min(1), z.array(z.string()).min(1)], { error: expected });

export const targetDoc =
  "a node's name, a role (one node of it), a zone (all of it), zone (a drawn one), a selector of the protocol (leader), any (one server), minority, majority, all, one client, " +
  "a count of servers, or a list of nodes";

/** What a target means in this cluster, or a sentence that says why it means nothing; `also` are other words that the fault takes. */
export function understand(value: Target, cluster: Cluster, also: readonly string[] = []): Choice | string {
  const servers = cluster.servers.map((server) => server.id);
  if (typeof value === "number") return counted(value, servers);
  if (typeof value !== "string") return listed(value, cluster);

  if (servers.includes(value) || cluster.clients.includes(value)) return exactly([value]);
  if (cluster.selectors.includes(value)) return { select: value };
  const ofRole = cluster.servers.filter((server) => server.role === value).map((server) => server.id);
  if (ofRole.length > 0) return { pool: ofRole, min: 1, max: 1 };
  const zones = cluster.zones ?? {};
  if (Object.hasOwn(zones, value)) return exactly(zones[value]!);

  const most = servers.length;
  switch (value) {
    case "any":
    case "one":
      return { pool: servers, min: 1, max: 1 };
    case "minority":
      if (most < 3)
        return `a minority of ${plural(most, "server")} is nobody; give the cluster 3 servers or more, or name a node`;
      return { pool: servers, min: 1, max: Math.ceil(most / 2) - 1 };
    case "majority": {
      const least = Math.floor(most / 2) + 1;
      return { pool: servers, min: least, max: Math.max(least, most - 1) };
    }
    case "all":
      return exactly(servers);
    case "zone": {
      const wholes = Object.values(zones);
      if (wholes.length === 0)
        return 'this cluster has no zones; write them beside its nodes, as in "zones: { a: [n1, n2], b: [n3] }"';
      const sizes = wholes.map((zone) => zone.length);
      return { pool: wholes.flat(), min: Math.min(...sizes), max: Math.max(...sizes), wholes };
    }
    case "one client":
      return cluster.clients.length === 0 ? "there is no client in this cluster" : { pool: cluster.clients, min: 1, max: 1 };
    default:
      return `"${value}" is no node, role or selector of this cluster; ${didYouMean(value, [...names(cluster), ...targetWords, ...also])}`;
  }
}

export function checkTarget(value: Target, cluster: Cluster, path: Problem["path"]): readonly Problem[] {
  const choice = understand(value, cluster);
  return typeof choice === "string" ? [{ path, message: choice }] : [];
}

export function drawTarget(value: Target, cluster: Cluster): fc.Arbitrary<Chosen> {
  return drawChoice(meant(understand(value, cluster)));
}

export function drawChoice(choice: Choice): fc.Arbitrary<Chosen> {
  if ("select" in choice) return fc.constant(choice);
  if (choice.wholes !== undefined) return fc.constantFrom(...choice.wholes).map((nodes) => ({ nodes }));
  return fc.subarray([...choice.pool], { minLength: choice.min, maxLength: choice.max }).map((nodes) => ({ nodes }));
}

/** The target in the scenario's words again. */
export function explicitTarget(chosen: Chosen): string | string[] {
  if ("select" in chosen) return chosen.select;
  return chosen.nodes.length === 1 ? chosen.nodes[0]! : [...chosen.nodes];
}

/** Fewer nodes: each alone, then all but one. */
export function simplerNodes(nodes: readonly NodeId[]): readonly (readonly NodeId[])[] {
  if (nodes.length < 2) return [];
  const alone = nodes.map((node) => [node]);
  return nodes.length === 2 ? alone : [...alone, ...nodes.map((node) => nodes.filter((other) => other !== node))];
}

export function simplerTarget(chosen: Chosen): readonly Chosen[] {
  return "select" in chosen ? [] : simplerNodes(chosen.nodes).map((nodes) => ({ nodes }));
}

/** The same aim without these nodes, or undefined when nobody is left. */
export function withoutNodes(chosen: Chosen, gone: ReadonlySet<NodeId>): Chosen | undefined {
  if ("select" in chosen) return chosen;
  const nodes = chosen.nodes.filter((node) => !gone.has(node));
  return nodes.length === 0 ? undefined : { nodes };
}

/**
 * Acts on the chosen nodes: at once, or for a selector as soon as it points at a node that is up. What is returned stops
 * the waiting, which ends after `waitUs` anyway, or undoes what `act` did.
 */
export function whenChosen(
  world: World,
  chosen: Chosen,
  act: (nodes: readonly NodeId[]) => () => void,
  waitUs = Number.POSITIVE_INFINITY,
): () => void {
  if ("nodes" in chosen) return act(chosen.nodes);
  const { select } = chosen;
  let over = false;
  let undo: (() => void) | undefined;
  const lastUs = world.nowUs + waitUs;
  const look = (): void => {
    if (over || world.nowUs > lastUs) return;
    const node = world.select(select);
    if (node !== undefined && world.isUp(node)) undo = act([node]);
    else world.later(lookUs, look);
  };
  look();
  return () => {
    over = true;
    undo?.();
  };
}

/** As `whenChosen`, for what is done to each of the nodes and undone again. */
export function onNodes(
  world: World,
  chosen: Chosen,
  act: (node: NodeId) => void,
  undo: (node: NodeId) => void,
  waitUs?: number,
): () => void {
  const all = (nodes: readonly NodeId[]): (() => void) => {
    for (const node of nodes) act(node);
    return () => {
      for (const node of nodes) undo(node);
    };
  };
  return whenChosen(world, chosen, all, waitUs);
}

/** `checkTarget` was asked before: a choice that is a sentence here is a mistake of ours. */
export function meant<T>(understood: T | string): T {
  if (typeof understood === "string") throw new Error(`a fault item that was never checked: ${understood}`);
  return understood;
}

/** All names that a target may be, for "did you mean". */
function names(cluster: Cluster): string[] {
  const roles = cluster.servers.map((server) => server.role);
  const zones = Object.keys(cluster.zones ?? {});
  return [
    ...new Set([...cluster.servers.map((server) => server.id), ...cluster.clients, ...cluster.selectors, ...roles, ...zones]),
  ];
}

/** A sentence about the first name in a list that no node has, or that stands there twice. */
export function badName(list: readonly string[], cluster: Cluster): string | undefined {
  const nodes = [...cluster.servers.map((server) => server.id), ...cluster.clients];
  const unknown = list.find((name) => !nodes.includes(name));
  if (unknown !== undefined) return `there is no node "${unknown}" in this cluster; ${didYouMean(unknown, nodes)}`;
  const twice = list.find((name, i) => list.indexOf(name) < i);
  return twice === undefined ? undefined : `the node "${twice}" stands here twice; name it once`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function exactly(pool: readonly NodeId[]): Choice {
  return { pool, min: pool.length, max: pool.length };
}

function counted(count: number, servers: readonly NodeId[]): Choice | string {
  if (count <= servers.length) return { pool: servers, min: count, max: count };
  return `${count} servers cannot be chosen: this cluster has only ${servers.length}; write ${servers.length} or less`;
}

function listed(list: readonly string[], cluster: Cluster): Choice | string {
  return badName(list, cluster) ?? exactly(list);
}
