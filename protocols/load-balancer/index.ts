/** A load balancer: least connections, health checks, time-outs. No history: judged by its invariants alone. */

import type { Protocol } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { node } from "./nodes.ts";

export const loadBalancer: Protocol = {
  name: "load-balancer",
  description:
    "Sends each request to the living worker with the fewest open ones; counts down again when it is answered, late, or lost with its worker.",
  paper:
    "Least connections as in HAProxy (balance leastconn) and Linux Virtual Server (Zhang, Linux Virtual Server for Scalable Network Services, 2000)",
  transport: "datagram",
  roles: [
    { name: "balancer", default: 1, min: 1, max: 1 },
    { name: "worker", default: 3, min: 1 },
  ],
  workloads: ["requests"],
  /** No retries: the balancer does them, and a request that it is asked twice would be answered twice. */
  client: { target: "any", tryMs: 3000, timeoutMs: 3000, retry: false, role: "balancer" },
  options: {
    check: { default: "100ms", doc: "How often each worker is asked whether it is there." },
    "dead-after": { default: "350ms", doc: "How long nothing may be heard of a worker before it is held for dead." },
    "time-out": { default: "800ms", doc: "How long the balancer waits for a worker to answer a request." },
    tries: { default: 3, min: 1, doc: "At how many workers a request is tried." },
  },
  /** Nothing is kept on disk. */
  tolerates: (servers) => ({ wiped: servers }),
  create: (ctx, options) => node(ctx, options),
  invariants,
  goals: [
    "no worker alive",
    "worker held for dead",
    "worker started again",
    "request tried again",
    "answer that nobody waits for",
  ],
  mutants,
};
