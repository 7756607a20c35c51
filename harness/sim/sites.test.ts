/** Call sites: every effect in a trace names the line that wrote it, the same on every machine, and the digest knows nothing of it. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Context } from "../protocol.ts";
import { siteOf } from "./sites.ts";
import { stormy } from "./testing/stormy.ts";
import { at, boot, ms, records } from "./testing/world.ts";

const lines = readFileSync(import.meta.filename, "utf8").split("\n");
/** Where this file says so, in a comment at the line's end. */
const line = (mark: string): string => `harness/sim/sites.test.ts:${lines.findIndex((text) => text.endsWith(`// ${mark}`)) + 1}`;

function helper(ctx: Context): void {
  ctx.send("n2", { type: "from a helper" }); // helper
}

const everything = {
  onStart: (ctx: Context) => {
    ctx.setTimer("go", 1); // timer
  },
  onTimer: (ctx: Context) => {
    ctx.disk.write("x", 1); // write
    ctx.disk.log("log").append(1); // append
    ctx.disk.log("log").truncate(0); // truncate
    ctx.disk.sync(); // sync
    ctx.fact("seen"); // fact
    ctx.sometimes("there"); // goal
    ctx.log("said"); // log
    ctx.broadcast({ type: "hello" }); // send
    helper(ctx);
  },
  onRequest: (ctx: Context, request: Parameters<Context["reply"]>[0]) => {
    ctx.reply(request, 1); // answer
  },
};

describe("a call site", () => {
  const cluster = boot({ n1: everything, n2: {} }, { goals: ["there"], clients: 1, seed: 1 });
  cluster.offer(ms(5), "c1", "o1", "ask");
  cluster.runUntil(ms(20));

  it.each(["timer", "write", "append", "truncate", "sync", "fact", "goal", "log"] as const)("of a %s is its line", (kind) => {
    expect(records(cluster, kind, "n1").map(({ site }) => site)).toEqual([line(kind)]);
  });

  it("of a message is the line that sent it, be it in a helper", () => {
    const [hello, helped] = records(cluster, "send", "n1");
    expect([hello!.site, helped!.site]).toEqual([line("send"), line("helper")]);
  });

  it("of an answer is the server's line; what the default client does has none", () => {
    expect(records(cluster, "send", "n1").find(({ channel }) => channel === "answer")!.site).toBe(line("answer"));
    expect(records(cluster, "send", "c1").map(({ site }) => site)).toEqual([undefined]);
    expect(records(cluster, "return").map(({ site }) => site)).toEqual([undefined]);
  });

  it("of a crash between two effects is the line that was not reached any more", () => {
    const crashing = boot({ n1: everything, n2: {} }, { goals: ["there"] });
    crashing.armCrash("f", "n1", { handler: "timer go", after: 2 }, () => {});
    crashing.runUntil(ms(5));
    expect(records(crashing, "crash").map(({ site }) => site)).toEqual([line("truncate")]);
  });

  it("is kept while a node is busy, or stands still between two effects", () => {
    const slow = boot({ n1: everything, n2: {} }, { goals: ["there"] });
    slow.slow("f", "n1", 500);
    slow.watch(
      "nap",
      { place: "after", what: "write", nth: 2 },
      () => true,
      () => slow.pause("nap", "n1"),
    );
    at(slow, 10, () => slow.resume("nap", "n1"));
    slow.runUntil(ms(20));
    expect(records(slow, "sync", "n1")).toEqual([expect.objectContaining({ site: line("sync"), atUs: ms(10) })]);
  });

  it("is nowhere but in the trace", () => {
    expect(stormy(3, true).digestText()).toBe(stormy(3, false).digestText());
    expect(stormy(3, true).trace).toEqual(stormy(3, true).trace);
    expect(JSON.stringify(stormy(3, true).trace.map(({ site }) => site))).not.toContain(process.cwd());
  });

  it("leaves the making of stacks as it was", () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    stormy(3, true);
    expect(Error.prepareStackTrace).toBe(prepareStackTrace);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});

describe("the line of an error", () => {
  const of = (...frames: string[]): string | undefined => {
    const error = new Error("x");
    error.stack = `Error: x\n${frames.map((frame) => `    at ${frame}`).join("\n")}`;
    return siteOf(error);
  };

  it("is the first that is not the world's own, without what only this machine knows", () => {
    expect(of("NodeContext.send (/a/harness/sim/context.ts:1:2)", "Raft.vote (/home/me/protocols/raft/raft.ts:214:9)")).toBe(
      "protocols/raft/raft.ts:214",
    );
    expect(of("file:///home/me/node_modules/seedquake/dist/protocols/raft/raft.js:3:9")).toBe("protocols/raft/raft.js:3");
    expect(
      of("Map.forEach (<anonymous>)", "node:internal/timers:5:1", "async go (file:///home/me/own files/queue.ts?v=3:7:1)"),
    ).toBe("own files/queue.ts:7");
    expect(of("Foo.bar (C:\\work\\mine\\queue.ts:7:1)")).toBe("mine/queue.ts:7");
    expect(siteOf("no error")).toBeUndefined();
  });
});
