/** Who leads, and knows it: pre-vote, loyalty to a leader, check-quorum, leases and leadership transfer (thesis §3.10, §4.2.3, §6.4.1, §9.6). */

import { describe, expect, it } from "vitest";
import { faults } from "../../harness/faults/index.ts";
import { runHere } from "../../harness/run/here.ts";
import { loadScenario } from "../../harness/scenario/index.ts";
import { workloads } from "../../harness/workloads/index.ts";
import { raft } from "./index.ts";
import { leaseLength } from "./settings.ts";
import {
  accept,
  appendEntries,
  established,
  forget,
  request,
  restarted,
  type Server,
  server,
  timeOut,
} from "./testing/server.ts";

const read = (client = "c9") => request({ f: "read", key: "x" }, client);
const vote = (term: number, more = {}) => ({ type: "RequestVote", term, lastLogIndex: 9, lastLogTerm: 9, ...more }) as const;
const granted = ({ ctx }: Server) => ctx.sent("RequestVoteResponse").map(({ message }) => message.granted);

describe("pre-vote", () => {
  const options = { "pre-vote": true };

  it("is asked for before the term is raised, and in vain as long as no majority would vote", () => {
    const { ctx, node } = server({ term: 3, options });
    forget({ ctx, node });
    timeOut({ ctx, node });
    expect(ctx.sent("PreVote").map(({ message }) => message.term)).toEqual([4, 4, 4, 4]);
    node.onMessage("n2", { type: "PreVoteResponse", term: 3, asked: 4, granted: true });
    expect(node.inspect()).toMatchObject({ role: "follower", currentTerm: 3 });
    node.onMessage("n3", { type: "PreVoteResponse", term: 3, asked: 4, granted: true });
    expect(node.inspect()).toMatchObject({ role: "candidate", currentTerm: 4 });
  });

  it("is no vote", () => {
    const { ctx, node } = server({ term: 3, options });
    timeOut({ ctx, node });
    for (const voter of ["n2", "n3", "n4", "n5"])
      node.onMessage(voter, { type: "PreVoteResponse", term: 3, asked: 4, granted: true });
    expect(node.inspect()).toMatchObject({ role: "candidate" });
  });

  it("counts for nothing once this server leads", () => {
    const { ctx, node } = server({ term: 3, options });
    timeOut({ ctx, node });
    for (const voter of ["n2", "n3"]) node.onMessage(voter, { type: "PreVoteResponse", term: 3, asked: 4, granted: true });
    timeOut({ ctx, node });
    for (const voter of ["n2", "n3"]) node.onMessage(voter, { type: "RequestVoteResponse", term: 4, granted: true });
    for (const voter of ["n2", "n3"]) node.onMessage(voter, { type: "PreVoteResponse", term: 4, asked: 5, granted: true });
    expect(node.inspect()).toMatchObject({ role: "leader", currentTerm: 4 });
  });

  it("is refused by who hears a leader, and changes nobody's term", () => {
    const voter = server({ term: 3, options });
    voter.ctx.elapsedMs = 1000;
    const ask = { type: "PreVote", term: 9, lastLogIndex: 9, lastLogTerm: 9 } as const;
    voter.node.onMessage("n3", ask);
    voter.node.onMessage("n2", appendEntries({ term: 3 }));
    voter.node.onMessage("n3", ask);
    expect(voter.ctx.sent("PreVoteResponse").map(({ message }) => message.granted)).toEqual([true, false]);
    expect(voter.node.inspect()).toMatchObject({ currentTerm: 3, votedFor: null });
  });
});

describe("loyalty to a leader", () => {
  const options = { "sticky-leader": true };

  it("disregards candidates, their terms too, for the shortest election time-out", () => {
    const voter = server({ term: 3, options });
    voter.ctx.elapsedMs = 1000;
    voter.node.onMessage("n2", appendEntries({ term: 3 }));
    voter.ctx.elapsedMs = 1299;
    voter.node.onMessage("n3", vote(9));
    expect(voter.node.inspect()).toMatchObject({ currentTerm: 3 });
    voter.ctx.elapsedMs = 1300;
    voter.node.onMessage("n3", vote(9));
    expect(granted(voter)).toEqual([true]);
  });

  it("is renewed by a restart: nobody remembers what was promised", () => {
    const voter = restarted(server({ term: 3, options }));
    voter.node.onMessage("n3", vote(9));
    expect(granted(voter)).toEqual([]);
  });

  it("does not stand against whom the leader itself has asked to stand", () => {
    const voter = server({ term: 3, options });
    voter.node.onMessage("n2", appendEntries({ term: 3 }));
    voter.node.onMessage("n3", vote(4, { transfer: true }));
    expect(granted(voter)).toEqual([true]);
  });
});

describe("check-quorum", () => {
  it("can be left out: then a leader that nobody answers leads on", () => {
    const cut = established({ options: { "check-quorum": false } });
    cut.ctx.elapsedMs += 10_000;
    cut.node.onTimer("heartbeat");
    expect(cut.node.inspect()).toMatchObject({ role: "leader" });
  });
});

