/** Raft: a replicated log under a key-value store, linearizable while a majority of the servers is up. What others need to stand on it. */

import type { Context, Options, Protocol } from "../../harness/protocol.ts";
import { type Host, HostedRaft } from "./hosted.ts";
import { invariants, leader } from "./invariants.ts";
import { keyValue } from "./key-value.ts";
import { mutants } from "./mutants.ts";
import { orders, Raft } from "./raft.ts";
import { raftOptions } from "./settings.ts";
import type { StateMachine } from "./state-machine.ts";

export type { Host, HostedRaft } from "./hosted.ts";
export { invariants as raftInvariants } from "./invariants.ts";
export { invariantOf, Part, selectorOf } from "./part.ts";
export { orders as raftOrders, Raft } from "./raft.ts";
export { raftOptions } from "./settings.ts";
export type { StateMachine } from "./state-machine.ts";

/** For protocols that stand on Raft: servers that keep copies of this state machine. */
export function raftOver<State, Op>(machine: StateMachine<State, Op>): (ctx: Context, options: Options) => Raft<State, Op> {
  return (ctx, options) => new Raft(ctx, options, machine);
}

/** For protocols whose servers have a Raft inside, and speak with their clients themselves. */
export function hostRaft<State, Op>(ctx: Context, options: Options, host: Host<State, Op>): HostedRaft<State, Op> {
  return new HostedRaft(ctx, options, host, raftOver);
}

/** Every goal that a Raft server may name: a protocol that stands on Raft lists them among its own. */
export const raftGoals = [
  "second leader elected",
  "leader stepped down",
  "log overwritten",
  "request redirected",
  "retried request answered from the session",
  "read waited for a round",
  "read under a lease",
  "pre-vote refused",
  "snapshot taken",
  "snapshot installed",
  "snapshot installed below the end of the log",
  "log replaced by a snapshot",
  "joint consensus",
  "members changed",
  "leader removed itself",
  "change of members given up",
  "leadership handed over",
  "transfer given up",
] as const;

export const raft: Protocol = {
  name: "raft",
  description:
    "A replicated log with an elected leader; a key-value store with exactly-once requests and linearizable reads by read index. By options and orders: snapshots, changes of members, pre-vote, leases, leadership transfer.",
  paper:
    "Ongaro, Ousterhout, In Search of an Understandable Consensus Algorithm (Extended Version), 2014, https://raft.github.io/raft.pdf; Ongaro, Consensus: Bridging Theory and Practice (thesis), 2014; Ongaro, Bug in single-server membership changes (raft-dev), 2015",
  assumes:
    "Messages may be lost, doubled, delayed and overtaken; servers crash and come back with what they synced. Clocks may be as wrong as they like, but for leases, whose bound is an option.",
  transport: "datagram",
  roles: [{ name: "server", default: 5, min: 1, spares: true }],
  workloads: ["key-value", "register"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1500, retry: true },
  options: raftOptions,
  orders,
  /**
   * A server that forgot its vote may vote twice, and one that forgot its log may elect a leader without it. One that sees that its disk
   * is damaged dies, and fewer than half may stay dead.
   */
  tolerates: (servers) => ({ wiped: 0, damaged: Math.ceil(servers / 2) - 1 }),
  create: raftOver(keyValue),
  invariants,
  selectors: { leader },
  goals: raftGoals,
  mutants,
};
