/** A run with everything in it: weather, clients, disks, timers, chance and every fault of the world. For digests. */

import type { Context, NodeId, Request } from "../../protocol.ts";
import type { Cluster } from "../cluster.ts";
import { setGuards } from "../guards.ts";
import { boot, type Handlers, type Message, ms } from "./world.ts";

/** Keeps a counter on disk, gossips it, and answers clients with it. */
function counter(): Handlers {
  const asking: Request[] = [];
  let count = 0;
  const gossip = (ctx: Context): void => ctx.broadcast({ type: "gossip", count, big: BigInt(count) ** 5n, half: count / 2 });
  return {
    onStart: (ctx) => {
      count = ctx.disk.read<number>("count") ?? 0;
      ctx.fact("counts", { count, entries: ctx.disk.log("log").length });
      ctx.setTimer("gossip", ctx.random.integer(5, 15));
    },
    onRequest: (ctx, request) => {
      asking.push(request);
      count++;
      ctx.disk.log("log").append({ id: request.id, at: ctx.now() });
      ctx.disk.write("count", count);
      ctx.disk.sync();
      gossip(ctx);
      if (count % 7 === 3) ctx.redirect(request, ctx.random.pick(ctx.peers));
      else if (count % 11 === 5) ctx.fail(request, "an unlucky number");
      else ctx.setTimer("answer", 2, { count });
    },
    onMessage: (ctx, from: NodeId, { count: other }: Message) => {
      if (Number(other) > count) ctx.sometimes("learned");
      count = Math.max(count, Number(other));
      ctx.log(`heard of ${from}`, { count });
      if (count % 5 === 0) ctx.disk.write("count", count);
      if (count % 13 === 0) ctx.disk.log("log").truncate(2);
    },
    onTimer: (ctx, name) => {
      if (name === "gossip") {
        gossip(ctx);
        ctx.setTimer("gossip", ctx.random.integer(5, 15));
      } else for (const request of asking.splice(0)) ctx.reply(request, { count, elapsed: ctx.elapsed() });
    },
  };
}

/** The whole run, healed and ended. */
export function stormy(
  seed: number,
  trace: boolean,
  runUntil = (cluster: Cluster, untilUs: number): void => cluster.runUntil(untilUs),
): Cluster {
  const release = setGuards();
  try {
    const cluster = boot(
      { n1: counter, n2: counter, n3: counter },
      {
        seed,
        trace,
        clients: 2,
        goals: ["learned"],
        weather: {
          latency: { kind: "heavy-tail", minUs: 300, medianUs: 1_000, maxUs: 40_000 },
          lossPpm: 30_000,
          duplicatePpm: 20_000,
        },
        policy: { target: "any", tryMs: 20, timeoutMs: 60, retry: true },
      },
    );
    for (let i = 0; i < 60; i++) cluster.offer(ms(5 * i), i % 2 === 0 ? "c1" : "c2", `o${i}`, { f: "count", i });
    const link = { from: "n1", to: "n2" };
    const faults: readonly (readonly [number, () => void])[] = [
      [20, () => cluster.cut("cut", link)],
      [30, () => cluster.hold("hold", { from: "n3", to: "n1" })],
      [40, () => cluster.drift("drift", "n2", 400_000)],
      [50, () => cluster.jumpClock("jump", "n3", -7_000)],
      [60, () => cluster.uncut("cut", link)],
      [70, () => cluster.release("hold", { from: "n3", to: "n1" })],
      [
        80,
        () =>
          cluster.worsen("worse", link, {
            extraLatency: { kind: "exponential", minUs: 0, meanUs: 3_000 },
            lossPpm: 100_000,
            duplicatePpm: 100_000,
          }),
      ],
      [90, () => cluster.slow("slow", "n3", 900)],
      [110, () => cluster.pause("pause", "n1")],
      [130, () => cluster.resume("pause", "n1")],
      [140, () => cluster.armCrash("armed", "n2", "persists", () => undefined)],
      [170, () => cluster.restart("armed", "n2")],
      [180, () => cluster.crash("crash", "n3")],
      [190, () => cluster.wipe("crash", "n3")],
      [200, () => cluster.restart("crash", "n3")],
      [210, () => cluster.crash("crash", "c2")],
      [230, () => cluster.pause("pause", "c1")],
    ];
    for (const [atMs, begin] of faults) cluster.at(ms(atMs), begin);
    runUntil(cluster, ms(300));
    cluster.heal();
    runUntil(cluster, ms(400));
    cluster.end();
    if (cluster.stop !== undefined) throw new Error(cluster.stop.sentence);
    return cluster;
  } finally {
    release();
  }
}
