/** Snapshots against §7 and Figure 13: what is dropped, what stays, and what a crash leaves. */

import { describe, expect, it } from "vitest";
import type { Effect } from "./testing/fake-context.ts";
import {
  accept,
  appendEntries,
  entry,
  established,
  forget,
  leader,
  reject,
  request,
  restarted,
  type Seat,
  server,
} from "./testing/server.ts";

const options = { "snapshot-every": 3 };
const write = (value: number) => ({ f: "write", key: "x", value }) as const;
const kinds = (effects: readonly Effect[]) =>
  effects.map((effect) => (effect.do === "write" ? `write ${effect.name}` : effect.do));

/** Gets entries of term 1 behind each other, all committed. */
function follow({ node }: Seat, from: number, to: number): void {
  const entries = Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, 1, write(from + i), "c1", from + i));
  node.onMessage(
    "n2",
    appendEntries({ term: 1, prevLogIndex: from - 1, prevLogTerm: from > 1 ? 1 : 0, entries, leaderCommit: to }),
  );
}

const files = ({ ctx }: Seat) =>
  ["log", "log-2"].map((name) =>
    ctx.disk
      .log<{ index: number }>(name)
      .entries()
      .map((each) => ("torn" in each ? 0 : each.index)),
  );
const asksFor = ({ node }: Seat) => node.inspect();

/** A snapshot, as a leader of that term sends it. */
const install = (index: number, of: number, term = of) =>
  ({
    type: "InstallSnapshot",
    term,
    snapshot: {
      lastIncludedIndex: index,
      lastIncludedTerm: of,
      configuration: { servers: ["n1", "n2", "n3", "n4", "n5"] },
      data: { state: [{ key: "x", value: 99 }], sessions: [{ client: "c1", serial: 9, result: null }] },
    },
    round: 7,
  }) as const;

describe("a snapshot", () => {
  it("is taken when so many entries have been applied, and takes their place in the log", () => {
    const follower = server({ options });
    follow(follower, 1, 2);
    expect(follower.ctx.facts("compacted")).toEqual([]);
    follow(follower, 3, 4);
    expect(follower.ctx.facts("compacted")).toEqual([{ index: 4, term: 1 }]);
    expect(files(follower)).toEqual([[], []]);
    expect(asksFor(follower)).toMatchObject({ lastLogIndex: 4, lastLogTerm: 1, commitIndex: 4 });
  });

  it("leaves what stands behind it in the log, in the other file", () => {
    const follower = server({ options });
    const entries = [1, 2, 3, 4, 5].map((index) => entry(index, 1));
    follower.node.onMessage("n2", appendEntries({ term: 1, entries, leaderCommit: 3 }));
    expect(files(follower)).toEqual([[], [4, 5]]);
    follower.node.onMessage(
      "n2",
      appendEntries({ term: 1, prevLogIndex: 5, prevLogTerm: 1, entries: [entry(6, 1), entry(7, 1)], leaderCommit: 6 }),
    );
    expect(files(follower)).toEqual([[7], []]);
  });

  it("is on the disk after the entries behind it and before the old file is freed, each synced", () => {
    const follower = server({ options });
    const entries = [1, 2, 3, 4].map((index) => entry(index, 1));
    follower.node.onMessage("n2", appendEntries({ term: 1, entries }));
    forget(follower);
    follower.node.onMessage("n2", appendEntries({ term: 1, prevLogIndex: 4, prevLogTerm: 1, leaderCommit: 3 }));
    expect(kinds(follower.ctx.effects).filter((kind) => !["send", "fact", "sometimes"].includes(kind))).toEqual([
      "append",
      "sync",
      "write snapshot",
      "sync",
      "truncate",
    ]);
  });

  it("is what a restarted server starts from, with the state, the sessions and the members", () => {
    const follower = server({ options });
    follow(follower, 1, 3);
    const again = restarted(follower);
    expect(again.node.inspect()).toMatchObject({ commitIndex: 3, lastApplied: 3, lastLogIndex: 3, lastLogTerm: 1 });
    expect(again.node.state).toEqual(new Map([["x", 3]]));
    expect(again.ctx.facts("recovered")).toEqual([{ snapshot: { index: 3, term: 1 }, entries: [] }]);
    follow(again, 3, 3);
    expect(again.ctx.facts("applied")).toEqual([]);
  });

  it.each([
    ["before its record is on the disk: the old file counts", false, [1, 2, 3, 4]],
    ["behind it: the new file counts", true, [4]],
  ])("survives a crash %s", (_, written, expected) => {
    const follower = server({ options });
    const entries = [1, 2, 3, 4].map((index) => entry(index, 1));
    follower.node.onMessage("n2", appendEntries({ term: 1, entries, leaderCommit: 3 }));
    // As the disk was between the sync of the new file and the freeing of the old one.
    follower.ctx.disk.logs.set("log", [...entries]);
    if (!written) follower.ctx.disk.records.delete("snapshot");
    const again = restarted(follower);
    const [{ entries: recovered }] = again.ctx.facts("recovered") as [{ entries: { index: number }[] }];
    expect(recovered.map(({ index }) => index)).toEqual(expected);
  });
});

