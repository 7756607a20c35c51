/** What a scenario may name: handed in by whoever knows the protocols, so that the harness knows none of them by name. */

import type { Cluster, Fault } from "../faults/fault.ts";
import type { Invariant, Protocol } from "../protocol.ts";
import type { Workload } from "../workloads/workload.ts";
import type { OwnFiles } from "./own.ts";
import type { Scenario } from "./scenario.ts";

export interface Catalogue {
  readonly protocols: readonly Protocol[];
  readonly workloads: readonly Workload[];
  readonly faults: readonly Fault[];
  /** Invariants of the user's own, which judge only where a scenario names them. */
  readonly invariants?: readonly Invariant[];
  /** Where the user's own have come from, when there are some. */
  readonly own?: OwnFiles;
}

/** The protocol of a loaded scenario; that it exists was checked when the scenario was loaded. */
export function protocolOf(scenario: Pick<Scenario, "protocol">, catalogue: Catalogue): Protocol {
  return known(catalogue.protocols, (protocol) => protocol.name === scenario.protocol, `protocol ${scenario.protocol}`);
}

export function workloadOf(scenario: Pick<Scenario, "workload">, catalogue: Catalogue): Workload {
  const { name } = scenario.workload;
  return known(catalogue.workloads, (workload) => workload.name === name, `workload ${name}`);
}

export function faultOf(word: string, catalogue: Catalogue): Fault {
  return known(catalogue.faults, (fault) => fault.word === word, `fault ${word}`);
}

/** The cluster of a scenario as faults see it before the run. */
export function clusterOf(
  scenario: Pick<Scenario, "protocol" | "servers" | "clients" | "zones" | "policy">,
  catalogue: Catalogue,
): Cluster {
  const { selectors, transport, orders, client, createClient, tolerates, bears } = protocolOf(scenario, catalogue);
  return {
    servers: scenario.servers,
    clients: scenario.clients,
    ...(scenario.zones === undefined ? {} : { zones: scenario.zones }),
    selectors: Object.keys(selectors ?? {}),
    transport,
    orders: Object.keys(orders ?? {}),
    bears: tolerates(scenario.servers.filter(({ spare }) => spare === undefined).length),
    byzantine: bears ?? [],
    asking: { ownClients: createClient !== undefined, once: client.retry || scenario.policy.retry },
  };
}

function known<T>(list: readonly T[], is: (item: T) => boolean, what: string): T {
  const found = list.find(is);
  if (found === undefined) throw new Error(`the catalogue holds no ${what}; load the scenario with the same catalogue`);
  return found;
}
