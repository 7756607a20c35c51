/** Primary and backups as in a blog post: wrong on purpose, and found out by its scenario. */

import type { FactSource, NodeId, Protocol, Selector } from "../../harness/protocol.ts";
import { PrimaryBackup } from "./primary-backup.ts";

const primary: Selector = {
  states: "Of the servers that take themselves for the primary, the one that was the last to begin.",
  track() {
    let primaries: NodeId[] = [];
    const remove = (node: NodeId): void => {
      primaries = primaries.filter((other) => other !== node);
    };
    return {
      facts: {
        primary: (_data: object, { node }: FactSource) => void primaries.push(node),
        backup: (_data: object, { node }: FactSource) => remove(node),
      },
      onCrash: remove,
      current: () => primaries.at(-1),
    };
  },
};

export const primaryBackup: Protocol = {
  name: "primary-backup",
  description:
    "A store whose primary answers first and replicates then, and whose backups take over by time-out: the wrong way, kept to be found out.",
  paper:
    "None: the right way is Budhiraja, Marzullo, Schneider, Toueg, The Primary-Backup Approach (Distributed Systems, 1993), and lab 2 of MIT 6.824 and of DSLabs",
  assumes:
    "That who is silent is dead, that nothing is lost, and that no primary fails before its backups have heard: none of which is true.",
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["key-value", "register"],
  /** Any server says who is primary, as behind a load balancer. No retries: nothing here tells a retried write from a new one. */
  client: { target: "any", tryMs: 300, timeoutMs: 1000, retry: false },
  options: {
    heartbeat: { default: "50ms", doc: "How often a server says that it is alive." },
    failover: { default: "200ms", doc: "How long a server may be silent before the others count it as dead." },
  },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx, options) => new PrimaryBackup(ctx, options),
  /** None: it keeps no promise between its servers, and what it breaks is what clients see. */
  invariants: [],
  selectors: { primary },
  goals: ["a backup took over", "two primaries at once"],
  /** None: it is wrong by itself. */
  mutants: [],
};
