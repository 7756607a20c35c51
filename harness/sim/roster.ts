/** Who takes part: members, spares and clients, by name and by role. */

import type { ClientPolicy, NodeId } from "../protocol.ts";
import type { Hosts } from "./client.ts";
import { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { ClusterOptions } from "./setup.ts";

export class Roster {
  readonly servers: readonly NodeId[];
  /** Servers less the spares. */
  readonly members: readonly NodeId[];
  readonly spares: readonly NodeId[];
  readonly clients: readonly NodeId[];
  /** Servers first, in the order of their declaration. */
  readonly nodes: readonly SimNode[];
  /** Whether servers may send messages to clients: only to those that understand them. */
  readonly ownClients: boolean;
  private readonly parts: Parts;
  private readonly described: ClusterOptions["servers"];
  private readonly byName = new Map<NodeId, SimNode>();

  constructor(parts: Parts, { servers, clients, createClient }: ClusterOptions) {
    this.parts = parts;
    this.described = servers;
    this.servers = Object.freeze(servers.map(({ id }) => id));
    this.members = Object.freeze(servers.filter(({ spare }) => spare !== true).map(({ id }) => id));
    this.spares = Object.freeze(servers.filter(({ spare }) => spare === true).map(({ id }) => id));
    this.clients = Object.freeze([...clients]);
    this.nodes = [
      ...servers.map(({ id, role }, i) => new SimNode(id, i, role, false)),
      ...clients.map((id, i) => new SimNode(id, servers.length + i, "client", true)),
    ];
    for (const node of this.nodes) this.byName.set(node.id, node);
    this.ownClients = createClient !== undefined;
  }

  /** The node of this name; `call` is where it was named. */
  find(name: NodeId, call: string): SimNode {
    const node = this.byName.get(name);
    if (node !== undefined) return node;
    const { handling } = this.parts;
    const who = handling.active?.id ?? "somebody";
    const known = this.nodes.map(({ id }) => id).join(", ");
    throw handling.broke(`${who} named "${name}" in ${call}, but there is no such node; there are ${known}`);
  }

  role(node: NodeId): string {
    return this.byName.get(node)?.role ?? "";
  }

  peersOf(node: SimNode): readonly NodeId[] {
    return Object.freeze(this.members.filter((member) => member !== node.id));
  }

  membersOf(role: string): readonly NodeId[] {
    return this.described.filter((server) => server.role === role && server.spare !== true).map(({ id }) => id);
  }

  /** Whom the default client asks, and to whom else it may be redirected. */
  hostsFor({ role = this.described[0]!.role }: ClientPolicy): Hosts {
    return { asked: this.membersOf(role), spares: this.spares.filter((spare) => this.role(spare) === role) };
  }

  /** What state the servers are in, for reports. */
  inspect(): Readonly<Record<NodeId, unknown>> {
    const servers = this.nodes.filter(({ isClient }) => !isClient);
    return Object.fromEntries(servers.map(({ id, handler }) => [id, handler === undefined ? null : handler.inspect()]));
  }
}
