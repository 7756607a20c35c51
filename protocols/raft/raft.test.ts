/** Raft against its paper: one test for each rule of Figure 2. */

import { describe, expect, it } from "vitest";
import type { Effect } from "./testing/fake-context.ts";
import {
  accept,
  appendEntries,
  entry,
  established,
  forget,
  leader,
  logOf,
  reject,
  request,
  restarted,
  type Server,
  server,
  term,
  timeOut,
} from "./testing/server.ts";

const write = (key: string, value: number) => ({ f: "write", key, value }) as const;
const isSend = (effect: Effect) => effect.do === "send";
const isSync = (effect: Effect) => effect.do === "sync";

describe("State", () => {
  it("boots as a follower, and waits for a leader for a random time within the election time-out", () => {
    const { ctx, node } = server();
    expect(node.inspect()).toMatchObject({ role: "follower", currentTerm: 0, votedFor: null, commitIndex: 0 });
    expect(ctx.effects).toEqual([{ do: "timer", name: "election", afterMs: 450 }]);
  });

  it("comes back from a crash with its term, its vote and its log, and says what the log holds", () => {
    const { ctx, node } = server({ term: 7, votedFor: "n4", log: [1, 1, 6] });
    expect(node.inspect()).toMatchObject({ currentTerm: 7, votedFor: "n4", lastLogIndex: 3, lastLogTerm: 6, commitIndex: 0 });
    expect(ctx.facts("term")).toEqual([{ term: 7 }]);
    expect(ctx.facts("recovered")).toEqual([{ entries: [1, 1, 6].map((of, i) => ({ index: i + 1, term: of, request: null })) }]);
  });

  it("cuts off what a crash left behind a hole, durably, before anything is written there", () => {
    const first = server({ term: 1, log: [1] });
    first.ctx.disk.logs.get("log")!.push(entry(3, 1));
    const { ctx, node } = restarted(first);
    expect(node.inspect()).toMatchObject({ lastLogIndex: 1 });
    expect(ctx.effects.slice(0, 2)).toEqual([{ do: "truncate", name: "log", length: 1 }, { do: "sync" }]);
  });
});

describe("RequestVote RPC, receiver", () => {
  const ask = (of: number, lastLogIndex = 0, lastLogTerm = 0) =>
    ({ type: "RequestVote", term: of, lastLogIndex, lastLogTerm }) as const;
  const granted = ({ ctx }: ReturnType<typeof server>) => ctx.sent("RequestVoteResponse").map(({ message }) => message.granted);

  it("rule 1: refuses a candidate of an older term, and tells it the newer one", () => {
    const voter = server({ term: 3 });
    voter.node.onMessage("n2", ask(2));
    expect(voter.ctx.sent("RequestVoteResponse")).toEqual([
      { to: "n2", message: { type: "RequestVoteResponse", term: 3, granted: false } },
    ]);
  });

  it("rule 2: gives its vote once a term, first come first served, and again to the same candidate", () => {
    const voter = server({ term: 3 });
    voter.node.onMessage("n2", ask(4));
    voter.node.onMessage("n3", ask(4));
    voter.node.onMessage("n2", ask(4));
    expect(granted(voter)).toEqual([true, false, true]);
  });

  it("rule 2: remembers its vote across a crash", () => {
    const voter = server({ term: 3 });
    voter.node.onMessage("n2", ask(4));
    const again = restarted(voter);
    again.node.onMessage("n3", ask(4));
    expect(granted(again)).toEqual([false]);
  });

  it.each([
    ["an older last term, though longer", 9, 1, false],
    ["the same last term, but shorter", 2, 2, false],
    ["the very same log", 3, 2, true],
    ["the same last term, and longer", 4, 2, true],
    ["a later last term, though shorter", 1, 3, true],
  ])("rule 2: judges a candidate whose log has %s", (_, lastLogIndex, lastLogTerm, expected) => {
    const voter = server({ term: 3, log: [1, 2, 2] });
    voter.node.onMessage("n2", ask(4, lastLogIndex, lastLogTerm));
    expect(granted(voter)).toEqual([expected]);
  });

  it("has term and vote on its disk, in one record, before the vote leaves", () => {
    const { ctx, node } = server({ term: 3 });
    node.onMessage("n2", ask(4));
    const written = ctx.position(
      (effect) => effect.do === "write" && JSON.stringify(effect.value) === '{"term":4,"votedFor":"n2"}',
    );
    const synced = ctx.effects.findIndex((effect, i) => i > written && isSync(effect));
    expect(ctx.position(isSend)).toBeGreaterThan(synced);
    expect(synced).toBeGreaterThan(written);
  });

  it("waits anew after a vote was given, but not after one was refused", () => {
    const giver = server({ term: 3 });
    giver.ctx.elapsedMs = 400;
    giver.node.onMessage("n2", ask(4));
    giver.ctx.elapsedMs = 450;
    giver.node.onTimer("election");
    expect(giver.node.inspect()).toMatchObject({ role: "follower" });

    const refuser = server({ term: 3, log: [3] });
    refuser.ctx.elapsedMs = 400;
    refuser.node.onMessage("n2", ask(4));
    refuser.ctx.elapsedMs = 450;
    refuser.node.onTimer("election");
    expect(refuser.node.inspect()).toMatchObject({ role: "candidate" });
  });
});

