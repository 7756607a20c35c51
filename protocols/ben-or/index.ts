/** Ben-Or's randomised consensus: agreement without clocks and without a leader, by flipping coins. */

import type { Protocol } from "../../harness/protocol.ts";
import { BenOr } from "./ben-or.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";

export const benOr: Protocol = {
  name: "ben-or",
  description:
    "Binary consensus among equals without clocks or a leader: rounds of reports and proposals, and a coin where they are of no use.",
  paper:
    "Ben-Or, Another Advantage of Free Choice: Completely Asynchronous Agreement Protocols (PODC 1983), protocol A; Aguilera, Toueg, The Correctness Proof of Ben-Or's Randomized Consensus Algorithm (Distributed Computing 2012)",
  assumes:
    "Fewer than half of the servers are down at a time; messages may be lost, doubled and delayed without bound; no clocks; what was synced survives a crash. Agreement always holds, an end comes with probability 1.",
  transport: "datagram",
  roles: [{ name: "server", default: 5, min: 1 }],
  workloads: ["propose"],
  /** To propose a value at two servers is to propose it: the retry needs no care. */
  client: { target: "any", tryMs: 300, timeoutMs: 2_000, retry: true },
  options: {
    repeat: { default: "50ms", doc: "How long a server waits for others before it says again what it has said in this round." },
  },
  /** Who forgets what it has said may say something else. */
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => new BenOr(ctx, options),
  invariants,
  goals: [
    "coin flipped",
    "adopted what another had proposed",
    "decided in the first round",
    "decided in a later round",
    "was told the decision",
    "one behind was helped",
    "took its input from another server",
    "came back in the middle of a round",
  ],
  mutants,
};
