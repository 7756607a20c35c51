/** A lock by tickets, which one server hands out and calls in their order. */

import type { Protocol } from "../../harness/protocol.ts";
import { holder, nodesOf } from "../locking/index.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { right } from "./nodes.ts";

export const lockTicket: Protocol = {
  name: "lock-ticket",
  description:
    "A server hands out numbers and calls them in their order; who does not answer is passed over, who stays too long is timed out, and the number is the fencing token.",
  paper:
    "Lamport, A New Solution of Dijkstra's Concurrent Programming Problem (CACM 1974: the bakery); Mellor-Crummey and Scott, Algorithms for Scalable Synchronization (TOCS 1991: the ticket lock); Gray and Cheriton, Leases (SOSP 1989)",
  assumes:
    "Stop-watches that differ by less than 1 % over a lease; a disk that keeps what was synced; messages may be lost, doubled, late and out of order. While the one server is down nobody is served. For the resource behind the lock also: clients that never sleep past a lease, or fencing (the default).",
  transport: "datagram",
  roles: [
    { name: "server", default: 1, min: 1, max: 1 },
    { name: "resource", default: 1, min: 0, max: 1 },
  ],
  workloads: ["lock"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "any", tryMs: 100, timeoutMs: 20_000, retry: false, role: "server" },
  options: {
    fencing: { default: true, doc: "The resource refuses a write with a smaller ticket than it has seen." },
    silent: { default: "500ms", doc: "Who has not asked for so long when its ticket comes is passed over." },
    try: { default: "100ms", doc: "How long a client waits before it asks again whether its ticket has been called." },
    "back-off": { default: "20ms..80ms", doc: "How long it waits when its ticket was called too late to be used." },
    patience: { default: "30s", doc: "How long it goes on asking before it fails." },
  },
  tolerates: () => ({ wiped: 0 }),
  ...nodesOf(right),
  invariants,
  selectors: { holder },
  goals: [
    "ticket passed over",
    "holder timed out",
    "ticket being served at a restart",
    "lease extended",
    "lock lost while held",
    "granted too late to be used",
    "held past its lease",
    "stale write refused",
  ],
  mutants,
};
