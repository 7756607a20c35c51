/** What the faults of streams share: one connection ("n1 <-> n2"), a list of them, or all connections of a target. */

import type * as fc from "fast-check";
import { constant } from "fast-check";
import type { NodeId } from "../protocol.ts";
import type { World } from "../sim/world.ts";
import type { Cluster, Problem } from "./fault.ts";
import { fewer, nodesOf, oneOrList } from "./links.ts";
import {
  type Chosen,
  drawTarget,
  explicitTarget,
  meant,
  patienceUs,
  simplerTarget,
  type Target,
  understand,
  whenChosen,
  withoutNodes,
} from "./target.ts";

/** A plan's connections: written out ("n1 <-> n2"), or those of nodes. */
export type Connections = { readonly connections: readonly string[] } | Chosen;

export const connectionsDoc = "a connection (n1 <-> n2, or all between roles), a list of them, or all connections of a target: ";

type Ends = readonly [NodeId, NodeId];

function endsOf(text: string): Ends | undefined {
  const ends = text.split("<->").map((end) => end.trim());
  return ends.length === 2 ? [ends[0]!, ends[1]!] : undefined;
}

/** The connections that a value writes out, or undefined when it is a target. */
function written(value: Target): readonly string[] | undefined {
  const texts = typeof value === "string" ? [value] : typeof value === "number" ? [] : value;
  return texts.some((text) => text.includes("<->")) ? texts : undefined;
}

export function checkConnections(value: Target, cluster: Cluster, word: string): readonly Problem[] {
  const bad = onDatagrams(cluster, word) ?? badConnections(value, cluster);
  return bad === undefined ? [] : [{ path: [word], message: bad }];
}

/** A sentence about a protocol that has no connections. */
function onDatagrams({ transport }: Cluster, word: string): string | undefined {
  if (transport !== "datagram") return undefined;
  return `this protocol stands on datagrams, which have no connections: ${word} means nothing to it; cut or hold links instead, with partition or hold`;
}

function badConnections(value: Target, cluster: Cluster): string | undefined {
  const texts = written(value);
  if (texts === undefined) {
    const link = [value].flat().find((text) => typeof text === "string" && text.includes("->"));
    if (link !== undefined)
      return `"${link}" is a link, and a connection has no direction; write it as ${String(link).replace("->", "<->")}`;
    const choice = understand(value, cluster);
    if (typeof choice === "string") return choice;
    const client = "pool" in choice ? choice.pool.find((node) => cluster.clients.includes(node)) : undefined;
    return client === undefined ? undefined : `${client} is a client, and connections are between servers; name a server`;
  }
  const all = meantConnections(texts, cluster);
  return typeof all === "string" ? all : undefined;
}

/** The connections that written ones mean in this cluster, a role standing for all its nodes; or a sentence about the first impossible one. */
function meantConnections(texts: readonly string[], cluster: Cluster): readonly string[] | string {
  const all = new Map<string, string>();
  for (const text of texts) {
    const ends = endsOf(text);
    if (ends === undefined) return `"${text}" is not a connection; write all of them as n1 <-> n2`;
    const [firsts, seconds] = [nodesOf(ends[0], cluster), nodesOf(ends[1], cluster)];
    if (typeof firsts === "string") return firsts;
    if (typeof seconds === "string") return seconds;
    const client = [...firsts, ...seconds].find((node) => cluster.clients.includes(node));
    if (client !== undefined) return `${client} is a client, and connections are between servers; name two servers`;
    const between = new Map<string, string>();
    for (const a of firsts) {
      for (const b of seconds) {
        // Of a role with itself each pair comes up twice.
        const pair = [a, b].sort().join(" <-> ");
        if (a !== b && !between.has(pair)) between.set(pair, `${a} <-> ${b}`);
      }
    }
    if (between.size === 0) return `"${ends[0]}" has no connection to itself; name two servers`;
    for (const [pair, connection] of between) {
      if (all.has(pair)) return `the connection "${connection}" stands here twice; write it once`;
      all.set(pair, connection);
    }
  }
  return [...all.values()];
}

export function drawConnections(value: Target, cluster: Cluster): fc.Arbitrary<Connections> {
  const texts = written(value);
  if (texts === undefined) return drawTarget(value, cluster);
  return constant({ connections: meant(meantConnections(texts, cluster)) });
}

/** The value of the fault word that means these connections. */
export function explicitConnections(params: Connections): string | string[] {
  return "connections" in params ? oneOrList(params.connections) : explicitTarget(params);
}

/** Fewer connections, or those of fewer nodes. */
export function simplerConnections(params: Connections): readonly Connections[] {
  if ("connections" in params) return fewer(params.connections).map((connections) => ({ connections }));
  return simplerTarget(params);
}

export function withoutConnections(params: Connections, gone: ReadonlySet<NodeId>): Connections | undefined {
  if (!("connections" in params)) return withoutNodes(params, gone);
  const connections = params.connections.filter((text) => !endsOf(text)!.some((end) => gone.has(end)));
  return connections.length === 0 ? undefined : { connections };
}

/** Does something to each of the connections, once; the first of its ends is the one that is named first, or aimed at. */
export function onConnections(world: World, params: Connections, act: (first: NodeId, second: NodeId) => void): () => void {
  if ("connections" in params) {
    for (const text of params.connections) act(...endsOf(text)!);
    return () => {};
  }
  return whenChosen(
    world,
    params,
    (nodes) => {
      for (const [i, node] of nodes.entries()) {
        for (const peer of world.servers) if (peer !== node && !nodes.slice(0, i).includes(peer)) act(node, peer);
      }
      return () => {};
    },
    patienceUs,
  );
}
