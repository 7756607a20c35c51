/** Single-decree Paxos: proposers, acceptors and learners that choose one value for each decree. */

import type { Protocol } from "../../harness/protocol.ts";
import { invariants, president } from "./invariants.ts";
import { mutants } from "./mutants.ts";
import { node } from "./nodes.ts";

export const paxos: Protocol = {
  name: "paxos",
  description:
    "The single-decree synod: proposers, acceptors and learners choose one value for each decree, whoever proposes what; a distinguished proposer by time-outs.",
  paper:
    "Lamport, The Part-Time Parliament (TOCS 1998); Lamport, Paxos Made Simple (2001), https://lamport.azurewebsites.net/pubs/paxos-simple.pdf",
  assumes:
    "Messages may be lost, doubled, delayed and overtaken; nodes may crash and come back with their disks; a majority of the acceptors, one proposer and one learner up and in touch for a while decide. Clocks matter to progress only.",
  transport: "datagram",
  roles: [
    { name: "proposer", default: 2, min: 1 },
    { name: "acceptor", default: 3, min: 1 },
    { name: "learner", default: 2, min: 1 },
  ],
  workloads: ["propose"],
  client: { target: "leader", tryMs: 300, timeoutMs: 2_000, retry: true, role: "proposer" },
  options: {
    presence: { default: "40ms", doc: "How often a proposer tells the others that it is there." },
    absence: { default: "150ms", doc: "How long a proposer must not be heard of to be taken for absent." },
    patience: {
      default: "100ms",
      doc: "How long a proposer waits for its proposal to be chosen before it issues a higher one; twice as long after each failure.",
    },
    "back-off": {
      default: "10ms..40ms",
      doc: "How long it waits after it was refused; twice as long after each further failure.",
    },
  },
  /** An acceptor that forgot its promises and acceptances may help to choose another value. */
  tolerates: () => ({ wiped: 0 }),
  create: node,
  invariants,
  selectors: { president },
  goals: [
    "dueling prepares",
    "proposal refused",
    "recovered proposal",
    "somebody else's value was chosen",
    "presidency changed",
    "request handed to the president",
    "learned from another learner",
  ],
  mutants,
};
