/** Drivers: a class of handlers is one; code with async and await is another, and as repeatable while the machine is busy. */

import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { Context, NodeId } from "../protocol.ts";
import { roots } from "./chance.ts";
import { Cluster } from "./cluster.ts";
import { setGuards } from "./guards.ts";
import { Hosted, type Io, runUntil } from "./testing/hosted.ts";
import { stormy } from "./testing/stormy.ts";
import { at, ms, records, told } from "./testing/world.ts";

function hosted(main: (io: Io) => Promise<void>, servers: readonly NodeId[], seed = 1, trace = true): Cluster {
  return new Cluster({
    roots: roots(seed),
    servers: servers.map((id) => ({ id, role: "server" })),
    clients: ["c1", "c2"],
    weather: { latency: { kind: "uniform", minUs: 500, maxUs: 9_000 }, lossPpm: 10_000, duplicatePpm: 10_000 },
    policy: { target: "any", tryMs: 80, timeoutMs: 400, retry: true },
    create: () => {
      throw new Error("these nodes have a driver");
    },
    drive: (ctx: Context) => new Hosted(ctx, main),
    invariants: [],
    selectors: {},
    goals: [],
    trace,
  });
}

/** A register on a majority, written as one writes services: awaits in loops, awaits in parallel, a race against time. */
async function register({ ctx, ask, onQuestion, nextRequest, sleep }: Io): Promise<void> {
  let version = ctx.disk.read<number>("version") ?? 0;
  ctx.fact("starts", { version });
  onQuestion(async ({ version: other }) => {
    await sleep(1);
    version = Math.max(version, Number(other));
    ctx.disk.write("version", version);
    ctx.disk.sync();
    return { version };
  });
  for (;;) {
    const request = await nextRequest();
    version += 1;
    ctx.disk.write("version", version);
    ctx.disk.sync();
    let answers = 1;
    const all = ctx.peers.map(async (peer) => {
      const { version: other } = await ask(peer, { version });
      answers++;
      version = Math.max(version, Number(other));
    });
    const late = sleep(60).then(() => "late");
    while (answers < 2) {
      if ((await Promise.race([...all, late])) === "late") break;
    }
    if (answers >= 2) ctx.reply(request, version);
  }
}

async function run(seed: number, trace = false): Promise<Cluster> {
  const release = setGuards();
  try {
    const cluster = hosted(register, ["n1", "n2", "n3"], seed, trace);
    cluster.boot();
    for (let i = 0; i < 24; i++) cluster.offer(ms(20 * i), i % 2 === 0 ? "c1" : "c2", `o${i}`, { f: "count" });
    at(cluster, 100, () => cluster.crash("crash", "n1"));
    at(cluster, 150, () => cluster.restart("crash", "n1"));
    at(cluster, 200, () => cluster.pause("nap", "n2"));
    at(cluster, 260, () => cluster.resume("nap", "n2"));
    at(cluster, 300, () => cluster.armCrash("armed", "n3", "two-effects", () => {}));
    at(cluster, 320, () => {
      for (const node of ["n1", "n2"]) cluster.slow("slow", node, 700);
    });
    await runUntil(cluster, ms(500));
    cluster.heal();
    await runUntil(cluster, ms(900));
    cluster.end();
    return cluster;
  } finally {
    release();
  }
}

