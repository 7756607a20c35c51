/** Multi-Paxos: a replicated log under a key-value store, linearizable while a majority of the servers is up. */

import type { Protocol } from "../../harness/protocol.ts";
import { invariants, leader } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { Server } from "./server.ts";

export const multiPaxos: Protocol = {
  name: "multi-paxos",
  description:
    "A replicated log with one synod for each slot and phase 1 once for each leader; a key-value store with exactly-once requests, checkpoints and catching up, reads through the log or under a lease.",
  paper:
    "Lamport, Paxos Made Simple (2001), §3; van Renesse, Altinbuken, Paxos Made Moderately Complex (ACM Computing Surveys 2015), https://www.cs.cornell.edu/courses/cs7412/2011sp/paxos.pdf; Chandra, Griesemer, Redstone, Paxos Made Live (PODC 2007)",
  assumes:
    "Messages may be lost, doubled, delayed and overtaken; servers may crash and come back with their disks; a majority that is up and in touch for a while answers. Clocks matter to progress only, but for reads under a lease: there the stop-watches of two servers may differ by no more than the option drift.",
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["key-value", "register"],
  client: { target: "leader", tryMs: 300, timeoutMs: 1_500, retry: true },
  options: {
    heartbeat: { default: "50ms", doc: "How often a leader says that it is there." },
    "election-timeout": {
      default: "200ms..400ms",
      doc: "How long a server waits for a leader before it scouts; drawn anew each time. For the shortest of these times acceptors are loyal to a leader that they have heard.",
    },
    checkpoint: {
      default: 100,
      min: 1,
      doc: "After how many slots a server stores its state, and collects what it had accepted before.",
    },
    reads: {
      default: "log",
      choices: ["log", "lease"],
      doc: "log: a read is a command like others. lease: the leader answers it alone while it has a lease, else through the log.",
    },
    drift: {
      default: 10,
      doc: "By how many percent a lease is shorter than the loyalty of acceptors: how much slower the leader's stop-watch may be than theirs.",
    },
  },
  /**
   * An acceptor that forgot its promise or what it has accepted may help to decide something else. One that sees that its disk is damaged
   * dies, and fewer than half may stay dead.
   */
  tolerates: (servers) => ({ wiped: 0, damaged: Math.ceil(servers / 2) - 1 }),
  create: (ctx, options) => new Server(ctx, options),
  invariants,
  selectors: { leader },
  goals: [
    "dueling prepares",
    "second leader elected",
    "leader stepped down",
    "recovered proposal",
    "hole filled",
    "command decided in two slots",
    "caught up by decisions",
    "caught up by a checkpoint",
    "leader learned from a checkpoint",
    "scout turned away by the loyal",
    "read under a lease",
    "request redirected",
    "retried request answered from the session",
  ],
  mutants,
};