describe("AppendEntries RPC, receiver", () => {
  const answer = ({ ctx }: ReturnType<typeof server>) => ctx.sent("AppendEntriesResponse").at(-1)?.message;

  it("rule 1: refuses a leader of an older term; the answer tells it the newer one and confirms no round of its reads", () => {
    const follower = server({ term: 5, log: [1] });
    follower.node.onMessage("n2", appendEntries({ term: 4, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 4)], round: 9 }));
    expect(answer(follower)).toMatchObject({ term: 5, success: false, round: 0 });
    expect(logOf(follower)).toEqual([1]);
  });

  it("rule 2: refuses when its log has no entry at prevLogIndex, and says where it ends", () => {
    const follower = server({ term: 2, log: [1, 2] });
    follower.node.onMessage("n2", appendEntries({ term: 2, prevLogIndex: 5, prevLogTerm: 2, round: 3 }));
    expect(answer(follower)).toMatchObject({ success: false, index: 5, hint: 2, round: 3 });
  });

  it("rule 2: refuses when the entry at prevLogIndex is of another term, and lets the leader skip all of that term", () => {
    const follower = server({ term: 3, log: [1, 1, 2, 2, 2] });
    follower.node.onMessage("n2", appendEntries({ term: 3, prevLogIndex: 5, prevLogTerm: 3 }));
    expect(answer(follower)).toMatchObject({ success: false, index: 5, hint: 2 });
    expect(logOf(follower)).toEqual([1, 1, 2, 2, 2]);
  });

  it("rule 3: removes a conflicting entry and all that follow it", () => {
    const follower = server({ term: 3, log: [1, 2, 2, 2] });
    follower.node.onMessage("n2", appendEntries({ term: 3, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 3)] }));
    expect(logOf(follower)).toEqual([1, 3]);
    expect(follower.ctx.facts("truncated")).toEqual([{ length: 1 }]);
    expect(answer(follower)).toMatchObject({ success: true, index: 2 });
  });

  it("rule 3: syncs the truncation before anything is appended behind it", () => {
    const { ctx, node } = server({ term: 3, log: [1, 2, 2] });
    node.onMessage("n2", appendEntries({ term: 3, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 3), entry(3, 3)] }));
    const order = ctx.effects.map((effect) => effect.do).filter((kind) => ["truncate", "sync", "append", "send"].includes(kind));
    expect(order).toEqual(["truncate", "sync", "append", "append", "sync", "send"]);
  });

  it("rule 3: a late message whose entries are all there removes nothing", () => {
    const follower = server({ term: 1, log: [1, 1, 1] });
    follower.node.onMessage("n2", appendEntries({ term: 1, prevLogIndex: 0, entries: [entry(1, 1)] }));
    expect(logOf(follower)).toEqual([1, 1, 1]);
    expect(answer(follower)).toMatchObject({ success: true, index: 1 });
  });

  it("rule 4: appends only what is not there, and acknowledges after the sync", () => {
    const follower = server({ term: 1, log: [1, 1] });
    follower.node.onMessage(
      "n2",
      appendEntries({ term: 1, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 1), entry(3, 1)] }),
    );
    const { ctx } = follower;
    expect(logOf(follower)).toEqual([1, 1, 1]);
    expect(ctx.facts("appended")).toEqual([{ index: 3, term: 1, request: null }]);
    const appended = ctx.position((effect) => effect.do === "append");
    const synced = ctx.effects.findIndex((effect, i) => i > appended && isSync(effect));
    expect(synced).toBeGreaterThan(appended);
    expect(ctx.position(isSend)).toBeGreaterThan(synced);
  });

  it("rule 5: learns leaderCommit, but no farther than the last entry it has compared", () => {
    const follower = server({ term: 1, log: [1, 1, 1] });
    follower.node.onMessage("n2", appendEntries({ term: 1, prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 9 }));
    expect(follower.node.inspect()).toMatchObject({ commitIndex: 2, lastApplied: 2 });
  });
});

