/** A lock in the Raft log, with leases and fencing tokens, and a resource that it protects. */

import type { Protocol } from "../../harness/protocol.ts";
import { holder, nodesOf } from "../locking/index.ts";
import { raft, raftGoals, raftOptions, raftOrders } from "../raft/index.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { right } from "./nodes.ts";

export const lockConsensus: Protocol = {
  name: "lock-consensus",
  description:
    "A lock in a replicated log: leases that end by a command in the log, fencing tokens that grow with each grant. One lock while a majority of the servers is up, whoever of them leads.",
  paper:
    "Ongaro, Consensus: Bridging Theory and Practice (thesis), 2014, §6.3; Gray, Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency, SOSP 1989; Kleppmann, How to do distributed locking, 2016",
  assumes:
    "As Raft, whatever the clocks of the servers say to each other; over a lease a client's stop-watch and a server's differ by 1 % at most. For the resource nothing: it checks tokens.",
  transport: "datagram",
  roles: [
    { name: "server", default: 5, min: 1 },
    { name: "resource", default: 1, min: 0, max: 1 },
  ],
  workloads: ["lock", "lease"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "leader", tryMs: 300, timeoutMs: 20_000, retry: true, role: "server" },
  options: {
    ...raftOptions,
    fencing: {
      default: true,
      doc: "The resource refuses a write with an older token than it has seen.",
    },
    try: {
      default: "300ms",
      doc: "How long a client waits for an answer before it asks again, and a server for an expiry that it has proposed.",
    },
    "back-off": { default: "20ms..80ms", doc: "How long a client waits when the lock is taken." },
    patience: { default: "30s", doc: "How long it goes on asking before it fails." },
  },
  orders: { "transfer-leadership": raftOrders["transfer-leadership"] },
  /** As Raft, less the damaged disks: the resource has one too, and there is only one resource. */
  tolerates: () => ({ wiped: 0 }),
  ...nodesOf(right),
  invariants,
  selectors: { ...raft.selectors, holder },
  goals: [
    ...raftGoals,
    "lease ran out",
    "lock found in a snapshot",
    "lease extended",
    "lock lost while held",
    "granted too late to be used",
    "held past its lease",
    "stale write refused",
  ],
  mutants,
};