describe("InstallSnapshot, receiver", () => {
  it("rule 1: refuses a leader of an older term", () => {
    const follower = server({ term: 3 });
    follower.node.onMessage("n2", install(5, 1, 2));
    expect(follower.ctx.sent("AppendEntriesResponse").at(-1)?.message).toMatchObject({ term: 3, success: false, round: 0 });
    expect(follower.node.inspect()).toMatchObject({ lastLogIndex: 0 });
  });

  it("rules 7 and 8: replaces a log that does not hold its last entry, and the state with it; the answer confirms it", () => {
    const follower = server({ term: 2, log: [1, 1] });
    follower.node.onMessage("n2", install(5, 2));
    expect(follower.node.inspect()).toMatchObject({ lastLogIndex: 5, lastLogTerm: 2, commitIndex: 5, lastApplied: 5 });
    expect(follower.node.state).toEqual(new Map([["x", 99]]));
    expect(follower.ctx.facts("installed")).toEqual([{ index: 5, term: 2, length: 5 }]);
    expect(follower.ctx.sent("AppendEntriesResponse").at(-1)?.message).toMatchObject({ success: true, index: 5, round: 7 });
  });

  it("rule 6: keeps what stands behind its last entry, when the log holds that", () => {
    const follower = server({ term: 2, log: [1, 2, 2, 2] });
    follower.node.onMessage("n2", install(2, 2));
    expect(follower.node.inspect()).toMatchObject({ lastLogIndex: 4, commitIndex: 2 });
    expect(files(follower)).toEqual([[], [3, 4]]);
  });

  it("leaves alone a log that is committed as far: the snapshot came late, or twice", () => {
    const follower = server({ options });
    follow(follower, 1, 2);
    follower.node.onMessage("n2", install(2, 1));
    expect(follower.ctx.facts("installed")).toEqual([]);
    expect(follower.ctx.sent("AppendEntriesResponse").at(-1)?.message).toMatchObject({ success: true, index: 2 });
  });

  it("applies no request again that the snapshot's sessions know", () => {
    const { ctx, node } = server({ term: 2 });
    node.onMessage("n2", install(5, 2));
    node.onMessage(
      "n2",
      appendEntries({ term: 2, prevLogIndex: 5, prevLogTerm: 2, entries: [entry(6, 2, write(1), "c1", 9)], leaderCommit: 6 }),
    );
    expect(ctx.facts("applied")).toHaveLength(1);
    expect(node.state).toEqual(new Map([["x", 99]]));
  });

  it("takes late AppendEntries from before the snapshot for known, and removes nothing", () => {
    const follower = server({ term: 2 });
    follower.node.onMessage("n2", install(3, 2));
    follower.node.onMessage("n2", appendEntries({ term: 2, prevLogIndex: 3, prevLogTerm: 2, entries: [entry(4, 2)] }));
    follower.node.onMessage(
      "n2",
      appendEntries({ term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 1), entry(3, 2)] }),
    );
    expect(follower.node.inspect()).toMatchObject({ lastLogIndex: 4 });
    expect(follower.ctx.sent("AppendEntriesResponse").at(-1)?.message).toMatchObject({ success: true, index: 3 });
  });
});

describe("a leader", () => {
  /** Its log begins behind entry 4. */
  function compacted() {
    const led = established({ term: 1, log: [1, 1, 1], options });
    expect(led.ctx.disk.read<{ snapshot: { lastIncludedIndex: number } }>("snapshot")?.snapshot.lastIncludedIndex).toBe(4);
    return led;
  }

  it("sends its snapshot to a follower who lacks what it has dropped, and nothing behind it until that is answered", () => {
    const led = compacted();
    reject(led, "n4", 3, 0);
    expect(led.ctx.sent("InstallSnapshot").map(({ to, message }) => [to, message.snapshot.lastIncludedIndex])).toEqual([
      ["n4", 4],
    ]);
    led.node.onRequest(request(write(1)));
    expect(led.ctx.sent("AppendEntries").map(({ to }) => to)).not.toContain("n4");
    accept(led, "n4", 4);
    expect(led.ctx.sent("AppendEntries").filter(({ to }) => to === "n4")).toMatchObject([
      { message: { prevLogIndex: 4, prevLogTerm: 2 } },
    ]);
  });

  it("sends it again with the next heartbeat when it was lost; and to who has not answered since the election", () => {
    const led = compacted();
    reject(led, "n4", 3, 0);
    forget(led);
    led.node.onTimer("heartbeat");
    expect(led.ctx.sent("InstallSnapshot").map(({ to }) => to)).toEqual(["n4", "n5"]);
    expect(led.ctx.sent("AppendEntries").map(({ to }) => to)).toEqual(["n2", "n3"]);
  });

  it("is elected with a log that begins behind a snapshot, and compares by the snapshot's last entry", () => {
    const follower = server({ options });
    follow(follower, 1, 3);
    const voter = restarted(follower);
    voter.node.onMessage("n3", { type: "RequestVote", term: 5, lastLogIndex: 2, lastLogTerm: 1 });
    voter.node.onMessage("n4", { type: "RequestVote", term: 6, lastLogIndex: 3, lastLogTerm: 1 });
    expect(voter.ctx.sent("RequestVoteResponse").map(({ message }) => message.granted)).toEqual([false, true]);
    expect(leader({ term: 1, log: [1], options }).node.inspect()).toMatchObject({ role: "leader" });
  });
});