describe("Rules for servers: all", () => {
  it("applies committed entries in order, each once", () => {
    const { ctx, node } = server({ term: 1 });
    const entries = [entry(1, 1, write("x", 1)), entry(2, 1, write("x", 2))];
    node.onMessage("n2", appendEntries({ term: 1, entries, leaderCommit: 1 }));
    node.onMessage("n2", appendEntries({ term: 1, prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 }));
    node.onMessage("n2", appendEntries({ term: 1, prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 }));
    expect(ctx.facts("applied")).toEqual([
      { index: 1, term: 1, request: "c1#1" },
      { index: 2, term: 1, request: "c1#2" },
    ]);
  });

  it.each([
    "RequestVote",
    "RequestVoteResponse",
    "AppendEntries",
    "AppendEntriesResponse",
  ] as const)("a leader that sees a higher term in %s follows in that term, which is on its disk first", (type) => {
    const old = established({ term: 1 });
    const messages = {
      RequestVote: { type: "RequestVote", term: 9, lastLogIndex: 0, lastLogTerm: 0 },
      RequestVoteResponse: { type: "RequestVoteResponse", term: 9, granted: false },
      AppendEntries: appendEntries({ term: 9 }),
      AppendEntriesResponse: { type: "AppendEntriesResponse", term: 9, success: false, index: 0, hint: 0, round: 0 },
    } as const;
    old.node.onMessage("n4", messages[type]);
    expect(old.node.inspect()).toMatchObject({ role: "follower", currentTerm: 9, votedFor: null });
    expect(old.ctx.effects.slice(0, 4)).toEqual([
      { do: "write", name: "ballot", value: { term: 9, votedFor: null } },
      { do: "sync" },
      { do: "fact", name: "term", data: { term: 9 } },
      { do: "fact", name: "stepped-down", data: { term: 2 } },
    ]);
  });
});

describe("Rules for servers: followers", () => {
  it("stand for election when they hear of nobody for an election time-out", () => {
    const { ctx, node } = server({ term: 1 });
    ctx.elapsedMs = 450;
    node.onTimer("election");
    expect(node.inspect()).toMatchObject({ role: "candidate", currentTerm: 2 });
  });

  it("wait on while they hear the leader: the timer comes back for what is left", () => {
    const follower = server({ term: 1 });
    follower.ctx.elapsedMs = 440;
    follower.node.onMessage("n2", appendEntries({ term: 1 }));
    forget(follower);
    follower.ctx.elapsedMs = 450;
    follower.node.onTimer("election");
    expect(follower.ctx.effects).toEqual([{ do: "timer", name: "election", afterMs: 440 }]);
  });
});

