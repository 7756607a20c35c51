/** A load balancer: six policies, health checks, time-outs, draining. No history: judged by its invariants alone. */

import type { Protocol } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";
import { mutants, mutantsOnStreams } from "./mutants.ts";
import { node } from "./nodes.ts";
import { policyNames } from "./policies.ts";

export const loadBalancer: Protocol = {
  name: "load-balancer",
  description:
    "Sends each request to a worker in service, by one of six policies; checks who lives, tries again elsewhere what is late or lost, and gives load back.",
  paper:
    "Least connections as in HAProxy and Linux Virtual Server (Zhang 2000); Mitzenmacher, The Power of Two Choices in Randomized Load Balancing (2001); Karger et al., Consistent Hashing and Random Trees (STOC 1997); Mirrokni, Thorup, Zadimoghaddam, Consistent Hashing with Bounded Loads (SODA 2018); smooth weighted round-robin of nginx (2012)",
  assumes:
    "Asynchronous datagrams, lost, doubled and late; workers crash, sleep and come back; one balancer, which may crash and forgets what was open. A worker that is late is not told from one that is dead: its work may be done twice, but is answered once.",
  transport: "datagram",
  roles: [
    { name: "balancer", default: 1, min: 1, max: 1 },
    { name: "worker", default: 3, min: 1 },
  ],
  workloads: ["requests"],
  /** No retries: the balancer does them, and a request that it is asked twice would be answered twice. */
  client: { target: "any", tryMs: 3000, timeoutMs: 3000, retry: false, role: "balancer" },
  options: {
    policy: {
      default: "least-connections",
      choices: policyNames,
      doc: "How a worker is chosen. weighted: the second worker is twice as strong as the first, and so on; hash: by the request's key, or its client.",
    },
    "virtual-nodes": { default: 100, min: 1, doc: "hash: at how many places of the ring each worker stands." },
    bound: { default: 150, min: 101, doc: "hash: how much of the mean load a worker may have, in percent." },
    check: { default: "100ms", doc: "How often each worker is asked whether it is there." },
    "dead-after": { default: "350ms", doc: "How long nothing may be heard of a worker before it is held for dead." },
    "time-out": { default: "800ms", doc: "How long the balancer waits for a worker to answer a request." },
    tries: { default: 3, min: 1, doc: "At how many workers a request is tried." },
  },
  orders: {
    drain: { doc: "A worker finishes what it has, and gets nothing new." },
    serve: { doc: "A worker that was drained is in service again." },
  },
  /** Nothing is kept on disk. */
  tolerates: (servers) => ({ wiped: servers }),
  create: (ctx, options) => node(ctx, options),
  invariants,
  goals: [
    "no worker in service",
    "worker held for dead",
    "worker started again",
    "worker drained",
    "request tried again",
    "answer that nobody waits for",
  ],
  mutants,
};

/** The same over connections: what was under way is gone with its connection, and the balancer hears of it, or does not. */
export const loadBalancerOnStreams: Protocol = {
  ...loadBalancer,
  name: "load-balancer-on-streams",
  description:
    "The load balancer over connections, as HAProxy and nginx are: a worker whose connection breaks is lost at once; one that is gone without a word is found by health checks.",
  assumes:
    "Connections in order that may break at any moment, heard by both ends, by one, or by none; workers crash, sleep and come back; one balancer, which may crash and forgets what was open.",
  transport: "stream",
  goals: [...(loadBalancer.goals ?? []), "connection lost with open requests"],
  mutants: mutantsOnStreams,
};
