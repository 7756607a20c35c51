/** Named moments: a fault begins exactly there, and the node goes no further when it has been taken away. */

import { describe, expect, it } from "vitest";
import type { Context, Node, Request } from "../protocol.ts";
import { roots } from "./chance.ts";
import { Cluster } from "./cluster.ts";
import type { Moment } from "./moments.ts";

interface Message {
  readonly type: "commit" | "ack";
}

/** n1 tells everybody to commit, after writing it down; the others acknowledge. */
class Teller implements Node<Message> {
  private readonly ctx: Context<Message>;
  constructor(ctx: Context<Message>) {
    this.ctx = ctx;
  }
  onStart(): void {
    if (this.ctx.id === "n1" && this.ctx.disk.read("decided") === undefined) this.ctx.setTimer("decide", 10);
  }
  onRequest(request: Request): void {
    this.ctx.reply(request, 1);
  }
  onTimer(): void {
    const { ctx } = this;
    ctx.disk.write("decided", true);
    ctx.disk.sync();
    ctx.fact("decided");
    for (const peer of ctx.peers) ctx.send(peer, { type: "commit" });
  }
  onMessage(from: string, message: Message): void {
    if (message.type === "commit") this.ctx.send(from, { type: "ack" });
  }
}

function world(): Cluster {
  return new Cluster({
    roots: roots(1),
    servers: ["n1", "n2", "n3", "n4"].map((id) => ({ id, role: "server" })),
    clients: [],
    weather: { latency: { kind: "constant", us: 1_000 }, lossPpm: 0, duplicatePpm: 0 },
    policy: { target: "any", tryMs: 100, timeoutMs: 1_000, retry: false },
    create: (ctx) => new Teller(ctx),
    invariants: [],
    selectors: {},
    goals: [],
    trace: true,
  });
}

/** What n1 had done when the fault fell, in words. */
function crashAt(moment: Moment): string[] {
  const cluster = world();
  cluster.watch(
    "f",
    moment,
    (node) => node === "n1",
    () => cluster.crash("f", "n1"),
  );
  cluster.boot();
  cluster.runUntil(100_000);
  return cluster.trace
    .filter(({ node, kind }) => node === "n1" && kind !== "start" && kind !== "timer" && kind !== "drop")
    .map((record) =>
      record.kind === "crash" && record.cut ? `crash after ${record.cut.after} of ${record.cut.of}` : record.kind,
    );
}

describe("a crash at a named moment", () => {
  it.each<[string, Moment, string[]]>([
    [
      "before the first send",
      { place: "before", what: "send", name: "commit", nth: 1 },
      ["write", "sync", "fact", "crash after 3 of 6"],
    ],
    [
      "before the second send",
      { place: "before", what: "send", name: "commit", nth: 2 },
      ["write", "sync", "fact", "send", "crash after 4 of 6"],
    ],
    [
      "after the last send",
      { place: "after", what: "send", nth: 3 },
      ["write", "sync", "fact", "send", "send", "send", "crash after 6 of 6"],
    ],
    ["before the sync", { place: "before", what: "sync", nth: 1 }, ["write", "crash after 1 of 6"]],
    ["after the write", { place: "after", what: "write", name: "decided", nth: 1 }, ["write", "crash after 1 of 6"]],
    [
      "when the fact is stated",
      { place: "when", what: "fact", name: "decided", nth: 1 },
      ["write", "sync", "fact", "crash after 3 of 6"],
    ],
    ["before its timer fires", { place: "before", what: "timer", name: "decide", nth: 1 }, ["crash"]],
    [
      "before the second acknowledgement is received",
      { place: "before", what: "receive", name: "ack", nth: 2 },
      ["write", "sync", "fact", "send", "send", "send", "deliver", "crash"],
    ],
    [
      "never, when it does not come to that",
      { place: "before", what: "send", name: "abort", nth: 1 },
      ["write", "sync", "fact", "send", "send", "send", "deliver", "deliver", "deliver"],
    ],
  ])("falls %s", (_name, moment, expected) => {
    expect(crashAt(moment)).toEqual(expected);
  });

  it("can be had before every effect, one after the other: no prefix is left out", () => {
    const prefixes = [1, 2, 3, 4, 5, 6, 7].map((nth) => crashAt({ place: "before", what: "effect", nth }).length - 1);
    // The first effect is the timer that onStart sets; then the six of its handler.
    expect(prefixes).toEqual([0, 0, 1, 2, 3, 4, 5]);
  });

  it("loses what was not synced by then, and only that", () => {
    const kept = (moment: Moment): unknown => {
      const cluster = world();
      cluster.watch(
        "f",
        moment,
        (node) => node === "n1",
        () => {
          cluster.crash("f", "n1");
          cluster.later(1_000, () => cluster.restart("f", "n1"));
        },
      );
      cluster.boot();
      cluster.runUntil(13_000);
      return cluster.trace.some((record) => record.kind === "crash" && record.lost > 0);
    };
    expect(kept({ place: "after", what: "sync", nth: 1 })).toBe(false);
  });
});

describe("a pause at a named moment", () => {
  it("holds the rest of the handler's effects back until the node resumes", () => {
    const cluster = world();
    cluster.watch(
      "f",
      { place: "before", what: "send", nth: 2 },
      (node) => node === "n1",
      () => {
        cluster.pause("f", "n1");
        cluster.later(50_000, () => cluster.resume("f", "n1"));
      },
    );
    cluster.boot();
    cluster.runUntil(100_000);
    const sends = cluster.trace.filter(({ node, kind }) => node === "n1" && kind === "send").map(({ atUs }) => atUs);
    expect(sends).toEqual([10_000, 60_000, 60_000]);
  });
});