describe("Rules for servers: candidates", () => {
  it("raise the term and vote for themselves, durably, then ask all others", () => {
    const candidate = server({ term: 4, log: [1, 4] });
    forget(candidate);
    timeOut(candidate);
    const { ctx } = candidate;
    expect(ctx.effects.slice(0, 2)).toEqual([
      { do: "write", name: "ballot", value: { term: 5, votedFor: "n1" } },
      { do: "sync" },
    ]);
    expect(ctx.sent("RequestVote")).toEqual(
      ["n2", "n3", "n4", "n5"].map((to) => ({ to, message: { type: "RequestVote", term: 5, lastLogIndex: 2, lastLogTerm: 4 } })),
    );
  });

  it("lead with the votes of a majority, and not before", () => {
    const { ctx, node } = server();
    timeOut({ ctx, node });
    node.onMessage("n2", { type: "RequestVoteResponse", term: 1, granted: true });
    node.onMessage("n3", { type: "RequestVoteResponse", term: 1, granted: false });
    expect(node.inspect()).toMatchObject({ role: "candidate" });
    node.onMessage("n4", { type: "RequestVoteResponse", term: 1, granted: true });
    expect(node.inspect()).toMatchObject({ role: "leader" });
    expect(ctx.facts("leader")).toEqual([{ term: 1 }]);
  });

  it("count a voter once, however often its vote arrives", () => {
    const { ctx, node } = server();
    timeOut({ ctx, node });
    for (let i = 0; i < 3; i++) node.onMessage("n2", { type: "RequestVoteResponse", term: 1, granted: true });
    expect(node.inspect()).toMatchObject({ role: "candidate" });
  });

  it("need more than half of an even number too", () => {
    const { ctx, node } = server({ servers: 4 });
    timeOut({ ctx, node });
    node.onMessage("n2", { type: "RequestVoteResponse", term: 1, granted: true });
    expect(node.inspect()).toMatchObject({ role: "candidate" });
  });

  it("do not count votes of an earlier term", () => {
    const { ctx, node } = server();
    timeOut({ ctx, node });
    timeOut({ ctx, node });
    for (const voter of ["n2", "n3"]) node.onMessage(voter, { type: "RequestVoteResponse", term: 1, granted: true });
    expect(node.inspect()).toMatchObject({ role: "candidate", currentTerm: 2 });
  });

  it("follow when a leader of their own term appears", () => {
    const candidate = server();
    timeOut(candidate);
    candidate.node.onMessage("n3", appendEntries({ term: 1 }));
    expect(candidate.node.inspect()).toMatchObject({ role: "follower", currentTerm: 1, leader: "n3" });
  });

  it("start a new election when the time-out passes without one", () => {
    const candidate = server();
    timeOut(candidate);
    timeOut(candidate);
    expect(candidate.node.inspect()).toMatchObject({ role: "candidate", currentTerm: 2 });
  });

  it("need nobody else in a cluster of one, and commit alone", () => {
    const alone = server({ servers: 1 });
    timeOut(alone);
    alone.node.onRequest(request(write("x", 1)));
    alone.node.onRequest(request({ f: "read", key: "x" }, "c2"));
    expect(alone.ctx.replies()).toEqual({ "c1#1": null, "c2#1": 1 });
  });
});

