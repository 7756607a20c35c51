/** Changes of the members: joint consensus as in §6, one server at a time as in the thesis, §4. */

import { describe, expect, it } from "vitest";
import {
  accept,
  appendEntries,
  entry,
  established,
  forget,
  leader,
  reject,
  restarted,
  type Server,
  server,
  timeOut,
} from "./testing/server.ts";

const singleServer = { membership: "single-server" };
const configured = ({ ctx }: Server) => ctx.facts("configured").map((fact) => fact as { servers: string[]; next?: string[] });
const members = ["n1", "n2", "n3"];
const joint = (index: number, servers: readonly string[], next: readonly string[]) => ({
  ...entry(index, 1),
  configuration: { servers, next },
});

/** n1 leads three servers, its no-op is entry 1; n4 runs and is no member. */
function cluster(options: Readonly<Record<string, string | boolean>> = {}): Server {
  const led = established({ servers: 3, spares: 1, options });
  forget(led);
  return led;
}

describe("joint consensus (§6)", () => {
  it("lets a newcomer catch up first, without counting it", () => {
    const led = cluster();
    led.node.onOrder("add-server");
    expect(led.ctx.sent("AppendEntries").map(({ to }) => to)).toEqual(["n4"]);
    expect(configured(led)).toEqual([]);
    reject(led, "n4", 1, 0);
    accept(led, "n4", 1);
    expect(configured(led)).toEqual([{ index: 2, servers: members, next: [...members, "n4"] }]);
  });

  it("goes through C_old,new, which takes a majority of either, to C_new", () => {
    const led = cluster();
    led.node.onOrder("add-server");
    accept(led, "n4", 1);
    accept(led, "n4", 2);
    expect(led.node.inspect()).toMatchObject({ commitIndex: 1 }); // n1 and n4: no majority of the old ones
    accept(led, "n2", 2); // n1 and n2 of the old ones, n1, n2 and n4 of the new ones
    expect(led.node.inspect()).toMatchObject({ commitIndex: 2 });
    expect(configured(led)[1]).toEqual({ index: 3, servers: [...members, "n4"] });
  });

  it("is carried on by the next leader", () => {
    const follower = server({ servers: 3, spares: 1 });
    follower.node.onMessage("n2", appendEntries({ term: 1, entries: [entry(1, 1), joint(2, members, ["n1", "n4"])] }));
    timeOut(follower);
    for (const voter of ["n2", "n4"]) follower.node.onMessage(voter, { type: "RequestVoteResponse", term: 2, granted: true });
    forget(follower);
    accept(follower, "n2", 3);
    accept(follower, "n4", 3);
    expect(configured(follower)).toEqual([{ index: 4, servers: ["n1", "n4"] }]);
  });

  it("takes the votes of a majority of either", () => {
    const follower = server({ servers: 3, spares: 2 });
    follower.node.onMessage("n2", appendEntries({ term: 1, entries: [joint(1, members, ["n1", "n4", "n5"])] }));
    timeOut(follower);
    for (const voter of ["n2", "n3"]) follower.node.onMessage(voter, { type: "RequestVoteResponse", term: 2, granted: true });
    expect(follower.node.inspect()).toMatchObject({ role: "candidate" });
    follower.node.onMessage("n4", { type: "RequestVoteResponse", term: 2, granted: true });
    expect(follower.node.inspect()).toMatchObject({ role: "leader" });
  });

  it("falls back to the members before when the change is overwritten", () => {
    const follower = server({ servers: 3, spares: 2 });
    follower.node.onMessage("n2", appendEntries({ term: 1, entries: [joint(1, members, ["n1", "n4", "n5"])] }));
    follower.node.onMessage("n3", appendEntries({ term: 2, entries: [entry(1, 2)] }));
    timeOut(follower);
    follower.node.onMessage("n2", { type: "RequestVoteResponse", term: 3, granted: true });
    expect(follower.node.inspect()).toMatchObject({ role: "leader" });
  });

  it("makes a leader that is no member step down, once that is committed, and tells who has left", () => {
    const led = established({ servers: 2 });
    forget(led);
    led.ctx.random.pick = ((list: readonly string[]) => list[0]) as typeof led.ctx.random.pick; // n1 itself
    led.node.onOrder("remove-server");
    accept(led, "n2", 2);
    expect(configured(led).at(-1)).toEqual({ index: 3, servers: ["n2"] });
    expect(led.node.inspect()).toMatchObject({ role: "leader" });
    accept(led, "n2", 3);
    expect(led.node.inspect()).toMatchObject({ role: "follower", commitIndex: 3 });
    expect(led.ctx.facts("changed")).toEqual([{ servers: ["n2"] }]);
    timeOut(led);
    expect(led.node.inspect()).toMatchObject({ role: "follower" });
  });
});

