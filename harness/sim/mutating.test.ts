/** What each mutation does to the effects of a handler, to the disk and to what is delivered. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Context, Request } from "../protocol.ts";
import type { Cluster } from "./cluster.ts";
import { parseMutation } from "./mutation.ts";
import { at, boot, ms, told } from "./testing/world.ts";

const lines = readFileSync(import.meta.filename, "utf8").split("\n");
/** Where this file says so, in a comment at the line's end. */
const line = (mark: string): string =>
  `harness/sim/mutating.test.ts:${lines.findIndex((text) => text.endsWith(`// ${mark}`)) + 1}`;

function persist(ctx: Context, name: string, value: unknown): void {
  ctx.disk.write(name, value);
  ctx.disk.sync(); // helper
}

const nodes = {
  n1: {
    onStart(ctx: Context) {
      ctx.setTimer("go", 4); // timer
      ctx.fact("found", { vote: ctx.disk.read("vote") ?? 0, log: ctx.disk.log("log").length });
    },
    onTimer(ctx: Context, name: string) {
      if (name !== "go") return;
      const vote = ctx.disk.read<number>("vote") ?? 0;
      ctx.disk.write("vote", vote + 1); // write
      ctx.disk.log("log").append(vote); // append
      ctx.disk.sync(); // sync
      ctx.fact("voted", { vote: ctx.disk.read("vote") ?? 0 });
      ctx.broadcast({ type: "vote" }); // send
      ctx.disk.sync(); // again
      ctx.disk.write("vote", vote + 1); // same
      ctx.setTimer("later", 5);
      ctx.cancelTimer("later"); // cancel
      persist(ctx, "one", 1); // via one
      persist(ctx, "two", 2);
    },
    onRequest: (ctx: Context, request: Request) => ctx.reply(request, 1), // reply
  },
  n2: { onMessage: (ctx: Context) => ctx.fact("heard") },
  n3: {},
};

function world(id: string, more: { readonly clients?: number } = {}): Cluster {
  return boot(nodes, { mutation: parseMutation(id)!, ...more });
}

/** What n1 does at its timer. */
function doings(id: string): string[] {
  const cluster = world(id);
  cluster.runUntil(ms(6));
  const all = told(cluster, "n1");
  return all.slice(all.indexOf("timer go") + 1).map((text) => text.replace("log mutation: here ", "- "));
}

const asWritten = [
  ...["write vote", "append log", "sync", "fact voted", "send n2 vote", "send n3 vote", "sync", "write vote"],
  ...["write one", "sync", "write two", "sync"],
];
const sorted = (list: readonly string[]): readonly string[] => list.toSorted();