describe("Rules for servers: leaders", () => {
  it("open their term with a no-op, on their disk before it is sent, and repeat heartbeats", () => {
    const { ctx } = leader({ term: 1, log: [1] });
    expect(ctx.facts("appended")).toEqual([{ index: 2, term: 2, request: null }]);
    const appended = ctx.position((effect) => effect.do === "append");
    const synced = ctx.effects.findIndex((effect, i) => i > appended && isSync(effect));
    const sent = ctx.position((effect) => effect.do === "send" && effect.message.type === "AppendEntries");
    expect(sent).toBeGreaterThan(synced);
    expect(ctx.sent("AppendEntries")[0]!.message).toMatchObject({
      term: 2,
      prevLogIndex: 1,
      prevLogTerm: 1,
      entries: [entry(2, 2)],
    });
    expect(ctx.effects).toContainEqual({ do: "timer", name: "heartbeat", afterMs: 100 });
  });

  it("append a client's request, send it at once, and answer when it is applied", () => {
    const { ctx, node } = established();
    for (const follower of ["n4", "n5"]) accept({ ctx, node }, follower, 1);
    forget({ ctx, node });
    node.onRequest(request(write("x", 1)));
    expect(ctx.sent("AppendEntries").map(({ to, message }) => [to, message.prevLogIndex, message.entries?.length])).toEqual([
      ["n2", 1, 1],
      ["n3", 1, 1],
      ["n4", 1, 1],
      ["n5", 1, 1],
    ]);
    accept({ ctx, node }, "n2", 2);
    expect(ctx.replies()).toEqual({});
    accept({ ctx, node }, "n3", 2);
    expect(ctx.replies()).toEqual({ "c1#1": null });
  });

  it("send what is new behind what was sent already, without waiting for the answer", () => {
    const { ctx, node } = established();
    node.onRequest(request(write("x", 1)));
    node.onRequest(request(write("x", 2), "c2"));
    expect(
      ctx
        .sent("AppendEntries")
        .filter(({ to }) => to === "n2")
        .map(({ message }) => message.entries?.map(({ index }) => index)),
    ).toEqual([[2], [3]]);
  });

  it("keep to one message at a time with a follower whose log is not known to match", () => {
    const { ctx, node } = established();
    node.onRequest(request(write("x", 1)));
    expect(ctx.sent("AppendEntries").map(({ to }) => to)).toEqual(["n2", "n3"]);
  });

  it("go back to where a rejection points, and send from there", () => {
    const { ctx, node } = leader({ term: 5, log: [1, 1, 4, 4, 5] });
    forget({ ctx, node });
    reject({ ctx, node }, "n4", 5, 2);
    expect(ctx.sent("AppendEntries")).toMatchObject([{ to: "n4", message: { prevLogIndex: 2, prevLogTerm: 1 } }]);
    expect(ctx.sent("AppendEntries")[0]!.message.entries?.map(({ index }) => index)).toEqual([3, 4, 5, 6]);
  });

  it("never go back behind what a follower has acknowledged: such a rejection is late", () => {
    const { ctx, node } = established({ term: 1, log: [1, 1, 1] });
    reject({ ctx, node }, "n2", 3, 0);
    expect(ctx.sent("AppendEntries")).toEqual([]);
  });

  it("raise matchIndex only: a late answer takes nothing back", () => {
    const { ctx, node } = established();
    node.onRequest(request(write("x", 1)));
    accept({ ctx, node }, "n2", 2);
    accept({ ctx, node }, "n2", 1);
    accept({ ctx, node }, "n3", 2);
    expect(node.inspect()).toMatchObject({ commitIndex: 2 });
  });

  it("send no more than a batch, and the rest when it is acknowledged", () => {
    const far = leader({ term: 1, log: new Array<number>(100).fill(1) });
    forget(far);
    reject(far, "n2", 100, 0);
    expect(far.ctx.sent("AppendEntries")[0]!.message.entries?.length).toBe(64);
    accept(far, "n2", 64);
    expect(far.ctx.sent("AppendEntries")[1]!.message).toMatchObject({ prevLogIndex: 64 });
    expect(far.ctx.sent("AppendEntries")[1]!.message.entries?.length).toBe(37);
  });

  it("send the very same entries again, not copies", () => {
    const { ctx, node } = leader();
    const first = ctx.sent("AppendEntries")[0]!.message.entries![0];
    node.onTimer("heartbeat");
    expect(ctx.sent("AppendEntries").at(-1)!.message.entries![0]).toBe(first);
  });

  it("commit an entry of their own term with a majority, and the older ones with it (§5.4.2)", () => {
    const { ctx, node } = leader({ term: 2, log: [1, 2] });
    accept({ ctx, node }, "n2", 2);
    accept({ ctx, node }, "n3", 2);
    expect(node.inspect()).toMatchObject({ commitIndex: 0 });
    accept({ ctx, node }, "n2", 3);
    accept({ ctx, node }, "n3", 3);
    expect(node.inspect()).toMatchObject({ commitIndex: 3 });
    expect(ctx.facts("committed")).toEqual([{ index: 3, term: 3 }]);
  });

  it("step down when no majority has answered for an election time-out, and keep nobody waiting", () => {
    const cut = established();
    cut.node.onRequest(request({ f: "read", key: "x" }));
    cut.ctx.elapsedMs += 601;
    accept(cut, "n2", 1);
    cut.node.onTimer("heartbeat");
    expect(cut.node.inspect()).toMatchObject({ role: "follower", currentTerm: term(cut.ctx), leader: undefined });
    forget(cut);
    cut.node.onMessage("n3", appendEntries({ term: 2 }));
    expect(cut.ctx.effects).toContainEqual({ do: "redirect", request: request({ f: "read", key: "x" }), to: "n3" });
  });
});

