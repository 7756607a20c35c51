/** The ABD register: atomic reads and writes while a minority of the servers is down. */

import type { Protocol } from "../../harness/protocol.ts";
import { Abd } from "./abd.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";

export const abdRegister: Protocol = {
  name: "abd-register",
  description:
    "A register for several readers and writers, atomic without consensus: ask a majority, then tell one. No compare-and-set.",
  paper:
    "Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems (JACM 1995); several writers: Lynch, Shvartsman, Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts (FTCS 1997)",
  assumes:
    "Asynchronous datagrams, lost, doubled, late and out of order; servers crash and recover with their disks; fewer than half are down for good.",
  transport: "datagram",
  roles: [{ name: "replica", default: 5, min: 1 }],
  workloads: ["register", "key-value"],
  /**
   * Any server coordinates. No retries: two servers that execute one write give it two timestamps, so its value may come back
   * after a later write has replaced it, which no single write does.
   */
  client: { target: "any", tryMs: 500, timeoutMs: 1000, retry: false },
  options: {
    "ask-again": { default: "50ms", doc: "How long a coordinator waits for the silent before it asks them again." },
  },
  /**
   * A replica that forgot may complete a majority that never heard of a write. One that sees that its disk is damaged dies, and a
   * majority bears that; but clients go on asking it.
   */
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => new Abd(ctx, options),
  invariants,
  goals: [
    "read met a write that one replica of its majority held",
    "replica had missed a write",
    "two writers with one counter",
    "majority only after asking again",
    "answer to an earlier incarnation",
  ],
  mutants,
};
