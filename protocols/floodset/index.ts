/** FloodSet: consensus in f + 1 rounds, for a network that keeps its time. */

import type { Protocol } from "../../harness/protocol.ts";
import { FloodSet } from "./floodset.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";

export const floodSet: Protocol = {
  name: "floodset",
  description:
    "Consensus in f + 1 rounds of telling everybody everything, right as long as no message is later than half a round.",
  paper:
    "Lynch, Distributed Algorithms (1996), section 6.2.1; the bound of f + 1 rounds: Fischer, Lynch, A Lower Bound for the Time to Assure Interactive Consistency (IPL 1982)",
  assumes:
    "No message is lost or takes longer than a known bound, and a round is longer than two of them; nobody sleeps; clocks drift little. At most f servers are faulty for a decision: whoever crashes while it is made, in the middle of sending too, and whoever has come back less than f + 2 rounds before. Where servers come back, n > 2f.",
  transport: "datagram",
  roles: [{ name: "server", default: 5, min: 1 }],
  workloads: ["propose"],
  client: { target: "any", tryMs: 300, timeoutMs: 2_000, retry: true },
  options: {
    f: { default: 2, doc: "How many servers may crash: decisions take one round more." },
    round: {
      default: "20ms",
      doc: "How long a round is: more than twice what a message may take, and what clocks may drift apart in f rounds.",
    },
  },
  /** Who forgets a decision may make another. */
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => new FloodSet(ctx, options),
  invariants,
  goals: [
    "several inputs met",
    "a value came after the first round",
    "an input came too late",
    "took no part as it had come back",
    "was told what it had missed",
  ],
  mutants,
};