describe("Clients", () => {
  it("are sent to the leader by the others", () => {
    const { ctx, node } = server();
    node.onMessage("n3", appendEntries({ term: 1 }));
    node.onRequest(request(write("x", 1)));
    expect(ctx.effects).toContainEqual({ do: "redirect", request: request(write("x", 1)), to: "n3" });
  });

  it("wait through an election, and are then answered by its winner or sent to it", () => {
    const loser = server();
    loser.node.onRequest(request(write("x", 1)));
    loser.node.onMessage("n3", appendEntries({ term: 1 }));
    expect(loser.ctx.effects).toContainEqual({ do: "redirect", request: request(write("x", 1)), to: "n3" });

    const winner = server();
    winner.node.onRequest(request(write("x", 1)));
    timeOut(winner);
    for (const voter of ["n2", "n3"]) winner.node.onMessage(voter, { type: "RequestVoteResponse", term: 1, granted: true });
    for (const follower of ["n2", "n3"]) accept(winner, follower, 2);
    expect(winner.ctx.replies()).toEqual({ "c1#1": null });
  });

  it("get the saved result when they ask again, and the request is not applied again (thesis §6.3)", () => {
    const { ctx, node } = established();
    const cas = request({ f: "cas", key: "x", from: null, to: 1 });
    node.onRequest(cas);
    for (const follower of ["n2", "n3"]) accept({ ctx, node }, follower, 2);
    forget({ ctx, node });
    node.onRequest(cas);
    expect(ctx.replies()).toEqual({ "c1#1": true });
    expect(ctx.facts("appended")).toEqual([]);
  });

  it("have a retried request applied once, also when it stands in the log twice", () => {
    const { ctx, node } = established();
    const cas = request({ f: "cas", key: "x", from: null, to: 1 });
    node.onMessage("n4", appendEntries({ term: 5, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 5, cas.op, "c1", 1)] }));
    ctx.elapsedMs += 600;
    node.onTimer("election");
    for (const voter of ["n2", "n3"]) node.onMessage(voter, { type: "RequestVoteResponse", term: 6, granted: true });
    node.onRequest(cas);
    for (const follower of ["n2", "n3"]) accept({ ctx, node }, follower, 4);
    expect(logOf({ ctx, node })).toEqual([1, 5, 6, 6]);
    expect(ctx.replies()).toEqual({ "c1#1": true });
  });

  it("have a request that is in the log already not appended again by the same leader", () => {
    const { ctx, node } = established();
    node.onRequest(request(write("x", 1)));
    node.onRequest(request(write("x", 1)));
    expect(ctx.facts("appended")).toEqual([{ index: 2, term: 1, request: "c1#1" }]);
  });

  it("have an older request of theirs not applied after a newer one", () => {
    const { ctx, node } = established();
    node.onRequest(request(write("x", 2), "c1", 2));
    node.onRequest(request(write("x", 1), "c1", 1));
    for (const follower of ["n2", "n3"]) accept({ ctx, node }, follower, 3);
    expect(ctx.replies()).toEqual({ "c1#2": null });
    node.onRequest(request({ f: "read", key: "x" }, "c2"));
    for (const follower of ["n2", "n3"]) accept({ ctx, node }, follower, 3, 1);
    expect(ctx.replies()).toMatchObject({ "c2#1": 2 });
  });
});