describe("a mutation", () => {
  it("leaves everything as it is where its call site is not", () => {
    const never = doings("no-sync@elsewhere.ts:1");
    expect(sorted(never)).toEqual(sorted(asWritten));
  });

  it.each([
    [`no-sync@${line("sync")}`, ["write vote", "append log", "- a sync is left out", "fact voted"]],
    [`no-write:vote@${line("write")}`, ["- a write of vote is left out", "append log", "sync", "fact voted"]],
    [`no-write:log@${line("append")}`, ["write vote", "- a write of log is left out", "sync", "fact voted"]],
  ])("leaves out just that: %s", (id, first) => {
    expect(doings(id).slice(0, 4)).toEqual(first);
  });

  it("hides a write that is left out from the node itself", () => {
    const cluster = world(`no-write:vote@${line("write")}`);
    cluster.runUntil(ms(6));
    expect(cluster.trace.find((record) => record.kind === "fact" && record.name === "voted")).toMatchObject({
      data: { vote: 0 },
    });
  });

  it("leaves out all messages of a broadcast", () => {
    expect(doings(`no-send:vote@${line("send")}`).filter((text) => text.includes("send"))).toEqual([
      "- a send is left out",
      "- a send is left out",
    ]);
  });

  it("moves a sync behind what is told before the next one", () => {
    expect(doings(`late-sync@${line("sync")}`).slice(1, 8)).toEqual([
      "write vote",
      "append log",
      "fact voted",
      expect.stringContaining("send"),
      expect.stringContaining("send"),
      "sync",
      "sync",
    ]);
  });

  it("moves a write behind its sync and what is told next, with later ones to the same record", () => {
    expect(doings(`late-write:log@${line("append")}`).slice(1, 7)).toEqual([
      "write vote",
      "sync",
      "fact voted",
      expect.stringContaining("send"),
      expect.stringContaining("send"),
      "append log",
    ]);
  });

  it("of a helper is that of one caller", () => {
    const id = `no-sync@${line("helper")}+${line("via one")}`;
    expect(doings(id).slice(-4)).toEqual(["write one", "- a sync is left out", "write two", "sync"]);
  });

  it("leaves a client without an answer", () => {
    const cluster = world(`no-reply:ok@${line("reply")}`, { clients: 1 });
    cluster.offer(ms(5), "c1", "o1", "ask");
    cluster.runUntil(ms(2_000));
    expect(cluster.operations[0]!.outcome).toBe("info");
  });

  it("keeps a timer from being set", () => {
    const cluster = world(`no-timer:go@${line("timer")}`);
    cluster.runUntil(ms(8));
    expect(told(cluster, "n1")).not.toContain("timer go");
  });

  it("keeps a timer from being cancelled", () => {
    const cluster = world(`no-cancel:later@${line("cancel")}`);
    cluster.runUntil(ms(10));
    expect(told(cluster, "n1")).toContain("timer later");
  });

  it("takes a record back by one write at each crash, and a log by one entry", () => {
    const found = (id: string): unknown[] => {
      const cluster = world(id);
      for (const time of [10, 20, 30]) {
        at(cluster, time, () => cluster.crash("f", "n1"));
        at(cluster, time + 1, () => cluster.restart("f", "n1"));
      }
      cluster.runUntil(ms(32));
      return cluster.trace.flatMap((record) => (record.kind === "fact" && record.name === "found" ? [record.data] : []));
    };
    expect(found("older:vote").map((data) => (data as { vote: number }).vote)).toEqual([0, 1, 1, 1]);
    expect(found("older:log").map((data) => (data as { log: number }).log)).toEqual([0, 0, 0, 0]);
    expect(found("older:one").map((data) => (data as { vote: number }).vote)).toEqual([0, 1, 2, 3]);
  });

  it("lets a message of a stream be handled twice, and a third time never", () => {
    const greeting = { onConnect: (ctx: Context, peer: string) => ctx.send(peer, { type: "vote" }) };
    const mutation = parseMutation("twice:message vote")!;
    const cluster = boot({ n1: greeting, n2: nodes.n2 }, { transport: "stream", mutation });
    cluster.runUntil(ms(500));
    expect(told(cluster, "n2").filter((text) => text === "fact heard")).toHaveLength(2);
  });
});

describe("what is known of a mutation after a run", () => {
  const seen = (id: string, until: (cluster: Cluster) => void = () => {}) => {
    const cluster = world(id);
    until(cluster);
    cluster.runUntil(ms(30));
    return cluster.mutationSeen;
  };

  it("is whether it had anything to change", () => {
    expect(seen(`no-sync@${line("sync")}`)).toEqual({ executed: 1, mattered: 1, tested: 0 });
    expect(seen(`no-sync@${line("again")}`)).toEqual({ executed: 1, mattered: 0, tested: 0 });
    expect(seen(`no-write:vote@${line("same")}`)).toEqual({ executed: 1, mattered: 0, tested: 0 });
    expect(seen(`no-sync@${line("nowhere")}`)).toEqual({ executed: 0, mattered: 0, tested: 0 });
  });

  it("is whether a crash fell between what was told and what came late", () => {
    const cut = (after: number) => (cluster: Cluster) => cluster.armCrash("f", "n1", { handler: "timer go", after }, () => {});
    const id = `late-sync@${line("sync")}`;
    expect(seen(id)).toMatchObject({ mattered: 1, exposed: 0 });
    expect(seen(id, cut(2))).toMatchObject({ exposed: 0 });
    expect(seen(id, cut(4))).toMatchObject({ exposed: 1 });
    expect(seen(id, cut(7))).toMatchObject({ exposed: 0 });
  });
});
