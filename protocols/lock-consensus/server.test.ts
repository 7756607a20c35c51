import { describe, expect, it } from "vitest";
import type { Context } from "../../harness/protocol.ts";
import type { LockOp } from "./messages.ts";
import { LockServer } from "./server.ts";
import { Seat } from "./testing/seat.ts";

const options = { heartbeat: 100, "election-timeout": { min: 300, max: 600 }, try: 200, "snapshot-every": 0 };

/** server1, which leads because it is alone. */
function alone(more: object = {}): Seat {
  const seat = new Seat("server1", ["server1"], (ctx) => new LockServer(ctx as Context, { ...options, ...more })).after(700);
  seat.told();
  return seat;
}

function ask(server: Seat, client: string, serial: number, op: LockOp): string[] {
  return server.hears(client, { type: "ask", id: `${client}.${serial}`, serial, op }).told();
}

const acquire = (client: string, leaseMs = 1_000): LockOp => ({ f: "acquire", owner: `${client}!`, client, leaseMs });

describe("a server of the lock", () => {
  it("grants the lock with a token when that stands in the log, and says so before it tells the client", () => {
    expect(ask(alone(), "c1", 1, acquire("c1"))).toEqual([
      "fact granted owner=c1! client=c1 token=1",
      "c1 <- answer id=c1.1 result={granted:1}",
    ]);
  });

  it("answers a command that is asked again as it did, and does not carry it out again", () => {
    const server = alone();
    ask(server, "c1", 1, acquire("c1"));
    expect(ask(server, "c1", 1, acquire("c1"))).toEqual(["c1 <- answer id=c1.1 result={granted:1}"]);
    expect(ask(server, "c2", 1, acquire("c2"))).toEqual(["c2 <- answer id=c2.1 result={taken:1}"]);
  });

  it("ends a lease when it has seen it pass, and grants the next token", () => {
    const server = alone();
    ask(server, "c1", 1, acquire("c1"));
    server.after(999);
    expect(ask(server, "c2", 1, acquire("c2"))).toEqual(["c2 <- answer id=c2.1 result={taken:1}"]);
    server.after(1);
    expect(ask(server, "c2", 2, acquire("c2")).at(-1)).toBe("c2 <- answer id=c2.2 result={granted:2}");
  });

  it("counts an extended lease from the extension", () => {
    const server = alone();
    ask(server, "c1", 1, acquire("c1"));
    server.after(900);
    expect(ask(server, "c1", 2, { f: "extend", owner: "c1!" })).toEqual(["c1 <- answer id=c1.2 result=true"]);
    server.after(999);
    expect(ask(server, "c2", 1, acquire("c2")).at(-1)).toBe("c2 <- answer id=c2.1 result={taken:1}");
    server.after(1);
    expect(ask(server, "c2", 2, acquire("c2")).at(-1)).toBe("c2 <- answer id=c2.2 result={granted:2}");
  });

  it("frees the lock for its owner, for nobody else", () => {
    const server = alone();
    ask(server, "c1", 1, acquire("c1"));
    expect(ask(server, "c2", 1, { f: "release", owner: "c2!" })).toEqual(["c2 <- answer id=c2.1 result=false"]);
    expect(ask(server, "c1", 2, { f: "release", owner: "c1!" })).toEqual(["c1 <- answer id=c1.2 result=true"]);
    expect(ask(server, "c2", 2, { f: "holder" })).toEqual(["c2 <- answer id=c2.2 result=null"]);
  });

  it.each([
    0, 1,
  ])("finds the lock after a restart, from the log or a snapshot, and counts the whole lease anew (snapshot-every %i)", (every) => {
    const before = alone({ "snapshot-every": every });
    ask(before, "c1", 1, acquire("c1"));
    before.after(900);
    const server = before.restarted().after(700);
    expect(server.told()).toContain("fact granted owner=c1! client=c1 token=1");
    server.after(200);
    expect(ask(server, "c2", 1, acquire("c2"))).toEqual(["c2 <- answer id=c2.1 result={taken:1}"]);
    server.after(1_000);
    expect(ask(server, "c2", 2, acquire("c2")).at(-1)).toBe("c2 <- answer id=c2.2 result={granted:2}");
  });

  it("keeps silent while it does not know who leads, and points to who does", () => {
    const server = new Seat("server1", ["server1", "server2", "server3"], (ctx) => new LockServer(ctx as Context, options));
    expect(ask(server, "c1", 1, acquire("c1"))).toEqual([]);
    server.hears("server2", {
      type: "AppendEntries",
      term: 1,
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: null,
      leaderCommit: 0,
      round: 0,
    });
    expect(server.told()).toEqual(["c1 <- redirect id=c1.1 to=server2"]);
  });
});