describe("Reads by read index (thesis §6.4)", () => {
  const read = (client = "c9") => request({ f: "read", key: "x" }, client);
  /** The round that the last heartbeat carried. */
  const round = (server: Server) => server.ctx.sent("AppendEntries").at(-1)!.message.round;

  it("wait for a round of heartbeats that a majority has answered", () => {
    const led = established();
    led.node.onRequest(read());
    const opened = round(led);
    expect(opened).toBeGreaterThan(0);
    expect(led.ctx.sent("AppendEntries").map(({ message }) => message.round)).toEqual([opened, opened, opened, opened]);
    accept(led, "n2", 1, opened);
    expect(led.ctx.replies()).toEqual({});
    accept(led, "n3", 1, opened);
    expect(led.ctx.replies()).toEqual({ "c9#1": null });
    expect(led.ctx.facts("appended")).toEqual([]);
  });

  it("are not confirmed by answers to what was sent before they came", () => {
    const led = established();
    led.node.onRequest(read("c8"));
    led.node.onRequest(read("c9"));
    const first = round(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, first);
    expect(led.ctx.replies()).toEqual({ "c8#1": null });
    expect(round(led)).toBeGreaterThan(first);
    const second = round(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, second);
    expect(led.ctx.replies()).toEqual({ "c8#1": null, "c9#1": null });
  });

  it("share the next round when one is under way", () => {
    const led = established();
    for (const client of ["c1", "c2", "c3"]) led.node.onRequest(read(client));
    expect(led.ctx.sent("AppendEntries").length).toBe(4);
    const first = round(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, first);
    expect(led.ctx.sent("AppendEntries").length).toBe(8);
    const second = round(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, second);
    expect(Object.keys(led.ctx.replies())).toEqual(["c1#1", "c2#1", "c3#1"]);
  });

  it("are confirmed by a later heartbeat when their round was lost", () => {
    const led = established();
    led.node.onRequest(read());
    led.node.onTimer("heartbeat");
    const later = round(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, later);
    expect(led.ctx.replies()).toEqual({ "c9#1": null });
  });

  it("wait until the no-op of the leader's own term is committed, even when their round is through", () => {
    const fresh = leader({ term: 1, log: [1] });
    fresh.node.onRequest(read());
    const opened = round(fresh);
    for (const follower of ["n2", "n3"]) {
      fresh.node.onMessage(follower, {
        type: "AppendEntriesResponse",
        term: 2,
        success: false,
        index: 1,
        hint: 0,
        round: opened,
      });
    }
    expect(fresh.ctx.replies()).toEqual({});
    for (const follower of ["n2", "n3"]) accept(fresh, follower, 2, opened);
    expect(fresh.ctx.replies()).toEqual({ "c9#1": null });
  });

  it("are not confirmed in a later term by answers to an earlier one", () => {
    const led = established();
    led.node.onRequest(read("c8"));
    const before = round(led);
    led.node.onMessage("n4", { type: "RequestVoteResponse", term: 4, granted: false });
    timeOut(led);
    for (const voter of ["n2", "n3"]) led.node.onMessage(voter, { type: "RequestVoteResponse", term: 5, granted: true });
    forget(led);
    for (const follower of ["n2", "n3"]) accept(led, follower, 2, before);
    expect(led.ctx.replies()).toEqual({});
    led.node.onTimer("heartbeat");
    const now = round(led);
    expect(now).toBeGreaterThan(before);
    for (const follower of ["n2", "n3"]) accept(led, follower, 2, now);
    expect(led.ctx.replies()).toEqual({ "c8#1": null });
  });
});
