/** Raft: a replicated log under a key-value store, linearizable while a majority of the servers is up. */

import type { Context, Node, Options, Protocol } from "../../harness/protocol.ts";
import { invariants, leader } from "./invariants.ts";
import { keyValue } from "./key-value.ts";
import { mutants } from "./mutants.ts";
import { Raft } from "./raft.ts";
import type { StateMachine } from "./state-machine.ts";

export type { StateMachine } from "./state-machine.ts";

/** For protocols that stand on Raft: servers that keep copies of this state machine. */
export function raftOver<State, Op>(machine: StateMachine<State, Op>): (ctx: Context, options: Options) => Node {
  return (ctx, options) => new Raft(ctx, options, machine);
}

export const raft: Protocol = {
  name: "raft",
  description:
    "A replicated log with an elected leader; a key-value store with exactly-once requests and linearizable reads by read index.",
  paper:
    "Ongaro, Ousterhout, In Search of an Understandable Consensus Algorithm (Extended Version), 2014, https://raft.github.io/raft.pdf; Ongaro, Consensus: Bridging Theory and Practice (thesis), 2014, §6.3 and §6.4",
  transport: "datagram",
  roles: [{ name: "server", default: 5, min: 1 }],
  workloads: ["key-value", "register"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1500, retry: true },
  options: {
    heartbeat: { default: "100ms", doc: "How often a leader says that it is there." },
    "election-timeout": {
      default: "300ms..600ms",
      doc: "How long a server waits for a leader before it stands for election; drawn anew each time.",
    },
  },
  /** A server that forgot its vote may vote twice, and one that forgot its log may elect a leader without it. */
  tolerates: () => ({ wiped: 0 }),
  create: raftOver(keyValue),
  invariants,
  selectors: { leader },
  goals: [
    "second leader elected",
    "leader stepped down",
    "log overwritten",
    "request redirected",
    "retried request answered from the session",
    "read waited for a round",
  ],
  mutants,
};
