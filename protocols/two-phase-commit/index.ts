/** Two-phase commit with presumed abort: a bank whose accounts are spread over participants. */

import type { Protocol } from "../../harness/protocol.ts";
import { Coordinator } from "./coordinator.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { Participant } from "./participant.ts";

export const twoPhaseCommit: Protocol = {
  name: "two-phase-commit",
  description:
    "A coordinator and participants with write-ahead logs commit transfers between accounts all together or not at all; presumed abort, cooperative termination.",
  paper:
    "Gray, Notes on Data Base Operating Systems (1978); Bernstein, Hadzilacos, Goodman, Concurrency Control and Recovery in Database Systems (1987), chapter 7; Mohan, Lindsay, Obermarck, Transaction Management in the R* Distributed Database Management System (TODS 1986)",
  assumes:
    "Messages may be lost, doubled and delayed without bound; nodes crash and come back with all that they had forced to disk. Atomic at any time; but who is in doubt is blocked as long as neither the coordinator nor a participant that knows better can be reached.",
  transport: "datagram",
  roles: [
    { name: "coordinator", default: 1, min: 1, max: 1 },
    { name: "participant", default: 3, min: 1 },
  ],
  workloads: ["bank"],
  client: { target: "any", role: "coordinator", tryMs: 250, timeoutMs: 2_000, retry: true },
  options: {
    "vote-timeout": { default: "150ms", doc: "How long the coordinator waits for votes before it aborts." },
    "re-send": { default: "100ms", doc: "How long the coordinator waits for acknowledgements before it tells a commit again." },
    "in-doubt": { default: "200ms", doc: "How long a participant that has voted yes waits before it asks, and asks again." },
    cooperative: { default: true, doc: "One in doubt asks the other participants too, not the coordinator alone." },
    "in-doubt-limit": {
      default: "0s",
      doc: "For how long a participant may be in doubt, judged by the check bounded blocking; 0s: for any time.",
    },
  },
  /** Who forgets a promise or a decision breaks it. */
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => (ctx.role === "coordinator" ? new Coordinator(ctx, options) : new Participant(ctx, options)),
  invariants,
  goals: [
    "vote no",
    "aborted by time-out",
    "abort presumed",
    "aborted at recovery",
    "decision re-sent",
    "in-doubt participant",
    "outcome learned from another participant",
    "aborted on being asked",
    "retried request answered from the session",
  ],
  mutants,
};
