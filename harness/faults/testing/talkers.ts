/** Three servers that talk all the time, for tests that show what faults really do to them. */

import * as fc from "fast-check";
import { expect } from "vitest";
import type { ClientPolicy, Context, Node, NodeId } from "../../protocol.ts";
import { Cluster, roots } from "../../sim/index.ts";
import type { Cluster as Known } from "../fault.ts";
import { faults } from "../index.ts";

/**
 * Three servers that tell each other a number every 10 ms, over links that take 1 ms and lose nothing. Each writes its number to
 * its disk before it tells it, and notes everything that it hears and what its clocks show.
 */
export interface Note {
  readonly atUs: number;
  readonly node: NodeId;
  readonly from: NodeId;
  readonly number: number;
  readonly wallMs: number;
}

export const known: Known = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  selectors: ["leader"],
  orders: ["hand-over"],
};

const policy: ClientPolicy = { target: "any", tryMs: 50, timeoutMs: 200, retry: false };

export let notes: Note[] = [];
export let starts: { readonly node: NodeId; readonly atUs: number; readonly stored: number | undefined }[] = [];
export let orders: string[] = [];

/** Before each test. */
export function forget(): void {
  notes = [];
  orders = [];
  starts = [];
}

export function world(talks: boolean, transport: "datagram" | "stream" = "datagram"): Cluster {
  const cluster: Cluster = new Cluster({
    roots: roots(1),
    ...known,
    weather: { latency: { kind: "constant", us: 1_000 }, lossPpm: 0, duplicatePpm: 0 },
    policy,
    transport,
    streamTimeoutUs: 40_000,
    create: (ctx, node) => (talks ? talker(ctx, node, () => cluster.nowUs) : { onMessage() {} }),
    invariants: [],
    selectors: { leader: { states: "n1, once it has said so", track: () => leader() } },
    goals: [],
  });
  cluster.boot();
  return cluster;
}

function talker(ctx: Context, node: NodeId, nowUs: () => number): Node {
  let number = 0;
  return {
    onStart() {
      const stored = ctx.disk.read<number>("number");
      starts.push({ node, atUs: nowUs(), stored });
      number = stored ?? 0;
      if (node === "n1") ctx.fact("leader");
      ctx.setTimer("tell", 10);
    },
    onTimer() {
      number++;
      ctx.disk.write("number", number);
      ctx.disk.sync();
      ctx.broadcast(number);
      ctx.setTimer("tell", 10);
    },
    onRequest(request) {
      ctx.reply(request, null);
    },
    onOrder(order) {
      orders.push(`${node} at ${nowUs() / 1_000}: ${order}`);
    },
    onMessage(from, said) {
      notes.push({ atUs: nowUs(), node, from, number: said as number, wallMs: ctx.now() });
    },
  };
}

function leader(): { facts: Record<string, (data: never, source: { node: NodeId }) => void>; current(): NodeId | undefined } {
  let current: NodeId | undefined;
  const hear = (_data: never, { node }: { node: NodeId }): void => {
    current = node;
  };
  return { facts: { leader: hear }, current: () => current };
}

/** Begins the fault at 105 ms for 50 ms (five rounds, 11 to 15), and lets the world go on to 200 ms. Returns how many effects were counted. `also`: what else goes wrong. */
export function happens(
  item: Readonly<Record<string, unknown>>,
  talks = true,
  transport: "datagram" | "stream" = "datagram",
  also: (cluster: Cluster) => void = () => {},
): number {
  const fault = faults.find((one) => one.word in item)!;
  expect(fault.check(fault.schema.parse(item), known)).toEqual([]);
  const [params] = fc.sample(fault.draw(item, known), { numRuns: 1, seed: 1 });
  const cluster = world(talks, transport);
  also(cluster);
  cluster.at(105_000, () => {
    const undo = fault.begin(cluster, "f", params!, 50_000);
    if (fault.lasts === "for" && fault.forFrom !== "effect") cluster.at(155_000, undo);
  });
  cluster.runUntil(200_000);
  expect(cluster.stop).toBeUndefined();
  return cluster.effectCounts.get("f") ?? 0;
}

export function heard(node: NodeId, from: NodeId, afterMs: number, untilMs: number): number[] {
  const within = notes.filter(
    (note) => note.node === node && note.from === from && note.atUs > afterMs * 1000 && note.atUs <= untilMs * 1000,
  );
  return within.map((note) => note.number);
}

/** How far a node's wall clock is ahead of the one it should show, at the last note before this time. */
export function aheadMs(node: NodeId, untilMs: number): number {
  const note = notes.filter((one) => one.node === node && one.atUs <= untilMs * 1000).at(-1)!;
  const other = notes.filter((one) => one.node !== node && one.atUs === note.atUs).at(-1)!;
  return Math.round(note.wallMs - other.wallMs);
}