describe("leases", () => {
  const options = { reads: "lease" };
  const sentAt = 700;
  /** A leader whose messages of this moment a majority has answered. */
  function trusted(): Server {
    const led = established({ options });
    led.ctx.elapsedMs = sentAt;
    led.node.onTimer("heartbeat");
    const { round } = led.ctx.sent("AppendEntries").at(-1)!.message;
    for (const follower of ["n2", "n3"]) accept(led, follower, 1, round);
    forget(led);
    return led;
  }

  it("are shorter than the promise by the drift of two clocks", () => {
    expect(leaseLength(300, 0)).toBe(300);
    expect(leaseLength(300, 10)).toBeCloseTo((300 * 0.9) / 1.1);
  });

  it("answer reads at once while they last, counted from when the messages were sent", () => {
    const led = trusted();
    led.ctx.elapsedMs = sentAt + leaseLength(300, 10) - 1;
    led.node.onRequest(read());
    expect(led.ctx.replies()).toEqual({ "c9#1": null });
    expect(led.ctx.sent("AppendEntries")).toEqual([]);
  });

  it("send reads on a round when they are over", () => {
    const led = trusted();
    led.ctx.elapsedMs = sentAt + leaseLength(300, 10);
    led.node.onRequest(read());
    expect(led.ctx.replies()).toEqual({});
    expect(led.ctx.sent("AppendEntries")).toHaveLength(4);
  });

  it("are given up with the message that hands leadership over", () => {
    const led = trusted();
    led.node.onOrder("transfer-leadership");
    led.node.onRequest(read());
    expect(led.ctx.replies()).toEqual({});
  });
});

describe("leadership transfer", () => {
  it("asks a follower that has everything to stand, and takes no writes meanwhile", () => {
    const led = established();
    led.node.onOrder("transfer-leadership");
    expect(led.ctx.sent("TimeoutNow").map(({ to }) => to)).toEqual(["n2"]);
    led.node.onRequest(request({ f: "write", key: "x", value: 1 }));
    expect(led.ctx.facts("appended")).toEqual([]);
  });

  it("waits until that follower has everything", () => {
    const led = established();
    led.node.onRequest(request({ f: "write", key: "x", value: 1 }));
    led.node.onOrder("transfer-leadership");
    expect(led.ctx.sent("TimeoutNow")).toEqual([]);
    accept(led, "n2", 2);
    expect(led.ctx.sent("TimeoutNow")).toHaveLength(1);
  });

  it("is given up after an election time-out, and the writes that waited are taken in", () => {
    const led = established();
    led.node.onOrder("transfer-leadership");
    led.node.onRequest(request({ f: "write", key: "x", value: 1 }));
    led.ctx.elapsedMs += 601;
    for (const follower of ["n2", "n3"]) accept(led, follower, 1);
    led.node.onTimer("heartbeat");
    expect(led.ctx.facts("appended")).toEqual([{ index: 2, term: 1, request: "c1#1" }]);
  });

  it("makes the one that was asked stand at once, and says so to the voters; unless it is too late", () => {
    const follower = server({ term: 3, options: { "pre-vote": true, "sticky-leader": true } });
    follower.node.onMessage("n2", appendEntries({ term: 3 }));
    follower.node.onMessage("n2", { type: "TimeoutNow", term: 2 });
    expect(follower.node.inspect()).toMatchObject({ role: "follower" });
    follower.node.onMessage("n2", { type: "TimeoutNow", term: 3 });
    expect(follower.node.inspect()).toMatchObject({ role: "candidate", currentTerm: 4 });
    expect(follower.ctx.sent("RequestVote")[0]?.message).toMatchObject({ term: 4, transfer: true });
  });
});

describe("under faults", () => {
  const catalogue = { protocols: [raft], workloads, faults };
  const campaign = (options: string, fault: string) => {
    const text = `
protocol: raft
options: { ${options} }
nodes: 5
clients: 2
workload: { key-value: { operations: 30, within: 6s } }
faults: [{ ${fault} }]
settle: 4s
limits: { unavailable: 30s }
`;
    return runHere(loadScenario(text, "leadership.yaml", catalogue), catalogue, { runs: 10 });
  };

  it("who was cut off comes back and deposes nobody, if it asks before it stands", () => {
    const deposed = (preVote: boolean) =>
      campaign(`pre-vote: ${preVote}`, "partition: n5, at: 1s, for: 2s").goals["leader stepped down"]!;
    expect(deposed(false)).toBeGreaterThanOrEqual(7);
    expect(deposed(true)).toBeLessThanOrEqual(3); // n5 itself led
  });

  it("a leader whom everybody hears, but who hears nobody, does not stop the cluster, if it counts who answers", () => {
    const unavailableMs = (checkQuorum: boolean) =>
      campaign(`pre-vote: true, check-quorum: ${checkQuorum}`, "partition: leader, direction: in, at: 1s, for: 4s").figures[
        "unavailable"
      ]! / 1000;
    expect(unavailableMs(true)).toBeLessThan(2000);
    expect(unavailableMs(false)).toBeGreaterThan(3500);
  });
});
