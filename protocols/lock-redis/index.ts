/** A lock in one Redis server, with a resource that it protects. */

import type { Protocol } from "../../harness/protocol.ts";
import { holder, invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { client, server } from "./nodes.ts";

export const lockRedis: Protocol = {
  name: "lock-redis",
  description:
    "A lock with a lease in one Redis server: set if not there, delete if mine. Safe for a client that sleeps past its lease only with fencing.",
  paper:
    "Redis documentation, Distributed Locks with Redis (the single-instance lock); Kleppmann, How to do distributed locking, and Sanfilippo, Is Redlock safe? (both 2016)",
  transport: "datagram",
  roles: [
    { name: "redis", default: 1, min: 1, max: 1 },
    { name: "resource", default: 1, min: 0, max: 1 },
  ],
  workloads: ["lock"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "any", tryMs: 100, timeoutMs: 20_000, retry: false, role: "redis" },
  options: {
    fencing: {
      default: false,
      doc: "Each grant carries a token that grows, and the resource refuses a write with an older one than it has seen.",
    },
    try: { default: "100ms", doc: "How long a client waits for an answer before it asks again." },
    "back-off": { default: "20ms..80ms", doc: "How long it waits when the lock is taken." },
    patience: { default: "30s", doc: "How long it goes on asking before it fails." },
  },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => server(ctx, options),
  createClient: (ctx, options) => client(ctx, options),
  invariants,
  selectors: { holder },
  goals: [
    "lease ran out",
    "lock found at a restart",
    "granted too late to be used",
    "held past its lease",
    "stale write refused",
  ],
  mutants,
};
