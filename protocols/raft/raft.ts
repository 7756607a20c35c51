/**
 * Raft. Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014
 * (https://raft.github.io/raft.pdf); what the paper leaves open, after Ongaro's thesis, "Consensus: Bridging Theory and
 * Practice", 2014.
 *
 * Servers agree on a log. One of them, elected by a majority for a term, appends its clients' requests and sends them to
 * the others; an entry that a majority has stored is committed, and every server applies committed entries in order. Two
 * rules carry the safety: a server votes only for a candidate whose log is at least as up-to-date as its own, so that
 * whoever is elected holds all that was committed; and a leader counts copies only of entries of its own term. What a
 * server promises by a message (its term, its vote, its entries) is on its disk before the message leaves.
 *
 * Each chapter is a file, to be read in this order with the paper beside it, and a class that extends the one before:
 *
 *     server.ts        Figure 2      what every server keeps, and the applying of what is committed
 *     election.ts      §5.2, §5.4.1  RequestVote, time-outs; pre-vote, loyalty to a leader
 *     replication.ts   §5.3, §5.4.2  AppendEntries, commitment, heartbeats
 *     snapshots.ts     §7            snapshots, InstallSnapshot
 *     membership.ts    §6            joint consensus, or one server at a time
 *     clients.ts       §8            finding the leader, applying once
 *     reads.ts         thesis §6.4   reads by read index, leases
 *     transfer.ts      thesis §3.10  leadership transfer
 *
 * The handlers stand in the order of the figures. A decision that a mutant gets wrong is a small protected method.
 */

import type { Node, NodeId } from "../../harness/protocol.ts";
import { never } from "../../harness/protocol.ts";
import type { Message } from "./messages.ts";
import { Transfers } from "./transfer.ts";

/** What an operator may ask of a leader; others do not listen. */
export const orders = {
  "add-server": { doc: "A server that is no member is taken in." },
  "remove-server": { doc: "A member, be it the leader, is taken out, as long as another is left.", shrinks: true },
  "replace-servers": { doc: "As many members as there are now, drawn anew from all servers." },
  "transfer-leadership": { doc: "Another member shall lead." },
} as const;

export class Raft<State, Op> extends Transfers<State, Op> implements Node<Message, Op> {
  onStart(): void {
    this.readBallot();
    this.restore();
    this.promiseAnew();
    this.awaitLeader();
  }

  onMessage(from: NodeId, message: Message): void {
    if (this.disregards(from, message)) return;
    // Rules for servers: whoever hears of a higher term becomes a follower in it. (A pre-vote's term is nobody's yet.)
    if (message.term > this.currentTerm && message.type !== "PreVote") this.becomeFollower(message.term);
    switch (message.type) {
      case "RequestVote":
        this.onRequestVote(from, message);
        break;
      case "RequestVoteResponse":
        this.onRequestVoteResponse(from, message);
        break;
      case "AppendEntries":
        this.onAppendEntries(from, message);
        break;
      case "AppendEntriesResponse":
        this.onAppendEntriesResponse(from, message);
        break;
      case "InstallSnapshot":
        this.onInstallSnapshot(from, message);
        break;
      case "PreVote":
        this.onPreVote(from, message);
        break;
      case "PreVoteResponse":
        this.onPreVoteResponse(from, message);
        break;
      case "TimeoutNow":
        this.onTimeoutNow(from, message);
        break;
      default:
        never(message);
    }
  }

  onTimer(name: string): void {
    if (name === "heartbeat") this.onHeartbeat();
    else this.onElectionTimer();
  }

  onOrder(order: string): void {
    if (!this.isLeader) return;
    const { ctx } = this;
    const { servers } = this.configurations.latest;
    const all = [...ctx.nodes(), ...ctx.spares];
    const outside = all.filter((id) => !servers.includes(id));
    const followers = servers.filter((id) => id !== ctx.id);
    switch (order as keyof typeof orders) {
      case "add-server":
        if (outside.length > 0) this.changeMembers([...servers, ctx.random.pick(outside)]);
        break;
      case "remove-server": {
        if (servers.length === 1) break;
        const out = ctx.random.pick(servers);
        this.changeMembers(servers.filter((id) => id !== out));
        break;
      }
      case "replace-servers":
        this.changeMembers(ctx.random.shuffle(all).slice(0, servers.length));
        break;
      case "transfer-leadership":
        if (followers.length > 0) this.transferLeadership(ctx.random.pick(followers));
        break;
      default:
        never(order as never);
    }
  }

  /** The leader of this term, as far as this server knows; itself, when it leads. */
  get knownLeader(): NodeId | undefined {
    return this.leader;
  }

  /** The state machine's state, as far as this server has applied the log. */
  get state(): State {
    return this.sessions.state;
  }

  inspect(): unknown {
    const { role, currentTerm, votedFor, leader, commitIndex, lastApplied, log } = this;
    return {
      role,
      currentTerm,
      votedFor,
      leader,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
      commitIndex,
      lastApplied,
    };
  }
}