describe("an asynchronous node", () => {
  it("answers its clients, across crashes, pauses and losses", async () => {
    const cluster = await run(1, true);
    expect(cluster.stop).toBeUndefined();
    expect(cluster.operations.filter(({ outcome }) => outcome === "ok").length).toBeGreaterThanOrEqual(20);
    expect(records(cluster, "restart").map(({ node }) => node)).toEqual(["n1", "n3"]);
    expect(cluster.effectCounts.get("nap")).toBeGreaterThan(0);
    expect(cluster.inspect()["n2"]).toEqual({ waiting: expect.any(Number) });
  });

  it("has the same digest in ten runs, also beside a busy thread, and with a trace", async () => {
    const first = (await run(7)).digestText();
    const digests: string[] = [];
    const busy = new Worker("for (;;) Math.sqrt(2);", { eval: true });
    try {
      for (let i = 0; i < 10; i++) digests.push((await run(7, i === 9)).digestText());
    } finally {
      await busy.terminate();
    }
    expect(new Set(digests)).toEqual(new Set([first]));
    expect((await run(8)).digestText()).not.toBe(first);
  });

  it("has its effects applied in the order of its calls, after all its awaits, at one moment", async () => {
    const cluster = hosted(
      async ({ ctx, sleep }) => {
        ctx.disk.write("a", 1);
        await Promise.resolve();
        ctx.fact("b");
        await null;
        await sleep(5);
        ctx.disk.write("c", 1);
        await (async () => {
          await null;
          ctx.fact("d");
        })();
        ctx.fact("e");
      },
      ["n1"],
    );
    cluster.boot();
    cluster.armCrash("cut", "n1", { handler: "timer sleep 1", after: 2 }, () => {});
    await runUntil(cluster, ms(20));
    expect(told(cluster, "n1")).toEqual(["start", "write a", "fact b", "timer sleep 1", "write c", "fact d", "crash"]);
    expect(records(cluster, "fact", "n1").map(({ atUs }) => atUs)).toEqual([0, ms(5)]);
  });

  it("is called again only when it is at rest: what came meanwhile waits", async () => {
    const cluster = hosted(
      async ({ ctx, onQuestion, ask }) => {
        let inside = 0;
        onQuestion(async () => {
          inside++;
          for (let i = 0; i < 20; i++) await null;
          ctx.fact("inside", { inside });
          inside--;
          return {};
        });
        if (ctx.id === "n1") await Promise.all([1, 2, 3].map((i) => ask("n2", { i })));
      },
      ["n1", "n2"],
    );
    cluster.boot();
    at(cluster, 1, () => cluster.pause("nap", "n2"));
    at(cluster, 50, () => cluster.resume("nap", "n2"));
    await runUntil(cluster, ms(100));
    const facts = records(cluster, "fact", "n2");
    expect(facts.length).toBeGreaterThanOrEqual(3);
    expect(facts.every(({ data }) => (data as { inside: number }).inside === 1)).toBe(true);
  });

  it("that throws after an await breaks its contract, in a sentence", async () => {
    const cluster = hosted(
      async ({ sleep }) => {
        await sleep(3);
        throw new Error("no room left");
      },
      ["n1"],
    );
    cluster.boot();
    await runUntil(cluster, ms(20));
    expect(cluster.stop).toMatchObject({ family: "contract", atUs: ms(3) });
    expect(cluster.stop!.sentence).toContain("n1 threw in timer sleep 1: Error: no room left");
  });

  it("that waits for the real world is found out when it comes back", async () => {
    let back = (): void => {};
    const cluster = hosted(
      async ({ ctx }) => {
        await new Promise<void>((resolve) => {
          back = resolve;
        });
        ctx.send("n1", { type: "too late" });
      },
      ["n1"],
    );
    cluster.boot();
    await runUntil(cluster, ms(20));
    expect(cluster.stop).toBeUndefined();
    back();
    await runUntil(cluster, ms(30));
    expect(cluster.stop!.sentence).toContain("n1 used ctx.send outside a handler");
  });

  it("is not run by a loop that cannot wait for it", () => {
    const cluster = hosted(register, ["n1", "n2"]);
    cluster.boot();
    expect(() => cluster.runUntil(ms(100))).toThrow("n1 goes on after its handlers have returned; run its world with step()");
  });
});

describe("step", () => {
  it("handles the same events as runUntil, one at a time", () => {
    const whole = stormy(4, false);
    const stepped = stormy(4, false, (cluster, untilUs) => {
      while (cluster.step(untilUs));
      cluster.runUntil(untilUs);
    });
    expect(stepped.digestText()).toBe(whole.digestText());
  });

  it("says when nothing is left to do up to a moment", () => {
    const cluster = hosted(async () => {}, ["n1"]);
    cluster.boot();
    at(cluster, 5, () => {});
    while (cluster.step(ms(4)));
    expect([cluster.step(ms(4)), cluster.step(ms(5)), cluster.step()]).toEqual([false, true, false]);
    expect(cluster.nowUs).toBe(ms(5));
  });
});
