/** Locks in Redis, with a resource that they protect: in one server, in a primary with replicas, and in several that know nothing of each other. */

import type { OptionSpec, Protocol } from "../../harness/protocol.ts";
import { holder, nodesOf } from "../locking/index.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { redlock as redlockParts, replicated, single } from "./nodes.ts";
import { invariants as redlockInvariants } from "./redlock/invariants.ts";
import { mutants as redlockMutants } from "./redlock/mutants.ts";
import { invariants as replicatedInvariants } from "./replicated/invariants.ts";
import { mutants as replicatedMutants } from "./replicated/mutants.ts";

const options: Readonly<Record<string, OptionSpec>> = {
  fencing: {
    default: false,
    doc: "Each grant carries a token that grows, and the resource refuses a write with an older one than it has seen.",
  },
  try: { default: "100ms", doc: "How long a client waits for an answer before it asks again." },
  "back-off": { default: "20ms..80ms", doc: "How long it waits when the lock is taken." },
  patience: { default: "30s", doc: "How long it goes on asking before it fails." },
};

const goals = [
  "lease ran out",
  "lock found at a restart",
  "lease extended",
  "lock lost while held",
  "granted too late to be used",
  "held past its lease",
  "stale write refused",
];

const resource = { name: "resource", default: 1, min: 0, max: 1 };

/** What the three deployments have in common. */
const common: Pick<Protocol, "transport" | "workloads" | "client" | "tolerates" | "selectors"> = {
  transport: "datagram",
  workloads: ["lock"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "any", tryMs: 100, timeoutMs: 20_000, retry: false, role: "redis" },
  tolerates: () => ({ wiped: 0 }),
  selectors: { holder },
};

export const lockRedis: Protocol = {
  ...common,
  name: "lock-redis",
  description:
    "A lock with a lease in one Redis server: set if not there, delete if mine, extend if mine. Safe for a client that sleeps past its lease only with fencing.",
  paper:
    "Redis documentation, Distributed Locks with Redis (the single-instance lock); Kleppmann, How to do distributed locking, and Sanfilippo, Is Redlock safe? (both 2016)",
  assumes:
    "Stop-watches that differ by less than 1 % over a lease, and a server that syncs what it grants. For the resource behind the lock also: clients that never sleep past a lease, or fencing.",
  roles: [{ name: "redis", default: 1, min: 1, max: 1 }, resource],
  options,
  ...nodesOf(single),
  invariants,
  goals,
  mutants,
};

export const lockRedisReplicated: Protocol = {
  ...common,
  name: "lock-redis-replicated",
  description:
    "The lock of lock-redis in a primary with asynchronous replicas, one of which a sentinel makes primary when it is silent. Loses the lock at a fail-over unless the primary waits for its replica.",
  paper:
    "Redis documentation, Distributed Locks with Redis (Why failover-based implementations are not enough), High availability with Redis Sentinel, and WAIT",
  assumes:
    "What lock-redis assumes; and for mutual exclusion that the primary waits for a replica that is promoted when it dies: one replica, which syncs what it acknowledges. Without waiting only fencing saves the resource.",
  roles: [{ name: "redis", default: 2, min: 2 }, { name: "sentinel", default: 1, min: 1, max: 1 }, resource],
  options: {
    ...options,
    wait: {
      default: 0,
      doc: "How many replicas must have a grant on their disks before the client hears of it (WAIT); 0: replication is asynchronous.",
    },
    "down-after": { default: "300ms", doc: "How long a primary may be silent before the sentinel makes another one." },
  },
  ...nodesOf(replicated),
  invariants: replicatedInvariants,
  goals: [...goals, "fail-over", "old primary deposed alive"],
  mutants: replicatedMutants,
};

export const redlock: Protocol = {
  ...common,
  name: "redlock",
  description:
    "A lock on a majority of Redis servers that know nothing of each other. Safe with clocks that do not jump and servers that do not forget; for a client that sleeps past its lease only with fencing.",
  paper:
    "Sanfilippo, Distributed Locks with Redis (the Redlock algorithm); Kleppmann, How to do distributed locking, and Sanfilippo, Is Redlock safe? (both 2016)",
  assumes:
    "Stop-watches that differ by less than 1 % over a lease, and servers that sync what they grant or stay away for a lease after a restart; a minority may be down. For the resource behind the lock also: clients that never sleep past a lease, or fencing.",
  roles: [{ name: "redis", default: 5, min: 1 }, resource],
  options: {
    ...options,
    "restart-delay": {
      default: "0ms",
      doc: "How long a server keeps silent after a start, and then keeps no grant on its disk: longer than any lease (delayed restarts); 0ms: it syncs every grant.",
    },
  },
  ...nodesOf(redlockParts),
  invariants: redlockInvariants,
  goals: [...goals, "no majority", "majority against a rival", "silent after a restart"],
  mutants: redlockMutants,
};
