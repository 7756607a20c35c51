/** Chubby: a lock service with small files on a replicated log, sessions and consistent caches; and a resource that its locks protect. */

import type { Protocol } from "../../harness/protocol.ts";
import { raft, raftGoals, raftOptions, raftOrders } from "../raft/index.ts";
import { holder, invariants, master } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { client, server } from "./nodes.ts";

export const chubby: Protocol = {
  name: "chubby",
  description:
    "A lock service on consensus: files with advisory locks, sessions kept by keep-alives, consistent client caches, sequencers, lock-delay, master fail-over by epochs. Times are a tenth of the paper's.",
  paper: "Burrows, The Chubby lock service for loosely-coupled distributed systems, OSDI 2006",
  assumes:
    "Over a lease two stop-watches differ by 1 % at most. For the resource: it checks sequencers; without, that nothing is under way for longer than the lock-delay.",
  transport: "datagram",
  roles: [
    { name: "server", default: 5, min: 1 },
    { name: "resource", default: 1, min: 0, max: 1 },
  ],
  workloads: ["files"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "leader", tryMs: 200, timeoutMs: 20_000, retry: true, role: "server" },
  options: {
    ...raftOptions,
    lease: { default: "1200ms", doc: "How long a session lives without contact (the paper: 12 s)." },
    grace: {
      default: "4500ms",
      doc: "How long a client whose lease is over looks for a master before it gives its session up (the paper: 45 s).",
    },
    "lock-delay": {
      default: "800ms",
      doc: "How long a lock is withheld from others when its holder is lost (the paper: up to a minute).",
    },
    sequencers: { default: true, doc: "The resource refuses what comes with an older lock generation than it has seen." },
    try: { default: "200ms", doc: "How long somebody waits for an answer before asking again." },
    "back-off": { default: "50ms..150ms", doc: "How long a client waits when a lock is taken." },
    patience: { default: "20s", doc: "How long it goes on trying to get a lock before it fails." },
  },
  orders: { "transfer-leadership": raftOrders["transfer-leadership"] },
  /** As Raft, less the damaged disks: the resource has one too, and there is only one resource. */
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => server(ctx, options),
  createClient: (ctx, options) => client(ctx, options),
  invariants,
  selectors: { ...raft.selectors, master, holder },
  goals: [
    ...raftGoals,
    "new master with sessions",
    "master deposed",
    "fail-over heard of",
    "session in jeopardy",
    "session came through jeopardy",
    "session expired",
    "session ended",
    "holder in jeopardy",
    "lock withheld",
    "lock-delay over",
    "read from the cache",
    "read while a write waits",
    "write waited for caches",
    "invalidation overtook the content",
    "stale sequencer refused",
  ],
  mutants,
};
