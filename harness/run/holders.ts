/** Whom a protocol's selectors pointed at (its leader, the holder of its lock) over the time of a run. */

import type { NodeId, Protocol, Selector } from "../protocol.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { Monitors } from "../sim/index.ts";
import type { TraceRecord } from "../sim/trace.ts";

/** A stretch of time in which a selector pointed at one node. */
export interface Held {
  readonly selector: string;
  readonly node: NodeId;
  readonly fromUs: number;
  readonly toUs: number;
}

/** In order of selectors, each in order of time. Follows the trace's facts, as the selectors did in the run. */
export function holders(
  { selectors = {} }: Pick<Protocol, "selectors">,
  { servers, clients }: Pick<Scenario, "servers" | "clients">,
  trace: readonly TraceRecord[],
  endUs: number,
): readonly Held[] {
  const names = Object.keys(selectors);
  if (names.length === 0) return [];
  const monitors = listening(selectors, servers);
  const isClient = new Set(clients);
  const since = new Map<string, { node: NodeId; fromUs: number }>();
  const held: Held[] = [];
  const look = (atUs: number): void => {
    for (const selector of names) {
      const node = monitors.select(selector);
      const before = since.get(selector);
      if (node === before?.node) continue;
      if (before !== undefined && before.fromUs < atUs) held.push({ selector, ...before, toUs: atUs });
      if (node === undefined) since.delete(selector);
      else since.set(selector, { node, fromUs: atUs });
    }
  };
  const started = new Set<NodeId>();
  for (const record of trace) {
    const { node, atUs } = record;
    const client = isClient.has(node);
    if (record.kind === "fact") monitors.fact(record.name, record.data, () => ({ node, atMs: atUs / 1000 }));
    else if (record.kind === "crash") monitors.node(client ? "onClientCrash" : "onCrash", node);
    else if (record.kind === "wipe" && !client) monitors.node("onWipe", node);
    else if (record.kind === "heal") monitors.heal(atUs / 1000);
    else if (record.kind === "start" || record.kind === "restart") {
      const first = !started.has(node);
      started.add(node);
      if (!client) monitors.node(first ? "onStart" : "onRestart", node);
      else if (!first) monitors.node("onClientRestart", node);
    } else continue;
    look(atUs);
  }
  for (const [selector, { node, fromUs }] of since) held.push({ selector, node, fromUs, toUs: Math.max(endUs, fromUs) });
  return held.sort((a, b) => names.indexOf(a.selector) - names.indexOf(b.selector) || a.fromUs - b.fromUs);
}

function listening(selectors: Readonly<Record<string, Selector>>, servers: Scenario["servers"]): Monitors {
  const roles = new Map(servers.map(({ id, role }) => [id, role]));
  const view = {
    nodes: servers.flatMap(({ id, spare }) => (spare === true ? [] : [id])),
    spares: servers.flatMap(({ id, spare }) => (spare === true ? [id] : [])),
    role: (node: NodeId) => roles.get(node) ?? "",
  };
  // Nothing is judged here, and a selector that throws has been told by the run.
  return new Monitors(view, [], selectors, nothing, nothing);
}

function nothing(): void {}
