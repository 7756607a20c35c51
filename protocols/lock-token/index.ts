/** A lock by a token, which an elected coordinator lends out. */

import type { Protocol } from "../../harness/protocol.ts";
import { holder, nodesOf } from "../locking/index.ts";
import { invariants } from "./invariants.ts";
import type { CoordinatorFact } from "./messages.ts";
import { mutants } from "./mutants.ts";
import { right } from "./nodes.ts";

export const lockToken: Protocol = {
  name: "lock-token",
  description:
    "A coordinator, elected by a majority for a reign that it must renew, lends out the one token; one that is lost with its holder is over after its lease, and one of an earlier epoch is refused at the resource.",
  paper:
    "Tanenbaum and van Steen, Distributed Systems (the centralised algorithm); Garcia-Molina, Elections in a Distributed Computing System (1982); Gray and Cheriton, Leases (SOSP 1989)",
  assumes:
    "Stop-watches that differ by less than 1 % over a lease; disks that keep what was synced; messages may be lost, doubled, late and out of order; a minority of the servers may be down or cut off. For the resource behind the lock also: clients that never sleep past a lease, or fencing (the default).",
  transport: "datagram",
  roles: [
    { name: "server", default: 3, min: 1 },
    { name: "resource", default: 1, min: 0, max: 1 },
  ],
  workloads: ["lock"],
  /** Its clients are its own: these bound nobody. */
  client: { target: "any", tryMs: 100, timeoutMs: 20_000, retry: false, role: "server" },
  options: {
    fencing: { default: true, doc: "The resource refuses a write with an older token than it has seen." },
    "longest-lease": { default: "1s", doc: "For how long the token is lent at most; a new coordinator lends none for as long." },
    reign: { default: "300ms", doc: "For how long a server votes for nobody else once it has heard a coordinator." },
    heartbeat: { default: "60ms", doc: "How often a coordinator renews its reign." },
    "election-timeout": {
      default: "350ms..700ms",
      doc: "How long a server waits for a coordinator before it stands for election; drawn anew each time.",
    },
    silent: { default: "500ms", doc: "Who waits in the queue and has not asked for so long is passed over." },
    try: { default: "100ms", doc: "How long a client waits before it asks again whether its turn has come." },
    "back-off": { default: "20ms..80ms", doc: "How long it waits when it could not use the token that it got." },
    patience: { default: "30s", doc: "How long it goes on asking before it fails." },
  },
  tolerates: () => ({ wiped: 0 }),
  ...nodesOf(right),
  invariants,
  selectors: {
    holder,
    coordinator: {
      states: "the server that was elected in the highest epoch so far, while it is up",
      track() {
        let newest: { readonly epoch: number; readonly node: string } | undefined;
        return {
          facts: {
            coordinator({ epoch }: CoordinatorFact, { node }): void {
              if (epoch > (newest?.epoch ?? 0)) newest = { epoch, node };
            },
          },
          onCrash(node): void {
            if (newest?.node === node) newest = { epoch: newest.epoch, node: "" };
          },
          current: () => newest?.node || undefined,
        };
      },
    },
  },
  goals: [
    "coordinator deposed",
    "token lost with its holder",
    "gone from the queue",
    "lease extended",
    "lock lost while held",
    "granted too late to be used",
    "held past its lease",
    "stale write refused",
  ],
  mutants,
};