describe("one server at a time (thesis §4.1)", () => {
  it("goes to the new members in one step", () => {
    const led = cluster(singleServer);
    led.node.onOrder("add-server");
    accept(led, "n4", 1);
    expect(configured(led)).toEqual([{ index: 2, servers: [...members, "n4"] }]);
  });

  it("goes through one step after the other when there are several", () => {
    const led = cluster(singleServer);
    led.ctx.random.shuffle = (() => ["n1", "n2", "n4"]) as unknown as typeof led.ctx.random.shuffle;
    led.node.onOrder("replace-servers");
    accept(led, "n4", 1);
    for (const follower of ["n2", "n4"]) accept(led, follower, 2);
    expect(configured(led).map(({ servers }) => servers)).toEqual([
      [...members, "n4"],
      ["n1", "n2", "n4"],
    ]);
  });

  it("does not begin before an entry of the leader's own term is committed (Ongaro 2015)", () => {
    const fresh = leader({ term: 1, log: [1], servers: 3, spares: 1, options: singleServer });
    forget(fresh);
    fresh.node.onOrder("add-server");
    expect(fresh.ctx.sent("AppendEntries")).toEqual([]);
    accept(fresh, "n2", 2);
    fresh.node.onOrder("add-server");
    expect(fresh.ctx.sent("AppendEntries").map(({ to }) => to)).toContain("n4");
  });
});

describe("a snapshot", () => {
  it("that a leader takes is no change of members", () => {
    const led = established({ term: 1, log: [1, 1, 1], options: { "snapshot-every": 2 } });
    accept(led, "n2", 4);
    expect(led.ctx.disk.records.has("snapshot")).toBe(true);
    expect(led.ctx.facts("changed")).toEqual([]);
  });

  it("holds the members of its last entry, and whoever starts from it goes by them", () => {
    const follower = server({ servers: 3, spares: 1, options: { "snapshot-every": 2 } });
    const change = { ...entry(1, 1), configuration: { servers: ["n1", "n4"] } };
    follower.node.onMessage("n2", appendEntries({ term: 1, entries: [change, entry(2, 1)], leaderCommit: 2 }));
    const again = restarted(follower);
    forget(again);
    timeOut(again);
    expect(again.ctx.sent("RequestVote").map(({ to }) => to)).toEqual(["n4"]);
  });
});

describe("orders", () => {
  it("are for leaders", () => {
    const follower = server({ servers: 3, spares: 1 });
    forget(follower);
    follower.node.onOrder("add-server");
    expect(follower.ctx.effects).toEqual([]);
  });

  it("come to nothing while a change is under way", () => {
    const led = cluster();
    led.node.onOrder("remove-server");
    const before = configured(led).length;
    led.node.onOrder("remove-server");
    expect(configured(led).length).toBe(before);
  });

  it("come to nothing when the newcomer does not catch up", () => {
    const led = cluster();
    led.node.onOrder("add-server");
    led.ctx.elapsedMs += 6001;
    accept(led, "n2", 1);
    led.node.onTimer("heartbeat");
    forget(led);
    led.node.onTimer("heartbeat");
    expect(led.ctx.sent("AppendEntries").map(({ to }) => to)).toEqual(["n2", "n3"]);
  });
});

describe("a server that is no member", () => {
  it("waits, and never stands for election", () => {
    const spare = server({ servers: 3, spares: 1 });
    spare.node.onMessage(
      "n2",
      appendEntries({
        term: 1,
        entries: [joint(1, ["n1", "n2"], ["n2", "n3"]), { ...entry(2, 1), configuration: { servers: ["n2", "n3"] } }],
        leaderCommit: 2,
      }),
    );
    timeOut(spare);
    expect(spare.node.inspect()).toMatchObject({ role: "follower", currentTerm: 1 });
  });

  it("stands when its removal is not known to be committed: it may be the only one with a log that is long enough", () => {
    const leaving = server({ servers: 2 });
    leaving.node.onMessage("n2", appendEntries({ term: 1, entries: [{ ...entry(1, 1), configuration: { servers: ["n2"] } }] }));
    timeOut(leaving);
    expect(leaving.node.inspect()).toMatchObject({ role: "candidate" });
  });

  it("sends clients to a member", () => {
    const out = server({ servers: 2 });
    out.node.onMessage(
      "n2",
      appendEntries({ term: 1, entries: [{ ...entry(1, 1), configuration: { servers: ["n2"] } }], leaderCommit: 1 }),
    );
    timeOut(out);
    forget(out);
    out.node.onMessage("n2", { type: "RequestVote", term: 9, lastLogIndex: 0, lastLogTerm: 0 });
    const asked = { id: "c1#1", client: "c1", serial: 1, op: { f: "read", key: "x" } } as const;
    out.node.onRequest(asked);
    expect(out.ctx.effects).toContainEqual({ do: "redirect", request: asked, to: "n2" });
  });
});
