/** What a scenario may set: the options of Raft, and what they come to. A protocol that stands on Raft passes on those it likes. */

import type { Ms, OptionSpec, Options } from "../../harness/protocol.ts";

export const raftOptions = {
  heartbeat: { default: "100ms", doc: "How often a leader says that it is there." },
  "election-timeout": {
    default: "300ms..600ms",
    doc: "How long a server waits for a leader before it stands for election; drawn anew each time.",
  },
  "pre-vote": {
    default: false,
    doc: "A server asks whether it could win before it raises its term, so that one that was cut off disturbs nobody (thesis §9.6).",
  },
  "check-quorum": {
    default: true,
    doc: "A leader that no majority has answered for an election time-out steps down (thesis §6.2).",
  },
  "sticky-leader": {
    default: false,
    doc: "Who has heard a leader within the shortest election time-out disregards candidates (§6, thesis §4.2.3). Leases imply it.",
  },
  reads: {
    default: "index",
    choices: ["index", "lease"],
    doc: "How a leader knows that it still leads when it answers a read: by a round of messages (thesis §6.4), or by the clock (§6.4.1).",
  },
  "drift-bound": {
    default: 10,
    doc: "Leases: by how many per cent a server's clock may run too fast or too slowly; the lease is as much shorter.",
  },
  "snapshot-every": {
    default: 0,
    doc: "After how many applied entries a server takes a snapshot and drops them from its log (§7); 0: never.",
  },
  membership: {
    default: "joint",
    choices: ["joint", "single-server"],
    doc: "How the members change: through joint consensus (§6), or one server at a time (thesis §4.1).",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export interface Settings {
  readonly heartbeat: Ms;
  readonly electionTimeout: { readonly min: Ms; readonly max: Ms };
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly stickyLeader: boolean;
  readonly leases: boolean;
  /** How long a lease lasts on the leader's stop-watch, from the moment when the messages that confirm it were sent. */
  readonly lease: Ms;
  readonly snapshotEvery: number;
  readonly singleServer: boolean;
}

/** Options that a protocol which stands on Raft does not have are at their defaults. */
export function settingsOf(options: Options): Settings {
  const set = (name: keyof typeof raftOptions) => options[name] ?? raftOptions[name].default;
  const electionTimeout = options["election-timeout"] as { min: Ms; max: Ms };
  const leases = set("reads") === "lease";
  return {
    heartbeat: options["heartbeat"] as Ms,
    electionTimeout,
    preVote: set("pre-vote") === true,
    checkQuorum: set("check-quorum") === true,
    stickyLeader: leases || set("sticky-leader") === true,
    leases,
    lease: leaseLength(electionTimeout.min, set("drift-bound") as number),
    snapshotEvery: set("snapshot-every") as number,
    singleServer: set("membership") === "single-server",
  };
}

/**
 * A voter keeps its promise for `promise` on its own stop-watch, which may run too fast; the leader counts on a stop-watch that
 * may run too slowly. So the lease is shorter than the promise by both (thesis §6.4.1).
 */
export function leaseLength(promise: Ms, percent: number): Ms {
  return (promise * (100 - percent)) / (100 + percent);
}
